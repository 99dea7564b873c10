"""Full, read-only, locked and damaged: one clear sentence each, and the last good state is left."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from aeries_tui.errors import AeriesTuiError, Busy, MasterError
from aeries_tui.operations import decisions
from aeries_tui.pull.lock import locked
from aeries_tui.pull.run import pull
from engine import PaperAeries, Station, student


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual(students=40)
    station.map(7, 8, 9)
    station.pull()
    return station


def change(station: Station) -> None:
    """Something that a pull would apply."""
    station.aeries.lists["7/students"].append(student(7, 1))


# --- full ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """As on a full disk: a write beyond `size` fails. SQLite calls that a full disk or an input/output error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


def test_a_disk_that_is_full_at_any_size_leaves_the_last_good_state(pulled: Station) -> None:
    change(pulled)
    before, seen = pulled.contents(), set()
    for size in (0, 2_000, 10_000, 30_000, 60_000, 100_000, 150_000, 200_000, 250_000, 300_000, 400_000):
        try:
            with files_no_larger_than(size):
                document = pulled.pull()
        except AeriesTuiError as error:
            seen.add("raised")
            assert isinstance(error, MasterError)
            assert error.message
            assert error.remedy
        else:
            seen.add(document["outcome"])
            assert document["outcome"] in {"error", "completed", "completed_with_error"}
            if document["outcome"] == "error":
                assert "disk" in document["problem"]["message"] or "large" in document["problem"]["message"]
        applied = pulled.query("SELECT count(*) FROM import WHERE applied = 1")[0][0]
        if applied == 1:
            assert pulled.contents() == before
    assert seen & {"raised", "error"}
    document = pulled.pull()
    assert document["outcome"] == "completed"
    assert (1,) in pulled.active("student")
    for number, is_applied, written in pulled.query("SELECT id, applied, files_written FROM import"):
        assert written == is_applied, number


def test_an_import_whose_files_can_not_be_written_says_that_the_master_is_up_to_date(pulled: Station) -> None:
    change(pulled)
    blocked = pulled.district.imports / "2" / "staff.csv"
    blocked.mkdir(parents=True)
    document = pulled.pull()
    assert document["outcome"] == "completed_with_error"
    assert "was brought up to date" in document["problem"]["meaning"]
    assert (1,) in pulled.active("student")
    blocked.rmdir()
    pulled.pull()
    assert sorted(path.name for path in blocked.parent.iterdir()) == ["staff.csv", "student.csv"]


@contextlib.contextmanager
def free_disk(*free: int) -> Iterator[None]:
    """A disk that has so many bytes free each time it is asked; the last from then on."""
    left = list(free)

    def usage(path: object) -> shutil._ntuple_diskusage:
        return shutil._ntuple_diskusage(10**12, 0, left.pop(0) if len(left) > 1 else left[0])

    with patch("aeries_tui.pull.staging.shutil.disk_usage", usage):
        yield


def test_reading_stops_before_the_disk_is_full(pulled: Station) -> None:
    before = pulled.contents()
    change(pulled)
    with free_disk(10**9, 200_000_000, 150_000_000):
        document = pulled.pull()
    assert document["outcome"] == "error"
    problem = document["problem"]
    assert "150.0 MB of disk are free" in problem["message"]
    assert "reading stops below 200.0 MB" in problem["message"]
    assert problem["meaning"] == "Nothing was changed."
    assert "--resume" in problem["remedy"]
    assert pulled.contents() == before
    document = pulled.pull(resume=True)
    assert document["outcome"] == "completed"
    assert (1,) in pulled.active("student")
    assert any("read by the pull that was stopped" in note for note in notes(pulled))


def notes(station: Station) -> list[str]:
    return [note or "" for (note,) in station.query("SELECT notes FROM import")]


def test_how_much_disk_stays_free_is_a_setting(pulled: Station) -> None:
    pulled.set("pull", least_free_megabytes=0)
    with free_disk(0):
        assert pulled.pull()["outcome"] == "completed"


# --- read-only ----------------------------------------------------------------------------------

AS_NOBODY = """
import os, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from aeries_tui.errors import AeriesTuiError
from engine.killing import station_at
from engine import Station
import aeries_tui.pull.run, aeries_tui.pull.stages.files, aeries_tui.exports.import_files
station = Station.__new__(Station)
root = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
from aeries_tui.pull.lock import locked
from aeries_tui.master.database import connect
failures = []
for work in (lambda: locked(root / "pull.lock", "pull").__enter__(), lambda: connect(root / "master.sqlite3")):
    try:
        work()
    except AeriesTuiError as error:
        failures.append(type(error).__name__ + ": " + error.message + " / " + error.remedy)
print("\\n".join(failures))
"""


def test_a_data_directory_that_may_only_be_read_is_said_so(tmp_path: Path) -> None:
    root = tmp_path / "only" / "read"
    root.mkdir(parents=True)
    for part in (tmp_path.parent.parent, tmp_path.parent, tmp_path, tmp_path / "only"):
        if part.stat().st_uid == os.geteuid() and part != Path(part.anchor):
            part.chmod(part.stat().st_mode | 0o055)
    root.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(root), *sys.path],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    root.chmod(0o755)
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("MasterError") and "permission" in line.lower() for line in lines)


