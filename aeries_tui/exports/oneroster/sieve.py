"""What of a bundle's rows can leave: a record that breaks the standard stays behind, and what needs it likewise.

So that one cell, whoever typed it, never keeps a whole district's bundle from leaving.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from aeries_tui.exports.cells import cell, plain
from aeries_tui.exports.oneroster.cell_formats import items, wrong_cell
from aeries_tui.exports.oneroster.column_judge import ColumnJudge, unchanged
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.rows import Row
from aeries_tui.exports.oneroster.tables import Column

_AT_ONCE = 1_000
_SHOWN = 60


class Sieve:
    """Lets through the rows that can leave, file after file in the order in which they refer to each other.

    Args:
        notices: gets the ids of what stays behind.
        safe: whether a cell that a spreadsheet would run is disarmed.
    """

    def __init__(self, notices: Notices, *, safe: bool = True) -> None:
        self._notices = notices
        self._safe = safe
        self._clean = cell if safe else plain
        self._left_out: dict[str, set[str]] = {}

    def blocks(self, file: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[list[Row]]:
        """The rows of a file without those that can't leave, some at a time; a block may be empty."""
        judges = [unchanged(column, safe=self._safe) for column in columns]
        left = iter(rows)
        while block := list(islice(left, _AT_ONCE)):
            yield self._block(file, columns, judges, block)

    def _block(
        self, file: str, columns: tuple[Column, ...], judges: Sequence[ColumnJudge], block: list[Row]
    ) -> list[Row]:
        """Looks at whole columns first, and at single rows only where one has something wrong."""
        wrong: set[int] = set()
        refers_within = False
        for column, judge, values in zip(columns, judges, zip(*block, strict=True), strict=True):
            wrong.update(judge.bad(values))
            if column.target:
                wrong.update(self._needing_left_out(column, values))
                refers_within |= column.target == file and any(values)
        if not wrong:
            return block
        if refers_within:  # What is left out of this block may be needed further down in it.
            wrong.update(range(len(block)))
        kept = []
        for place, row in enumerate(block):
            made = self._row(file, columns, judges, row) if place in wrong else row
            if made is not None:
                kept.append(made)
        return kept

    def _needing_left_out(self, column: Column, values: Sequence[str]) -> Iterable[int]:
        gone = self._left_out.get(column.target)
        if not gone:
            return ()
        if column.form == "references":
            needing = {value for value in {*values} if not gone.isdisjoint(items(value))}
        else:
            needing = gone.intersection(values)
        return (place for place, value in enumerate(values) if value in needing) if needing else ()

    def _row(
        self, file: str, columns: tuple[Column, ...], judges: Sequence[ColumnJudge], row: Row
    ) -> Row | None:
        """One row as it can leave; None where it can't."""
        made = []
        for column, judge, given in zip(columns, judges, row, strict=True):
            value = given
            if not judge.is_good(value):
                value = self._clean(value)
                if wrong_cell(column, value):
                    if column.required:
                        # An id that can't be written was left out where it is defined.
                        rule = "dependent-left-out" if column.target else "record-left-out"
                        self._leave_out(rule, file, row)
                        return None
                    self._notices.add("cell-left-blank", f"{_shown(file, row)} {column.name}")
                    value = ""
            if column.target and value and column.target in self._left_out:
                value = self._without_left_out(column, value)
                if not value and column.required:
                    self._leave_out("dependent-left-out", file, row)
                    return None
            made.append(value)
        return tuple(made)

    def _without_left_out(self, column: Column, value: str) -> str:
        gone = self._left_out[column.target]
        if column.form != "references":
            return "" if value in gone else value
        return ",".join(item for item in items(value) if item not in gone)

    def _leave_out(self, rule: str, file: str, row: Row) -> None:
        self._left_out.setdefault(file, set()).add(row[0])
        self._notices.add(rule, _shown(file, row))


def _shown(file: str, row: Row) -> str:
    name = cell(row[0])
    return f"{file} {name if len(name) <= _SHOWN else name[:_SHOWN] + '…'}"
