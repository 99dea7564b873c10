"""The rows of a comparison that is kept, as a long list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from aeries_tui.listing import Cell, Column
from aeries_tui.master.lists.sql_source import SqlRowSource, Value

COLUMNS = (
    Column("sign", "", width=1),
    Column("key", "Key", min_width=10, max_width=32),
    Column("name", "Name", flex=2, min_width=14, max_width=40),
    Column("told", "What differs", flex=3, min_width=16, max_width=60),
    Column("line", "Line", align="right", min_width=5),
)
STYLE_OF_SIGN: Mapping[str, str] = {"=": "good", "*": "info", "+": "warning", "-": "warning", "!": "error"}

_SELECT = """
    SELECT place, sign, key, name, iif(problem = '', fields, problem) AS told, nullif(line, 0) AS line
    FROM compared
    WHERE instr(:signs, sign)
"""


def comparison_source(path: Path, signs: Iterable[str]) -> SqlRowSource:
    """The rows that have one of the signs; raises MasterError where the file can't be opened."""
    return SqlRowSource(
        path, _SELECT, key="place", columns=COLUMNS, search=("key", "name", "told"),
        parameters={"signs": "".join(signs)}, present=_cells,
    )  # fmt: skip


def _cells(row: Mapping[str, Value]) -> tuple[Cell, ...]:
    sign = str(row["sign"])
    line = "" if row["line"] is None else f"{int(str(row['line'])):,}"
    return ((sign, STYLE_OF_SIGN[sign]), str(row["key"]), str(row["name"]), str(row["told"]), line)
