"""Days go by in a small district: after each step the Master is what the promises say, whatever happened between.

The suite runs a few dozen days; `AERIES_TUI_TESTS=long pytest tests/integration/test_days.py -s` runs thousands.
"""

from __future__ import annotations

import contextlib
import copy
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.identity import Said, question_of, ring_of
from aeries_tui.master.imports import result
from aeries_tui.master.schools import schools
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.run import _Run
from aeries_tui.settings import Guard, GuardLimits
from engine import (
    PaperAeries,
    Station,
    adds_up,
    class_row,
    fast_directory,
    homeroom_teacher,
    member,
    section,
    staff,
    student,
)
from engine.both_ways import each_check_made_both_ways
from engine.model import Active, expected, nobody
from engine.paper import as_json

LONG = os.environ.get("AERIES_TUI_TESTS") == "long"
EXAMPLES, STEPS = (400, 50) if LONG else (20, 25)

SCHOOLS = (7, 8, 9)
LISTS = ("students", "teachers", "sections", "classes")
PATHS = ("staff", "courses", *(f"{code}/{name}" for code in SCHOOLS for name in LISTS))
FAULTS: dict[str, httpx.Response | Exception] = {
    "refused": httpx.Response(401, json={"Message": "No."}),
    "broken": httpx.Response(500),
    "page": httpx.Response(200, html="<!DOCTYPE html><html>Sign in</html>"),
    "broken off": httpx.Response(200, content=b'[{"a":'),
    "null": as_json(None),
    "time-out": httpx.ReadTimeout("slow"),
}
STAGES = ("connect", "year", "fetch", "check", "compare", "guard", "apply", "files")
HAPPENINGS = (
    "somebody_comes",
    "somebody_gets_a_status",
    "somebody_is_struck_off",
    "somebody_also_goes_to_another_school",
    "somebody_gets_a_name",
    "somebody_changes_homeroom",
    "an_id_is_given_to_somebody_else",
    "two_ids_are_exchanged",
    "somebody_gets_another_id",
    "a_class_ends_or_goes_on",
    "a_section_is_closed_or_opened",
    "a_section_is_added",
    "a_section_gets_another_teacher",
    "a_teacher_begins_later",
    "a_student_leaves_with_open_classes",
    "a_row_of_another_school_stands_in_a_list",
    "a_member_of_staff_goes_or_comes_back",
    "a_member_of_staff_is_struck_off_or_listed",
    "a_school_vanishes_or_comes_back",
)
pick = st.integers(0, 10_000)


def person(who: int) -> dict[str, str]:
    """The facts of one of very many people, of which no two share any."""
    return {
        "StateStudentID": str(10**9 + who),
        "Birthdate": f"{1990 + who % 30}-{who // 30 % 12 + 1:02}-{who // 360 % 28 + 1:02}T00:00:00",
        "FirstName": f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[who % 26]}{who}",
    }


HAPPENED: Counter[str] = Counter()
"""How often what was done, for the figures of the long form."""


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the engine's own tidying up runs."""


@contextlib.contextmanager
def killed_at(stage: str) -> Iterator[None]:
    """Let the next pull end as by SIGKILL when a stage begins."""
    begin = PullLog.begin

    def begins(log: PullLog, name: str, **options: Any) -> None:
        if name == stage:
            raise Killed
        begin(log, name, **options)

    with patch.object(PullLog, "begin", begins), patch.object(_Run, "_end_as", lambda *a, **k: None):
        yield


Version = tuple[str | None, ...]
"""What tells people apart, of one record: state id, birth date, last and first name."""


