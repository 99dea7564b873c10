"""A plan: why it waits, what it would change by kind and school, and the decision."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row, cell_text
from aeries_tui.master.imports import imports, result
from aeries_tui.master.lists.changes import ACTIONS, STYLE_OF_ACTION, Changes, Tally
from aeries_tui.master.roster.departures import DepartureTally
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import plan_file
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.changes import ChangesScreen
from aeries_tui.screens.text.counts import in_figures, trimmed
from aeries_tui.screens.times import shown_time
from aeries_tui.session.command import run_command
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import AskText
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content, outcome_text
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

RECORDS_SHOWN = 200
"""Records of the row under the cursor that stand beside the counts."""

REASONS_SHOWN = 12
"""Reasons that are written out; the guard folds them, so there are seldom more."""


@dataclass(frozen=True)
class PlanState:
    """A plan as it is shown.

    Attributes:
        found: its import.
        holds: why it waits; none where only a plan was asked for.
        tallies: what it would change, by kind and school.
        departures: why those who go do.
        stale: the Master has changed since, so that it can't be approved any more.
        kept: its file is still there.
    """

    found: imports.Import
    holds: tuple[result.Hold, ...]
    tallies: tuple[Tally, ...]
    departures: tuple[DepartureTally, ...]
    stale: bool
    kept: bool

    @property
    def waits(self) -> bool:
        """Whether a decision is wanted."""
        return self.kept and self.found.outcome is Outcome.HELD


def read_plan(db: sqlite3.Connection, changes: Changes, answers: RosterAnswers) -> PlanState:
    """Read a plan; `db` is the Master, open for reading, and `answers` knows what was counted before."""
    found = imports.get(db, changes.number)
    kept = changes.plan is not None and changes.plan.exists()
    return PlanState(
        found,
        tuple(result.holds(db, changes.number)),
        tuple(changes.tallies(db, answers)) if kept else (),
        tuple(changes.departures(db)) if kept else (),
        imports.is_stale(db, found),
        kept,
    )


_TITLES = {"reactivated": "Reactiv.", "deactivated": "Deactiv."}


def tally_columns(tallies: tuple[Tally, ...]) -> tuple[Column, ...]:
    """The columns of the counts; what never happens has none."""
    used = [action for action in ACTIONS if any(t.counts.get(action) for t in tallies)]
    return (
        Column("what", "Records", flex=1, min_width=26, max_width=60, sortable=False),
        *(
            Column(
                action, _TITLES.get(action, action.capitalize()), align="right", min_width=7, sortable=False
            )
            for action in used
        ),
        Column("total", "In all", align="right", min_width=6, sortable=False),
    )


def tally_rows(tallies: tuple[Tally, ...], departures: Sequence[DepartureTally] = ()) -> list[Row]:
    """A row for each kind with its sum, below it one for each of its schools; below those that go, why they do."""
    columns = tally_columns(tallies)
    rows = []
    for kind in KINDS:
        mine = [t for t in tallies if t.kind is kind]
        if not mine:
            continue
        sums = {action: sum(t.counts.get(action, 0) for t in mine) for action in ACTIONS}
        rows.append(_row(f"{kind.name}:", (kind.plural, "strong"), sums, columns))
        reasons = [d for d in departures if d.kind == kind.name]
        if not kind.school:
            rows += _reason_rows(f"{kind.name}:", "  ", reasons, columns)
            continue
        for t in mine:
            name = f"  {t.school} {kind.plural}, {t.school_name}".rstrip(", ")
            rows.append(_row(f"{kind.name}:{t.school}", name, t.counts, columns))
            there = [d for d in reasons if d.school == t.school]
            rows += _reason_rows(f"{kind.name}:{t.school}", "    ", there, columns)
    return rows


def _reason_rows(
    key: str, indent: str, departures: Sequence[DepartureTally], columns: tuple[Column, ...]
) -> list[Row]:
    """A row for each reason, the most frequent first; their sum is what is deactivated in the row above."""
    counts: Counter[tuple[str, str]] = Counter()
    words: dict[tuple[str, str], str] = {}
    for one in departures:
        reason = (one.reason.value, one.status or "")
        counts[reason] += one.count
        words[reason] = one.words
    return [
        _row(
            f"{key}:{':'.join(reason)}",
            (f"{indent}{words[reason]}", "muted"),
            {"deactivated": count},
            columns,
        )
        for reason, count in counts.most_common()
    ]


@dataclass(frozen=True)
class Group:
    """The records that a row of the counts stands for: of a kind, at a school, who go for a reason."""

    kind: str
    school: int | None
    why: tuple[str, str] | None


def group_of(key: str) -> Group:
    """What the key of a row of the counts says: `student:`, `school_enrollment:884`, `student::status:I`."""
    kind, school, *why = key.split(":", 3)
    return Group(kind, int(school) if school else None, (why[0], why[1]) if why else None)


def _row(key: str, what: Cell, counts: Mapping[str, int], columns: tuple[Column, ...]) -> Row:
    figures: list[Cell] = []
    for column in columns[1:-1]:
        count = counts.get(column.key, 0)
        figures.append((f"{count:,}", STYLE_OF_ACTION[column.key]) if count else ("0", "muted"))
    return Row(key, (what, *figures, f"{sum(counts.values()):,}"))


class PlanScreen(DistrictScreen):
    """One plan.

    Args:
        number: its import.
    """

    KEYS = "plan"
    PLACE = "pull"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("plan")

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._state: PlanState | None = None
        self._changes: Changes | None = None
        self._deciding = ""
        self._head = Static(markup=False, id="head")
        self._reasons = Static(markup=False, id="reasons")
        self._table = PagedTable(empty="Reading …", id="tallies", name=f"plan-{number}")
        self._records = Pane(id="records", only_beside=True)
        self._panes = Panes(self._table, self._records)

    def body(self) -> ComposeResult:
        """What it is, why it waits, what it would change."""
        yield self._head
        with ScrollText(id="why"):
            yield self._reasons
        yield self._panes

    def on_mount(self) -> None:
        """Give the keys to the counts."""
        self._table.focus()

    def reread(self) -> None:
        """Read the plan anew."""
        session, district = self.session, self.session.district
        changes = Changes(district.master, self._number, plan_file(district, self._number))
        self._changes = changes
        self.ask_master(lambda db: read_plan(db, changes, session.answers), self._show)

    def _show(self, state: PlanState) -> None:
        before, self._state = self._state, state
        self._head.update(content(self.app, *self._headline(state)))
        self._reasons.update(content(self.app, *self._why(state)))
        self._table.empty = (
            "The plan changes nothing: the District Master is as Aeries has it."
            if state.kept
            else "The plan is not kept any more."
        )
        if before is None or before.tallies != state.tallies or not state.tallies:
            self._table.open(
                ListSource(tally_columns(state.tallies), tally_rows(state.tallies, state.departures))
            )
        self.refresh_bindings()

    def _headline(self, state: PlanState) -> list[Cell]:
        found = state.found
        what = f"takes import {found.undoes} back" if found.undoes else f"made {shown_time(found.started_at)}"
        year = f", school year {found.school_year}" if found.school_year else ""
        if self._deciding:
            return [("▶ ", "running"), self._deciding]
        parts: list[Cell] = [f"Plan of import {found.id}, {what}{year}: "]
        return [*parts, (outcome_text(found.outcome), found.outcome.look.style)]

    def _why(self, state: PlanState) -> list[Cell]:
        lines: list[Cell] = []
        found = state.found
        if found.superseded_by:
            lines.append(
                (f"Superseded by import {found.superseded_by}; nothing of it was applied.\n", "warning")
            )
        elif found.decided:
            when = shown_time(found.decided_at) if found.decided_at else ""
            lines.append(
                f"{found.decided.capitalize()} by {found.decided_by}, {when}: {found.decided_reason}\n"
            )
        elif state.waits and state.stale:
            lines.append((
                "The District Master or the mapping has changed since this plan was made, so it can't be "
                "approved any more. Discard it, then pull again.\n", "error"))  # fmt: skip
        elif state.waits and not state.holds:
            lines.append("Only a plan was asked for; nothing speaks against it. Nothing was changed yet.\n")
        for hold in state.holds[:REASONS_SHOWN]:
            lines += [(f"‖ {hold.code} ", "held"), f"{hold.message}\n"]
        if len(state.holds) > REASONS_SHOWN:
            lines.append(f"… and {len(state.holds) - REASONS_SHOWN} more reasons, in the results.\n")
        lines += [f"{note}\n" for note in found.notes]
        return trimmed(lines)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can't be decided any more is faint."""
        state = self._state
        match action:
            case "approve":
                return (state is not None and state.waits and not state.stale and not self._deciding) or None
            case "discard":
                return (state is not None and state.waits and not self._deciding) or None
            case "changes":
                return (state is not None and bool(state.tallies)) or None
            case _:
                return super().check_action(action, parameters)

    def action_changes(self) -> None:
        """Every record that would be changed."""
        self._drill(None)

    @on(RowSelected)
    def _open(self, event: RowSelected) -> None:
        self._drill(group_of(str(event.key)))

    @on(RowHighlighted)
    @on(PanesLaid)
    def _follow(self) -> None:
        key, changes, state = self._table.cursor_key, self._changes, self._state
        if key is None or changes is None or state is None or not state.kept or not self._panes.beside:
            return
        group = group_of(str(key))

        def read() -> tuple[int, list[Row]]:
            with contextlib.closing(changes.source(group.kind, group.school, why=group.why)) as source:
                return source.count(), list(source.rows(0, RECORDS_SHOWN))

        self.ask_latest(read, lambda found: self._show_records(str(key), *found))

    def _show_records(self, key: str, count: int, rows: list[Row]) -> None:
        lines: list[Cell] = []
        for row in rows:
            action, _, record, _, name, why = row.cells[:6]
            named = f"{cell_text(record)}  {cell_text(name)}"
            # Why somebody goes says already that they do.
            lines += (
                [f"{named}  ", (f"{cell_text(why)}\n", "warning")]
                if cell_text(action) == "deactivated" and cell_text(why)
                else [action, f"  {named}\n"]
            )
        if count > len(rows):
            lines.append((f"… and {count - len(rows):,} more; Enter shows all.", "muted"))
        title = f"{count:,} record{'s' if count != 1 else ''}"
        self._records.show(content(self.app, *trimmed(lines)), of=key, title=title)

    def _drill(self, group: Group | None) -> None:
        if self._changes is None or self._state is None or not self._state.kept:
            return
        if group is None:
            self.app.push_screen(ChangesScreen(self._changes, "pull"))
        else:
            self.app.push_screen(ChangesScreen(self._changes, "pull", group.kind, group.school, group.why))

    def action_approve(self) -> None:
        """Approve, with a reason."""
        if self._state is None:
            return
        question = (
            f"Approve the plan of import {self._number}: {in_figures(self._state.tallies, 'would be')}?"
        )

        def known(others: list[int]) -> None:
            fate = "".join(f" The plan of import {one}, which waits too, is superseded." for one in others)
            more = f" An approved import can be undone.{fate}"
            self._ask_reason("approve", question, "Approving", more)

        self.ask_master(lambda db: imports.others_held(db, self._number), known)

    def action_discard(self) -> None:
        """Discard, with a reason."""
        if self._state is None:
            return
        figures = in_figures(self._state.tallies, "would have been")
        self._ask_reason("discard", f"Discard the plan of import {self._number}: {figures}?", "Discarding")

    def _ask_reason(self, command: str, question: str, doing: str, more: str = "") -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self._decide(command, reason, doing)

        detail = (
            f"Type the reason; it is kept with your name and the time. Esc leaves the plan as it is.{more}"
        )
        self.app.push_screen(
            AskText(
                question,
                title=command.capitalize(),
                detail=detail,
                ok=command.capitalize(),
                check=reason_missing,
            ),
            answered,
        )

    def _decide(self, command: str, reason: str, doing: str) -> None:
        self._deciding = f"{doing} the plan of import {self._number} …"
        if self._state is not None:
            self._head.update(content(self.app, *self._headline(self._state)))
        self.refresh_bindings()
        places, district = self.session.places, self.session.district.name
        words = [command, str(self._number), "--reason-stdin"]
        self.ask(lambda: run_command(places, district, words, typed=reason), self._decided, self._not_decided)

    def _decided(self, _: None) -> None:
        """Lead to the import, whose result says what was decided and what became of it."""
        self._deciding = ""
        if self.is_current:
            self.app.pop_screen()
            self.district_app.call_later(self.district_app.go, "results", self._number)
        else:
            self.reread()

    def _not_decided(self, error: BaseException) -> None:
        self._deciding = ""
        self.reread()
        self.show_error(error, "The decision was not taken")


def reason_missing(reason: str) -> str:
    """What is wrong with a reason; blank where nothing is."""
    return (
        "" if reason.strip() else "A reason is needed: whoever reads the results next year will ask for it."
    )
