"""`checks`: the district's own checks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, page, table
from aeries_tui.documents import Document
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.kinds import spoken_kind
from aeries_tui.operations.district_checks import CheckState, Tried, check_states, try_check, try_checks
from aeries_tui.settings.district_checks import DistrictCheck, example, examples
from aeries_tui.text import clean_text, in_number

_ROWS_SHOWN = 20


class ListedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the district's own; of one that can't be used only where it stands and why.

    Attributes:
        where: the file, or the place in config.toml.
        problem: why it can't be used, or could not be run; blank where all is well.
        code: `DIST-…`.
        sentence, remedy, page: what is wrong, what to do about it, and where; the last two may be blank.
        severity: of its rows.
        warn_if: with fewer rows nothing is told.
        error_if: from here on the rows are E; null for never.
        hold_if: from here on the plan waits for a person; null for never.
        kind: a kind of record, or the column that names it.
        record, school, field: columns of the query.
        sql: the query.
        last_found: rows that it gave last; null where it was not run, or could not be.
    """

    where: str
    problem: str
    code: str | msgspec.UnsetType = msgspec.UNSET
    sentence: str | msgspec.UnsetType = msgspec.UNSET
    remedy: str | msgspec.UnsetType = msgspec.UNSET
    page: str | msgspec.UnsetType = msgspec.UNSET
    severity: str | msgspec.UnsetType = msgspec.UNSET
    warn_if: str | msgspec.UnsetType = msgspec.UNSET
    error_if: str | msgspec.UnsetType | None = msgspec.UNSET
    hold_if: str | msgspec.UnsetType | None = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    record: str | msgspec.UnsetType = msgspec.UNSET
    school: str | msgspec.UnsetType = msgspec.UNSET
    field: str | msgspec.UnsetType = msgspec.UNSET
    sql: str | msgspec.UnsetType = msgspec.UNSET
    last_found: int | msgspec.UnsetType | None = msgspec.UNSET


class Checks(Document, frozen=True):
    """The district's own checks, and what they found last.

    Attributes:
        checks: the files by name, then those of config.toml; also those that can't be used.
    """

    checks: Sequence[ListedCheck]


class RowOfCheck(msgspec.Struct, frozen=True):
    """A row that a check gave, which is a problem.

    Attributes:
        kind, record: whose it is.
        school: by code; null for none.
        field: in which it is; null for the whole record.
        message: what is wrong.
    """

    kind: str
    record: str
    school: int | None
    field: str | None
    message: str


class TriedCheck(msgspec.Struct, frozen=True):
    """What a check finds now.

    Attributes:
        code, where: which; the code is blank of one that can't be used.
        severity: of its rows.
        found: rows that it gives.
        is_told: they are enough to become descriptions.
        hold: why it would hold a plan; blank where it would not.
        seconds: how long it took.
        failure: why it could not be run; blank where it was.
        rows: the first ten thousand.
    """

    code: str
    where: str
    severity: str
    found: int
    is_told: bool
    hold: str
    seconds: float
    failure: str
    rows: Sequence[RowOfCheck]


class TriedChecks(Document, frozen=True):
    """What checks find on the District Master as it is.

    Attributes:
        checks: each that was run.
    """

    checks: Sequence[TriedCheck]


def list_all(options: argparse.Namespace) -> int:
    """All checks, and what they found last."""
    states = check_states(chosen_district(options))
    if options.json:
        print_document(Checks([_listed(state) for state in states]))
    elif not states:
        line("There are no checks. aeries-tui checks example lists some to begin with.")
    else:
        table(
            ["Code", "Last found", "What it looks for", "Where"],
            [[state.code, state.last, state.sentence, state.where] for state in states],
        )
        for state in states:
            if state.problem:
                line(state.problem)
    return 5 if any(state.problem for state in states) else 0


def run(options: argparse.Namespace) -> int:
    """Run all checks, or one, on the District Master as it is."""
    tried = try_checks(chosen_district(options), options.code)
    if options.code and not tried:
        raise NotFound(
            f"There is no check {options.code}.", remedy="aeries-tui checks list names those there are."
        )
    return _tell(tried, with_rows=options.code is not None, as_json=options.json)


def test(options: argparse.Namespace) -> int:
    """Try a file on the District Master before it is put among the checks."""
    path = Path(options.file)
    if not path.exists():
        raise WrongUse(f"There is no file {clean_text(options.file)}.", meaning="Nothing was run.")
    return _tell([try_check(chosen_district(options), path)], with_rows=True, as_json=options.json)


def show_example(options: argparse.Namespace) -> int:
    """Print an example, or the list of them."""
    if options.name:
        page(example(options.name).rstrip())
        return 0
    for name, sentence in examples():
        line(f"{name:<32} {sentence}")
    line()
    line(
        "aeries-tui checks example NAME > CONFIG/checks/NAME.sql puts one in use; aeries-tui paths names CONFIG."
    )
    return 0


def _tell(tried: list[Tried], *, with_rows: bool, as_json: bool) -> int:
    if as_json:
        print_document(TriedChecks([_tried(one) for one in tried]))
    else:
        for one in tried:
            line(one.told)
            rows = one.rows[:_ROWS_SHOWN] if with_rows else ()
            for kind, record, school, field, message in rows:
                at = "" if school is None else f" (school {school})"
                line(f"  {spoken_kind(kind)} {record}{at}: {f'{field}: ' if field else ''}{message}")
            if with_rows and one.found > len(rows):
                line(f"  … and {in_number(one.found - len(rows), 'more row')}")
        if not tried:
            line("There are no checks.")
    return 5 if any(one.failure for one in tried) else 0


def _tried(one: Tried) -> TriedCheck:
    return TriedCheck(
        one.code, one.where, one.severity, one.found, one.is_told, one.hold, one.seconds, one.failure,
        [RowOfCheck(*row) for row in one.rows],
    )  # fmt: skip


def _listed(state: CheckState) -> ListedCheck:
    check = state.check
    if not isinstance(check, DistrictCheck):
        return ListedCheck(where=state.where, problem=state.problem)
    return ListedCheck(
        where=check.where, problem=state.problem, code=check.code, sentence=check.sentence, remedy=check.remedy,
        page=check.page, severity=check.severity, warn_if=str(check.warn_if),
        error_if=None if check.error_if is None else str(check.error_if),
        hold_if=None if check.hold_if is None else str(check.hold_if),
        kind=check.kind, record=check.record, school=check.school, field=check.field, sql=check.sql,
        last_found=state.found,
    )  # fmt: skip
