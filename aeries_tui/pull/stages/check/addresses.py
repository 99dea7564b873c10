"""E-mail addresses: what is none, and what several people have, staff and students alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from aeries_tui.codes import Code
from aeries_tui.emails import know_emails
from aeries_tui.master.roster.kinds import STAFF, STUDENT
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.books import describe
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.rules import Rules

_NAMED = 5
"""How many others a description names; a placeholder may be the address of a whole school."""
_EVERYBODY = """
SELECT lower(email) AS address, email, 'staff' AS kind, staff_id AS person, primary_school AS school, 1 AS is_new
FROM new_staff
WHERE email IS NOT NULL
UNION ALL
SELECT lower(email), email, 'student', student_id, primary_school, 1
FROM new_student
WHERE email IS NOT NULL
UNION ALL
SELECT lower(email), email, 'staff', staff_id, primary_school, 0
FROM last_good_staff
WHERE email IS NOT NULL
UNION ALL
SELECT lower(email), email, 'student', student_id, primary_school, 0
FROM last_good_student
WHERE email IS NOT NULL
"""
"""Whoever is active once the plan is applied; new are those that were read."""


def check_addresses(plan: Plan, rules: Rules) -> None:
    """Warn about addresses that are none, and about those that several active people have."""
    know_emails(plan.connection)
    for kind in (STAFF, STUDENT):
        describe(
            plan,
            Code.REC_EMAIL_FORMAT,
            kind.name,
            f"""
            SELECT {kind.name}_id, primary_school, '{kind.wire("email")}', 'The e-mail address is not a valid one.'
            FROM new_{kind.name}
            WHERE email IS NOT NULL AND NOT is_email(email)
            """,
        )
    plan.connection.execute("CREATE TABLE everybodys_address AS " + _EVERYBODY)
    plan.connection.execute(
        "CREATE TABLE shared_address (kind TEXT NOT NULL, person INTEGER NOT NULL, school INTEGER, others TEXT NOT NULL)"
    )
    plan.connection.executemany(
        "INSERT INTO shared_address (kind, person, school, others) VALUES (?, ?, ?, ?)", list(_shared(plan))
    )
    for kind in (STAFF, STUDENT):
        describe(
            plan,
            Code.REC_EMAIL_SHARED,
            kind.name,
            f"SELECT person, school, '{kind.wire('email')}', others FROM shared_address WHERE kind = '{kind.name}'",
        )


ADDRESSES = Check(
    "addresses",
    needs=("new_staff", "new_student", "last_good_staff", "last_good_student"),
    makes=("everybodys_address", "shared_address"),
    run=check_addresses,
    is_part=False,
)


def _shared(plan: Plan) -> Iterator[tuple[str, int, int | None, str]]:
    rows = plan.connection.execute(
        """
        SELECT address, email, kind, person, school, is_new
        FROM everybodys_address
        WHERE address IN (SELECT address FROM everybodys_address GROUP BY 1 HAVING count(*) > 1)
        ORDER BY address, kind, person
        """
    )
    for _, group in groupby(rows.fetchall(), key=lambda row: str(row["address"])):
        people = list(group)
        for row in people:
            if row["is_new"]:
                first = [f"{one['kind']} {one['person']}" for one in people[: _NAMED + 1] if one is not row][
                    :_NAMED
                ]
                more = len(people) - 1 - len(first)
                also = f" and {more:,} more" if more else ""
                yield (
                    row["kind"],
                    row["person"],
                    row["school"],
                    f"The e-mail address {row['email']} is also that of {', '.join(first)}{also}.",
                )
