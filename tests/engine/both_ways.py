"""Every check that takes the last one's books is made anew as well: both must say the same."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.plan import Plan, new_plan
from aeries_tui.pull.stages.check import Rules, run_checks, save_check

_BOOKS = ("count", "seen_student", "seen_staff", "scope", "aeries_school", "term")
_DESCRIPTION = "code, severity, kind, record, school, field, message, consequences, consequence_code"


def _books(plan: Plan) -> dict[str, list[tuple[Any, ...]]]:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return sorted((tuple(row) for row in plan.connection.execute(sql)), key=repr)

    return {
        **{name: rows(f"SELECT * FROM {name}") for name in _BOOKS},
        **{f"plan of {kind.name}": rows(f"SELECT * FROM plan_{kind.name}") for kind in KINDS},
        "description": rows(f"SELECT {_DESCRIPTION} FROM description"),
        "note": rows("SELECT text FROM note"),
    }


def _until(plan: Plan, rules: Rules, folder: Path) -> str:
    """Up to which day the books of a plan count."""
    save_check(plan, rules, folder / "kept.sqlite3", 0)
    with contextlib.closing(sqlite3.connect(folder / "kept.sqlite3")) as db:
        return str(db.execute("SELECT value FROM about WHERE name = 'until'").fetchone()[0])


@contextlib.contextmanager
def each_check_made_both_ways() -> Iterator[Counter[str]]:
    """While the block runs, every check that has books to go by is compared with one that has none.

    Counts how many were `again`, and how many `anew` although there were books.
    """
    made: Counter[str] = Counter()

    def checked(
        plan: Plan, pages: Path, rules: Rules, progress: Callable[..., None], known: Path | None = None
    ) -> list[str]:
        found = run_checks(plan, pages, rules, progress, known)
        if plan.about("again") is None:
            made["anew"] += known is not None and known.exists()
            return found
        made["again"] += 1
        master = next(row[2] for row in plan.connection.execute("PRAGMA database_list") if row[1] == "m")
        with tempfile.TemporaryDirectory(dir=pages.parent) as name:
            folder = Path(name)
            with new_plan(folder / "plan.sqlite3", Path(master)) as full:
                assert run_checks(full, pages, rules, lambda *told: None) == found
                assert _books(plan) == _books(full)
                assert plan.about("until") == _until(full, rules, folder)
        return found

    with patch("aeries_tui.pull.run.run_checks", checked):
        yield made
