"""The guard: big surprises wait for a person (promise 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aeries_tui.codes import CODES, Code
from aeries_tui.master.roster.guard_figures import (
    Share,
    blanked,
    changes,
    emptied_lists,
    emptied_schools,
    growth,
    kinds_without_any,
    losses,
    schools_without_students,
    strangers,
    vanished_schools,
)
from aeries_tui.master.roster.plan import Plan
from aeries_tui.settings import Guard

MOST_TELLING = (
    Code.RUN_HELD_RESTORE,
    Code.RUN_HELD_YEAR,
    Code.MAP_GONE,
    Code.SRC_EMPTY,
    Code.RUN_HELD_IDENTITY,
    Code.RUN_HELD_LOSS,
    Code.RUN_HELD_BLANKED,
    Code.RUN_HELD_CHANGE,
    Code.RUN_HELD_GROWTH,
    Code.RUN_HELD_CHECK,
)
"""The codes of reasons, what explains others before what it explains (design, promise 6)."""


@dataclass(frozen=True)
class Reason:
    """One reason to hold a plan.

    Attributes:
        code: one of `MOST_TELLING`.
        message: what would happen, with figures, for a person.
        kind, school, field: what it is about; blank or None where it is the whole.
        affected: how many records; 0 where it is not about a number of them.
    """

    code: Code
    message: str
    kind: str = ""
    school: int | None = None
    field: str = ""
    affected: int = 0


def guard(
    plan: Plan, limits: Guard, mapped: frozenset[int], years: tuple[str | None, str | None], doubt: str = ""
) -> list[Reason]:
    """All reasons to hold the plan, the most telling first; an empty list lets it through.

    Args:
        plan: the finished plan.
        limits: the settings.
        mapped: codes of the mapped schools.
        years: the Master's school year and the server's; None where not known.
        doubt: why the server's year is to be looked at where the Master has none yet; blank for no reason.
    """
    found = [
        *_year(*years, doubt),
        *_schools(plan, mapped),
        *_identities(plan, limits),
        *_losses(plan, limits),
        *_changes(plan, limits),
        *_blanked(plan, limits),
        *_growth(plan, limits),
    ]
    return sorted(found, key=_rank)


def _rank(reason: Reason) -> tuple[int, bool, int]:
    """By code; of one code the district before a school, the more records before the fewer."""
    return MOST_TELLING.index(reason.code), reason.school is not None, -reason.affected


def describe_what_is_missing(plan: Plan) -> None:
    """Describe what no roster is without: students at a mapped school, staff and sections in the district.

    It holds nothing: where there was something, its loss is what holds; at a first import what there is can be used,
    and a plan that waits would keep it from everybody. But it is an error, whoever looks at the result.
    """
    for school in schools_without_students(plan):
        message = f"School {school} is mapped, but not one of its students is active."
        _describe(plan, Code.MAP_EMPTY, "students", message, school)
    for kind in kinds_without_any(plan):
        what = "member of staff" if kind == "staff" else kind
        _describe(plan, Code.RUN_EMPTY, kind, f"The district has no active {what} at any mapped school.")


def _describe(plan: Plan, code: Code, what: str, message: str, school: int | None = None) -> None:
    plan.connection.execute(
        """
        INSERT INTO description (code, severity, kind, record, school, message)
        VALUES (?, ?, 'list', ?, ?, ?)
        """,
        (code, CODES[code].severity, what, school, message),
    )


def write_reasons(plan: Plan, reasons: list[Reason]) -> None:
    """Write the reasons into the plan's book of holds."""
    plan.connection.executemany(
        "INSERT INTO hold (code, kind, school, field, message) VALUES (?, ?, ?, ?, ?)",
        [(r.code, r.kind or None, r.school, r.field or None, r.message) for r in reasons],
    )


