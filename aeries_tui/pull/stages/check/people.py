"""Judging who is a student: one person of all the records that the schools hold of them."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import STUDENT, columns_sql
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.pull.stages.check.books import add_count, describe, number
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import allowed
from aeries_tui.pull.stages.check.prepare import all_ready
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.students import HAS_LEFT, IS_IN, first_counts, is_gone


def check_people(plan: Plan, rules: Rules) -> None:
    """Fill the plan for student (design, section 4).

    A person is one row however many schools list it; its fields come from the school entered last by the day.
    """
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO new_student (
            student_id, state_student_id, last_name, first_name, middle_name, preferred_last_name,
            preferred_first_name, gender, birthdate, email, login_id, grade, primary_school,
            state_student_id_digest, gender_digest, birthdate_digest
        )
        SELECT
            student_id, state_student_id, last_name, first_name, middle_name, preferred_last_name,
            preferred_first_name, gender, birthdate, email, login_id, grade, school_code,
            state_student_id_digest, gender_digest, birthdate_digest
        FROM clean_student
        WHERE {IS_IN}
        ORDER BY student_id, {first_counts(rules.day)}
        """
    )
    _note_next_primary(plan, rules.day)
    _retain_people(plan, rules)
    compare(plan, STUDENT, is_partial=rules.partial)
    if not rules.additions_only:
        # Who is still active at a school is retained; what is left of the others is what their records say.
        has_left = "g.student_id IN (SELECT student_id FROM left_student)"
        deactivate(plan, STUDENT, allowed(rules, STUDENT, f"{all_ready('students')} OR {has_left}"))
    view_after(plan, STUDENT)
    _count_people(plan)
    if "email" not in rules.omitted("student"):
        _describe_people(plan)


PEOPLE = Check(
    "people",
    needs=(
        "readable", "mapped", "rejected", "ready_students", "whole_student",
        "clean_student", "left_student", "reject_student",
        "new_school_enrollment", "retain_school_enrollment", "last_good_school_enrollment",
    ),
    makes=("seen_student", "new_student", "retain_student", "plan_student", "not_in_student", "last_good_student", "after_student"),
    run=check_people,
    is_part=False,
)  # fmt: skip


def _note_next_primary(plan: Plan, day: str) -> None:
    """Write `next_primary`: the first day on which somebody enters another school, which is then the primary one."""
    (enters,) = plan.connection.execute(
        f"""
        SELECT min(c.enter_date)
        FROM clean_student c
        WHERE {IS_IN}
            AND c.enter_date > ?
            AND EXISTS (
                SELECT 1
                FROM mapped s
                JOIN new_school_enrollment n ON n.school_code = s.school AND n.student_id = c.student_id
                WHERE s.school <> c.school_code
            )
        """,
        (day,),
    ).fetchone()
    if enters is not None:
        plan.write_about("next_primary", enters)


def _retain_people(plan: Plan, rules: Rules) -> None:
    # Where the record at the primary school could not be read, the person stays as that record made them,
    # whatever another school's record says; but for one whose id is another person's now.
    plan.connection.execute(
        f"""
        INSERT OR REPLACE INTO new_student ({columns_sql(STUDENT.names)})
        SELECT {columns_sql(STUDENT.names, "s")}
        FROM active_student s
        JOIN new_student n ON n.student_id = s.student_id
        JOIN active_school_enrollment g ON g.student_id = s.student_id AND g.school_code = s.primary_school
        WHERE s.primary_school IN (SELECT school FROM mapped)
            AND s.student_id NOT IN (SELECT person FROM handover WHERE kind = 'student')
            AND NOT EXISTS (
                SELECT 1
                FROM new_school_enrollment w
                WHERE w.school_code = g.school_code AND w.student_id = g.student_id
            )
            AND (
                EXISTS (
                    SELECT 1
                    FROM retain_school_enrollment k
                    WHERE k.school_code = g.school_code AND k.student_id = g.student_id
                )
                OR NOT ({is_gone(rules)})
            )
        """
    )
    plan.connection.execute(
        """
        INSERT OR IGNORE INTO retain_student (student_id)
        SELECT DISTINCT student_id
        FROM last_good_school_enrollment e
        WHERE NOT EXISTS (SELECT 1 FROM new_student n WHERE n.student_id = e.student_id)
        """
    )


def _count_people(plan: Plan) -> None:
    """Count the people whom the student lists speak of, so that each ends as exactly one thing (promise 5).

    Here `received` is people, not rows, for one person may stand in the lists of several schools.
    `seen_student` has each once, with the first of these that holds of any of the person's rows: what the plan does
    to whoever is in; rejected; out of scope. So its rows come to `received`, but for a row that does not even say
    whose it is: that counts as a person of its own, rejected.
    """
    _see_people(plan)
    nameless = number(
        plan,
        """
        SELECT count(*)
        FROM rejected
        WHERE endpoint = 'students'
            AND part = ''
            AND student_id IS NULL
            AND list_id IN (SELECT id FROM readable)
        """,
    )
    seen = number(plan, "SELECT count(*) FROM seen_student")
    rejected = number(plan, "SELECT count(*) FROM seen_student WHERE outcome = 'rejected'")
    out = number(plan, "SELECT count(*) FROM seen_student WHERE outcome = 'out_of_scope'")
    add_count(plan, "student", received=seen + nameless, rejected=rejected + nameless, out_of_scope=out)


def _see_people(plan: Plan) -> None:
    # Who is seen keeps the first outcome, so the order of these is the rule.
    for people in (
        """
        SELECT n.student_id, coalesce(a.action, 'unchanged')
        FROM new_student n
        LEFT JOIN plan_student a ON a.student_id = n.student_id
        """,
        "SELECT student_id, 'rejected' FROM reject_student",
        """
        SELECT student_id, 'rejected'
        FROM rejected
        WHERE endpoint = 'students' AND student_id IS NOT NULL AND list_id IN (SELECT id FROM readable)
        """,
        f"SELECT student_id, 'out_of_scope' FROM clean_student WHERE {HAS_LEFT}",
    ):
        plan.connection.execute(f"INSERT OR IGNORE INTO seen_student (record, outcome) {people}")


def _describe_people(plan: Plan) -> None:
    describe(
        plan,
        Code.STUDENT_NO_EMAIL,
        "student",
        f"""
        SELECT student_id, primary_school, '{STUDENT.wire("email")}', 'The student has no e-mail address.'
        FROM new_student
        WHERE email IS NULL
        """,
    )
