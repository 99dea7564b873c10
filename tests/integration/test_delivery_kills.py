"""Deliveries killed, cut off and read meanwhile: whoever reads the folder by its mark sees whole sets only.

The suite kills and cuts a few. Five hundred of each kind of receiver, and two hundred lines cut at random bytes:

    AERIES_TUI_TESTS=long AERIES_TUI_FIGURES=deliveries.txt pytest tests/integration/test_delivery_kills.py

The file gets how many were killed and cut, and what the readers saw.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.exports.deliveries import Load, Undelivered, send_by_sftp
from aeries_tui.master.imports.deliveries import SetFile
from aeries_tui.operations.deliveries import run_delivery
from aeries_tui.settings.deliveries import Sftp
from engine import PaperAeries, Station
from exports.ssh_server import WHY_NOT, SshServer

LONG = os.environ.get("AERIES_TUI_TESTS") == "long"
FIGURES = os.environ.get("AERIES_TUI_FIGURES")
KILLS, CUTS = (500, 200) if LONG else (3, 3)
MARK = "complete.txt"
needs_ssh = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


def seen_at(folder: Path) -> str:
    """What a reader finds who goes by the mark: a `whole` set, a `torn` one, or that he must wait (`none`)."""
    before = mark_at(folder)
    found = {}
    for digest, name in (line.split("  ") for line in before.splitlines()):
        with contextlib.suppress(FileNotFoundError):
            found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    if mark_at(folder) != before or not before:
        return "none"  # it was replaced meanwhile, and the reader begins again
    return "whole" if len(found) == len(before.splitlines()) and all(found.values()) else "torn"


def mark_at(folder: Path) -> str:
    """What the mark says; blank where it is not there."""
    try:
        return (folder / MARK).read_text()
    except FileNotFoundError:
        return ""


@contextlib.contextmanager
def readers(folder: Path, told: Path, how_many: int = 2) -> Iterator[Callable[[], Counter[str]]]:
    """Processes that read the folder again and again; what they saw can be asked when the block is over."""
    pids = []
    for number in range(how_many):
        pid = os.fork()
        if not pid:
            _read_on(folder, told / f"reader-{number}")
        pids.append(pid)
    seen: Counter[str] = Counter()
    try:
        yield lambda: seen
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        for path in told.glob("reader-*"):
            seen.update(path.read_text().split())


def _read_on(folder: Path, told: Path) -> None:
    seen: list[str] = []

    def end(*_: object) -> None:
        told.write_text(" ".join(seen))
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        seen.append(seen_at(folder))
        time.sleep(0.002)


def note(line: str) -> None:
    if FIGURES:
        with Path(FIGURES).open("a") as file:
            file.write(f"{line}\n")


@pytest.fixture
def station_for(station: Station) -> Callable[[object], Station]:
    """A district with forty students that delivers to a place, in three files, one of them of some size."""
    station.aeries = PaperAeries.usual(students=40)
    station.begin(7, 8, 9)

    def declared(to: object) -> Station:
        table = {"name": "vendor", "feeds": ["ids", "staff", "large"], "mark": MARK, "to": to, "always": True}
        station.settings = replace(station.settings, deliveries=(table,))
        return change(station, 0)

    return declared


def change(station: Station, turn: int) -> Station:
    """Let the feeds give something else."""
    many = f"WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 9000) SELECT i, i * {turn + 7} AS x FROM n"  # fmt: skip
    feeds = (
        {"name": "ids", "sql": f"SELECT student_id + {turn} AS id FROM v_student"},
        {"name": "staff", "sql": f"SELECT staff_id + {turn} AS id FROM v_staff"},
        {"name": "large", "sql": many},
    )
    station.settings = replace(station.settings, feeds=feeds)
    return station


def deliver_killed_after(station: Station, seconds: float, *, client_too: bool) -> bool:
    """Deliver in a process that is killed after so many seconds, with its SFTP client or without; whether it was."""
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            run_delivery(station.as_district(), "vendor")
        os._exit(0)
    time.sleep(seconds)
    clients = Path(f"/proc/{pid}/task/{pid}/children")
    found = clients.read_text().split() if client_too and clients.exists() else []
    os.kill(pid, signal.SIGKILL)
    for client in map(int, found):
        with contextlib.suppress(ProcessLookupError):
            os.kill(client, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def kill_many(station: Station, folder: Path, told: Path, what: str) -> None:
    chance = random.Random((LONG and time.time_ns()) or 19)
    began = time.monotonic()
    run_delivery(station.as_district(), "vendor")
    usual = time.monotonic() - began
    killed = 0
    turn = 0
    with readers(folder, told) as seen:
        while killed < KILLS:
            turn += 1
            change(station, turn)
            killed += deliver_killed_after(station, chance.uniform(0, usual), client_too=turn % 2 == 0)
            assert seen_at(folder) != "torn", turn
            if turn % 5 == 0:
                done = run_delivery(station.as_district(), "vendor")
                assert not done.problem, done.problem
                assert seen_at(folder) == "whole", turn
                assert (folder / "ids.csv").read_text().split()[1:] == ids(station, turn), turn
    run_delivery(station.as_district(), "vendor")
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert not list(station.district.outbox.iterdir())
    assert seen()["whole"] > 0 and not seen()["torn"]
    note(f"{what}: {turn} deliveries, {killed} of them killed; two readers saw {dict(seen())}")


def ids(station: Station, turn: int) -> list[str]:
    return [str(number + turn) for (number,) in station.query("SELECT student_id FROM v_student")]


def test_killed_at_random_moments_readers_of_the_folder_see_whole_sets_only(
    station_for: Callable[[object], Station], tmp_path: Path
) -> None:
    folder = tmp_path / "receiver"
    folder.mkdir()
    kill_many(station_for(str(folder)), folder, tmp_path, "folder")


@needs_ssh
def test_killed_at_random_moments_readers_of_the_server_see_whole_sets_only(
    station_for: Callable[[object], Station], tmp_path: Path
) -> None:
    server = SshServer(tmp_path)
    with server.running() as to:
        there = {
            "host": to.host,
            "port": to.port,
            "user": to.user,
            "key": str(to.key),
            "host_key": to.host_key,
        }
        kill_many(station_for(there), server.home, tmp_path, "SFTP")


class CuttingLine:
    """A line to a server that is cut once so many bytes have passed, in both directions together.

    Args:
        port: of the server.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._left: int | None = None
        self.passed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, amount: int | None) -> None:
        """From now on so many bytes pass, over all connections; None for all."""
        with self._lock:
            self._left, self.passed = amount, 0

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            self._open += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                with self._lock:
                    may = len(piece) if self._left is None else min(self._left, len(piece))
                    self.passed += may
                    if self._left is not None:
                        self._left -= may
                target.sendall(piece[:may])
                if may < len(piece):
                    break
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def loaded(folder: Path, version: int) -> Load:
    """A set of three files."""
    files = []
    for name, size in (("staff.csv", 300), ("students.csv", 60_000), ("enrollments.csv", 200_000)):
        content = (f"{version},{name}\n".encode() * size)[:size]
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files.append(SetFile(name, name, 2, size, digest, digest))
    return Load(folder, files, MARK, "demo-vendor", placing=lambda: None)