def _year(before: str | None, now: str | None, doubt: str) -> Iterator[Reason]:
    if not before and doubt:
        yield Reason(Code.RUN_HELD_YEAR, doubt)
    if before and now and before != now:
        yield Reason(
            Code.RUN_HELD_YEAR,
            f"Aeries gives the school year {now}, the District Master holds {before}. "
            "Run the end-of-year archive first, then pull the new year.",
        )


def _schools(plan: Plan, mapped: frozenset[int]) -> Iterator[Reason]:
    for code in vanished_schools(plan, mapped):
        yield Reason(
            Code.MAP_GONE, f"School {code} is mapped but no longer in the list of Aeries.", school=code
        )
    for code, students in emptied_schools(plan):
        yield Reason(
            Code.SRC_EMPTY,
            f"School {code} came back without a single student; it has {students:,}.",
            school=code,
        )
    for endpoint, school, before in emptied_lists(plan):
        where = "" if school is None else f" of school {school}"
        yield Reason(
            Code.SRC_EMPTY,
            f"The list of {endpoint}{where} came back empty; {before:,} records rest on it.",
            school=school,
        )


def _where(share: Share) -> str:
    return "in the district" if share.school is None else f"of school {share.school}"


def _identities(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in _beyond(strangers(plan), limits, "loss"):
        limit = limits.limits_for(share.kind.name).loss_percent
        yield _reason(
            Code.RUN_HELD_IDENTITY,
            share,
            f"{share.affected:,} ids of {share.before:,} {share.kind.plural} {_where(share)} stand for other people, "
            f"it seems ({share.percent:.0f} %; the limit is {limit:g} %).",
        )


def _losses(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in _beyond(losses(plan), limits, "loss"):
        limit = limits.limits_for(share.kind.name).loss_percent
        yield _reason(
            Code.RUN_HELD_LOSS,
            share,
            f"{share.affected:,} of {share.before:,} {share.kind.plural} {_where(share)} would be deactivated "
            f"({share.percent:.0f} %; the limit is {limit:g} %).",
        )


def _changes(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in _beyond(changes(plan), limits, "change"):
        limit = limits.limits_for(share.kind.name).change_percent
        yield _reason(
            Code.RUN_HELD_CHANGE,
            share,
            f"{share.affected:,} of {share.before:,} {share.kind.plural} {_where(share)} would change "
            f"({share.percent:.0f} %; the limit is {limit:g} %).",
        )


def _blanked(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in _beyond(blanked(plan), limits, "blanked"):
        limit = limits.limits_for(share.kind.name).blanked_percent
        yield _reason(
            Code.RUN_HELD_BLANKED,
            share,
            f"{share.field} would be blank for {share.affected:,} of {share.before:,} {share.kind.plural} "
            f"{_where(share)} where it is filled now ({share.percent:.0f} %; the limit is {limit:g} %).",
        )


def _growth(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in _beyond(growth(plan), limits, "growth"):
        limit = limits.limits_for(share.kind.name).growth_percent
        yield _reason(
            Code.RUN_HELD_GROWTH,
            share,
            f"{share.affected:,} {share.kind.plural} would be added to the {share.before:,} {_where(share)} "
            f"({share.percent:.0f} %; the limit is {limit:g} %).",
        )


def _beyond(shares: Iterable[Share], limits: Guard, what: str) -> Iterator[Share]:
    """Those beyond the limits `WHAT_percent` and `WHAT_minimum`; a school's not where the district's says it already."""
    told: set[tuple[str, str]] = set()
    for share in shares:
        limit, about = limits.limits_for(share.kind.name), (share.kind.name, share.field)
        least, most = getattr(limit, f"{what}_minimum"), getattr(limit, f"{what}_percent")
        if share.affected < least or share.percent <= most or about in told:
            continue
        if share.school is None:
            told.add(about)
        yield share


def _reason(code: Code, share: Share, message: str) -> Reason:
    return Reason(code, message, share.kind.name, share.school, share.field, share.affected)
