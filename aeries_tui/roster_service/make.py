"""Making a state of the roster out of the Master: what the CSV bundle of the same moment would hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from aeries_tui.exports.oneroster.cell_formats import items
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.rows import BundleRows, Person, Row
from aeries_tui.exports.oneroster.sieve import Sieve
from aeries_tui.exports.oneroster.tables import WRITTEN, names_of
from aeries_tui.master.database import connect
from aeries_tui.master.roster import roster_rows
from aeries_tui.master.served import states
from aeries_tui.master.served.file import only_writer, served
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.master.served.writing import Made, StateWriter
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.roster_service.bodies import (
    Body,
    Class,
    Collection,
    Course,
    Demographics,
    Enrollment,
    Org,
    Session,
    User,
    encode,
)

_Records: TypeAlias = Generator[Made, None, None]
_COLUMNS = WRITTEN["1.2"]

Cells = dict[str, str]
"""A row by the names of its columns."""


def make_state(
    master_path: Path, served_path: Path, tombstone_days: int, ends: Callable[[], bool] = lambda: False
) -> bool:
    """Make the state that is given the Master's, where that is another one; returns whether anything changed.

    A Master without a roster to give (before the first import, after the archive at a year's end, with nobody in it)
    changes nothing: products would read it as everybody gone.

    Args:
        master_path, served_path: the District Master, and the file of the service.
        tombstone_days: how long a record that is gone is told as gone.
        ends: tells whether to end before it is made.

    Raises:
        MasterError: one of the two files can't be used.
        Ended: it was to end; the next one takes back what was written.
    """
    with (
        only_writer(served_path, ends),
        clear_errors(master_path),
        closing(connect(master_path, read_only=True)) as master,
        served(served_path) as db,
    ):
        states.take_back(db)
        with roster_rows.one_state(master):
            mark = mark_of(master)
            last = states.shown(db)
            if (last is not None and last.mark == mark.text) or not mark.is_roster:
                return False
            writer = StateWriter(db, mark.import_id, mark.text, ends)
            left_out = _Maker(master).make(writer)
            changed = writer.close(left_out)
        if changed:
            states.show(db, writer.number)
        states.drop_old(db, tombstone_days)
        return changed


class _Maker:
    """Makes the records of one state."""

    def __init__(self, master: sqlite3.Connection) -> None:
        self._notices = Notices()
        self._master = master
        self._source = BundleRows(master, "1.2", self._notices)
        self._sieve = Sieve(self._notices, safe=False)

    def make(self, writer: StateWriter) -> list[str]:
        """Put all records; returns the ids of those that the standard does not allow."""
        writer.put(Collection.SESSIONS, self._sessions())
        writer.put(Collection.ORGS, self._orgs())
        writer.put(Collection.COURSES, self._courses())
        writer.put(Collection.CLASSES, self._classes())
        writer.put(Collection.USERS, self._users())
        writer.put(Collection.ENROLLMENTS, self._enrollments())
        writer.put(Collection.DEMOGRAPHICS, self._demographics())
        return [
            example
            for notice in self._notices.all()
            if notice.rule in {"record-left-out", "dependent-left-out"}
            for example in notice.examples
        ]

    def _rows(self, file: str, rows: Iterator[Row] | None = None) -> Iterator[Cells]:
        columns = _COLUMNS[file]
        names = names_of(columns)
        for block in self._sieve.blocks(file, columns, rows or self._source.of(file)):
            for row in block:
                yield dict(zip(names, row, strict=True))

    def _sessions(self) -> _Records:
        for row in self._rows("academicSessions"):
            school = row["sourcedId"].partition("_")[0] if row["parentSourcedId"] else ""
            yield _made(row, [school] if school else [], Session(
                row["title"], row["type"], row["startDate"], row["endDate"], row["parentSourcedId"], row["schoolYear"],
            ), row["type"])  # fmt: skip

    def _orgs(self) -> _Records:
        for row in self._rows("orgs"):
            # The standard's REST service wants an identifier of every org, its bundle does not.
            identifier = row["identifier"] or row["sourcedId"]
            schools = [row["sourcedId"]] if row["type"] == "school" else []
            yield _made(
                row, schools, Org(row["name"], row["type"], identifier, row["parentSourcedId"]), row["type"]
            )

    def _courses(self) -> _Records:
        users = self._source.schools_of_courses()
        for row in self._rows("courses"):
            yield _made(row, sorted(users.get(row["sourcedId"], ())), Course(
                row["title"], row["courseCode"] or row["sourcedId"], items(row["grades"]), row["orgSourcedId"],
                row["schoolYearSourcedId"],
            ))  # fmt: skip

    def _classes(self) -> _Records:
        for row in self._rows("classes"):
            yield _made(row, [row["schoolSourcedId"]], Class(
                row["title"], row["classCode"], row["classType"], row["location"], items(row["grades"]),
                row["courseSourcedId"], row["schoolSourcedId"], items(row["termSourcedIds"]), items(row["periods"]),
            ))  # fmt: skip

    def _told_people(self, told: dict[str, Person]) -> Iterator[Row]:
        for person in self._source.people():
            told[person.row[0]] = person
            yield person.row

    def _users(self) -> _Records:
        told: dict[str, Person] = {}
        for row in self._rows("users", self._told_people(told)):
            person = told.pop(row["sourcedId"])
            yield _made(row, person.schools, User(
                row["username"], row["identifier"], row["givenName"], row["familyName"], row["middleName"], row["email"],
                row["grades"], row["preferredGivenName"], row["preferredFamilyName"], row["primaryOrgSourcedId"],
                person.role, person.schools,
            ), person.role)  # fmt: skip

    def _enrollments(self) -> _Records:
        for row in self._rows("enrollments"):
            yield _made(row, [row["schoolSourcedId"]], Enrollment(
                row["classSourcedId"], row["schoolSourcedId"], row["userSourcedId"], row["role"],
                row["primary"] or "false", row["beginDate"], row["endDate"],
            ), row["role"], row["userSourcedId"])  # fmt: skip

    def _demographics(self) -> _Records:
        # Both come by id, and of the rows some may be missing.
        students = roster_rows.schools_of_students(self._master)
        with closing(students):
            for row in self._rows("demographics"):
                student = next(one for one in students if str(one["student_id"]) == row["sourcedId"])
                schools = str(student["schools"]).split()
                yield _made(row, schools, Demographics(row["birthDate"], row["sex"]))


def _made(row: Cells, schools: list[str], body: Body, kind: str = "", link: str | None = None) -> Made:
    return Made(row["sourcedId"], encode(body).decode(), kind, " ".join(schools), link)
