"""The first few people whom a text fits, quickly: the lists write down all of them, which takes longer."""

from __future__ import annotations

import sqlite3

from aeries_tui.codes import Code
from aeries_tui.left_out import words_of as why_left_out
from aeries_tui.master.lists.people import Match
from aeries_tui.master.lists.sql_source import holding_words, know_folding
from aeries_tui.master.roster.kinds import full_name
from aeries_tui.master.roster.left_out import LAST_PULL
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.text import words_of

_NAMES = ("last_name", "first_name")
_SEARCHED: dict[PersonKind, tuple[str, ...]] = {
    "student": ("student_id", *_NAMES, "email", "login_id", "preferred_first_name", "preferred_last_name"),
    "staff": ("staff_id", *_NAMES, "email", "login_id", "user_name"),
}


def few_people(db: sqlite3.Connection, kind: PersonKind, text: str, most: int) -> list[Match]:
    """At most so many students or staff of whom some name, number, e-mail or login holds each word.

    Those who are active come first, then those who are not, those whom the last pull read and left out, and those who
    came under an id that stands for somebody else.

    Args:
        db: the Master, open for reading.
        kind: student or staff.
        text: the words.
        most: of whom.
    """
    words = words_of(text)
    if not words:
        return []
    know_folding(db)
    found: dict[int, Match] = {}
    for select, searched in _selects(kind):
        condition, parameters = holding_words(searched, words)
        rows = db.execute(
            f"SELECT * FROM ({select}) WHERE {condition} LIMIT :_most",
            {**parameters, "_most": most - len(found)},
        )
        for row in rows.fetchall():
            found.setdefault(
                row["id"], Match(kind, row["id"], str(row["name"] or "(no name)"), "", _state(row))
            )
        if len(found) >= most:
            break
    return list(found.values())


def _selects(kind: PersonKind) -> list[tuple[str, tuple[str, ...]]]:
    searched, key = _SEARCHED[kind], f"{kind}_id"
    named = f"{', '.join(searched)}, {key} AS id, {full_name()} AS name"
    return [
        *(
            (
                f"SELECT {named}, '{state}' AS state, NULL AS rule, NULL AS code FROM {kind} WHERE active = {active}",
                searched,
            )
            for active, state in ((1, "active"), (0, "inactive"))
        ),
        (
            f"""
            SELECT person AS id, last_name, first_name, {full_name()} AS name, 'left out' AS state, rule, code
            FROM left_out o
            WHERE import_id = {LAST_PULL} AND kind = '{kind}'
                AND NOT EXISTS (SELECT 1 FROM {kind} t WHERE t.{key} = o.person)
            """,
            ("id", *_NAMES),
        ),
        (
            f"""
            SELECT id, last_name, first_name, {full_name()} AS name, 'another person now?' AS state, NULL AS rule, NULL AS code
            FROM (
                SELECT
                    person AS id,
                    json_extract(after, '$.last_name') AS last_name,
                    json_extract(after, '$.first_name') AS first_name
                FROM identity_question
                WHERE kind = '{kind}' AND code = '{Code.REC_IDENTITY}'
            )
            """,
            _NAMES,
        ),
    ]


def _state(row: sqlite3.Row) -> str:
    return f"{row['state']}: {why_left_out(row['rule'], row['code'])}" if row["rule"] else str(row["state"])
