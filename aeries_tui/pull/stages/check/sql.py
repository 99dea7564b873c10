"""SQL fragments of the check: trimming, dates, addresses, and which lists were read well."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS
from aeries_tui.text import clean_text

_SPACE = "char(32, 9, 10, 11, 12, 13, 160)"


@dataclass(frozen=True)
class Rules:
    """The settings that decide who is in.

    Attributes:
        day: the server's date, `YYYY-MM-DD`.
        lead_days: days before a class begins from which its members are in.
        staff_by_school: also take staff whose primary school or access is a mapped one.
        mapped: codes of the mapped schools.
        additions_only: deactivate nobody today.
        partial: what is staged are single records that changed, of a quick pull, not whole lists.
        unread_teachers: for a partial check, the last whole lists held teacher records that could not be read.
    """

    day: str
    lead_days: int
    staff_by_school: bool
    mapped: frozenset[int]
    additions_only: bool = False
    partial: bool = False
    unread_teachers: bool = False


def text(column: str) -> str:
    """The column without white space around it; blank, null and a single space are one thing."""
    return f"NULLIF(TRIM({column}, {_SPACE}), '')"


def date(column: str) -> str:
    """A wire date as YYYY-MM-DD; null for a missing one, `0001-01-01` included (contract, section 3)."""
    trimmed = f"substr(TRIM({column}, {_SPACE}), 1, 10)"
    return f"NULLIF(NULLIF({trimmed}, ''), '0001-01-01')"


def is_bad_date(column: str) -> str:
    """True where an extracted date is not one that exists."""
    # Only with a modifier does SQLite work out the day: it takes 30 February at its word otherwise.
    return f"({column} IS NOT NULL AND {column} IS NOT date({column}, '+0 days'))"


def know_dates(plan: Plan, table: str, *columns: str) -> None:
    """Work out once what each different text in wire columns is as a day; a list holds few different ones.

    They are added to `wire_date`: text, day (as `date` gives it), is_bad (as `is_bad_date` says).
    """
    for column in columns:
        plan.connection.execute(
            f"INSERT OR IGNORE INTO wire_date SELECT text, day, {is_bad_date('day')} FROM "
            f"(SELECT text, {date('text')} AS day FROM (SELECT DISTINCT {column} AS text FROM p.{table}) "
            "WHERE text IS NOT NULL)"
        )


def is_bad_email(column: str) -> str:
    """True where an address is filled but can't be one."""
    # One character after the other: a set in GLOB takes three times as long as all the rest.
    odd = " OR ".join(f"instr({column}, char({ord(character)})) > 0" for character in ' ,;<>()"')
    return (
        f"({column} IS NOT NULL AND NOT ({column} LIKE '_%@_%._%' AND {column} NOT LIKE '%@%@%' "
        f"AND instr({column}, '..') = 0 AND {column} NOT LIKE '%.' AND NOT ({odd})))"
    )


def prepare(plan: Plan, rules: Rules) -> None:
    """Make the small tables every check asks: mapped schools, lists read well, schools and terms.

    A list is `ready` when it was read to its end and nothing in it casts doubt on what is
    absent from it: only a ready list may deactivate (promise 2). It is `read` when its
    records may be used at all.
    """
    db = plan.connection
    db.execute(
        "CREATE TEMP TABLE wire_date (text TEXT PRIMARY KEY, day TEXT, is_bad INTEGER NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE TEMP TABLE mapped (school INTEGER PRIMARY KEY)")
    db.executemany("INSERT INTO mapped VALUES (?)", [(code,) for code in sorted(rules.mapped)])
    _keep_schools(plan)
    _fail_foreign_lists(plan)
    db.execute(
        "CREATE TEMP TABLE ready AS SELECT l.id, l.endpoint, l.school FROM p.list l WHERE l.state = 'complete' "
        "AND NOT EXISTS (SELECT 1 FROM bad_list b WHERE b.list_id = l.id) "
        "AND NOT EXISTS (SELECT 1 FROM p.rejected_record b WHERE b.list_id = l.id AND b.part = '' AND NOT b.is_known) "
        "AND NOT EXISTS (SELECT 1 FROM foreign_row f WHERE f.list_id = l.id)"
        + (" AND l.id IN (SELECT list_id FROM p.whole_list)" if rules.partial else "")
    )
    db.execute("CREATE TEMP TABLE readable (id INTEGER PRIMARY KEY, school INTEGER)")
    db.execute(
        "INSERT INTO readable SELECT l.id, l.school FROM p.list l WHERE l.state = 'complete' "
        "AND l.id NOT IN (SELECT list_id FROM bad_list)"
    )
    for endpoint in SCHOOL_LISTS:
        db.execute(
            f"CREATE TEMP TABLE ready_{endpoint} AS SELECT school FROM ready WHERE endpoint = '{endpoint}'"
        )
        db.execute(f"CREATE UNIQUE INDEX temp.ready_{endpoint}_school ON ready_{endpoint} (school)")


