"""The events of imports lead from one roster to another, whatever is undone, and whoever follows loses none."""

from __future__ import annotations

import hmac
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.imports.erasures import drop_erasures, erased_digest
from aeries_tui.master.imports.readers import acknowledge, position_of, readers
from aeries_tui.master.roster.events import TOLD, Event, events_since, newest_position
from aeries_tui.operations.erase import erase, lift
from aeries_tui.settings import Guard, GuardLimits
from engine import PaperAeries, Station, class_row, student
from engine.forms import LONG
from engine.station import fast_directory

WORDS = ("leave", "come", "move", "rename", "drop", "enroll", "undo", "read", "erase", "erase staff", "lift")


class Follower:
    """Keeps what events tell, as a product would; a joined one who is there, or a left one who is not, is a fault."""

    def __init__(self) -> None:
        self.there: dict[str, dict[str, dict[str, object]]] = {kind.name: {} for kind in TOLD}
        self.gone: dict[str, dict[str, dict[str, object]]] = {kind.name: {} for kind in TOLD}

    def take(self, event: Event) -> None:
        there, gone = self.there[event.kind], self.gone[event.kind]
        if event.event == "erased":
            self._forget(event.kind, event.record)
            return
        if event.fields == {"title": (None, None)}:  # what it was called by is not told
            there[event.record].pop("title", None)
            return
        if event.event in {"joined", "returned", "enrolled"}:
            assert event.record not in there
            there[event.record] = gone.pop(event.record, {})
        for name, (before, after) in event.fields.items():
            assert event.event in {"left", "dropped"} or there[event.record].get(name) == before
            there[event.record][name] = after
        if event.event in {"left", "dropped"}:
            gone[event.record] = there.pop(event.record)

    def _forget(self, kind: str, record: str) -> None:
        """Find the one who was erased among all that were ever told of, and drop all that is kept of them."""
        _, salt, digest = record.split(":")
        for one in [*self.there[kind], *self.gone[kind]]:
            if erased_digest(salt, kind, int(one)) == digest:
                for records in (self.there, self.gone):
                    records[kind].pop(one, None)
                    of = records["enrollment" if kind == "student" else "teaching"]
                    for member in [member for member in of if member.split(":")[1] == one]:
                        del of[member]


