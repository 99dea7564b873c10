"""Judging whether the person behind an id is the one whom the Master knows (design, section 4, "Who is who")."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from aeries_tui.codes import CODES, Code
from aeries_tui.identity import Facts, Verdict, compare, digest, exchanged, same_person
from aeries_tui.master.identity.facts import FACTS, PERSONS, digest_fact_column, fact_column, raw_fact_column
from aeries_tui.master.kept_facts import DIGESTED, KeptFacts, is_kept_digest
from aeries_tui.master.roster.kinds import STAFF, STUDENT
from aeries_tui.master.roster.plan import Plan
from aeries_tui.master.subjects import DIGEST, salt_of
from aeries_tui.pull.stages.check.books import describe
from aeries_tui.pull.stages.check.declaration import Check
from aeries_tui.pull.stages.check.prepare import all_ready, district_ready
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.pull.stages.check.sql import is_bad_date

_WORDS = {
    "student": {
        "state_id": ("state student id", STUDENT.wire("state_student_id")),
        "second_id": ("birth date", STUDENT.wire("birthdate")),
        "first_name": ("first name", STUDENT.wire("first_name")),
        "last_name": ("last name", STUDENT.wire("last_name")),
        "gender": ("gender", STUDENT.wire("gender")),
    },
    "staff": {
        "state_id": ("state educator id", STAFF.wire("state_educator_id")),
        "second_id": ("HR id", STAFF.wire("hr_id")),
        "first_name": ("first name", STAFF.wire("first_name")),
        "last_name": ("last name", STAFF.wire("last_name")),
    },
}
_TELLING = ("state_id", "second_id", "last_name", "first_name")

Versions = dict[int, tuple[Facts, Facts]]
"""Of an id: the facts in the Master, and those that came."""


def leave_out_others(
    plan: Plan, kind: str, *, is_in: str, first: str, school: str, omitted: frozenset[str]
) -> None:
    """Make `changed_KIND`, who may be another person, and `stranger_KIND`: the ids that stand for another person now, about whom nobody has decided.

    Each is asked about. Where somebody decided that it is another person, the plan hands the id over.

    Args:
        plan: with `clean_KIND`.
        kind: student or staff.
        is_in: SQL, the record of `clean_KIND` would be in.
        first: SQL, the order in which the first record of a person is the one that counts.
        school: the column of `clean_KIND` with the person's school.
        omitted: the columns that are not kept.
    """
    kept = KeptFacts.of(salt_of(plan.connection, "m"), kind, omitted)
    db = plan.connection
    db.execute(f"CREATE TABLE stranger_{kind} ({kind}_id INTEGER PRIMARY KEY, field TEXT, message TEXT)")
    db.execute(f"CREATE TABLE changed_{kind} ({kind}_id INTEGER PRIMARY KEY)")
    schools: dict[int, int | None] = {}
    versions: Versions = {}
    for known in _known(plan, kind):
        db.execute(f"DELETE FROM changed_{kind}")
        if not db.execute(f"INSERT INTO changed_{kind} ({kind}_id) {_changed(kind, known, is_in)}").rowcount:
            continue
        for number, where, *facts in db.execute(_facts(kind, known, is_in, first, school)):
            if number not in versions:
                schools[number] = where
                half = len(FACTS)
                versions[number] = kept.alike(_as_facts(kind, facts[:half]), _as_facts(kind, facts[half:]))
    versions = _in_one_form(versions, kept)
    moved = exchanged(versions)
    for number, (before, after) in versions.items():
        verdict = compare(before, after)
        if verdict.is_another or number in moved:
            _ask_or_obey(plan, number, before, after, verdict, moved.get(number), schools[number], kept)


def _in_one_form(versions: Versions, kept: KeptFacts) -> Versions:
    """Versions of several ids that can be compared with each other: where one second id is a digest all are."""
    if not any(is_kept_digest(before.second_id) for before, _ in versions.values()):
        return versions
    every = replace(kept, omitted=frozenset({"second_id"}))
    return {number: (every.kept(before), every.kept(after)) for number, (before, after) in versions.items()}


def _known(plan: Plan, kind: str) -> Iterator[str]:
    """SQL sources of the last version of each person in the Master; an archived roster's where there is none."""
    facts = ", ".join(f"{fact_column(kind, fact, 't')} AS known_{fact}" for fact in FACTS)
    if plan.connection.execute(f"SELECT 1 FROM m.{kind} LIMIT 1").fetchone():
        yield f"(SELECT t.{kind}_id AS person, {facts} FROM m.{kind} t)"
    if plan.connection.execute(
        "SELECT 1 FROM m.remembered_person WHERE kind = ? LIMIT 1", (kind,)
    ).fetchone():
        yield f"""(
            SELECT r.person, {", ".join(f"r.{fact} AS known_{fact}" for fact in FACTS)}
            FROM m.remembered_person r
            WHERE r.kind = '{kind}' AND NOT EXISTS (SELECT 1 FROM m.{kind} t WHERE t.{kind}_id = r.person)
        )"""


