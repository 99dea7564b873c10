"""What has to be asked for singly: what the feeds name and what that leads to, by SQL over both databases.

The rules of the check decide a record by looking at others: a class row at its student and its
section, a section at its staff and its course, a homeroom at everybody in its school who names it.
What the Master holds as active needs no asking, for the feeds would have named it had it changed.
Whatever else a decision rests on is asked for, round by round, until nothing is missing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.master.roster.kinds import KINDS, SCHOOL_ENROLLMENT, SECTION, columns_sql
from aeries_tui.master.roster.section_ids import homeroom_id
from aeries_tui.pull.stages.check.sql import date, is_bad_date, text
from aeries_tui.pull.staging import staged_column

NOBODY = -1
"""Stands for the school of what belongs to no school."""

_KEY = "kind TEXT NOT NULL, school INTEGER NOT NULL, key"
_PRIMARY = "PRIMARY KEY (kind, school, key)"
TABLES = (
    f"CREATE TABLE named ({_KEY}, {_PRIMARY}) WITHOUT ROWID",
    f"CREATE TABLE asked ({_KEY}, state TEXT NOT NULL, {_PRIMARY}) WITHOUT ROWID",
    "CREATE TABLE whole_list (list_id INTEGER PRIMARY KEY)",
    f"CREATE TABLE unfinished ({_KEY}, {_PRIMARY}) WITHOUT ROWID",
)
"""Beside the staged pages: what the feeds named; what was asked for and whether the answer says it all
(`whole`), says nothing (`none`) or only a part (`part`); the lists that were read from end to end; what
quick pulls before this one had only a part of."""


@dataclass(frozen=True)
class Need:
    """One thing to ask for.

    Attributes:
        kind: a name of `aeries.Single` in small letters; `teachers` or `sections` for a school's whole list.
        school: its code, or None.
        key: the id; blank for a whole list.
    """

    kind: str
    school: int | None
    key: int | str


def _homeroom(school: str, teacher: str) -> str:
    """SQL: the section id of a teacher number's homeroom; NULL where the text is no number above 0."""
    is_number = f"{teacher} GLOB '*[1-9]*' AND {teacher} NOT GLOB '*[^0-9]*'"
    return f"CASE WHEN {is_number} THEN {homeroom_id(school, f'CAST({teacher} AS INTEGER)')} END"


def _is_active(alias: str = "") -> str:
    """SQL: Aeries gives the record as active."""
    return f"{text(f'{alias}inactive_status_code')} IS NULL"


def _is_active_there(alias: str) -> str:
    """SQL: the Master has the student of the row behind the alias as active at the row's school."""
    return f"""EXISTS (
            SELECT 1
            FROM active_school_enrollment g
            WHERE g.school_code = {alias}.school_code AND g.student_id = {alias}.student_id
        )"""


def _slots(source: str) -> str:
    """SQL: a row for each of up to three people in each active teacher record."""
    return " UNION ALL ".join(
        f"""
        SELECT school_code, teacher_number, staff_id{n} AS staff_id
        FROM {source}
        WHERE staff_id{n} > 0 AND {_is_active()}
        """
        for n in (1, 2, 3)
    )


