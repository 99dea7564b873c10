"""What has to be asked for singly: what the feeds name, and what that leads to, by SQL over staging and Master.

The rules of the check decide a record by looking at others: a class row at its student and its
section, a section at its staff and its course, a homeroom at everybody in its school who names it.
What the Master holds as active needs no asking, for the feeds would have named it had it changed.
Whatever else a decision rests on is asked for, round by round, until nothing is missing.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.master.roster.kinds import KINDS, columns_sql
from aeries_tui.pull.stages.check.sql import date, is_bad_date, text

NOBODY = -1
"""Stands for the school of what belongs to no school."""

TABLES = (
    "CREATE TABLE named (kind TEXT NOT NULL, school INTEGER NOT NULL, key, PRIMARY KEY (kind, school, key)) WITHOUT ROWID",
    "CREATE TABLE asked (kind TEXT NOT NULL, school INTEGER NOT NULL, key, state TEXT NOT NULL, "
    "PRIMARY KEY (kind, school, key)) WITHOUT ROWID",
    "CREATE TABLE whole_list (list_id INTEGER PRIMARY KEY)",
    "CREATE TABLE carried (kind TEXT NOT NULL, school INTEGER NOT NULL, key, PRIMARY KEY (kind, school, key)) WITHOUT ROWID",
)
"""Beside the staged pages: what the feeds named; what was asked for and whether the answer says it all
(`whole`), says nothing (`none`) or only a part (`part`); the lists that were read from end to end; what
quick pulls before this one had only a part of."""


@dataclass(frozen=True)
class Need:
    """One thing to ask for.

    Attributes:
        kind: a name of `aeries.Single` in small letters, or `teachers` or `sections` for a school's whole list.
        school: its code, or None.
        key: the id; blank for a whole list.
    """

    kind: str
    school: int | None
    key: int | str


def _digits(column: str) -> str:
    return f"{column} GLOB '*[1-9]*' AND {column} NOT GLOB '*[^0-9]*'"


def _homeroom(school: str, column: str) -> str:
    return f"CASE WHEN {_digits(column)} THEN {school} || '_TN_' || CAST({column} AS INTEGER) END"


def _slots(source: str) -> str:
    return " UNION ALL ".join(
        f"SELECT school_code, teacher_number, staff_id{n} AS staff_id FROM {source} WHERE coalesce(staff_id{n}, 0) <> 0 "
        f"AND {text('inactive_status_code')} IS NULL"
        for n in (1, 2, 3)
    )


_TEACHER_HERE = text("home_room_teacher_number")
_VIEWS = {
    "live_student": f"SELECT school_code, student_id, {_homeroom('school_code', _TEACHER_HERE)} AS homeroom "
    f"FROM raw_student WHERE {text('inactive_status_code')} IS NULL",
    "good_homeroom": "SELECT school_code, student_id, "
    f"{_homeroom('school_code', 'homeroom_teacher')} AS homeroom FROM active_school_enrollment",
    "live_section": "SELECT school_code, section_number, school_code || '_' || section_number AS section_id, "
    f"{text('course_id')} AS course_id FROM raw_section WHERE {text('inactive_status_code')} IS NULL",
    "live_member": "SELECT s.school_code, s.section_id, m.staff_id FROM raw_member m JOIN live_section s "
    "ON s.school_code = m.school_code AND s.section_number = m.section_number WHERE coalesce(m.staff_id, 0) <> 0 "
    f"AND {text('m.inactive_status_code')} IS NULL AND (coalesce({date('m.end_date')} >= (SELECT day FROM today), 1) "
    f"OR {is_bad_date(date('m.end_date'))})",
    "live_teacher": _slots("raw_teacher"),
    "seat_now": "SELECT DISTINCT school_code, student_id, section_number, "
    "school_code || '_' || section_number AS section_id FROM raw_class WHERE "
    f"coalesce({date('date_started')} <= (SELECT reach FROM today), 1) "
    f"AND coalesce({date('date_ended')} >= (SELECT day FROM today), 1)",
    "unknown_section": "SELECT school_code, section_number FROM seat_now c "
    "WHERE NOT EXISTS (SELECT 1 FROM active_section g WHERE g.section_id = c.section_id) AND NOT EXISTS (SELECT 1 "
    "FROM raw_section r WHERE r.school_code = c.school_code AND r.section_number = c.section_number)",
    "fresh_staff": f"SELECT id AS staff_id FROM raw_staff WHERE {text('inactive_status_code')} IS NULL "
    "AND id IN (SELECT key FROM named WHERE kind = 'staff') AND id NOT IN (SELECT staff_id FROM active_staff)",
    "judged_section": "SELECT school_code || '_' || section_number AS section_id FROM raw_section UNION "
    "SELECT section_id FROM active_section WHERE homeroom AND school_code IN "
    "(SELECT school FROM asked WHERE kind = 'teachers')",
    # Who may have lost the last thing that keeps them in: a section, or a teacher record that names them.
    "leaving": "SELECT staff_id FROM active_staff s WHERE (staff_id IN (SELECT id FROM raw_staff WHERE "
    f"{text('inactive_status_code')} IS NULL) OR staff_id IN (SELECT staff_id FROM active_teaching WHERE section_id IN "
    "(SELECT section_id FROM judged_section))) AND staff_id NOT IN (SELECT staff_id FROM live_member) "
    "AND staff_id NOT IN (SELECT staff_id FROM live_teacher) AND NOT EXISTS (SELECT 1 FROM active_teaching t WHERE "
    "t.staff_id = s.staff_id AND t.section_id NOT IN (SELECT section_id FROM judged_section))",
}

_SECTIONS_SINGLY = (
    "school IN (SELECT school FROM mapped) AND school NOT IN (SELECT school FROM homeroom_school)"
)
_HERE = "school_code IN (SELECT school FROM mapped)"
# A homeroom comes or goes with the first and last student who names it, with any section that its teacher takes
# over or gives up (design, section 4), and with its teacher's being active: then the school is looked at whole.
_HOMEROOMS = """
SELECT l.school_code AS school FROM live_student l WHERE l.homeroom IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM active_section s WHERE s.section_id = l.homeroom)
    AND NOT EXISTS (SELECT 1 FROM good_homeroom g WHERE g.school_code = l.school_code
        AND g.student_id = l.student_id AND g.homeroom = l.homeroom)
