"""Taking out of the Master what is not kept any more (`pull.omit`), wherever it stands from before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from aeries_tui.codes import Code
from aeries_tui.identity import Facts, digest
from aeries_tui.master.kept_facts import DIGESTED, FACT_OF, KeptFacts, know_digests
from aeries_tui.master.roster.kinds import BY_NAME, Kind, digest_column
from aeries_tui.master.subjects import salt_of

OMIT = "omit"
"""What a plan is about, and what `meta` keeps: the fields that are not kept, a JSON list."""


def omitted_before(db: sqlite3.Connection, schema: str = "main") -> tuple[str, ...] | None:
    """The fields that the last applied pull did not keep, as `student.birthdate`; None before there was one."""
    row = db.execute(f"SELECT value FROM {schema}.meta WHERE name = ?", (OMIT,)).fetchone()
    return None if row is None else tuple(json.loads(row[0]))


def by_kind(omit: tuple[str, ...]) -> dict[Kind, list[str]]:
    """The columns of each kind that are not kept."""
    found: dict[Kind, list[str]] = {}
    for field in omit:
        kind, _, column = field.partition(".")
        found.setdefault(BY_NAME[kind], []).append(column)
    return found


def still_filled(db: sqlite3.Connection, omit: tuple[str, ...], schema: str = "main") -> dict[Kind, int]:
    """Of each kind the records in which something stands that is not to be kept."""
    counted = {
        kind: int(
            db.execute(
                f"SELECT count(*) FROM {schema}.{kind.name} WHERE {' OR '.join(f'{c} IS NOT NULL' for c in columns)}"
            ).fetchone()[0]
        )
        for kind, columns in by_kind(omit).items()
    }
    return {kind: n for kind, n in counted.items() if n}


def told_of_omitted(db: sqlite3.Connection, omit: tuple[str, ...]) -> list[str]:
    """What is to be said of what a pull does not keep, where that is something else than before; `m` is the Master."""
    before, sentences = omitted_before(db, "m"), []
    filled = still_filled(db, omit, "m")
    if filled:
        who = " and ".join(f"{n:,} {kind.plural}" for kind, n in filled.items())
        sentences.append(
            f"{_names(omit)} are not kept any more (pull.omit); with this import {who} lose what stands there."
        )
    back = [field for field in before or () if field not in omit]
    if back:
        sentences.append(f"{_names(back)} are kept from now on (pull.omit, exports.demographics).")
    return sentences


def _names(fields: Iterable[str]) -> str:
    """Fields in Aeries' words."""
    wires = dict.fromkeys(
        BY_NAME[kind].wire(column) for kind, _, column in (f.partition(".") for f in fields)
    )
    *others, last = wires
    return f"{', '.join(others)} and {last}" if others else last


def forget_omitted(master: sqlite3.Connection) -> None:
    """Inside the transaction that applies the attached plan `p`, when the roster is changed: nothing of what is not kept stays.

    That is so for records of people who are gone, earlier versions, and what was asked and decided about ids. An undo
    or a restore, whose plan says nothing of it, brings none of it back.
    """
    master.execute(
        """
        INSERT INTO meta (name, value)
        SELECT name, value FROM p.about WHERE name = ?
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (OMIT,),
    )
    omit = omitted_before(master)
    if not omit:
        return
    know_digests(master, "main")
    for kind, columns in by_kind(omit).items():
        for table in (kind.name, f"past_{kind.name}"):
            _blank(master, table, kind, columns)
        if kind.name in FACT_OF:
            _forget_facts(master, kind.name, frozenset(columns))
        if "email" in columns:
            master.execute(
                "UPDATE description SET message = 'Others have the same e-mail address.' WHERE code = ? AND kind = ?",
                (Code.REC_EMAIL_SHARED, kind.name),
            )


def _blank(master: sqlite3.Connection, table: str, kind: Kind, columns: list[str]) -> None:
    sets = [f"{column} = NULL" for column in columns]
    for column in columns:
        kept = digest_column(kind, column)
        if kept is not None:
            sets.append(f"{kept} = coalesce(value_digest({column}), {kept})")
    filled = " OR ".join(f"{column} IS NOT NULL" for column in columns)
    master.execute(f"UPDATE {table} SET {', '.join(sets)} WHERE {filled}")


def _forget_facts(master: sqlite3.Connection, kind: str, columns: frozenset[str]) -> None:
    facts = KeptFacts.of(salt_of(master), kind, columns)
    if facts.omitted:
        sets = ", ".join(
            f"{f} = {f'value_digest({f})' if f in DIGESTED else 'NULL'}" for f in sorted(facts.omitted)
        )
        master.execute(f"UPDATE remembered_person SET {sets} WHERE kind = ?", (kind,))
    _forget_in_questions(master, kind, facts)
    _forget_in_handovers(master, kind, columns)


def _forget_in_questions(master: sqlite3.Connection, kind: str, facts: KeptFacts) -> None:
    """The facts that were asked about or decided on; a decision holds for the same facts, now as digests."""
    for table in ("identity_question", "identity_decision"):
        rows = master.execute(
            f"SELECT person, digest, code, former, before, after FROM {table} WHERE kind = ?", (kind,)
        ).fetchall()
        for person, about, code, former, *texts in [tuple(row) for row in rows]:
            old = [msgspec.json.decode(text, type=Facts) for text in texts]
            before, after = (facts.kept(one) for one in old)
            if [before, after] == old:
                continue
            new = digest(person, before, after, former if code == Code.REC_RENUMBERED else None)
            master.execute(
                f"UPDATE OR REPLACE {table} SET digest = ?, before = ?, after = ? WHERE kind = ? AND person = ? AND digest = ?",
                (new, _json(before), _json(after), kind, person, about),
            )


def _json(facts: Facts) -> str:
    return json.dumps(facts.document(), ensure_ascii=False)


def _forget_in_handovers(master: sqlite3.Connection, kind: str, columns: frozenset[str]) -> None:
    rows = master.execute("SELECT import_id, person, record FROM handover WHERE kind = ?", (kind,)).fetchall()
    salt = salt_of(master)
    for number, person, text in [tuple(row) for row in rows]:
        record = json.loads(text)
        kept = KeptFacts.of(salt, kind, columns)
        changed = dict(record)
        for column in columns & record.keys():
            name = digest_column(BY_NAME[kind], column)
            if name is not None and record[column] is not None:
                changed[name] = kept.digest(record[column])
            changed[column] = None
        for fact in (
            kept.omitted & record.keys()
        ):  # the record of somebody of an archived roster is one of facts
            changed[fact] = kept.digest(record[fact]) if fact in DIGESTED else None
        if changed != record:
            master.execute(
                "UPDATE handover SET record = ? WHERE import_id = ? AND kind = ? AND person = ?",
                (json.dumps(changed), number, kind, person),
            )
