"""Judging the student lists: who is enrolled at which school."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT, STUDENT
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.pull.stages.check.books import add_count, describe, number, received, unreadable
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import allowed
from aeries_tui.pull.stages.check.identity import describe_others, leave_out_others
from aeries_tui.pull.stages.check.kept_values import Person, describe_kept, keep_values
from aeries_tui.pull.stages.check.omitted import digests, drop_values
from aeries_tui.pull.stages.check.prepare import know_dates, ready, unmapped
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import text

LOWEST_GRADE, HIGHEST_GRADE = -2, 18  # contract, section 7, Grade

_GRADE_FITS = f"(typeof(r.grade) = 'integer' AND r.grade BETWEEN {LOWEST_GRADE} AND {HIGHEST_GRADE})"
_CLEAN = f"""
SELECT
    r.rowid AS row,
    r.school_code,
    r.student_id,
    r.student_number,
    {text("r.state_student_id")} AS state_student_id,
    {text("r.last_name")} AS last_name,
    {text("r.first_name")} AS first_name,
    {text("r.middle_name")} AS middle_name,
    {text("r.last_name_alias")} AS preferred_last_name,
    {text("r.first_name_alias")} AS preferred_first_name,
    {text("r.gender")} AS gender,
    iif({_GRADE_FITS}, r.grade, NULL) AS grade,
    iif({_GRADE_FITS}, NULL, r.grade) AS odd_grade,
    iif(birth.is_bad, NULL, birth.day) AS birthdate,
    iif(enter.is_bad, NULL, enter.day) AS enter_date,
    iif(leave.is_bad, NULL, leave.day) AS leave_date,
    birth.is_bad AS is_odd_birthdate,
    enter.is_bad AS is_odd_enter_date,
    leave.is_bad AS is_odd_leave_date,
    {text("r.inactive_status_code")} AS status,
    {text("r.student_email_address")} AS email,
    {text("r.network_login_id")} AS login_id,
    {text("r.home_room_teacher_number")} AS homeroom_teacher,
    {text("r.track")} AS track,
    r.school_code IS NOT l.school AS foreign_school
FROM p.raw_student r
JOIN readable l ON l.id = r.list_id
LEFT JOIN wire_date birth ON birth.text = r.birthdate
LEFT JOIN wire_date enter ON enter.text = r.school_enter_date
LEFT JOIN wire_date leave ON leave.text = r.school_leave_date
"""
_PROBLEM = f"""
CASE
    WHEN foreign_school THEN '{Code.REF_SCHOOL}'
    -- Of somebody who has left nothing else matters.
    WHEN status IS NOT NULL THEN NULL
    WHEN last_name IS NULL AND first_name IS NULL THEN '{Code.REC_REQUIRED}'
