"""Staging of a quick pull: single answers, put where the check looks for them, and what they are worth."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from aeries_tui.aeries import Answer, BadRecord, Decoded, Traffic
from aeries_tui.master.imports.watermark import UnfinishedNeed, unfinished_needs
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.tombstones import Tombstones
from aeries_tui.pull.quick.needs import NEEDS, NOBODY, TABLES, Need, prepare_needs
from aeries_tui.pull.quick.too_much import TooMuch
from aeries_tui.pull.staging import Staging, open_staging


@dataclass(frozen=True)
class Today:
    """What the needs depend on beside the data.

    Attributes:
        day: the server's date, `YYYY-MM-DD`.
        reach: the last day on which a class may begin whose members are in.
        staff_by_school: also take staff whose primary school or access is a mapped one.
        mapped: codes of the mapped schools.
        homerooms: those of them that may have homerooms.
    """

    day: str
    reach: str
    staff_by_school: bool
    mapped: frozenset[int]
    homerooms: frozenset[int]


@contextlib.contextmanager
def open_quick_staging(
    path: Path, master: Path, least_free: int = 0, erased: Tombstones | None = None
) -> Iterator[Staging]:
    """A fresh staging file for a quick pull, with the Master attached read-only as `m`.

    Args:
        path: of the file.
        master: of the Master.
        least_free, erased: see `Staging`.

    Raises:
        MasterError: if the disk is full or can't be written.
        TooMuch: what the Master says is unfinished can't be read.
    """
    path.unlink(missing_ok=True)
    with clear_errors(path), open_staging(path, least_free, erased) as pages:
        for statement in TABLES:
            pages.connection.execute(statement)
        pages.connection.execute("ATTACH ? AS m", (f"{master.absolute().as_uri()}?mode=ro",))
        needs = _unfinished(pages)
        pages.connection.executemany(
            "INSERT OR IGNORE INTO unfinished (kind, school, key) VALUES (?, ?, ?)", needs
        )
        yield pages


def _unfinished(pages: Staging) -> list[UnfinishedNeed]:
    with contextlib.suppress(msgspec.DecodeError):
        needs = unfinished_needs(pages.connection)
        if all(kind in NEEDS for kind, _, _ in needs):
            return needs
    raise TooMuch("What the last quick pull had only a part of can't be read: it is damaged.")


class QuickStaging:
    """Stages the answers of a quick pull.

    Args:
        pages: the staging file, as `open_quick_staging` gives it.
        today: what the needs depend on.
    """

    def __init__(self, pages: Staging, today: Today) -> None:
        self._pages, self._today = pages, today
        db = pages.connection
        for table, schools in (("mapped", today.mapped), ("homeroom_school", today.homerooms)):
            db.execute(f"CREATE TEMP TABLE {table} (school INTEGER PRIMARY KEY)")
            db.executemany(f"INSERT INTO {table} (school) VALUES (?)", [(code,) for code in sorted(schools)])
        db.execute("CREATE TEMP TABLE today AS SELECT ? AS day, ? AS reach, ? AS staff_by_school",
                   (today.day, today.reach, today.staff_by_school))  # fmt: skip
        prepare_needs(db)
        self._stage: dict[str, Callable[[Need, Answer[Any]], str]] = {
            "student": self._student,
            "seats": self._classes,
            "roster": self._classes,
            "section": self._section,
            "staff_sections": self._some_sections,
            "staff": self._staff,
            "staff_teachers": self._some_teachers,
            "course": self._course,
            "teachers": self._whole,
            "sections": self._whole,
        }

    def name(self, kind: str, keys: Sequence[tuple[int, int | str]]) -> None:
        """Note what a feed named: school and id of each record."""
        self._pages.connection.executemany(
            "INSERT OR IGNORE INTO named (kind, school, key) VALUES (?, ?, ?)",
            [(kind, school, key) for school, key in keys if not self._pages.erased.has(kind, key)],
        )

    def note_feed(self, endpoint: str, received: int, traffic: Traffic) -> None:
        """Note that a feed was read."""
        list_id = self._pages.open_list(endpoint, None)
        self._pages.record_traffic(list_id, received, traffic)
        self._pages.close_list(list_id, "complete")

    def add(self, need: Need, answer: Answer[Any] | None) -> str:
        """Stage the answer to a need, None where Aeries has nothing under the id; returns its worth."""
        state = "none" if answer is None else self._stage[need.kind](need, answer)
        self._pages.connection.execute(
            "INSERT OR REPLACE INTO asked (kind, school, key, state) VALUES (?, ?, ?, ?)",
            (need.kind, NOBODY if need.school is None else need.school, need.key, state),
        )
        return state

    def close(self) -> None:
        """Say that every list is complete as far as it was asked for, each class row being there once."""
        db = self._pages.connection
        # The same stay comes with its roster and with its student.
        again = """
            rowid NOT IN (
                SELECT min(rowid) FROM raw_class
                GROUP BY list_id, student_id, school_code, section_number, date_started, date_ended
            )
        """
        db.execute(
            f"""
            UPDATE list
            SET received = received - d.n
            FROM (SELECT list_id, count(*) AS n FROM raw_class WHERE {again} GROUP BY 1) d
            WHERE d.list_id = list.id
            """
        )
        db.execute(f"DELETE FROM raw_class WHERE {again}")
        for row in db.execute("SELECT id FROM list WHERE state = 'open'").fetchall():
            self._pages.close_list(row["id"], "complete")

    # --- one kind of answer each; every method returns what the answer is worth ---

    def _add(
        self, endpoint: str, school: int | None, rows: Sequence[Any], bad: Sequence[BadRecord], cost: Traffic
    ) -> None:
        list_id = self._pages.open_list(endpoint, school)
        records, parts = [b for b in bad if not b.part], [b for b in bad if b.part]
        answer = Answer(Decoded(list(rows), records, parts, len(rows) + len(records)), cost)
        self._pages.add(list_id, endpoint, answer)

    def _by_school(self, endpoint: str, rows: Sequence[Any], answer: Answer[Any]) -> None:
        """Stage rows of several schools, each in the list of its own; the cost is the first one's."""
        cost = answer.traffic
        mapped = sorted(self._today.mapped)
        # What is of no known school goes to the first: somewhere it must be told.
        bad = [
            (b.school_code if b.school_code is not None else mapped[0], b)
            for b in (*answer.bad, *answer.bad_parts)
        ]
        schools = {row.school_code for row in rows} | {school for school, _ in bad}
        for school in sorted(schools & self._today.mapped) or mapped[:1]:
            own = [row for row in rows if row.school_code == school]
            self._add(endpoint, school, own, [b for at, b in bad if at == school], cost)
            cost = Traffic()

    def _student(self, need: Need, answer: Answer[Any]) -> str:
        rows = [row for row in answer.records if row.student_id == need.key]
        self._by_school("students", rows, answer)
        return _worth(rows, answer)

    def _classes(self, need: Need, answer: Answer[Any]) -> str:
        self._add("classes", need.school, answer.records, answer.bad, answer.traffic)
        column = "student_id" if need.kind == "seats" else "section_number"
        mine = [r for r in answer.records if r.school_code == need.school and getattr(r, column) == need.key]
        return _worth(mine, answer)

    def _section(self, need: Need, answer: Answer[Any]) -> str:
        rows = [r for r in answer.records if (r.school_code, r.section_number) == (need.school, need.key)]
        fresh = [
            row for row in rows if not self._is_staged("raw_section", row.school_code, row.section_number)
        ]
        self._add("sections", need.school, fresh, [*answer.bad, *answer.bad_parts], answer.traffic)
        return _worth(rows, answer)

    def _some_sections(self, need: Need, answer: Answer[Any]) -> str:
        rows = [
            r for r in answer.records if not self._is_staged("raw_section", r.school_code, r.section_number)
        ]
        self._by_school("sections", rows, answer)
        return "part" if answer.bad else "whole"

    def _some_teachers(self, need: Need, answer: Answer[Any]) -> str:
        rows = [
            r for r in answer.records if not self._is_staged("raw_teacher", r.school_code, r.teacher_number)
        ]
        self._by_school("teachers", rows, answer)
        places = ("staff_id1", "staff_id2", "staff_id3")
        named = [r for r in answer.records if need.key in [getattr(r, place) for place in places]]
        return "part" if answer.bad or len(named) != len(answer.records) else "whole"

    def _staff(self, need: Need, answer: Answer[Any]) -> str:
        rows = [row for row in answer.records if row.id == need.key]
        self._add("staff", None, rows, [*answer.bad, *answer.bad_parts], answer.traffic)
        return _worth(rows, answer)

    def _course(self, need: Need, answer: Answer[Any]) -> str:
        rows = [row for row in answer.records if row.id.strip() == need.key]
        self._add("courses", None, rows, answer.bad, answer.traffic)
        return _worth(rows, answer)

    def _whole(self, need: Need, answer: Answer[Any]) -> str:
        """A whole list of a school: it takes the place of what was staged of it singly."""
        endpoint = need.kind
        list_id = self._pages.open_list(endpoint, need.school)
        for table in ("raw_section", "raw_member") if endpoint == "sections" else ("raw_teacher",):
            self._pages.connection.execute(f"DELETE FROM {table} WHERE list_id = ?", (list_id,))
        self._pages.connection.execute("DELETE FROM rejected_record WHERE list_id = ?", (list_id,))
        self._pages.connection.execute("UPDATE list SET received = 0 WHERE id = ?", (list_id,))
        self._add(endpoint, need.school, answer.records, [*answer.bad, *answer.bad_parts], answer.traffic)
        self._pages.connection.execute("INSERT OR IGNORE INTO whole_list (list_id) VALUES (?)", (list_id,))
        return "part" if answer.bad else "whole"

    def _is_staged(self, table: str, school: int, number: int) -> bool:
        column = "section_number" if table == "raw_section" else "teacher_number"
        row = self._pages.connection.execute(
            f"""
            SELECT 1
            FROM {table} r
            JOIN list l ON l.id = r.list_id AND l.school = r.school_code
            WHERE r.school_code = ? AND r.{column} = ?
            LIMIT 1
            """,
            (school, number),
        ).fetchone()
        return row is not None


def _worth(mine: Sequence[Any], answer: Answer[Any]) -> str:
    """Whole where every row is one that was asked for; nothing where there is none at all."""
    if not answer.received:
        return "none"
    return "whole" if len(mine) == answer.received else "part"
