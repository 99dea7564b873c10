"""What is asked of a person about an id, and what was decided."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal

import msgspec

from aeries_tui.codes import Code
from aeries_tui.identity import Facts, is_back
from aeries_tui.master.database import now_text
from aeries_tui.master.identity.facts import PersonKind, facts_of
from aeries_tui.master.identity.holders import carry_accounts, holder_of

Said = Literal["same", "another"]


@dataclass(frozen=True)
class Question:
    """What a person is asked about an id.

    Attributes:
        kind, person: student or staff, and the id.
        code: REC-IDENTITY or REC-RENUMBERED.
        digest: of the facts.
        former: the id that this person had before; None where that is not known.
        before, after: the facts.
        said: what was decided about it, and takes effect with the next pull; None while nothing is.
    """

    kind: PersonKind
    person: int
    code: str
    digest: str
    former: int | None
    before: Facts
    after: Facts
    said: Said | None

    @property
    def is_exchange(self) -> bool:
        """Another id of the same import stood for this person."""
        return self.code == Code.REC_IDENTITY and self.former is not None


@dataclass(frozen=True)
class Decided:
    """What somebody said of an id, for the book: verdict, by whom, when (UTC) and why."""

    verdict: Said
    by: str
    at: str
    reason: str


_QUESTION = """
SELECT q.kind, q.person, q.code, q.digest, q.former, q.before, q.after, d.verdict
FROM identity_question q
LEFT JOIN identity_decision d ON d.kind = q.kind AND d.person = q.person AND d.digest = q.digest
"""


def question_of(db: sqlite3.Connection, kind: PersonKind, person: int) -> Question | None:
    """What is asked about an id; None where nothing is."""
    row = db.execute(f"{_QUESTION} WHERE q.kind = ? AND q.person = ?", (kind, person)).fetchone()
    if row is None:
        return None
    kind_, number, code, digest, former, before, after, said = tuple(row)
    old, new = (msgspec.json.decode(text, type=Facts) for text in (before, after))
    return Question(kind_, number, code, digest, former, old, new, said)


def ring_of(db: sqlite3.Connection, question: Question) -> list[Question]:
    """The question, and those about the ids that were exchanged with it: one decision is about all of them."""
    found = [question]
    while found[-1].is_exchange and found[-1].former not in [one.person for one in found]:
        former = found[-1].former
        other = None if former is None else question_of(db, question.kind, former)
        if other is None:
            break
        found.append(other)
    return found


def new_decided(verdict: Said, by: str, reason: str) -> Decided:
    """A decision made now."""
    return Decided(verdict, by, now_text(), reason)


def decide(db: sqlite3.Connection, question: Question, decided: Decided) -> None:
    """Write a decision down, inside the caller's transaction; one before about the same facts is replaced.

    What it means for accounts under a new id is done at once; all else with the next pull.
    """
    for one in ring_of(db, question):
        (last,) = db.execute("SELECT coalesce(max(id), 0) FROM import").fetchone()
        db.execute(
            """
            INSERT INTO identity_decision (
                kind, person, digest, code, former, verdict, holder, before, after, after_import, by, at, reason
            )
            VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (kind, person, digest) DO UPDATE SET
                verdict = excluded.verdict, after_import = excluded.after_import,
                by = excluded.by, at = excluded.at, reason = excluded.reason
            """,
            (
                one.kind, one.person, one.digest, one.code, one.former, decided.verdict, _json(one.before),
                _json(one.after), last, decided.by, decided.at, decided.reason,
            ),
        )  # fmt: skip
        db.execute(
            """
            UPDATE identity_decision
            SET holder = coalesce(?, id)
            WHERE kind = ? AND person = ? AND digest = ? AND holder = 0
            """,
            (_known_holder(db, one), one.kind, one.person, one.digest),
        )
    carry_accounts(db)


def _json(facts: Facts) -> str:
    return json.dumps(facts.document(), ensure_ascii=False)


def _known_holder(db: sqlite3.Connection, question: Question) -> int | None:
    """Who it is that the id now stands for, if that is somebody who was here before."""
    if question.is_exchange and question.former is not None:
        return holder_of(db, question.kind, question.former)
    rows = db.execute(
        "SELECT from_holder, record FROM handover WHERE kind = ? AND person = ? ORDER BY import_id DESC",
        (question.kind, question.person),
    )
    for holder, record in rows:
        if is_back(facts_of(question.kind, json.loads(record)), question.after):
            return int(holder)
    return None


def take_questions(master: sqlite3.Connection, import_id: int) -> None:
    """Make what the attached plan `p` of a pull asks what is asked; an undo's or an archive's asks nothing."""
    if not _is_pull(master, import_id):
        return
    # What is decided can be decided otherwise for as long as nothing came of it: a plan that waits ends no question.
    master.execute(
        """
        DELETE FROM identity_question
        WHERE (kind, person) IN (SELECT kind, person FROM p.identity_question)
            OR NOT EXISTS (
                SELECT 1
                FROM identity_decision d
                WHERE d.kind = identity_question.kind
                    AND d.person = identity_question.person
                    AND d.digest = identity_question.digest
            )
        """
    )
    columns = "kind, person, code, digest, former, school, before, after"
    master.execute(
        f"""
        INSERT INTO identity_question ({columns}, since_import)
        SELECT {columns}, coalesce(since_import, ?)
        FROM p.identity_question
        """,
        (import_id,),
    )


def settle_questions(master: sqlite3.Connection, import_id: int) -> None:
    """Say of what is asked that this import, which is being applied, was let through with it.

    What a pull obeyed (the attached plan `p`) is asked no more.
    """
    if _is_pull(master, import_id):
        master.execute(
            "DELETE FROM identity_question WHERE (kind, person) NOT IN (SELECT kind, person FROM p.identity_question)"
        )
    master.execute(
        """
        UPDATE identity_question
        SET since_import = ?
        WHERE since_import NOT IN (SELECT id FROM import WHERE applied = 1)
        """,
        (import_id,),
    )


def _is_pull(db: sqlite3.Connection, import_id: int) -> bool:
    return (
        db.execute("SELECT 1 FROM import WHERE id = ? AND kind = 'pull'", (import_id,)).fetchone() is not None
    )


def ask_again(master: sqlite3.Connection, import_id: int) -> None:
    """After an undo (or a restore) that passed ids back: ask again, so that a person may say otherwise before the next pull."""
    master.execute(
        """
        INSERT OR REPLACE INTO identity_question (
            kind, person, code, digest, former, school, before, after, since_import
        )
        SELECT d.kind, d.person, d.code, d.digest, d.former, NULL, d.before, d.after, h.import_id
        FROM handover h
        JOIN identity_decision d
            ON d.kind = h.kind AND d.person = h.person AND d.holder = h.from_holder AND d.verdict = 'another'
        WHERE h.import_id = ? AND EXISTS (SELECT 1 FROM import i WHERE i.id = h.import_id AND i.kind <> 'pull')
        ORDER BY d.id
        """,
        (import_id,),
    )


def former_of(db: sqlite3.Connection, kind: PersonKind, person: int) -> tuple[int | None, int | None]:
    """The id that a renumbered person had before, and the one that they have since; None where there is none."""
    found = [
        db.execute(
            f"""
            SELECT {wanted}
            FROM identity_decision
            WHERE kind = ? AND {given} = ? AND code = '{Code.REC_RENUMBERED}' AND verdict = 'same'
            ORDER BY id DESC
            """,
            (kind, person),
        ).fetchone()
        for wanted, given in (("former", "person"), ("person", "former"))
    ]
    before, since = (None if row is None else int(row[0]) for row in found)
    return before, since


def decided_since(db: sqlite3.Connection, import_id: int, schema: str = "m") -> bool:
    """Whether somebody decided who is who since an import was read."""
    row = db.execute(
        f"SELECT 1 FROM {schema}.identity_decision WHERE after_import >= ? LIMIT 1", (import_id,)
    ).fetchone()
    return row is not None
