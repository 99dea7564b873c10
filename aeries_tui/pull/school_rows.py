"""Rows of Aeries' school list as plain values, for the staging file and for the Master."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aeries_tui.aeries import records
from aeries_tui.aeries.decoding import BadRecord


def school_row(school: records.School) -> dict[str, Any]:
    """A school of the wire as plain values, trimmed, for the staging file and for `schools update`."""

    def text(value: object) -> str:
        return "" if value is None else str(value).strip()

    parts = (text(school.state_county_id), text(school.state_district_id), text(school.state_school_id))
    return {
        "code": school.school_code,
        "name": text(school.name),
        "status": text(school.inactive_status_code),
        "do_not_report": bool(school.do_not_report),
        "state_code": "".join(parts) if parts[2] else "",
        "nces_code": text(school.nces_school_id),
        "low_grade": school.low_grade_level,
        "high_grade": school.high_grade_level,
        "schedule_type": text(school.schedule_type),
        "terms": [
            [text(t.term_code), text(t.term_description), text(t.start_date)[:10], text(t.end_date)[:10]]
            for t in school.terms
            if text(t.term_code)
        ],
    }


def unread_row(bad: BadRecord) -> dict[str, Any]:
    """What stands for a row of the school list that can't be read, until `as_known`."""
    return {"code": bad.school_code, "unread": bad.field or "the row"}


def as_known(
    rows: Sequence[dict[str, Any]], known: Mapping[int, dict[str, Any]]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The school list with rows that can't be read as they were known; a sentence for each such row.

    Args:
        rows: of `school_row` and `unread_row`.
        known: the list as it was read last, by code.
    """
    found = [row for row in rows if "unread" not in row]
    listed, sentences = {row["code"] for row in found}, []
    for row in rows:
        if "unread" not in row or row["code"] in listed:
            continue
        which = f"The row of school {row['code']}" if row["code"] is not None else "A row"
        is_known = row["code"] in known
        rest = "it is taken as it was" if is_known else "it is left out"
        sentences.append(f"{which} in the school list can't be read ({row['unread']}); {rest}.")
        if is_known:
            found.append(known[row["code"]])
    return found, tuple(sentences)