# --- locked -------------------------------------------------------------------------------------


@contextlib.contextmanager
def write_locked(path: Path) -> Iterator[None]:
    """Somebody's sqlite3 shell in the middle of a write."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def test_a_locked_database_is_said_so_in_bounded_time(pulled: Station) -> None:
    before = pulled.contents()
    with patch("aeries_tui.master.database.BUSY_SECONDS", 0.2), write_locked(pulled.district.master):
        begun = time.monotonic()
        with pytest.raises(MasterError, match="locked"):
            pulled.pull()
        assert time.monotonic() - begun < 5
    assert pulled.contents() == before
    assert pulled.pull()["outcome"] == "completed"


def test_a_database_locked_at_the_moment_of_applying_leaves_everything_and_says_why(pulled: Station) -> None:
    change(pulled)
    before = pulled.contents()
    stack = contextlib.ExitStack()

    def courses(request: Any) -> Any:
        del pulled.aeries.faults["courses"]
        stack.enter_context(write_locked(pulled.district.master))
        return pulled.aeries(request)

    pulled.aeries.faults["courses"] = courses
    with patch("aeries_tui.master.database.BUSY_SECONDS", 0.2), stack:
        begun = time.monotonic()
        with pytest.raises(MasterError, match="locked"):
            pulled.pull()
        assert time.monotonic() - begun < 5
    assert pulled.contents() == before
    assert pulled.pull()["outcome"] == "completed"
    assert (1,) in pulled.active("student")


def test_a_reader_in_the_middle_of_reading_sees_before_and_stops_nobody(pulled: Station) -> None:
    change(pulled)
    with contextlib.closing(sqlite3.connect(f"file:{pulled.district.master}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        count = "SELECT count(*) FROM student WHERE active = 1"
        (before,) = reader.execute(count).fetchone()
        assert pulled.pull()["outcome"] == "completed"
        assert reader.execute(count).fetchone() == (before,)
        reader.execute("COMMIT")
        assert reader.execute(count).fetchone() == (before + 1,)


# --- damaged ------------------------------------------------------------------------------------


def spoil_header(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def spoil_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as handle:
        for place in range(4096, size, 4096):
            handle.seek(place)
            handle.write(b"\xff" * 4096)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


@pytest.mark.parametrize(
    "spoil", [spoil_header, spoil_middle, cut], ids=["no database", "spoilt pages", "cut off"]
)
def test_a_damaged_master_is_said_so_and_never_written_over(
    pulled: Station, spoil: Callable[[Path], None]
) -> None:
    spoil(pulled.district.master)
    content = pulled.district.master.read_bytes()
    with pytest.raises(MasterError) as caught:
        pulled.pull()
    assert "damaged" in caught.value.message
    assert "doctor" in caught.value.remedy
    assert pulled.district.master.read_bytes()[:4096] == content[:4096]


def test_a_damaged_plan_can_not_be_approved_and_changes_nothing(pulled: Station) -> None:
    change(pulled)
    document = pulled.pull(plan_only=True)
    before = pulled.contents()
    spoil_middle(decisions.plan_file(pulled.district, document["import"]))
    with pytest.raises(MasterError, match="damaged"):
        pulled.approve(document["import"])
    assert pulled.contents() == before


def test_a_plan_that_is_gone_can_not_be_approved_and_changes_nothing(pulled: Station) -> None:
    change(pulled)
    document = pulled.pull(plan_only=True)
    before = pulled.contents()
    decisions.plan_file(pulled.district, document["import"]).unlink()
    with pytest.raises(AeriesTuiError) as caught:
        pulled.approve(document["import"])
    assert caught.value.remedy
    assert pulled.contents() == before
    pulled.discard(document["import"])


# --- two at once --------------------------------------------------------------------------------


def test_whatever_writes_waits_for_nobody(pulled: Station) -> None:
    change(pulled)
    waiting = pulled.pull(plan_only=True)["import"]
    before = pulled.roster()
    works: list[Callable[[], object]] = [
        lambda: pull(pulled.order()),
        lambda: pulled.approve(waiting),
        lambda: pulled.discard(waiting),
        lambda: pulled.undo(1),
    ]
    with locked(pulled.district.lock, "pull"):
        for work in works:
            begun = time.monotonic()
            with pytest.raises(Busy) as caught:
                work()
            assert caught.value.exit_status == 75
            assert time.monotonic() - begun < 5
    assert pulled.roster() == before
    pulled.approve(waiting)
    assert (1,) in pulled.active("student")


def test_a_plan_is_decided_once(pulled: Station) -> None:
    change(pulled)
    waiting = pulled.pull(plan_only=True)["import"]
    pulled.approve(waiting)
    for again in (pulled.approve, pulled.discard):
        with pytest.raises(AeriesTuiError, match="does not wait"):
            again(waiting)
