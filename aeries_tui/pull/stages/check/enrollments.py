"""Judging the class lists: which student is in which section today."""

from __future__ import annotations

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import ENROLLMENT, SECTION
from aeries_tui.master.roster.plan import Plan, compare, deactivate
from aeries_tui.master.roster.section_ids import is_homeroom_id, section_id
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
from aeries_tui.pull.stages.check.delta import SECTION_GONE, STUDENT_GONE_THERE, allowed, asked_for
from aeries_tui.pull.stages.check.prepare import know_dates, readable, ready, unmapped
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import is_bad_date
from aeries_tui.text import in_number

# A class row stands on the student's record at its own school: rows stay open after somebody has left, and
# stand where somebody is only pre-enrolled. A student who was rejected, or whose record may stand in a list that
# could not be read, is missed; one who was seen and is not active there is no fault of the class list.
_JUDGED = f"""
CREATE TABLE judged_class AS
SELECT
    r.rowid AS row,
    coalesce(c.section_id, {section_id("r.school_code", "r.section_number")}) AS section_id,
    r.school_code,
    r.student_id,
    start.day AS begin_date,
    finish.day AS end_date,
    CASE
        WHEN r.school_code IS NOT l.school THEN '{Code.REF_SCHOOL}'
        WHEN start.is_bad OR finish.is_bad THEN '{Code.REC_DATE}'
        WHEN finish.day < :day THEN 'ended'
        WHEN start.day > :reach THEN 'later'
        WHEN c.is_in AND s.student_id IS NOT NULL THEN 'in'
        WHEN NOT c.is_in THEN 'inactive'
        WHEN s.student_id IS NULL AND EXISTS (
            SELECT 1 FROM left_student h WHERE h.student_id = r.student_id AND h.school_code = r.school_code
        ) THEN 'elsewhere'
        WHEN s.student_id IS NULL
            AND (:is_asked OR {ready("students", "r.school_code")})
            AND EXISTS (SELECT 1 FROM seen_student k WHERE k.record = r.student_id)
            AND NOT EXISTS (
                SELECT 1
                FROM unsure_student u
                WHERE u.school_code = r.school_code AND u.student_id = r.student_id
            )
        THEN 'elsewhere'
        WHEN s.student_id IS NULL THEN '{Code.REF_STUDENT}'
        ELSE '{Code.REF_SECTION}'
    END AS state
FROM p.raw_class r
JOIN readable l ON l.id = r.list_id
LEFT JOIN wire_date start ON start.text = r.date_started
LEFT JOIN wire_date finish ON finish.text = r.date_ended
LEFT JOIN known_section c ON c.school_code = r.school_code AND c.section_number = r.section_number
LEFT JOIN rostered_student s ON s.school_code = r.school_code AND s.student_id = r.student_id
ORDER BY r.rowid
"""
_OUT = ("ended", "later", "inactive", "elsewhere")
_REJECTED = (Code.REF_SCHOOL, Code.REC_DATE, Code.REF_STUDENT, Code.REF_SECTION)


def check_enrollments(plan: Plan, rules: Rules) -> None:
    """Fill the plan for enrollment: class rows whose day range holds the day, and homeroom members."""
    db = plan.connection
    _know_students(plan)
    # The classes that an id has now are not those of who had it before.
    db.execute("DELETE FROM rostered_student WHERE student_id IN (SELECT student_id FROM stranger_student)")
    _know_sections(plan)
    know_dates(plan, "raw_class", "date_started", "date_ended")
    (reach,) = db.execute("SELECT date(?, ?)", (rules.day, f"+{rules.lead_days} days")).fetchone()
    db.execute(_JUDGED, {"day": rules.day, "reach": reach, "is_asked": rules.partial})
    db.execute("CREATE TABLE seatless_class AS SELECT * FROM judged_class WHERE state <> 'in'")
    scheduled = _enroll_scheduled(plan, rules.day)
    homeroom = _enroll_homerooms(plan) - scheduled
    _note_ended(plan)
    _retain_enrollments(plan)
    _count(plan, scheduled, homeroom)
    _note_days(plan, rules.day)
    _describe(plan, rules)
    _note_later(plan)
    _note_elsewhere(plan)
    compare(plan, ENROLLMENT, is_partial=rules.partial)
    if not rules.additions_only:
        deactivate(plan, ENROLLMENT, allowed(rules, ENROLLMENT, _is_gone()))


