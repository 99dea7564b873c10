"""The check of one person: the steps of a pull, run on no more than their own records."""

from __future__ import annotations

from pathlib import Path

from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT, SECTION, STAFF, STUDENT, TEACHING
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.master.roster.plan import Plan, narrow
from aeries_tui.pull.stages.check import CHECKS
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules

_ASKED = {
    "student": ("seen_student", "error:student"),
    "staff": ("seen_staff", "error:staff"),
}
"""The tables that say what became of a person's records."""


def check_person(plan: Plan, pages: Path, rules: Rules, kind: PersonKind, number: int) -> None:
    """Judge a person's records as a pull would, and plan what it would do to the person.

    Of the Master no more is known to it than what is the person's, so that it takes as long in a large
    district as in a small one, and says nothing of anybody else.

    Args:
        plan: a fresh plan.
        pages: a staging file in which the person's records stand in the lists that hold them; it is attached
            read-only as `p`.
        rules: who is in.
        kind, number: student or staff, and the StudentID or StaffID.
    """
    if kind == "student":
        whose = f"student_id = {number:d}"
        narrow(plan, {STUDENT: whose, SCHOOL_ENROLLMENT: whose})
    else:
        whose = f"staff_id = {number:d}"
        theirs = f"section_id IN (SELECT section_id FROM m.teaching WHERE {whose})"
        narrow(plan, {STAFF: whose, TEACHING: whose, SECTION: theirs})
    db = plan.connection
    db.execute("ATTACH ? AS p", (f"{pages.absolute().as_uri()}?mode=ro",))
    db.execute("BEGIN")
    for check in steps_for(*_ASKED[kind]):
        check.run(plan, rules)
    db.execute("COMMIT")


def steps_for(*tables: str) -> tuple[Check, ...]:
    """The steps of the check that these tables rest on, in their order."""
    needed, steps = set(tables), list[Check]()
    for check in reversed(CHECKS):
        if not needed.isdisjoint(check.makes):
            needed.update(check.needs)
            steps.insert(0, check)
    return tuple(steps)
