"""The documented views of a District Master: the stable way in for everybody's own SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from aeries_tui.master import schema

ROWS_OF: dict[str, str] = {
    "v_student": "student",
    "v_staff": "member of staff",
    "v_section": "section",
    "v_roster": "student in each section, now",
    "v_enrollment": "student in each section, ended ones too",
    "v_school_enrollment": "student at each school",
    "v_teaching": "member of staff in each section",
    "v_course": "course",
    "v_school": "school of Aeries, with its mapping",
    "v_term": "term of each school",
    "v_account": "account",
    "v_import": "import",
    "v_description": "problem that an import described",
}
"""What a row of each is; the keys are all views that people's SQL may read."""


@dataclass(frozen=True)
class View:
    """One view.

    Attributes:
        name: as SQL names it.
        row: what a row of it stands for.
        columns: in order.
    """

    name: str
    row: str
    columns: tuple[str, ...]


@cache
def views() -> tuple[View, ...]:
    """All of them, as the newest schema has them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        schema.bring_up(fresh, 0)
        return tuple(
            View(name, row, tuple(column[1] for column in fresh.execute(f"PRAGMA table_info({name})")))
            for name, row in ROWS_OF.items()
        )


def table_of_views() -> Iterator[str]:
    """The views as the lines of a Markdown table."""
    yield "| view | one row for each | columns |"
    yield "|---|---|---|"
    for view in views():
        yield f"| `{view.name}` | {view.row} | {', '.join(view.columns)} |"
