"""By SFTP: OpenSSH's own client in batch mode, with a key, against a host key that is pinned.

Files go up under hidden names, are counted by their sizes, and get their names when all are there. A server without
OpenSSH's `posix-rename` replaces no file by a rename; there the old file is taken away just before.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError
from aeries_tui.exports.deliveries.errors import Undelivered
from aeries_tui.exports.deliveries.load import Load
from aeries_tui.settings import FromSystemd, private_writer
from aeries_tui.settings.deliveries import Sftp
from aeries_tui.text import clean_text
from aeries_tui.trust import run_named

SECONDS = 3600.0
"""How long one connection may take: a large roster over a slow line takes minutes."""

_LISTED = re.compile(r"^-\S+\s+\S+\s+\S+\s+\S+\s+(\d+)\s+\S+\s+\S+\s+\S+\s+(.+)$")
"""A file as `ls -n` lists it: mode, links (or ?), owner, group, size, month, day, time or year, name."""
_SENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")
_OPTIONS = (
    "BatchMode=yes", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null", "UpdateHostKeys=no",
    "VerifyHostKeyDNS=no", "IdentitiesOnly=yes", "IdentityAgent=none", "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no", "ForwardAgent=no", "ClearAllForwardings=yes", "PermitLocalCommand=no",
    "ControlPath=none", "ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=4", "LogLevel=ERROR",
)  # fmt: skip
_WHY = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", "has another host key than the one that is pinned",
     "Ask the receiver whether it was changed. If it was, put the new one into to.host_key."),
    ("Host key verification failed", "has another host key than the one that is pinned",
     "Ask the receiver whether it was changed. If it was, put the new one into to.host_key."),
    ("Permissions 0", "was not asked: others can read the private key", "Type: chmod 600 and the key's file."),
    ("Permission denied (", "does not take the key",
     "Give the receiver the public key, and see that user and key are the right ones."),
    ("No space left", "has no space left", "Tell the receiver."),
    ("Could not resolve", "is not known", "See to.host, and whether this machine's names resolve."),
    ("Connection refused", "refuses the connection", "See to.port; ask the receiver whether the server runs."),
    ("timed out", "does not answer", "See whether a firewall lets this machine reach it."),
    ("No such file", "has no such directory", "See to.directory."),
    ("Permission denied", "does not let the user write there", "See to.directory; tell the receiver."),
)  # fmt: skip


def send_by_sftp(load: Load, to: Sftp, *, run: processes.Runner = run_named) -> None:
    """Put a set under its names on a server.

    Args:
        load: the set.
        to: the server.
        run: what runs OpenSSH's client.

    Raises:
        Undelivered: the server can't be reached, is another one, or refuses.
        ConfigurationError: the key is not there.
    """
    for one in load.files:
        if not _SENT.fullmatch(one.file):
            raise Undelivered(
                f"{one.file} is no name for SFTP: letters without accents, digits, blanks, dots, - and _ are.",
                "Give the feed's file another name.",
            )
    sizes = {one.file: one.bytes for one in load.files}
    begin = _hidden(load.tag)
    # A client whose program was killed may still be at work: its files are others, and are taken away.
    once = secrets.token_hex(3)
    hidden = {name: f"{begin}{once}-{name}.part" for name in (*sizes, *filter(None, [load.mark]))}
    if load.mark:
        with private_writer(load.folder / f".{load.mark}") as file:
            file.write(load.mark_text.encode())
    with _Link.to(to, load.folder, run) as link:
        puts = [_put(name, hidden[name]) for name in sizes]
        listed = link.batch(puts, [*map(_quoted, filter(None, [load.mark])), f"{begin}*"])
        _must_be(listed, {hidden[name]: size for name, size in sizes.items()}, to)
        left = [name for name in listed if name.startswith(begin) and name not in hidden.values()]
        if left:
            link.batch(f"rm {_quoted(name)}" for name in left)
        load.placing()
        old_mark = [f"rm {_quoted(load.mark)}"] if load.mark in listed else []
        _must_be(_rename(link, old_mark, {hidden[name]: name for name in sizes}), sizes, to)
        if load.mark:
            put_mark = [_put(f".{load.mark}", hidden[load.mark])]
            listed = _rename(link, put_mark, {hidden[load.mark]: load.mark})
            _must_be(listed, {load.mark: len(load.mark_text.encode())}, to)


def try_sftp(tag: str, folder: Path, to: Sftp, *, run: processes.Runner = run_named) -> None:
    """Put a file there under a hidden name and take it away again; raises as `send_by_sftp` does.

    Args:
        tag: plain letters that tell this delivery from others.
        folder: where the file lies for as long as that takes.
        to: the server.
        run: what runs OpenSSH's client.
    """
    name = f"{_hidden(tag)}test.part"
    with private_writer(folder / "test") as file:
        file.write(b"test\n")
    with _Link.to(to, folder, run) as link:
        _must_be(link.batch([_put("test", name)], [name]), {name: 5}, to)
        link.batch([f"rm {name}"])


def _hidden(tag: str) -> str:
    """How names of files on their way begin: no tag, and no file, has the sign that parts them."""
    return f".aeries-tui-{tag}="


def _rename(link: _Link, first: list[str], names: dict[str, str]) -> dict[str, int]:
    """Rename after some commands; where the server replaces no file by that, take the old one away and rename again."""
    renames = {old: f"rename {_quoted(old)} {_quoted(new)}" for old, new in names.items()}
    there = [_quoted(name) for pair in names.items() for name in pair]
    listed = link.batch([*first, *(f"-{rename}" for rename in renames.values())], there)
    left = [old for old in names if old in listed]
    if left:
        again = [line for old in left for line in (f"-rm {_quoted(names[old])}", renames[old])]
        listed = link.batch(again, there)
    return listed


def _put(name: str, there: str) -> str:
    """A file is on the server's disk when it counts as sent, where the server can say so."""
    return f"put -f {_quoted(name)} {_quoted(there)}"