ENROLLMENTS = Check(
    "classes",
    needs=(
        "readable", "mapped", "rejected", "foreign_record", "wire_date", "ready_students", "ready_teachers", "ready_sections",
        "ready_classes", "whole_student", "whole_roster", "clean_student", "left_student", "reject_student", "stranger_student", "seen_student",
        "after_school_enrollment", "plan_school_enrollment", "retain_school_enrollment",
        "clean_section", "plan_section", "after_section",
        "homeroom_student", "error:list", "error:student", "error:section",
    ),
    makes=(
        "rostered_student", "unsure_student", "ended_class", "known_section", "judged_class", "seatless_class", "missing_student", "missing_section",
        "new_enrollment", "retain_enrollment", "plan_enrollment", "not_in_enrollment", "error:enrollment",
    ),
    run=check_enrollments,
)  # fmt: skip


def _know_students(plan: Plan) -> None:
    """`rostered_student`: who is active at which school, by the last good version where there is no newer one.

    `unsure_student`: whose record there was rejected.
    """
    db = plan.connection
    sources = {
        "rostered_student": "SELECT school_code, student_id FROM after_school_enrollment ORDER BY 1, 2",
        "unsure_student": """
            SELECT school_code, student_id FROM reject_student
            UNION
            SELECT school, student_id FROM rejected WHERE endpoint = 'students' AND student_id IS NOT NULL
            UNION
            SELECT school, student_id FROM foreign_record WHERE endpoint = 'students' AND is_alone
            """,
    }
    for table, source in sources.items():
        db.execute(
            f"""
            CREATE TABLE {table} (
                school_code INTEGER, student_id INTEGER,
                PRIMARY KEY (school_code, student_id)
            ) WITHOUT ROWID
            """
        )
        db.execute(f"INSERT OR IGNORE INTO {table} (school_code, student_id) {source}")


def _know_sections(plan: Plan) -> None:
    """`known_section`: the sections that class rows may name, by number, and whether each is in."""
    db = plan.connection
    db.execute(
        """
        CREATE TABLE known_section (
            school_code INTEGER, section_number INTEGER, section_id TEXT NOT NULL, is_in INTEGER NOT NULL,
            PRIMARY KEY (school_code, section_number)
        ) WITHOUT ROWID
        """
    )
    columns = "school_code, section_number, section_id"
    db.execute(
        f"""
        INSERT INTO known_section ({columns}, is_in)
        SELECT {columns}, 1
        FROM after_section
        WHERE section_number IS NOT NULL
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO known_section ({columns}, is_in)
        SELECT {columns}, 0
        FROM clean_section
        WHERE NOT foreign_school
        """
    )


def _rank(row: str) -> str:
    """SQL: the rank of a class row; of several of a student and section the one of the highest counts."""
    return f"(coalesce({row}.begin_date <= :day, 1), coalesce({row}.begin_date, ''))"


def _enroll_scheduled(plan: Plan, day: str) -> int:
    """Fill `new_enrollment`: of several rows of a seat the one that holds the day, begun last, listed first."""
    # Each list comes section by section or student by student, of one school: rows go in near each other as they are,
    # and sorting them first takes as long as that.
    plan.connection.execute(
        f"""
        INSERT INTO new_enrollment (section_id, student_id, school_code, begin_date, end_date)
        SELECT section_id, student_id, school_code, begin_date, end_date
        FROM judged_class
        WHERE state = 'in'
        ORDER BY rowid
        ON CONFLICT (section_id, student_id) DO UPDATE
        SET begin_date = excluded.begin_date, end_date = excluded.end_date
        WHERE {_rank("excluded")} > {_rank("new_enrollment")}
        """,
        {"day": day},
    )
    return number(plan, "SELECT count(*) FROM new_enrollment")


