"""Each step of the check reads and makes what it declares, and stands after those whose tables it needs."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull import run as pull_run
from aeries_tui.pull import set_watermark
from aeries_tui.pull.stages import check
from aeries_tui.pull.stages.check import CHECKS, cache
from aeries_tui.pull.stages.check.declaration import Check, in_order, made_by
from engine import Station
from pull.quick.changing import district, let_all_be_quick, quick

WRITES = {
    sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_CREATE_TEMP_VIEW,
}  # fmt: skip
EVERYBODYS = {"count", "note", "about", "description", "identity_question", "handover"}
ERROR_WRITTEN = re.compile(r"INSERT INTO description.*SELECT '[A-Z-]+', 'E', '(\w+)'", re.DOTALL)
ERROR_READ = re.compile(r"description\.kind = '(\w+)'")


@dataclass
class Touched:
    """The tables and views, and the descriptions of errors, that something read and wrote."""

    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def during(self, connection: sqlite3.Connection, run: Callable[[], Any]) -> Any:
        """Run it, and note what it touches."""
        views = {
            row[0] for row in connection.execute("SELECT name FROM temp.sqlite_master WHERE type = 'view'")
        }

        def authorize(
            action: int, name: str | None, _: str | None, database: str | None, view: str | None
        ) -> int:
            if action == sqlite3.SQLITE_CREATE_TEMP_VIEW and name:
                views.add(name)
            # A table whose rows are only counted comes without its database; what a view reads, with the view.
            if database not in {"main", "temp", None} or view in views or name is None:
                return sqlite3.SQLITE_OK
            if name not in EVERYBODYS and not name.startswith(("sqlite_", "active_")):
                if action == sqlite3.SQLITE_READ:
                    self.read.add(name)
                elif action in WRITES:
                    self.written.add(name)
            return sqlite3.SQLITE_OK

        def note(statement: str) -> None:
            self.written |= {f"error:{kind}" for kind in ERROR_WRITTEN.findall(statement)}
            self.read |= {f"error:{kind}" for kind in ERROR_READ.findall(statement)}

        connection.set_authorizer(authorize)
        connection.set_trace_callback(note)
        try:
            return run()
        finally:
            connection.set_authorizer(None)
            connection.set_trace_callback(None)


@pytest.fixture(scope="module")
def touched() -> Iterator[dict[str, Touched]]:
    """By name of a step or function, what it touched in a full and in a quick pull."""
    touched: dict[str, Touched] = defaultdict(Touched)

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(plan: Plan, *rest: Any) -> Any:
            return touched[name].during(plan.connection, lambda: function(plan, *rest))

        return run

    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        steps = tuple(replace(step, run=watched(step.name, step.run)) for step in CHECKS)
        patch.setattr(check, "CHECKS", steps)
        patch.setattr(pull_run, "set_watermark", watched("set_watermark", pull_run.set_watermark))
        patch.setattr(pull_run, "save_check", watched("save_check", pull_run.save_check))
        station = Station(Path(root))
        # Who is in by school is judged by all that teaching alone is, and more.
        station.set("pull", staff="school")
        station.aeries = district()
        station.map(7, 8, 9, 10)
        station.pull()
        let_all_be_quick(station)
        station.aeries.lists["7/students"][0]["FirstName"] = "Changed"
        quick(station)
        yield touched


@pytest.mark.parametrize("step", CHECKS, ids=lambda step: step.name)
def test_a_step_makes_what_it_declares(step: Check, touched: dict[str, Touched]) -> None:
    # It may add to what it needs, as days are added to `wire_date`.
    written = touched[step.name].written
    assert {name for name in written if name in step.makes or name not in step.needs} == set(step.makes)


@pytest.mark.parametrize("step", CHECKS, ids=lambda step: step.name)
def test_a_step_needs_what_it_declares(step: Check, touched: dict[str, Touched]) -> None:
    made_by_others = made_by(other for other in CHECKS if other is not step)
    read = touched[step.name].read
    assert {name for name in read if name in made_by_others or name not in step.makes} == set(step.needs)


@pytest.mark.parametrize(
    ("name", "needs"), [("set_watermark", set_watermark.NEEDS), ("save_check", cache.NEEDS)]
)
def test_what_is_read_after_the_check_is_declared_and_made(
    name: str, needs: tuple[str, ...], touched: dict[str, Touched]
) -> None:
    assert touched[name].read == set(needs)
    assert made_by(CHECKS) >= set(needs)


NEEDY = [(step, table) for step in CHECKS for table in step.needs]


@pytest.mark.parametrize(("step", "table"), NEEDY, ids=lambda value: getattr(value, "name", value))
def test_no_step_can_stand_before_one_that_makes_what_it_needs(step: Check, table: str) -> None:
    makers = [other for other in CHECKS if table in other.makes and other is not step]
    with pytest.raises(ValueError, match=f"{step.name} needs {table} before"):
        in_order(replace(step, needs=(table,)), *makers)


def test_no_step_can_need_what_nobody_makes() -> None:
    with pytest.raises(ValueError, match="last needs clean_studnet before"):
        in_order(*CHECKS, Check("last", needs=("clean_studnet",), makes=(), run=CHECKS[0].run))
