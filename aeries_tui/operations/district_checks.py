"""Looking at the district's own checks: which there are, what they found last, and what they would find now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import NotFound
from aeries_tui.master.fence import sorting_on_disk
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.district_checks import CheckResult, RowOfCheck, check_results
from aeries_tui.master.roster import roster_rows
from aeries_tui.operations.district import District
from aeries_tui.pull.district_checks import run_district_checks
from aeries_tui.settings.district_checks import BrokenCheck, DistrictCheck, check_file, district_checks
from aeries_tui.text import in_number


@dataclass(frozen=True)
class CheckState:
    """One check, and what the newest import that ran it says of it.

    Attributes:
        check: as it is written.
        result: of the newest import; None where it was not run yet.
        number: of that import.
    """

    check: DistrictCheck | BrokenCheck
    result: CheckResult | None = None
    number: int | None = None

    @property
    def where(self) -> str:
        """The file, or the place in config.toml."""
        return self.check.where

    @property
    def code(self) -> str:
        """Its code; blank of a broken one."""
        return self.check.code if isinstance(self.check, DistrictCheck) else ""

    @property
    def sentence(self) -> str:
        """What it looks for; of a broken one that it is."""
        return self.check.sentence if isinstance(self.check, DistrictCheck) else "can't be used"

    @property
    def found(self) -> int | None:
        """Rows that it gave last; None where it was not run, or could not be."""
        return None if self.result is None or self.result.failure else self.result.found

    @property
    def problem(self) -> str:
        """Why it can't be used, or could not be run; blank where all is well."""
        if isinstance(self.check, BrokenCheck):
            return self.check.problem
        return self.result.failure if self.result is not None else ""

    @property
    def last(self) -> str:
        """What it found last, in words."""
        if self.problem:
            return "failed"
        return "not run yet" if self.found is None else f"{self.found:,} (import {self.number})"


@dataclass(frozen=True)
class Tried:
    """What a check finds now.

    Attributes:
        code, where: which; the code is blank of a broken one.
        severity: of its rows.
        found: rows that it gives.
        is_told: they are enough to become descriptions.
        hold: why it would hold a plan; blank where it would not.
        seconds: how long it took.
        failure: why it could not be run; blank where it was.
        rows: kind, record, school, field and message of each, the first ten thousand.
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

    @property
    def told(self) -> str:
        """All of it but the rows, as a sentence."""
        if self.failure:
            return f"{self.code or 'A check'} could not be run. {self.failure}"
        what = f"{self.code}: {in_number(self.found, 'row')} in {self.seconds:.1f} s"
        if self.hold:
            return f"{what}; a plan would wait."
        if not self.is_told:
            return f"{what}; {'nothing to tell' if not self.found else 'too few to be told'}."
        return f"{what}, {'errors' if self.severity == 'E' else 'warnings'}."


def check_states(district: District) -> list[CheckState]:
    """All checks of a district with what they found last."""
    checks = district_checks(district.places.config_file, district.settings.checks)
    results: dict[str, CheckResult] = {}
    number: int | None = None
    try:
        with district.reading() as db:
            last = imports.latest_applied_pull(db)
            if last is not None:
                number = last.id
                results = {one.code: one for one in check_results(db, number)}
    except NotFound:
        pass
    return [
        CheckState(check, results.get(check.code) if isinstance(check, DistrictCheck) else None, number)
        for check in checks
    ]


def try_checks(district: District, code: str | None = None) -> list[Tried]:
    """What all checks, or the one with that code, find in the Master as it is.

    Raises:
        NotFound, MasterError: there is no Master, or it can't be read.
    """
    checks = district_checks(district.places.config_file, district.settings.checks)
    return _try(
        district,
        [one for one in checks if code is None or (isinstance(one, DistrictCheck) and one.code == code)],
    )


def try_check(district: District, path: Path) -> Tried:
    """What the check in a file finds in the Master as it is; raises as `try_checks`."""
    return _try(district, [check_file(path)])[0]


def _try(district: District, checks: Sequence[DistrictCheck | BrokenCheck]) -> list[Tried]:
    with district.reading() as db, sorting_on_disk(db):
        year, day = roster_rows.school_year(db)
        looked = run_district_checks(db, checks, {"school_year": year, "day": day})
    found = {one.result.code: one for one in looked.findings}
    return [
        Tried("", check.where, "", 0, False, "", 0.0, check.problem, ())
        if isinstance(check, BrokenCheck)
        else Tried(
            check.code,
            check.where,
            found[check.code].result.severity,
            found[check.code].result.found,
            bool(found[check.code].rows),
            looked.holds.get(check.code, ""),
            found[check.code].result.seconds,
            found[check.code].result.failure,
            found[check.code].rows,
        )
        for check in checks
    ]
