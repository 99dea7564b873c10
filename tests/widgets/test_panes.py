"""A list and its detail: below each other, side by side, three, as the terminal is resized."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult

from aeries_tui.listing import Column, Row
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.table import ListSource, PagedTable
from tui.harness import resize, screen_string, screen_text, wait_for, wait_for_text
from tui.sample import ListScreen, SampleApp, VirtualRows

COLUMNS = (Column("id", "ID", align="right"), Column("name", "Name"), Column("count", "Count", align="right"))
ROWS = [Row(number, (str(number), f"School {number}", f"{number * 1000:,}")) for number in range(100)]


class PanesScreen(ListScreen):
    """A list with two panes."""

    def __init__(self) -> None:
        super().__init__(VirtualRows(1))
        self.table = PagedTable(ListSource(COLUMNS, ROWS), id="people")
        self.detail = Pane(id="detail")
        self.third = Pane(id="third")
        self.panes = Panes(self.table, self.detail, self.third)

    def compose(self) -> ComposeResult:
        yield self.panes

    def on_mount(self) -> None:
        self.table.focus()
        self.detail.show("\n".join(f"Line {n}" for n in range(90)), of=0, title="School 0")
        self.third.show("More of it", of=0)


async def test_resizing_goes_between_the_ways_and_keeps_cursor_filter_and_scroll() -> None:
    screen = PanesScreen()
    app = SampleApp(screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of 100")
        screen.table.filter("5")
        await wait_for_text(pilot, "row 1 of 19")
        screen.table.move_to(15)
        screen.detail.scroll_to(y=7, animate=False)
        await pilot.pause()
        top = screen.table.view.scroll_offset.y
        line = next(line for line in screen_text(app) if "Line 7" in line)
        assert line.startswith(" Line 7"), "below each other"
        for width, together in ((120, False), (200, True), (80, None)):
            await resize(pilot, width, 24)
            await wait_for_text(pilot, "row 16 of 19")
            assert screen.table.filter_text == "5"
            assert screen.detail.scroll_offset.y == 7
            assert screen.table.view.scroll_offset.y <= 15
            assert ("More of it" in screen_string(app)) is bool(together)
            share = screen.table.size.width / width
            assert share == 1 if together is None else 0.4 <= share <= 0.6
        assert screen.table.view.scroll_offset.y == top


async def test_a_pane_scrolls_by_its_own_keys_and_begins_anew_for_another_row() -> None:
    screen = PanesScreen()
    app = SampleApp(screen)
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of 100")
        await wait_for(pilot, lambda: screen.detail.max_scroll_y > 10)
        await pilot.press("tab", "pagedown")
        assert screen.detail.has_focus
        await wait_for(pilot, lambda: screen.detail.scroll_offset.y > 10)
        place = screen.detail.scroll_offset.y
        screen.detail.show("\n".join(f"Line {n}!" for n in range(90)), of=0, title="School 0")
        await pilot.pause()
        assert screen.detail.scroll_offset.y == place, "the same row, read anew"
        screen.detail.show("\n".join(f"Line {n}" for n in range(90)), of=1, title="School 1")
        await wait_for_text(pilot, "Line 0")
        assert "School 1" in screen_string(app)


@pytest.mark.parametrize("width", [16, 20, 24])
async def test_what_goes_on_behind_the_edge_ends_in_a_sign(width: int) -> None:
    screen = PanesScreen()
    app = SampleApp(screen)
    async with app.run_test(size=(width, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        screen.table.move_to(99)
        await pilot.pause()
        row = next(line for line in screen_text(app) if line.startswith("99"))
        assert "99,000" in row or "…" in row or row.rstrip().endswith("School 99"), row
        assert "▸" in screen_text(app)[0] or "99,000" in row