@needs_ssh
def test_a_line_cut_at_random_bytes_leaves_whole_sets_and_the_next_try_goes_through(tmp_path: Path) -> None:
    server = SshServer(tmp_path)
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    chance = random.Random((LONG and time.time_ns()) or 19)
    told = tmp_path / "told"
    told.mkdir()
    # The readers are processes, made before the line has threads.
    with readers(server.home, told) as seen, server.running() as there:
        line = CuttingLine(there.port)
        to: Sftp = replace(there, port=line.port)
        line.cut_after(None)
        send_by_sftp(loaded(outbox, 0), to)
        all_bytes = line.passed
        cut = went = 0
        while cut < CUTS:
            load = loaded(outbox, cut + went + 1)
            line.cut_after(chance.randrange(all_bytes))
            try:
                send_by_sftp(load, to)
                went += 1
            except Undelivered:
                cut += 1
            assert seen_at(server.home) != "torn", cut
            if cut % 3 == 0:
                line.cut_after(None)
                send_by_sftp(load, to)
                assert seen_at(server.home) == "whole"
                assert not [path for path in server.home.iterdir() if path.name.startswith(".")]
        line.close()
    assert seen()["whole"] > 0 and not seen()["torn"]
    note(f"line: {cut} cut within {all_bytes:,} bytes, {went} went through; two readers saw {dict(seen())}")
