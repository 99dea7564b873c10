"""Judging the staff list: who is in is who teaches, or who is named by a teacher record."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import STAFF, TEACHING
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.pull.stages.check.books import (
    add_count,
    describe,
    fold_missing,
    has_own_problem,
    number,
    received,
    unreadable,
)
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import STAFF_NOW_INACTIVE, allowed, asked_for
from aeries_tui.pull.stages.check.identity import describe_others
from aeries_tui.pull.stages.check.kept_values import describe_kept
from aeries_tui.pull.stages.check.prepare import all_ready, district_ready, readable
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import is_bad_date
from aeries_tui.pull.stages.check.teaching import IS_ABLE, IS_NAMELESS, STAFF_VALUES


def check_staff(plan: Plan, rules: Rules) -> None:
    """Fill the plan for staff (design, section 4; contract, section 7, staff)."""
    _wanted_staff(plan, rules)
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO new_staff (
            staff_id, last_name, first_name, middle_name, name_suffix, email,
            user_name, login_id, hr_id, state_educator_id, title, primary_school,
            hr_id_digest, state_educator_id_digest
        )
        SELECT
            staff_id, last_name, first_name, middle_name, name_suffix, email,
            user_name, login_id, hr_id, state_educator_id, title, primary_school,
            hr_id_digest, state_educator_id_digest
        FROM clean_staff
        WHERE {IS_ABLE}
            AND staff_id IN (SELECT staff_id FROM wanted_staff)
            AND staff_id NOT IN (SELECT staff_id FROM stranger_staff)
        ORDER BY row
        """
    )
    compare(plan, STAFF, is_partial=rules.partial)
    if not rules.additions_only:
        deactivate(plan, STAFF, allowed(rules, STAFF, _is_gone()))
    view_after(plan, STAFF)
    _count(plan)
    _describe(plan, rules)
    _describe_missing(plan, rules)


STAFF_CHECK = Check(
    "staff",
    needs=(
        "readable", "mapped", "rejected", "ready", "ready_teachers", "ready_sections", "whole_staff",
        "clean_teacher", "clean_staff", "kept_staff_value", "stranger_staff", "able_staff", "retain_staff", "judged_member", "after_teaching",
        "error:list", "error:staff",
    ),
    makes=(
        "wanted_staff", "seen_staff", "missing_staff", "new_staff", "plan_staff", "not_in_staff", "last_good_staff", "after_staff",
        "error:staff", "error:teaching",
    ),
    run=check_staff,
    is_part=False,
)  # fmt: skip


def _is_gone() -> str:
    """SQL: the member of staff behind alias `g`, if not among those that are in, is positively gone."""
    # Nobody knows whom a teacher record that can't be read names: it may be all that keeps somebody in.
    return f"""
        {STAFF_NOW_INACTIVE}
        OR (
            {district_ready("staff")}
            AND {all_ready("sections")}
            AND {all_ready("teachers")}
            AND (
                NOT EXISTS (SELECT 1 FROM rejected WHERE endpoint = 'teachers')
                OR g.staff_id NOT IN (SELECT staff_id FROM clean_staff WHERE status IS NULL)
            )
        )
        """


def _wanted_staff(plan: Plan, rules: Rules) -> None:
    """`wanted_staff`: who would be in, if the staff list holds them."""
    db = plan.connection
    db.execute("CREATE TABLE wanted_staff (staff_id INTEGER PRIMARY KEY)")
    db.execute("INSERT OR IGNORE INTO wanted_staff (staff_id) SELECT staff_id FROM after_teaching")
    for place in ("staff_id1", "staff_id2", "staff_id3"):
        db.execute(
            f"""
            INSERT OR IGNORE INTO wanted_staff (staff_id)
            SELECT {place}
            FROM clean_teacher
            WHERE {place} IS NOT NULL AND school_code IN (SELECT school FROM mapped)
            """
        )
    if rules.staff_by_school:
        db.execute(
            """
            INSERT OR IGNORE INTO wanted_staff (staff_id)
            SELECT staff_id FROM clean_staff WHERE primary_school IN (SELECT school FROM mapped)
            UNION
            SELECT staff_id FROM p.raw_access WHERE school_code IN (SELECT school FROM mapped)
            """
        )


