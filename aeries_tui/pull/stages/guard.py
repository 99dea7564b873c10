"""The guard: big surprises wait for a person (promise 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.codes import Code
from aeries_tui.master.roster.guard_figures import (
    Share,
    blanked,
    changes,
    emptied_lists,
    emptied_schools,
    losses,
    strangers,
    vanished_schools,
)
from aeries_tui.master.roster.plan import Plan
from aeries_tui.settings import Guard


@dataclass(frozen=True)
class Reason:
    """One reason to hold a plan.

    Attributes:
        code: RUN-HELD-LOSS, RUN-HELD-CHANGE, RUN-HELD-YEAR, RUN-HELD-BLANKED, RUN-HELD-IDENTITY, MAP-GONE or SRC-EMPTY.
        message: what would happen, with figures, for a person.
        kind, school, field: what it is about; blank or None where it is the whole.
    """

    code: str
    message: str
    kind: str = ""
    school: int | None = None
    field: str = ""


def guard(
    plan: Plan, limits: Guard, mapped: frozenset[int], years: tuple[str | None, str | None]
) -> list[Reason]:
    """All reasons to hold the plan; an empty list lets it through.

    Args:
        plan: the finished plan.
        limits: the settings.
        mapped: codes of the mapped schools.
        years: the Master's school year and the server's; None where not known.
    """
    return [
        *_year(*years),
        *_schools(plan, mapped),
        *_identities(plan, limits),
        *_losses(plan, limits),
        *_changes(plan, limits),
        *_blanked(plan, limits),
    ]


def write_reasons(plan: Plan, reasons: list[Reason]) -> None:
    """Write the reasons into the plan's book of holds."""
    plan.connection.executemany(
        "INSERT INTO hold (code, kind, school, field, message) VALUES (?, ?, ?, ?, ?)",
        [(r.code, r.kind or None, r.school, r.field or None, r.message) for r in reasons],
    )


def _year(before: str | None, now: str | None) -> Iterator[Reason]:
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
    told: set[str] = set()
    for share in strangers(plan):
        limit = limits.limits_for(share.kind.name)
        if share.affected >= limit.loss_minimum and share.percent > limit.loss_percent:
            if share.school is not None and share.kind.name in told:
                continue  # the district's own reason says it already
            told.add(share.kind.name if share.school is None else "")
            yield Reason(
                Code.RUN_HELD_IDENTITY,
                f"{share.affected:,} ids of {share.before:,} {share.kind.plural} {_where(share)} stand for other "
                f"people, it seems ({share.percent:.0f} %; the limit is {limit.loss_percent:g} %).",
                share.kind.name,
                share.school,
            )


def _losses(plan: Plan, limits: Guard) -> Iterator[Reason]:
    told: set[str] = set()
    for share in losses(plan):
        limit = limits.limits_for(share.kind.name)
        if share.affected >= limit.loss_minimum and share.percent > limit.loss_percent:
            if share.school is not None and share.kind.name in told:
                continue  # the district's own reason says it already
            told.add(share.kind.name if share.school is None else "")
            yield Reason(
                Code.RUN_HELD_LOSS,
                f"{share.affected:,} of {share.before:,} {share.kind.plural} {_where(share)} would be "
                f"deactivated ({share.percent:.0f} %; the limit is {limit.loss_percent:g} %).",
                share.kind.name,
                share.school,
            )


def _changes(plan: Plan, limits: Guard) -> Iterator[Reason]:
    told: set[str] = set()
    for share in changes(plan):
        limit = limits.limits_for(share.kind.name)
        if share.affected >= limit.change_minimum and share.percent > limit.change_percent:
            if share.school is not None and share.kind.name in told:
                continue
            told.add(share.kind.name if share.school is None else "")
            yield Reason(
                Code.RUN_HELD_CHANGE,
                f"{share.affected:,} of {share.before:,} {share.kind.plural} {_where(share)} would change "
                f"({share.percent:.0f} %; the limit is {limit.change_percent:g} %).",
                share.kind.name,
                share.school,
            )


def _blanked(plan: Plan, limits: Guard) -> Iterator[Reason]:
    for share in blanked(plan):
        limit = limits.limits_for(share.kind.name)
        if share.affected >= limit.blanked_minimum and share.percent > limit.blanked_percent:
            yield Reason(
                Code.RUN_HELD_BLANKED,
                f"{share.field} would be blank for {share.affected:,} of {share.before:,} {share.kind.plural} "
                f"where it is filled now ({share.percent:.0f} %; the limit is {limit.blanked_percent:g} %).",
                share.kind.name,
                field=share.field,
            )
