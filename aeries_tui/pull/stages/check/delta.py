"""A check of single records: what a quick pull knows to be gone, kind by kind.

No list was read whole, so nothing is judged by its absence. A record is gone where its own
answer says so, or where everything it stands on was asked for and does not hold it any more.
"""

from __future__ import annotations

from aeries_tui.master.roster.kinds import STAFF, Kind
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.sql import Rules, ready

_HOMEROOM = "instr(g.section_id, '_TN_') > 0"
_NOW_INACTIVE = (
    "g.staff_id IN (SELECT staff_id FROM clean_staff WHERE status IS NOT NULL) "
    "AND g.staff_id NOT IN (SELECT staff_id FROM able_staff)"
)
_RECOUNTED = (
    f"({ready('teachers', 'g.school_code')} AND {ready('sections', 'g.school_code')} "
    "AND g.section_id IN (SELECT homeroom FROM listed_homeroom))"
)
_GONE_SECTION = (
    "EXISTS (SELECT 1 FROM plan_section d WHERE d.section_id = g.section_id AND d.action = 'deactivated')"
)
_RECORD_READ = (
    "(g.student_id IN (SELECT student_id FROM whole_student) AND EXISTS (SELECT 1 FROM clean_student c "
    "WHERE c.student_id = g.student_id AND c.school_code = g.school_code))"
)
"""The student's record at that school was read; one that Aeries no longer has is left to a full pull."""
_GONE: dict[str, str] = {
    "school_enrollment": _RECORD_READ,
    "student": "g.student_id IN (SELECT student_id FROM whole_student)",
    "section": "(NOT g.homeroom AND g.section_id IN (SELECT section_id FROM clean_section WHERE NOT foreign_school)) "
    f"OR (g.homeroom AND {_RECOUNTED})",
    "enrollment": "g.section_id IN (SELECT section_id FROM whole_roster) "
    f"OR ({_HOMEROOM} AND {_RECORD_READ}) OR {_GONE_SECTION} "
    "OR EXISTS (SELECT 1 FROM plan_student d WHERE d.student_id = g.student_id AND d.action = 'deactivated')",
    "teaching": f"{_GONE_SECTION} OR ({_NOW_INACTIVE}) OR ({_HOMEROOM} AND {_RECOUNTED}) "
    f"OR (NOT {_HOMEROOM} AND g.section_id IN (SELECT section_id FROM clean_section WHERE NOT foreign_school))",
    "staff": f"({_NOW_INACTIVE}) OR (g.staff_id IN (SELECT staff_id FROM whole_staff) "
    "AND g.staff_id NOT IN (SELECT staff_id FROM wanted_staff))",
    "course": "g.course_id NOT IN (SELECT course_id FROM used_course)",
}


def allowed(rules: Rules, kind: Kind, otherwise: str) -> str:
    """What `deactivate` may take away: `otherwise` after whole lists, what is positively gone after single records."""
    if not rules.partial:
        return otherwise
    if kind is STAFF and rules.unread_teachers:
        # No single answer holds a teacher record that can't be read: it may be what keeps somebody in.
        return _NOW_INACTIVE
    return _GONE[kind.name]


def asked_for(rules: Rules, otherwise: str) -> str:
    """SQL: what a record names was looked for. A quick pull asks for each such record."""
    return "1" if rules.partial else otherwise


def prepare_delta(plan: Plan, rules: Rules) -> None:
    """Make the tables of what was read so that it says all there is to say."""
    db = plan.connection
    single = "SELECT key FROM p.asked WHERE state = 'whole' AND kind ="
    db.execute("CREATE TEMP TABLE whole_student (student_id INTEGER PRIMARY KEY)")
    db.execute(f"INSERT INTO whole_student {single} 'student'")
    db.execute("CREATE TEMP TABLE whole_roster (section_id TEXT PRIMARY KEY)")
    db.execute(
        "INSERT INTO whole_roster SELECT school || '_' || key FROM p.asked WHERE state = 'whole' AND kind = 'roster'"
    )
    db.execute("CREATE TEMP TABLE whole_staff (staff_id INTEGER PRIMARY KEY)")
    record = f" INTERSECT {single} 'staff'" if rules.staff_by_school else ""
    db.execute(f"INSERT INTO whole_staff {single} 'staff_teachers'{record}")
    db.execute(
        "CREATE TEMP TABLE listed_homeroom AS SELECT DISTINCT school_code || '_TN_' || teacher_number AS homeroom "
        "FROM p.raw_teacher"
    )


def all_homeroom_students(plan: Plan) -> None:
    """At schools that were looked at whole, everybody names a homeroom, not only those whose record was read."""
    plan.connection.execute(
        "INSERT INTO homeroom_student SELECT g.school_code, CAST(g.homeroom_teacher AS INTEGER), g.student_id "
        "FROM active_school_enrollment g WHERE g.homeroom_teacher GLOB '*[1-9]*' "
        f"AND g.homeroom_teacher NOT GLOB '*[^0-9]*' AND {ready('sections', 'g.school_code')} "
        "AND NOT EXISTS (SELECT 1 FROM new_school_enrollment n WHERE n.school_code = g.school_code "
        "AND n.student_id = g.student_id) AND NOT EXISTS (SELECT 1 FROM plan_school_enrollment d "
        "WHERE d.school_code = g.school_code AND d.student_id = g.student_id AND d.action = 'deactivated')"
    )


def all_scheduled_staff(plan: Plan) -> None:
    """Who teaches a section whose record was not read still does, so that no homeroom is made of it."""
    plan.connection.execute(
        "INSERT INTO scheduled_staff SELECT g.school_code, g.staff_id FROM active_teaching g "
        f"WHERE NOT {_HOMEROOM} AND g.section_id NOT IN (SELECT section_id FROM clean_section)"
    )
