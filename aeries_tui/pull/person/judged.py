"""What the check of a pull says of a person's live records, read from its own tables."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aeries_tui.aeries import Answer, Decoded
from aeries_tui.aeries.decoding import BadRecord
from aeries_tui.master.roster.plan import Plan, new_plan
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.pull.person.live import Live
from aeries_tui.pull.school_rows import staged_row
from aeries_tui.pull.stages.check.person import check_person
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS, Staging, open_staging


@dataclass(frozen=True)
class JudgedRecord:
    """One of the person's own records that could be read.

    Attributes:
        school: its school; the primary one of a member of staff, None where there is none.
        status: Aeries' InactiveStatusCode, blank for an active record.
        is_rejected: the check leaves the record out for an error in it.
    """

    school: int | None
    status: str
    is_rejected: bool


@dataclass(frozen=True)
class Finding:
    """A description that the check wrote about one of the records."""

    code: str
    severity: str
    school: int | None
    field: str
    message: str


@dataclass(frozen=True)
class Judged:
    """What the check made of everything.

    Attributes:
        records: the readable ones, in their order.
        findings: what is wrong with any of the records, warnings too.
        action: what the plan does to the person: created, updated, reactivated, deactivated; blank for nothing.
        outcome: what became of the records together, as `seen_...` has it; blank where there are none.
        is_in: the records bring the person in.
        is_after: the person is active once the plan is applied.
        is_wanted: staff whom something brings in, if only their record is right.
        teaches_at, named_at, unread_at: staff: mapped schools with a section of theirs, a teacher record that
            names them, dates on a section that can't be read.
        allowed_at: staff: schools, mapped or not, that they may log in to.
    """

    records: tuple[JudgedRecord, ...]
    findings: tuple[Finding, ...]
    action: str
    outcome: str
    is_in: bool
    is_after: bool
    is_wanted: bool = True
    teaches_at: tuple[int, ...] = ()
    named_at: tuple[int, ...] = ()
    unread_at: tuple[int, ...] = ()
    allowed_at: tuple[int, ...] = ()

    def ties(self) -> dict[str, list[int]]:
        """What ties a member of staff to schools, for the document."""
        return {
            "teaches_at_schools": list(self.teaches_at),
            "unreadable_dates_at_schools": list(self.unread_at),
            "teacher_record_at_schools": list(self.named_at),
            "access_to_schools": list(self.allowed_at),
        }


def judge(
    master: Path, live: Live, rules: Rules, schools: Mapping[int, AeriesSchool], home: int | None
) -> Judged:
    """Run the check on a person's records, in files that are gone when this returns.

    Every list is taken as read to its end, as a pull that goes well reads it.

    Args:
        master: the Master, which is only read.
        live: the records.
        rules: who is in.
        schools: Aeries' school list as it was read last, by code; lists of other schools are not read.
        home: the school of a record that does not even tell its own, None where that is not known.

    Raises:
        MasterError: a disk or the Master can't be used.
    """
    with TemporaryDirectory(prefix="aeries-tui-") as folder:  # made for its owner alone
        staged = Path(folder, "pages.sqlite3")
        with open_staging(staged) as pages:
            pages.keep_schools([staged_row(school) for school in schools.values()])
            # Before the first pull the list may not have been read at all.
            listed = [code for code in sorted(rules.mapped) if code in schools or not schools]
            _stage(pages, live, listed, home)
        with new_plan(Path(folder, "plan.sqlite3"), master) as plan:
            check_person(plan, staged, rules, live.kind, live.number)
            return _read(plan, live)


def _stage(pages: Staging, live: Live, listed: list[int], home: int | None) -> None:
    lists = [
        *((endpoint, code) for endpoint in SCHOOL_LISTS for code in listed),
        *((endpoint, None) for endpoint in DISTRICT_LISTS),
    ]
    pages.connection.executemany(
        "INSERT INTO list (endpoint, school, state) VALUES (?, ?, 'complete')", lists
    )
    fallback = home if home in listed else next(iter(listed), None)
    for endpoint, answer in live.lists.items():
        for school, part in _by_list(endpoint, answer, fallback):
            if (endpoint, school) in lists:
                pages.add(pages.open_list(endpoint, school), endpoint, part)


def _by_list(
    endpoint: str, answer: Answer[Any], fallback: int | None
) -> Iterator[tuple[int | None, Answer[Any]]]:
    """An answer about all schools as the list of each would have held it."""
    if endpoint in DISTRICT_LISTS:
        yield None, answer
        return
    records, bad, parts = (defaultdict[int | None, list[Any]](list) for _ in range(3))
    for record in answer.records:
        records[record.school_code].append(record)
    for group, items in ((bad, answer.bad), (parts, answer.bad_parts)):
        for one in items:
            group[_school_of(one, fallback)].append(one)
    for school in sorted({*records, *bad, *parts} - {None}, key=lambda code: code or 0):
        rows = len(records[school]) + len(bad[school])
        yield school, Answer(Decoded(records[school], bad[school], parts[school], rows))


def _school_of(bad: BadRecord, fallback: int | None) -> int | None:
    return fallback if bad.school_code is None else bad.school_code


def _read(plan: Plan, live: Live) -> Judged:
    db, kind, who = plan.connection, live.kind, {"id": live.number}
    own = {
        "student": "school_code AS school, status, problem",
        "staff": "primary_school AS school, status, NULL",
    }
    records = db.execute(f"SELECT {own[kind]} FROM clean_{kind} WHERE {kind}_id = :id ORDER BY row", who)
    outcome = db.execute(f"SELECT outcome FROM seen_{kind} WHERE record = :id", who).fetchone()
    action = db.execute(f"SELECT action FROM plan_{kind} WHERE {kind}_id = :id", who).fetchone()
    judged = Judged(
        records=tuple(
            JudgedRecord(row[0], row[1] or "", row[2] is not None and not row[1])
            for row in records.fetchall()
        ),
        findings=_findings(db, live),
        action=action[0] if action else "",
        outcome=outcome[0] if outcome else "",
        is_in=_holds(db, f"new_{kind}", kind, live.number),
        is_after=_holds(db, f"after_{kind}", kind, live.number),
    )
    return judged if kind == "student" else replace(judged, **_ties(db, live.number))


def _holds(db: sqlite3.Connection, table: str, kind: str, number: int) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE {kind}_id = ? LIMIT 1", (number,)).fetchone() is not None


def _findings(db: sqlite3.Connection, live: Live) -> tuple[Finding, ...]:
    """What was described; of sections others may be described too, whose records were not asked for."""
    rows = db.execute(
        """
        SELECT code, severity, school, coalesce(field, '') AS field, message
        FROM description
        WHERE kind IN (:kind, 'section', 'teacher')
            OR (kind = 'teaching' AND record LIKE '%:' || :id)
        GROUP BY 1, 2, 3, 4, 5
        ORDER BY min(id)
        """,
        {"kind": live.kind, "id": live.number},
    )
    return tuple(Finding(*row) for row in rows)


def _ties(db: sqlite3.Connection, number: int) -> dict[str, Any]:
    """What ties a member of staff to schools."""

    def codes(select: str) -> tuple[int, ...]:
        return tuple(
            int(row[0]) for row in db.execute(f"SELECT DISTINCT {select} ORDER BY 1", {"id": number})
        )

    places = ":id IN (staff_id1, staff_id2, staff_id3)"
    return {
        "is_wanted": _holds(db, "wanted_staff", "staff", number),
        "teaches_at": codes("school_code FROM judged_member WHERE staff_id = :id AND state = 'in'"),
        "named_at": codes(f"school_code FROM clean_teacher WHERE {places}"),
        "unread_at": codes("school_code FROM judged_member WHERE staff_id = :id AND state = 'REC-DATE'"),
        "allowed_at": codes("school_code FROM p.raw_access WHERE staff_id = :id"),
    }
