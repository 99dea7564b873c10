"""What the program's App is built on: look, keys, colours, and manners over a slow line."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from rich.console import RenderableType
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input

from aeries_tui.actions import GLOBAL
from aeries_tui.defects import keep_report
from aeries_tui.errors import AeriesTuiError
from aeries_tui.keys import Keymap, is_move, keys_of, shown
from aeries_tui.listing import Interrupted
from aeries_tui.widgets.ascii import AsciiOnly
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.commands import in_screens
from aeries_tui.widgets.copy import CopyText, copy_out
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.frame import Frame
from aeries_tui.widgets.joined import Joined
from aeries_tui.widgets.messages import SECONDS, MessageLine, Messages, Told
from aeries_tui.widgets.palette import css_variables, tones
from aeries_tui.widgets.prompt import PromptKeys
from aeries_tui.widgets.strips import let_strips_go
from aeries_tui.widgets.theme import Look, in_few_bytes, is_basic, is_own, own_themes, shown_theme

if TYPE_CHECKING:
    from aeries_tui.widgets.find import People
    from aeries_tui.widgets.findable import Findable

R = TypeVar("R")

LONGEST_PASTE = 4_000
"""Characters of a paste that are taken: many times what any box asks for, few enough to search by at once."""

NARROW = 100
"""Columns below which the sides of a box would show nothing but cut words."""


let_strips_go()


class TerminalApp(App[R], Generic[R]):
    """An App that looks right in the terminal it finds and writes little.

    No animation, no blinking, the mouse only when asked for; ASCII only and no colour at all
    where the look says so; the keys of the table of actions, as the user has them.

    Args:
        look: from `aeries_tui.widgets.theme.choose_look`.
        keymap: the user's keys.
        save_folder: where `y` and `w` put what is taken along; None for a private temporary one.

    Attributes:
        subject: what its places are about, where they could be about several things; blank where not.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(GLOBAL)
    # Textual's palette knows one screen at a time and paints it twice; ours is in `widgets.find`.
    ENABLE_COMMAND_PALETTE = False

    CSS = """
    ModalScreen { background: transparent; }
    VerticalScroll, .dialog { border-title-color: $foreground; border-subtitle-color: $ink-muted; }
    .-narrow ModalScreen > .dialog, .-narrow HelpScreen > ScrollText { width: 100%; }
    .-colourless Input > .input--cursor { text-style: reverse; }
    .-colourless Input > .input--selection { text-style: reverse; }
    .-colourless OptionList > .option-list--option-highlighted { text-style: reverse; }
    .-ascii SearchIcon { display: none; }
    """

    def __init__(
        self, look: Look | None = None, keymap: Keymap | None = None, save_folder: Path | None = None
    ) -> None:
        super().__init__()
        self.look = look or Look()
        self.keymap = keymap or Keymap()
        self.save_folder = save_folder
        self.uses_osc52 = True
        self.subject = ""
        self._told_defects: set[str] = set()
        self.messages = Messages()
        self.no_color = self.look.colourless
        few = self.look.few_bytes or self.console.color_system == "256"
        self._frame = Frame(in_few_bytes if few else None)
        self._look_filters: list[LineFilter] = [Joined()]
        if self.look.colourless:
            self._look_filters.append(NoColor())
        if self.look.ascii_only:
            self._look_filters.append(AsciiOnly())
        self.animation_level = "none"
        for theme in own_themes():
            self.register_theme(theme)
        self.show_theme(self.look.theme)
        self.set_keymap(self.keymap.textual())
        self.set_class(self.look.colourless, "-colourless")
        self.set_class(self.look.ascii_only, "-ascii")

    @property
    def ascii_only(self) -> bool:
        """Whether nothing but ASCII is written."""
        return self.look.ascii_only

    def show_theme(self, name: str) -> None:
        """Show a theme, or the terminal's own colours where it has no others."""
        self.theme = shown_theme(name, basic=is_basic(self), colourless=self.look.colourless)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write only what does not stand on the terminal yet."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = cast(RenderableType, self._frame.update(renderable, self.size))
        super()._display(screen, renderable)

    def forget_frame(self) -> None:
        """Write everything anew the next time: something else may stand on the terminal."""
        self._frame.forget()

    def on_resize(self, event: events.Resize) -> None:
        """The terminal moves what stands there in its own way; where it is narrow a box takes its whole width."""
        self.forget_frame()
        self.set_class(event.size.width < NARROW, "-narrow")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, with its greyscale for NO_COLOR replaced by no colour at all."""
        stock = [kind for kind in super().get_line_filters() if not isinstance(kind, Monochrome | NoColor)]
        return [*stock, *self._look_filters]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of outcomes as `$ink-…` for stylesheets."""
        return css_variables(is_basic(self), self.current_theme.dark, is_own(self))

    def get_css_variables(self) -> dict[str, str]:
        """The same, with `$rule` for lines and `$dialog` for what stands before a screen."""
        variables = super().get_css_variables()
        own = tones(self.current_theme.dark)
        if is_own(self):
            return variables | {"rule": own["rule"].fine, "dialog": own["surface"].fine}
        return variables | {"rule": variables["primary"], "dialog": variables["background"]}

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A cursor that blinks would write all the time."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    @on(Driver.SignalResume)
    def _paint_anew(self) -> None:
        """The shell has written over the screen while the program was stopped."""
        self.refresh(layout=True)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Textual's; of a paste that is no line of text only the beginning is taken, and that is said."""
        if isinstance(event, events.Paste) and not event.is_forwarded and len(event.text) > LONGEST_PASTE:
            if self._is_asking or isinstance(self.focused, Input):
                self.notify(f"Only the beginning of the paste was taken: {LONGEST_PASTE:,} characters.")
            event = events.Paste(event.text[:LONGEST_PASTE])
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Textual's: do what a key is bound to. One that `?` lists and that does nothing here says so."""
        taken = await super()._check_bindings(key, priority)
        if not taken and not priority and not self._is_asking:
            self._tell_idle(key)
        return taken

    def action_focus_next(self) -> None:
        """Textual's Tab: to what else can have the keys, where there is anything."""
        if len(self.screen.focus_chain) > 1:
            super().action_focus_next()
        else:
            self._tell_idle("tab")

    @property
    def _is_asking(self) -> bool:
        return isinstance(self.focused, PromptKeys) and self.focused.foot.asking

    def _tell_idle(self, key: str) -> None:
        screen = getattr(self.screen, "KEYS", "")
        listed = chain.from_iterable(self.keymap.listed(screen).values()) if screen else ()
        idle = next((one for one in listed if key in keys_of(one) and not is_move(one)), None)
        if idle is not None:
            self.notify(f"{shown(key)} has nothing to do here: {idle.help}")

    # Messages

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in passing, in a line of the screen; brackets in it are only brackets.

        Args:
            message: what is said.
            title: stands before it.
            severity: how grave.
            timeout: seconds it stays.
            markup: Textual's; nothing is read as markup here.
        """
        del markup
        text = in_screens(f"{title}: {message}" if title else message, self.keymap)
        told = self.messages.add(text, severity)
        self._show_message()
        self.set_timer(timeout or SECONDS, lambda: self._end_message(told))

    def _end_message(self, told: Told) -> None:
        if self.messages.shown is told:
            self.action_take_message_away()

    def action_take_message_away(self) -> None:
        """Take away what is said at the moment."""
        self.messages.shown = None
        self._show_message()

    def _show_message(self) -> None:
        for stack in self._screen_stacks.values():
            for screen in stack:
                for line in screen.query(MessageLine):
                    line.show(self.messages.shown)

    def action_show_messages(self) -> None:
        """Show what was said last."""
        lines = self.messages.lines()
        self.push_screen(Notice("Messages", "\n".join(lines) if lines else "Nothing was said yet."))

    def on_copy_text(self, event: CopyText) -> None:
        """Give a text to the terminal and to a file."""
        copy_out(self, event.text, event.what)

    def action_show_keys(self) -> None:
        """Show all keys of the screen."""
        from aeries_tui.widgets.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(getattr(self.screen, "KEYS", ""), self.keymap))

    # The palette

    def action_command_palette(self) -> None:
        """Find anything by a few letters, and go there."""
        from aeries_tui.widgets.find import FindScreen

        if isinstance(self.screen, FindScreen):
            return

        def chosen(entry: Findable | None) -> None:
            if entry is not None:
                self.run_worker(entry.run(), exit_on_error=True)

        self.push_screen(FindScreen(self.findables(), self.read_findables, self.people_finder()), chosen)

    def findables(self) -> list[Findable]:
        """What the palette finds at once, the likely ones first."""
        from aeries_tui.widgets.alive import alive_actions

        return alive_actions(self, self.screen)

    def read_findables(self) -> list[Findable]:
        """What the palette finds in files; read beside the screen."""
        return []

    def people_finder(self) -> People | None:
        """Finds people; None where there are none."""
        return None

    async def action_back(self) -> None:
        """Back to the screen below."""
        if len(self.screen_stack) > 1:
            await self.pop_screen()

    def action_leave(self) -> None:
        """Leave the program."""
        self.exit()

    async def action_refresh_screen(self) -> None:
        """Let the screen read its data anew, where it can."""
        self.forget_frame()
        self.screen.refresh()
        reread = getattr(self.screen, "reread", None)
        if callable(reread):
            reread()
            self.notify("Read anew.")

    def defect(self, error: BaseException, *, once: bool = False) -> None:
        """Say that work in the background failed by a defect of the program, and keep a report.

        Args:
            error: what it failed with.
            once: only if the same was not told before; for what is read again and again by itself.
        """
        same = repr([type(error), *traceback.extract_tb(error.__traceback__)[-1:]])
        if same in self._told_defects and (once or isinstance(self.screen, Notice)):
            return
        self._told_defects.add(same)
        path = keep_report(error, "the terminal UI")
        kept = f"\n\nPlease report it with the file {path}, which holds no data." if path else ""
        text = (
            f"A defect of the program ended this ({type(error).__name__}). The District Master is as it was."
        )
        self.push_screen(Notice("A defect", text + kept))


def tell_defect(app: App[object], problem: BaseException) -> None:
    """Say so once, if what a question in the background failed with is a defect of the program."""
    if isinstance(app, TerminalApp) and not isinstance(problem, AeriesTuiError | Interrupted | OSError):
        app.defect(problem, once=True)
