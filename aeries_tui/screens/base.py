"""What every screen is built on: the line of places, the line of keys, the district, and slow work beside it."""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from textual.app import App, ComposeResult
from textual.content import Content
from textual.screen import Screen

from aeries_tui.errors import AeriesTuiError
from aeries_tui.session import Session
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.base import TerminalApp
from aeries_tui.widgets.bindings import key_of
from aeries_tui.widgets.dialogs import Confirm, Notice
from aeries_tui.widgets.focus import QuietFocus
from aeries_tui.widgets.footer import KeyBar
from aeries_tui.widgets.messages import MessageLine
from aeries_tui.widgets.nav import NavBar
from aeries_tui.widgets.status import content

T = TypeVar("T")

RESTS_SECONDS = 0.08
"""Time after which a cursor that stays on a row rests there."""


class DistrictApp(TerminalApp[int]):
    """What screens know of the App.

    Attributes:
        session: the district they show.
    """

    session: Session

    @abstractmethod
    async def go(self, place: str, what: object = None) -> None:
        """Show another place.

        Args:
            place: `home`, `credentials`, `schools`, `pull`, `results`, `people`, `archive`.
            what: what to do there, given to the screen's `arrive`; None to leave it as it was.
        """

    @abstractmethod
    def action_explain(self, text: str = "") -> None:
        """Find somebody by name or number, and ask Aeries why they are in or not.

        Args:
            text: what is looked for at first.
        """

    @abstractmethod
    async def show_district(self, name: str | None) -> None:
        """Show another district, from its home; None where there is none any more."""


class DistrictScreen(QuietFocus, Screen[None]):
    """A screen about the district.

    A screen names its group of keys in `KEYS` (its place too, unless `PLACE` says otherwise), takes
    `BINDINGS = bindings_of(KEYS)`, composes `body()` and reads what it shows in `reread()`, which is
    called when it is first shown, by F5, and whenever anybody has changed the Master.

    Textual calls the `on_…` methods of every class of a widget: don't call those of this class.
    """

    KEYS: ClassVar[str] = ""
    PLACE: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._beside = Background(self, f"screen-{self.KEYS}")
        self._is_old = False
        self._latest = 0

    @property
    def asks_about(self) -> str | None:
        """The district that a question asked here is about."""
        return self.session.name

    @property
    def unsaved(self) -> str:
        """What would be lost by leaving the program now; blank for nothing."""
        return ""

    @property
    def district_app(self) -> DistrictApp:
        """The App, as far as screens know it."""
        return cast(DistrictApp, self.app)

    @property
    def session(self) -> Session:
        """The district shown."""
        return self.district_app.session

    def compose(self) -> ComposeResult:
        """Places, body, what is said in passing, keys."""
        yield NavBar(self.PLACE or self.KEYS)
        yield from self.body()
        yield MessageLine()
        yield KeyBar()

    def body(self) -> ComposeResult:
        """What stands between the line of places and the line of keys."""
        yield from ()

    def on_mount(self) -> None:
        """Read what is shown."""
        self.reread()

    def on_unmount(self) -> None:
        """Take no more answers."""
        self._beside.close()

    def on_screen_resume(self) -> None:
        """Catch up with what changed while another screen was shown."""
        if self._is_old:
            self._is_old = False
            self.reread()

    def reread(self) -> None:
        """Read what is shown anew; quick, or by `ask`."""

    def master_changed(self) -> None:
        """Somebody changed the Master, or a pull began or ended. Read anew, or when next shown."""
        if self in self.app.screen_stack:
            self.reread()
        else:
            self._is_old = True

    def arrive(self, what: object) -> None:
        """Somebody came here for `what`; see `DistrictApp.go`."""

    # Work beside the screen

    def ask(
        self,
        question: Callable[[], T],
        answered: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Run `question` in this screen's thread; its answer comes back to the screen.

        Args:
            question: slow work: the database, a file. Touches no widget.
            answered: gets the answer.
            failed: gets what was raised; `show_error` by default.
        """
        self._beside.ask(question, answered, failed or self.show_error)

    def ask_latest(
        self, question: Callable[[], T], answered: Callable[[T], None], rests: float = RESTS_SECONDS
    ) -> None:
        """The same for what follows the cursor: asked once it rests, and answered unless it went on.

        What can't be read is not shown; the list itself says so.

        Args:
            question: slow work.
            answered: gets the answer.
            rests: seconds for which the cursor has to stay.
        """
        self._latest += 1
        turn = self._latest

        def came(answer: T) -> None:
            if turn == self._latest:
                answered(answer)

        def rested() -> None:
            if turn == self._latest:
                self.ask(question, came, lambda error: None)

        self.set_timer(rests, rested)

    def ask_master(
        self,
        question: Callable[[sqlite3.Connection], T],
        answered: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """The same with the Master, open for reading; fails with NotFound where there is none."""
        session = self.session

        def asked() -> T:
            with session.reading() as db:
                return question(db)

        self.ask(asked, answered, failed)

    def change_master(
        self,
        change: Callable[[sqlite3.Connection], T],
        answered: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """The same with the Master, open for a short change."""
        session = self.session

        def changed() -> T:
            with session.writing() as db:
                return change(db)

        self.ask(changed, answered, failed)

    # Words

    def key(self, action: str) -> str:
        """The key of an action, for sentences."""
        return key_of(self.app, action)

    def tell(self, text: str) -> None:
        """A few words that pass by."""
        self.app.notify(text)

    def untell(self) -> None:
        """Take away what was told last: it is over."""
        self.district_app.action_take_message_away()

    def confirm(
        self, question: str, yes: str, detail: str, confirmed: Callable[[], None], title: str = ""
    ) -> None:
        """Ask before something that matters; see `Confirm`.

        Args:
            question, yes, detail, title: as there.
            confirmed: called when the answer is yes.
        """

        def answered(answer: bool | None) -> None:
            if answer:
                confirmed()

        self.app.push_screen(Confirm(question, yes=yes, detail=detail, title=title), answered)

    def show_error(self, error: BaseException, title: str = "That did not work") -> None:
        """What happened, what it means, what to do; a defect is kept for a report."""
        if isinstance(error, AeriesTuiError):
            self.app.push_screen(Notice(title, "\n\n".join(error.lines())))
        else:
            self.district_app.defect(error)


def lines_of(app: App[Any], *lines: str) -> Content:
    """Lines of text without markup, one below the other, with keys in the place of commands."""
    return content(app, "\n".join(lines))
