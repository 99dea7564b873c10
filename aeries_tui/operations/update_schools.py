"""The school list: read from Aeries, mapped automatically, and ALI schools made from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from aeries_tui.documents import Document
from aeries_tui.errors import NotFound
from aeries_tui.mapping import Decision, School, map_schools
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.operations.client import asking_client
from aeries_tui.pull.school_rows import UnreadRow, as_known, school_row, unread_row
from aeries_tui.settings import Credential, Settings

ListedSchools = Sequence[AeriesSchool | UnreadRow]
"""Aeries' school list, with a note in place of a row that can't be read."""


@dataclass(frozen=True)
class Updated:
    """What an update of the list did.

    Attributes:
        listed: rows in Aeries' list.
        offered: those that can be mapped.
        mapped: mapped now, the new ones included.
        new: mapped automatically just now.
        gone: mapped schools that Aeries no longer lists.
        unread: rows that could not be read, in words; they stay as they were.
    """

    listed: int
    offered: int
    mapped: int
    new: int
    gone: tuple[int, ...]
    unread: tuple[str, ...] = ()


async def read_schools(credential: Credential, settings: Settings, host_slots: Path) -> ListedSchools:
    """Aeries' school list, with a note in place of a row that can't be read; raises SourceError."""
    async with asking_client(credential, settings, host_slots) as client:
        await client.system_info()  # from here on the year has a name
        answer = await client.schools()
    return [*map(school_row, answer.records), *map(unread_row, answer.bad)]


def take_schools(db: sqlite3.Connection, rows: ListedSchools) -> Updated:
    """Take a list that was read over into the Master and map what can be mapped by itself."""
    listed_schools, unread = as_known(rows, schools_table.known_rows(db))
    schools_table.update_aeries_schools(db, listed_schools)
    new = map_automatically(db)
    listed = {school.code for school in listed_schools}
    mapped = schools.mapped_codes(db)
    return Updated(
        len(listed_schools),
        sum(school.is_offered for school in schools_table.aeries_schools(db)),
        len(mapped),
        new,
        tuple(sorted(mapped - listed)),
        unread,
    )


def decisions(db: sqlite3.Connection) -> dict[int, Decision]:
    """What the mapping would decide or suggest for every school that can be mapped, by Aeries code."""
    mapped = schools.mappings(db)
    offered = [
        school
        for school in schools_table.aeries_schools(db)
        if (school.is_offered and not school.is_doubtful) or school.code in mapped
    ]
    decided = {
        str(code): mapping.ali_id
        for code, mapping in mapped.items()
        if mapping.by_person or mapping.ali_id is not None
    }
    decisions_made = map_schools(
        [_aeries(school) for school in offered],
        [_ali(school) for school in schools_table.ali_schools(db)],
        decided=decided,
    )
    return {int(decision.aeries_id): decision for decision in decisions_made}


def map_automatically(db: sqlite3.Connection) -> int:
    """Map what code or name decide; what a person decided stays. Returns how many were mapped."""
    matches = [
        (code, d.ali_id, d.match, d.score, d.reasons)
        for code, d in decisions(db).items()
        if d.ali_id is not None and d.match is not None  # what was decided before has no match
    ]
    schools.set_automatic(db, matches)
    return len(matches)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _aeries(school: schools_table.AeriesSchool) -> School:
    codes = tuple(code for code in (school.state_code, school.nces_code) if code)
    return School(str(school.code), school.name, codes, _text(school.low_grade), _text(school.high_grade))


def _ali(school: schools_table.AliSchool) -> School:
    return School(
        school.id, school.name, (school.code,) if school.code else (), school.low_grade, school.high_grade
    )


def create_ali_from_aeries(db: sqlite3.Connection, codes: Sequence[int] | None) -> int:
    """Make an ALI school of each Aeries school that has none yet and map the two; None means all sensible ones.

    Returns:
        How many were made.

    Raises:
        NotFound: one of `codes` is not a school that can be mapped.
    """
    rows = {row.school.code: row for row in schools.grid(db)}
    if codes is None:
        chosen = [
            row for row in rows.values()
            if row.mapping.ali_id is None and not row.mapping.excluded and not row.school.is_doubtful
        ]  # fmt: skip
    else:
        unknown = [code for code in codes if code not in rows]
        if unknown:
            raise NotFound(
                f"There is no Aeries school {unknown[0]} that can be mapped.",
                meaning="Nothing was changed.",
                remedy="See aeries-tui schools list.",
            )
        chosen = [rows[code] for code in codes if rows[code].mapping.ali_id is None]
    taken = {school.id for school in schools_table.ali_schools(db)}
    made = []
    for row in chosen:
        school = row.school
        ali_id = schools_table.free_id(str(school.code), taken)
        taken.add(ali_id)
        made.append((school, ali_id))
    schools_table.put_ali_schools(
        db,
        [
            schools_table.AliSchool(
                ali_id, s.name, s.state_code, _text(s.low_grade), _text(s.high_grade), "aeries"
            )
            for s, ali_id in made
        ],
    )
    schools.set_automatic(
        db, [(s.code, ali_id, "same", 100.0, ["created from the Aeries school"]) for s, ali_id in made]
    )
    return len(made)


class SuggestedSchool(msgspec.Struct, frozen=True):
    """An ALI school that may be the one meant.

    Attributes:
        ali_id, ali_name: of the ALI school.
        score: how well it fits, 0 to 100.
        reasons: why, in words.
    """

    ali_id: str
    ali_name: str
    score: float
    reasons: Sequence[str]


class ListedSchool(msgspec.Struct, frozen=True):
    """An Aeries school and what stands beside it.

    Attributes:
        aeries_code, aeries_name: of the Aeries school.
        ali_id, ali_name: of the ALI school that it is mapped to; null for none.
        match: code, same, similar or manual; null where it is not mapped.
        score: how well the two fit, 0 to 100; null where that says nothing.
        reasons: why they were mapped, in words.
        excluded: a person said that it takes no part.
        suggestions: the best ALI schools, of one that is not mapped.
    """

    aeries_code: int
    aeries_name: str
    ali_id: str | None
    ali_name: str | None
    match: str | None
    score: float | None
    reasons: Sequence[str]
    excluded: bool
    suggestions: Sequence[SuggestedSchool]

    @property
    def is_open(self) -> bool:
        """Nobody said yet what is to become of it."""
        return self.ali_id is None and not self.excluded


class UnmatchedSchool(msgspec.Struct, frozen=True):
    """An ALI school that no Aeries school is mapped to.

    Attributes:
        ali_id, ali_name: of the ALI school.
    """

    ali_id: str
    ali_name: str


class SchoolList(Document, frozen=True):
    """The schools of a district and their mapping.

    Attributes:
        district: its name.
        schools: each school of Aeries that can be mapped.
        unmatched_ali: ALI schools that nothing is mapped to.
    """

    district: str
    schools: Sequence[ListedSchool]
    unmatched_ali: Sequence[UnmatchedSchool]


def school_list(db: sqlite3.Connection, district: str) -> SchoolList:
    """The schools of a district, with the reasons of each mapping."""
    product = {school.id: school for school in schools_table.ali_schools(db)}
    advice = decisions(db)
    rows = schools.grid(db)
    listed = [_listed(row, product, advice.get(row.school.code)) for row in rows]
    used = {row.mapping.ali_id for row in rows}
    unmatched = [UnmatchedSchool(s.id, s.name) for s in product.values() if s.id not in used]
    return SchoolList(district, listed, unmatched)


def _listed(
    row: schools.Row, product: Mapping[str, schools_table.AliSchool], advised: Decision | None
) -> ListedSchool:
    mapping = row.mapping
    suggestions = advised.suggestions if advised and mapping.ali_id is None else ()
    return ListedSchool(
        row.school.code, row.school.name, mapping.ali_id, row.ali.name if row.ali else None, mapping.match,
        mapping.score, mapping.reasons, mapping.excluded,
        [SuggestedSchool(s.ali_id, product[s.ali_id].name, s.score, s.reasons) for s in suggestions],
    )  # fmt: skip
