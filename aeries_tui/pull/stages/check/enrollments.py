"""Judging the class lists: which student is in which section today."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import ENROLLMENT
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.pull.stages.check.delta import allowed, asked_for
from aeries_tui.pull.stages.check.sql import (
    Rules,
    add_count,
    describe,
    is_bad_date,
    know_dates,
    number,
    ready,
    unmapped,
)

_JUDGED = """
CREATE TABLE judged_class AS
SELECT r.rowid AS row, coalesce(c.section_id, r.school_code || '_' || r.section_number) AS section_id,
    r.school_code, r.student_id, b.day AS begin_date, e.day AS end_date, CASE
    WHEN r.school_code IS NOT l.school THEN 'REF-SCHOOL'
    WHEN b.is_bad OR e.is_bad THEN 'REC-DATE'
    WHEN e.day < :day THEN 'ended' WHEN b.day > :reach THEN 'later'
    WHEN c.is_in AND s.student_id IS NOT NULL THEN 'in'
    WHEN NOT c.is_in THEN 'inactive'
    WHEN s.student_id IS NULL AND (SELECT k.outcome FROM seen_student k WHERE k.record = r.student_id)
        <> 'rejected' THEN 'inactive'
    WHEN s.student_id IS NULL THEN 'REF-STUDENT' ELSE 'REF-SECTION' END AS state