def _count(plan: Plan) -> None:
    """Count the rows of the list: the first of a person is seen, the rest are its duplicates (promise 5)."""
    # Who is seen keeps the first outcome, so the order of these is the rule.
    for people in (
        """
        SELECT n.staff_id, coalesce(a.action, 'unchanged')
        FROM new_staff n
        LEFT JOIN plan_staff a ON a.staff_id = n.staff_id
        """,
        # One without a name whom nothing names would be out of scope with a name too.
        f"""
        SELECT staff_id, 'rejected'
        FROM clean_staff
        WHERE {IS_NAMELESS}
            AND staff_id IN (
                SELECT staff_id FROM wanted_staff
                UNION
                SELECT staff_id FROM judged_member WHERE state = '{Code.REF_STAFF}'
            )
        """,
        # So would somebody be who has another's id.
        f"""
        SELECT staff_id, 'rejected'
        FROM stranger_staff
        WHERE staff_id IN (
            SELECT staff_id FROM wanted_staff
            UNION
            SELECT staff_id FROM judged_member WHERE state = '{Code.REF_STAFF}'
            UNION
            SELECT staff_id FROM active_staff
        )
        """,
        "SELECT staff_id, 'out_of_scope' FROM clean_staff",
    ):
        plan.connection.execute(f"INSERT OR IGNORE INTO seen_staff (record, outcome) {people}")
    rejected = number(plan, "SELECT count(*) FROM seen_staff WHERE outcome = 'rejected'")
    out = number(plan, "SELECT count(*) FROM seen_staff WHERE outcome = 'out_of_scope'")
    rows = number(plan, "SELECT count(*) FROM clean_staff")
    seen = number(plan, "SELECT count(*) FROM seen_staff")
    add_count(
        plan,
        "staff",
        received=received(plan, "staff"),
        rejected=rejected + unreadable(plan, "staff"),
        out_of_scope=out,
        duplicate=rows - seen,
    )


def _describe(plan: Plan, rules: Rules) -> None:
    describe(
        plan,
        Code.REC_REQUIRED,
        "staff",
        f"""
        SELECT DISTINCT staff_id, primary_school, '{STAFF.wire("last_name")}', 'The name is missing.'
        FROM clean_staff
        JOIN seen_staff ON record = staff_id
        WHERE outcome = 'rejected' AND (last_name IS NULL OR first_name IS NULL)
        """,
    )
    describe_kept(plan, STAFF_VALUES, "v.staff_id IN (SELECT staff_id FROM new_staff)")
    describe_others(plan, "staff", "s.staff_id IN (SELECT record FROM seen_staff WHERE outcome = 'rejected')")
    if "email" not in rules.omitted("staff"):
        describe(
            plan,
            Code.STAFF_NO_EMAIL,
            "staff",
            f"""
            SELECT staff_id, primary_school, '{STAFF.wire("email")}', 'The member of staff has no e-mail address.'
            FROM new_staff
            WHERE email IS NULL
            """,
        )
    describe(
        plan,
        Code.REC_DATE,
        "teaching",
        f"""
        SELECT
            section_id || ':' || staff_id,
            school_code,
            iif({is_bad_date("begin_date")}, '{TEACHING.wire("begin_date")}', '{TEACHING.wire("end_date")}'),
            'The date cannot be read or does not exist.'
        FROM judged_member
        WHERE state = '{Code.REC_DATE}'
        ORDER BY row
        """,
    )


def _describe_missing(plan: Plan, rules: Rules) -> None:
    """REF-STAFF once for each person; under the own problem or the unread list where there is one."""
    plan.connection.execute(
        f"""
        CREATE TABLE missing_staff AS
        SELECT staff_id AS record, min(school_code) AS school, count(*) AS n
        FROM judged_member
        WHERE state = '{Code.REF_STAFF}'
        GROUP BY staff_id
        """
    )
    fold_missing(plan, Code.REF_STAFF, "staff", "staff")
    describe(
        plan,
        Code.REF_STAFF,
        "teaching",
        f"""
        SELECT
            record, school, '{TEACHING.wire("staff_id")}',
            n || iif(n = 1, ' section names', ' sections name')
            || ' somebody who is not in the staff list.'
        FROM missing_staff m
        WHERE {asked_for(rules, readable("staff"))}
            AND NOT {has_own_problem("staff", "m.record")}
        """,
    )
