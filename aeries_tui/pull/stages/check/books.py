"""What a check writes into the import's books: descriptions, and how many records there were of each kind."""

from __future__ import annotations

from aeries_tui.codes import CODES, Code, Severity
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.staging import DISTRICT_LISTS
from aeries_tui.text import clean_text


def describe(
    plan: Plan,
    code: Code,
    kind: str,
    select: str,
    parameters: tuple[object, ...] = (),
    severity: Severity | None = None,
) -> None:
    """Write one description for each row of `select`.

    Args:
        plan: the plan whose import it belongs to.
        code: what is wrong.
        kind: the kind of record spoken of.
        select: SQL that gives record, school, field and message, in the order in which they are to stand.
        parameters: bound to the select.
        severity: where it is not the code's own: what leaves one kind of record out may be kept in another.

    What Aeries put into a record's id or a message is made harmless to a terminal.
    """
    plan.connection.create_function("harmless", 1, _harmless, deterministic=True)
    plan.connection.execute(
        f"""
        WITH problem (record, school, field, message) AS ({select})
        INSERT INTO description (code, severity, kind, record, school, field, message)
        SELECT ?, ?, ?, harmless(record), school, field, harmless(message)
        FROM problem
        """,
        (*parameters, code, severity or CODES[code].severity, kind),
    )


def _harmless(value: str | int | float | None) -> str | int | float | None:
    return clean_text(value) if isinstance(value, str) else value


def fold_missing(plan: Plan, code: Code, kind: str, endpoint: str) -> None:
    """Count what names a missing record under the problem that it only follows from.

    That is an error of the record itself, or the list that was not read or not used. It is not repeated for each that
    names the record.

    Args:
        plan: with the table `missing_KIND` (record, school, n): what is named but not in, and how often.
        code: what it would be without the other problem.
        kind: the kind of the missing record.
        endpoint: its list.
    """
    plan.connection.execute(
        f"""
        UPDATE description
        SET consequences = consequences + missing.n, consequence_code = '{code}'
        FROM missing_{kind} AS missing
        WHERE description.kind = '{kind}'
            AND description.severity = 'E'
            AND description.record = CAST(missing.record AS TEXT)
        """
    )
    school = "NULL" if endpoint in DISTRICT_LISTS else "school"
    plan.connection.execute(
        f"""
        UPDATE description
        SET consequences = consequences + missing.n, consequence_code = '{code}'
        FROM (
            SELECT {school} AS school, sum(n) AS n
            FROM missing_{kind}
            GROUP BY 1
        ) AS missing
        WHERE description.kind = 'list'
            AND description.record = '{endpoint}'
            AND description.school IS missing.school
            AND NOT EXISTS (
                SELECT 1
                FROM readable
                WHERE readable.endpoint = description.record AND readable.school IS description.school
            )
        """
    )


def has_own_problem(kind: str, record: str) -> str:
    """SQL: the record of the kind, its id in column `record`, was left out for an error of its own."""
    return f"""EXISTS (
        SELECT 1
        FROM description
        WHERE description.kind = '{kind}'
            AND description.severity = 'E'
            AND description.record = CAST({record} AS TEXT)
    )"""


def add_count(plan: Plan, kind: str, **amounts: int) -> None:
    """Add to an import's counts of a kind."""
    sets = ", ".join(f"{name} = {name} + ?" for name in amounts)
    plan.connection.execute(f"UPDATE count SET {sets} WHERE kind = ?", (*amounts.values(), kind))


def received(plan: Plan, endpoint: str) -> int:
    """How many rows the lists of an endpoint held that are used at all."""
    return number(plan, "SELECT sum(received) FROM readable WHERE endpoint = ?", (endpoint,))


def unreadable(plan: Plan, endpoint: str) -> int:
    """How many of these rows could not be read as a record; a bad part within one does not count."""
    return number(
        plan,
        """
        SELECT count(*)
        FROM p.rejected_record
        WHERE part = '' AND list_id IN (SELECT id FROM readable WHERE endpoint = ?)
        """,
        (endpoint,),
    )


def number(plan: Plan, sql: str, parameters: tuple[object, ...] = ()) -> int:
    """The one whole number that a query gives."""
    row = plan.connection.execute(sql, parameters).fetchone()
    return int(row[0] or 0)
