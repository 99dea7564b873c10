"""Judging the section lists, and making elementary homerooms into sections."""

from __future__ import annotations

from aeries_tui.master.roster.kinds import SECTION
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.pull.stages.check.delta import all_homeroom_students, all_scheduled_staff, allowed
from aeries_tui.pull.stages.check.sql import (
    Rules,
    add_count,
    date,
    is_bad_date,
    number,
    ready,
    text,
    unmapped,
)

_CLEAN = f"""
CREATE TABLE clean_section AS
SELECT r.rowid AS row, r.school_code || '_' || r.section_number AS section_id, r.school_code, r.section_number,
    {text("r.course_id")} AS course_id, {text("r.semester")} AS term, {text("r.period")} AS period,
    {text("r.room")} AS room, iif(typeof(r.low_grade) = 'integer', r.low_grade, NULL) AS low_grade,
    iif(typeof(r.high_grade) = 'integer', r.high_grade, NULL) AS high_grade,
    iif(typeof(r.total_students) = 'integer', r.total_students, NULL) AS total_students,
    {text("r.inactive_status_code")} AS status, r.school_code IS NOT l.school AS foreign_school
FROM p.raw_section r JOIN readable l ON l.id = r.list_id
"""
_TEACHERS = f"""
CREATE TABLE clean_teacher AS
SELECT r.rowid AS row, r.school_code, r.teacher_number, {text("r.room")} AS room,
    coalesce({text("r.display_name")}, {text("r.last_name")}, {text("r.first_name")}) AS title,
    nullif(r.staff_id1, 0) AS staff_id1, nullif(r.staff_id2, 0) AS staff_id2, nullif(r.staff_id3, 0) AS staff_id3,
    iif(typeof(r.low_grade) = 'integer', r.low_grade, NULL) AS low_grade,
    iif(typeof(r.high_grade) = 'integer', r.high_grade, NULL) AS high_grade
FROM p.raw_teacher r JOIN readable l ON l.id = r.list_id
WHERE r.school_code = l.school
    AND {text("r.inactive_status_code")} IS NULL
"""
_ELEMENTARY = (
    "school_code IN (SELECT code FROM aeries_school s WHERE lower(coalesce(s.schedule_type, '')) IN "
    "('elementary', 'elementaryandmasterschedule') OR (coalesce(s.schedule_type, '') = '' AND NOT EXISTS "
    "(SELECT 1 FROM clean_section c WHERE c.school_code = s.code AND c.status IS NULL)))"
)
_LIVE_MEMBER = (
    f"{text('m.inactive_status_code')} IS NULL AND NOT coalesce({date('m.end_date')} < :day "
    f"AND NOT {is_bad_date(date('m.end_date'))}, 0)"
)


def check_sections(plan: Plan, rules: Rules) -> None:
    """Fill the plan for section: master schedule and homerooms (design, section 4; contract, section 7)."""
    db = plan.connection
    db.execute(_CLEAN)
    db.execute(_TEACHERS)
    db.execute(
        "INSERT OR IGNORE INTO new_section SELECT section_id, school_code, section_number, NULL, 0, NULL, "
        "course_id, term, period, room, low_grade, high_grade FROM clean_section "
        "WHERE status IS NULL AND NOT foreign_school ORDER BY row"
    )
    scheduled = number(plan, "SELECT count(*) FROM new_section")
    _keep_last_good(plan)
    _homerooms(plan, rules)
    _count(plan, scheduled)
    compare(plan, SECTION)
    if not rules.additions_only:
        school = "g.school_code"
        gone = (
            f"{unmapped(school)} OR ({ready('sections', school)} AND (NOT g.homeroom OR "
            f"({ready('teachers', school)} AND {ready('students', school)})))"
        )
        deactivate(plan, SECTION, allowed(rules, SECTION, gone))
    _after(plan)


