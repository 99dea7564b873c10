"""Districts: all of them at a glance, watched; pulls started and plans decided for several at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import Row, RowKey
from aeries_tui.operations.overview import Glance, Overview
from aeries_tui.operations.side_by_side import usual_jobs
from aeries_tui.operations.timers import Timers, next_import, timers
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.plan import reason_missing
from aeries_tui.screens.text.districts import COLUMNS, Shown, about, rows, summary
from aeries_tui.screens.times import local, now
from aeries_tui.session import CommandProcess
from aeries_tui.session.command import run_command
from aeries_tui.session.many import start_pulls
from aeries_tui.text import in_list, in_number
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import AskText, Notice
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, MarksChanged, PagedTable, RowHighlighted, RowSelected

LOOK_SECONDS = 1.0
"""Time between two looks at all districts."""

_PATIENCE = 0.25
"""Seconds for which the screen is not painted at first, so that it comes with its rows."""

_NAMED = 12
"""Districts that are named of those that one sentence is about."""

READ_AT_ONCE = 10
"""District Masters that are read one after the other before the board is shown anew."""


@dataclass(frozen=True)
class Plan:
    """A plan that waits: its district, the number of its import, and why, in a line."""

    district: str
    number: int
    why: str


class DistrictsScreen(DistrictScreen):
    """All districts."""

    KEYS = "districts"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("districts")

    def __init__(self) -> None:
        super().__init__()
        self._overview: Overview | None = None
        self._installed = Timers()
        self._glances: tuple[Glance, ...] = ()
        self._shown: dict[str, Shown] = {}
        self._day: tuple[dt.date, dt.tzinfo | None] | None = None
        self._rows: list[Row] = []
        self._doing: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._looking = False
        self._is_known = False
        self._first_patience = _PATIENCE
        self._unread = 0
        self._told = ("", "")
        self._started: list[CommandProcess] = []
        self._deciding = Background(self, "deciding")
        self._summary = Static(markup=False, id="summary")
        self._table = PagedTable(empty="Reading …", id="districts", name="districts", markable=True)
        self._about = Pane(id="about", only_beside=True)

    def body(self) -> ComposeResult:
        """All in a line, each in a row, more about the one under the cursor."""
        yield self._summary
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the list, and begin to look."""
        self._table.focus()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """What was started goes on alone."""
        self._deciding.close()
        for process in self._started:
            process.leave()

    @property
    def asks_about(self) -> str | None:
        """The district under the cursor."""
        key = self._table.cursor_key
        return self.session.name if key is None else str(key)

    @property
    def unsaved(self) -> str:
        """The decisions that have not been carried out yet."""
        waiting = len(self._doing)
        return in_number(waiting, "decision") + " not yet carried out" if waiting else ""

    # Looking

    def reread(self) -> None:
        """Look again, at the timers too, and at those that could not be read."""
        session = self.session
        if self._overview is not None:
            self._overview.forget_unread()

        def asked() -> Timers:
            return timers(session.places, [one.name for one in session.districts()])

        self._look()
        self.ask(asked, self._know_timers, lambda error: None)

    def _know_timers(self, found: Timers) -> None:
        self._installed = found
        self._show()

    def _look(self) -> None:
        """Look at all, unless a look goes on or nobody sees it."""
        if self._looking or self not in self.app.screen_stack:
            return
        self._looking = True
        self._look_at_started()
        session = self.session
        if self._overview is None:
            self._overview = Overview(session.places, session.settings)
        overview = self._overview

        def look() -> tuple[tuple[Glance, ...], list[str]]:
            overview.look()
            return overview.districts, overview.outdated()

        # At first there is nothing to show meanwhile, and painting that would take longer than the look.
        patience, self._first_patience = self._first_patience, 0.0
        self._beside.ask(look, lambda found: self._looked(*found), self._not_looked, patience=patience)

    def _looked(self, glances: tuple[Glance, ...], outdated: list[str]) -> None:
        self._glances, self._unread, self._is_known = glances, len(outdated), True
        self._show()
        if outdated and self._overview is not None:
            self._catch_up(self._overview, outdated)
        else:
            self._looking = False

    def _catch_up(self, overview: Overview, outdated: list[str]) -> None:
        """Read the Masters of which nothing is known, or not the newest; some, then the next."""
        some, rest = outdated[:READ_AT_ONCE], outdated[READ_AT_ONCE:]

        def read() -> tuple[tuple[Glance, ...], list[str]]:
            for name in some:
                overview.catch_up(name)
            return overview.districts, rest

        self.ask(read, lambda found: self._looked(*found), self._not_looked)

    def _not_looked(self, error: BaseException) -> None:
        self._looking = False
        # Nothing is known: the next look that works shows everything anew.
        self._glances, self._shown, self._rows, self._is_known = (), {}, [], False
        self._table.empty = " ".join(error.lines()) if isinstance(error, AeriesTuiError) else "Not readable."
        self._table.replace(ListSource(COLUMNS, []))
        self._summary.update("")
        self.refresh_bindings()

    # Showing

    def _show(self) -> None:
        if not self._is_known:
            return
        moment, settings = now(), self.session.settings
        shown = {
            one.name: Shown(
                one,
                one.verdict(moment).state,
                next_import(one.credential, settings, moment, self._installed) if one.credential else None,
                self._doing.get(one.name, ""),
            )
            for one in self._glances
        }
        there = local(moment)
        # A row says "today" and "yesterday", by the clock of the district that is shown.
        day = there.date(), there.tzinfo
        if shown != self._shown or day != self._day or not shown:
            self._shown, self._day = shown, day
            self._rows, values = rows(list(shown.values()))
            self._table.empty = f"There is no district yet. {self.key('go-credentials')} leads to Credentials, where one is added."
            self._table.keep_marks(self._shown)
            self._table.replace(ListSource(COLUMNS, self._rows, values))
            self.refresh_bindings()
        self._tell_about()
        self._tell_summary()

    def _tell_summary(self) -> None:
        self._summary.update(content(self.app, *summary(self._shown.values(), self._unread)))

    @on(MarksChanged)
    def _other_keys(self) -> None:
        self.refresh_bindings()

    @on(RowHighlighted)
    def _other_row(self) -> None:
        self.refresh_bindings()
        self._tell_about()

    def _tell_about(self) -> None:
        """Tell of the district under the cursor, anew where it tells another age than before."""
        one = self._shown.get(str(self._table.cursor_key))
        if one is None:
            return
        name, text = one.glance.name, content(self.app, *about(one, one.glance.verdict(now()).sentence))
        if (name, text.plain) != self._told:
            self._told = (name, text.plain)
            self._about.show(text, of=name, title=name)

    @on(RowSelected)
    async def _enter(self, event: RowSelected) -> None:
        """Enter the district."""
        if event.key == self.session.name:
            await self.district_app.go("home")
        else:
            await self.district_app.show_district(str(event.key))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can't be done with those that are meant is left out."""
        match action:
            case "pull":
                return bool(self._free()) or None
            case "approve" | "discard":
                return bool(self._plans()) or None
            case _:
                return super().check_action(action, parameters)

    def _meant(self) -> list[Shown]:
        """The marked districts, in the order of the board; without a mark the one under the cursor."""
        names: set[RowKey | None] = {*self._table.marked} or {self._table.cursor_key}
        return [self._shown[str(row.key)] for row in self._rows if row.key in names]

    def _free(self) -> list[str]:
        return [one.glance.name for one in self._meant() if not one.doing and one.glance.running is None]

    def _plans(self) -> list[Plan]:
        return [
            Plan(one.glance.name, one.glance.status.held, (one.glance.status.reasons or ("a plan was asked for",))[0])
            for one in self._meant()
            if one.glance.status is not None and one.glance.status.held is not None
            and not one.doing and one.glance.running is None
        ]  # fmt: skip

    def action_pull(self) -> None:
        """Start the pulls of those that are meant."""
        names = self._free()
        if not names:
            return
        question = f"Start a pull of {_districts(names)}?"
        at_work = len(self._meant()) - len(names)
        detail = [
            _what_pulls_do(len(names)),
            *_superseded([one for one in self._plans() if one.district in names]),
            *([f"{in_number(at_work, 'district')} of those marked {'is' if at_work == 1 else 'are'} at work already."] if at_work else []),
            *([", ".join(names)] if len(names) > 1 else []),
        ]  # fmt: skip
        self.confirm(question, "Start", "\n\n".join(detail), lambda: self._start(names))

    def _start(self, names: Sequence[str]) -> None:
        places = self.session.places
        self._deciding.ask(lambda: start_pulls(places, names), self._begun, self._not_begun)

    def _begun(self, process: CommandProcess) -> None:
        self._started.append(process)
        self._table.unmark()

    def _not_begun(self, error: BaseException) -> None:
        self.show_error(error, "The pulls did not begin")

    def _look_at_started(self) -> None:
        """Tell of which districts that were started here nothing came, once all are done."""
        for process in [one for one in self._started if one.status is not None]:
            self._started.remove(process)
            refused, of_all = process.refusals(), process.refusal()
            process.leave()
            self._tell_refused("No pull came of", refused)
            if of_all is not None:
                self.show_error(of_all, "The pulls did not begin, or not all of them")

    def action_approve(self) -> None:
        """Approve the plans of those that are meant, with a reason."""
        self._decide(
            "approve", "Approve", "Each changes its District Master; an approved import can be undone."
        )

    def action_discard(self) -> None:
        """Discard the plans of those that are meant, with a reason."""
        self._decide("discard", "Discard", "Nothing of them is applied.")

    def _decide(self, command: str, verb: str, outcome: str) -> None:
        plans = self._plans()
        if not plans:
            return
        names = [plan.district for plan in plans]
        without = len(self._meant()) - len(plans)
        detail = [
            outcome,
            *([f"{in_number(without, 'district')} of those marked {'has' if without == 1 else 'have'} no plan that waits."] if without else []),
            *(f"{plan.district}, import {plan.number}: {plan.why}" for plan in plans),
        ]  # fmt: skip
        what = "plan" if len(plans) == 1 else "plans"
        question = f"{verb} the {what} of {_districts(names)}?"
        self.confirm(question, verb, "\n\n".join(detail), lambda: self._ask_reason(command, verb, plans))

    def _ask_reason(self, command: str, verb: str, plans: Sequence[Plan]) -> None:
        def answered(reason: str | None) -> None:
            if reason:
                self._carry_out(command, plans, reason)

        names = _districts([plan.district for plan in plans])
        detail = "Type the reason; it is kept with your name and the time. Esc leaves all as it is."
        self.app.push_screen(
            AskText(f"Why, for {names}?", title=verb, detail=detail, ok=verb, check=reason_missing), answered
        )

    def _carry_out(self, command: str, plans: Sequence[Plan], reason: str) -> None:
        """One after the other, each by the command as at a prompt."""
        places = self.session.places
        self._table.unmark()
        for plan in plans:
            self._doing[plan.district] = {"approve": "approving", "discard": "discarding"}[command]
            words = [command, str(plan.number), "--reason-stdin"]
            self._deciding.ask(
                partial(run_command, places, plan.district, words, typed=reason),
                partial(self._decided, plan),
                partial(self._not_decided, plan),
            )
        self._show()

    def _decided(self, plan: Plan, _: None) -> None:
        self._done(plan)

    def _not_decided(self, plan: Plan, error: BaseException) -> None:
        told = " ".join(error.lines()) if isinstance(error, AeriesTuiError) else type(error).__name__
        self._refused[plan.district] = told
        self._done(plan)

    def _done(self, plan: Plan) -> None:
        self._doing.pop(plan.district, None)
        self._show()
        self._look()
        if not self._doing:
            refused, self._refused = self._refused, {}
            self._tell_refused("The decision was not taken for", refused)

    def _tell_refused(self, what: str, refused: dict[str, str]) -> None:
        if refused:
            lines = [f"{of}: {why}" for of, why in _told_once(refused)]
            self.app.push_screen(Notice(f"{what} {in_number(len(refused), 'district')}", "\n\n".join(lines)))


