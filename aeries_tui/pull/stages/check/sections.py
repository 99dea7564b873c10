"""Judging the section lists, and making elementary homerooms into sections."""

from __future__ import annotations

from aeries_tui.master.roster.kinds import SECTION
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.master.roster.section_ids import homeroom_id, is_homeroom_id, section_id
from aeries_tui.pull.stages.check.books import add_count, number, received, unreadable
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import (
    add_unread_homeroom_students,
    add_unread_scheduled_staff,
    allowed,
)
from aeries_tui.pull.stages.check.prepare import ready, unmapped
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import date, is_bad_date, is_teacher_number, text, whole_number

_CLEAN = f"""
CREATE TABLE clean_section AS
SELECT
    r.rowid AS row,
    {section_id("r.school_code", "r.section_number")} AS section_id,
    r.school_code,
    r.section_number,
    {text("r.course_id")} AS course_id,
    {text("r.semester")} AS term,
    {text("r.period")} AS period,
    {text("r.room")} AS room,
    {whole_number("r.low_grade")} AS low_grade,
    {whole_number("r.high_grade")} AS high_grade,
    {whole_number("r.total_students")} AS total_students,
    {text("r.inactive_status_code")} AS status,
    r.school_code IS NOT l.school AS foreign_school
FROM p.raw_section r
JOIN readable l ON l.id = r.list_id
"""
_TEACHERS = f"""
CREATE TABLE clean_teacher AS
SELECT
    r.rowid AS row,
    r.school_code,
    r.teacher_number,
    {text("r.room")} AS room,
    coalesce({text("r.display_name")}, {text("r.last_name")}, {text("r.first_name")}) AS title,
    iif(r.staff_id1 > 0, r.staff_id1, NULL) AS staff_id1,
    iif(r.staff_id2 > 0, r.staff_id2, NULL) AS staff_id2,
    iif(r.staff_id3 > 0, r.staff_id3, NULL) AS staff_id3,
    {whole_number("r.low_grade")} AS low_grade,
    {whole_number("r.high_grade")} AS high_grade
FROM p.raw_teacher r
JOIN readable l ON l.id = r.list_id
WHERE r.school_code = l.school
    AND {text("r.inactive_status_code")} IS NULL
"""
_INACTIVE = f"""
CREATE TABLE inactive_section AS
SELECT section_id
FROM clean_section
WHERE status IS NOT NULL AND NOT foreign_school
UNION
SELECT {homeroom_id("r.school_code", "r.teacher_number")}
FROM p.raw_teacher r
JOIN readable l ON l.id = r.list_id
WHERE r.school_code = l.school AND {text("r.inactive_status_code")} IS NOT NULL
"""
"""Sections and homerooms whose own record says that they are inactive."""
# A school that does not state its type is an elementary one if it has no master schedule.
_ELEMENTARY = """
SELECT code
FROM aeries_school s
WHERE lower(coalesce(s.schedule_type, '')) IN ('elementary', 'elementaryandmasterschedule')
    OR (
        coalesce(s.schedule_type, '') = ''
        AND NOT EXISTS (
            SELECT 1
            FROM clean_section c
            WHERE c.school_code = s.code AND c.status IS NULL AND NOT c.foreign_school
        )
    )
"""
# A last day that can't be read is none that is past, a first day none that is to come.
_IS_MEMBER = f"""
    {text("m.inactive_status_code")} IS NULL
    AND NOT coalesce({date("m.end_date")} < :day AND NOT {is_bad_date(date("m.end_date"))}, 0)
    AND NOT coalesce({date("m.start_date")} > :day AND NOT {is_bad_date(date("m.start_date"))}, 0)
"""
_IS_LISTED = "status IS NULL AND NOT foreign_school"
_IS_OUT = "status IS NOT NULL AND NOT foreign_school"