class Days(RuleBasedStateMachine):
    """A district of three schools and a machine that pulls it now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(fast_directory(Path(tempfile.gettempdir())))
        own = tempfile.TemporaryDirectory(dir=folder)
        self.checks = self.stack.enter_context(each_check_made_both_ways())
        self.station = Station(Path(self.stack.enter_context(own)))
        self.station.settings = type(self.station.settings)(
            guard=Guard(GuardLimits(loss_percent=40, loss_minimum=3, change_percent=60, change_minimum=3))
        )
        self.station.set("source", page_size=2, tries=2)
        self.aeries = self.station.aeries = PaperAeries.usual(students=4)
        self.everybody = self.aeries.lists["schools"]
        self.active: Active = nobody()
        self.mapped = {7, 9}
        self.waiting: dict[int, tuple[Active, set[str]]] = {}
        self.staged: dict[str, list[Any]] | None = None
        self.applied: list[tuple[int, dict[str, list[Any]], Active]] = []
        self.stale: set[str] = set()
        self.stopped_as_plan = False
        self.next_person = 20_000
        self.people: dict[int, int] = {}
        self.strangers_made = 0
        self.decided: dict[tuple[int, Version, Version], str] = {}
        self.owner: dict[str, str] = {}
        self.called_same: set[frozenset[str]] = set()
        for row in self.students():
            row.update(self.facts_of(row["StudentID"]))

    def teardown(self) -> None:
        HAPPENED["checked again"] += self.checks["again"]
        self.stack.close()

    @initialize()
    def begin(self) -> None:
        self.station.map(7, 8, 9)
        with self.station.master() as db:
            schools.set_mapping(db, 8, None, by="test")

    # --- what happens in the district ---

    @rule(happenings=st.lists(st.tuples(st.sampled_from(HAPPENINGS), pick), min_size=1, max_size=5))
    def life_goes_on(self, happenings: list[tuple[str, int]]) -> None:
        for what, n in happenings:
            getattr(self, what)(n)

    def rows(self, name: str, n: int) -> list[dict[str, Any]]:
        return self.aeries.lists[f"{SCHOOLS[n % 3]}/{name}"]

    def somebody_comes(self, n: int) -> None:
        code = SCHOOLS[n % 3]
        self.next_person += 1
        room = "5" if code == 9 else "0"
        facts = self.facts_of(self.next_person)
        self.rows("students", n).append(student(code, self.next_person, HomeRoomTeacherNumber=room, **facts))
        if code != 9:
            self.rows("classes", n).append(class_row(code, 1 + n % 2, self.next_person))

    def somebody_gets_a_status(self, n: int) -> None:
        status = ("I", "*", " ", "", "")[n % 5]
        rows = self.rows("students", n)
        if rows:
            rows[n // 7 % len(rows)]["InactiveStatusCode"] = status

    def somebody_is_struck_off(self, n: int) -> None:
        rows = self.rows("students", n)
        if len(rows) > 1:
            del rows[n // 7 % len(rows)]

    def somebody_also_goes_to_another_school(self, n: int) -> None:
        rows, other = self.rows("students", n), self.rows("students", n + 1)
        if rows:
            number = rows[n // 7 % len(rows)]["StudentID"]
            if all(row["StudentID"] != number for row in other):
                other.append(student(SCHOOLS[(n + 1) % 3], number, **self.facts_of(number)))

    def somebody_gets_a_name(self, n: int) -> None:
        name = ("Ng", "García", "O'Brien")[n % 3]
        rows = self.rows("students", n)
        if rows:
            rows[n // 7 % len(rows)]["LastName"] = name

    def students(self) -> list[dict[str, Any]]:
        return [row for code in SCHOOLS for row in self.aeries.lists[f"{code}/students"]]

    def facts_of(self, number: int) -> dict[str, str]:
        """The facts of the person who has an id now; who comes new is somebody new."""
        return person(self.people.setdefault(number, len(self.people) + 1))

    def an_id(self, n: int) -> int | None:
        ids = sorted({row["StudentID"] for row in self.students()})
        return ids[n % len(ids)] if ids else None

    def has_now(self, number: int, who: int) -> None:
        self.people[number] = who
        for row in self.students():
            if row["StudentID"] == number:
                row.update(person(who))

    def an_id_is_given_to_somebody_else(self, n: int) -> None:
        number = self.an_id(n)
        if number is not None:
            self.strangers_made += 1
            self.has_now(number, 50_000 + self.strangers_made)

    def two_ids_are_exchanged(self, n: int) -> None:
        one, other = self.an_id(n), self.an_id(n // 7)
        if one is not None and other is not None and one != other:
            mine, theirs = self.people[one], self.people[other]
            self.has_now(one, theirs)
            self.has_now(other, mine)

    def somebody_gets_another_id(self, n: int) -> None:
        number = self.an_id(n)
        if number is None:
            return
        self.next_person += 1
        self.people[self.next_person] = self.people[number]
        for name in ("students", "classes"):
            for code in SCHOOLS:
                for row in self.aeries.lists[f"{code}/{name}"]:
                    if row["StudentID"] == number:
                        row["StudentID"] = self.next_person

    def somebody_changes_homeroom(self, n: int) -> None:
        room = ("0", "5", "6", "5")[n % 4]
        rows = self.aeries.lists["9/students"]
        rows[n // 7 % len(rows)]["HomeRoomTeacherNumber"] = room

    def a_class_ends_or_goes_on(self, n: int) -> None:
        ended = n % 2 == 0
        rows = self.rows("classes", n)
        if rows:
            rows[n // 7 % len(rows)]["DateEnded"] = "2026-10-01T00:00:00" if ended else None

    def a_section_is_closed_or_opened(self, n: int) -> None:
        status = ("I", "", " ")[n % 3]
        rows = self.rows("sections", n)
        if rows:
            rows[n // 7 % len(rows)]["InactiveStatusCode"] = status

    def a_section_is_added(self, n: int) -> None:
        code = SCHOOLS[n % 2]
        rows = self.aeries.lists[f"{code}/sections"]
        rows.append(section(code, len(rows) + 1, member(code * 10), member(900, IsPrimaryTeacher=False)))

    def a_section_gets_another_teacher(self, n: int) -> None:
        rows = self.rows("sections", n)
        if rows:
            rows[n // 7 % len(rows)]["SectionStaffMembers"] = [member((70, 80, 90, 900)[n % 4])]

    def a_teacher_begins_later(self, n: int) -> None:
        rows = self.rows("sections", n)
        if rows:
            begins = ("2026-10-06T00:00:00", "2026-10-05T00:00:00", None)[n % 3]
            rows[n // 7 % len(rows)]["SectionStaffMembers"] = [
                member((70, 80, 90, 900)[n % 4], StartDate=begins)
            ]

    def a_student_leaves_with_open_classes(self, n: int) -> None:
        here, there = SCHOOLS[n % 3], SCHOOLS[(n + 1) % 3]
        rows = self.aeries.lists[f"{here}/students"]
        if rows:
            row = rows[n // 7 % len(rows)]
            row["InactiveStatusCode"] = "T"
            target = self.aeries.lists[f"{there}/students"]
            if not any(other["StudentID"] == row["StudentID"] for other in target):
                target.append(student(there, row["StudentID"], **self.facts_of(row["StudentID"])))

    def a_row_of_another_school_stands_in_a_list(self, n: int) -> None:
        name, here, there = LISTS[n % 4], SCHOOLS[n % 3], SCHOOLS[(n + 1) % 3]
        rows = self.aeries.lists[f"{here}/{name}"]
        if any(row["SchoolCode"] != here for row in rows):
            self.aeries.lists[f"{here}/{name}"] = [row for row in rows if row["SchoolCode"] == here]
        elif len(rows) > 1:
            foreign = {
                "students": student(there, 90_001, **self.facts_of(90_001)),
                "teachers": homeroom_teacher(there, 91, 900),
                "sections": section(there, 92, member(900)),
                "classes": class_row(there, 93, 90_001),
            }
            rows.append(foreign[name])

    def a_member_of_staff_goes_or_comes_back(self, n: int) -> None:
        status = ("I", " ")[n % 2]
        rows = self.aeries.lists["staff"]
        rows[n // 7 % len(rows)]["InactiveStatusCode"] = status

    def a_member_of_staff_is_struck_off_or_listed(self, n: int) -> None:
        rows, number = self.aeries.lists["staff"], (70, 80, 90, 900)[n % 4]
        left = [row for row in rows if row["ID"] != number]
        self.aeries.lists["staff"] = left if len(left) < len(rows) and left else [*left, staff(number)]

    def a_school_vanishes_or_comes_back(self, n: int) -> None:
        listed = self.aeries.lists["schools"]
        code = SCHOOLS[n % 3]
        left = [row for row in listed if row["SchoolCode"] != code]
        self.aeries.lists["schools"] = (
            left if len(left) < len(listed)
            else [*listed, next(row for row in self.everybody if row["SchoolCode"] == code)]
        )  # fmt: skip

    @rule(n=pick)
    def a_school_is_mapped_or_unmapped(self, n: int) -> None:
        code = SCHOOLS[n % 3]
        if self.mapped == {code}:
            return
        with self.station.master() as db:
            schools.set_mapping(db, code, None if code in self.mapped else f"ali-{code}", by="test")
        self.mapped ^= {code}

    @rule(path=st.sampled_from(PATHS), fault=st.sampled_from(sorted(FAULTS)))
    def a_list_goes_wrong(self, path: str, fault: str) -> None:
        self.aeries.faults[path] = FAULTS[fault]

    @rule()
    def all_is_well_again(self) -> None:
        self.aeries.faults.clear()

    # --- pulls ---

    def listed(self) -> set[int]:
        return {row["SchoolCode"] for row in self.aeries.lists["schools"]}

    def what_is_read(self, staged: dict[str, list[Any]] | None) -> tuple[dict[str, list[Any]], set[str]]:
        """The lists as a pull finds them, and which of them it reads; a resumed one knows some already."""
        paths = {"staff", "courses"} | {f"{c}/{name}" for c in self.mapped & self.listed() for name in LISTS}
        lists = {
            **self.aeries.lists,
            **{path: rows for path, rows in (staged or {}).items() if path in paths},
        }
        return lists, {path for path in paths if path not in self.aeries.faults or path in (staged or {})}

    def strangers(self, lists: dict[str, list[Any]], read: set[str]) -> set[int]:
        """Ids whose first active record is of somebody else than the Master's, whom nobody has decided about."""
        known = {
            number: version
            for number, *version in self.station.query(
                "SELECT person, state_id, second_id, last_name, first_name FROM remembered_person UNION ALL "
                "SELECT student_id, state_student_id, birthdate, last_name, first_name FROM student"
            )
        }
        found: dict[int, Version] = {}
        for code in sorted(self.mapped):
            for row in lists[f"{code}/students"] if f"{code}/students" in read else []:
                if not str(row["InactiveStatusCode"]).strip():
                    names = (row["LastName"], row["FirstName"])
                    version = (row["StateStudentID"], row["Birthdate"][:10], *names)
                    found.setdefault(row["StudentID"], version)
        return {
            number
            for number, version in found.items()
            if number in known
            and known[number][0] != version[0]
            and (number, tuple(known[number]), version) not in self.decided
        }

    def missed(self, read: set[str]) -> set[str]:
        return {"staff", "courses", *(f"{c}/{name}" for c in self.mapped for name in LISTS)} - read

    @rule(resume=st.booleans(), plan_only=st.booleans())
    def pull(self, resume: bool, plan_only: bool) -> None:
        lists, read = self.what_is_read(self.staged if resume else None)
        after = expected(self.active, lists, read, self.mapped, self.strangers(lists, read))
        before = self.station.roster()
        document = self.station.pull(resume=resume, plan_only=plan_only)
        is_plan = plan_only or (resume and self.stopped_as_plan)
        self.stopped_as_plan = is_plan and not read
        self.staged = None
        HAPPENED[document["outcome"]] += 1
        if not read:
            assert document["outcome"] == "error"
            self.staged = {}
            return
        assert document["outcome"] in {"completed", "completed_with_error", "held"}
        assert adds_up(document)
        assert (document["outcome"] == "completed") <= (not self.missed(read))
        if document["outcome"] == "held":
            assert self.station.roster() == before
            self.waiting[document["import"]] = (after, self.missed(read))
        else:
            assert not is_plan
            self.was_applied(document["import"], before, after, self.missed(read))

    def was_applied(self, number: int, before: dict[str, list[Any]], after: Active, missed: set[str]) -> None:
        self.applied.append((number, before, self.active))
        self.active, self.stale = after, missed
        self.overtook(number, is_whole=not missed)

    def overtook(self, number: int, *, is_whole: bool) -> None:
        """Gone are the plans made against another roster or mapping, or before a pull that read everything."""
        (generation,) = self.station.query(
            "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'"
        )[0]
        bases = dict(self.station.query("SELECT id, base_generation FROM import"))
        gone = {n for n in self.waiting if bases[n] != generation or (is_whole and n < number)}
        for one in gone:
            del self.waiting[one]
            HAPPENED["superseded"] += 1
            with pytest.raises(NotAllowedNow, match=f"superseded by import {number}"):
                self.station.approve(one)
            assert not list((self.station.district.pulls / str(one)).glob("p*.sqlite3"))
        held = self.station.query("SELECT id FROM import WHERE outcome = 'held'")
        assert {n for (n,) in held} == set(self.waiting)

    @rule(stage=st.sampled_from(STAGES), resume=st.booleans())
    def pull_and_be_killed(self, stage: str, resume: bool) -> None:
        staged = self.staged if resume else None
        lists, read = self.what_is_read(staged)
        after = expected(self.active, lists, read, self.mapped, self.strangers(lists, read))
        before = self.station.roster()
        with killed_at(stage):
            try:
                document = self.station.pull(resume=resume)
            except Killed:
                document = None
        HAPPENED[f"killed at {stage}" if document is None else "held or failed before it was killed"] += 1
        is_plan = resume and self.stopped_as_plan
        self.stopped_as_plan = is_plan and not (document is not None and read)
        assert not (is_plan and document is None and stage in {"apply", "files"})
        if document is not None:  # it was held before the stage was reached, or nothing could be read
            # That nothing could be read is not written down: who is killed writes nothing.
            assert document["outcome"] == ("held" if read else "running")
            self.staged = None if document["outcome"] == "held" else {}
            if document["outcome"] == "held":
                self.waiting[document["import"]] = (after, self.missed(read))
        elif stage == "files":
            number = self.station.query("SELECT max(id) FROM import")[0][0]
            self.staged = None
            self.was_applied(number, before, after, self.missed(read))
        elif STAGES.index(stage) > STAGES.index("fetch"):
            self.staged = copy.deepcopy({path: lists[path] for path in read})
        else:
            self.staged = dict(staged or {})

    @precondition(lambda self: self.waiting)
    @rule(n=pick, yes=st.booleans())
    def decide(self, n: int, yes: bool) -> None:
        number = sorted(self.waiting)[n % len(self.waiting)]
        after, missed = self.waiting[number]
        before = self.station.roster()
        base, now = self.station.query(
            "SELECT base_generation, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation') "
            "FROM import WHERE id = ?", number
        )[0]  # fmt: skip
        if not yes:
            self.station.discard(number)
        elif base != now:
            with pytest.raises(NotAllowedNow, match="earlier state"):
                self.station.approve(number)
            assert self.station.roster() == before
            HAPPENED["refused as stale"] += 1
            return
        else:
            self.station.approve(number)
            HAPPENED["approved"] += 1
            del self.waiting[number]
            self.was_applied(number, before, after, missed)
            return
        del self.waiting[number]

    @rule(n=pick, verdict=st.sampled_from(["same", "another"]))
    def a_person_says_who(self, n: int, verdict: Said) -> None:
        asked = self.station.query("SELECT person, code FROM identity_question ORDER BY person")
        if not asked:
            return
        number, code = asked[n % len(asked)]
        with self.station.master() as db:
            question = question_of(db, "student", number)
            assert question is not None
            ring = ring_of(db, question)
        self.station.decide("student", number, verdict)
        HAPPENED[f"{code} {verdict}"] += 1
        for one in ring:
            before, after = (
                (f.state_id, f.second_id, f.last_name, f.first_name) for f in (one.before, one.after)
            )
            self.decided[(one.person, before, after)] = verdict
            if verdict == "same":
                self.called_same.add(frozenset({str(one.before.state_id), str(one.after.state_id)}))

    @invariant()
    def no_account_passes_on_in_silence(self) -> None:
        rows = self.station.query(
            "SELECT a.user_name, s.state_student_id FROM account a "
            "JOIN student s ON s.student_id = a.person WHERE a.kind = 'student'"
        )
        for user_name, state_id in rows:
            owner = self.owner.setdefault(user_name, state_id)
            assert owner == state_id or frozenset({owner, state_id}) in self.called_same
            self.owner[user_name] = state_id

    @precondition(lambda self: self.applied)
    @rule()
    def undo_the_last(self) -> None:
        number, before, active = self.applied.pop()
        now = self.station.roster()
        document = self.station.undo(number)
        HAPPENED["undone"] += 1
        if document["outcome"] == "held":
            assert self.station.roster() == now
            self.station.approve(document["import"])
        assert self.station.roster() == before
        self.active = active
        self.overtook(document["import"], is_whole=False)
        with pytest.raises(NotAllowedNow, match="already undone"):
            self.station.undo(number)

    # --- what always holds ---

    @invariant()
    def the_master_is_what_the_promises_say(self) -> None:
        found = self.station.all_active()
        assert {
            k: (self.active[k] - v, v - self.active[k]) for k, v in found.items() if v != self.active[k]
        } == {}

    @invariant()
    def what_was_missed_is_known_to_be_stale(self) -> None:
        if self.applied:
            with self.station.master() as db:
                stale = {
                    f"{s.school}/{s.endpoint}" if s.school is not None else s.endpoint
                    for s in result.stale(db)
                }
            assert stale == self.stale


def test_days_go_by() -> None:
    run_state_machine_as_test(
        Days,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=not LONG, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            print_blob=LONG,
        ),
    )  # fmt: skip
    print(f"\n{dict(HAPPENED)}")
    assert HAPPENED["completed"] and HAPPENED["held"]
    assert HAPPENED["completed_with_error"] or not LONG, "the few days of the suite may all be good or held"
    assert HAPPENED["checked again"] or not LONG, "the few days of the suite may hold no two like ones"