_TEACHER_NOW = text(staged_column("students", SCHOOL_ENROLLMENT.wire("homeroom_teacher")))
_DAY, _REACH = "(SELECT day FROM today)", "(SELECT reach FROM today)"
_LAST_DAY = date("m.end_date")
_FIRST_DAY = date("m.start_date")
_VIEWS = {
    "live_student": f"""
        SELECT school_code, student_id, {_homeroom("school_code", _TEACHER_NOW)} AS homeroom
        FROM raw_student
        WHERE {_is_active()}
    """,
    "active_homeroom": f"""
        SELECT school_code, student_id, {_homeroom("school_code", "homeroom_teacher")} AS homeroom
        FROM active_school_enrollment
    """,
    "live_section": f"""
        SELECT
            school_code, section_number, school_code || '_' || section_number AS section_id,
            {text(staged_column("sections", SECTION.wire("course_id")))} AS course_id
        FROM raw_section
        WHERE {_is_active()}
    """,
    # A last day that can't be read keeps somebody on a section: the check has to look at the person.
    "live_member": f"""
        SELECT s.school_code, s.section_id, m.staff_id
        FROM raw_member m
        JOIN live_section s ON s.school_code = m.school_code AND s.section_number = m.section_number
        WHERE m.staff_id > 0
            AND {_is_active("m.")}
            AND (coalesce({_LAST_DAY} >= {_DAY}, 1) OR {is_bad_date(_LAST_DAY)})
            AND (coalesce({_FIRST_DAY} <= {_DAY}, 1) OR {is_bad_date(_FIRST_DAY)})
    """,
    "live_teacher": _slots("raw_teacher"),
    "seat_now": f"""
        SELECT DISTINCT
            school_code, student_id, section_number, school_code || '_' || section_number AS section_id
        FROM raw_class
        WHERE coalesce({date("date_started")} <= {_REACH}, 1)
            AND coalesce({date("date_ended")} >= {_DAY}, 1)
    """,
    "unknown_section": """
        SELECT school_code, section_number
        FROM seat_now c
        WHERE NOT EXISTS (SELECT 1 FROM active_section g WHERE g.section_id = c.section_id)
            AND NOT EXISTS (
                SELECT 1 FROM raw_section r
                WHERE r.school_code = c.school_code AND r.section_number = c.section_number
            )
    """,
    "fresh_staff": f"""
        SELECT id AS staff_id
        FROM raw_staff
        WHERE {_is_active()}
            AND id IN (SELECT key FROM named WHERE kind = 'staff')
            AND id NOT IN (SELECT staff_id FROM active_staff)
    """,
    # The sections whose people the check decides about: those read, and homerooms of schools looked at whole.
    "judged_section": """
        SELECT school_code || '_' || section_number AS section_id FROM raw_section
        UNION
        SELECT section_id
        FROM active_section
        WHERE homeroom AND school_code IN (SELECT school FROM asked WHERE kind = 'teachers')
    """,
    # Who may have lost the last thing that keeps them in: a section, or a teacher record that names them.
    "leaving": f"""
        SELECT staff_id
        FROM active_staff s
        WHERE (
                staff_id IN (SELECT id FROM raw_staff WHERE {_is_active()})
                OR staff_id IN (
                    SELECT staff_id FROM active_teaching
                    WHERE section_id IN (SELECT section_id FROM judged_section)
                )
            )
            AND staff_id NOT IN (SELECT staff_id FROM live_member)
            AND staff_id NOT IN (SELECT staff_id FROM live_teacher)
            AND NOT EXISTS (
                SELECT 1 FROM active_teaching t
                WHERE t.staff_id = s.staff_id AND t.section_id NOT IN (SELECT section_id FROM judged_section)
            )
    """,
}

_MAPPED = "(SELECT school FROM mapped)"
_HOMEROOM_SCHOOLS = "(SELECT school FROM homeroom_school)"
_ACTIVE_STUDENTS = "(SELECT student_id FROM active_student)"
_READ_STUDENTS = "(SELECT key FROM asked WHERE kind = 'student' AND state = 'whole')"
# A homeroom comes or goes with the first and last student who names it, with any section that its teacher
# takes over or gives up (design, section 4), and with its teacher's being active: then the school is looked
# at whole.
_HOMEROOMS = f"""
    SELECT l.school_code AS school
    FROM live_student l
    WHERE l.homeroom IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM active_section s WHERE s.section_id = l.homeroom)
        AND NOT EXISTS (
            SELECT 1 FROM active_homeroom g
            WHERE g.school_code = l.school_code AND g.student_id = l.student_id AND g.homeroom = l.homeroom
        )
    UNION
    SELECT g.school_code
    FROM active_homeroom g
    JOIN active_section s ON s.section_id = g.homeroom
    WHERE g.student_id IN {_READ_STUDENTS}
        AND NOT EXISTS (
            SELECT 1 FROM active_homeroom o
            WHERE o.school_code = g.school_code AND o.homeroom = g.homeroom
                AND o.student_id NOT IN {_READ_STUDENTS}
        )
    UNION
    SELECT school FROM named WHERE kind = 'section'
    UNION
    SELECT school_code FROM unknown_section
    UNION
    SELECT school_code FROM raw_section
    UNION
    SELECT school_code FROM live_teacher WHERE staff_id IN (SELECT staff_id FROM fresh_staff)
"""
_RECOUNTED = f"SELECT school, '' AS key FROM ({_HOMEROOMS}) WHERE school IN {_HOMEROOM_SCHOOLS}"

