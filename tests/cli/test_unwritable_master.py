"""A Master that can't be written: every command that would says so alike, none is a defect, nothing is changed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Desk

PULL = ("pull", "--acknowledge")
WRITERS = (
    PULL,
    ("pull", "--quick"),
    ("pull", "--resume"),
    ("schools", "update"),
    ("schools", "map", "7", "ali-8"),
    ("schools", "unmap", "7"),
    ("schools", "exclude", "7"),
    ("schools", "create-ali", "--from-aeries", "all"),
    ("schools", "import-ali", "ali.csv"),
    ("undo", "1"),
    ("approve", "3", "--reason", "x"),
    ("discard", "3", "--reason", "x"),
    ("people", "same", "student", "7000", "--reason", "x"),
    ("people", "another", "student", "7000", "--reason", "x"),
    ("accounts", "reset", "USER"),
    ("archive", "create", "--yes"),
    ("archive", "restore", "ARCHIVE"),
)
READERS = (
    ("results",),
    ("status",),
    ("schools", "list"),
    ("accounts", "find", "a"),
    ("troubleshooting",),
    ("doctor",),
)

ON_THE_DISK_AS_IT_IS = """
import contextlib, io, json, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from aeries_tui.cli import run
from engine import PaperAeries, Station
station = Station(Path(sys.argv[1]))
station.aeries = PaperAeries.usual(students=40)
said = []
for words in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told, station.answering():
        said.append((run(words), told.getvalue()))
json.dump(said, sys.stdout)
"""

Told = dict[tuple[str, ...], tuple[int, str]]


@pytest.fixture
def full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A district with all that commands work on: an archive, an import, a question about a person, a plan that waits."""
    station = desk.station
    monkeypatch.chdir(station.places.data_dir)
    Path("ali.csv").write_text("id,name\n7,Seven\n")
    assert desk("archive", "create", "--yes").status == 0
    robin = {
        "FirstName": "Robin",
        "LastName": "Newcomer",
        "Birthdate": "2013-11-30T00:00:00",
        "StateStudentID": "7",
    }
    station.aeries.lists["7/students"][0].update(StateStudentID="1", Birthdate="2012-01-02T00:00:00")
    assert desk("pull", "--acknowledge").status == 0
    station.aeries.lists["7/students"][0].update(robin)
    assert desk("pull").status == 4
    assert desk("pull", "--plan").status == 3
    return desk


def commands(desk: Desk) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(desk.station.district.master)) as db:
        (user,) = db.execute("SELECT user_name FROM account LIMIT 1").fetchone()
        (waiting,) = db.execute("SELECT max(id) FROM import").fetchone()
        (newest,) = db.execute("SELECT max(id) FROM import WHERE applied = 1").fetchone()
    (archive,) = desk.station.district.archives.glob("*.json")
    names = {"USER": user, "ARCHIVE": archive.stem, "3": str(waiting), "1": str(newest)}
    return [tuple(names.get(word, word) for word in words) for words in (*WRITERS, *READERS)]


def elsewhere(desk: Desk, *around: str) -> Told:
    """What each command says in another process, which meets the disk in another way."""
    root = desk.station.places.data_dir.parent
    words = commands(desk)
    done = subprocess.run(
        [*around, sys.executable, "-c", ON_THE_DISK_AS_IT_IS, str(root), *sys.path],
        input=json.dumps(words), capture_output=True, text=True, check=False, timeout=240,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {one: (status, told) for one, (status, told) in zip(words, json.loads(done.stdout), strict=True)}


def all_say_what_a_pull_says(told: Told, reason: str) -> None:
    assert told[PULL][0] == 5, told[PULL]
    for words, (status, said) in told.items():
        if words in READERS:
            assert status in {0, 3, 4, 5}, (words, said)
            assert "defect" not in said, (words, said)
            continue
        if status == 0 and "0 ALI schools made" in said:
            continue  # nothing was to be written, which the owner of a write-protected file may do
        assert status == told[PULL][0], (words, status, said)
        assert reason in said, (words, said)
        assert "Nothing was changed" in said, (words, said)


def test_a_master_that_another_program_holds_is_told_alike_by_every_command(
    full: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = full.station.contents()
    monkeypatch.setattr("aeries_tui.master.database.BUSY_SECONDS", 0.05)
    told: Told = {}
    with closing(sqlite3.connect(full.station.district.master, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in commands(full):
            said = full(*words)
            told[words] = said.status, said.err
        other.execute("ROLLBACK")
    all_say_what_a_pull_says(
        told, f"{full.station.district.master}: another program kept the database locked."
    )
    assert full.station.contents() == before


def can_mount() -> bool:
    """Whether this user can make a mount of their own that nobody else sees."""
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(
            ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], check=False, capture_output=True
        ).returncode
    )


def test_a_read_only_disk_is_told_alike_by_every_command(full: Desk) -> None:
    if not can_mount():
        pytest.skip("this user can't mount a disk read-only")
    place = str(full.station.places.data_dir)
    mount = f"mount --bind '{place}' '{place}' && mount -o remount,bind,ro '{place}' && exec \"$@\""
    told = elsewhere(full, "unshare", "-m", "sh", "-c", mount, "-")
    all_say_what_a_pull_says(told, "the disk there is read-only.")


def test_data_of_another_user_is_told_alike_by_every_command(full: Desk) -> None:
    around: tuple[str, ...] = ()
    root = full.station.district.root
    paths = [root, *root.rglob("*")]
    if os.geteuid() == 0:
        around = (
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
            "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
        )  # fmt: skip
        if not shutil.which("setpriv"):
            pytest.skip("this root can't become somebody else without setpriv")
    else:
        for path in paths:
            path.chmod(0o500 if path.is_dir() else 0o400)
    told = elsewhere(full, *around)
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # readers take what SQLite keeps beside the Master along
            path.chmod(0o700 if path.is_dir() else 0o600)
    all_say_what_a_pull_says(told, "Permission denied.")
