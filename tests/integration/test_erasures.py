"""Erasing people at random points of random histories: no byte of them is left, all else is as it was.

The suite goes through a few short histories. `AERIES_TUI_TESTS=long pytest tests/integration/test_erasures.py -s` goes
through longer ones of 2,000 students, of whom 200 are erased.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.operations.archive_year import archive_year, archives_of, plan_restore, verify_archive
from aeries_tui.operations.erase import erase
from engine import PaperAeries, Station
from engine.forms import LONG

STUDENTS, ERASED, STEPS = (2_001, 200, 30) if LONG else (60, 12, 10)
SEEDS = range(10) if LONG else range(3)
FIRST = 71_000_000
"""Ids are so long that none stands anywhere by chance."""
_MARK = re.compile(rb"zq(\d{8})x|(?<![0-9a-z])(7[12]\d{6})(?![0-9a-z])", re.IGNORECASE)


def ids_in(root: Path) -> dict[int, str]:
    """The ids whose name, address, state id or number stands in any file below a directory, and in which."""
    found: dict[int, str] = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        for name, number in _MARK.findall(path.read_bytes()):
            found.setdefault(int(name or number), str(path.relative_to(root)))
    return found


class History:
    """A district that lives on, and whose people are erased now and then."""

    def __init__(self, root: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        self.station = Station(root)
        self.aeries = self.station.aeries = PaperAeries.usual(STUDENTS // 3)
        self.renumber()
        self.station.map(7, 8, 9)
        self.erased: set[int] = set()
        self.told: list[str] = []
        self.pull()

    def renumber(self) -> None:
        """Ids, names, addresses and state ids that can be searched for."""
        ids: dict[int, int] = {}
        for path, rows in self.aeries.lists.items():
            if path.endswith(("/students", "/classes")):
                for row in rows:
                    old = int(row["StudentID"])
                    row["StudentID"] = ids.setdefault(old, FIRST + old)
        for row in self.students():
            mark = f"Zq{row['StudentID']}x"
            row.update(LastName=mark, StudentEmailAddress=f"{mark}@example.org", StateStudentID=mark)

    def students(self) -> list[dict[str, Any]]:
        return [row for path, rows in self.aeries.lists.items() if path.endswith("/students") for row in rows]

    # --- what happens ---

    def pull(self) -> None:
        document = self.station.pull()
        self.told.append(f"pull: {document['outcome']}")
        if document["outcome"] == "held" and self.draw.random() < 0.7:
            self.station.approve(document["import"])

    def change(self) -> None:
        for row in self.draw.sample(self.students(), 5):
            row["FirstName"] = f"{row['FirstName']}{self.draw.randrange(9)}"
        self.pull()

    def leave(self) -> None:
        gone = {row["StudentID"] for row in self.draw.sample(self.students(), 3)}
        for path, rows in self.aeries.lists.items():
            if path.endswith(("/students", "/classes")):
                self.aeries.lists[path] = [row for row in rows if row["StudentID"] not in gone]
        self.pull()

    def plan(self) -> None:
        self.station.pull(plan_only=True)

    def undo(self) -> None:
        applied = self.station.query("SELECT id FROM import WHERE applied ORDER BY id DESC LIMIT 4")
        number = int(self.draw.choice(applied)[0])
        before = self.station.roster()
        try:
            document = self.station.undo(number)
        except NotAllowedNow as refused:
            self.told.append(f"undo: {refused.message}")
            assert self.station.roster() == before
            return
        if document["outcome"] == "held":
            self.station.approve(document["import"])

    def archive(self) -> None:
        try:
            archive_year(self.station.district, self.station.settings)
        except NotAllowedNow:  # there is nobody
            return
        self.pull()

    def restore(self) -> None:
        archives = archives_of(self.station.district)
        if archives:
            name = self.draw.choice(archives).name
            self.station.approve(plan_restore(self.station.district, self.station.settings, name))

    def erase(self, count: int) -> None:
        known = [number for (number,) in self.station.query("SELECT student_id FROM student ORDER BY 1")]
        everybody = sorted({*known, *(row["StudentID"] for row in self.students())} - self.erased)
        people = self.draw.sample(everybody, min(count, len(everybody)))
        before = self.rest({*people})
        erase(self.station.as_district(), [("student", number) for number in people], "as asked for")
        assert self.rest({*people}) == before
        self.erased |= {*people}

    # --- what always holds ---

    def rest(self, people: set[int]) -> dict[str, Any]:
        """All of the roster, its past and accounts, but what is these people's; and the files' other lines."""
        found: dict[str, Any] = {}
        for kind in KINDS:
            for table in (kind.name, f"past_{kind.name}"):
                rows = self.station.query(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
                names = kind.names if table == kind.name else ("import_id", *kind.names)
                place = names.index("student_id") if "student_id" in names else None
                found[table] = [row for row in rows if place is None or row[place] not in people]
        accounts = self.station.query("SELECT * FROM account ORDER BY kind, person")
        found["account"] = [row for row in accounts if row[0] != "student" or row[1] not in people]
        for path in sorted(self.station.district.imports.glob("*/*.csv")):
            lines = path.read_bytes().splitlines()
            found[str(path)] = [
                line
                for line in lines
                if path.stem == "staff" or line.partition(b",")[0] not in {str(n).encode() for n in people}
            ]
        return found

    def look(self) -> None:
        found = ids_in(self.station.places.data_dir)
        assert not {number: found[number] for number in self.erased & found.keys()}
        assert not [
            number
            for (number,) in self.station.query("SELECT student_id FROM student")
            if number in self.erased
        ]
        for archive in archives_of(self.station.district):
            assert verify_archive(self.station.district, archive.name) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_whom_was_erased_comes_back(fast_path: Path, seed: int) -> None:
    history = History(fast_path, seed)
    assert len(ids_in(history.station.places.data_dir)) == STUDENTS
    acts = [history.change, history.leave, history.plan, history.undo, history.archive, history.restore]
    when = sorted(history.draw.sample(range(STEPS), 4))
    for step in range(STEPS):
        history.draw.choice(acts)()
        history.look()
        if step in when:
            history.erase(ERASED // 4)
            history.look()
    history.pull()
    history.look()
    print(history.told)
    assert len(history.erased) == ERASED
