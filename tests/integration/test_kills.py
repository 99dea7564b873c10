"""SIGKILL at random points: the Master is before or after, and the next pull ends as an undisturbed one.

The suite kills a dozen pulls. Thousands, in random places that no run before has tried:

    AERIES_TUI_TESTS=long AERIES_TUI_FIGURES=kills.txt pytest -n 2 tests/integration/test_kills.py

The file gets how many pulls were killed, a line for each batch.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine import PaperAeries, Station, class_row, fast_directory, student
from engine.forms import LONG
from engine.killing import pull_killed_after, pull_killed_at, station_at, steps_of_a_pull

FIGURES = os.environ.get("AERIES_TUI_FIGURES")
BATCHES, KILLS = (20, 60) if LONG else (1, 4)
KINDS = ("first", "changed", "unchanged")
FILES = ("staff.csv", "student.csv")


@dataclass
class Scene:
    """A station before a pull, the lists that it will read, and the roster after an undisturbed one."""

    root: Path
    lists: Path
    before: dict[str, list[Any]]
    after: dict[str, list[Any]]
    steps: int
    seconds: float


def next_day(aeries: PaperAeries) -> None:
    """One student leaves, one comes, one moves, one changes class, one gets another name."""
    students = aeries.lists["7/students"]
    students[0]["InactiveStatusCode"] = "I"
    students[1]["LastName"] = "Married"
    moved = students.pop(2)
    aeries.lists["8/students"].append(student(8, moved["StudentID"]))
    aeries.lists["8/classes"].append(class_row(8, 1, moved["StudentID"]))
    aeries.lists["7/students"].append(student(7, 7999))
    aeries.lists["7/classes"] += [class_row(7, 2, 7999), class_row(7, 2, 7003)]
    aeries.lists["9/students"][3]["HomeRoomTeacherNumber"] = "0"


def scene(kind: str, folder: Path) -> Scene:
    aeries = PaperAeries.usual(students=12)
    today, tomorrow = folder / "today.json", folder / "tomorrow.json"
    today.write_text(json.dumps(aeries.lists))
    next_day(aeries)
    tomorrow.write_text(json.dumps(aeries.lists))
    lists = tomorrow if kind == "changed" else today
    base = station_at(folder / "base", today)
    base.map(7, 8, 9)
    if kind != "first":
        base.pull()
    shutil.copytree(folder / "base", folder / "undisturbed")
    undisturbed = station_at(folder / "undisturbed", lists)
    undisturbed.pull()
    shutil.copytree(folder / "base", folder / "timed")
    begun = time.monotonic()
    assert not pull_killed_after(60, folder / "timed", lists)
    seconds = time.monotonic() - begun
    shutil.copytree(folder / "base", folder / "counted")
    return Scene(
        folder / "base", lists, base.contents(), undisturbed.contents(),
        steps_of_a_pull(folder / "counted", lists), seconds,
    )  # fmt: skip


@pytest.fixture(params=KINDS)
def staged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with fast_directory(tmp_path) as folder:
        yield scene(request.param, folder)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_killed_pull_leaves_the_master_before_or_after(staged: Scene, batch: int) -> None:
    draw = random.Random(batch) if not LONG else random.SystemRandom()
    killed = 0
    for trial in range(KILLS):
        root = staged.root.with_name(f"trial-{trial}")
        shutil.copytree(staged.root, root)
        try:
            for attempt in range(draw.choice((1, 1, 2, 3))):
                killed += kill_somewhere(draw, staged, root, resume=attempt > 0 and draw.random() < 0.7)
                found = station_at(root, staged.lists)
                assert found.contents() in (staged.before, staged.after)
                assert_sound(found)
            go_on(found, staged, resume=draw.random() < 0.5)
        finally:
            shutil.rmtree(root)
    if FIGURES:
        with Path(FIGURES).open("a") as handle:
            handle.write(f"{killed}\n")
    assert killed >= KILLS // 2


def kill_somewhere(draw: random.Random, staged: Scene, root: Path, *, resume: bool) -> bool:
    """Kill a pull by the clock or at a step; the steps of its last third are where it writes the Master."""
    how = draw.random()
    if how < 0.4:
        return pull_killed_after(draw.uniform(0, staged.seconds), root, staged.lists, resume=resume)
    first = 1 if how < 0.7 else staged.steps * 2 // 3
    return pull_killed_at(draw.randint(first, staged.steps), root, staged.lists, resume=resume)


def assert_sound(station: Station) -> None:
    with sqlite3.connect(f"file:{station.district.master}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def go_on(station: Station, staged: Scene, *, resume: bool) -> None:
    """The next pull reaches what an undisturbed one does, and tidies up after those that were killed."""
    document = station.pull(resume=resume)
    assert document["outcome"] == "completed"
    assert station.contents() == staged.after
    rows = station.query("SELECT id, outcome, applied, files_written FROM import ORDER BY id")
    assert {outcome for _, outcome, _, _ in rows} <= {"completed", "interrupted"}
    for number, outcome, applied, written in rows:
        assert applied == (outcome == "completed")
        assert written == applied
        if applied:
            names = sorted(path.name for path in (station.district.imports / str(number)).iterdir())
            assert tuple(names) == FILES
        staging = [
            path.name for path in (station.district.pulls / str(number)).glob("*") if path.name[0] == "p"
        ]
        assert staging == []
    assert (
        station.query("SELECT count(*) FROM account")[0][0]
        == station.query("SELECT (SELECT count(*) FROM student) + (SELECT count(*) FROM staff)")[0][0]
    )
