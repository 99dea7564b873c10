"""The check and compare stages: from staged pages to a plan, by set, in SQL.

The order matters: whom a list's records may speak of is known only once the lists
before it were judged.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.plan import Plan, count_actions
from aeries_tui.pull.stages.check.cache import cached_check, reuse_check, save_check
from aeries_tui.pull.stages.check.courses import check_courses
from aeries_tui.pull.stages.check.delta import prepare_delta
from aeries_tui.pull.stages.check.enrollments import check_enrollments
from aeries_tui.pull.stages.check.findings import check_findings
from aeries_tui.pull.stages.check.lists import check_lists
from aeries_tui.pull.stages.check.sections import check_sections
from aeries_tui.pull.stages.check.sql import Rules, prepare
from aeries_tui.pull.stages.check.staffing import check_staffing
from aeries_tui.pull.stages.check.students import check_students

__all__ = ["CHECKS", "Rules", "run_checks", "save_check"]

CHECKS: tuple[tuple[str, Callable[[Plan, Rules], None]], ...] = (
    ("lists", check_lists),
    ("students", check_students),
    ("sections", check_sections),
    ("classes", check_enrollments),
    ("staff", check_staffing),
    ("courses", check_courses),
    ("findings", check_findings),
)

_OUTCOMES = ("created", "updated", "unchanged", "reactivated", "rejected", "duplicate", "out_of_scope")


def run_checks(
    plan: Plan,
    pages: Path,
    rules: Rules,
    progress: Callable[[str, int, int], None],
    known: Path | None = None,
) -> list[str]:
    """Judge everything staged in `pages` and work out the plan.

    Args:
        plan: a fresh plan.
        pages: the staging file; it is attached read-only as `p`.
        rules: who is in.
        progress: told the part begun, and how many of how many are done.
        known: the books of the import that is the last word on the Master; where its check was of the very same,
            they are taken, and the plan is about `again`.

    Returns:
        Sentences about counts that do not add up (promise 5); none when all is well.
    """
    db = plan.connection
    db.execute("ATTACH ? AS p", (f"{pages.absolute().as_uri()}?mode=ro",))
    with cached_check(plan, known) as is_known:
        db.execute("BEGIN")
        prepare(plan, rules)
        if not (is_known and reuse_check(plan, rules)):
            _check_all(plan, rules, progress)
        db.execute("COMMIT")
    progress("done", len(CHECKS), len(CHECKS))
    return _sums(plan)


def _check_all(plan: Plan, rules: Rules, progress: Callable[[str, int, int], None]) -> None:
    if rules.partial:
        prepare_delta(plan, rules)
    for done, (name, check) in enumerate(CHECKS):
        progress(name, done, len(CHECKS))
        check(plan, rules)
    for kind in KINDS:
        count_actions(plan, kind)


def _sums(plan: Plan) -> list[str]:
    rows = plan.connection.execute(f"SELECT kind, received, {' + '.join(_OUTCOMES)} AS total FROM count")
    return [
        f"The counts of {row['kind']} do not add up: {row['received']:,} received, "
        f"{row['total']:,} accounted for. Please report this."
        for row in rows
        if row["received"] != row["total"]
    ]
