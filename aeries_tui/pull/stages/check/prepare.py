"""What every check asks first: which schools are mapped, which lists were read well, what each date is."""

from __future__ import annotations

import json

from aeries_tui.aeries.records import columns as columns_of
from aeries_tui.codes import Code
from aeries_tui.master.roster.plan import SCHOOL_COLUMNS, Plan
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import date, is_bad_date
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS, STAGED

_TABLES = (
    "CREATE TEMP TABLE wire_date (text TEXT PRIMARY KEY, day TEXT, is_bad INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TEMP TABLE mapped (school INTEGER PRIMARY KEY)",
    """
    CREATE TEMP TABLE foreign_record (
        list_id INTEGER, endpoint TEXT, school INTEGER, named_school INTEGER,
        student_id INTEGER, section_number INTEGER, teacher_number INTEGER, is_alone INTEGER NOT NULL DEFAULT 1
    )
    """,
    "CREATE TEMP TABLE doubt (list_id INTEGER, code TEXT, message TEXT)",
    "CREATE TEMP TABLE foreign_list (list_id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE ready (id INTEGER, endpoint TEXT, school INTEGER)",
    "CREATE TEMP TABLE readable (id INTEGER PRIMARY KEY, endpoint TEXT, school INTEGER, received INTEGER)",
)
_REJECTED = """
CREATE TEMP VIEW rejected AS
SELECT
    b.list_id, l.endpoint, coalesce(b.school, l.school) AS school, b.code, b.field, b.part, b.position,
    b.student_id, b.section_number, b.teacher_number, b.staff_id, b.record_id
FROM p.rejected_record b
JOIN p.list l ON l.id = b.list_id
WHERE NOT b.is_value
"""
"""A record that could not be read, or a part of one (`part`), with the list in which it stood."""
_BAD_VALUE = """
CREATE TEMP VIEW bad_value AS
SELECT l.endpoint, b.code, b.field, coalesce(b.school, l.school) AS school, b.student_id, b.staff_id
FROM p.rejected_record b
JOIN p.list l ON l.id = b.list_id
WHERE b.is_value
"""
"""A value of the wrong kind that its record can do without."""
_KEYS = {
    "students": ("student_id",), "teachers": ("teacher_number",), "sections": ("section_number",),
    "classes": ("section_number", "student_id"),
}  # fmt: skip
"""What tells the records of a list of one school apart."""
# The share and "more than one": in a short list a single row would be beyond any share.
_DOUBTS = (
    f"""
    SELECT
        l.id, '{Code.REF_SCHOOL}',
        n || ' of ' || l.received || ' records belong to another school than the one asked for'
    FROM (SELECT list_id, count(*) AS n FROM foreign_record GROUP BY list_id) f
    JOIN p.list l ON l.id = f.list_id
    WHERE n > 1 AND n * 100.0 > :foreign_percent * l.received
    """,
    f"""
    SELECT id, '{Code.REC_UNREADABLE}', 'its answer was no valid JSON, so nobody knows what else stood in it'
    FROM p.list
    WHERE is_suspicious
    """,
    """
    SELECT list_id, min(code), count(*) || iif(count(*) = 1, ' record', ' records') || ' without an id that can be read'
    FROM p.rejected_record
    WHERE part = '' AND NOT is_known
    GROUP BY list_id
    """,
)
"""What casts doubt on whom a list does not hold, the gravest last: the list's id, a code and a part of a sentence."""
_READY = """
INSERT INTO ready (id, endpoint, school)
SELECT l.id, l.endpoint, l.school
FROM p.list l
WHERE l.state = 'complete'
    AND NOT EXISTS (SELECT 1 FROM foreign_list b WHERE b.list_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM doubt d WHERE d.list_id = l.id)
"""
# Single records can't tell what is absent; but a quick pull may have read some schools' lists whole as well.
_WHOLE_ONLY = "AND l.id IN (SELECT list_id FROM p.whole_list)"
_READABLE = """
INSERT INTO readable (id, endpoint, school, received)
SELECT id, endpoint, school, received
FROM p.list
WHERE state = 'complete' AND id NOT IN (SELECT list_id FROM foreign_list)
"""


def prepare(plan: Plan, rules: Rules) -> None:
    """Make the small tables every check asks: mapped schools, lists read well, schools and terms.

    A list is `ready` when it was read to its end and nothing in it casts doubt on what is
    absent from it: only a ready list may deactivate (promise 2). It is `readable` when its
    records may be used at all.
    """
    db = plan.connection
    for table in _TABLES:
        db.execute(table)
    db.execute(_REJECTED)
    db.execute(_BAD_VALUE)
    db.executemany("INSERT INTO mapped (school) VALUES (?)", [(code,) for code in sorted(rules.mapped)])
    _fill_schools(plan)
    _fail_foreign_lists(plan)
    for doubt in _DOUBTS:
        db.execute(
            f"INSERT INTO doubt (list_id, code, message) {doubt}", {"foreign_percent": rules.foreign_percent}
        )
    db.execute(_READY + _WHOLE_ONLY if rules.partial else _READY)
    db.execute(_READABLE)
    for endpoint in SCHOOL_LISTS:
        # A table for each: what a record's absence means is asked for hundreds of thousands of records.
        db.execute(
            f"""
            CREATE TEMP TABLE ready_{endpoint} AS
            SELECT school
            FROM ready
            WHERE endpoint = '{endpoint}'
            """
        )
        db.execute(f"CREATE UNIQUE INDEX temp.ready_{endpoint}_school ON ready_{endpoint} (school)")


