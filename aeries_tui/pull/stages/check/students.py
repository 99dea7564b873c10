"""Judging the student lists: who is enrolled at which school, and who is a student."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT, STUDENT, columns_sql
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.pull.stages.check.delta import allowed
from aeries_tui.pull.stages.check.sql import (
    Rules,
    add_count,
    all_ready,
    describe,
    is_bad_date,
    is_bad_email,
    know_dates,
    number,
    ready,
    text,
    unmapped,
)

LOWEST_GRADE, HIGHEST_GRADE = -2, 18  # contract, section 7, Grade

_CLEAN = f"""
CREATE TABLE clean_student AS
SELECT q.*, CASE
    WHEN foreign_school THEN 'REF-SCHOOL' WHEN status IS NOT NULL THEN NULL
    WHEN last_name IS NULL OR first_name IS NULL THEN 'REC-REQUIRED'
    WHEN grade_text IS NOT NULL AND (typeof(grade_text) <> 'integer'
        OR grade_text NOT BETWEEN {LOWEST_GRADE} AND {HIGHEST_GRADE}) THEN 'REC-GRADE'
    WHEN bad_date THEN 'REC-DATE' END AS problem
FROM (SELECT r.rowid AS row, r.school_code, r.student_id, r.student_number,
    {text("r.state_student_id")} AS state_student_id, {text("r.last_name")} AS last_name,
    {text("r.first_name")} AS first_name, {text("r.middle_name")} AS middle_name,
    {text("r.last_name_alias")} AS preferred_last_name, {text("r.first_name_alias")} AS preferred_first_name,
    {text("r.gender")} AS gender, r.grade AS grade_text, b.day AS birthdate,
    e.day AS enter_date, v.day AS leave_date, coalesce(b.is_bad OR e.is_bad OR v.is_bad, 0) AS bad_date,
    {text("r.inactive_status_code")} AS status, {text("r.student_email_address")} AS email,
    {text("r.network_login_id")} AS login_id, {text("r.home_room_teacher_number")} AS homeroom_teacher,
    {text("r.track")} AS track, r.school_code IS NOT l.school AS foreign_school
  FROM p.raw_student r JOIN readable l ON l.id = r.list_id LEFT JOIN wire_date b ON b.text = r.birthdate
  LEFT JOIN wire_date e ON e.text = r.school_enter_date LEFT JOIN wire_date v ON v.text = r.school_leave_date) q