UNION SELECT g.school_code FROM good_homeroom g JOIN active_section s ON s.section_id = g.homeroom
    WHERE g.student_id IN (SELECT key FROM asked WHERE kind = 'student' AND state = 'whole')
    AND NOT EXISTS (SELECT 1 FROM good_homeroom o WHERE o.school_code = g.school_code AND o.homeroom = g.homeroom
        AND o.student_id NOT IN (SELECT key FROM asked WHERE kind = 'student' AND state = 'whole'))
UNION SELECT school FROM named WHERE kind = 'section'
UNION SELECT school_code FROM unknown_section
UNION SELECT school_code FROM raw_section
UNION SELECT school_code FROM live_teacher WHERE staff_id IN (SELECT staff_id FROM fresh_staff)
"""
_RECOUNTED = (
    f"SELECT school, '' AS key FROM ({_HOMEROOMS}) WHERE school IN (SELECT school FROM homeroom_school)"
)

NEEDS: dict[str, str] = {
    "student": f"SELECT {NOBODY} AS school, key FROM named WHERE kind = 'student' AND (school IN (SELECT school "
    "FROM mapped) OR key IN (SELECT student_id FROM active_student)) "
    f"UNION SELECT {NOBODY}, student_id FROM seat_now WHERE student_id NOT IN (SELECT student_id FROM active_student)",
    "seats": f"SELECT school, key FROM (SELECT school_code AS school, student_id AS key FROM raw_student WHERE {_HERE} "
    "UNION SELECT b.school, b.student_id FROM rejected_record b JOIN list l ON l.id = b.list_id WHERE l.endpoint = 'students' "
    "AND b.student_id IS NOT NULL AND b.school IN (SELECT school FROM mapped)) WHERE key IN "
    "(SELECT student_id FROM live_student) AND key NOT IN (SELECT student_id FROM active_student)",
    "section": "SELECT school, key FROM (SELECT school, key FROM named WHERE kind = 'section' UNION "
    f"SELECT school_code, section_number FROM unknown_section) WHERE {_SECTIONS_SINGLY}",
    "roster": "SELECT school, key FROM named WHERE kind = 'roster' AND school IN (SELECT school FROM mapped) "
    "UNION SELECT school_code, section_number FROM live_section s "
    "WHERE NOT EXISTS (SELECT 1 FROM active_section g WHERE g.section_id = s.section_id)",
    "staff": f"SELECT {NOBODY} AS school, key FROM named WHERE kind = 'staff' UNION SELECT {NOBODY}, staff_id FROM "
    "(SELECT staff_id FROM live_member UNION SELECT staff_id FROM live_teacher WHERE school_code IN "
    "(SELECT school FROM homeroom_school)) WHERE staff_id NOT IN (SELECT staff_id FROM active_staff) "
    f"UNION SELECT {NOBODY}, staff_id FROM leaving WHERE (SELECT staff_by_school FROM today)",
    "staff_sections": f"SELECT {NOBODY} AS school, staff_id AS key FROM fresh_staff",
    "staff_teachers": f"SELECT {NOBODY} AS school, staff_id AS key FROM fresh_staff "
    f"UNION SELECT {NOBODY}, staff_id FROM leaving",
    "course": f"SELECT {NOBODY} AS school, key FROM named WHERE kind = 'course' AND key IN "
    f"(SELECT course_id FROM active_section) UNION SELECT {NOBODY}, course_id FROM live_section "
    "WHERE course_id IS NOT NULL AND course_id NOT IN (SELECT course_id FROM active_course)",
    "teachers": _RECOUNTED,
    "sections": _RECOUNTED,
}
"""For each kind of need, SQL that gives school and key of all there is to ask, asked or not."""


def prepare_needs(db: sqlite3.Connection) -> None:
    """Make the views that `NEEDS` asks; the Master is attached as `m`, `mapped` and `today` are there."""
    for kind in KINDS:
        db.execute(
            f"CREATE TEMP VIEW active_{kind.name} AS SELECT {columns_sql(kind.names)} FROM m.{kind.name} WHERE active = 1"
        )
    for name, select in _VIEWS.items():
        db.execute(f"CREATE TEMP VIEW {name} AS {select}")


def name_what_ended(db: sqlite3.Connection) -> None:
    """No feed names what ends by the calendar: rosters and sections in which somebody's last day is past."""
    db.execute(
        "INSERT OR IGNORE INTO named SELECT DISTINCT 'roster', s.school_code, s.section_number FROM active_enrollment e "
        "JOIN active_section s ON s.section_id = e.section_id WHERE e.end_date < (SELECT day FROM today) "
        "AND s.section_number IS NOT NULL"
    )
    db.execute(
        "INSERT OR IGNORE INTO named SELECT DISTINCT 'section', s.school_code, s.section_number FROM active_teaching t "
        "JOIN active_section s ON s.section_id = t.section_id WHERE t.end_date < (SELECT day FROM today) "
        "AND s.section_number IS NOT NULL"
    )


def unmet(db: sqlite3.Connection) -> list[Need]:
    """Everything that is to be asked for now and was not yet."""
    found = []
    for kind, select in NEEDS.items():
        rows = db.execute(
            f"SELECT school, key FROM ({select} UNION SELECT school, key FROM carried WHERE kind = :kind) "
            "EXCEPT SELECT school, key FROM asked WHERE kind = :kind",
            {"kind": kind},
        )
        found += [Need(kind, None if row[0] == NOBODY else row[0], row[1]) for row in rows]
    return found
