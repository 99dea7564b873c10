"""A check as it is declared: the tables that it needs of those before it, and those that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.rules import Rules


@dataclass(frozen=True)
class Check:
    """One step of the check.

    Both `needs` and `makes` name tables and views, of the plan file or temporary ones beside it. Not named is
    what is there for everybody: the staged lists (of `p`), the Master (of `m`, and its views `active_...`),
    and the books that everybody adds to (`count`, `note`, `about`, `description`, `identity_question`,
    `handover`). But what follows from an
    error is counted under its description, so those of errors are named, by the kind of record:
    `error:student`.

    Attributes:
        name: what progress calls it.
        needs: what it reads and another step made.
        makes: what it creates or fills.
        run: does it.
        is_part: whether progress counts it; some take no time of their own.
    """

    name: str
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    run: Callable[[Plan, Rules], None]
    is_part: bool = True


def in_order(*checks: Check) -> tuple[Check, ...]:
    """The checks as they are given.

    Raises:
        ValueError: one stands before another that makes what it needs, or nobody makes that.
    """
    for position, check in enumerate(checks):
        made = made_by(checks[:position])
        late = made_by(checks[position + 1 :])
        for table in check.needs:
            if table not in made or table in late:
                raise ValueError(f"The check {check.name} needs {table} before it is made.")
    return checks


def made_by(checks: Iterable[Check]) -> frozenset[str]:
    """Everything that these checks make."""
    return frozenset(table for check in checks for table in check.makes)
