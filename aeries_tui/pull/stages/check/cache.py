"""A check whose result is known, because nothing that it depends on is another than at the last one.

What a check finds depends on the lists that were read, the rules, the day, the Master and what was
decided about who is who, and on nothing else. Once an import of whole lists is applied, a check of the very same lists finds nothing to do, and says
of the records what it said before. So its books are kept, with a digest of what it depended on; a pull that
comes upon the same digest takes them. Each weekend, each holiday, and each pull that somebody runs once
more to be sure, is of that kind.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from aeries_tui import __version__
from aeries_tui.codes import Code
from aeries_tui.master.database import attached_file
from aeries_tui.master.layout import CHECK_CACHE, Layout, layout_of, number_of, write_layout
from aeries_tui.master.roster.plan import LEFT_OUT_COLUMNS, Plan, plan_layout, plan_tables
from aeries_tui.master.tombstones import tombstones
from aeries_tui.pull.stages.check.lists import describe_empty, write_scopes
from aeries_tui.pull.stages.check.rules import Rules

_KEPT = ("count", "description", "seen_student", "seen_staff", "left_out", "note", "identity_question")
NEEDS = ("ready", "judged_member", "term", "seen_student", "seen_staff", "left_out")
"""The tables of a check that is done which `save_check` reads, beside the import's own books."""

_DESCRIPTION = "code, severity, kind, record, school, field, message, consequences, consequence_code"
_REUSE_COUNTS = """
INSERT OR REPLACE INTO count (
    kind, received, created, updated, unchanged, reactivated,
    rejected, duplicate, out_of_scope, deactivated, active
)
SELECT
    kind, received, 0, 0, created + updated + unchanged + reactivated, 0,
    rejected, duplicate, out_of_scope, 0, active
FROM k.count
"""
# Which lists are empty although something rests on them is a matter of what the import before has left.
_REUSE_DESCRIPTIONS = f"""
INSERT INTO description ({_DESCRIPTION})
SELECT {_DESCRIPTION}
FROM k.description
WHERE code <> '{Code.SRC_EMPTY}'
ORDER BY id
"""
_REUSE_QUESTIONS = """
INSERT INTO identity_question (kind, person, code, digest, former, school, before, after, since_import)
SELECT
    k.kind, k.person, k.code, k.digest, k.former, k.school, k.before, k.after,
    (SELECT q.since_import FROM m.identity_question q WHERE q.kind = k.kind AND q.digest = k.digest)
FROM k.identity_question k
"""
# What is judged by the day changes when a class row that is out begins or one that is in ends, with the first and
# the last day of somebody on a section, with the first day at another school, and with those of a term.
_UNTIL = """
SELECT min(day)
FROM (
    SELECT date(value, :before) AS day FROM about WHERE name = 'next_begin'
    UNION ALL
    SELECT date(value, '+1 day') FROM about WHERE name = 'next_end'
    UNION ALL
    SELECT value FROM about WHERE name = 'next_primary'
    UNION ALL
    SELECT min(begin_date) FROM judged_member WHERE state = 'later'
    UNION ALL
    SELECT coalesce(date(min(end_date), '+1 day'), :day) FROM judged_member WHERE end_date >= :day
    HAVING count(*) > 0
    UNION ALL
    SELECT coalesce(date(min(start_date)), :day) FROM term WHERE start_date > :day
    HAVING count(*) > 0
    UNION ALL
    SELECT coalesce(date(min(end_date), '+1 day'), :day) FROM term WHERE end_date >= :day
    HAVING count(*) > 0
)
"""
"""The first day on which the same lists would be judged otherwise; a text that is no date is one each day."""


def digest_of(plan: Plan, rules: Rules) -> str:
    """What a check depends on besides day and Master; blank where what was read leaves doubts.

    Args:
        plan: with the staging attached as `p`, once `prepare` was run.
        rules: who is in.
    """
    db = plan.connection
    doubtful = db.execute("SELECT 1 FROM p.list WHERE id NOT IN (SELECT id FROM ready) LIMIT 1").fetchone()
    if rules.partial or rules.additions_only or doubtful is not None:
        return ""
    digest = sha256()
    (schools,) = db.execute("SELECT value FROM p.about WHERE name = 'schools'").fetchone() or ("",)
    digest.update(repr((__version__, rules.but_the_day(), schools)).encode())
    decided = "SELECT kind, person, digest, verdict, holder FROM m.identity_decision ORDER BY id"
    digest.update(repr([tuple(row) for row in db.execute(decided)]).encode())
    digest.update(repr(tombstones(db, "m").digests).encode())
    lists = "SELECT endpoint, school, received, digest FROM p.list ORDER BY endpoint, school"
    for row in db.execute(lists):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def cache_layout() -> Layout:
    """What the kept books say of themselves: tables of a plan, which goes with the Master's layout."""
    return Layout(CHECK_CACHE, number_of(f"{plan_layout().number} {' '.join(plan_tables())}"))


