"""A check of single records: what a quick pull knows to be gone, kind by kind.

No list was read whole, so nothing is judged by its absence. A record is gone where its own
answer says so, or where everything it stands on was asked for and does not hold it any more.
"""

from __future__ import annotations

from aeries_tui.master.roster.kinds import STAFF, Kind
from aeries_tui.master.roster.plan import Plan
from aeries_tui.master.roster.section_ids import homeroom_id, is_homeroom_id, section_id
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.prepare import ready
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import is_teacher_number

_IS_HOMEROOM = is_homeroom_id("g.section_id")
STAFF_NOW_INACTIVE = """(
    g.staff_id IN (SELECT staff_id FROM clean_staff WHERE status IS NOT NULL)
    AND g.staff_id NOT IN (SELECT staff_id FROM able_staff)
)"""
"""SQL: the staff record of the person behind alias `g` says that they are inactive."""
_HOMEROOM_LOOKED_AT = f"""(
    {ready("teachers", "g.school_code")}
    AND {ready("sections", "g.school_code")}
    AND g.section_id IN (SELECT homeroom FROM listed_homeroom)
)"""
_SECTION_READ = "g.section_id IN (SELECT section_id FROM clean_section WHERE NOT foreign_school)"
SECTION_GONE = """EXISTS (
    SELECT 1
    FROM plan_section d
    WHERE d.section_id = g.section_id AND d.action = 'deactivated'
)"""
"""SQL: the section of the record behind alias `g` is deactivated by this plan."""
STUDENT_GONE_THERE = """EXISTS (
    SELECT 1
    FROM plan_school_enrollment d
    WHERE d.school_code = g.school_code AND d.student_id = g.student_id AND d.action = 'deactivated'
)"""
"""SQL: the student of the record behind alias `g` is no longer active at its school by this plan."""
_RECORD_READ = """(
    g.student_id IN (SELECT student_id FROM whole_student)
    AND EXISTS (
        SELECT 1
        FROM clean_student c
        WHERE c.student_id = g.student_id AND c.school_code = g.school_code
    )
)"""
"""The student's record at that school was read; one that Aeries no longer has is left to a full pull."""
_GONE: dict[str, str] = {
    "school_enrollment": _RECORD_READ,
    "student": "g.student_id IN (SELECT student_id FROM whole_student)",
    "section": f"""
        (NOT g.homeroom AND {_SECTION_READ})
        OR (g.homeroom AND {_HOMEROOM_LOOKED_AT})
        """,
    "enrollment": f"""
        g.section_id IN (SELECT section_id FROM whole_roster)
        OR ({_IS_HOMEROOM} AND {_RECORD_READ})
        OR {SECTION_GONE}
        OR {STUDENT_GONE_THERE}
        """,
    "teaching": f"""
        {SECTION_GONE}
        OR {STAFF_NOW_INACTIVE}
        OR ({_IS_HOMEROOM} AND {_HOMEROOM_LOOKED_AT})
        OR (NOT {_IS_HOMEROOM} AND {_SECTION_READ})
        """,
    "staff": f"""
        {STAFF_NOW_INACTIVE}
        OR (
            g.staff_id IN (SELECT staff_id FROM whole_staff)
            AND g.staff_id NOT IN (SELECT staff_id FROM wanted_staff)
        )
        """,
    "course": "g.course_id NOT IN (SELECT course_id FROM used_course)",
}


def allowed(rules: Rules, kind: Kind, otherwise: str) -> str:
    """What `deactivate` may take away: `otherwise` after whole lists, else what is positively gone."""
    if not rules.partial:
        return otherwise
    if kind is STAFF and rules.unread_teachers:
        # No single answer holds a teacher record that can't be read: it may be what keeps somebody in.
        return STAFF_NOW_INACTIVE
    return _GONE[kind.name]


def asked_for(rules: Rules, otherwise: str) -> str:
    """SQL: what a record names was looked for. A quick pull asks for each such record."""
    return "1" if rules.partial else otherwise


def prepare_delta(plan: Plan, rules: Rules) -> None:
    """Make the tables of what was read so that it says all there is to say; none after whole lists."""
    if not rules.partial:
        return
    db = plan.connection
    db.execute("CREATE TEMP TABLE whole_student (student_id INTEGER PRIMARY KEY)")
    db.execute(f"INSERT INTO whole_student (student_id) {_read_whole('student')}")
    db.execute("CREATE TEMP TABLE whole_roster (section_id TEXT PRIMARY KEY)")
    db.execute(
        f"""
        INSERT INTO whole_roster (section_id)
        SELECT {section_id("school", "key")}
        FROM p.asked
        WHERE state = 'whole' AND kind = 'roster'
        """
    )
    db.execute("CREATE TEMP TABLE whole_staff (staff_id INTEGER PRIMARY KEY)")
    # Where a school of one's own is enough to be in, the own record has a say beside the teacher records.
    record = f"INTERSECT {_read_whole('staff')}" if rules.staff_by_school else ""
    db.execute(f"INSERT INTO whole_staff (staff_id) {_read_whole('staff_teachers')} {record}")
    db.execute(
        f"""
        CREATE TEMP TABLE listed_homeroom AS
        SELECT DISTINCT {homeroom_id("school_code", "teacher_number")} AS homeroom
        FROM p.raw_teacher
        """
    )


DELTA = Check(
    "delta",
    needs=(),
    makes=("whole_student", "whole_roster", "whole_staff", "listed_homeroom"),
    run=prepare_delta,
    is_part=False,
)


def _read_whole(kind: str) -> str:
    return f"SELECT key FROM p.asked WHERE state = 'whole' AND kind = '{kind}'"


def add_unread_homeroom_students(plan: Plan) -> None:
    """At schools that were looked at whole everybody names a homeroom, whether the record was read or not."""
    plan.connection.execute(
        f"""
        INSERT INTO homeroom_student (school_code, teacher_number, student_id)
        SELECT g.school_code, CAST(g.homeroom_teacher AS INTEGER), g.student_id
        FROM last_good_school_enrollment g
        WHERE {is_teacher_number("g.homeroom_teacher")} AND {ready("sections", "g.school_code")}
        """
    )


def add_unread_scheduled_staff(plan: Plan) -> None:
    """Who teaches a section whose record was not read still does, so that no homeroom is made of it."""
    plan.connection.execute(
        f"""
        INSERT INTO scheduled_staff (school_code, staff_id)
        SELECT g.school_code, g.staff_id
        FROM active_teaching g
        WHERE NOT {_IS_HOMEROOM}
            AND g.section_id NOT IN (SELECT section_id FROM clean_section)
        """
    )
