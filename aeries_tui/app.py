"""The terminal UI: which screen is shown, which district, and what is said when a pull ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import AwaitMount

from aeries_tui.audit import Act
from aeries_tui.defects import keep_report
from aeries_tui.errors import AeriesTuiError
from aeries_tui.keys import Keymap
from aeries_tui.outcome import Outcome
from aeries_tui.pull.recovery import put_right
from aeries_tui.screens.base import DistrictApp, DistrictScreen
from aeries_tui.session import Seen, Session, Watch
from aeries_tui.session.leaving import what_goes_on
from aeries_tui.settings.chosen_theme import keep_chosen_theme
from aeries_tui.widgets.copy import TakenOut, notify_text
from aeries_tui.widgets.dialogs import Confirm, Notice
from aeries_tui.widgets.garbage import keep_what_is_loaded
from aeries_tui.widgets.ground import Ground, GroundQuestion
from aeries_tui.widgets.status import outcome_text
from aeries_tui.widgets.theme import DARK, LIGHT, Look, named_theme

if TYPE_CHECKING:
    from aeries_tui.screens.findables import PeopleFinder
    from aeries_tui.widgets.findable import Findable

PLACES: dict[str, str] = {
    "home": "HomeScreen",
    "credentials": "CredentialsScreen",
    "schools": "SchoolsScreen",
    "pull": "PullScreen",
    "results": "ResultsScreen",
    "people": "PeopleScreen",
    "archive": "ArchiveScreen",
}
"""Each place is the module of this name in `aeries_tui.screens`, loaded when it is first shown."""

BOARD = "districts"
"""The place that is about all districts, and stays as it is when another one is shown."""

LOOK_SECONDS = 0.5
"""Time between two looks at the district."""

PRELOAD_AFTER = 0.3
"""Seconds after the start when the code of the other places is loaded, so that none is waited for at the first visit."""

_LEAVE_SECONDS = 3.0
_BETWEEN = "between"
_PLAIN_TERMINALS = ("linux", "vt", "ansi", "dumb")


class AeriesApp(DistrictApp):
    """The program on a screen.

    Args:
        session: the district to begin with.
        look: of the terminal.
        keymap: the user's keys.
        env: the environment, for what the terminal understands.
        ground_question: what the terminal was asked about its colours; None for nothing.
    """

    TITLE = "aeries-tui"
    # All at once: for each that is read later Textual parses all of them anew.
    CSS_PATH = sorted((Path(__file__).parent / "screens").glob("*.tcss"))

    def __init__(
        self,
        session: Session,
        look: Look | None = None,
        keymap: Keymap | None = None,
        env: Mapping[str, str] | None = None,
        ground_question: GroundQuestion | None = None,
    ) -> None:
        super().__init__(look, keymap, session.places.data_dir / "saved")
        self.ground_question = ground_question
        self._follows = self.look.follows
        self.session = session
        self.uses_osc52 = session.settings.ui.osc52
        self._env = env or {}
        self._watch: Watch | None = None
        self._seen: Seen | None = None
        self._killed: int | None = None
        self._came_from: list[str] = []
        self._visits: dict[str, str] = {}
        self._news: set[str] = set()
        self._signal: int | None = None
        self._is_made = False
        self.add_mode(_BETWEEN, Screen)
        for place, screen in (*PLACES.items(), (BOARD, "DistrictsScreen")):
            self._add_place(place, screen)

    def _add_place(self, place: str, screen: str) -> None:
        def make() -> Screen[Any]:
            made: Screen[Any] = getattr(import_module(f"aeries_tui.screens.{place}"), screen)()
            return made

        self.add_mode(place, make)

    def get_driver_class(self) -> Any:
        """Textual's driver, made steady; its own where there is another one (tests, Windows)."""
        stock = super().get_driver_class()
        if stock.__name__ == "LinuxDriver":
            from aeries_tui.widgets.driver import SteadyDriver

            return SteadyDriver
        return stock

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show a mode. Textual keeps every first paint back for 50 ms; here only that of a screen still to be made."""
        self._is_made = mode in self._screen_stacks
        return super().switch_mode(mode)

    def delay_update(self, delay: float = 0.05) -> None:
        """Keep painting back, to hide a screen that is being made.

        Args:
            delay: seconds.
        """
        if not self._is_made:
            super().delay_update(delay)

    async def on_mount(self) -> None:
        """Show home, and begin to look at the district."""
        # Python's development mode would write what runs slowly over the screen, with what it was called with.
        asyncio.get_running_loop().set_debug(False)
        self._hear_signals()
        self._begin_to_watch()
        self.set_interval(LOOK_SECONDS, self.look_at_district)
        await self.switch_mode("home")
        self._title()
        if not self.is_headless:
            self.set_timer(PRELOAD_AFTER, lambda: threading.Thread(target=_preload, daemon=True).start())

    # Places

    async def action_go(self, place: str) -> None:
        """Show a place, by its digit: as it was left, or its first screen where one is there or it has news."""
        is_here = place == self.current_mode
        if is_here and len(self.screen_stack) == 1 and place not in self._news:
            self.notify(f"This is {self.keymap.action(f'go-{place}').label}.")
        self._visits.pop(place, None)
        await self.go(place)
        if (is_here or place in self._news) and not any(screen.unsaved for screen in self._shown()):
            await self._to_first_screen()
        self._news.discard(place)

    async def go(self, place: str, what: object = None) -> None:
        """Show a place, and let its screen do what one came for."""
        if not self.is_running:
            return  # what a key leads to may come when its program has ended
        here = self.current_mode
        if place != here:
            if here in {*PLACES, BOARD}:
                self._came_from = [*(one for one in self._came_from if one != here), here]
                if what is not None:
                    self._visits[place] = here
            await self.switch_mode(place)
        if what is not None:
            bottom = self.screen_stack[0]
            if isinstance(bottom, DistrictScreen):
                await self._to_first_screen()
                bottom.arrive(what)

    def _shown(self) -> list[DistrictScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, DistrictScreen)]

    async def _to_first_screen(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def on_taken_out(self, event: TakenOut) -> None:
        """Write down that a list was saved as a file."""
        about = {"what": f"list {event.what}", "to": str(event.to)}
        try:
            await asyncio.to_thread(self.session.journal.append, Act.EXPORTED, self.session.name or "", about)
        except AeriesTuiError as error:
            notify_text(self, error.message)

    async def action_back(self) -> None:
        """Back to the screen below, or to the place from which it was asked for; from a first screen to the place before."""
        if not self.is_running:
            return
        if len(self.screen_stack) > 1:
            await self.pop_screen()
            before = self._visits.pop(self.current_mode, None) if len(self.screen_stack) == 1 else None
            if before is not None:
                if self._came_from[-1:] == [before]:
                    self._came_from.pop()
                await self.switch_mode(before)
        elif self._came_from:
            await self.switch_mode(self._came_from.pop())
        elif self.current_mode != "home":
            await self.switch_mode("home")
        else:
            self.notify(f"This is Home; {self.keymap.shown('quit')} leaves the program.")

    def action_leave(self) -> None:
        """Leave the program; a pull goes on. Asks only where something entered would be lost."""
        lost = next(filter(None, (screen.unsaved for screen in self._district_screens())), "")
        if not lost or isinstance(self.screen, Confirm):
            self.exit(0)
            return

        def answered(answer: bool | None) -> None:
            if answer:
                self.exit(0)

        self.push_screen(
            Confirm(f"Leave the program and lose {lost}?", yes="Leave", no="Stay", title="Not saved"),
            answered,
        )

    # The palette

    def findables(self) -> list[Findable]:
        """What can be done on this screen, then what can be on all others, themes, codes and help."""
        from aeries_tui.screens.findables import fixed_entries

        alive = super().findables()
        known = {entry.key for entry in alive}
        return [*alive, *(entry for entry in fixed_entries(self) if entry.key not in known)]

    def read_findables(self) -> list[Findable]:
        """The districts, and the schools of this one."""
        from aeries_tui.screens.findables import read_entries

        return read_entries(self)

    def people_finder(self) -> PeopleFinder | None:
        """Finds people of this district; None before there is one."""
        from aeries_tui.screens.findables import PeopleFinder

        return PeopleFinder(self, self.session) if self.session.name is not None else None

    def action_explain(self, text: str = "") -> None:
        """Find somebody by name or number, and ask Aeries why they are in or not."""
        from aeries_tui.screens.findables import PeopleFinder
        from aeries_tui.widgets.find import FindScreen

        if self.session.name is None:
            notify_text(self, "There is no district yet.")
            return

        about = self.screen.asks_about if isinstance(self.screen, DistrictScreen) else self.session.name
        if about != self.session.name:
            self.run_worker(self._explain_in(about, text))
            return

        def chosen(entry: Findable | None) -> None:
            if entry is not None:
                self.run_worker(entry.run())

        self.push_screen(
            FindScreen(
                (),
                list,
                PeopleFinder(self, self.session, live=True),
                title=" - ".join(filter(None, ("Explain", self.subject))),
                hint="Name or number of a student or a member of staff (t 1001)",
                empty="Nobody of this name is in the District Master, nor was left out by the last pull. "
                "Type the StudentID, or t and the StaffID: Aeries is asked for the record as it is now.",
                text=text,
            ),
            chosen,
        )

    async def _explain_in(self, district: str | None, text: str) -> None:
        """The same in another district, which is shown from then on."""
        await self.show_district(district)
        self.action_explain(text)

    # Districts

    async def action_refresh_screen(self) -> None:
        """Let the screen read its data anew, and see a first district that was added elsewhere."""
        if self.session.name is None and await self._show_first_district():
            return
        await super().action_refresh_screen()

    async def _show_first_district(self) -> bool:
        try:
            found = self.session.districts()
        except AeriesTuiError:
            return False
        if found:
            await self.show_district(found[0].name)
        return bool(found)

    async def action_choose_district(self) -> None:
        """Show all districts, where there are several, to choose another one."""
        try:
            found = self.session.districts()
        except AeriesTuiError as error:
            self.push_screen(Notice("The districts can't be read", "\n\n".join(error.lines())))
            return
        if len(found) == 1 and found[0].name != self.session.name:
            await self.show_district(found[0].name)
            return
        if len(found) < 2:
            notify_text(self, "There is only one district." if found else "There is no district yet.")
            return
        await self.go(BOARD)

    async def show_district(self, name: str | None) -> None:
        """Show another district: every place that is about one is made anew."""
        if not self.is_running:
            return
        self.session.choose(name)
        await self.switch_mode(_BETWEEN)
        for place, screen in PLACES.items():
            await self.remove_mode(place)
            self._add_place(place, screen)
        self._came_from.clear()
        self._visits.clear()
        self._news.clear()
        self._begin_to_watch()
        await self.switch_mode("home")
        self._title()

    # The district, looked at

    def _begin_to_watch(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._watch, self._seen, self._killed = None, None, None
        self.subject = self.session.name or "" if self.session.has_others else ""
        if self.session.name is not None:
            self._watch = Watch(self.session.district)
            self._seen = self._watch.look()
            self._put_right(self._seen)

    def look_at_district(self) -> None:
        """Look whether anybody changed the Master or a pull began or ended, and say so."""
        if self._watch is None:
            return
        before, now = self._seen, self._watch.look()
        self._seen = now
        self._look_at_start()
        if before is None or now == before:
            return
        ended = _ended(before, now)
        for number, outcome in ended:
            self._announce(number, outcome)
        self._put_right(now)
        self._tell_screens()

    def _put_right(self, now: Seen) -> None:
        """A pull that was killed is put in the books, once; the next look then sees how it ended."""
        if now.killed is not None and now.killed != self._killed:
            district, accounts = self.session.district, self.session.settings.accounts
            self.run_worker(lambda: put_right(district, accounts), thread=True, exit_on_error=False)
        self._killed = now.killed

    def _tell_screens(self) -> None:
        for screen in self._district_screens():
            screen.master_changed()

    def _district_screens(self) -> list[DistrictScreen]:
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, DistrictScreen)]

    def _look_at_start(self) -> None:
        """A pull that was started here and could not begin says why, once."""
        started = self.session.started
        if started is None or started.status is None:
            return
        refusal = started.refusal()
        was_killed = started.status < 0 and self._seen is not None and self._seen.is_unfinished
        self.session.close()
        if refusal is not None and not was_killed:
            self.bell()
            self.push_screen(Notice("The pull did not begin", "\n\n".join(refusal.lines())))
            self._tell_screens()

    def _announce(self, number: int, outcome: Outcome) -> None:
        """Say on every screen, and to who looks elsewhere, that an import has ended."""
        here = isinstance(self.screen, DistrictScreen) and self.current_mode == "pull"
        shows = "home-view-plan" if here else "go-pull"
        text = f"Import {number} of {self.session.name}: {outcome_text(outcome, ascii_only=self.ascii_only)}"
        grave = outcome in {Outcome.ERROR, Outcome.INTERRUPTED}
        self._news |= {"pull", "results"}
        late = outcome in {Outcome.HELD, Outcome.COMPLETED_WITH_ERROR, Outcome.CANCELLED}
        self.notify(
            f"{text}. {self.keymap.shown('go-results')} shows the results."
            if outcome is not Outcome.HELD
            else f"{text}. The plan waits for you: {self.keymap.shown(shows)}.",
            severity="error" if grave else "warning" if late else "information",
            timeout=12,
        )
        self.bell()
        self._title(text)
        self._osc(f"9;{text}")

    # The terminal

    def action_theme(self, name: str) -> None:
        """Show another theme, now and from now on.

        Args:
            name: `dark`, `light`, `auto` for what the terminal's ground asks for, or the name of a theme.
        """
        self._follows = name == "auto"
        self.show_theme(named_theme(name, self._env, None))
        ask = getattr(self._driver, "ask_ground", None)
        if self._follows and ask is not None and not self._is_plain_terminal:
            ask()
        try:
            keep_chosen_theme(self.session.places, self.session.settings, name)
        except AeriesTuiError as error:
            notify_text(self, f"The theme is not kept for the next start. {error.message}")

    def ground_told(self, ground: Ground) -> None:
        """The terminal said whether its ground is dark, at the start or when asked again."""
        if self._follows:
            self.show_theme(DARK if ground.dark else LIGHT)

    def _title(self, text: str = "") -> None:
        """The title of the terminal's window, which is seen while one works elsewhere."""
        self._osc(f"2;{text or ' - '.join(filter(None, ('aeries-tui', self.session.name)))}")

    def _osc(self, text: str) -> None:
        if self._driver is None or self.is_headless or self._is_plain_terminal:
            return
        plain = "".join(character for character in text if character.isprintable())
        self._driver.write(f"\x1b]{plain}\x07")

    @property
    def _is_plain_terminal(self) -> bool:
        return self._env.get("TERM", "").startswith(_PLAIN_TERMINALS)

    def _hear_signals(self) -> None:
        """Give the terminal back when the process is told to end or the line drops."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._told_to_end, number)

    def line_lost(self) -> None:
        """The terminal is gone."""
        self._told_to_end(signal.SIGHUP)

    def _told_to_end(self, number: int) -> None:
        if self._signal is None:
            self._signal = number
            # A terminal that is gone may block the last writes for ever.
            last = threading.Timer(_LEAVE_SECONDS, os._exit, (128 + number,))
            last.daemon = True
            last.start()
        self.exit(128 + number)

    # Ends

    def _fatal_error(self) -> None:
        """Leave without a traceback on the screen: it would show values; `end` keeps a report."""
        self._close_messages_no_wait()

    def end(self) -> int:
        """The exit status, after a defect was told and kept for a report."""
        if self._signal == signal.SIGHUP:
            # Nobody is there to read the last words; writing them would fail and change the status.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            for stream in (1, 2):
                os.dup2(nowhere, stream)
        error = self._exception
        if error is not None:
            path = keep_report(error, "the terminal UI")
            sys.stderr.write(
                f"A defect of aeries-tui ended the screens: {type(error).__name__}.\n"
                "The District Master changes only in whole steps; a pull that runs goes on.\n"
                + (f"Please report it with the file {path}, which holds no data.\n" if path else "")
            )
            return 1
        told = "" if self._signal else what_goes_on(self.session)
        if told:
            sys.stdout.write(f"{told}\n")
        return self.return_value if isinstance(self.return_value, int) else self.return_code or 0

    def on_unmount(self) -> None:
        """Let go of the district."""
        if self._watch is not None:
            self._watch.close()


def _preload() -> None:
    for name in (*PLACES, BOARD, "plan", "person", "findables", "credential_form", "descriptions"):
        import_module(f"aeries_tui.screens.{name}")
    for name in ("find", "pick", "help"):
        import_module(f"aeries_tui.widgets.{name}")
    keep_what_is_loaded()


def _ended(before: Seen, now: Seen) -> list[tuple[int, Outcome]]:
    """The imports that ended between two looks, oldest first; none where the Master could not be read before."""
    if before.version == (0, 0, 0):
        return []  # it is new, or of an older layout and was only now brought up to date
    known = dict(before.outcomes)
    highest = max(known, default=0)
    ended: list[tuple[int, Outcome]] = [
        (number, outcome)
        for number, outcome in now.outcomes
        if outcome is not Outcome.RUNNING
        and (known.get(number) is Outcome.RUNNING or (number not in known and number > highest))
    ]
    return ended[::-1]