def _changed(kind: str, known: str, is_in: str) -> str:
    """Who may be another person: a fact is another one, and no state id says that it is the same person."""
    state = _as_known(kind, "state_id")
    differs = " OR ".join(f"{_as_known(kind, fact)} <> k.known_{fact}" for fact in _TELLING)
    return f"""
        SELECT DISTINCT c.{kind}_id
        FROM clean_{kind} c
        JOIN {known} k ON k.person = c.{kind}_id
        WHERE {is_in} AND ({state} = k.known_state_id) IS NOT 1 AND ({differs})
        """


def _as_known(kind: str, fact: str) -> str:
    """SQL: a fact of the clean record `c` in the form in which the Master has it, itself or a digest."""
    raw = raw_fact_column(kind, fact, "c")
    digest = digest_fact_column(kind, fact, "c")
    if digest is None:
        return raw
    return f"iif(k.known_{fact} GLOB '{DIGEST}*', coalesce({digest}, value_digest({raw})), {raw})"


def _facts(kind: str, known: str, is_in: str, first: str, school: str) -> str:
    before = ", ".join(f"k.known_{fact}" for fact in FACTS)
    columns = {fact: raw_fact_column(kind, fact, "c") for fact in FACTS}
    if kind == "student":
        columns["second_id"] = f"iif({is_bad_date('c.birthdate')}, NULL, c.birthdate)"
    return f"""
        SELECT c.{kind}_id, c.{school}, {before}, {", ".join(columns.values())}
        FROM clean_{kind} c
        JOIN {known} k ON k.person = c.{kind}_id
        WHERE {is_in} AND c.{kind}_id IN (SELECT {kind}_id FROM changed_{kind})
        ORDER BY c.{kind}_id, {first}
        """


def _as_facts(kind: str, values: Iterable[object]) -> Facts:
    return msgspec.convert({"kind": kind, **dict(zip(FACTS, values, strict=True))}, Facts, strict=False)


def _ask_or_obey(
    plan: Plan, number: int, before: Facts, after: Facts, verdict: Verdict, former: int | None, school: int | None,
    kept: KeptFacts,
) -> None:  # fmt: skip
    db, kind = plan.connection, after.kind
    # What is decided was written down in the form that was kept then.
    as_compared, before, after = digest(number, before, after), kept.kept(before), kept.kept(after)
    about = digest(number, before, after)
    said = db.execute(
        "SELECT verdict, holder FROM m.identity_decision WHERE kind = ? AND person = ? AND digest IN (?, ?)",
        (kind, number, about, as_compared),
    ).fetchone()
    if said is None:
        words = [_WORDS[kind][name] for name in verdict.differing] or [_WORDS[kind]["first_name"]]
        _ask(plan, number, Code.REC_IDENTITY, about, former, school, before, after)
        db.execute(
            f"INSERT INTO stranger_{kind} ({kind}_id, field, message) VALUES (?, ?, ?)",
            (number, words[0][1], _message([word for word, _ in words], former)),
        )
    elif said["verdict"] == "another":
        db.execute(
            "INSERT INTO handover (kind, person, holder) VALUES (?, ?, ?)", (kind, number, said["holder"])
        )