def _note_ended(plan: Plan) -> None:
    """`ended_class`: seats that ended by their own row, where not all that decides about a seat was read well."""
    plan.connection.execute(
        """
        CREATE TABLE ended_class (
            section_id TEXT, student_id INTEGER,
            PRIMARY KEY (section_id, student_id)
        ) WITHOUT ROWID
        """
    )
    all_read = " AND ".join(
        ready(endpoint, "school_code") for endpoint in ("classes", "sections", "students")
    )
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO ended_class (section_id, student_id)
        SELECT section_id, student_id
        FROM seatless_class
        WHERE state = 'ended' AND NOT ({all_read})
        """
    )


def _enroll_homerooms(plan: Plan) -> int:
    """Add the students of homerooms to `new_enrollment`; returns how many there are with them."""
    plan.connection.execute(
        """
        INSERT OR IGNORE INTO new_enrollment (section_id, student_id, school_code, begin_date, end_date)
        SELECT a.section_id, h.student_id, h.school_code, NULL, NULL
        FROM homeroom_student h
        JOIN after_section a ON a.school_code = h.school_code AND a.teacher_number = h.teacher_number
        WHERE a.homeroom
        ORDER BY a.section_id, h.student_id
        """
    )
    return number(plan, "SELECT count(*) FROM new_enrollment")


def _is_gone() -> str:
    """SQL: the enrollment behind alias `g`, if it is not among those that are in, is positively gone."""
    school = "g.school_code"
    return f"""
        {unmapped(school)}
        OR (
            {ready("classes", school)}
            AND {ready("sections", school)}
            AND {ready("students", school)}
            AND (NOT {is_homeroom_id("g.section_id")} OR {ready("teachers", school)})
        )
        OR {STUDENT_GONE_THERE}
        OR {SECTION_GONE}
        OR EXISTS (
            SELECT 1
            FROM ended_class c
            WHERE c.section_id = g.section_id AND c.student_id = g.student_id
        )
        """


def _retain_enrollments(plan: Plan) -> None:
    """What was rejected keeps its last good version (promise 3), a rejected student the homeroom too."""
    db = plan.connection
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_enrollment (section_id, student_id)
        SELECT section_id, student_id
        FROM seatless_class
        WHERE state = '{Code.REC_DATE}'
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_enrollment (section_id, student_id)
        SELECT {section_id("school", "section_number")}, student_id
        FROM rejected
        WHERE endpoint = 'classes' AND student_id IS NOT NULL AND section_number IS NOT NULL
        UNION
        SELECT {section_id("school", "section_number")}, student_id
        FROM foreign_record
        WHERE endpoint = 'classes' AND is_alone
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO retain_enrollment (section_id, student_id)
        SELECT g.section_id, g.student_id
        FROM active_enrollment g
        JOIN retain_school_enrollment k ON k.school_code = g.school_code AND k.student_id = g.student_id
        WHERE {is_homeroom_id("g.section_id")}
        """
    )
    db.execute(
        """
        INSERT OR IGNORE INTO retain_enrollment (section_id, student_id)
        SELECT section_id, student_id
        FROM active_enrollment
        WHERE student_id IN (SELECT student_id FROM stranger_student)
            AND school_code IN (SELECT school FROM mapped)
            AND section_id IN (SELECT section_id FROM after_section)
        """
    )
    # Who is positively not at the school any more sits in none of its classes, and nobody in a class that is gone,
    # whatever else can't be read.
    db.execute(
        f"""
        DELETE FROM retain_enrollment
        WHERE EXISTS (
            SELECT 1
            FROM active_enrollment g
            WHERE g.section_id = retain_enrollment.section_id
                AND g.student_id = retain_enrollment.student_id
                AND ({STUDENT_GONE_THERE} OR {SECTION_GONE})
        )
        """
    )