def check_sections(plan: Plan, rules: Rules) -> None:
    """Fill the plan for section: master schedule and homerooms (design, section 4; contract, section 7)."""
    db = plan.connection
    db.execute(_CLEAN)
    db.execute(_TEACHERS)
    db.execute(_INACTIVE)
    db.execute(
        f"""
        INSERT OR IGNORE INTO new_section (
            section_id, school_code, section_number, teacher_number, homeroom,
            title, course_id, term, period, room, low_grade, high_grade
        )
        SELECT
            section_id, school_code, section_number, NULL, 0,
            NULL, course_id, term, period, room, low_grade, high_grade
        FROM clean_section
        WHERE {_IS_LISTED}
        ORDER BY row
        """
    )
    scheduled = number(plan, "SELECT count(*) FROM new_section")
    _retain_sections(plan)
    _homeroom_students(plan, rules)
    _scheduled_staff(plan, rules)
    _homerooms(plan)
    _forget_retained(plan)
    _count(plan, scheduled)
    compare(plan, SECTION, is_partial=rules.partial)
    if not rules.additions_only:
        deactivate(plan, SECTION, allowed(rules, SECTION, _is_gone()))
    _after(plan)


SECTIONS = Check(
    "sections",
    needs=(
        "readable", "mapped", "rejected", "foreign_record", "aeries_school",
        "ready_students", "ready_teachers", "ready_sections", "listed_homeroom",
        "new_school_enrollment", "retain_school_enrollment", "last_good_school_enrollment",
    ),
    makes=(
        "clean_section", "clean_teacher", "inactive_section", "homeroom_student", "scheduled_staff",
        "new_section", "retain_section", "plan_section", "not_in_section", "after_section",
    ),
    run=check_sections,
)  # fmt: skip


def _is_gone() -> str:
    """SQL: the section behind alias `g`, if it is not among those that are in, is positively gone."""
    school = "g.school_code"
    return f"""
        {unmapped(school)}
        OR (
            {ready("sections", school)}
            AND (NOT g.homeroom OR ({ready("teachers", school)} AND {ready("students", school)}))
        )
        OR g.section_id IN (SELECT section_id FROM inactive_section)
        """


def _homeroom_students(plan: Plan, rules: Rules) -> None:
    """`homeroom_student`: who names which teacher record as homeroom."""
    plan.connection.execute(
        f"""
        CREATE TABLE homeroom_student AS
        SELECT school_code, CAST(homeroom_teacher AS INTEGER) AS teacher_number, student_id
        FROM new_school_enrollment
        WHERE {is_teacher_number("homeroom_teacher")}
        """
    )
    if rules.partial:
        add_unread_homeroom_students(plan)
    plan.connection.execute(
        "CREATE INDEX homeroom_student_teacher ON homeroom_student (school_code, teacher_number)"
    )


def _scheduled_staff(plan: Plan, rules: Rules) -> None:
    """`scheduled_staff`: who has a scheduled section at a school; their teacher record is no homeroom."""
    plan.connection.execute(
        f"""
        CREATE TABLE scheduled_staff AS
        SELECT DISTINCT m.school_code, m.staff_id
        FROM p.raw_member m
        JOIN readable l ON l.id = m.list_id AND l.school IS m.school_code
        JOIN clean_section c ON c.school_code = m.school_code AND c.section_number = m.section_number
        WHERE c.status IS NULL AND NOT c.foreign_school AND {_IS_MEMBER}
        """,
        {"day": rules.day},
    )
    if rules.partial:
        add_unread_scheduled_staff(plan)
    # Of a section that can't be read its last good version says who has it (promise 3).
    plan.connection.execute(
        f"""
        INSERT INTO scheduled_staff (school_code, staff_id)
        SELECT g.school_code, g.staff_id
        FROM active_teaching g
        JOIN retain_section k ON k.section_id = g.section_id
        WHERE NOT {is_homeroom_id("g.section_id")}
        """
    )
    plan.connection.execute("CREATE INDEX scheduled_staff_key ON scheduled_staff (school_code, staff_id)")


