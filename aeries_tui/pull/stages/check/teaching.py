"""Judging who teaches what: the staff members of sections, and those behind homerooms."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import STAFF, TEACHING
from aeries_tui.master.roster.plan import Plan, compare, deactivate, view_after
from aeries_tui.master.roster.section_ids import is_homeroom_id, section_id
from aeries_tui.pull.stages.check.books import add_count, number
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.delta import SECTION_GONE, STAFF_NOW_INACTIVE, allowed
from aeries_tui.pull.stages.check.identity import leave_out_others
from aeries_tui.pull.stages.check.kept_values import Person, keep_values
from aeries_tui.pull.stages.check.omitted import digests, drop_values
from aeries_tui.pull.stages.check.prepare import district_ready, ready, unmapped
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import date, is_bad_date, text

_CLEAN_STAFF = f"""
SELECT
    r.rowid AS row,
    r.id AS staff_id,
    {text("r.last_name")} AS last_name,
    {text("r.first_name")} AS first_name,
    {text("r.middle_name")} AS middle_name,
    {text("r.name_suffix")} AS name_suffix,
    {text("r.email_address")} AS email,
    {text("r.user_name")} AS user_name,
    {text("r.network_login_id")} AS login_id,
    {text("r.human_resources_system_id")} AS hr_id,
    {text("r.state_educator_id")} AS state_educator_id,
    {text("r.title")} AS title,
    iif(r.primary_aeries_school > 0, r.primary_aeries_school, NULL) AS primary_school,
    {text("r.inactive_status_code")} AS status
FROM p.raw_staff r
WHERE r.list_id IN (SELECT id FROM readable)
"""
IS_ABLE = "status IS NULL AND (last_name IS NOT NULL OR first_name IS NOT NULL)"
"""SQL: the record of `clean_staff` is one of somebody who may be in."""
IS_NAMELESS = "status IS NULL AND last_name IS NULL AND first_name IS NULL"
"""SQL: the record of `clean_staff` would be, but for its name."""
STAFF_VALUES = Person(
    "staff",
    "clean_staff",
    IS_ABLE,
    kinds=(STAFF,),
    wanted=(),
    odd=(),
    school="primary_school",
)
"""How the values of `clean_staff` are looked at."""
# StaffID1 to 3 of the teacher record behind a homeroom; the first is the primary teacher.
_HOMEROOM_STAFF = """
CREATE TABLE homeroom_staff AS
SELECT t.row, a.section_id, t.school_code, t.staff_id, t.place
FROM (
    SELECT row, school_code, teacher_number, staff_id1 AS staff_id, 1 AS place FROM clean_teacher
    UNION ALL
    SELECT row, school_code, teacher_number, staff_id2, 2 FROM clean_teacher
    UNION ALL
    SELECT row, school_code, teacher_number, staff_id3, 3 FROM clean_teacher
) t
JOIN after_section a ON a.school_code = t.school_code AND a.teacher_number = t.teacher_number
WHERE t.staff_id IS NOT NULL AND a.homeroom
"""
# Somebody inactive is out, which is no fault of the section; that one names somebody who is not listed is.
_JUDGED = f"""
CREATE TABLE judged_member AS
SELECT
    q.row, q.section_id, q.school_code, q.staff_id, q.is_primary, q.role, q.begin_date, q.end_date,
    CASE
        WHEN coalesce(q.staff_id, 0) <= 0 THEN 'none'
        WHEN a.section_id IS NULL OR q.status IS NOT NULL THEN 'out'
        WHEN s.staff_id IS NULL AND c.status IS NOT NULL THEN 'out'
        WHEN {is_bad_date("q.begin_date")} OR {is_bad_date("q.end_date")} THEN '{Code.REC_DATE}'
        WHEN coalesce(q.end_date < :day, 0) THEN 'out'
        WHEN coalesce(q.begin_date > :day, 0) THEN 'later'
        WHEN s.staff_id IS NOT NULL THEN 'in'
        ELSE '{Code.REF_STAFF}'
    END AS state
