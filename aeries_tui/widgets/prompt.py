"""The line below a list or a log: what is shown, and where one types a search.

The line is drawn by hand and the list keeps the focus: opening and closing it costs a line of
bytes, where an input of its own would have the whole screen laid out and drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.events import Key, Paste
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len, cut, fit


class LineEditor:
    """One line of text under a cursor; what stood there first is replaced by the first letter.

    Args:
        text: what stands there already.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.cursor = len(text)
        self.fresh = bool(text)

    def insert(self, text: str) -> None:
        """Type or paste at the cursor."""
        if self.fresh:
            self.text, self.cursor = "", 0
        clean = clean_text(text)
        self.text = self.text[: self.cursor] + clean + self.text[self.cursor :]
        self.cursor += len(clean)
        self.fresh = False

    def key(self, key: str, character: str | None) -> bool:
        """Take a key; False for one that is not its business."""
        match key:
            case "left":
                self.cursor = max(0, self.cursor - 1)
            case "right":
                self.cursor = min(len(self.text), self.cursor + 1)
            case "home" | "ctrl+a":
                self.cursor = 0
            case "end" | "ctrl+e":
                self.cursor = len(self.text)
            case "backspace" | "ctrl+h":
                self._cut(self.cursor - 1, self.cursor)
            case "delete":
                self._cut(self.cursor, self.cursor + 1)
            case "ctrl+u":
                self._cut(0, self.cursor)
            case "ctrl+w":
                self._cut(self.text[: self.cursor].rstrip().rfind(" ") + 1, self.cursor)
            case _:
                if character is None or not character.isprintable():
                    return False
                self.insert(character)
        self.fresh = False
        return True

    def _cut(self, start: int, end: int) -> None:
        start = max(0, start)
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start


class FootLine(Widget):
    """One line: notes at the left, a place at the right; or a prompt over all of it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FootLine { height: 1; width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.notes = ""
        self.place = ""
        self._label = ""
        self._editor: LineEditor | None = None
        self._answered: Callable[[str], None] | None = None
        self._changed: Callable[[str], None] | None = None
        self._left: Callable[[], None] | None = None

    @property
    def asking(self) -> bool:
        """Whether the prompt is open."""
        return self._editor is not None

    def show(self, notes: str, place: str) -> None:
        """Write notes and place; only what differs is drawn anew."""
        notes = clean_text(notes)
        if notes == self.notes and place != self.place and not self.asking:
            wide = max(cell_len(place), cell_len(self.place))
            self.notes, self.place = notes, place
            self.refresh(Region(max(0, self.size.width - wide), 0, wide, 1))
        elif (notes, place) != (self.notes, self.place):
            self.notes, self.place = notes, place
            self.refresh()

    def ask(
        self,
        label: str,
        text: str,
        answered: Callable[[str], None],
        *,
        changed: Callable[[str], None] | None = None,
        left: Callable[[], None] | None = None,
    ) -> None:
        """Open the prompt.

        Args:
            label: before what is typed.
            text: what stands there already.
            answered: gets what was typed when Enter is pressed.
            changed: gets what is typed, after every key.
            left: called where the prompt is closed by another key than Enter.
        """
        self._label, self._editor, self._answered = label, LineEditor(text), answered
        self._changed, self._left = changed, left
        self.refresh()
        self.screen.refresh_bindings()

    def close(self) -> None:
        """Close the prompt without an answer."""
        left = self._left
        if self._shut() and left is not None:
            left()

    def _shut(self) -> bool:
        if self._editor is None:
            return False
        self._editor = self._answered = self._changed = self._left = None
        self.refresh()
        self.screen.refresh_bindings()
        return True

    def take(self, key: str, character: str | None) -> bool:
        """Take a key while the prompt is open; False for one that is not its business."""
        editor, answered = self._editor, self._answered
        if editor is None:
            return False
        if key == "escape":
            self.close()
        elif key == "enter":
            self._shut()
            if answered is not None:
                answered(editor.text)
        elif editor.key(key, character):
            self._edited(editor)
        else:
            # Function keys and ctrl with a letter keep their meaning; arrows and the like do nothing.
            return not key.startswith(("f", "ctrl+")) or len(key) == 1
        return True

    def paste(self, text: str) -> None:
        """Paste into the prompt."""
        if self._editor is not None:
            self._editor.insert(text.strip())
            self._edited(self._editor)

    def _edited(self, editor: LineEditor) -> None:
        self.refresh()
        if self._changed is not None:
            self._changed(editor.text)

    def render_line(self, y: int) -> Strip:
        """Notes and place, or label, text and cursor."""
        base, width = self.rich_style, self.size.width
        if self._editor is not None:
            return self._prompt_strip(self._editor, base, width)
        room = max(0, width - cell_len(self.place) - 1)
        text = f"{fit(self.notes, room)} {self.place}" if self.place else fit(self.notes, width)
        return Strip([Segment(text, base)]).crop_extend(0, width, base)

    def _prompt_strip(self, editor: LineEditor, base: Style, width: int) -> Strip:
        label = f"{self._label} "
        room = max(2, width - cell_len(label))
        before = editor.text[max(0, editor.cursor - room) : editor.cursor]
        while cell_len(before) > room - 1:
            before = before[1:]
        at = editor.text[editor.cursor : editor.cursor + 1] or " "
        after = cut(
            editor.text[editor.cursor + 1 :][:room], max(0, room - cell_len(before) - cell_len(at)), ""
        )
        marked = base + Style(underline=True) if editor.fresh else base
        segments = [
            Segment(label, base + Style(bold=True)),
            Segment(before, marked),
            Segment(at, base + Style(reverse=True)),
            Segment(after, base),
        ]
        return Strip(segments).crop_extend(0, width, base).simplify()


class PromptKeys(Widget):
    """A widget with the focus whose keys go to a foot line while its prompt is open."""

    @property
    def foot(self) -> FootLine:
        """The line below."""
        raise NotImplementedError

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While one types, letters mean only themselves."""
        del character
        return self.foot.asking and not (key.startswith(("f", "ctrl+")) and len(key) > 1)

    def on_key(self, event: Key) -> None:
        """Give the key to the prompt."""
        if self.foot.take(event.key, event.character):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: Paste) -> None:
        """Give the pasted text to the prompt."""
        if self.foot.asking:
            self.foot.paste(event.text)
            event.stop()

    def on_blur(self) -> None:
        """Close the prompt when something else takes the focus."""
        self.foot.close()