def active(station: Station) -> dict[str, dict[str, dict[str, object]]]:
    """The active records of the kinds that events tell of, with their fields."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for kind in TOLD:
        rows = station.query(f"SELECT {', '.join(kind.names)} FROM {kind.name} WHERE active = 1")
        width = len(kind.key)
        found[kind.name] = {
            ":".join(map(str, row[:width])): {
                name: value
                for name, value in zip(kind.field_names, row[width:], strict=True)
                if value is not None
            }
            for row in rows
        }
    return found


def without_blanks(there: dict[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, dict[str, object]]]:
    return {
        kind: {
            record: {k: v for k, v in fields.items() if v is not None} for record, fields in records.items()
        }
        for kind, records in there.items()
    }


def happen(station: Station, word: str, number: int) -> None:
    """Change Aeries, and pull; or take the newest import back."""
    if "erase" in word:
        erase_one(station, "staff" if "staff" in word else "student", number)
        return
    if word == "lift":
        for kind, person in station.__dict__.pop("erased", ()):
            lift(station.as_district(), kind, person)
    lists = station.aeries.lists
    students, classes = lists["7/students"], lists["7/classes"]
    here = students[number % len(students)] if students else None
    if word == "undo":
        last = station.query(
            "SELECT max(id) FROM import WHERE applied = 1 AND undone_by IS NULL AND kind <> 'erase'"
        )[0][0]
        if last is not None and last > 1:
            station.undo(last)
        return
    if word == "come":
        students.append(student(7, 900 + number))
    elif here is not None and word == "leave":
        students.remove(here)
        lists["7/classes"] = [row for row in classes if row["StudentID"] != here["StudentID"]]
    elif here is not None and word == "move":
        students.remove(here)
        lists["7/classes"] = [row for row in classes if row["StudentID"] != here["StudentID"]]
        lists["8/students"].append(student(8, here["StudentID"]))
    elif here is not None and word == "rename":
        here["FirstName"] = f"Ana{number}"
    elif here is not None and word == "enroll":
        lists["7/classes"] = [*classes, class_row(7, 1, here["StudentID"])]
    elif word == "drop" and classes:
        classes.pop(number % len(classes))
    station.pull()


def erase_one(station: Station, kind: PersonKind, number: int) -> None:
    """Erase somebody of the Master, in it or gone."""
    people = [person for (person,) in station.query(f"SELECT {kind}_id FROM {kind} ORDER BY 1")]
    if people:
        person = people[number % len(people)]
        erase(station.as_district(), [(kind, person)], "a request")
        station.__dict__.setdefault("erased", []).append((kind, person))


@settings(max_examples=200 if LONG else 8)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 30)), min_size=4, max_size=9))
def test_the_sum_of_the_events_is_the_difference_of_the_rosters(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as other, fast_directory(Path(other)) as root:
        station = Station(root)
        station.aeries = PaperAeries.usual(students=4, schools=(7, 8))
        none = GuardLimits(loss_minimum=1000, change_minimum=1000, blanked_minimum=1000)
        station.settings = replace(station.settings, guard=Guard(none))
        station.begin(7, 8)
        follower, position = Follower(), 0
        for word, number in [*steps, ("read", 0)]:
            if word != "read":
                happen(station, word, number)
                continue
            with station.master() as db:
                for event in events_since(db, position):
                    follower.take(event)
                position = newest_position(db)
            assert without_blanks(follower.there) == active(station)


def test_who_is_erased_is_told_once_to_each_reader_and_joins_again_after_a_lift(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=3, schools=(7,))
    station.begin(7)
    (person, *_) = (number for (number,) in station.query("SELECT student_id FROM student ORDER BY 1"))
    erase(station.as_district(), [("student", person)], "a request")
    with station.master() as db:
        (told,) = events_since(db, 1)
        position = newest_position(db)
        assert list(events_since(db, position)) == []
        assert str(person) not in {event.record for event in events_since(db, 0)}
    kind, salt, digest = told.record.split(":")
    assert (told.event, told.kind, told.fields, kind) == ("erased", "student", {}, "hmac-sha256")
    assert digest == hmac.new(salt.encode(), f"student:{person}".encode(), "sha256").hexdigest()
    lift(station.as_district(), "student", person)
    station.pull()
    with station.master() as db:
        after = [(one.event, one.record) for one in events_since(db, position) if one.kind == "student"]
        assert after == [("joined", str(person))]
        drop_erasures(db)
        with pytest.raises(NotAllowedNow, match="older than what is kept"):
            list(events_since(db, 1))


def test_a_student_who_changes_schools_has_moved_and_one_who_comes_back_has_returned(
    station: Station,
) -> None:
    station.aeries = PaperAeries.usual(students=3, schools=(7, 8))
    station.begin(7, 8)
    mover = station.aeries.lists["7/students"].pop(0)
    station.aeries.lists["8/students"].append({**mover, "SchoolCode": 8})
    station.pull()
    with station.master() as db:
        (told,) = (event for event in events_since(db, 1) if event.kind == "student")
    assert (told.event, told.school, told.fields) == ("moved", 8, {"primary_school": (7, 8)})


def test_a_reader_reads_again_what_it_did_not_acknowledge(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=2, schools=(7,))
    station.begin(7)
    with station.master() as db:
        assert position_of(db, "directory") == 0
        first = list(events_since(db, position_of(db, "directory")))
        assert list(events_since(db, position_of(db, "directory"))) == first
        acknowledge(db, "directory", 1, newest_position(db))
        assert list(events_since(db, position_of(db, "directory"))) == []
        for wrong in (0, 2):
            with pytest.raises(NotAllowedNow):
                acknowledge(db, "directory", wrong, newest_position(db))
        assert [(one.name, one.position) for one in readers(db)] == [("directory", 1)]


def test_events_that_are_not_kept_any_more_are_told_with_how_to_start_anew(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=2, schools=(7,))
    station.begin(7)
    station.pull()
    with station.master() as db:
        db.execute("UPDATE import SET undo_kept = 0 WHERE id = 1")
        with pytest.raises(NotAllowedNow, match="Import 1 is older than what is kept") as told:
            list(events_since(db, 0))
        assert "--since 2" in told.value.remedy
        assert list(events_since(db, 1)) == []


def test_an_import_that_was_undone_still_says_what_it_made(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=2, schools=(7,))
    station.begin(7)
    station.aeries.lists["7/students"].append(student(7, 77))
    second = station.pull()["import"]
    station.undo(second)
    with station.master() as db:
        told = [(event.number, event.event) for event in events_since(db, 1) if event.record == "77"]
    assert told == [(second, "joined"), (second + 1, "left")]
