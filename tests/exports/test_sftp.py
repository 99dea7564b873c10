"""By SFTP to a real OpenSSH server: whole sets, under their names only when all are there, to the pinned server only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.exports.deliveries import Load, Undelivered, send_by_sftp, try_sftp
from aeries_tui.exports.deliveries import sftp as module
from aeries_tui.master.imports.deliveries import SetFile
from aeries_tui.operations.deliveries import deliver_due, try_delivery
from aeries_tui.settings.deliveries import Sftp
from engine import PaperAeries, Station
from exports.ssh_server import WHY_NOT, SshServer

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> SshServer:
    return SshServer(tmp_path_factory.mktemp("ssh"))


@pytest.fixture
def to(server: SshServer) -> Iterator[Sftp]:
    for path in server.home.iterdir():
        path.unlink()
    with server.running() as target:
        yield target


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A set of three files, one with a blank in its name, in a folder whose name asks for quotes."""
    folder = tmp_path / 'out "box" 100%'
    folder.mkdir()
    return loaded(folder, 1)


def loaded(folder: Path, version: int) -> Load:
    files = []
    for name in ("staff.csv", "students.csv", "who is where.csv"):
        content = f"id\n{version}\n{name}\n".encode() * 2000
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files.append(SetFile(name, name, 2, len(content), digest, digest))
    return Load(folder, files, "complete.txt", "demo-vendor", placing=lambda: None)


def is_whole(home: Path) -> bool:
    lines = (home / "complete.txt").read_text().splitlines()
    return len(lines) == 3 and all(
        hashlib.sha256((home / name).read_bytes()).hexdigest() == digest
        for digest, name in (line.split("  ") for line in lines)
    )


def hidden(home: Path) -> list[str]:
    return [path.name for path in home.iterdir() if path.name.startswith(".")]


def test_a_set_goes_whole_and_replaces_the_one_before(server: SshServer, to: Sftp, load: Load) -> None:
    send_by_sftp(load, to)
    assert is_whole(server.home) and not hidden(server.home)
    send_by_sftp(loaded(load.folder, 2), to)
    assert is_whole(server.home) and not hidden(server.home)
    assert "2" in (server.home / "staff.csv").read_text().split()
    assert not [path for path in load.folder.iterdir() if "known_hosts" in path.name]


def test_nothing_has_its_name_before_all_is_there(server: SshServer, to: Sftp, load: Load) -> None:
    seen: list[str] = []
    send_by_sftp(replace(load, placing=lambda: seen.extend(hidden(server.home))), to)
    assert sorted(name.partition("=")[2][7:] for name in seen) == [f"{one.file}.part" for one in load.files]


def test_a_directory_there_is_found_and_one_that_is_not_is_told(
    server: SshServer, to: Sftp, load: Load
) -> None:
    inbox = server.root / "in box"
    inbox.mkdir(exist_ok=True)
    send_by_sftp(load, replace(to, directory=str(inbox)))
    assert is_whole(inbox)
    with pytest.raises(Undelivered, match="no such directory"):
        send_by_sftp(load, replace(to, directory="/nowhere/at all"))


def test_a_server_with_another_host_key_gets_nothing(server: SshServer, to: Sftp, load: Load) -> None:
    other = server.root / "other.pub"
    if not other.exists():
        server.make_key("other")
    pinned = replace(to, host_key=" ".join(other.read_text().split()[:2]))
    with pytest.raises(Undelivered, match="another host key") as caught:
        send_by_sftp(load, pinned)
    assert "Ask the receiver" in caught.value.remedy
    assert not list(server.home.iterdir())


def test_a_key_that_the_server_does_not_know_and_one_that_is_not_there(
    server: SshServer, to: Sftp, load: Load
) -> None:
    stranger = server.root / "stranger"
    if not stranger.exists():
        server.make_key("stranger")
    with pytest.raises(Undelivered, match="does not take the key"):
        send_by_sftp(load, replace(to, key=stranger))
    server.key.chmod(0o644)
    with pytest.raises(Undelivered, match="others can read the private key"):
        send_by_sftp(load, to)
    server.key.chmod(0o600)
    with pytest.raises(module.ConfigurationError, match="There is no key"):
        send_by_sftp(load, replace(to, key=server.root / "nothing"))
    assert not list(server.home.iterdir())


