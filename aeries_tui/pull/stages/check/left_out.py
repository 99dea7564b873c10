"""Whom the lists hold and the rules leave out: a row for each person, so that they are found by name."""

from __future__ import annotations

from aeries_tui.left_out import PRE_ENROLLED, Rule
from aeries_tui.master.roster.plan import LEFT_OUT_COLUMNS, Plan
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules

_COLUMNS = ", ".join(LEFT_OUT_COLUMNS)
# Where several records of one person were read, the one with an error says why an error keeps them out.
_STUDENTS = f"""
INSERT OR IGNORE INTO left_out ({_COLUMNS})
SELECT
    'student', c.student_id, c.last_name, c.first_name, c.school_code,
    CASE
        WHEN s.outcome = 'rejected' THEN '{Rule.REJECTED}'
        WHEN c.status = '{PRE_ENROLLED}' THEN '{Rule.PRE_ENROLLED}'
        ELSE '{Rule.INACTIVE}'
    END,
    c.status,
    NULL
FROM clean_student c
JOIN seen_student s ON s.record = c.student_id
WHERE s.outcome IN ('rejected', 'out_of_scope')
    AND NOT EXISTS (SELECT 1 FROM after_student a WHERE a.student_id = c.student_id)
ORDER BY c.student_id, iif(s.outcome = 'rejected', c.problem IS NULL, 0), c.row
"""
_STAFF = f"""
INSERT OR IGNORE INTO left_out ({_COLUMNS})
SELECT
    'staff', c.staff_id, c.last_name, c.first_name, c.primary_school,
    CASE
        WHEN s.outcome = 'rejected' THEN '{Rule.REJECTED}'
        WHEN c.status IS NOT NULL THEN '{Rule.INACTIVE}'
        ELSE '{Rule.NOT_TEACHING}'
    END,
    c.status,
    NULL
FROM clean_staff c
JOIN seen_staff s ON s.record = c.staff_id
WHERE s.outcome IN ('rejected', 'out_of_scope')
    AND c.staff_id NOT IN (SELECT staff_id FROM after_staff)
ORDER BY c.staff_id, c.row
"""


def list_left_out(plan: Plan, rules: Rules) -> None:
    """Fill `left_out`; who keeps a last good version is in, and stands in the Master."""
    db = plan.connection
    db.execute(_STUDENTS)
    db.execute(_STAFF)
    for kind in ("student", "staff"):
        # Of a record that can't be read no name is known.
        db.execute(
            f"""
            INSERT OR IGNORE INTO left_out ({_COLUMNS})
            SELECT '{kind}', {kind}_id, NULL, NULL, school, '{Rule.REJECTED}', NULL, NULL
            FROM rejected
            WHERE endpoint = ?
                AND part = ''
                AND {kind}_id IS NOT NULL
                AND {kind}_id NOT IN (SELECT {kind}_id FROM after_{kind})
                AND list_id IN (SELECT id FROM readable)
            """,
            ("students" if kind == "student" else "staff",),
        )
        db.execute(
            f"""
            UPDATE left_out
            SET code = (
                SELECT description.code
                FROM description
                WHERE description.kind = '{kind}'
                    AND description.record = CAST(left_out.person AS TEXT)
                    AND description.severity = 'E'
                ORDER BY description.id
                LIMIT 1
            )
            WHERE kind = '{kind}' AND rule = '{Rule.REJECTED}'
            """
        )
    if rules.partial:
        _carry_on(plan)


LEFT_OUT = Check(
    "left out",
    needs=(
        "readable", "rejected", "clean_student", "seen_student", "after_student",
        "clean_staff", "seen_staff", "after_staff", "error:student", "error:staff",
    ),
    makes=("left_out",),
    run=list_left_out,
    is_part=False,
)  # fmt: skip


def _carry_on(plan: Plan) -> None:
    """A quick pull did not read the others whom the pull before it left out; they are out still."""
    for kind in ("student", "staff"):
        plan.connection.execute(
            f"""
            INSERT OR IGNORE INTO left_out ({_COLUMNS})
            SELECT {_COLUMNS}
            FROM m.left_out
            WHERE import_id = (SELECT max(id) FROM m.import WHERE kind = 'pull' AND applied = 1)
                AND kind = '{kind}'
                AND person NOT IN (SELECT record FROM seen_{kind})
                AND person NOT IN (SELECT {kind}_id FROM after_{kind})
            """
        )