PREPARE = Check(
    "prepare",
    needs=(),
    makes=(
        "wire_date", "mapped", "foreign_record", "foreign_list", "doubt", "ready", "readable", "rejected", "bad_value",
        "aeries_school", "term",
        *(f"ready_{endpoint}" for endpoint in SCHOOL_LISTS),
    ),
    run=prepare,
    is_part=False,
)  # fmt: skip


def _fill_schools(plan: Plan) -> None:
    row = plan.connection.execute("SELECT value FROM p.about WHERE name = 'schools'").fetchone()
    schools = json.loads(row[0]) if row else []
    plan.connection.executemany(
        f"""
        INSERT OR IGNORE INTO aeries_school ({", ".join(SCHOOL_COLUMNS)})
        VALUES ({", ".join("?" * len(SCHOOL_COLUMNS))})
        """,
        [tuple(school[name] for name in SCHOOL_COLUMNS) for school in schools],
    )
    plan.connection.executemany(
        """
        INSERT OR IGNORE INTO term (school_code, term_code, description, start_date, end_date)
        VALUES (?, ?, ?, ?, ?)
        """,
        [(school["code"], *term) for school in schools for term in school["terms"]],
    )


def _fail_foreign_lists(plan: Plan) -> None:
    """Find rows of another school than the one asked for; a list that is mostly such rows is not used.

    One that `is_alone` may be meant for the record that the school has under its id; where the list holds a row of
    the school's own under it, that says all there is to say.
    """
    db = plan.connection
    for endpoint in SCHOOL_LISTS:
        if not STAGED[endpoint].names_school:
            continue
        keys = [
            name if name in columns_of(STAGED[endpoint].type) else "NULL"
            for name in ("student_id", "section_number", "teacher_number")
        ]
        db.execute(
            f"""
            INSERT INTO foreign_record (
                list_id, endpoint, school, named_school, student_id, section_number, teacher_number
            )
            SELECT r.list_id, l.endpoint, l.school, r.school_code, {", ".join(keys)}
            FROM p.{STAGED[endpoint].table} r
            JOIN p.list l ON l.id = r.list_id
            WHERE r.school_code IS NOT l.school
            """
        )
    db.execute(
        """
        INSERT INTO foreign_list (list_id)
        SELECT f.list_id
        FROM (SELECT list_id, count(*) AS n FROM foreign_record GROUP BY list_id) f
        JOIN p.list l ON l.id = f.list_id
        WHERE n * 2 > l.received
        """
    )
    db.execute("DELETE FROM foreign_record WHERE list_id IN (SELECT list_id FROM foreign_list)")
    for endpoint, columns in _KEYS.items():
        key = ", ".join(columns)
        db.execute(
            f"""
            UPDATE foreign_record
            SET is_alone = 0
            WHERE endpoint = '{endpoint}' AND (list_id, {key}) IN (
                SELECT r.list_id, {", ".join(f"r.{column}" for column in columns)}
                FROM p.{STAGED[endpoint].table} r
                JOIN p.list l ON l.id = r.list_id
                WHERE r.school_code IS l.school AND r.list_id IN (SELECT list_id FROM foreign_record)
            )
            """
        )


def know_dates(plan: Plan, table: str, *columns: str) -> None:
    """Work out once what each different text in wire columns is as a day; a list holds few different ones.

    They are added to `wire_date`: text, day (as `date` gives it), is_bad (as `is_bad_date` says).
    """
    for column in columns:
        plan.connection.execute(
            f"""
            INSERT OR IGNORE INTO wire_date (text, day, is_bad)
            SELECT text, day, {is_bad_date("day")}
            FROM (
                SELECT text, {date("text")} AS day
                FROM (SELECT DISTINCT {column} AS text FROM p.{table})
                WHERE text IS NOT NULL
            )
            """
        )


def ready(endpoint: str, school: str) -> str:
    """SQL: the list `endpoint` of the school in column `school` was read well."""
    return f"{school} IN (SELECT school FROM ready_{endpoint})"


def readable(endpoint: str, school: str = "") -> str:
    """SQL: the records of the list, of the school in the column `school` if one is given, were used."""
    here = f" AND r.school = {school}" if school else ""
    return f"EXISTS (SELECT 1 FROM readable r WHERE r.endpoint = '{endpoint}'{here})"


def all_ready(endpoint: str) -> str:
    """SQL: the list was read well at every mapped school."""
    return f"NOT EXISTS (SELECT 1 FROM mapped WHERE school NOT IN (SELECT school FROM ready_{endpoint}))"


def district_ready(endpoint: str) -> str:
    """SQL: a district-wide list was read well."""
    assert endpoint in DISTRICT_LISTS
    return f"EXISTS (SELECT 1 FROM ready WHERE endpoint = '{endpoint}')"


def unmapped(school: str) -> str:
    """SQL: the school in column `school` takes no part any more."""
    return f"{school} NOT IN (SELECT school FROM mapped)"