def _count(plan: Plan, scheduled: int, homeroom: int) -> None:
    """Count the class rows, and each member of a homeroom as one received: no list holds it (promise 5).

    Every row of `judged_class` has one state. `seatless_class` has those that make no enrollment; of the others, which
    are in, one for each student and section is the enrollment, the rest are its duplicates.
    """
    states = {
        str(state): int(n)
        for state, n in plan.connection.execute("SELECT state, count(*) FROM seatless_class GROUP BY state")
    }
    included = number(plan, "SELECT count(*) FROM judged_class") - sum(states.values())
    add_count(
        plan,
        "enrollment",
        received=received(plan, "classes") + homeroom,
        rejected=sum(states.get(code, 0) for code in _REJECTED) + unreadable(plan, "classes"),
        out_of_scope=sum(states.get(state, 0) for state in _OUT),
        duplicate=included - scheduled,
    )


def _note_days(plan: Plan, day: str) -> None:
    """Write `next_begin` and `next_end`: the first days on and after which class rows count otherwise."""
    begins = "SELECT min(begin_date) FROM seatless_class WHERE state = 'later'"
    ends = f"SELECT min(end_date) FROM judged_class WHERE end_date >= ? AND state <> '{Code.REC_DATE}'"
    for name, select, given in (("next_begin", begins, ()), ("next_end", ends, (day,))):
        (first,) = plan.connection.execute(select, given).fetchone()
        if first is not None:
            plan.write_about(name, first)


def _describe(plan: Plan, rules: Rules) -> None:
    describe(
        plan,
        Code.REC_DATE,
        "enrollment",
        f"""
        SELECT
            section_id || ':' || student_id,
            school_code,
            iif({is_bad_date("begin_date")}, '{ENROLLMENT.wire("begin_date")}', '{ENROLLMENT.wire("end_date")}'),
            'The date cannot be read or does not exist.'
        FROM seatless_class
        WHERE state = '{Code.REC_DATE}'
        ORDER BY row
        """,
    )
    _describe_missing(plan, rules, Code.REF_STUDENT, "student", "student_id", ENROLLMENT.wire("student_id"))
    _describe_missing(plan, rules, Code.REF_SECTION, "section", "section_id", SECTION.wire("section_number"))


def _describe_missing(plan: Plan, rules: Rules, code: Code, kind: str, column: str, field: str) -> None:
    """One description for each missing student or section; none where that follows from another problem.

    Where the student's or section's own record was rejected, or its list was not read, the
    classes are counted under that problem's description.
    """
    endpoint = f"{kind}s"
    plan.connection.execute(
        f"""
        CREATE TABLE missing_{kind} AS
        SELECT {column} AS record, school_code AS school, count(*) AS n
        FROM seatless_class
        WHERE state = '{code}'
        GROUP BY {column}, school_code
        """
    )
    fold_missing(plan, code, kind, endpoint)
    describe(
        plan,
        code,
        "enrollment",
        f"""
        SELECT
            record, school, '{field}',
            n || iif(n = 1, ' class row names', ' class rows name')
            || ' a {kind} that is not in the {kind} list of the school.'
        FROM missing_{kind} m
        WHERE {asked_for(rules, readable(endpoint, "m.school"))}
            AND NOT {has_own_problem(kind, "m.record")}
        """,
    )


def _note_later(plan: Plan) -> None:
    """Say how many class rows begin when; they are out of scope until then."""
    days = plan.connection.execute(
        """
        SELECT begin_date, count(*)
        FROM seatless_class
        WHERE state = 'later'
        GROUP BY begin_date
        ORDER BY begin_date
        LIMIT 6
        """
    )
    for begin, n in days.fetchall():
        plan.connection.execute(
            "INSERT INTO note (text) VALUES (?)",
            (f"{n:,} class {'membership begins' if n == 1 else 'memberships begin'} on {begin}.",),
        )


def _note_elsewhere(plan: Plan) -> None:
    """Say how many class rows are of students who are not active at the school of the class."""
    n, students = plan.connection.execute(
        "SELECT count(*), count(DISTINCT student_id) FROM seatless_class WHERE state = 'elsewhere'"
    ).fetchone()
    if n:
        plan.connection.execute(
            "INSERT INTO note (text) VALUES (?)",
            (
                f"{in_number(n, 'class row')} of {in_number(students, 'student')} left out: "
                "the student is not active at the school of the class.",
            ),
        )
