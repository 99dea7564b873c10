"""Judging the course list: the courses that an active section uses."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import COURSE, SECTION
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.pull.stages.check.books import add_count, describe, number, received, unreadable
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import allowed, asked_for
from aeries_tui.pull.stages.check.prepare import all_ready, district_ready, readable
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import text, whole_number

_CLEAN = f"""
CREATE TABLE clean_course AS
SELECT
    r.rowid AS row,
    {text("r.id")} AS course_id,
    {text("r.title")} AS title,
    {text("r.long_description")} AS long_description,
    {text("r.department_code")} AS department,
    {text("r.subject_area1_code")} AS subject_area,
    {text("r.state_course_code")} AS state_course_code,
    {whole_number("r.low_grade")} AS low_grade,
    {whole_number("r.high_grade")} AS high_grade
FROM p.raw_course r
WHERE r.list_id IN (SELECT id FROM readable)
"""


def check_courses(plan: Plan, rules: Rules) -> None:
    """Fill the plan for course. A course is keyed by its trimmed id (contract, section 7, courses)."""
    db = plan.connection
    db.execute(_CLEAN)
    db.execute("CREATE TABLE used_course (course_id TEXT PRIMARY KEY) WITHOUT ROWID")
    db.execute(
        """
        INSERT OR IGNORE INTO used_course (course_id)
        SELECT course_id
        FROM after_section
        WHERE course_id IS NOT NULL
        """
    )
    db.execute(
        """
        INSERT OR IGNORE INTO new_course (
            course_id, title, long_description, department, subject_area, state_course_code,
            low_grade, high_grade
        )
        SELECT
            course_id, title, long_description, department, subject_area, state_course_code,
            low_grade, high_grade
        FROM clean_course
        WHERE course_id IN (SELECT course_id FROM used_course)
        ORDER BY row
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_course (course_id)
        SELECT {text("record_id")}
        FROM rejected
        WHERE endpoint = 'courses' AND {text("record_id")} IS NOT NULL
        """
    )
    _count(plan)
    compare(plan, COURSE, is_partial=rules.partial)
    if not rules.additions_only:
        is_gone = f"{district_ready('courses')} AND {all_ready('sections')}"
        deactivate(plan, COURSE, allowed(rules, COURSE, is_gone))
    _describe_missing(plan, rules)


COURSES = Check(
    "courses",
    needs=("readable", "mapped", "rejected", "ready", "ready_sections", "after_section"),
    makes=(
        "clean_course", "used_course", "new_course", "retain_course", "plan_course", "not_in_course",
        "error:course",
    ),
    run=check_courses,
)  # fmt: skip


def _count(plan: Plan) -> None:
    """Count the rows of the list: the first of a course counts, the rest are its duplicates (promise 5)."""
    nameless = number(plan, "SELECT count(*) FROM clean_course WHERE course_id IS NULL")
    named = number(plan, "SELECT count(*) FROM clean_course WHERE course_id IS NOT NULL")
    courses = number(plan, "SELECT count(DISTINCT course_id) FROM clean_course")
    included = number(plan, "SELECT count(*) FROM new_course")
    add_count(
        plan,
        "course",
        received=received(plan, "courses"),
        rejected=unreadable(plan, "courses") + nameless,
        out_of_scope=courses - included,
        duplicate=named - courses,
    )
    describe(
        plan,
        Code.REC_REQUIRED,
        "course",
        f"""
        SELECT 'row ' || row, NULL, '{COURSE.wire("course_id")}', 'The course id is missing.'
        FROM clean_course
        WHERE course_id IS NULL
        """,
    )


def _describe_missing(plan: Plan, rules: Rules) -> None:
    # A quick pull did not read the whole list: there the Master's courses are known too.
    known = "UNION SELECT course_id FROM active_course" if rules.partial else ""
    describe(
        plan,
        Code.REF_COURSE,
        "section",
        f"""
        SELECT section_id, school_code, '{SECTION.wire("course_id")}', 'Course ' || course_id || ' is not in the course list.'
        FROM after_section
        WHERE is_new
            AND course_id IS NOT NULL
            AND {asked_for(rules, readable("courses"))}
            AND course_id NOT IN (
                SELECT course_id FROM new_course
                UNION
                SELECT course_id FROM retain_course
                {known}
            )
        """,
    )