def _keep_schools(plan: Plan) -> None:
    row = plan.connection.execute("SELECT value FROM p.about WHERE name = 'schools'").fetchone()
    schools = json.loads(row[0]) if row else []
    names = (
        "code", "name", "short_name", "status", "do_not_report", "state_code", "nces_code", "low_grade",
        "high_grade", "schedule_type", "session_type",
    )  # fmt: skip
    plan.connection.executemany(
        f"INSERT OR IGNORE INTO aeries_school VALUES ({', '.join('?' * len(names))})",
        [tuple(school[name] for name in names) for school in schools],
    )
    plan.connection.executemany(
        "INSERT OR IGNORE INTO term VALUES (?, ?, ?, ?, ?)",
        [(school["code"], *term) for school in schools for term in school["terms"]],
    )


def _fail_foreign_lists(plan: Plan) -> None:
    """Find rows of another school than the one asked for; a list that is mostly such rows is not used."""
    db = plan.connection
    db.execute("CREATE TEMP TABLE foreign_row (list_id INTEGER, school INTEGER, n INTEGER)")
    db.execute("CREATE TEMP TABLE bad_list (list_id INTEGER PRIMARY KEY)")
    for table in ("raw_student", "raw_teacher", "raw_section", "raw_class"):
        db.execute(
            f"INSERT INTO foreign_row SELECT r.list_id, l.school, count(*) FROM p.{table} r "
            f"JOIN p.list l ON l.id = r.list_id WHERE r.school_code IS NOT l.school GROUP BY 1, 2"
        )
    db.execute(
        "INSERT INTO bad_list SELECT f.list_id FROM foreign_row f JOIN p.list l ON l.id = f.list_id "
        "WHERE f.n * 2 > l.received"
    )


def ready(endpoint: str, school: str) -> str:
    """SQL: the list `endpoint` of the school in column `school` was read well."""
    return f"{school} IN (SELECT school FROM ready_{endpoint})"


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


def describe(plan: Plan, code: str, kind: str, select: str, parameters: tuple[object, ...] = ()) -> None:
    """Write one description for each row of `select`: record, school, field, message, consequences, code of those.

    Args:
        plan: the plan whose import it belongs to.
        code: a code of `aeries_tui.codes`.
        kind: the kind of record spoken of.
        select: SQL that gives record, school, field, message (and, where it has six columns,
            consequences and their code).
        parameters: bound to the select.

    What Aeries put into a record's id or a message is made harmless to a terminal.
    """
    from aeries_tui.codes import CODES

    width = len(plan.connection.execute(f"SELECT * FROM ({select}) LIMIT 0", parameters).description)
    more, extra = (", n, follows", ", n, follows") if width == 6 else ("", ", 0, NULL")
    plan.connection.create_function("harmless", 1, _harmless, deterministic=True)
    plan.connection.execute(
        f"WITH q (record, school, field, message{more}) AS ({select}) "
        "INSERT INTO description (code, severity, kind, record, school, field, message, consequences, "
        f"consequence_code) SELECT ?, ?, ?, harmless(record), school, field, harmless(message){extra} FROM q",
        (*parameters, code, CODES[code].severity, kind),
    )


def _harmless(value: str | int | float | None) -> str | int | float | None:
    return clean_text(value) if isinstance(value, str) else value


def add_count(plan: Plan, kind: str, **amounts: int) -> None:
    """Add to an import's counts of a kind."""
    sets = ", ".join(f"{name} = {name} + ?" for name in amounts)
    plan.connection.execute(f"UPDATE count SET {sets} WHERE kind = ?", (*amounts.values(), kind))


def number(plan: Plan, sql: str, parameters: tuple[object, ...] = ()) -> int:
    """The one whole number that a query gives."""
    row = plan.connection.execute(sql, parameters).fetchone()
    return int(row[0] or 0)