END
"""
IS_IN = "problem IS NULL AND status IS NULL"
"""SQL: the record of `clean_student` is in."""
_ODD_DATE = "'The date cannot be read or does not exist.'"
_ODD_GRADE = f"'Grade ' || odd_grade || ' is outside {LOWEST_GRADE} to {HIGHEST_GRADE}.'"
_STUDENTS = Person(
    "student",
    "clean_student",
    IS_IN,
    kinds=(STUDENT, SCHOOL_ENROLLMENT),
    wanted=("gender", "grade", "birthdate"),
    odd=(
        ("is_odd_birthdate", "birthdate", Code.REC_DATE, _ODD_DATE),
        ("is_odd_enter_date", "enter_date", Code.REC_DATE, _ODD_DATE),
        ("is_odd_leave_date", "leave_date", Code.REC_DATE, _ODD_DATE),
        ("odd_grade IS NOT NULL", "grade", Code.REC_GRADE, _ODD_GRADE),
    ),
    school="school_code",
)
HAS_LEFT = "problem IS NULL AND status IS NOT NULL"
"""SQL: the record of `clean_student` says that the student is not active there."""


def check_students(plan: Plan, rules: Rules) -> None:
    """Fill the plan for school_enrollment from the staged student lists.

    Who is in: design, section 4; grades, dates and status: contract, section 7.
    """
    know_dates(plan, "raw_student", "birthdate", "school_enter_date", "school_leave_date")
    person = _STUDENTS.without(rules.omitted("student", "school_enrollment"))
    plan.connection.execute(
        f"""
        CREATE TABLE clean_student AS
        SELECT q.*, {_PROBLEM} AS problem, {digests(person)}
        FROM ({_CLEAN}) q
        ORDER BY q.row
        """
    )
    _leave_out_others(plan, rules.day, person.omitted)
    drop_values(plan, person)
    keep_values(plan, person)
    _note_who_left(plan)
    _judge_records(plan)
    _retain_records(plan)
    _count_records(plan)
    _describe_records(plan)
    compare(plan, SCHOOL_ENROLLMENT, is_partial=rules.partial)
    if not rules.additions_only:
        deactivate(plan, SCHOOL_ENROLLMENT, is_gone(rules))
    view_after(plan, SCHOOL_ENROLLMENT)


STUDENTS = Check(
    "students",
    needs=("wire_date", "readable", "mapped", "rejected", "bad_value", "foreign_record", "ready_students", "whole_student"),
    makes=(
        "clean_student", "flawed_student", "kept_student_value", "left_student", "changed_student", "stranger_student", "reject_student", "error:student",
        "new_school_enrollment", "retain_school_enrollment", "plan_school_enrollment",
        "not_in_school_enrollment", "last_good_school_enrollment", "after_school_enrollment",
    ),
    run=check_students,
)  # fmt: skip


def first_counts(day: str) -> str:
    """SQL: the order in which the first record of `clean_student` of a person is at their primary school on the day."""
    return f"coalesce(enter_date > '{day}', 0), enter_date DESC, school_code, row"


def is_gone(rules: Rules) -> str:
    """SQL: the record at a school behind alias `g`, if not among those that are in, is positively gone."""
    listed = f"""
        {unmapped("g.school_code")}
        OR {ready("students", "g.school_code")}
        OR EXISTS (
            SELECT 1
            FROM left_student h
            WHERE h.student_id = g.student_id AND h.school_code = g.school_code
        )
        """
    return allowed(rules, SCHOOL_ENROLLMENT, listed)


def _note_who_left(plan: Plan) -> None:
    """`left_student`: whose own record says that they are not active at a school, whatever else was not read."""
    plan.connection.execute(
        """
        CREATE TABLE left_student (
            student_id INTEGER, school_code INTEGER,
            PRIMARY KEY (student_id, school_code)
        ) WITHOUT ROWID
        """
    )
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO left_student (student_id, school_code)
        SELECT student_id, school_code
        FROM clean_student
        WHERE {HAS_LEFT}
        """
    )


def _leave_out_others(plan: Plan, day: str, omitted: frozenset[str]) -> None:
    """Records under an id that stands for another person now have a problem, at whichever school (REC-IDENTITY)."""
    leave_out_others(
        plan, "student", is_in=IS_IN, first=first_counts(day), school="school_code", omitted=omitted
    )
    if number(plan, "SELECT count(*) FROM stranger_student"):
        plan.connection.execute(
            f"""
            UPDATE clean_student
            SET problem = '{Code.REC_IDENTITY}'
            WHERE {IS_IN} AND student_id IN (SELECT student_id FROM stranger_student)
            """
        )


def _judge_records(plan: Plan) -> None:
    # The table was filled in the order of `row`; by rowid it is read in that without being sorted.
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO new_school_enrollment (
            school_code, student_id, student_number, grade, enter_date, leave_date, homeroom_teacher, track
        )
        SELECT school_code, student_id, student_number, grade, enter_date, leave_date, homeroom_teacher, track
        FROM clean_student
        WHERE {IS_IN}
        ORDER BY rowid
        """
    )
    # Where the same list holds a right record of the student at the school as well, the wrong one is only its
    # duplicate. A record of another school than the list's is rejected in any case.
    plan.connection.execute(
        f"""
        CREATE TABLE reject_student AS
        SELECT *
        FROM clean_student c
        WHERE problem IS NOT NULL
            AND (
                problem = '{Code.REF_SCHOOL}'
                OR NOT EXISTS (
                    SELECT 1
                    FROM new_school_enrollment n
                    WHERE n.school_code = c.school_code AND n.student_id = c.student_id
                )
            )
        """
    )


def _retain_records(plan: Plan) -> None:
    """What was rejected keeps its last good version (promise 3)."""
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO retain_school_enrollment (school_code, student_id)
        SELECT school_code, student_id
        FROM reject_student
        WHERE problem <> '{Code.REF_SCHOOL}'
        """
    )
    plan.connection.execute(
        """
        INSERT OR IGNORE INTO retain_school_enrollment (school_code, student_id)
        SELECT school, student_id
        FROM rejected
        WHERE endpoint = 'students' AND student_id IS NOT NULL
        UNION
        SELECT school, student_id
        FROM foreign_record
        WHERE endpoint = 'students' AND is_alone
        """
    )
    # Who is in by another row of the list is; nothing of the last version is to stay.
    plan.connection.execute(
        """
        DELETE FROM retain_school_enrollment
        WHERE (school_code, student_id) IN (SELECT school_code, student_id FROM new_school_enrollment)
        """
    )
    plan.connection.execute(
        """
        INSERT OR IGNORE INTO retain_school_enrollment (school_code, student_id)
        SELECT school_code, student_id
        FROM active_school_enrollment
        WHERE student_id IN (SELECT student_id FROM stranger_student)
            AND school_code IN (SELECT school FROM mapped)
        """
    )


