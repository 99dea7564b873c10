"""What is odd about the roster as a whole: students without sections, sections without people."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import SECTION
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.books import describe
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.prepare import district_ready, ready
from aeries_tui.pull.stages.check.rules import Rules


def check_findings(plan: Plan, rules: Rules) -> None:
    """Warn about people and sections that a school's office will want to look at.

    Sections of a term that does not run today are left alone: half of all sections have
    no students before their semester begins.
    """
    _count_people(plan)
    _current_sections(plan, rules)
    _describe_sections(plan)
    _describe_students(plan)
    _describe_terms(plan)


FINDINGS = Check(
    "findings",
    needs=(
        "ready", "ready_students", "ready_sections", "ready_classes", "term", "new_student", "new_section",
        "new_enrollment", "retain_enrollment", "new_teaching", "clean_section", "judged_member",
    ),
    makes=("enrolled_student", "roster_size", "teacher_count", "current_section"),
    run=check_findings,
)  # fmt: skip


def _count_people(plan: Plan) -> None:
    """`enrolled_student`, `roster_size`, `teacher_count`: who is in any section, and how many are in each."""
    db = plan.connection
    db.execute(
        """
        CREATE TABLE enrolled_student AS
        SELECT DISTINCT student_id
        FROM (
            SELECT student_id FROM new_enrollment
            UNION ALL
            SELECT student_id FROM retain_enrollment
        )
        """
    )
    db.execute("CREATE UNIQUE INDEX enrolled_student_id ON enrolled_student (student_id)")
    for table, source in (("roster_size", "new_enrollment"), ("teacher_count", "new_teaching")):
        db.execute(f"CREATE TABLE {table} (section_id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")
        db.execute(
            f"""
            INSERT INTO {table} (section_id, n)
            SELECT section_id, count(*)
            FROM {source}
            GROUP BY section_id
            """
        )


def _current_sections(plan: Plan, rules: Rules) -> None:
    """`current_section`: the sections of terms that run on the day, and how many people each has.

    Of a section that stands twice in its list the first row counts, as in `new_section`. One whose term its
    school does not have is current. `named` is true where somebody is named who is not in the staff list:
    that is told as REF-STAFF.
    """
    plan.connection.execute(
        f"""
        CREATE TABLE current_section AS
        SELECT
            s.section_id,
            s.school_code,
            c.total_students,
            coalesce(r.n, 0) AS students,
            coalesce(t.n, 0) AS teachers,
            s.section_id IN (SELECT section_id FROM judged_member WHERE state = '{Code.REF_STAFF}') AS named,
            coalesce(
                (
                    SELECT sum(e.rows)
                    FROM p.erased_seat e
                    WHERE e.school_code = s.school_code AND e.section_number = s.section_number
                ),
                0
            ) AS erased
        FROM new_section s
        LEFT JOIN (
            SELECT section_id, min(row) AS row
            FROM clean_section
            WHERE status IS NULL AND NOT foreign_school
            GROUP BY section_id
        ) f ON f.section_id = s.section_id
        LEFT JOIN clean_section c ON c.row = f.row
        LEFT JOIN roster_size r ON r.section_id = s.section_id
        LEFT JOIN teacher_count t ON t.section_id = s.section_id
        WHERE NOT EXISTS (
            SELECT 1
            FROM term k
            WHERE k.school_code = s.school_code
                AND k.term_code = s.term
                AND (k.start_date > :day OR k.end_date < :day)
        )
        """,
        {"day": rules.day},
    )


def _describe_sections(plan: Plan) -> None:
    rosters_are_read = f"{ready('classes', 'school_code')} AND {ready('students', 'school_code')}"
    describe(
        plan,
        Code.SECTION_NO_STUDENTS,
        "section",
        f"""
        SELECT section_id, school_code, NULL, 'The section has no students today.'
        FROM current_section
        WHERE students = 0 AND {rosters_are_read}
        """,
    )
    describe(
        plan,
        Code.SECTION_COUNT,
        "section",
        f"""
        SELECT
            section_id, school_code, 'TotalStudents',
            'Aeries counts ' || total_students || ' students, the roster has ' || students || '.'
        FROM current_section
        WHERE students > 0
            AND total_students IS NOT NULL
            -- Aeries still counts who was erased.
            AND total_students NOT BETWEEN students AND students + erased
            AND {rosters_are_read}
        """,
    )
    describe(
        plan,
        Code.SECTION_NO_TEACHER,
        "section",
        f"""
        SELECT section_id, school_code, 'SectionStaffMembers', 'The section has no teacher.'
        FROM current_section
        WHERE teachers = 0 AND named = 0 AND {district_ready("staff")}
        """,
    )


def _describe_students(plan: Plan) -> None:
    describe(
        plan,
        Code.STUDENT_NO_SECTION,
        "student",
        f"""
        SELECT student_id, primary_school, NULL, 'The student is in no section today.'
        FROM new_student n
        WHERE {ready("classes", "primary_school")}
            AND {ready("sections", "primary_school")}
            AND NOT EXISTS (SELECT 1 FROM enrolled_student e WHERE e.student_id = n.student_id)
        """,
    )


def _describe_terms(plan: Plan) -> None:
    # A school without any terms keeps none: then what its sections name is not wrong.
    describe(
        plan,
        Code.REF_TERM,
        "section",
        f"""
        SELECT section_id, school_code, '{SECTION.wire("term")}', 'Term ' || term || ' is not a term of the school.'
        FROM new_section s
        WHERE term IS NOT NULL
            AND NOT homeroom
            AND school_code IN (SELECT school_code FROM term)
            AND NOT EXISTS (
                SELECT 1
                FROM term t
                WHERE t.school_code = s.school_code AND t.term_code = s.term
            )
        """,
    )