def _homerooms(plan: Plan, rules: Rules) -> None:
    """A homeroom is a section under Aeries' own OneRoster id `school_TN_teacher`.

    Where the section list of a school could not be read nobody knows which teachers have
    sections, so no new homerooms are made there.
    """
    db = plan.connection
    db.execute(
        "CREATE TABLE homeroom_student AS SELECT school_code, CAST(homeroom_teacher AS INTEGER) AS teacher_number, "
        "student_id FROM new_school_enrollment WHERE homeroom_teacher GLOB '*[1-9]*' "
        "AND homeroom_teacher NOT GLOB '*[^0-9]*'"
    )
    if rules.partial:
        all_homeroom_students(plan)
    db.execute("CREATE INDEX homeroom_student_teacher ON homeroom_student (school_code, teacher_number)")
    db.execute(
        "CREATE TABLE scheduled_staff AS SELECT DISTINCT m.school_code, m.staff_id FROM p.raw_member m "
        "JOIN clean_section c ON c.school_code = m.school_code AND c.section_number = m.section_number "
        f"WHERE c.status IS NULL AND {_LIVE_MEMBER}",
        {"day": rules.day},
    )
    if rules.partial:
        all_scheduled_staff(plan)
    # Of a section that can't be read its last good version says who has it (promise 3).
    db.execute(
        "INSERT INTO scheduled_staff SELECT g.school_code, g.staff_id FROM active_teaching g "
        "JOIN retain_section k ON k.section_id = g.section_id WHERE instr(g.section_id, '_TN_') = 0"
    )
    db.execute("CREATE INDEX scheduled_staff_key ON scheduled_staff (school_code, staff_id)")
    db.execute(
        "INSERT OR IGNORE INTO new_section SELECT school_code || '_TN_' || teacher_number, school_code, NULL, "
        "teacher_number, 1, title, NULL, 'Y', NULL, room, low_grade, high_grade FROM clean_teacher t "
        f"WHERE {_ELEMENTARY} AND {ready('sections', 't.school_code')} AND EXISTS (SELECT 1 FROM homeroom_student h "
        "WHERE h.school_code = t.school_code AND h.teacher_number = t.teacher_number) "
        "AND NOT EXISTS (SELECT 1 FROM scheduled_staff g WHERE g.school_code = t.school_code "
        "AND g.staff_id IN (t.staff_id1, t.staff_id2, t.staff_id3)) ORDER BY row"
    )


def _keep_last_good(plan: Plan) -> None:
    """An unreadable section or teacher record keeps the section that stood on it, a rejected student the homeroom."""
    db = plan.connection
    bad = "FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id"
    db.execute(
        f"INSERT OR IGNORE INTO retain_section SELECT coalesce(b.school, l.school) || '_' || b.section_number {bad} "
        "WHERE l.endpoint = 'sections' AND b.part = '' AND b.section_number IS NOT NULL"
    )
    db.execute(
        f"INSERT OR IGNORE INTO retain_section SELECT coalesce(b.school, l.school) || '_TN_' || b.teacher_number {bad} "
        "WHERE l.endpoint = 'teachers' AND b.teacher_number IS NOT NULL"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_section SELECT e.section_id FROM retain_school_enrollment k CROSS JOIN active_enrollment e "
        "ON e.student_id = k.student_id AND e.school_code = k.school_code WHERE instr(e.section_id, '_TN_') > 0"
    )


def _count(plan: Plan, scheduled: int) -> None:
    lists = "SELECT id FROM readable WHERE id IN (SELECT id FROM p.list WHERE endpoint = 'sections')"
    received = number(plan, f"SELECT sum(received) FROM p.list WHERE id IN ({lists})")
    unreadable = number(
        plan, f"SELECT count(*) FROM p.rejected_record WHERE part = '' AND list_id IN ({lists})"
    )
    foreign = number(plan, "SELECT count(*) FROM clean_section WHERE foreign_school")
    homerooms = number(plan, "SELECT count(*) FROM new_section WHERE homeroom")
    again = number(
        plan, "SELECT count(*) FROM clean_section WHERE status IS NULL AND NOT foreign_school"
    ) - scheduled  # fmt: skip
    out_rows = number(
        plan, "SELECT count(*) FROM clean_section WHERE status IS NOT NULL AND NOT foreign_school"
    )
    out = number(
        plan,
        "SELECT count(*) FROM (SELECT DISTINCT section_id FROM clean_section WHERE status IS NOT NULL "
        "AND NOT foreign_school EXCEPT SELECT section_id FROM new_section)",
    )
    add_count(
        plan, "section", received=received + homerooms, rejected=unreadable + foreign,
        duplicate=again + out_rows - out, out_of_scope=out,
    )  # fmt: skip


def _after(plan: Plan) -> None:
    """`after_section`: the whole active sections once the plan is applied, last good ones included."""
    plan.connection.execute(
        "CREATE TABLE after_section (section_id TEXT PRIMARY KEY, school_code INTEGER, section_number INTEGER, "
        "teacher_number INTEGER, homeroom INTEGER, course_id TEXT, term TEXT, is_new INTEGER) WITHOUT ROWID"
    )
    columns = "section_id, school_code, section_number, teacher_number, homeroom, course_id, term"
    plan.connection.execute(f"INSERT INTO after_section SELECT {columns}, 1 FROM new_section")
    plan.connection.execute(
        f"INSERT OR IGNORE INTO after_section SELECT {columns}, 0 FROM active_section g WHERE NOT EXISTS "
        "(SELECT 1 FROM plan_section p WHERE p.section_id = g.section_id AND p.action = 'deactivated')"
    )
    plan.connection.execute(
        "CREATE INDEX after_section_teacher ON after_section (school_code, teacher_number)"
    )