@contextlib.contextmanager
def cached_check(plan: Plan, path: Path | None) -> Iterator[bool]:
    """The books that were kept in the file `path` attached as `k`; tells whether they can be read.

    Of another layout they can't, and the plan is about `other_cache`; damaged neither, and it is about `damaged_cache`.
    """
    if path is None or not path.exists():
        yield False
        return
    db = plan.connection
    try:
        db.execute("ATTACH ? AS k", (f"{path.absolute().as_uri()}?mode=ro",))
        is_whole = [row[0] for row in db.execute("PRAGMA k.quick_check")] == ["ok"]
        tables = {row[0] for row in db.execute("SELECT name FROM k.sqlite_master")}
        is_whole = is_whole and tables >= {"about", *_KEPT}
        is_of_today = layout_of(db, "k") == cache_layout()
    except sqlite3.DatabaseError:
        is_whole = is_of_today = False
    if not (is_whole and is_of_today):
        plan.write_about("other_cache" if is_whole else "damaged_cache", path.parent.name)
    try:
        yield is_whole and is_of_today
    finally:
        with contextlib.suppress(
            sqlite3.Error
        ):  # what ended the block is told, not that it can't be detached after
            db.execute("DETACH k")


def reuse_check(plan: Plan, rules: Rules) -> bool:
    """Fill the plan from the books attached as `k`, if they are those of the same lists, rules and days.

    Args:
        plan: once `prepare` was run; the books are of the last import that changed the Master.
        rules: who is in.

    Returns:
        Whether it is filled. If not, nothing was done.
    """
    db = plan.connection
    known = dict(tuple(row) for row in db.execute("SELECT name, value FROM k.about"))
    is_same = known["digest"] == digest_of(plan, rules) and bool(known["digest"])
    if not is_same or not known["day"] <= rules.day or not rules.day < (known["until"] or "9999"):
        return False
    db.execute(_REUSE_COUNTS)
    db.execute(_REUSE_DESCRIPTIONS)
    for table in ("seen_student", "seen_staff"):
        # Whatever was done to somebody is done.
        db.execute(
            f"""
            INSERT INTO {table} (record, outcome)
            SELECT
                record,
                iif(outcome IN ('created', 'updated', 'reactivated'), 'unchanged', outcome)
            FROM k.{table}
            """
        )
    left_out = ", ".join(LEFT_OUT_COLUMNS)
    db.execute(f"INSERT INTO left_out ({left_out}) SELECT {left_out} FROM k.left_out")
    db.execute(_REUSE_QUESTIONS)
    db.execute("INSERT INTO note (text) SELECT text FROM k.note ORDER BY position")
    write_scopes(plan, rules)
    describe_empty(plan)
    plan.write_about("again", known["import"])
    plan.write_about("until", known["until"])
    return True


def save_check(plan: Plan, rules: Rules, path: Path, number: int) -> None:
    """Keep the books of a check of whole lists, for the next one; they count once the plan is applied.

    Args:
        plan: checked; nothing has been added to its books since.
        rules: who is in.
        path: the file; whatever stood there is replaced.
        number: the import.

    Raises:
        MasterError: if the disk can't be used.
    """
    digest = digest_of(plan, rules)
    if not digest:
        return
    db = plan.connection
    until = plan.about("until")
    if until is None:
        day = {"day": rules.day, "before": f"-{rules.lead_days} days"}
        until = str(db.execute(_UNTIL, day).fetchone()[0] or "")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
    with attached_file(db, part, "k", "rw"):
        db.execute("PRAGMA k.journal_mode = OFF")
        db.execute("PRAGMA k.synchronous = OFF")
        for table in _KEPT:
            db.execute(f"CREATE TABLE k.{table} AS SELECT * FROM main.{table}")
        db.execute("CREATE TABLE k.about (name TEXT PRIMARY KEY, value TEXT)")
        write_layout(db, cache_layout(), "k")
        facts = {"digest": digest, "day": rules.day, "until": until, "import": number}
        db.executemany("INSERT INTO k.about (name, value) VALUES (?, ?)", list(facts.items()))
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(path)
    plan.write_about("known", digest)
