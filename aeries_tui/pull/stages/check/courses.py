"""Judging the course list: the courses that an active section uses."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import COURSE
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.pull.stages.check.delta import allowed, asked_for
from aeries_tui.pull.stages.check.sql import (
    Rules,
    add_count,
    all_ready,
    describe,
    district_ready,
    number,
    text,
)

_CLEAN = f"""
CREATE TABLE clean_course AS
SELECT r.rowid AS row, {text("r.id")} AS course_id, {text("r.title")} AS title,
    {text("r.long_description")} AS long_description, {text("r.department_code")} AS department,
    {text("r.subject_area1_code")} AS subject_area, {text("r.state_course_code")} AS state_course_code,
    iif(typeof(r.low_grade) = 'integer', r.low_grade, NULL) AS low_grade,
    iif(typeof(r.high_grade) = 'integer', r.high_grade, NULL) AS high_grade
FROM p.raw_course r WHERE r.list_id IN (SELECT id FROM readable)
"""


def check_courses(plan: Plan, rules: Rules) -> None:
    """Fill the plan for course. A course is keyed by its trimmed id (contract, section 7, courses)."""
    db = plan.connection
    db.execute(_CLEAN)
    db.execute("CREATE TABLE used_course (course_id TEXT PRIMARY KEY) WITHOUT ROWID")
    db.execute(
        "INSERT OR IGNORE INTO used_course SELECT course_id FROM after_section WHERE course_id IS NOT NULL"
    )
    db.execute(
        "INSERT OR IGNORE INTO new_course SELECT course_id, title, long_description, department, subject_area, "
        "state_course_code, low_grade, high_grade FROM clean_course WHERE course_id IN (SELECT course_id FROM "
        "used_course) ORDER BY row"
    )
    db.execute(
        f"INSERT OR IGNORE INTO retain_course SELECT {text('b.record_id')} FROM p.rejected_record b JOIN p.list l "
        f"ON l.id = b.list_id WHERE l.endpoint = 'courses' AND {text('b.record_id')} IS NOT NULL"
    )
    _count(plan)
    compare(plan, COURSE)
    if not rules.additions_only:
        gone = f"{district_ready('courses')} AND {all_ready('sections')}"
        deactivate(plan, COURSE, allowed(rules, COURSE, gone))
    describe(
        plan, Code.REF_COURSE, "section",
        "SELECT section_id, school_code, 'CourseID', 'Course ' || course_id || ' is not in the course list.' "
        f"FROM after_section WHERE is_new AND course_id IS NOT NULL AND {asked_for(rules, district_ready('courses'))} "
        "AND course_id NOT IN (SELECT course_id FROM new_course UNION SELECT course_id FROM retain_course"
        + (" UNION SELECT course_id FROM active_course)" if rules.partial else ")"),
    )  # fmt: skip


def _count(plan: Plan) -> None:
    lists = "SELECT id FROM readable WHERE id IN (SELECT id FROM p.list WHERE endpoint = 'courses')"
    received = number(plan, f"SELECT sum(received) FROM p.list WHERE id IN ({lists})")
    unreadable = number(
        plan, f"SELECT count(*) FROM p.rejected_record WHERE part = '' AND list_id IN ({lists})"
    )
    unnamed = number(plan, "SELECT count(*) FROM clean_course WHERE course_id IS NULL")
    rows = number(plan, "SELECT count(*) FROM clean_course WHERE course_id IS NOT NULL")
    distinct = number(plan, "SELECT count(DISTINCT course_id) FROM clean_course")
    included = number(plan, "SELECT count(*) FROM new_course")
    add_count(
        plan, "course", received=received, rejected=unreadable + unnamed, out_of_scope=distinct - included,
        duplicate=rows - distinct,
    )  # fmt: skip
    if unnamed:
        describe(
            plan, Code.REC_REQUIRED, "course",
            "SELECT 'row ' || row, NULL, 'ID', 'The course id is missing.' FROM clean_course WHERE course_id IS NULL",
        )  # fmt: skip
