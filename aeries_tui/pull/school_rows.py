"""Rows of Aeries' school list as they are kept, in the staging file and in the Master."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from aeries_tui.aeries import records
from aeries_tui.aeries.decoding import BadRecord
from aeries_tui.master.schools.schools_table import AeriesSchool, Term

_SCHEDULE_TYPES = frozenset(
    {"", "elementary", "elementaryandmasterschedule", "masterschedule", "flex", "flexible"}
)
"""Those that Aeries has (contract, section 7), in small letters."""


@dataclass(frozen=True)
class UnreadRow:
    """A row of the school list that can't be read: its code, None where not even that is told, and the field."""

    code: int | None
    field: str


def school_row(school: records.School) -> AeriesSchool:
    """A school of the wire, trimmed."""

    def text(value: object) -> str:
        return "" if value is None else str(value).strip()

    parts = (text(school.state_county_id), text(school.state_district_id), text(school.state_school_id))
    return AeriesSchool(
        code=school.school_code,
        name=text(school.name),
        status=text(school.inactive_status_code),
        do_not_report=bool(school.do_not_report),
        state_code="".join(parts) if parts[2] else "",
        nces_code=text(school.nces_school_id),
        low_grade=school.low_grade_level,
        high_grade=school.high_grade_level,
        schedule_type=text(school.schedule_type),
        terms=tuple(
            Term(text(t.term_code), text(t.term_description), text(t.start_date)[:10], text(t.end_date)[:10])
            for t in school.terms
            if text(t.term_code)
        ),
    )


def unread_row(bad: BadRecord) -> UnreadRow:
    """What stands for a row of the school list that can't be read, until `as_known`."""
    return UnreadRow(bad.school_code, bad.field or "the row")


def staged_row(school: AeriesSchool) -> dict[str, Any]:
    """A row as the staging file keeps it, for the SQL of the check: a term is a list of its four values."""
    return {
        **{field.name: getattr(school, field.name) for field in fields(school) if field.name != "listed"},
        "terms": [list(astuple(term)) for term in school.terms],
    }


def as_known(
    rows: Sequence[AeriesSchool | UnreadRow], known: Mapping[int, AeriesSchool]
) -> tuple[list[AeriesSchool], tuple[str, ...]]:
    """The school list with rows that can't be read as they were known; a sentence for each such row.

    A ScheduleType that nobody knows is none that can be read: whether homerooms are sections rests on it.

    Args:
        rows: of `school_row` and `unread_row`.
        known: the list as it was read last, by code.
    """
    schools, sentences = [], []
    for row in rows:
        if not isinstance(row, AeriesSchool):
            continue
        last = known.get(row.code)
        if last is not None and last.schedule_type != row.schedule_type and not _has_known_type(row):
            sentences.append(
                f"The ScheduleType of school {row.code} in the school list is none of Aeries'; it is taken as it was."
            )
            row = replace(row, schedule_type=last.schedule_type)  # noqa: PLW2901  the row as it is known
        schools.append(row)
    listed = {school.code for school in schools}
    for row in rows:
        if isinstance(row, AeriesSchool) or row.code in listed:
            continue
        which = f"The row of school {row.code}" if row.code is not None else "A row"
        last = known.get(row.code) if row.code is not None else None
        rest = "it is taken as it was" if last is not None else "it is left out"
        sentences.append(f"{which} in the school list can't be read ({row.field}); {rest}.")
        if last is not None:
            schools.append(last)
    return schools, tuple(sentences)


def _has_known_type(school: AeriesSchool) -> bool:
    return school.schedule_type.lower() in _SCHEDULE_TYPES