def _must_be(listed: dict[str, int], wanted: dict[str, int], to: Sftp) -> None:
    for name, size in wanted.items():
        if listed.get(name) != size:
            there = f"{listed[name]:,} bytes" if name in listed else "nothing"
            raise Undelivered(
                f"{to.in_words} has {there} of {name}, not {size:,} bytes.",
                "Ask the receiver whether something takes files away while they are sent.",
            )


class _Link:
    """The client with its options; each batch is a connection of its own."""

    def __init__(self, to: Sftp, lies_in: Path, options: list[str], run: processes.Runner) -> None:
        self._to, self._lies_in, self._options, self._run = to, lies_in, options, run

    @classmethod
    @contextlib.contextmanager
    def to(cls, to: Sftp, lies_in: Path, run: processes.Runner) -> Iterator[_Link]:
        """With the pinned host key in a file, for as long as the block runs."""
        known_hosts = lies_in / f".known_hosts-{secrets.token_hex(4)}"
        with private_writer(known_hosts) as file:
            host = to.host if to.port == 22 else f"[{to.host}]:{to.port}"
            file.write(f"{host} {to.host_key}\n".encode())
        try:
            ours = (f"UserKnownHostsFile={_option(known_hosts)}", f"IdentityFile={_option(_key(to))}")
            options = [word for option in (*_OPTIONS, *ours) for word in ("-o", option)]
            yield cls(to, lies_in, options, run)
        finally:
            known_hosts.unlink(missing_ok=True)

    def batch(self, commands: Iterable[str], look: Iterable[str] = ()) -> dict[str, int]:
        """Run commands in the directory there.

        Args:
            commands: lines of a batch.
            look: names, as a batch takes them, that are looked at afterwards; the whole directory may be long, or may
                not be read.

        Returns:
            The sizes of those that are there, by name.
        """
        lines = [f"lcd {_quoted(str(self._lies_in))}"]
        if self._to.directory:
            lines.append(f"cd {_quoted(self._to.directory)}")
        text = "\n".join([*lines, *commands, *(f"-ls -ln {name}" for name in look), ""])
        host = f"[{self._to.host}]" if ":" in self._to.host else self._to.host
        ended = self._run(
            ["sftp", "-F", "/dev/null", "-P", str(self._to.port), *self._options, "-b", "-", f"{self._to.user}@{host}"],
            timeout=SECONDS, stdin=text.encode(), env=processes.plain_environment(),
        )  # fmt: skip
        if not ended.ok:
            raise self._refused(ended)
        listed = map(_LISTED.match, ended.stdout.decode("utf-8", "replace").splitlines())
        return {PurePosixPath(found[2]).name: int(found[1]) for found in listed if found}

    def _refused(self, ended: processes.Finished) -> Undelivered:
        said = ended.stderr.decode("utf-8", "replace")
        for words, what, remedy in _WHY:
            if words in said:
                return Undelivered(f"{self._to.in_words} {what}.", remedy)
        if ended.ending == "not_started":
            return Undelivered(
                f"sftp could not be started: {ended.reason}.",
                "Install OpenSSH's client (apt install openssh-client).",
            )
        last = clean_text(said.strip().splitlines()[-1])[:200] if said.strip() else f"sftp {ended.in_words()}"
        return Undelivered(
            f"{self._to.in_words} did not take the files: {last}", "Try: aeries-tui deliveries test"
        )


def _key(to: Sftp) -> Path:
    if not isinstance(to.key, FromSystemd):
        path = to.key
    else:
        directory = os.environ.get("CREDENTIALS_DIRECTORY", "")
        if not directory:
            raise ConfigurationError(
                f"The key is a systemd credential ({to.key.name}), which only the service gets.",
                meaning="Nothing was sent.",
                remedy="Start the service with systemctl, or name the key's file.",
            )
        path = Path(directory) / to.key.name
    if not path.is_file():
        raise ConfigurationError(
            f"There is no key {path}.", meaning="Nothing was sent.",
            remedy=f"Make one: ssh-keygen -t ed25519 -N '' -f {path}",
        )  # fmt: skip
    return path


def _quoted(word: str) -> str:
    """A word as the client's batch takes it; between quotes it takes no pattern."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _option(path: Path) -> str:
    """A path as a value of -o takes it."""
    return '"' + str(path).replace("%", "%%").replace('"', '\\"') + '"'
