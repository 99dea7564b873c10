"""Why somebody goes: a row for each person and each record at a school that the plan deactivates."""

from __future__ import annotations

from aeries_tui.departures import Departure
from aeries_tui.left_out import PRE_ENROLLED
from aeries_tui.master.roster.plan import DEPARTURE_COLUMNS, Plan
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.students import HAS_LEFT

_COLUMNS = ", ".join(DEPARTURE_COLUMNS)
_RECORDS = f"""
INSERT INTO departure ({_COLUMNS})
SELECT
    'school_enrollment', d.student_id, d.school_code,
    CASE
        WHEN d.school_code NOT IN (SELECT school FROM mapped) THEN '{Departure.UNMAPPED}'
        WHEN c.status = '{PRE_ENROLLED}' THEN '{Departure.PRE_ENROLLED}'
        WHEN c.status IS NOT NULL THEN '{Departure.STATUS}'
        ELSE '{Departure.UNLISTED}'
    END,
    iif(d.school_code IN (SELECT school FROM mapped), c.status, NULL),
    iif(d.school_code IN (SELECT school FROM mapped), c.leave_date, NULL),
    s.school_code
FROM plan_school_enrollment d
LEFT JOIN (
    -- Where a list holds somebody twice, the first record counts, as everywhere.
    SELECT student_id, school_code, status, leave_date, min(row)
    FROM clean_student
    WHERE {HAS_LEFT}
    GROUP BY student_id, school_code
) c ON c.student_id = d.student_id AND c.school_code = d.school_code
LEFT JOIN (
    SELECT student_id, min(school_code) AS school_code
    FROM after_school_enrollment
    WHERE student_id IN (SELECT student_id FROM plan_school_enrollment WHERE action = 'deactivated')
    GROUP BY student_id
) s ON s.student_id = d.student_id
WHERE d.action = 'deactivated'
"""
# A student goes from the school that was the primary one; one of whom no record was active at any goes unlisted.
_STUDENTS = f"""
INSERT INTO departure ({_COLUMNS})
SELECT 'student', student_id, school, reason, status, day, NULL
FROM (
    SELECT
        d.student_id,
        coalesce(e.school, g.primary_school, 0) AS school,
        coalesce(e.reason, '{Departure.UNLISTED}') AS reason,
        e.status,
        e.day,
        row_number() OVER (
            PARTITION BY d.student_id ORDER BY e.school IS g.primary_school DESC, e.school
        ) AS place
    FROM plan_student d
    JOIN active_student g ON g.student_id = d.student_id
    LEFT JOIN departure e ON e.kind = 'school_enrollment' AND e.person = d.student_id
    WHERE d.action = 'deactivated'
)
WHERE place = 1
"""
_STAFF = f"""
INSERT INTO departure ({_COLUMNS})
SELECT
    'staff', d.staff_id, coalesce(g.primary_school, 0),
    CASE
        WHEN c.staff_id IS NULL THEN '{Departure.UNLISTED}'
        WHEN c.status IS NOT NULL THEN '{Departure.STATUS}'
        ELSE '{Departure.NO_CLASS}'
    END,
    c.status, NULL, NULL
FROM plan_staff d
JOIN active_staff g ON g.staff_id = d.staff_id
LEFT JOIN (
    -- The status counts only where no record of theirs is active.
    SELECT staff_id, status, min(status IS NOT NULL)
    FROM clean_staff
    GROUP BY staff_id
) c ON c.staff_id = d.staff_id
WHERE d.action = 'deactivated'
"""


def note_departures(plan: Plan, rules: Rules) -> None:
    """Fill `departure`, from the records as they were read: the plan keeps it for whoever decides."""
    del rules
    for statement in (_RECORDS, _STUDENTS, _STAFF):
        plan.connection.execute(statement)


DEPARTURES = Check(
    "departures",
    needs=(
        "mapped", "clean_student", "clean_staff", "plan_school_enrollment", "after_school_enrollment", "plan_student",
        "plan_staff",
    ),
    makes=("departure",),
    run=note_departures,
    is_part=False,
)  # fmt: skip