def test_a_server_that_is_not_there_or_is_full_is_told_and_keeps_what_it_has(
    server: SshServer, load: Load
) -> None:
    for path in server.home.iterdir():
        path.unlink()
    with server.running() as to:
        send_by_sftp(load, to)
    with pytest.raises(Undelivered, match="refuses the connection"):
        send_by_sftp(load, to)
    newer = loaded(load.folder, 3)
    with server.running(blocks=10) as to, pytest.raises(Undelivered):
        send_by_sftp(newer, to)
    assert is_whole(server.home) and "3" not in (server.home / "staff.csv").read_text().split()
    with server.running() as to:
        send_by_sftp(newer, to)
    assert is_whole(server.home) and not hidden(server.home)


def test_cut_off_at_any_command_a_reader_sees_whole_sets_only_and_the_next_try_goes_through(
    server: SshServer, to: Sftp, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_by_sftp(load, to)
    usual = module.run_named
    step = -1
    while True:
        step += 1
        left = [step]

        def cut(
            argv: Any, *, timeout: float, stdin: bytes = b"", env: Any = None, left: list[int] = left
        ) -> Any:
            """The client is killed before it changes anything a further time."""
            done: list[str] = []
            for line in stdin.decode().splitlines():
                if line.lstrip("-").startswith(("put", "rename", "rm")):
                    left[0] -= 1
                if left[0] < 0:
                    break
                done.append(line)
            ended = usual(argv, timeout=timeout, stdin="\n".join([*done, ""]).encode(), env=env)
            return replace(ended, status=-9) if left[0] < 0 else ended

        newer = loaded(load.folder, step + 10)
        try:
            send_by_sftp(newer, to, run=cut)
            break
        except Undelivered:
            assert not (server.home / "complete.txt").exists() or is_whole(server.home), step
        if step % 4 == 0:
            send_by_sftp(newer, to)
            assert is_whole(server.home) and not hidden(server.home), step
    assert step > 8 and is_whole(server.home)


def test_a_server_that_does_not_replace_by_a_rename_gets_the_set_as_well(
    server: SshServer, to: Sftp, load: Load
) -> None:
    usual = module.run_named
    send_by_sftp(load, to)

    def without_posix_rename(argv: Any, *, timeout: float, stdin: bytes = b"", env: Any = None) -> Any:
        """OpenSSH's client renames as the standard has it with -l, which replaces nothing."""
        legacy = stdin.replace(b"rename ", b"rename -l ")
        return usual(argv, timeout=timeout, stdin=legacy, env=env)

    send_by_sftp(loaded(load.folder, 7), to, run=without_posix_rename)
    assert is_whole(server.home) and not hidden(server.home)
    assert "7" in (server.home / "staff.csv").read_text().split()


def test_a_try_leaves_nothing_there(server: SshServer, to: Sftp, tmp_path: Path) -> None:
    try_sftp("demo-vendor", tmp_path, to)
    assert not list(server.home.iterdir())


def test_what_an_older_try_left_is_taken_away(server: SshServer, to: Sftp, load: Load) -> None:
    left = server.home / ".aeries-tui-demo-vendor=old-2026-01-01.csv.part"
    others = server.home / ".aeries-tui-demo-vendor-2=x.csv.part"
    for path in (left, others):
        path.write_text("half")
    send_by_sftp(load, to)
    assert hidden(server.home) == [others.name]


def test_a_delivery_that_is_declared_goes_there_after_a_failure_too(
    server: SshServer, station: Station
) -> None:
    for path in server.home.iterdir():
        path.unlink()
    station.aeries = PaperAeries.usual(students=40)
    station.begin(7, 8, 9)

    def declare(to: Sftp) -> None:
        there = {
            "host": to.host, "port": to.port, "user": to.user, "key": str(to.key), "host_key": to.host_key,
        }  # fmt: skip
        table = {"name": "vendor", "feeds": ["clever"], "to": there, "mark": "complete.txt"}
        station.settings = replace(station.settings, deliveries=(table,))

    with server.running() as to:
        declare(to)
    (failed,) = deliver_due(station.as_district())
    assert "refuses the connection" in failed.sentence
    with server.running() as to:
        declare(to)
        tried, _ = try_delivery(station.as_district(), "vendor")
        (done,) = deliver_due(station.as_district())
    assert done.found is not None and (done.found.state, done.problem) == ("delivered", "")
    names = {path.name for path in server.home.iterdir()}
    assert names == {"complete.txt", *(one.file for one in tried.files)}


def test_a_name_that_a_batch_could_misread_is_refused(load: Load, to: Sftp) -> None:
    odd = replace(load, files=[replace(load.files[0], file="a*.csv")])
    with pytest.raises(Undelivered, match="no name for SFTP"):
        send_by_sftp(odd, to)
