"""The paged table, driven by keys and read as text."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from aeries_tui.listing import Column, Row
from aeries_tui.text import places_of
from aeries_tui.widgets.cells import cell_len, cut
from aeries_tui.widgets.pages import PAGE
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected
from aeries_tui.widgets.theme import Look
from tui.harness import resize, screen_string, screen_text, wait_for, wait_for_text
from tui.sample import ListScreen, SampleApp, VirtualRows

SIZE = (80, 24)


def app_with(source: object | None = None, **more: object) -> tuple[SampleApp, PagedTable]:
    screen = ListScreen(source or VirtualRows())  # type: ignore[arg-type]
    return SampleApp(screen, **more), screen.table  # type: ignore[arg-type]


async def test_a_million_rows_open_at_once_and_only_two_pages_are_read() -> None:
    source = VirtualRows(1_000_000)
    app, _table = app_with(source)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 1,000,000")
        assert source.asked == [(0, PAGE)]
        assert "Student 19" in screen_string(app)


async def test_keys_move_the_cursor_by_row_by_page_and_to_both_ends() -> None:
    app, table = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("down", "down", "up")
        assert table.cursor == 1
        await pilot.press("pagedown")
        assert table.cursor == 1 + table.view.page_rows
        await pilot.press("end")
        await wait_for_text(pilot, "Student 999999")
        await wait_for_text(pilot, "row 1,000,000 of 1,000,000")
        await pilot.press("home")
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("G")
        await wait_for_text(pilot, "row 1,000,000 of")
        await pilot.press("g", "j", "j", "k")
        assert table.cursor == 1
        await pilot.press("ctrl+d")
        assert table.cursor == 1 + table.view.page_rows // 2
        await pilot.press("ctrl+u", "ctrl+f")
        assert table.cursor == 1 + table.view.page_rows
        await pilot.press("ctrl+b")
        assert table.cursor == 1
        await pilot.press("#", *"500000", "enter")
        await wait_for_text(pilot, "row 500,000 of")
        assert table.cursor_key == 499_999
        assert "499,999" in screen_string(app), "a column of figures grows rather than being cut"


async def test_the_screen_hears_of_the_highlighted_and_the_selected_row() -> None:
    heard: list[tuple[str, object, int]] = []

    class Listening(ListScreen):
        def on_row_message(self, event: RowHighlighted | RowSelected) -> None:
            heard.append((type(event).__name__, event.key, event.index))

        on_row_highlighted = on_row_message
        on_row_selected = on_row_message

    screen = Listening(VirtualRows())
    app = SampleApp(screen)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for(pilot, lambda: ("RowHighlighted", 0, 0) in heard)
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: heard[-2:] == [("RowHighlighted", 1, 1), ("RowSelected", 1, 1)])


async def test_search_goes_to_the_next_match_and_begins_again_at_the_end() -> None:
    app, table = app_with(VirtualRows(3000))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("slash", *"student 299", "enter")
        await wait_for(pilot, lambda: table.cursor == 299)
        await pilot.press("n")
        await wait_for(pilot, lambda: table.cursor == 1299)
        await pilot.press("N", "N")
        await wait_for(pilot, lambda: table.cursor == 2999)
        await pilot.press("n")
        await wait_for(pilot, lambda: table.cursor == 299)
        await pilot.press("slash", *"xyz", "enter")
        await wait_for_text(pilot, "Nothing has xyz.")


async def test_letters_are_typed_into_the_search_line_and_do_nothing_else() -> None:
    app, table = app_with(VirtualRows(3000))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("slash", *"q1?")
        await wait_for_text(pilot, "Search: q1?")
        assert app.went == []
        assert app.is_running
        await pilot.press("escape")
        await wait_for_text(pilot, "row 1 of 3,000")
        assert app.screen is app.first
        assert table.view.has_focus


async def test_a_filter_shows_less_and_esc_takes_it_off_before_it_leads_back() -> None:
    app, table = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("f", *"x", "enter")
        await wait_for_text(pilot, "Filter: x")
        assert table.count == 1000
        await pilot.press("escape")
        await wait_for_text(pilot, "of 1,000,000")
        assert app.screen is app.first
        await pilot.press("f", *"nobody", "enter")
        await wait_for_text(pilot, "No row has nobody. f changes the filter, Esc takes it off.")


async def test_the_marked_column_is_sorted_up_down_and_not_at_all_and_the_cursor_stays_on_its_row() -> None:
    rows = [Row(n, (str(n), name)) for n, name in enumerate(["pear", "Äpfel", "zoo", "apple"])]
    app, table = app_with(ListSource((Column("n", "N"), Column("name", "Name")), rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 4")
        await pilot.press("greater_than_sign", "s")
        await wait_for_text(pilot, "Sorted by Name")
        assert (table.cursor_key, table.cursor) == (0, 2)
        names = [line.split()[-1] for line in screen_text(app)[2:6]]
        assert names == ["Äpfel", "apple", "pear", "zoo"]
        await pilot.press("s")
        await wait_for_text(pilot, "descending")
        assert (table.cursor_key, table.cursor) == (0, 1)
        await pilot.press("s")
        await wait_for(pilot, lambda: "Sorted" not in screen_string(app))
        assert table.cursor == 0


async def test_rows_are_marked_with_the_space_bar() -> None:
    app, table = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("space", "space", "down", "space")
        await wait_for_text(pilot, "3 marked")
        assert table.marked == (0, 1, 3)
        await pilot.press("up", "space")
        assert table.marked == (0, 1)
        table.unmark()
        await wait_for(pilot, lambda: "marked" not in screen_string(app))


async def test_all_rows_that_a_filter_shows_are_marked_by_one_key_and_unmarked_by_it_again() -> None:
    rows = [Row(n, (f"row {n}",)) for n in range(600)]
    app, table = app_with(ListSource((Column("a", "A"),), rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 600")
        await pilot.press("space")
        table.filter("59")
        shown = [n for n in range(600) if "59" in str(n)]
        await wait_for_text(pilot, f"of {len(shown)}")
        await pilot.press("asterisk")
        await wait_for_text(pilot, f"{len(shown) + 1} marked")
        assert table.marked == (0, *shown)
        await pilot.press("asterisk")
        await wait_for_text(pilot, "1 marked")
        assert table.marked == (0,), "what the filter hides keeps its mark"
        await pilot.press("escape", "asterisk")
        await wait_for_text(pilot, "600 marked")


async def test_where_rows_can_not_be_marked_no_key_marks_all_of_them() -> None:
    screen = ListScreen(VirtualRows(), markable=False)
    app, table = SampleApp(screen), screen.table
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("space", "asterisk")
        assert table.marked == ()


async def test_reading_anew_keeps_the_cursor_on_its_row_and_takes_in_what_is_new() -> None:
    rows = [Row(n, (f"row {n}",)) for n in range(10)]
    app, table = app_with(ListSource((Column("a", "A"),), rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 10")
        table.move_to(5)
        rows.insert(0, Row(99, ("row 99",)))
        table.refresh_source()
        await wait_for_text(pilot, "row 7 of 11")
        assert table.cursor_key == 5
        del rows[6:]
        table.refresh_source()
        await wait_for_text(pilot, "row 6 of 6")


async def test_a_slow_source_never_holds_the_screen_and_shows_what_it_has_when_it_comes() -> None:
    gate = threading.Event()
    app, _table = app_with(VirtualRows(1_000_000, gate))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "Reading …")
        await resize(pilot, 160, 40)
        assert _table.natural_width < 10, "no row has come that could ask for more"
        await resize(pilot, *SIZE)
        gate.set()
        await wait_for_text(pilot, "row 1 of 1,000,000")
        gate.clear()
        await pilot.press("end")
        await wait_for_text(pilot, "row 1,000,000 of 1,000,000")
        assert "Student 9" not in screen_string(app)
        await pilot.press("up", "slash", *"abc", "escape")
        gate.set()
        await wait_for_text(pilot, "Student 999999")


async def test_a_search_goes_with_what_is_typed_says_which_match_it_is_and_esc_leads_back() -> None:
    rows = [
        Row(n, (str(n), name)) for n, name in enumerate(["Ann", "Bea", "Ångström", "Cy", "Hannah", "Dee"])
    ]
    app, table = app_with(ListSource([Column("id", "ID"), Column("name", "Name")], rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 6")
        await pilot.press("down", "slash", "a", "n")
        await wait_for(pilot, lambda: table.cursor == 2)
        await pilot.press("n")
        await wait_for(pilot, lambda: table.cursor == 4)
        assert "Search: ann" in screen_string(app)
        await pilot.press("escape")
        await wait_for_text(pilot, "row 2 of 6")
        assert not table.marked_words
        await pilot.press("slash", "a", "n", "enter")
        await wait_for_text(pilot, "Search: an, 2 of 3")
        assert (0, 2) in places_of("Ångström", table.marked_words)
        await pilot.press("n")
        await wait_for_text(pilot, "Search: an, 3 of 3")
        await pilot.press("n")
        await wait_for_text(pilot, "Search: an, 1 of 3")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not table.marked_words)


async def test_a_filter_goes_with_what_is_typed_and_esc_brings_the_rows_back() -> None:
    rows = [
        Row(n, (str(n), name)) for n, name in enumerate(["Ann", "Bea", "Ångström", "Cy", "Hannah", "Dee"])
    ]
    app, table = app_with(ListSource([Column("id", "ID"), Column("name", "Name")], rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 6")
        await pilot.press("G", "f", "a", "n")
        await wait_for(pilot, lambda: table.count == 3)
        await pilot.press("escape")
        await wait_for_text(pilot, "row 6 of 6")
        await pilot.press("f", "a", "n", "enter")
        await wait_for_text(pilot, "Filter: an")
        assert table.count == 3
        assert table.marked_words == ("an",)


async def test_headings_and_rows_are_clicked() -> None:
    rows = [Row(n, (str(n), name)) for n, name in enumerate(["Bea", "Ann", "Cy"])]
    app, table = app_with(ListSource([Column("id", "ID"), Column("name", "Name")], rows))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 3")
        await pilot.click(table.view, offset=(8, 0))
        await wait_for_text(pilot, "Sorted by Name")
        await pilot.click(table.view, offset=(8, 3))
        await wait_for(pilot, lambda: table.cursor == 2)
        await pilot.click("NavBar", offset=(4, 0))
        await wait_for(pilot, lambda: app.went == ["home"])
        await pilot.click("NavBar", offset=(12, 0))
        await wait_for(pilot, lambda: app.went == ["home", "credentials"])
        keys = screen_text(app)[-1]
        await pilot.click("KeyBar", offset=(keys.index("Keys"), 0))
        await wait_for_text(pilot, "In every list")


async def test_a_search_that_takes_long_is_ended_by_esc() -> None:
    gate = threading.Event()
    gate.set()
    app, _table = app_with(VirtualRows(1000, gate))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of 1,000")
        gate.clear()
        await pilot.press("slash", *"student 900", "enter")
        await wait_for_text(pilot, "Searching for student 900 …")
        await pilot.press("escape")
        await wait_for_text(pilot, "Search ended.")
        gate.set()
        await pilot.press("down")
        await wait_for_text(pilot, "row 2 of 1,000")


async def test_a_source_that_fails_says_so_and_can_be_read_again() -> None:
    class Failing(ListSource):
        broken = True

        def count(self) -> int:
            if Failing.broken:
                raise OSError(5, "no disk")
            return super().count()

        def with_sort(self, column: str | None, descending: bool = False) -> Failing:
            return self

        def with_filter(self, text: str) -> Failing:
            return self

    app, table = app_with(Failing((Column("a", "A"),), [Row(1, ("here",))]))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "The list could not be read (OSError).")
        Failing.broken = False
        table.refresh_source()
        await wait_for_text(pilot, "row 1 of 1")


async def test_an_empty_list_says_what_to_do_first() -> None:
    app, _ = app_with(VirtualRows(0))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "Nobody here yet. Press 4 to pull.")
        await pilot.press("down", "end", "enter", "y", "w", "space", "g", "5", "enter", "n", "s")
        assert "row" not in screen_text(app)[-2]


@pytest.mark.parametrize("look", [Look(), Look(theme="textual-dark"), Look(ascii_only=True, colourless=True)])
async def test_hostile_texts_stay_in_their_cells(look: Look) -> None:
    app, _ = app_with(look=look)
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        lines = screen_text(app)
        text = "\n".join(lines)
        assert all(cell_len(line) <= 100 for line in lines)
        assert "Roosevelt [/x]" in text
        assert "Lincoln [closed] Elem" in text
        assert not any(bad in text for bad in "\x1b\x07\u202e\u202c\u200d\ufe0f\ud800")
        status = lines[1].index("Status")
        for line in lines[2:14]:
            assert cut(line, status, "").endswith("  "), "the last column stands in one line"
            assert cell_len(cut(line, status, "")) == status


async def test_ascii_only_means_every_sign_of_the_screen() -> None:
    app, _ = app_with(look=Look(ascii_only=True))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        assert screen_string(app).isascii()
        assert "! Completed" in screen_string(app)
        await pilot.press("question_mark")
        await wait_for_text(pilot, "Esc closes")
        assert screen_string(app).isascii()
        await pilot.press("escape", "ctrl+p")
        await wait_for_text(pilot, "Go there")
        assert screen_string(app).isascii()


async def test_every_size_shows_header_rows_place_and_keys() -> None:
    app, table = app_with()
    async with app.run_test(size=SIZE) as pilot:
        for width, height in ((60, 15), (80, 24), (200, 50), (30, 6)):
            await resize(pilot, width, height)
            await wait_for(
                pilot,
                lambda width=width, height=height: (
                    app.size.width == width
                    and len(screen_text(app)[0]) <= width
                    and table.view.page_rows == height - 4
                ),
            )
            lines = screen_text(app)
            assert "Name" in lines[1]
            assert lines[2].strip().startswith("0")
            assert "row 1 of 1,000,000" in lines[-2]
            assert lines[-1].endswith("? Keys")


async def test_after_a_resize_the_cursor_is_still_in_sight() -> None:
    app, table = app_with()
    async with app.run_test(size=(80, 40)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        table.move_to(30)
        await resize(pilot, 80, 15)
        await wait_for_text(pilot, "Student 30 ")


async def test_columns_that_do_not_fit_are_reached_by_scrolling_sideways() -> None:
    columns = tuple(Column(f"c{n}", f"Column {n}", width=20) for n in range(8))
    app, _table = app_with(ListSource(columns, [Row(1, tuple(f"cell {n}" for n in range(8)))]))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "cell 0")
        assert "cell 7" not in screen_string(app)
        await pilot.press(*["right"] * 20)
        await wait_for_text(pilot, "cell 7")
        await pilot.press(*["left"] * 20)
        await wait_for_text(pilot, "cell 0")
        await pilot.press(*["greater_than_sign"] * 7)
        await wait_for_text(pilot, "Column 7")


async def test_the_marked_column_grows_and_shrinks_by_keys() -> None:
    app, table = app_with()
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("greater_than_sign")
        before = table.view.shape.widths[1]
        await pilot.press("plus", "plus", "minus")
        assert table.view.shape.widths[1] == before + 2


async def test_the_list_is_saved_as_it_is_shown_and_nothing_in_it_is_a_formula(tmp_path: Path) -> None:
    rows = [Row(n, (str(n), text)) for n, text in enumerate(["=1+1", "-5", "+a", "b", "\x1b[31m"])]
    app, _table = app_with(ListSource((Column("n", "N"), Column("t", "Text")), rows), save_folder=tmp_path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for_text(pilot, "row 1 of 5")
        await pilot.press("s", "s")
        await wait_for_text(pilot, "descending")
        await pilot.press("w")
        await wait_for_text(pilot, "Saved 5 rows")
    (path,) = sorted(tmp_path.glob("people-*.csv"))  # noqa: ASYNC240 - the app has ended
    assert path.read_text().splitlines() == ["N,Text", "4,␛[31m", "3,b", "2,'+a", "1,-5", "0,'=1+1"]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_copied_row_goes_to_the_terminal_and_into_a_file(tmp_path: Path) -> None:
    app, _table = app_with(save_folder=tmp_path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("y")
        await wait_for_text(pilot, "Sent the row to the terminal's clipboard.")
        assert app.clipboard.split("\t")[:2] == ["0", "Student 0"]
        assert (tmp_path / "copied.txt").read_text() == app.clipboard + "\n"


async def test_a_copied_row_is_pasted_without_a_formula(tmp_path: Path) -> None:
    rows = [Row(1, ("704", "=cmd|' /C calc'!A0", "x;\uff1d1", "\u200b@a\tb"))]
    columns = [Column(name, name) for name in "abcd"]
    app, _table = app_with(ListSource(columns, rows), save_folder=tmp_path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("y")
        await wait_for_text(pilot, "Sent the row to the terminal's clipboard.")
        assert app.clipboard == "704\t'=cmd|' /C calc'!A0\tx;'\uff1d1\t'@a b"


async def test_without_osc_52_a_copied_row_is_only_saved(tmp_path: Path) -> None:
    app, _table = app_with(save_folder=tmp_path)
    app.uses_osc52 = False
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("y")
        await wait_for_text(pilot, "The row: also saved as")
        assert app.clipboard == ""
        assert (tmp_path / "copied.txt").exists()