def _count_records(plan: Plan) -> None:
    """Count the rows of the student lists, so that each ends as exactly one thing (promise 5).

    `received` is every row of the lists that are used. A row could not be read (`unreadable`), or it is a row
    of `clean_student`, and of these each is one of three:

    - it is in: the first of a student at a school makes the new record, the rest are duplicates of it;
    - it has a problem: it is rejected, or the duplicate of a right record (see `reject_student`);
    - it says that the student has left: it is out of scope, but for the second such row of the same student
      and school, and for one beside a row that is in; those are duplicates.

    So `rejected + duplicate + out_of_scope`, and the new records, which `count_actions` sorts into created,
    updated, unchanged and reactivated, come to `received`.
    """
    included = number(plan, "SELECT count(*) FROM new_school_enrollment")
    rejected = number(plan, "SELECT count(*) FROM reject_student")
    left = number(
        plan,
        """
        SELECT count(*)
        FROM left_student h
        WHERE NOT EXISTS (
            SELECT 1
            FROM new_school_enrollment n
            WHERE n.school_code = h.school_code AND n.student_id = h.student_id
        )
        """,
    )
    sums = ", ".join(f"count(*) FILTER (WHERE {what})" for what in (IS_IN, "problem IS NOT NULL", HAS_LEFT))
    rows_in, wrong, rows_left = plan.connection.execute(f"SELECT {sums} FROM clean_student").fetchone()
    repeated = rows_in - included
    wrong_beside_right = wrong - rejected
    left_again = rows_left - left
    add_count(
        plan,
        "school_enrollment",
        received=received(plan, "students"),
        rejected=rejected + unreadable(plan, "students"),
        duplicate=repeated + wrong_beside_right + left_again,
        out_of_scope=left,
    )


def _describe_records(plan: Plan) -> None:
    describe(
        plan,
        Code.REC_REQUIRED,
        "student",
        f"""
        SELECT student_id, school_code, '{STUDENT.wire("last_name")}', 'The name is missing.'
        FROM reject_student
        WHERE problem = '{Code.REC_REQUIRED}'
        ORDER BY row
        """,
    )
    describe_kept(plan, _STUDENTS)
    describe_others(plan, "student", "1")
    _describe_repeated(plan)


def _describe_repeated(plan: Plan) -> None:
    # To look for different content takes long, and most days no list holds anybody twice.
    if number(
        plan,
        f"SELECT count(*) > (SELECT count(*) FROM new_school_enrollment) FROM clean_student WHERE {IS_IN}",
    ):
        describe(
            plan,
            Code.REC_DUPLICATE,
            "student",
            f"""
            SELECT
                student_id, school_code, NULL,
                'The list of the school holds this student more than once, with different content: student numbers '
                || group_concat(coalesce(student_number, 'none'), ', ') || '; the first was kept.'
            FROM (
                SELECT DISTINCT
                    school_code, student_id, student_number, last_name, first_name, grade,
                    homeroom_teacher, email
                FROM clean_student
                WHERE {IS_IN}
                ORDER BY row
            )
            GROUP BY school_code, student_id
            HAVING count(*) > 1
            """,
        )