FROM (
    SELECT
        m.rowid AS row,
        {section_id("m.school_code", "m.section_number")} AS section_id,
        m.school_code,
        m.staff_id,
        coalesce(m.is_primary_teacher, 0) AS is_primary,
        {text("m.staff_role_code")} AS role,
        {date("m.start_date")} AS begin_date,
        {date("m.end_date")} AS end_date,
        {text("m.inactive_status_code")} AS status
    FROM p.raw_member m
    JOIN readable l ON l.id = m.list_id AND l.school IS m.school_code
    UNION ALL
    SELECT row, section_id, school_code, staff_id, place = 1, NULL, NULL, NULL, NULL
    FROM homeroom_staff
) q
LEFT JOIN after_section a ON a.section_id = q.section_id
LEFT JOIN able_staff s ON s.staff_id = q.staff_id
LEFT JOIN (
    SELECT staff_id, max(status) AS status
    FROM clean_staff
    GROUP BY staff_id
) c ON c.staff_id = q.staff_id
"""


def check_teaching(plan: Plan, rules: Rules) -> None:
    """Fill the plan for teaching (design, section 4; contract, section 7, sections and staff)."""
    db = plan.connection
    person = STAFF_VALUES.without(rules.omitted("staff"))
    db.execute(f"CREATE TABLE clean_staff AS SELECT q.*, {digests(person)} FROM ({_CLEAN_STAFF}) q")
    db.execute("CREATE INDEX clean_staff_id ON clean_staff (staff_id)")
    leave_out_others(
        plan, "staff", is_in=IS_ABLE, first="row", school="primary_school", omitted=person.omitted
    )
    drop_values(plan, person)
    keep_values(plan, person)
    _able_staff(plan, rules)
    db.execute(_HOMEROOM_STAFF)
    db.execute(_JUDGED, {"day": rules.day})
    db.execute("CREATE INDEX judged_member_key ON judged_member (section_id, staff_id)")
    db.execute(
        """
        INSERT OR IGNORE INTO new_teaching (
            section_id, staff_id, school_code, is_primary, role, begin_date, end_date
        )
        SELECT section_id, staff_id, school_code, is_primary, role, begin_date, end_date
        FROM judged_member
        WHERE state = 'in'
        ORDER BY section_id, staff_id, begin_date DESC, is_primary DESC, row
        """
    )
    _retain_teaching(plan)
    _count(plan)
    compare(plan, TEACHING, is_partial=rules.partial)
    if not rules.additions_only:
        deactivate(plan, TEACHING, allowed(rules, TEACHING, _is_gone()))
    view_after(plan, TEACHING)


TEACHING_CHECK = Check(
    "teaching",
    needs=(
        "readable", "mapped", "rejected", "bad_value", "ready", "ready_students", "ready_teachers", "ready_sections",
        "listed_homeroom", "clean_section", "clean_teacher", "plan_section", "retain_section",
        "after_section",
    ),
    makes=(
        "clean_staff", "flawed_staff", "kept_staff_value", "changed_staff", "stranger_staff", "able_staff", "retain_staff", "homeroom_staff", "judged_member",
        "new_teaching", "retain_teaching", "plan_teaching", "not_in_teaching", "last_good_teaching", "after_teaching",
    ),
    run=check_teaching,
)  # fmt: skip


def _is_gone() -> str:
    """SQL: the teaching behind alias `g`, if it is not among those that are in, is positively gone."""
    school = "g.school_code"
    return f"""
        {unmapped(school)}
        OR (
            {ready("sections", school)}
            AND {district_ready("staff")}
            AND (
                NOT {is_homeroom_id("g.section_id")}
                OR ({ready("teachers", school)} AND {ready("students", school)})
            )
        )
        OR {SECTION_GONE}
        OR {STAFF_NOW_INACTIVE}
        OR EXISTS (
            SELECT 1
            FROM judged_member j
            WHERE j.section_id = g.section_id AND j.staff_id = g.staff_id AND j.state IN ('out', 'later')
        )
        """


def _able_staff(plan: Plan, rules: Rules) -> None:
    """Who may teach: active in the staff list; the last good version where the list or record failed."""
    db = plan.connection
    db.execute("CREATE TABLE able_staff (staff_id INTEGER PRIMARY KEY)")
    db.execute(
        f"""
        INSERT OR IGNORE INTO able_staff (staff_id)
        SELECT staff_id
        FROM clean_staff
        WHERE {IS_ABLE} AND staff_id NOT IN (SELECT staff_id FROM stranger_staff)
        """
    )
    # What an id teaches now is not what the one taught who had it before, who is kept, though not for that.
    db.execute("INSERT OR IGNORE INTO retain_staff (staff_id) SELECT staff_id FROM stranger_staff")
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_staff (staff_id)
        SELECT staff_id
        FROM clean_staff
        WHERE {IS_NAMELESS} AND staff_id NOT IN (SELECT staff_id FROM able_staff)
        """
    )
    # A bad part of a staff record is of its access to schools; it matters where that keeps somebody in.
    db.execute(
        """
        INSERT OR IGNORE INTO retain_staff (staff_id)
        SELECT staff_id
        FROM rejected
        WHERE endpoint = 'staff' AND (part = '' OR ?) AND staff_id IS NOT NULL
        """,
        (rules.staff_by_school,),
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO able_staff (staff_id)
        SELECT staff_id
        FROM active_staff
        WHERE (NOT {district_ready("staff")} AND staff_id NOT IN (SELECT staff_id FROM clean_staff))
            OR staff_id IN (
                SELECT staff_id FROM retain_staff
                EXCEPT
                SELECT staff_id FROM stranger_staff
            )
        """
    )


def _retain_teaching(plan: Plan) -> None:
    """Whom an unreadable record or a bad date may speak of stays on the section (promise 3)."""
    db = plan.connection
    # A part that could not be read may say no more than its school: then everybody stays whom it may be of.
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_teaching (section_id, staff_id)
        SELECT g.section_id, g.staff_id
        FROM active_teaching g
        JOIN p.rejected_record b
            ON b.part <> ''
            AND g.school_code = b.school
            AND b.list_id IN (SELECT id FROM p.list WHERE endpoint = 'sections')
            AND (b.section_number IS NULL OR g.section_id = {section_id("b.school", "b.section_number")})
            AND (b.staff_id IS NULL OR b.staff_id = g.staff_id)
        """
    )
    db.execute(
        """
        INSERT OR IGNORE INTO retain_teaching (section_id, staff_id)
        SELECT g.section_id, g.staff_id
        FROM active_teaching g
        JOIN retain_section k ON k.section_id = g.section_id
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_teaching (section_id, staff_id)
        SELECT section_id, staff_id
        FROM judged_member
        WHERE state = '{Code.REC_DATE}'
        """
    )
    # Who is positively gone teaches nothing, and nobody what is gone, whatever else can't be read.
    db.execute(
        """
        DELETE FROM retain_teaching
        WHERE staff_id NOT IN (SELECT staff_id FROM able_staff)
            OR section_id NOT IN (SELECT section_id FROM after_section)
        """
    )
    db.execute(
        """
        INSERT OR IGNORE INTO retain_teaching (section_id, staff_id)
        SELECT section_id, staff_id
        FROM active_teaching
        WHERE staff_id IN (SELECT staff_id FROM stranger_staff)
            AND school_code IN (SELECT school FROM mapped)
            AND section_id IN (SELECT section_id FROM after_section)
        """
    )


def _count(plan: Plan) -> None:
    """Count the members of sections and homerooms; every row of `judged_member` has one state (promise 5)."""
    states = {
        str(state): int(n)
        for state, n in plan.connection.execute("SELECT state, count(*) FROM judged_member GROUP BY state")
    }
    unreadable_parts = number(
        plan,
        """
        SELECT count(*)
        FROM rejected
        WHERE endpoint = 'sections' AND part <> '' AND list_id IN (SELECT id FROM readable)
        """,
    )
    included = number(plan, "SELECT count(*) FROM new_teaching")
    add_count(
        plan,
        "teaching",
        received=sum(states.values()) + unreadable_parts,
        rejected=states.get(Code.REF_STAFF, 0) + states.get(Code.REC_DATE, 0) + unreadable_parts,
        out_of_scope=states.get("out", 0) + states.get("later", 0) + states.get("none", 0),
        duplicate=states.get("in", 0) - included,
    )