def _message(words: list[str], former: int | None) -> str:
    if former is not None:
        return f"The id stands for whom id {former} stood for before; the ids seem to be exchanged."
    *others, last = [f"the {word}" for word in words]
    listed = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    return f"The id stands for another person, it seems: {listed} not what the District Master has."


def _ask(
    plan: Plan, number: int, code: Code, about: str, former: int | None, school: int | None, before: Facts,
    after: Facts,
) -> None:  # fmt: skip
    since = plan.connection.execute(
        "SELECT since_import FROM m.identity_question WHERE kind = ? AND person = ? AND digest = ?",
        (after.kind, number, about),
    ).fetchone()
    plan.connection.execute(
        """
        INSERT OR IGNORE INTO identity_question (
            kind, person, code, digest, former, school, before, after, since_import
        )
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            after.kind, number, code, about, former, school,
            *(json.dumps(facts.document(), ensure_ascii=False) for facts in (before, after)),
            None if since is None else since[0],
        ),
    )  # fmt: skip


def describe_others(plan: Plan, kind: str, seen: str) -> None:
    """REC-IDENTITY once for each id that is left out.

    Args:
        plan: with `stranger_KIND`.
        kind: student or staff.
        seen: SQL, a condition for the ids that are described.
    """
    code = Code.REC_IDENTITY
    describe(
        plan,
        code,
        kind,
        f"""
        SELECT s.{kind}_id, q.school, s.field, s.message
        FROM stranger_{kind} s
        JOIN identity_question q ON q.kind = '{kind}' AND q.person = s.{kind}_id
        WHERE {seen}
        ORDER BY s.{kind}_id
        """,
    )
    assert CODES[code].severity == "E"  # what follows from it is counted under it


def finish_identity(plan: Plan, rules: Rules) -> None:
    """Tell who has a new id, and keep what was asked before about ids that nothing was read of."""
    db = plan.connection
    # An id goes over to somebody only when that person comes in.
    for kind in PERSONS:
        name = kind.name
        db.execute(
            f"""
            DELETE FROM handover
            WHERE kind = '{name}' AND person NOT IN (SELECT {name}_id FROM new_{name})
            """
        )
        _renumbered(plan, name, KeptFacts.of(salt_of(db, "m"), name, rules.omitted(name)))
    db.execute(
        f"""
        DELETE FROM identity_question
        WHERE kind = 'staff'
            AND code = '{Code.REC_IDENTITY}'
            AND person NOT IN (SELECT record FROM seen_staff WHERE outcome = 'rejected')
        """
    )
    for name, is_whole in (("student", all_ready("students")), ("staff", district_ready("staff"))):
        keep = "1" if rules.partial else f"NOT ({is_whole})"
        db.execute(
            f"""
            INSERT OR IGNORE INTO identity_question (
                kind, person, code, digest, former, school, before, after, since_import
            )
            SELECT kind, person, code, digest, former, school, before, after, since_import
            FROM m.identity_question q
            WHERE kind = '{name}'
                AND {keep}
                AND (
                    person NOT IN (SELECT record FROM seen_{name})
                    OR (code = '{Code.REC_RENUMBERED}' AND NOT EXISTS (
                        SELECT 1
                        FROM m.identity_decision d
                        WHERE d.kind = q.kind AND d.person = q.person AND d.digest = q.digest
                    ))
                )
            """
        )


IDENTITY = Check(
    "identity",
    needs=(
        "ready", "ready_students", "mapped", "new_student", "new_staff", "plan_student", "plan_staff",
        "seen_student", "seen_staff",
    ),
    makes=("gone_student", "gone_staff"),
    run=finish_identity,
    is_part=False,
)  # fmt: skip


def _renumbered(plan: Plan, kind: str, kept: KeptFacts) -> None:
    """REC-RENUMBERED: who is in under an id and was, under another that is gone, the same person."""
    db = plan.connection
    facts = ", ".join(FACTS)
    own = ", ".join(_as_kept(fact_column(kind, fact, "t"), fact, kept) for fact in FACTS)
    state = fact_column(kind, "state_id", "n")
    db.execute(f"CREATE TABLE gone_{kind} (person INTEGER PRIMARY KEY, rank INTEGER NOT NULL, {facts})")
    db.execute(
        f"""
        INSERT INTO gone_{kind} (person, rank, {facts})
        SELECT t.{kind}_id, 1 - t.active, {own}
        FROM m.{kind} t
        WHERE {fact_column(kind, "state_id", "t")} IS NOT NULL
            AND (
                (t.active = 0 AND NOT EXISTS (SELECT 1 FROM new_{kind} n WHERE n.{kind}_id = t.{kind}_id))
                OR EXISTS (
                    SELECT 1
                    FROM plan_{kind} p
                    WHERE p.{kind}_id = t.{kind}_id AND p.action = 'deactivated'
                )
            )
        """
    )
    db.execute(
        f"""
        INSERT OR IGNORE INTO gone_{kind} (person, rank, {facts})
        SELECT r.person, 2, {", ".join(_as_kept(fact, fact, kept) for fact in FACTS)}
        FROM m.remembered_person r
        WHERE r.kind = '{kind}'
            AND r.state_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM m.{kind} t WHERE t.{kind}_id = r.person)
            AND NOT EXISTS (SELECT 1 FROM new_{kind} n WHERE n.{kind}_id = r.person)
        """
    )
    if db.execute(f"SELECT 1 FROM gone_{kind} LIMIT 1").fetchone() is None:
        return
    db.execute(f"CREATE INDEX gone_{kind}_state ON gone_{kind} (state_id)")
    rows = db.execute(
        f"""
        SELECT
            n.{kind}_id, g.person, n.primary_school,
            {", ".join(f"g.{fact}" for fact in FACTS)},
            {", ".join(fact_column(kind, fact, "n") for fact in FACTS)}
        FROM new_{kind} n
        CROSS JOIN gone_{kind} g ON g.state_id = {state}
        ORDER BY n.{kind}_id, g.rank, g.person DESC
        """
    ).fetchall()
    told: set[int] = set()
    for number, former, school, *values in rows:
        old, new = kept.alike(
            *(_as_facts(kind, half) for half in (values[: len(FACTS)], values[len(FACTS) :]))
        )
        if number not in told and same_person(old, new):
            told.add(number)
            _tell_renumbered(plan, number, former, school, old, new)


def _as_kept(column: str, fact: str, kept: KeptFacts) -> str:
    """SQL: a fact of the Master in the form in which it is kept now, which is that of whoever comes in."""
    return f"value_digest({column})" if fact in kept.omitted & DIGESTED else column


def _tell_renumbered(
    plan: Plan, number: int, former: int, school: int | None, old: Facts, new: Facts
) -> None:  # fmt: skip
    about = digest(number, old, new, former)
    said = plan.connection.execute(
        "SELECT 1 FROM m.identity_decision WHERE kind = ? AND person = ? AND digest = ?",
        (new.kind, number, about),
    ).fetchone()
    if said is not None:
        return
    _ask(plan, number, Code.REC_RENUMBERED, about, former, school, old, new)
    describe(
        plan,
        Code.REC_RENUMBERED,
        new.kind,
        "SELECT ?, ?, NULL, ?",
        (number, school, f"This seems to be the person who had the id {former}, which is gone."),
    )
