"""Running the district's own checks on the roster as it would be.

They run inside the transaction that applies a plan, when everything is in place and before it can be seen: what they
read is exactly what will be there. A check is a query behind the fence. One that fails or is slow is told, and the
import goes on.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aeries_tui.codes import Code
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.database import immediate
from aeries_tui.master.fence import Fence, QueryRefused, Value, fencing, sorting_on_disk
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.district_checks import CheckResult, Finding, RowOfCheck, write_findings
from aeries_tui.master.roster.apply import Decision, apply_plan, rehearse_plan
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import Outcome
from aeries_tui.settings import Settings
from aeries_tui.settings.district_checks import BrokenCheck, DistrictCheck, district_checks
from aeries_tui.text import clean_text, in_number

SECONDS_EACH = 10.0
"""How long one check may run."""
SECONDS_TOGETHER = 30.0
"""And all of them: the Master is locked for writers, and a signal waits."""
MOST_ROWS = 10_000
"""Rows of one check that become descriptions; what is more is counted."""

_LONGEST_MESSAGE = 1_000
_SCHOOL = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Looked:
    """What all checks said.

    Attributes:
        findings: of those that could be used, run or failed.
        holds: for each that holds the plan why, by its code.
        notes: what a person should know besides, a sentence each.
    """

    findings: Sequence[Finding] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


class HeldByChecks(Exception):
    """A check of the district's own holds the plan; whatever was applied is taken back."""


class DistrictChecks:
    """The district's own checks, for one import.

    Args:
        settings: config.toml, with what stands beside it.
        number: of the import.

    Attributes:
        number: of the import.
        looked: what they said when they last ran.
    """

    def __init__(self, settings: Settings, number: int) -> None:
        self._checks = district_checks(settings.path, settings.checks)
        self.number = number
        self.looked = Looked()

    def __bool__(self) -> bool:
        return bool(self._checks)

    @property
    def told(self) -> list[str]:
        """What they said, a sentence each, for the log."""
        return [
            *self.looked.notes,
            *self.looked.holds.values(),
            *(
                f"{one.result.code}: {in_number(one.result.found, 'row')} in {one.result.seconds:.1f} s."
                for one in self.looked.findings
                if one.rows
            ),
        ]

    def look(self, db: sqlite3.Connection) -> None:
        """Run them on what the connection sees and put what they say into the import's books."""
        entry = imports.get(db, self.number)
        self.looked = run_district_checks(
            db, self._checks, {"school_year": entry.school_year, "day": entry.day}
        )
        self.write(db)

    def look_and_hold(self, db: sqlite3.Connection) -> None:
        """The same; raises HeldByChecks where one holds the plan."""
        self.look(db)
        if self.looked.holds:
            raise HeldByChecks

    def write(self, db: sqlite3.Connection) -> None:
        """Put what they said into the import's books, inside the caller's transaction."""
        write_findings(db, self.number, self.looked.findings)
        imports.add_notes(db, self.number, self.looked.notes)

    def write_holds(self, db: sqlite3.Connection) -> None:
        """Add to the reasons for which the plan waits, inside the caller's transaction."""
        result.add_holds(db, self.number, [(Code.RUN_HELD_CHECK, why) for why in self.looked.holds.values()])


def apply_checked(
    master: sqlite3.Connection, plan_path: Path, checks: DistrictChecks, decision: Decision | None = None
) -> Outcome:
    """Apply a plan, with the checks run before anybody can see it.

    Args:
        master, plan_path: as for `apply_plan`.
        checks: of the import.
        decision: who approved the plan; then no check holds it.

    Returns:
        What the import ended as.

    Raises:
        HeldByChecks: a check holds the plan; nothing was changed, and what was found is in the books.
        NotAllowedNow, MasterError: as `apply_plan` does.
    """
    if not checks:
        return apply_plan(master, plan_path, checks.number, decision=decision)
    look = checks.look if decision else checks.look_and_hold
    try:
        with sorting_on_disk(master):
            return apply_plan(master, plan_path, checks.number, decision=decision, look=look)
    except HeldByChecks:
        with clear_errors(plan_path), immediate(master):
            checks.write(master)
        raise


def look_ahead(master: sqlite3.Connection, plan_path: Path, checks: DistrictChecks) -> None:
    """Run the checks on what a plan that waits would make; only what they find stays; raises as `apply_plan` does."""
    with sorting_on_disk(master):
        rehearse_plan(master, plan_path, checks.number, checks.look)
    with clear_errors(plan_path), immediate(master):
        checks.write(master)