NEEDS: dict[str, str] = {
    "student": f"""
        SELECT {NOBODY} AS school, key
        FROM named
        WHERE kind = 'student' AND (school IN {_MAPPED} OR key IN {_ACTIVE_STUDENTS})
        UNION
        SELECT {NOBODY}, student_id FROM seat_now c WHERE NOT {_is_active_there("c")}
    """,
    # Of who is not in yet at a school, the feeds need not have named what the Master never held: where they sit.
    "seats": f"""
        SELECT school_code AS school, student_id AS key
        FROM live_student l
        WHERE school_code IN {_MAPPED} AND NOT {_is_active_there("l")}
    """,
    # A school that may have homerooms is read whole, see `sections`.
    "section": f"""
        SELECT school, key
        FROM (
            SELECT school, key FROM named WHERE kind = 'section'
            UNION
            SELECT school_code, section_number FROM unknown_section
        )
        WHERE school IN {_MAPPED} AND school NOT IN {_HOMEROOM_SCHOOLS}
    """,
    "roster": f"""
        SELECT school, key FROM named WHERE kind = 'roster' AND school IN {_MAPPED}
        UNION
        SELECT school_code, section_number
        FROM live_section s
        WHERE NOT EXISTS (SELECT 1 FROM active_section g WHERE g.section_id = s.section_id)
    """,
    "staff": f"""
        SELECT {NOBODY} AS school, key FROM named WHERE kind = 'staff'
        UNION
        SELECT {NOBODY}, staff_id
        FROM (
            SELECT staff_id FROM live_member
            UNION
            SELECT staff_id FROM live_teacher WHERE school_code IN {_HOMEROOM_SCHOOLS}
        )
        WHERE staff_id NOT IN (SELECT staff_id FROM active_staff)
        UNION
        SELECT {NOBODY}, staff_id FROM leaving WHERE (SELECT staff_by_school FROM today)
    """,
    "staff_sections": f"SELECT {NOBODY} AS school, staff_id AS key FROM fresh_staff",
    "staff_teachers": f"""
        SELECT {NOBODY} AS school, staff_id AS key FROM fresh_staff
        UNION
        SELECT {NOBODY}, staff_id FROM leaving
    """,
    "course": f"""
        SELECT {NOBODY} AS school, key
        FROM named
        WHERE kind = 'course' AND key IN (SELECT course_id FROM active_section)
        UNION
        SELECT {NOBODY}, course_id
        FROM live_section
        WHERE course_id IS NOT NULL AND course_id NOT IN (SELECT course_id FROM active_course)
    """,
    "teachers": _RECOUNTED,
    "sections": _RECOUNTED,
}
"""For each kind of need, SQL that gives school and key of all there is to ask, asked or not."""


def prepare_needs(db: sqlite3.Connection) -> None:
    """Make the views that `NEEDS` asks; the Master is attached as `m`, `mapped` and `today` are there."""
    for kind in KINDS:
        db.execute(
            f"""
            CREATE TEMP VIEW active_{kind.name} AS
            SELECT {columns_sql(kind.names)} FROM m.{kind.name} WHERE active = 1
            """
        )
    for name, select in _VIEWS.items():
        db.execute(f"CREATE TEMP VIEW {name} AS {select}")


def name_what_ended(db: sqlite3.Connection) -> None:
    """No feed names what ends by the calendar: rosters and sections in which somebody's last day is past."""
    for kind, table in (("roster", "active_enrollment"), ("section", "active_teaching")):
        # A homeroom has no section number, and is never asked for singly.
        db.execute(
            f"""
            INSERT OR IGNORE INTO named (kind, school, key)
            SELECT DISTINCT '{kind}', s.school_code, s.section_number
            FROM {table} e
            JOIN active_section s ON s.section_id = e.section_id
            WHERE e.end_date < {_DAY} AND s.section_number IS NOT NULL
            """
        )


def unmet(db: sqlite3.Connection) -> list[Need]:
    """Everything that is to be asked for now and was not yet."""
    needs: list[Need] = []
    for kind, select in NEEDS.items():
        rows = db.execute(
            f"""
            SELECT school, key FROM ({select} UNION SELECT school, key FROM unfinished WHERE kind = :kind)
            EXCEPT
            SELECT school, key FROM asked WHERE kind = :kind
            """,
            {"kind": kind},
        )
        needs += [Need(kind, None if school == NOBODY else school, key) for school, key in rows]
    return needs
