"""The check and compare stages: from staged pages to a plan, by set, in SQL.

The order matters: whom a list's records may speak of is known only once the lists
before it were judged. Each step declares what it needs of those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.plan import Plan, count_actions
from aeries_tui.outcome import RECORD_OUTCOMES
from aeries_tui.pull.stages.check.addresses import ADDRESSES
from aeries_tui.pull.stages.check.cache import cached_check, reuse_check, save_check
from aeries_tui.pull.stages.check.courses import COURSES
from aeries_tui.pull.stages.check.declaration import Check, in_order
from aeries_tui.pull.stages.check.delta import DELTA
from aeries_tui.pull.stages.check.departures import DEPARTURES
from aeries_tui.pull.stages.check.enrollments import ENROLLMENTS
from aeries_tui.pull.stages.check.findings import FINDINGS
from aeries_tui.pull.stages.check.identity import IDENTITY
from aeries_tui.pull.stages.check.left_out import LEFT_OUT
from aeries_tui.pull.stages.check.lists import LISTS
from aeries_tui.pull.stages.check.people import PEOPLE
from aeries_tui.pull.stages.check.prepare import PREPARE
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sections import SECTIONS
from aeries_tui.pull.stages.check.staff import STAFF_CHECK
from aeries_tui.pull.stages.check.students import STUDENTS
from aeries_tui.pull.stages.check.teaching import TEACHING_CHECK

__all__ = ["CHECKS", "Rules", "run_checks", "save_check"]


def _count_actions(plan: Plan, rules: Rules) -> None:
    for kind in KINDS:
        count_actions(plan, kind)


_COUNTS = Check(
    "counts",
    needs=tuple(f"{table}_{kind.name}" for kind in KINDS for table in ("new", "plan")),
    makes=(),
    run=_count_actions,
    is_part=False,
)

CHECKS = in_order(
    PREPARE, DELTA, LISTS, STUDENTS, PEOPLE, SECTIONS, ENROLLMENTS, TEACHING_CHECK, STAFF_CHECK, ADDRESSES, COURSES,
    IDENTITY, FINDINGS, LEFT_OUT, DEPARTURES, _COUNTS,
)  # fmt: skip
"""The steps in the order in which they are run; only the first where the check cache serves."""


def run_checks(
    plan: Plan,
    pages: Path,
    rules: Rules,
    progress: Callable[[str, int, int], None],
    cache: Path | None = None,
) -> list[str]:
    """Judge everything staged in `pages` and work out the plan.

    Args:
        plan: a fresh plan.
        pages: the staging file; it is attached read-only as `p`.
        rules: who is in.
        progress: told the part begun, and how many of how many are done.
        cache: the check cache of the import that is the last word on the Master; where its check was of the very
            same, its result is taken, and the plan is about `again`.

    Returns:
        Sentences about counts that do not add up (promise 5); none when all is well.
    """
    db = plan.connection
    db.execute("ATTACH ? AS p", (f"{pages.absolute().as_uri()}?mode=ro",))
    first, *others = CHECKS
    parts = sum(check.is_part for check in others)
    with cached_check(plan, cache) as is_cached:
        db.execute("BEGIN")
        first.run(plan, rules)
        if not (is_cached and reuse_check(plan, rules)):
            done = 0
            for check in others:
                if check.is_part:
                    progress(check.name, done, parts)
                    done += 1
                check.run(plan, rules)
        db.execute("COMMIT")
    progress("done", parts, parts)
    return _sums(plan)


def _sums(plan: Plan) -> list[str]:
    rows = plan.connection.execute(
        f"SELECT kind, received, {' + '.join(RECORD_OUTCOMES)} AS total FROM count"
    )
    return [
        f"The counts of {KIND_NAMES[row['kind']].plural} do not add up: {row['received']:,} received, "
        f"{row['total']:,} accounted for. Please report this."
        for row in rows
        if row["received"] != row["total"]
    ]