def run_district_checks(
    db: sqlite3.Connection,
    checks: Sequence[DistrictCheck | BrokenCheck],
    parameters: Mapping[str, Value],
) -> Looked:
    """Run all checks on what the connection sees.

    Args:
        db: the Master, inside a transaction that may be taken back; its views are read.
        checks: as `settings.district_checks` gives them.
        parameters: what a query may ask for by `:name`: school_year and day.
    """
    findings: list[Finding] = []
    holds: dict[str, str] = {}
    notes = [
        f"A check of the district's own can't be used. {one.problem}"
        for one in checks
        if isinstance(one, BrokenCheck)
    ]
    left = SECONDS_TOGETHER
    with fencing(db) as fence:
        ran = []
        for check in checks:
            if isinstance(check, DistrictCheck):
                finding, hold = _run(fence, check, parameters, min(left, SECONDS_EACH))
                left -= finding.result.seconds
                ran.append((check, finding, hold))
    for check, finding, hold in ran:
        findings.append(finding)
        if hold:
            holds[check.code] = hold
        if finding.result.failure:
            notes.append(f"The check {check.code} could not be run. {finding.result.failure}")
        elif finding.result.found > len(finding.rows) > 0:
            notes.append(
                f"The check {check.code} gave {in_number(finding.result.found, 'row')}; {len(finding.rows):,} are described."
            )
    return Looked(findings, holds, notes)


def _run(
    fence: Fence, check: DistrictCheck, parameters: Mapping[str, Value], seconds: float
) -> tuple[Finding, str]:
    """One check, and why it holds the plan, blank where it does not."""
    began = time.monotonic()
    if seconds <= 0:
        failure = f"The checks before it took {SECONDS_TOGETHER:g} s together. {check.where}"
        return Finding(_result(check, failure=failure)), ""
    try:
        rows, found = _rows(fence, check, parameters, seconds)
        of = _active(fence, check.kind) if any(limit.is_percent for limit in check.limits) else 0
    except (QueryRefused, _Unfit) as error:
        failure = f"{check.where}: {error.args[0]}"
        return Finding(_result(check, seconds=time.monotonic() - began, failure=failure)), ""
    is_error = check.severity == "E" or (check.error_if is not None and check.error_if.is_reached(found, of))
    is_held = check.hold_if is not None and check.hold_if.is_reached(found, of)
    is_told = is_held or any(
        limit.is_reached(found, of) for limit in (check.warn_if, check.error_if) if limit
    )
    result = _result(check, severity="E" if is_error else "W", found=found, seconds=time.monotonic() - began)
    share = f"{found:,} of {of:,}" if of else f"{found:,}"
    hold = f"{check.code}: {check.sentence} ({share}; it holds from {check.hold_if} on)" if is_held else ""
    return Finding(result, rows if is_told else ()), hold


class _Unfit(ValueError):
    """What the rows of a check lack, as a sentence."""


def _result(
    check: DistrictCheck, *, severity: str = "W", found: int = 0, seconds: float = 0.0, failure: str = ""
) -> CheckResult:
    return CheckResult(
        check.code,
        "E" if severity == "E" else "W",
        check.sentence,
        check.remedy,
        check.page,
        found,
        round(seconds, 3),
        failure,
    )


def _rows(
    fence: Fence, check: DistrictCheck, parameters: Mapping[str, Value], seconds: float
) -> tuple[list[RowOfCheck], int]:
    """The rows to be described, and how many there were."""
    answer = fence.query(check.sql, parameters, seconds=seconds)
    place = {name.lower(): at for at, name in enumerate(answer.columns)}
    for what, column in (("record", check.record), ("school", check.school)):
        if column and column.lower() not in place:
            raise _Unfit(
                f"{what} names the column {column}, which the query does not give; it gives {', '.join(answer.columns)}."
            )
    kind_at = (
        place.get(check.kind.lower()) if check.kind not in KIND_NAMES and check.kind != "school" else None
    )
    if kind_at is None and check.kind not in (*KIND_NAMES, "school"):
        raise _Unfit(f"kind is {check.kind}, which is neither a kind of record nor a column of the query.")
    field_at, message_at = place.get(check.field.lower()), place.get("message")
    rows: list[RowOfCheck] = []
    found = 0
    for row in answer.rows:
        found += 1
        if len(rows) == MOST_ROWS:
            continue
        rows.append(
            (
                _word(row[kind_at]) if kind_at is not None else check.kind,
                _word(row[place[check.record.lower()]]),
                _school(row[place[check.school.lower()]]) if check.school else None,
                (_word(row[field_at]) if field_at is not None else check.field) or None,
                (_word(row[message_at]) if message_at is not None else "") or check.sentence,
            )
        )
    return rows, found


def _word(value: Value) -> str:
    return "" if value is None else clean_text(str(value))[:_LONGEST_MESSAGE]


def _school(value: Value) -> int | None:
    if value is None:
        return None
    if not _SCHOOL.fullmatch(str(value)):
        raise _Unfit("The column of schools holds what is no Aeries code.")
    return int(str(value))


def _active(fence: Fence, kind: str) -> int:
    """How many active records of a kind there are: what a limit in percent is of."""
    view, column = (f"v_{kind}", "active") if kind != "school" else ("v_school", "mapped")
    ((n,),) = fence.query(f"SELECT count(*) FROM {view} WHERE {column}").rows
    return int(str(n))
