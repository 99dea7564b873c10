"""Judging staff and who teaches what."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import STAFF, TEACHING
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.pull.stages.check.delta import allowed, asked_for
from aeries_tui.pull.stages.check.sql import (
    Rules,
    add_count,
    all_ready,
    date,
    describe,
    district_ready,
    is_bad_date,
    is_bad_email,
    number,
    ready,
    text,
    unmapped,
)

_CLEAN = f"""
CREATE TABLE clean_staff AS
SELECT r.rowid AS row, r.id AS staff_id, {text("r.last_name")} AS last_name, {text("r.first_name")} AS first_name,
    {text("r.middle_name")} AS middle_name, {text("r.name_suffix")} AS name_suffix,
    {text("r.email_address")} AS email, {text("r.user_name")} AS user_name,
    {text("r.network_login_id")} AS login_id, {text("r.human_resources_system_id")} AS hr_id,
    {text("r.state_educator_id")} AS state_educator_id, {text("r.title")} AS title,
    nullif(r.primary_aeries_school, 0) AS primary_school, {text("r.inactive_status_code")} AS status
FROM p.raw_staff r WHERE r.list_id IN (SELECT id FROM readable)
"""
_MEMBERS = f"""
CREATE TABLE judged_member AS
SELECT q.row, q.section_id, q.school_code, q.staff_id, q.is_primary, q.role, q.begin_date, q.end_date, CASE
    WHEN coalesce(q.staff_id, 0) = 0 THEN 'none'
    WHEN a.section_id IS NULL OR q.status IS NOT NULL THEN 'out'
    WHEN s.staff_id IS NULL AND c.status IS NOT NULL THEN 'out'
    WHEN {is_bad_date("q.begin_date")} OR {is_bad_date("q.end_date")} THEN 'REC-DATE'
    WHEN coalesce(q.end_date < :day, 0) THEN 'out'
    WHEN s.staff_id IS NOT NULL THEN 'in' ELSE 'REF-STAFF' END AS state
