"""A real OpenSSH server on the loopback, for one user and one directory."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aeries_tui.settings.deliveries import Sftp

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/lib/ssh:/usr/bin")
WHY_NOT = (
    "" if SSHD and shutil.which("sftp") else "no OpenSSH server here (Debian: openssh-server, openssh-client)"
)


class SshServer:
    """The server; its home is the directory in which users find themselves.

    Args:
        root: where its files are made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.home.mkdir()
        self.port = 0
        self.key = self.make_key("client")
        self.host = self.make_key("host")
        (root / "authorized").write_text(self.key.with_suffix(".pub").read_text())

    def make_key(self, name: str) -> Path:
        """A key pair of that name; the file of the private one."""
        path = self.root / name
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
        subprocess.run(command, check=True)
        return path

    @property
    def target(self) -> Sftp:
        """It, as a delivery knows it."""
        host_key = " ".join(self.host.with_suffix(".pub").read_text().split()[:2])
        return Sftp("127.0.0.1", self.port, getpass.getuser(), "", self.key, host_key)

    @contextmanager
    def running(self, *, blocks: int = 0) -> Iterator[Sftp]:
        """While the block runs it serves; no file grows beyond so many blocks (of 512 or 1024 bytes) where any are given."""
        assert SSHD is not None
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd wants it where it may become anybody
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = self.root / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.host}\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {self.root / 'authorized'}\nStrictModes no\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
            f"ForceCommand internal-sftp -d {self.home}\nMaxStartups 100\n"
        )

        # A shell sets the limit; what is beyond it is refused as on a full disk, and not ended by a signal.
        limit = ["sh", "-c", f'trap \'\' XFSZ; ulimit -f {blocks}; exec "$0" "$@"'] if blocks else []
        with (self.root / "sshd.log").open("ab") as log:
            server = subprocess.Popen(
                [*limit, SSHD, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                self._wait(server)
                yield self.target
            finally:
                server.terminate()
                server.wait()

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert server.poll() is None, (self.root / "sshd.log").read_text()
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise AssertionError("sshd did not listen")
