"""Who is behind an id: what is asked of a person, what was decided, and whose account is whose.

A *holder* is somebody for whom an id stands: `-ID` is who had that id first, any other number is the decision
that brought such a person. Accounts belong to holders. One whose holder has no id at present is parked: nobody
logs in with it, its user name stays taken, and who comes back has it again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from aeries_tui.codes import Code
from aeries_tui.identity import Facts, is_back
from aeries_tui.master.database import now_text
from aeries_tui.master.roster.kinds import STAFF, STUDENT, Kind, digest_column

PersonKind = Literal["student", "staff"]
Said = Literal["same", "another"]

PERSONS: tuple[Kind, ...] = (STUDENT, STAFF)
FACTS = (
    "state_id", "second_id", "last_name", "first_name", "middle_name", "preferred_first_name",
    "preferred_last_name", "gender",
)  # fmt: skip
_COLUMNS: dict[str, dict[str, str]] = {
    "student": {"state_id": "state_student_id", "second_id": "birthdate"},
    "staff": {
        "state_id": "state_educator_id", "second_id": "hr_id", "preferred_first_name": "NULL",
        "preferred_last_name": "NULL", "gender": "NULL",
    },
}  # fmt: skip
_TABLES = {kind.name: kind for kind in PERSONS}
_NEWEST = 2**62
_ACCOUNT = "user_name, password_hash, made_import, made_at, reset_at"


def fact_column(kind: str, fact: str, alias: str) -> str:
    """SQL: the column of a person's record, behind the alias, that holds a fact; NULL where none does."""
    column = _COLUMNS[kind].get(fact, fact)
    if column == "NULL":
        return column
    digest = digest_column(_TABLES[kind], column)
    # Where the field itself is not kept its digest is.
    return f"{alias}.{column}" if digest is None else f"coalesce({alias}.{column}, {alias}.{digest})"


def raw_fact_column(kind: str, fact: str, alias: str) -> str:
    """SQL: the field itself that holds a fact, behind the alias; NULL where none does."""
    column = _COLUMNS[kind].get(fact, fact)
    return column if column == "NULL" else f"{alias}.{column}"


def digest_fact_column(kind: str, fact: str, alias: str) -> str | None:
    """SQL: the digest of a fact, behind the alias; None where none is kept."""
    column = digest_column(_TABLES[kind], _COLUMNS[kind].get(fact, fact))
    return None if column is None else f"{alias}.{column}"


def facts_of(kind: str, record: dict[str, Any]) -> Facts:
    """The facts in a record of the Master, field by field, or in one that was stored as facts."""
    columns = _COLUMNS[kind]
    values = {name: record.get(name, record.get(columns.get(name, name))) for name in FACTS}
    for name, value in values.items():
        if value is None:
            values[name] = record.get(f"{columns.get(name, name)}_digest")
    return msgspec.convert({"kind": kind, **values}, Facts)


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


def holder_of(
    db: sqlite3.Connection, kind: str, person: int, schema: str = "main", after: int = _NEWEST
) -> int:
    """Who has an id now, or had it after an import."""
    row = db.execute(
        f"""
        SELECT to_holder
        FROM {schema}.handover
        WHERE kind = ? AND person = ? AND import_id <= ?
        ORDER BY import_id DESC
        LIMIT 1
        """,
        (kind, person, after),
    ).fetchone()
    return -person if row is None else int(row[0])


def was_handed_over(db: sqlite3.Connection, kind: str, person: int) -> bool:
    """Whether an id ever passed from one person to another."""
    row = db.execute(
        "SELECT 1 FROM handover WHERE kind = ? AND person = ? LIMIT 1", (kind, person)
    ).fetchone()
    return row is not None


