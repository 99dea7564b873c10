"""Who has an id, and whose account is whose.

A *holder* is somebody for whom an id stands: `-ID` is who had that id first, any other number is the decision
that brought such a person. Accounts belong to holders. One whose holder has no id at present is parked: nobody
logs in with it, its user name stays taken, and who comes back has it again.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from aeries_tui.codes import Code
from aeries_tui.master.identity.facts import PERSONS

_NEWEST = 2**62
_ACCOUNT = "user_name, password_hash, made_import, made_at, reset_at"


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