def _districts(names: Sequence[str]) -> str:
    """How a question names them: the one, or how many; each stands below it then."""
    return names[0] if len(names) == 1 else in_number(len(names), "district")


def _told_once(refused: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is told of districts, with the districts; what differs by their names alone is told once, of NAME."""
    alike: dict[str, list[str]] = {}
    for name, why in refused.items():
        of_any = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "NAME", why)
        alike.setdefault(of_any, []).append(name)
    return [
        (in_list(names, _NAMED), refused[names[0]] if len(names) == 1 else why)
        for why, names in alike.items()
    ]


def _what_pulls_do(count: int) -> str:
    if count == 1:
        return (
            "It reads everybody of the mapped schools from Aeries and changes the District Master, unless a limit holds it "
            "for review. It goes on when the program is left."
        )
    return (
        f"Each reads everybody of its mapped schools from Aeries, at most {min(usual_jobs(), count)} side by side, and changes "
        "its District Master, unless a limit holds it for review. They go on when the program is left."
    )


def _superseded(plans: Sequence[Plan]) -> list[str]:
    """What becomes of the plans that wait, where pulls are started."""
    if not plans:
        return []
    which = ", ".join(f"{plan.district} (import {plan.number})" for plan in plans)
    return [
        f"A plan waits for {which}. Once the pull changes the District Master, it is superseded and can't be approved any "
        "more; until then it stays as it is."
    ]
