"""What a OneRoster bundle is made of: active records of mapped schools, as rows, a few at a time.

Only what is active and belongs to a school that is mapped now. The rows of one bundle are
read inside `one_state`, so that an import applied meanwhile does not mix into them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from aeries_tui.master.schools.schools import mapped_codes

_MAPPED = "(SELECT code FROM temp.mapped_school)"
_SECTION = f"c.active = 1 AND c.school_code IN {_MAPPED}"
_TERM = "(SELECT t.term_code FROM term t WHERE t.school_code = c.school_code AND t.term_code = c.term)"
_LEAD = (
    "(SELECT g.staff_id FROM teaching g JOIN staff f ON f.staff_id = g.staff_id AND f.active = 1 "
    "WHERE g.section_id = c.section_id AND g.active = 1 ORDER BY g.is_primary DESC, g.staff_id LIMIT 1)"
)


@contextmanager
def one_state(db: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one state of the Master, whatever is applied meanwhile.

    The mapped schools and their students are written down first: as conditions they would be looked up
    anew for every row.
    """
    db.execute("BEGIN")
    try:
        db.execute("CREATE TEMP TABLE mapped_school (code INTEGER PRIMARY KEY)")
        db.executemany(
            "INSERT INTO temp.mapped_school (code) VALUES (?)", [(code,) for code in sorted(mapped_codes(db))]
        )
        db.execute("CREATE TEMP TABLE mapped_student (student_id INTEGER PRIMARY KEY, schools TEXT)")
        # The plus keeps SQLite from looking every student up in every school.
        db.execute(
            f"""
            INSERT INTO temp.mapped_student (student_id, schools)
            SELECT s.student_id, (
                SELECT group_concat(code, ' ') FROM (
                    SELECT e.school_code AS code
                    FROM school_enrollment e
                    WHERE e.student_id = s.student_id AND e.active = 1 AND +e.school_code IN {_MAPPED}
                    ORDER BY 1
                )
            )
            FROM student s
            WHERE s.active = 1
            """
        )
        db.execute("DELETE FROM temp.mapped_student WHERE schools IS NULL")
        yield
    finally:
        db.execute("ROLLBACK")


def people(db: sqlite3.Connection) -> int:
    """How many people a bundle would hold."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM temp.mapped_student) + (SELECT count(*) FROM staff WHERE active = 1)"
    ).fetchone()
    return int(row[0])


def district_name(db: sqlite3.Connection) -> str | None:
    """The district's own name: that of row 0 of Aeries' school list (contract, section 7, schools)."""
    row = db.execute("SELECT name FROM aeries_school WHERE code = 0").fetchone()
    return str(row[0]) if row and row[0] else None


def school_year(db: sqlite3.Connection) -> tuple[str | None, str | None]:
    """The school year of the roster (2026-2027) and the day of the newest applied import."""
    year = db.execute("SELECT value FROM meta WHERE name = 'school_year'").fetchone()
    day = db.execute(
        "SELECT max(coalesce(nullif(day, ''), substr(started_at, 1, 10))) FROM import WHERE applied = 1"
    )
    return (str(year[0]) if year else None), day.fetchone()[0]


def schools(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Mapped schools: code, name, nces_code, state_code."""
    yield from db.execute(
        f"SELECT code, name, nces_code, state_code FROM aeries_school WHERE code IN {_MAPPED} ORDER BY code"
    )