FROM p.raw_class r JOIN readable l ON l.id = r.list_id
LEFT JOIN wire_date b ON b.text = r.date_started
LEFT JOIN wire_date e ON e.text = r.date_ended
LEFT JOIN known_section c ON c.school_code = r.school_code AND c.section_number = r.section_number
LEFT JOIN rostered_student s ON s.student_id = r.student_id
"""


def check_enrollments(plan: Plan, rules: Rules) -> None:
    """Fill the plan for enrollment: class rows whose day range holds the day, and homeroom members."""
    db = plan.connection
    db.execute("CREATE TABLE rostered_student (student_id INTEGER PRIMARY KEY)")
    db.execute("INSERT INTO rostered_student SELECT student_id FROM after_student")
    _know_sections(plan)
    know_dates(plan, "raw_class", "date_started", "date_ended")
    (reach,) = db.execute("SELECT date(?, ?)", (rules.day, f"+{rules.lead_days} days")).fetchone()
    db.execute(_JUDGED, {"day": rules.day, "reach": reach})
    db.execute(
        "INSERT INTO new_enrollment SELECT section_id, student_id, school_code, begin_date, end_date "
        "FROM judged_class WHERE state = 'in' ORDER BY section_id, student_id, begin_date DESC, row "
        "ON CONFLICT DO NOTHING"
    )
    scheduled = number(plan, "SELECT count(*) FROM new_enrollment")
    db.execute(
        "INSERT OR IGNORE INTO new_enrollment SELECT a.section_id, h.student_id, h.school_code, NULL, NULL "
        "FROM homeroom_student h JOIN after_section a ON a.school_code = h.school_code "
        "AND a.teacher_number = h.teacher_number AND a.homeroom ORDER BY 1, 2"
    )
    homeroom = number(plan, "SELECT count(*) FROM new_enrollment") - scheduled
    _keep_last_good(plan)
    _count(plan, rules.day, scheduled, homeroom)
    _describe(plan, rules)
    _note_later(plan)
    compare(plan, ENROLLMENT)
    if not rules.additions_only:
        deactivate(plan, ENROLLMENT, allowed(rules, ENROLLMENT, _allowed()))


def _know_sections(plan: Plan) -> None:
    """`known_section`: the sections that class rows may name, by number, and whether each is in."""
    db = plan.connection
    db.execute(
        "CREATE TABLE known_section (school_code INTEGER, section_number INTEGER, section_id TEXT NOT NULL, "
        "is_in INTEGER NOT NULL, PRIMARY KEY (school_code, section_number)) WITHOUT ROWID"
    )
    columns = "school_code, section_number, section_id"
    db.execute(
        f"INSERT INTO known_section SELECT {columns}, 1 FROM after_section WHERE section_number IS NOT NULL"
    )
    db.execute(f"INSERT OR IGNORE INTO known_section SELECT {columns}, 0 FROM clean_section")


def _allowed() -> str:
    school = "g.school_code"
    return (
        f"{unmapped(school)} OR ({ready('classes', school)} AND {ready('sections', school)} "
        f"AND {ready('students', school)} AND (instr(g.section_id, '_TN_') = 0 OR {ready('teachers', school)})) "
        "OR EXISTS (SELECT 1 FROM plan_student d WHERE d.student_id = g.student_id AND d.action = 'deactivated')"
    )


def _keep_last_good(plan: Plan) -> None:
    db = plan.connection
    db.execute(
        "INSERT OR IGNORE INTO retain_enrollment SELECT section_id, student_id FROM judged_class "
        "WHERE state = 'REC-DATE'"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_enrollment SELECT coalesce(b.school, l.school) || '_' || b.section_number, "
        "b.student_id FROM p.rejected_record b JOIN p.list l ON l.id = b.list_id WHERE l.endpoint = 'classes' "
        "AND b.student_id IS NOT NULL AND b.section_number IS NOT NULL"
    )
    db.execute(
        "INSERT OR IGNORE INTO retain_enrollment SELECT g.section_id, g.student_id FROM active_enrollment g "
        "JOIN retain_school_enrollment k ON k.school_code = g.school_code AND k.student_id = g.student_id "
        "WHERE instr(g.section_id, '_TN_') > 0"
    )


def _count(plan: Plan, day: str, scheduled: int, homeroom: int) -> None:
    """Count the rows; the plan is then about `next_begin` and `next_end`, the first days after which they count otherwise."""
    lists = "SELECT id FROM readable WHERE id IN (SELECT id FROM p.list WHERE endpoint = 'classes')"
    received = number(plan, f"SELECT sum(received) FROM p.list WHERE id IN ({lists})")
    unreadable = number(
        plan, f"SELECT count(*) FROM p.rejected_record WHERE part = '' AND list_id IN ({lists})"
    )
    db = plan.connection
    states: dict[str, int] = {}
    for state, n, begins in db.execute(
        "SELECT state, count(*), min(begin_date) FROM judged_class WHERE state <> 'in' GROUP BY state"
    ):
        states[state] = n
        if state == "later":
            plan.write_about("next_begin", begins)
    rows, ends = db.execute(
        "SELECT count(*), min(iif(end_date >= ? AND state <> 'REC-DATE', end_date, NULL)) FROM judged_class",
        (day,),
    ).fetchone()
    if ends is not None:
        plan.write_about("next_end", ends)
    included = rows - sum(states.values())
    out = states.get("ended", 0) + states.get("later", 0) + states.get("inactive", 0)
    rejected = sum(n for state, n in states.items() if state.startswith("RE"))
    add_count(
        plan, "enrollment", received=received + homeroom, rejected=rejected + unreadable, out_of_scope=out,
        duplicate=included - scheduled,
    )  # fmt: skip


def _describe(plan: Plan, rules: Rules) -> None:
    describe(
        plan, Code.REC_DATE, "enrollment",
        "SELECT section_id || ':' || student_id, school_code, iif(" + is_bad_date("begin_date")
        + ", 'DateStarted', 'DateEnded'), 'The date cannot be read or does not exist.' FROM judged_class "
        "WHERE state = 'REC-DATE' ORDER BY row",
    )  # fmt: skip
    _describe_missing(plan, rules, Code.REF_STUDENT, "students", "student_id", "student")
    _describe_missing(plan, rules, Code.REF_SECTION, "sections", "section_id", "section")


def _describe_missing(plan: Plan, rules: Rules, code: str, endpoint: str, column: str, kind: str) -> None:
    """One description for each missing student or section; none where its absence follows from another problem.

    Where the student's or section's own record was rejected, or its list was not read, the
    classes are counted under that problem's description.
    """
    db = plan.connection
    db.execute(f"CREATE TABLE missing_{kind} AS SELECT {column} AS record, school_code AS school, count(*) AS n "
        f"FROM judged_class WHERE state = '{code}' GROUP BY 1, 2")  # fmt: skip
    db.execute(
        f"UPDATE description SET consequences = consequences + m.n, consequence_code = '{code}' "
        f"FROM missing_{kind} m WHERE description.kind = '{kind}' AND description.severity = 'E' "
        f"AND description.record = CAST(m.record AS TEXT)"
    )
    db.execute(
        f"UPDATE description SET consequences = consequences + m.n, consequence_code = '{code}' "
        f"FROM (SELECT school, sum(n) AS n FROM missing_{kind} GROUP BY school) m "
        f"WHERE description.kind = 'list' AND description.record = '{endpoint}' AND description.school = m.school"
    )
    noun = "student" if kind == "student" else "section"
    describe(
        plan, code, "enrollment",
        f"SELECT record, school, '{'StudentID' if kind == 'student' else 'SectionNumber'}', "
        f"n || iif(n = 1, ' class row names', ' class rows name') || ' a {noun} that is not in the {noun} list of "
        f"the school.' FROM missing_{kind} m WHERE {asked_for(rules, ready(endpoint, 'm.school'))} AND NOT EXISTS (SELECT 1 FROM "
        f"description d WHERE d.kind = '{kind}' AND d.severity = 'E' AND d.record = CAST(m.record AS TEXT))",
    )  # fmt: skip


def _note_later(plan: Plan) -> None:
    """Say how many class rows begin when; they are out of scope until then."""
    rows = plan.connection.execute(
        "SELECT begin_date, count(*) FROM judged_class WHERE state = 'later' GROUP BY 1 ORDER BY 1 LIMIT 6"
    )
    for begin, n in rows.fetchall():
        plan.connection.execute(
            "INSERT INTO note (text) VALUES (?)",
            (f"{n:,} class {'membership begins' if n == 1 else 'memberships begin'} on {begin}.",),
        )
