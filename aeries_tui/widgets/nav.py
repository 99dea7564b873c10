"""The uppermost line: the screens with their digits, the present one set off."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.actions import GLOBAL, Action
from aeries_tui.keys import keys_of, shown
from aeries_tui.widgets.bindings import keymap_of
from aeries_tui.widgets.cells import cut
from aeries_tui.widgets.theme import styles_of


class NavBar(Widget):
    """Where one is and where one can go; shorter names where the terminal is narrow.

    Args:
        screen: the name of the present screen: `home`, `people` and so on.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    NavBar { dock: top; height: 1; }
    """

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._here = f"go-{screen}"

    def render_line(self, y: int) -> Strip:
        """The line."""
        base, styles = self.rich_style, styles_of(self.app)
        places = [a for a in keymap_of(self.app).group(GLOBAL) if a.id.startswith("go-")]
        segments: list[Segment] = []
        subject = self._subject(places)
        for key, label, is_current in self._labels(places, self.size.width - cell_len(subject)):
            if is_current:
                segments.append(Segment(f" {key}{label} ", base + styles["tab"]))
            else:
                segments += [Segment(f" {key}", base + styles["key"]), Segment(f"{label} ", base)]
        line = Strip(segments).crop_extend(0, self.size.width - cell_len(subject), base)
        return Strip([*line, Segment(subject, base + styles["tab"])] if subject else line).simplify()

    def _subject(self, places: list[Action]) -> str:
        """What the places are about, for the right corner; blank where one is at none of them."""
        is_at_one = any(place.id == self._here for place in places)
        subject = getattr(self.app, "subject", "") if is_at_one else ""
        return f" {cut(subject, self.size.width // 4)} " if subject else ""

    def _labels(self, places: list[Action], width: int) -> list[tuple[str, str, bool]]:
        """Key, name with a blank before it, whether one is there; names are shortened evenly until all fit."""
        for longest in (20, 6, 4, 0):
            labels = []
            for place in places:
                is_current = place.id == self._here
                label = place.label if is_current else cut(place.label, longest, "") if longest else ""
                labels.append((shown(keys_of(place)[0]), f" {label}".rstrip(), is_current))
            if sum(len(key) + len(label) + 2 for key, label, _ in labels) <= width:
                return labels
        return labels

    async def on_click(self, event: Click) -> None:
        """With the mouse on: a name leads to its screen."""
        places = [a for a in keymap_of(self.app).group(GLOBAL) if a.id.startswith("go-")]
        text, at, chosen = self.render_line(0).text.removesuffix(self._subject(places)), 0, ""
        for place in places:
            at = text.find(shown(keys_of(place)[0]), at)
            if 0 <= at <= event.x + 1 and event.x < len(text.rstrip()):
                chosen = place.action
        if chosen:
            await self.app.run_action(chosen)