def terms(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Terms of mapped schools: school_code, term_code, description, start_date, end_date."""
    yield from db.execute(
        "SELECT school_code, term_code, description, start_date, end_date FROM term "
        f"WHERE school_code IN {_MAPPED} ORDER BY school_code, start_date, term_code"
    )


def schools_with_year_classes(db: sqlite3.Connection) -> list[int]:
    """Schools with a section whose term is not among the school's terms: it runs the whole year."""
    rows = db.execute(
        f"SELECT DISTINCT c.school_code FROM section c WHERE {_SECTION} AND {_TERM} IS NULL ORDER BY 1"
    )
    return [int(row[0]) for row in rows]


def courses(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Courses that a section uses: course_id, title, low_grade, high_grade, listed.

    `listed` is 0 where a section names a course that the course list does not have.
    """
    yield from db.execute(
        f"""
        SELECT u.course_id, k.title, k.low_grade, k.high_grade, k.course_id IS NOT NULL AS listed
        FROM (
            SELECT DISTINCT c.course_id
            FROM section c
            WHERE {_SECTION} AND NOT c.homeroom AND c.course_id IS NOT NULL
        ) u
        LEFT JOIN course k ON k.course_id = u.course_id AND k.active = 1
        ORDER BY u.course_id
        """
    )


def sections_without_course(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Sections of the master schedule that name no course: as `sections`."""
    yield from _sections(db, "AND NOT c.homeroom AND c.course_id IS NULL", "c.section_id")


def homerooms(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Homerooms, those of one teacher together: as `sections`."""
    yield from _sections(db, "AND c.homeroom", "lead_id IS NULL, lead_id, c.section_id")


def sections(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Sections and homerooms.

    section_id, school_code, section_number, teacher_number, homeroom, title, course_id, course_title,
    term (null where the school has no such term), given_term, period, room, low_grade, high_grade,
    lead_id (the staff_id of the first teacher).
    """
    yield from _sections(db, "", "c.section_id")


def _sections(db: sqlite3.Connection, further: str, order: str) -> Iterator[sqlite3.Row]:
    yield from db.execute(
        f"""
        SELECT
            c.section_id, c.school_code, c.section_number, c.teacher_number, c.homeroom, c.title, c.course_id,
            k.title AS course_title, {_TERM} AS term, c.term AS given_term, c.period, c.room,
            c.low_grade, c.high_grade, {_LEAD} AS lead_id
        FROM section c
        LEFT JOIN course k ON k.course_id = c.course_id AND k.active = 1
        WHERE {_SECTION} {further}
        ORDER BY {order}
        """
    )


def staff(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Staff: staff_id, names, email, login_id, title, account_name, schools (codes, blanks between), teaches.

    The schools are those where they teach, and their primary school where that is mapped, which comes
    as `primary_school`.
    """
    yield from db.execute(
        f"""
        SELECT
            f.staff_id, f.last_name, f.first_name, f.middle_name, f.email, f.login_id, f.title,
            a.user_name AS account_name,
            iif(f.primary_school IN {_MAPPED}, f.primary_school, NULL) AS primary_school,
            (
                SELECT group_concat(code, ' ') FROM (
                    SELECT g.school_code AS code
                    FROM teaching g
                    WHERE g.staff_id = f.staff_id AND g.active = 1 AND g.school_code IN {_MAPPED}
                    UNION
                    SELECT f.primary_school WHERE f.primary_school IN {_MAPPED}
                    ORDER BY 1
                )
            ) AS schools,
            EXISTS (SELECT 1 FROM teaching g WHERE g.staff_id = f.staff_id AND g.active = 1) AS teaches
        FROM staff f
        LEFT JOIN account a ON a.kind = 'staff' AND a.person = f.staff_id
        WHERE f.active = 1
        ORDER BY f.staff_id
        """
    )


def students(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Students: student_id, names, email, login_id, grade, gender, birthdate, account_name, schools.

    The one that counts most comes as `primary_school` as well.
    """
    yield from db.execute(
        """
        SELECT
            s.student_id, s.last_name, s.first_name, s.middle_name, s.preferred_last_name,
            s.preferred_first_name, s.email, s.login_id, s.grade, s.gender, s.birthdate,
            a.user_name AS account_name, s.primary_school, p.schools
        FROM temp.mapped_student p
        CROSS JOIN student s ON s.student_id = p.student_id
        LEFT JOIN account a ON a.kind = 'student' AND a.person = s.student_id
        ORDER BY p.student_id
        """
    )


def schools_of_students(db: sqlite3.Connection) -> Generator[sqlite3.Row, None, None]:
    """The same students: student_id, schools."""
    yield from db.execute("SELECT student_id, schools FROM temp.mapped_student ORDER BY student_id")


def enrollments(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Class memberships: section_id, school_code, term, student_id, begin_date, end_date."""
    # The plus keeps SQLite from looking every student up in every section.
    yield from db.execute(
        f"""
        SELECT r.section_id, c.school_code, {_TERM} AS term, r.student_id, r.begin_date, r.end_date
        FROM section c
        CROSS JOIN enrollment r ON r.section_id = c.section_id
        WHERE r.active = 1
            AND {_SECTION}
            AND +r.student_id IN (SELECT student_id FROM temp.mapped_student)
        ORDER BY c.section_id, r.student_id
        """
    )


def teachings(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Teaching assignments, those of a section together, the primary one first.

    section_id, school_code, term, staff_id, is_primary, begin_date, end_date.
    """
    yield from db.execute(
        f"""
        SELECT
            g.section_id, c.school_code, {_TERM} AS term, g.staff_id, g.is_primary, g.begin_date, g.end_date
        FROM teaching g
        JOIN section c ON c.section_id = g.section_id
        JOIN staff f ON f.staff_id = g.staff_id AND f.active = 1
        WHERE g.active = 1 AND {_SECTION}
        ORDER BY g.section_id, g.is_primary DESC, g.staff_id
        """
    )
