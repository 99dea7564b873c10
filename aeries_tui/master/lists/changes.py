"""What an import changed, or would change, as long lists: counts by kind and school, records, fields."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.field_names import field_label
from aeries_tui.listing import Cell, Column
from aeries_tui.master.database import bring_up_to_date
from aeries_tui.master.lists.sql_source import SqlRowSource, Value
from aeries_tui.master.roster.apply import attached
from aeries_tui.master.roster.changes import Change, history, planned_changes
from aeries_tui.master.roster.departures import (
    OF_KINDS,
    DepartureTally,
    departure_tallies,
    tell_departure,
    why_it_goes,
)
from aeries_tui.master.roster.kinds import (
    BY_NAME,
    KINDS,
    SCHOOL_ENROLLMENT,
    STAFF,
    STUDENT,
    Kind,
    full_name,
    is_digest,
)
from aeries_tui.master.roster.plan_upgrade import bring_plan_up
from aeries_tui.master.roster.roster_answers import RosterAnswers

ACTIONS = ("created", "updated", "reactivated", "deactivated", "removed")
"""What can become of a record, in the order in which it is counted."""

COLUMNS = (
    Column("action", "Change", min_width=11),
    Column("kind", "Kind", min_width=8, max_width=18),
    Column("record", "Record", min_width=10, max_width=28),
    Column("school", "School", align="right", min_width=6),
    Column("name", "Name", flex=2, min_width=10),
    Column("fields", "Fields, or why it goes", flex=3, min_width=22, max_width=60),
)

STYLE_OF_ACTION: Mapping[str, str] = {
    "created": "good", "reactivated": "good", "updated": "info", "deactivated": "error", "removed": "error",
}  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """How many records of one kind, at one school, are changed in which way.

    Attributes:
        kind: the kind of record.
        school: its code; None for kinds that belong to the district.
        school_name: blank where it is not known.
        counts: action to number.
    """

    kind: Kind
    school: int | None
    school_name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Changes:
    """The changes of one import.

    Attributes:
        master: the Master.
        number: the import.
        plan: its plan file where it is not applied, None where it is.
    """

    master: Path
    number: int
    plan: Path | None = None

    def tallies(self, db: sqlite3.Connection, answers: RosterAnswers) -> list[Tally]:
        """Counts by kind and school, in the order of the kinds.

        Args:
            db: the Master, open for reading.
            answers: knows them where they were counted before.
        """
        names = {int(code): str(name) for code, name in db.execute("SELECT code, name FROM aeries_school")}
        tallies: list[Tally] = []
        for kind, counted in answers.ask(db, self, self._all_counted):
            by_school: dict[int | None, dict[str, int]] = {}
            for school, action, count in counted:
                by_school.setdefault(school, {})[action] = count
            for school in sorted(by_school, key=lambda code: (code is not None, code or 0)):
                name = names.get(school, "") if school is not None else ""
                tallies.append(Tally(kind, school, name, by_school[school]))
        return tallies

    def _all_counted(self, db: sqlite3.Connection) -> list[tuple[Kind, list[tuple[int | None, str, int]]]]:
        with attached(db, self.plan) if self.plan is not None else contextlib.nullcontext():
            return [(kind, self._counted(db, kind)) for kind in KINDS]

    def _counted(self, db: sqlite3.Connection, kind: Kind) -> list[tuple[int | None, str, int]]:
        query = f"SELECT school, action, count(*) FROM ({self._listed(kind)}) GROUP BY 1, 2"
        return [tuple(row) for row in db.execute(query, {"number": self.number})]

    def _listed(self, kind: Kind) -> str:
        """SELECT of every changed record of a kind: its key, what became of it, its school."""
        return _planned(kind) if self.plan is not None else _applied(kind)

    def source(
        self,
        kind: str | None = None,
        school: int | None = None,
        action: str | None = None,
        why: tuple[str, str] | None = None,
    ) -> SqlRowSource:
        """The changed records; the key of a row is its place, `where` tells which record that is.

        Args:
            kind: only this kind; None for all.
            school: only this school; None for all and for the district.
            action: only what was changed in this way.
            why: of a plan, only who goes for this reason (a `Departure`) with this status, blank for none.

        Raises:
            MasterError: the plan is of a layout that this program can't bring to its own.
        """
        kinds = [BY_NAME[kind]] if kind is not None else list(KINDS)

        def prepare(db: sqlite3.Connection) -> None:
            db.execute(
                "CREATE TEMP TABLE changed (place INTEGER PRIMARY KEY, number INTEGER NOT NULL, "
                "a NOT NULL, b, action TEXT NOT NULL, school INTEGER, why TEXT NOT NULL DEFAULT '', reason TEXT)"
            )
            for one in kinds:
                second = one.key_names[1] if len(one.key) > 1 else "NULL"
                db.execute(
                    f"INSERT INTO changed (number, a, b, action, school) SELECT {KINDS.index(one)}, "
                    f"{one.key_names[0]}, {second}, action, school FROM ({self._listed(one)}) "
                    "WHERE (:school IS NULL OR school = :school) AND (:action IS NULL OR action = :action) "
                    f"ORDER BY {one.key_list()}",
                    {"number": self.number, "school": school, "action": action},
                )
            if self.plan is not None:
                _say_why(db)
            if why is not None:
                db.execute("DELETE FROM changed WHERE reason IS NOT ?", (" ".join(why),))

        bring_up_to_date(self.master)
        if self.plan is not None:
            bring_plan_up(self.plan, self.master)
        return SqlRowSource(
            self.master,
            _shown(kinds, planned=self.plan is not None),
            key="place",
            columns=COLUMNS,
            search=("record", "name", "action", "kind", "fields", "school"),
            parameters={"number": self.number},
            present=_cells,
            attach={"p": self.plan} if self.plan is not None else None,
            prepare=prepare,
        )

    def change(self, db: sqlite3.Connection, kind: Kind, key: Sequence[int | str]) -> Change | None:
        """One record, field by field; None where the import does nothing with it."""
        if self.plan is not None:
            return next(iter(list(planned_changes(db, self.plan, kind, tuple(key)))), None)
        found = history(db, kind, tuple(key))
        return next((change for number, change in found if number == self.number), None)

    def people(self, db: sqlite3.Connection, change: Change) -> list[tuple[str, str]]:
        """Who and what a record is about, in words: `Student`, `Section`, `School` and what each is called."""
        about = list(_about(db, self.plan, BY_NAME[change.kind], change.record))
        if self.plan is not None and change.action == "deactivated":
            with attached(db, self.plan):
                why = why_it_goes(db, *where(change.kind, change.record))
            about += [("Why", why)] if why else []
        return about

    def departures(self, db: sqlite3.Connection) -> list[DepartureTally]:
        """How many go for which reason, by kind and school; nothing of what is applied."""
        if self.plan is None:
            return []
        with attached(db, self.plan):
            return departure_tallies(db)


def _say_why(db: sqlite3.Connection) -> None:
    """Say of each listed record that goes with the plan why it does, and from which school."""
    db.create_function("departure_said", 5, tell_departure, deterministic=True)
    for kind in (BY_NAME[name] for name in OF_KINDS):
        person, place = ("b", "changed.a") if kind is SCHOOL_ENROLLMENT else ("a", "d.school")
        db.execute(
            f"""
            UPDATE changed
            SET
                why = departure_said(d.reason, d.school, d.status, d.day, d.stays_at),
                reason = d.reason || ' ' || coalesce(d.status, ''),
                school = coalesce(changed.school, nullif(d.school, 0))
            FROM p.departure d
            WHERE changed.number = ?
                AND changed.action = 'deactivated'
                AND d.kind = ?
                AND d.person = changed.{person}
                AND d.school = {place}
            """,
            (KINDS.index(kind), kind.name),
        )


def _planned(kind: Kind) -> str:
    school = f"coalesce(c.{kind.school}, w.{kind.school}, r.{kind.school})" if kind.school else "NULL"
    marker = kind.key_names[0]
    action = (
        f"CASE WHEN q.action <> 'restored' THEN q.action WHEN c.{marker} IS NULL THEN 'created' "
        "WHEN c.active = r.active THEN 'updated' WHEN r.active THEN 'reactivated' ELSE 'deactivated' END"
    )
    return (
        f"SELECT {kind.key_list('q')}, {action} AS action, {school} AS school FROM p.plan_{kind.name} q "
        f"LEFT JOIN main.{kind.name} c ON {kind.joined('c', 'q')} "
        f"LEFT JOIN p.new_{kind.name} w ON {kind.joined('w', 'q')} "
        f"LEFT JOIN p.restore_{kind.name} r ON {kind.joined('r', 'q')}"
    )


def _applied(kind: Kind) -> str:
    school = f"coalesce(c.{kind.school}, o.{kind.school})" if kind.school else "NULL"
    own = f"c.{kind.school}" if kind.school else "NULL"
    later = (
        f"(SELECT min(z.import_id) FROM main.past_{kind.name} z WHERE {kind.joined('z', 'o')} "
        "AND z.import_id > :number)"
    )
    active = "iif(x.import_id IS NULL, c.active, x.active)"
    absent = "iif(x.import_id IS NULL, c.active IS NULL, x.absent)"
    action = (
        f"CASE WHEN o.absent THEN 'created' WHEN {absent} THEN 'removed' WHEN o.active = {active} THEN 'updated' "
        f"WHEN {active} THEN 'reactivated' ELSE 'deactivated' END"
    )
    return (
        f"SELECT {kind.key_list('o')}, {action} AS action, {school} AS school FROM main.past_{kind.name} o "
        f"LEFT JOIN main.past_{kind.name} x ON {kind.joined('x', 'o')} AND x.import_id = {later} "
        f"LEFT JOIN main.{kind.name} c ON {kind.joined('c', 'o')} WHERE o.import_id = :number UNION ALL "
        f"SELECT {kind.key_list('c')}, 'created', {own} FROM main.{kind.name} c WHERE c.created_import = :number "
        f"AND NOT EXISTS (SELECT 1 FROM main.past_{kind.name} y WHERE {kind.joined('y', 'c')} "
        "AND y.import_id = :number)"
    )


def _shown(kinds: Sequence[Kind], *, planned: bool) -> str:
    """SELECT of the rows as they are listed, out of the prepared table."""
    kind = " ".join(f"WHEN {KINDS.index(k)} THEN '{k.name}'" for k in kinds)
    name = " ".join(f"WHEN {KINDS.index(k)} THEN {_name(k, planned)}" for k in kinds)
    fields = " ".join(f"WHEN {KINDS.index(k)} THEN {_fields(k, planned)}" for k in kinds)
    return (
        f"SELECT place, action, CASE number {kind} END AS kind, iif(b IS NULL, a, a || ':' || b) AS record, "
        f"school, CASE number {name} END AS name, "
        f"iif(action = 'updated', rtrim(CASE number {fields} END, ', '), why) AS fields FROM temp.changed"
    )


def _match(kind: Kind, alias: str) -> str:
    return " AND ".join(
        f"{alias}.{name} = changed.{column}" for name, column in zip(kind.key_names, "ab", strict=False)
    )


def _person(table: str, key: str, column: str, planned: bool) -> str:
    name = full_name("t")
    found = f"(SELECT {name} FROM main.{table} t WHERE t.{key} = changed.{column})"
    if not planned:
        return found
    return f"coalesce({found}, (SELECT {name} FROM p.new_{table} t WHERE t.{key} = changed.{column}))"


def _name(kind: Kind, planned: bool) -> str:
    """SQL of what a record is called: the person in its key, else its title; NULL where it has neither."""
    for person in (STUDENT, STAFF):
        (key,) = person.key_names
        if key in kind.key_names:
            return _person(person.name, key, "ab"[kind.key_names.index(key)], planned)
    if "title" not in kind.field_names:
        return "NULL"
    title = f"(SELECT t.title FROM main.{kind.name} t WHERE {_match(kind, 't')})"
    if not planned:
        return title
    return f"coalesce({title}, (SELECT t.title FROM p.new_{kind.name} t WHERE {_match(kind, 't')}))"


def _fields(kind: Kind, planned: bool) -> str:
    """The names of the fields that differ."""
    names = " || ".join(
        f"iif(x.{name} IS NOT y.{name}, '{field_label(name)}, ', '')"
        for name in kind.field_names
        if not is_digest(name)
    )
    if planned:
        after = (
            f"(SELECT {kind.key_list()}, {', '.join(kind.field_names)} FROM p.new_{kind.name} UNION ALL "
            f"SELECT {kind.key_list()}, {', '.join(kind.field_names)} FROM p.restore_{kind.name})"
        )
        return (
            f"(SELECT {names} FROM main.{kind.name} x JOIN {after} y ON {kind.joined('x', 'y')} "
            f"WHERE {_match(kind, 'x')} AND {_match(kind, 'y')})"
        )
    columns = ", ".join(kind.field_names)
    then = (
        f"SELECT {columns}, import_id AS until FROM main.past_{kind.name} z WHERE {_match(kind, 'z')} "
        f"AND import_id > :number UNION ALL SELECT {columns}, 9223372036854775807 FROM main.{kind.name} z "
        f"WHERE {_match(kind, 'z')} ORDER BY until LIMIT 1"
    )
    return (
        f"(SELECT {names} FROM main.past_{kind.name} x JOIN ({then}) y "
        f"WHERE {_match(kind, 'x')} AND x.import_id = :number)"
    )


def _cells(row: Mapping[str, Value]) -> tuple[Cell, ...]:
    action = str(row["action"])
    texts = [
        str(row[name]) if row[name] is not None else ""
        for name in ("kind", "record", "school", "name", "fields")
    ]
    return ((action, STYLE_OF_ACTION.get(action, "")), *texts)


def where(kind: str, record: str) -> tuple[Kind, tuple[int | str, ...]]:
    """The record a row shows: its kind and key, from the texts of the row."""
    record_kind = BY_NAME[kind]
    parts = record.rsplit(":", len(record_kind.key) - 1)
    return record_kind, tuple(
        int(part) if column.affinity == "INTEGER" else part
        for part, column in zip(parts, record_kind.key, strict=True)
    )


_ABOUT: dict[str, tuple[str, str, str]] = {
    "student_id": ("Student", "student", full_name()),
    "staff_id": ("Member of staff", "staff", full_name()),
    "section_id": ("Section", "section", "coalesce(title, '')"),
    "course_id": ("Course", "course", "coalesce(title, '')"),
    "school_code": ("School", "aeries_school", "name"),
}


def _about(db: sqlite3.Connection, plan: Path | None, kind: Kind, record: str) -> Iterator[tuple[str, str]]:
    _, key = where(kind.name, record)
    for column, value in zip(kind.key_names, key, strict=True):
        if column not in _ABOUT:
            continue
        title, table, name = _ABOUT[column]
        match = "code" if table == "aeries_school" else column
        row = db.execute(f"SELECT {name} FROM {table} WHERE {match} = ?", (value,)).fetchone()
        if row is None and plan is not None and table != "aeries_school":
            with attached(db, plan):
                row = db.execute(f"SELECT {name} FROM p.new_{table} WHERE {match} = ?", (value,)).fetchone()
        yield title, f"{value} {row[0] if row else ''}".strip()