"""
_KEY = "school_code, student_id"
_IN = "problem IS NULL AND status IS NULL"


def check_students(plan: Plan, rules: Rules) -> None:
    """Fill the plan for school_enrollment and student from the staged student lists.

    Who is in: design, section 4; grades, dates and status: contract, section 7.
    """
    know_dates(plan, "raw_student", "birthdate", "school_enter_date", "school_leave_date")
    plan.connection.execute(_CLEAN)
    plan.connection.execute(
        f"INSERT OR IGNORE INTO new_school_enrollment SELECT {_KEY}, student_number, grade_text, enter_date, "
        f"leave_date, homeroom_teacher, track FROM clean_student WHERE {_IN} ORDER BY row"
    )
    plan.connection.execute("CREATE TABLE reject_student AS SELECT * FROM clean_student c "
        "WHERE problem IS NOT NULL AND (problem = 'REF-SCHOOL' OR NOT EXISTS "
        "(SELECT 1 FROM new_school_enrollment n WHERE n.school_code = c.school_code AND n.student_id = c.student_id))")  # fmt: skip
    _keep_last_good(plan)
    _count_records(plan)
    _describe_records(plan)
    compare(plan, SCHOOL_ENROLLMENT)
    if not rules.additions_only:
        deactivate(plan, SCHOOL_ENROLLMENT, _gone(rules))
    view_after(plan, SCHOOL_ENROLLMENT)
    _people(plan, rules)


def _gone(rules: Rules) -> str:
    """SQL: the record at a school behind alias `g`, if it is not among those that are in, is positively gone."""
    listed = f"{unmapped('g.school_code')} OR {ready('students', 'g.school_code')}"
    return allowed(rules, SCHOOL_ENROLLMENT, listed)


def _keep_last_good(plan: Plan) -> None:
    """What was rejected keeps its last good version (promise 3)."""
    plan.connection.execute(
        f"INSERT OR IGNORE INTO retain_school_enrollment SELECT {_KEY} FROM reject_student WHERE problem <> 'REF-SCHOOL'"
    )
    plan.connection.execute(
        "INSERT OR IGNORE INTO retain_school_enrollment SELECT coalesce(b.school, l.school), b.student_id "
        "FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = 'students' AND b.student_id IS NOT NULL"
    )


def _count_records(plan: Plan) -> None:
    lists = "SELECT id FROM readable WHERE id IN (SELECT id FROM p.list WHERE endpoint = 'students')"
    received = number(plan, f"SELECT sum(received) FROM p.list WHERE id IN ({lists})")
    unreadable = number(
        plan, f"SELECT count(*) FROM p.rejected_record WHERE part = '' AND list_id IN ({lists})"
    )
    rejected = number(plan, "SELECT count(*) FROM reject_student")
    included = number(plan, "SELECT count(*) FROM new_school_enrollment")
    again = number(plan, f"SELECT count(*) FROM clean_student WHERE {_IN}") - included
    shadowed = number(plan, "SELECT count(*) FROM clean_student WHERE problem IS NOT NULL") - rejected
    out_rows = number(plan, "SELECT count(*) FROM clean_student WHERE problem IS NULL AND status IS NOT NULL")
    out = number(
        plan,
        f"SELECT count(*) FROM (SELECT DISTINCT {_KEY} FROM clean_student WHERE problem IS NULL "
        f"AND status IS NOT NULL EXCEPT SELECT {_KEY} FROM new_school_enrollment)",
    )
    add_count(
        plan, "school_enrollment", received=received, rejected=rejected + unreadable,
        duplicate=again + shadowed + out_rows - out, out_of_scope=out,
    )  # fmt: skip


def _describe_records(plan: Plan) -> None:
    messages = {
        Code.REC_REQUIRED: ("iif(last_name IS NULL, 'LastName', 'FirstName')", "'The name is missing.'"),
        Code.REC_GRADE: ("'Grade'", "'Grade ' || grade_text || ' is outside -2 to 18.'"),
        Code.REC_DATE: (
            f"CASE WHEN {is_bad_date('birthdate')} THEN 'Birthdate' WHEN {is_bad_date('enter_date')} "
            "THEN 'SchoolEnterDate' ELSE 'SchoolLeaveDate' END",
            "'The date cannot be read or does not exist.'",
        ),
    }
    for code, (field, message) in messages.items():
        describe(
            plan, code, "student",
            f"SELECT student_id, school_code, {field}, {message} FROM reject_student "
            f"WHERE problem = '{code}' ORDER BY row",
        )  # fmt: skip
    if number(
        plan, f"SELECT count(*) > (SELECT count(*) FROM new_school_enrollment) FROM clean_student WHERE {_IN}"
    ):
        describe(
            plan, Code.REC_DUPLICATE, "student",
            "SELECT student_id, school_code, NULL, 'The list of the school holds this student twice, with different "
            "content; the first was kept.' FROM (SELECT DISTINCT school_code, student_id, student_number, last_name, "
            f"first_name, grade_text, homeroom_teacher, email FROM clean_student WHERE {_IN}) "
            "GROUP BY school_code, student_id HAVING count(*) > 1",
        )  # fmt: skip


def _people(plan: Plan, rules: Rules) -> None:
    """A person is one row however many schools list it; its fields come from the school entered last."""
    db = plan.connection
    fields = columns_sql(STUDENT.field_names).replace("grade, primary_school", "grade_text, school_code")
    db.execute(
        f"INSERT OR IGNORE INTO new_student SELECT student_id, {fields} FROM clean_student WHERE {_IN} "
        "ORDER BY student_id, enter_date DESC, school_code, row"
    )
    # Where the record at the primary school could not be read, the person stays as that record made them.
    db.execute(
        f"INSERT OR REPLACE INTO new_student SELECT {columns_sql(STUDENT.names, 's')} FROM active_student s "
        "JOIN new_student n ON n.student_id = s.student_id "
        "JOIN active_school_enrollment g ON g.student_id = s.student_id AND g.school_code = s.primary_school "
        "WHERE s.primary_school IN (SELECT school FROM mapped) AND NOT EXISTS (SELECT 1 FROM "
        "new_school_enrollment w WHERE w.school_code = g.school_code AND w.student_id = g.student_id) "
        "AND (EXISTS (SELECT 1 FROM retain_school_enrollment k WHERE k.school_code = g.school_code "
        f"AND k.student_id = g.student_id) OR NOT ({_gone(rules)}))"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_student SELECT DISTINCT student_id FROM after_school_enrollment e "
        "WHERE NOT EXISTS (SELECT 1 FROM new_student n WHERE n.student_id = e.student_id)"
    )
    compare(plan, STUDENT)
    if not rules.additions_only:
        deactivate(plan, STUDENT, allowed(rules, STUDENT, all_ready("students")))
    view_after(plan, STUDENT)
    _count_people(plan)
    _describe_people(plan)


def _count_people(plan: Plan) -> None:
    db = plan.connection
    db.execute("INSERT OR IGNORE INTO seen_student SELECT student_id, 'in' FROM new_student")
    db.execute("INSERT OR IGNORE INTO seen_student SELECT student_id, 'rejected' FROM reject_student")
    db.execute(
        "INSERT OR IGNORE INTO seen_student SELECT b.student_id, 'rejected' FROM p.rejected_record b "
        "JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = 'students' AND b.student_id IS NOT NULL "
        "AND l.id IN (SELECT id FROM readable)"
    )
    db.execute(
        "INSERT OR IGNORE INTO seen_student SELECT DISTINCT student_id, 'out_of_scope' FROM clean_student"
    )
    unknown = number(
        plan,
        "SELECT count(*) FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = 'students' "
        "AND b.part = '' AND b.student_id IS NULL AND l.id IN (SELECT id FROM readable)",
    )
    seen = number(plan, "SELECT count(*) FROM seen_student")
    rejected = number(plan, "SELECT count(*) FROM seen_student WHERE outcome = 'rejected'")
    out = number(plan, "SELECT count(*) FROM seen_student WHERE outcome = 'out_of_scope'")
    add_count(plan, "student", received=seen + unknown, rejected=rejected + unknown, out_of_scope=out)
    db.execute(
        "UPDATE seen_student SET outcome = coalesce((SELECT action FROM plan_student a "
        "WHERE a.student_id = seen_student.record), 'unchanged') WHERE outcome = 'in'"
    )


def _describe_people(plan: Plan) -> None:
    describe(
        plan, Code.STUDENT_NO_EMAIL, "student",
        "SELECT student_id, primary_school, 'StudentEmailAddress', 'The student has no e-mail address.' "
        "FROM new_student WHERE email IS NULL",
    )  # fmt: skip
    describe(
        plan, Code.REC_EMAIL_FORMAT, "student",
        "SELECT student_id, primary_school, 'StudentEmailAddress', 'The e-mail address is not a valid one.' "
        f"FROM new_student WHERE {is_bad_email('email')}",
    )  # fmt: skip
    describe(
        plan, Code.REC_EMAIL_SHARED, "student",
        "SELECT student_id, primary_school, 'StudentEmailAddress', 'The e-mail address is shared with ' "
        "|| (n - 1) || iif(n = 2, ' other student.', ' other students.') FROM new_student JOIN "
        "(SELECT lower(email) AS address, count(*) AS n FROM new_student WHERE email IS NOT NULL "
        "GROUP BY 1 HAVING count(*) > 1) ON lower(email) = address",
    )  # fmt: skip
