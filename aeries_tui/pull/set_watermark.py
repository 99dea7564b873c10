"""Up to when the Master holds everything, once an import is applied: what a quick pull goes on from."""

from __future__ import annotations

import msgspec

from aeries_tui.codes import Code
from aeries_tui.master.imports.watermark import UnfinishedNeed, Watermark, write_unfinished, write_watermark
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.quick.begin import HOMEROOM_TYPES
from aeries_tui.pull.stages.check import Rules
from aeries_tui.pull.stages.check.books import number

NEEDS = ("ready", "rejected", "doubt", "judged_member", "aeries_school")
"""The tables of a check that is done which are read here, beside the import's own books."""

# Class rows and members that begin later, schools that are entered later, and, where there may be homerooms, the last days of people on sections whom the
# Master does not hold: while they are there their teacher records make no homeroom (design, section 4).
_NEXT_CHANGE = f"""
    SELECT min(day)
    FROM (
        SELECT value AS day FROM about WHERE name IN ('next_begin', 'next_primary')
        UNION ALL
        SELECT min(begin_date) FROM judged_member WHERE state = 'later'
        UNION ALL
        SELECT date(m.end_date, '+1 day')
        FROM judged_member m
        JOIN aeries_school s ON s.code = m.school_code
        WHERE m.end_date >= :day
            AND m.state IN ('out', '{Code.REF_STAFF}')
            AND lower(coalesce(s.schedule_type, '')) IN ({", ".join(f"'{kind}'" for kind in HOMEROOM_TYPES)})
    )
"""


def set_watermark(plan: Plan, rules: Rules, now: Watermark, before: Watermark | None) -> bool:
    """Write the watermark that applying the plan sets, if everything of the pull was complete.

    Args:
        plan: the plan; its checks are done and the staging is attached as `p`.
        rules: the rules of the check.
        now: the watermark without what only the check knows.
        before: the Master's watermark, which a quick pull moves on.

    Returns:
        Whether there is one. Without it the Master's stays as it is.
    """
    if rules.additions_only or not now.at:
        return False
    if not _is_complete(plan, rules):
        parts = _parts(plan) if rules.partial else []
        if parts:
            write_unfinished(plan, parts)
        return False
    if plan.about("again") is not None and before is not None:
        later = before.next_change
    else:
        (later,) = plan.connection.execute(_NEXT_CHANGE, {"day": rules.day}).fetchone()
    unread = number(plan, "SELECT count(*) FROM rejected WHERE endpoint = 'teachers'") > 0
    now = msgspec.structs.replace(
        now, unread_teachers=unread or rules.unread_teachers, schedules=_schedules(plan, rules.mapped)
    )
    if rules.partial:
        assert before is not None
        days = [day for day in (before.next_change, later) if day is not None]
        now = msgspec.structs.replace(
            now, next_change=min(days, default=None), full_requests=before.full_requests,
            full_bytes=before.full_bytes,
        )  # fmt: skip
    else:
        now = msgspec.structs.replace(
            now, next_change=later, full_bytes=number(plan, "SELECT sum(bytes) FROM p.list"),
            full_requests=number(plan, "SELECT sum(max(requests, 1)) FROM p.list"),
        )  # fmt: skip
    write_watermark(plan, now)
    return True


def _schedules(plan: Plan, mapped: frozenset[int]) -> tuple[tuple[int, str], ...]:
    rows = plan.connection.execute(
        "SELECT code, lower(coalesce(schedule_type, '')) FROM aeries_school ORDER BY 1"
    )
    return tuple((code, kind) for code, kind in rows if code in mapped)


def _parts(plan: Plan) -> list[UnfinishedNeed]:
    """What there was only a part of."""
    rows = plan.connection.execute(
        "SELECT kind, school, key FROM p.asked WHERE state = 'part' ORDER BY 1, 2, 3"
    )
    return [(kind, school, key) for kind, school, key in rows]


def _is_complete(plan: Plan, rules: Rules) -> bool:
    """Whether nothing casts doubt on what was read: then every change up to its beginning is in the plan."""
    if rules.partial:
        doubt = """
            SELECT 1 FROM p.asked WHERE state = 'part'
            UNION ALL
            SELECT 1 FROM doubt WHERE list_id IN (SELECT list_id FROM p.whole_list)
            LIMIT 1
        """
        return plan.connection.execute(doubt).fetchone() is None
    return number(plan, "SELECT count(*) FROM p.list WHERE id NOT IN (SELECT id FROM ready)") == 0
