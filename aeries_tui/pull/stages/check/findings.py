"""What is odd about the roster as a whole: students without sections, sections without people."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.sql import Rules, describe, district_ready, ready


def check_findings(plan: Plan, rules: Rules) -> None:
    """Warn about people and sections that a school's office will want to look at.

    Sections of a term that does not run today are left alone: half of all sections have
    no students before their semester begins.
    """
    _current_sections(plan, rules)
    school = "c.school_code"
    lists = f"{ready('classes', school)} AND {ready('students', school)}"
    describe(
        plan, Code.SECTION_NO_STUDENTS, "section",
        "SELECT c.section_id, c.school_code, NULL, 'The section has no students today.' FROM current_section c "
        f"WHERE c.students = 0 AND {lists}",
    )  # fmt: skip
    describe(
        plan, Code.SECTION_COUNT, "section",
        "SELECT c.section_id, c.school_code, 'TotalStudents', 'Aeries counts ' || c.total_students || "
        "' students, the roster has ' || c.students || '.' FROM current_section c WHERE c.students > 0 "
        f"AND c.total_students IS NOT NULL AND c.total_students <> c.students AND {lists}",
    )  # fmt: skip
    describe(
        plan, Code.SECTION_NO_TEACHER, "section",
        "SELECT c.section_id, c.school_code, 'SectionStaffMembers', 'The section has no teacher.' "
        f"FROM current_section c WHERE c.teachers = 0 AND c.named = 0 AND {district_ready('staff')}",
    )  # fmt: skip
    describe(
        plan, Code.STUDENT_NO_SECTION, "student",
        "SELECT n.student_id, n.primary_school, NULL, 'The student is in no section today.' FROM new_student n "
        f"WHERE {ready('classes', 'n.primary_school')} AND {ready('sections', 'n.primary_school')} AND NOT EXISTS "
        "(SELECT 1 FROM enrolled_student e WHERE e.student_id = n.student_id)",
    )  # fmt: skip
    describe(
        plan, Code.REF_TERM, "section",
        "SELECT s.section_id, s.school_code, 'Semester', 'Term ' || s.term || ' is not a term of the school.' "
        "FROM new_section s WHERE s.term IS NOT NULL AND NOT s.homeroom AND s.school_code IN (SELECT school_code "
        "FROM term) AND NOT EXISTS (SELECT 1 FROM term t WHERE t.school_code = s.school_code AND t.term_code = s.term)",
    )  # fmt: skip


def _current_sections(plan: Plan, rules: Rules) -> None:
    db = plan.connection
    db.execute(
        "CREATE TABLE enrolled_student AS SELECT DISTINCT student_id FROM (SELECT student_id FROM new_enrollment "
        "UNION ALL SELECT student_id FROM retain_enrollment)"
    )
    db.execute("CREATE UNIQUE INDEX enrolled_student_id ON enrolled_student (student_id)")
    for table, source in (("roster_size", "new_enrollment"), ("teacher_count", "new_teaching")):
        db.execute(f"CREATE TABLE {table} (section_id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")
        db.execute(f"INSERT INTO {table} SELECT section_id, count(*) FROM {source} GROUP BY 1")
    db.execute(
        "CREATE TABLE current_section AS SELECT s.section_id, s.school_code, c.total_students, "
        "coalesce(r.n, 0) AS students, coalesce(t.n, 0) AS teachers, s.section_id IN (SELECT section_id "
        "FROM judged_member WHERE state = 'REF-STAFF') AS named FROM new_section s "
        "LEFT JOIN (SELECT section_id, min(row) AS row FROM clean_section WHERE status IS NULL GROUP BY 1) f "
        "ON f.section_id = s.section_id LEFT JOIN clean_section c ON c.row = f.row "
        "LEFT JOIN roster_size r ON r.section_id = s.section_id "
        "LEFT JOIN teacher_count t ON t.section_id = s.section_id WHERE NOT EXISTS (SELECT 1 FROM term k WHERE "
        "k.school_code = s.school_code AND k.term_code = s.term AND (k.start_date > ? OR k.end_date < ?))",
        (rules.day, rules.day),
    )