def _homerooms(plan: Plan) -> None:
    """A homeroom is a section under Aeries' own OneRoster id `school_TN_teacher`, all year (term `Y`).

    Where the section list of a school could not be read nobody knows which teachers have
    sections, so no new homerooms are made there.
    """
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO new_section (
            section_id, school_code, section_number, teacher_number, homeroom,
            title, course_id, term, period, room, low_grade, high_grade
        )
        SELECT
            {homeroom_id("school_code", "teacher_number")}, school_code, NULL, teacher_number, 1,
            title, NULL, 'Y', NULL, room, low_grade, high_grade
        FROM clean_teacher t
        WHERE school_code IN ({_ELEMENTARY})
            AND {ready("sections", "t.school_code")}
            AND EXISTS (
                SELECT 1
                FROM homeroom_student h
                WHERE h.school_code = t.school_code AND h.teacher_number = t.teacher_number
            )
            AND NOT EXISTS (
                SELECT 1
                FROM scheduled_staff g
                WHERE g.school_code = t.school_code
                    AND g.staff_id IN (t.staff_id1, t.staff_id2, t.staff_id3)
            )
        ORDER BY row
        """
    )


def _retain_sections(plan: Plan) -> None:
    """An unreadable section or teacher record keeps its section, a rejected student the homeroom."""
    db = plan.connection
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_section (section_id)
        SELECT {section_id("school", "section_number")}
        FROM rejected
        WHERE endpoint = 'sections' AND part = '' AND section_number IS NOT NULL
        UNION
        SELECT {section_id("school", "section_number")}
        FROM foreign_record
        WHERE endpoint = 'sections' AND is_alone
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_section (section_id)
        SELECT {homeroom_id("school", "teacher_number")}
        FROM rejected
        WHERE endpoint = 'teachers' AND teacher_number IS NOT NULL
        UNION
        SELECT {homeroom_id("school", "teacher_number")}
        FROM foreign_record
        WHERE endpoint = 'teachers' AND is_alone
        """
    )
    _forget_retained(plan)
    # CROSS JOIN holds SQLite to this order: few students are retained, and there are very many enrollments.
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_section (section_id)
        SELECT e.section_id
        FROM retain_school_enrollment k
        CROSS JOIN active_enrollment e ON e.student_id = k.student_id AND e.school_code = k.school_code
        WHERE {is_homeroom_id("e.section_id")}
        """
    )


def _forget_retained(plan: Plan) -> None:
    """What is in by a row that was read: nothing of its last version is to stay, nor who taught it then."""
    plan.connection.execute(
        "DELETE FROM retain_section WHERE section_id IN (SELECT section_id FROM new_section)"
    )


def _count(plan: Plan, scheduled: int) -> None:
    """Count the section lists' rows, and each homeroom as one received: no list holds it (promise 5)."""
    homerooms = number(plan, "SELECT count(*) FROM new_section WHERE homeroom")
    foreign = number(plan, "SELECT count(*) FROM clean_section WHERE foreign_school")
    repeated = number(plan, f"SELECT count(*) FROM clean_section WHERE {_IS_LISTED}") - scheduled
    out = number(
        plan,
        f"""
        SELECT count(*)
        FROM (
            SELECT section_id FROM clean_section WHERE {_IS_OUT}
            EXCEPT
            SELECT section_id FROM new_section
        )
        """,
    )
    out_again = number(plan, f"SELECT count(*) FROM clean_section WHERE {_IS_OUT}") - out
    add_count(
        plan,
        "section",
        received=received(plan, "sections") + homerooms,
        rejected=unreadable(plan, "sections") + foreign,
        duplicate=repeated + out_again,
        out_of_scope=out,
    )


def _after(plan: Plan) -> None:
    """`after_section`: the whole active sections once the plan is applied, last good ones included."""
    db = plan.connection
    db.execute(
        """
        CREATE TABLE after_section (
            section_id TEXT PRIMARY KEY, school_code INTEGER, section_number INTEGER,
            teacher_number INTEGER, homeroom INTEGER, course_id TEXT, term TEXT, is_new INTEGER
        ) WITHOUT ROWID
        """
    )
    columns = "section_id, school_code, section_number, teacher_number, homeroom, course_id, term"
    db.execute(f"INSERT INTO after_section ({columns}, is_new) SELECT {columns}, 1 FROM new_section")
    db.execute(
        f"""
        INSERT INTO after_section ({columns}, is_new)
        SELECT {columns}, 0
        FROM not_in_section g
        WHERE NOT EXISTS (
            SELECT 1
            FROM plan_section d
            WHERE d.section_id = g.section_id AND d.action = 'deactivated'
        )
        """
    )
    db.execute("CREATE INDEX after_section_teacher ON after_section (school_code, teacher_number)")