FROM (
  SELECT m.rowid AS row, m.school_code || '_' || m.section_number AS section_id, m.school_code, m.staff_id,
    coalesce(m.is_primary_teacher, 0) AS is_primary, {text("m.staff_role_code")} AS role,
    {date("m.start_date")} AS begin_date, {date("m.end_date")} AS end_date,
    {text("m.inactive_status_code")} AS status
  FROM p.raw_member m WHERE m.list_id IN (SELECT id FROM readable)
  UNION ALL
  SELECT h.row, h.section_id, h.school_code, h.staff_id, h.place = 1, NULL, NULL, NULL, NULL FROM homeroom_staff h
) q LEFT JOIN after_section a ON a.section_id = q.section_id
LEFT JOIN able_staff s ON s.staff_id = q.staff_id
LEFT JOIN (SELECT staff_id, max(status) AS status FROM clean_staff GROUP BY 1) c ON c.staff_id = q.staff_id
"""


def check_staffing(plan: Plan, rules: Rules) -> None:
    """Fill the plan for teaching and staff (design, section 4; contract, section 7, sections and staff)."""
    db = plan.connection
    db.execute(_CLEAN)
    db.execute("CREATE INDEX clean_staff_id ON clean_staff (staff_id)")
    _able_staff(plan, rules)
    _homeroom_staff(plan)
    db.execute(_MEMBERS, {"day": rules.day})
    db.execute(
        "INSERT OR IGNORE INTO new_teaching SELECT section_id, staff_id, school_code, is_primary, role, begin_date, "
        "end_date FROM judged_member WHERE state = 'in' ORDER BY section_id, staff_id, is_primary DESC, row"
    )
    _keep_teaching(plan)
    _count_teaching(plan)
    compare(plan, TEACHING)
    if not rules.additions_only:
        school = "g.school_code"
        gone = (
            f"{unmapped(school)} OR ({ready('sections', school)} AND {district_ready('staff')} AND "
            f"(instr(g.section_id, '_TN_') = 0 OR ({ready('teachers', school)} AND {ready('students', school)})))"
        )
        deactivate(plan, TEACHING, allowed(rules, TEACHING, gone))
    view_after(plan, TEACHING)
    _staff(plan, rules)
    _describe(plan, rules)


def _able_staff(plan: Plan, rules: Rules) -> None:
    """Who may teach: active in the staff list; the last good version where the list or record failed."""
    db = plan.connection
    db.execute("CREATE TABLE able_staff (staff_id INTEGER PRIMARY KEY)")
    named = "last_name IS NOT NULL AND first_name IS NOT NULL"
    db.execute(
        f"INSERT OR IGNORE INTO able_staff SELECT staff_id FROM clean_staff WHERE status IS NULL AND {named}"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_staff SELECT staff_id FROM clean_staff c WHERE status IS NULL "
        f"AND NOT ({named}) AND staff_id NOT IN (SELECT staff_id FROM able_staff)"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_staff SELECT b.staff_id FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id "
        "WHERE l.endpoint = 'staff' AND (b.part = '' OR ?) AND b.staff_id IS NOT NULL",
        (rules.staff_by_school,),
    )
    db.execute(
        "INSERT OR IGNORE INTO able_staff SELECT staff_id FROM active_staff WHERE "
        f"(NOT {district_ready('staff')} AND staff_id NOT IN (SELECT staff_id FROM clean_staff)) "
        "OR staff_id IN (SELECT staff_id FROM retain_staff)"
    )


def _homeroom_staff(plan: Plan) -> None:
    """StaffID1 to 3 of the teacher records behind homerooms; the first is the primary teacher."""
    parts = " UNION ALL ".join(
        f"SELECT row, school_code, teacher_number, staff_id{n} AS staff_id, {n} AS place FROM clean_teacher "
        f"WHERE staff_id{n} IS NOT NULL"
        for n in (1, 2, 3)
    )
    plan.connection.execute(
        "CREATE TABLE homeroom_staff AS SELECT t.row, a.section_id, t.school_code, t.staff_id, t.place "
        f"FROM ({parts}) t JOIN after_section a ON a.school_code = t.school_code "
        "AND a.teacher_number = t.teacher_number AND a.homeroom"
    )


def _keep_teaching(plan: Plan) -> None:
    db = plan.connection
    db.execute(
        "INSERT OR IGNORE INTO retain_teaching SELECT g.section_id, g.staff_id FROM active_teaching g JOIN p.rejected_record b "
        "ON b.part <> '' AND g.school_code = b.school AND b.list_id IN (SELECT id FROM p.list WHERE "
        "endpoint = 'sections') AND (b.section_number IS NULL OR "
        "g.section_id = b.school || '_' || b.section_number) AND (b.staff_id IS NULL OR b.staff_id = g.staff_id)"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_teaching SELECT g.section_id, g.staff_id FROM active_teaching g "
        "JOIN retain_section k ON k.section_id = g.section_id"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_teaching SELECT section_id, staff_id FROM judged_member WHERE state = 'REC-DATE'"
    )
    # Who is positively gone teaches nothing, whatever else can't be read.
    db.execute("DELETE FROM retain_teaching WHERE staff_id NOT IN (SELECT staff_id FROM able_staff)")


def _count_teaching(plan: Plan) -> None:
    states = {
        str(state): int(n)
        for state, n in plan.connection.execute("SELECT state, count(*) FROM judged_member GROUP BY state")
    }
    bad = number(
        plan, "SELECT count(*) FROM p.rejected_record WHERE part <> '' AND list_id IN (SELECT id FROM p.list "
        "WHERE endpoint = 'sections') AND list_id IN (SELECT id FROM readable)"
    )  # fmt: skip
    included = number(plan, "SELECT count(*) FROM new_teaching")
    rejected = states.get(Code.REF_STAFF, 0) + states.get(Code.REC_DATE, 0) + bad
    add_count(
        plan, "teaching", received=sum(states.values()) + bad, rejected=rejected,
        out_of_scope=states.get("out", 0) + states.get("none", 0), duplicate=states.get("in", 0) - included,
    )  # fmt: skip


def _staff(plan: Plan, rules: Rules) -> None:
    db = plan.connection
    db.execute("CREATE TABLE wanted_staff (staff_id INTEGER PRIMARY KEY)")
    db.execute("INSERT OR IGNORE INTO wanted_staff SELECT staff_id FROM after_teaching")
    for n in (1, 2, 3):
        db.execute(
            f"INSERT OR IGNORE INTO wanted_staff SELECT staff_id{n} FROM clean_teacher "
            f"WHERE staff_id{n} IS NOT NULL AND school_code IN (SELECT school FROM mapped)"
        )
    if rules.staff_by_school:
        db.execute(
            "INSERT OR IGNORE INTO wanted_staff SELECT staff_id FROM clean_staff WHERE primary_school IN "
            "(SELECT school FROM mapped) UNION SELECT staff_id FROM p.raw_access WHERE school_code IN "
            "(SELECT school FROM mapped)"
        )
    db.execute(
        "INSERT OR IGNORE INTO new_staff SELECT staff_id, last_name, first_name, middle_name, name_suffix, email, "
        "user_name, login_id, hr_id, state_educator_id, title, primary_school FROM clean_staff WHERE status IS NULL "
        "AND last_name IS NOT NULL AND first_name IS NOT NULL AND staff_id IN (SELECT staff_id FROM wanted_staff) "
        "ORDER BY row"
    )
    _count_staff(plan)
    compare(plan, STAFF)
    if not rules.additions_only:
        # Nobody knows whom a teacher record that can't be read names: it may be all that keeps somebody in.
        gone = (
            f"{district_ready('staff')} AND {all_ready('sections')} AND {all_ready('teachers')} AND (NOT EXISTS "
            "(SELECT 1 FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = 'teachers') "
            "OR g.staff_id NOT IN (SELECT staff_id FROM clean_staff WHERE status IS NULL))"
        )
        deactivate(plan, STAFF, allowed(rules, STAFF, gone))
    view_after(plan, STAFF)
    db.execute(
        "UPDATE seen_staff SET outcome = coalesce((SELECT action FROM plan_staff a "
        "WHERE a.staff_id = seen_staff.record), 'unchanged') WHERE outcome = 'in'"
    )


def _count_staff(plan: Plan) -> None:
    db = plan.connection
    db.execute("INSERT OR IGNORE INTO seen_staff SELECT staff_id, 'in' FROM new_staff")
    db.execute(
        "INSERT OR IGNORE INTO seen_staff SELECT staff_id, 'rejected' FROM clean_staff WHERE status IS NULL "
        "AND (last_name IS NULL OR first_name IS NULL) AND staff_id IN (SELECT staff_id FROM wanted_staff "
        "UNION SELECT staff_id FROM judged_member WHERE state = 'REF-STAFF')"
    )
    db.execute("INSERT OR IGNORE INTO seen_staff SELECT staff_id, 'out_of_scope' FROM clean_staff")
    readable = (
        "list_id IN (SELECT id FROM readable) AND list_id IN (SELECT id FROM p.list WHERE endpoint = 'staff')"
    )
    received = number(
        plan, "SELECT sum(received) FROM p.list WHERE endpoint = 'staff' AND id IN (SELECT id FROM readable)"
    )
    unreadable = number(plan, f"SELECT count(*) FROM p.rejected_record WHERE part = '' AND {readable}")
    rejected = number(plan, "SELECT count(*) FROM seen_staff WHERE outcome = 'rejected'")
    out = number(plan, "SELECT count(*) FROM seen_staff WHERE outcome = 'out_of_scope'")
    rows = number(plan, "SELECT count(*) FROM clean_staff")
    add_count(
        plan, "staff", received=received, rejected=rejected + unreadable, out_of_scope=out,
        duplicate=rows - number(plan, "SELECT count(*) FROM seen_staff"),
    )  # fmt: skip


def _describe(plan: Plan, rules: Rules) -> None:
    describe(
        plan, Code.REC_REQUIRED, "staff",
        "SELECT DISTINCT staff_id, primary_school, iif(last_name IS NULL, 'LastName', 'FirstName'), "
        "'The name is missing.' FROM clean_staff JOIN seen_staff ON record = staff_id WHERE outcome = 'rejected'",
    )  # fmt: skip
    describe(
        plan, Code.STAFF_NO_EMAIL, "staff",
        "SELECT staff_id, primary_school, 'EmailAddress', 'The member of staff has no e-mail address.' "
        "FROM new_staff WHERE email IS NULL",
    )  # fmt: skip
    describe(
        plan, Code.REC_EMAIL_FORMAT, "staff",
        "SELECT staff_id, primary_school, 'EmailAddress', 'The e-mail address is not a valid one.' "
        f"FROM new_staff WHERE {is_bad_email('email')}",
    )  # fmt: skip
    describe(
        plan, Code.REC_EMAIL_SHARED, "staff",
        "SELECT staff_id, primary_school, 'EmailAddress', 'The e-mail address is shared with ' || (n - 1) "
        "|| iif(n = 2, ' other member of staff.', ' other members of staff.') FROM new_staff JOIN (SELECT "
        "lower(email) AS address, count(*) AS n FROM new_staff WHERE email IS NOT NULL GROUP BY 1 "
        "HAVING count(*) > 1) ON lower(email) = address",
    )  # fmt: skip
    describe(
        plan, Code.REC_DATE, "teaching",
        f"SELECT section_id || ':' || staff_id, school_code, iif({is_bad_date('begin_date')}, 'StartDate', 'EndDate'), "
        "'The date cannot be read or does not exist.' FROM judged_member WHERE state = 'REC-DATE' ORDER BY row",
    )  # fmt: skip
    _describe_missing(plan, rules)


def _describe_missing(plan: Plan, rules: Rules) -> None:
    """REF-STAFF once for each person; under the person's own problem or the unread list where there is one."""
    db = plan.connection
    db.execute(
        "CREATE TABLE missing_staff AS SELECT staff_id AS record, min(school_code) AS school, count(*) AS n "
        "FROM judged_member WHERE state = 'REF-STAFF' GROUP BY 1"
    )
    db.execute(
        "UPDATE description SET consequences = consequences + m.n, consequence_code = 'REF-STAFF' FROM missing_staff m "
        "WHERE description.kind = 'staff' AND description.severity = 'E' AND description.record = CAST(m.record AS TEXT)"
    )
    db.execute(
        "UPDATE description SET consequences = consequences + m.n, consequence_code = 'REF-STAFF' "
        "FROM (SELECT sum(n) AS n FROM missing_staff) m WHERE m.n > 0 AND description.kind = 'list' "
        "AND description.record = 'staff'"
    )
    describe(
        plan, Code.REF_STAFF, "teaching",
        "SELECT record, school, 'StaffID', n || iif(n = 1, ' section names', ' sections name') || "
        f"' somebody who is not in the staff list.' FROM missing_staff m WHERE {asked_for(rules, district_ready('staff'))} "
        "AND NOT EXISTS (SELECT 1 FROM description d WHERE d.kind = 'staff' AND d.severity = 'E' "
        "AND d.record = CAST(m.record AS TEXT))",
    )  # fmt: skip