def hand_over(master: sqlite3.Connection, import_id: int) -> None:
    """Pass ids to whom the attached plan `p` says, with their accounts, inside the transaction that applies it.

    It is called before the records change: the last one of who had the id is kept.
    """
    ids = [tuple(row) for row in master.execute("SELECT kind, person, holder FROM p.handover").fetchall()]
    moves = [(kind, person, holder_of(master, kind, person), holder) for kind, person, holder in ids]
    moves = [move for move in moves if move[2] != move[3]]
    for kind, person, before, after in moves:
        master.execute(
            """
            INSERT INTO handover (import_id, kind, person, from_holder, to_holder, record)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            (import_id, kind, person, before, after, json.dumps(_last_record(master, kind, person))),
        )
        _park(master, kind, person, before)
    for kind, person, _, after in moves:
        _take_up(master, kind, person, after)


def _last_record(master: sqlite3.Connection, kind: str, person: int) -> dict[str, Any]:
    table = next(one for one in PERSONS if one.name == kind)
    row = master.execute(f"SELECT * FROM {kind} WHERE {table.key_names[0]} = ?", (person,)).fetchone()
    if row is None:
        row = master.execute(
            "SELECT * FROM remembered_person WHERE kind = ? AND person = ?", (kind, person)
        ).fetchone()
    return {} if row is None else {name: row[name] for name in row.keys() if name not in {"kind", "person"}}  # noqa: SIM118


def _park(master: sqlite3.Connection, kind: str, person: int, holder: int) -> None:
    master.execute(
        f"""
        INSERT INTO parked_account (kind, person, holder, {_ACCOUNT})
        SELECT kind, person, ?, {_ACCOUNT}
        FROM account
        WHERE kind = ? AND person = ?
        """,
        (holder, kind, person),
    )
    master.execute("DELETE FROM account WHERE kind = ? AND person = ?", (kind, person))


def _take_up(master: sqlite3.Connection, kind: str, person: int, holder: int) -> None:
    """Give an id the account of its holder, where there is one that is parked."""
    user_name = _parked(master, kind, holder)
    if user_name is not None:
        _unpark(master, user_name, person)


def _parked(master: sqlite3.Connection, kind: str, holder: int) -> str | None:
    row = master.execute(
        "SELECT user_name FROM parked_account WHERE kind = ? AND holder = ? "
        "ORDER BY made_at, made_import, user_name LIMIT 1",
        (kind, holder),
    ).fetchone()
    return None if row is None else str(row[0])


def _unpark(master: sqlite3.Connection, user_name: str, person: int) -> None:
    master.execute(
        f"""
        INSERT INTO account (kind, person, {_ACCOUNT})
        SELECT kind, ?, {_ACCOUNT}
        FROM parked_account
        WHERE user_name = ?
        """,
        (person, user_name),
    )
    master.execute("DELETE FROM parked_account WHERE user_name = ?", (user_name,))


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


def carry_accounts(master: sqlite3.Connection) -> None:
    """See that the account of each renumbered person is under the id that they have, by what was decided.

    Once the old id is theirs again (an undo), the account is under that; inside the caller's transaction. An id
    that stands for somebody else since is not theirs: neither is the account under it.
    """
    rows = master.execute(
        f"""
        SELECT id, kind, person, former, verdict, carried, after_import
        FROM identity_decision
        WHERE code = '{Code.REC_RENUMBERED}' AND (verdict = 'same' OR carried)
        ORDER BY id
        """
    ).fetchall()
    for number, kind, person, former, verdict, carried, after in [tuple(row) for row in rows]:
        new, old = (_Held(kind, one, holder_of(master, kind, one, after=after)) for one in (person, former))
        is_new, is_old = new.is_in(master), old.is_in(master)
        if not carried and verdict == "same" and is_new and not is_old:
            is_passed = _pass_account(master, old, new)
        elif carried and (verdict != "same" or (is_old and not is_new)):
            is_passed = _pass_account(master, new, old)
            if is_passed and new.has_id(master):
                _take_up(master, kind, person, new.holder)
        else:
            continue
        if is_passed:
            master.execute("UPDATE identity_decision SET carried = ? WHERE id = ?", (not carried, number))


@dataclass(frozen=True)
class _Held:
    """An id, and a holder that it has or had."""

    kind: str
    person: int
    holder: int

    def has_id(self, db: sqlite3.Connection) -> bool:
        """The id is this holder's now."""
        return holder_of(db, self.kind, self.person) == self.holder

    def is_in(self, db: sqlite3.Connection) -> bool:
        """This holder is active under the id."""
        return self.has_id(db) and _is_active(db, self.kind, self.person)


def _pass_account(master: sqlite3.Connection, giver: _Held, taker: _Held) -> bool:
    """Pass a holder's account to another, who parks the one they had; False where there is none.

    Whose id is another's at present has a parked account, and gets one.
    """
    row = master.execute(
        "SELECT user_name FROM account WHERE kind = ? AND person = ?", (giver.kind, giver.person)
    ).fetchone()
    if giver.has_id(master):
        user_name = None if row is None else row[0]
    else:
        user_name = _parked(master, giver.kind, giver.holder)
    if user_name is None:
        return False
    for one in (giver, taker):
        if one.has_id(master):
            _park(master, one.kind, one.person, one.holder)
    master.execute(
        "UPDATE parked_account SET holder = ?, person = ? WHERE user_name = ?",
        (taker.holder, taker.person, user_name),
    )
    if taker.has_id(master):
        _unpark(master, user_name, taker.person)
    return True


def _is_active(db: sqlite3.Connection, kind: str, person: int) -> bool:
    found = db.execute(f"SELECT active FROM {kind} WHERE {kind}_id = ?", (person,)).fetchone()
    return found is not None and bool(found[0])


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


def _is_pull(db: sqlite3.Connection, import_id: int) -> bool:
    return (
        db.execute("SELECT 1 FROM import WHERE id = ? AND kind = 'pull'", (import_id,)).fetchone() is not None
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


def remember_removed(master: sqlite3.Connection) -> None:
    """Keep the facts behind the ids that the attached plan `p` of an undo removes; where an id went back they stand."""
    for kind in PERSONS:
        name = kind.name
        _remember(
            master,
            name,
            f"""
            t.{name}_id IN (SELECT {name}_id FROM p.plan_{name} WHERE action = 'removed')
                AND t.{name}_id NOT IN (SELECT person FROM p.handover WHERE kind = '{name}')
            """,
        )


def remember_people(master: sqlite3.Connection) -> None:
    """Keep the facts behind the ids of a roster that is about to be emptied: their accounts stay."""
    for kind in PERSONS:
        _remember(master, kind.name, "1")


def _remember(master: sqlite3.Connection, kind: str, which: str) -> None:
    facts = ", ".join(fact_column(kind, fact, "t") for fact in FACTS)
    master.execute(
        f"""
        INSERT OR REPLACE INTO main.remembered_person (kind, person, {", ".join(FACTS)})
        SELECT '{kind}', t.{kind}_id, {facts}
        FROM main.{kind} t
        WHERE {which}
        """
    )


def plan_back_handovers(plan: sqlite3.Connection, number: int) -> None:
    """Fill the plan of an undo with the ids that import `number` passed on and whose records it brings back."""
    for kind in PERSONS:
        plan.execute(
            f"""
            INSERT INTO handover (kind, person, holder)
            SELECT h.kind, h.person, h.from_holder
            FROM m.handover h
            JOIN plan_{kind.name} q ON q.{kind.name}_id = h.person
            WHERE h.import_id = ? AND h.kind = '{kind.name}'
            """,
            (number,),
        )


def plan_kept_handovers(plan: sqlite3.Connection) -> None:
    """Fill the plan that restores an archive (`kept`): ids go back to who had them then."""
    rows = plan.execute("SELECT DISTINCT kind, person FROM m.handover").fetchall()
    for kind, person in [tuple(row) for row in rows]:
        then = holder_of(plan, kind, person, "kept")
        if then != holder_of(plan, kind, person, "m"):
            plan.execute("INSERT INTO handover (kind, person, holder) VALUES (?, ?, ?)", (kind, person, then))


@dataclass(frozen=True)
class Step:
    """One thing that became of an id, for its history.

    Attributes:
        import_id: the import, or the newest one when it was decided.
        at: when, UTC.
        action: in words.
        follows: it came after what the import changed, not before.
    """

    import_id: int
    at: str
    action: str
    follows: bool


def story_of(db: sqlite3.Connection, kind: PersonKind, person: int) -> list[Step]:
    """What became of an id: decisions about it, and each time it passed to another person."""
    return sorted(
        [*_decisions(db, kind, person), *_passed(db, kind, person)], key=lambda s: (s.import_id, s.at)
    )


def _decisions(db: sqlite3.Connection, kind: PersonKind, person: int) -> Iterator[Step]:
    rows = db.execute(
        f"""
        SELECT after_import, at, code, verdict, person, former, by, reason
        FROM identity_decision
        WHERE kind = ? AND (person = ? OR (former = ? AND code = '{Code.REC_RENUMBERED}'))
        """,
        (kind, person, person),
    )
    for after, at, code, verdict, new, former, by, reason in rows:
        if code == Code.REC_RENUMBERED:
            what = (
                f"{new} {'is the same person as' if verdict == 'same' else 'is another person than'} {former}"
            )
        else:
            what = f"{'still the same person' if verdict == 'same' else 'now another person'}"
        yield Step(after, at, f"decided by {by}: {what} ({reason})", True)


def _passed(db: sqlite3.Connection, kind: PersonKind, person: int) -> Iterator[Step]:
    rows = db.execute(
        """
        SELECT h.import_id, coalesce(i.ended_at, i.started_at, ''), i.kind
        FROM handover h
        LEFT JOIN import i ON i.id = h.import_id
        WHERE h.kind = ? AND h.person = ?
        """,
        (kind, person),
    )
    for number, at, what in rows:
        back = (
            "the id went back to who had it before"
            if what != "pull"
            else "from here on the id is another person's"
        )
        yield Step(number, at, back, False)


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


def new_decided(verdict: Said, by: str, reason: str) -> Decided:
    """A decision made now."""
    return Decided(verdict, by, now_text(), reason)


def decided_since(db: sqlite3.Connection, import_id: int, schema: str = "m") -> bool:
    """Whether somebody decided who is who since an import was read."""
    row = db.execute(
        f"SELECT 1 FROM {schema}.identity_decision WHERE after_import >= ? LIMIT 1", (import_id,)
    ).fetchone()
    return row is not None
