"""Theme, colours, ASCII, footer, navigation, help, bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

from aeries_tui.codes import Code
from aeries_tui.errors import ConfigurationError
from aeries_tui.keys import Keymap
from aeries_tui.master.lists import descriptions
from aeries_tui.outcome import LOOKS, Outcome
from aeries_tui.text import clean_text
from aeries_tui.widgets.ascii import to_ascii
from aeries_tui.widgets.bars import Progress, bar, bar_width, chart, duration, progress_parts
from aeries_tui.widgets.cells import cut, fit
from aeries_tui.widgets.footer import Hint, chosen_hints
from aeries_tui.widgets.ground import Ground
from aeries_tui.widgets.palette import DARK_TONES, INKS, LIGHT_TONES, Tone, css_variables, inks
from aeries_tui.widgets.status import content, outcome_text
from aeries_tui.widgets.theme import (
    DARK,
    LIGHT,
    Look,
    choose_look,
    in_few_bytes,
    shown_theme,
    terminal_refusal,
)
from tui.contrast import LEAST, contrast, faint_texts
from tui.harness import screen_string, screen_text, wait_for, wait_for_text
from tui.sample import ListScreen, LogScreen, SampleApp, VirtualRows, some_log

UTF8 = {"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("env", "more", "look"),
    [
        (UTF8, {}, Look(DARK, follows=True)),
        (UTF8 | {"COLORFGBG": "0;15"}, {}, Look(LIGHT, follows=True)),
        (UTF8 | {"COLORFGBG": "15;0"}, {}, Look(DARK, follows=True)),
        (UTF8 | {"COLORFGBG": "15;0"}, {"ground": Ground(dark=False)}, Look(LIGHT, follows=True)),
        (UTF8, {"theme": "light", "ground": Ground(dark=True)}, Look(LIGHT)),
        (UTF8, {"theme": "nord", "mouse": True}, Look("nord", mouse=True)),
        (UTF8, {"theme": "dark", "few_bytes": True}, Look(DARK, few_bytes=True)),
        (UTF8 | {"NO_COLOR": "1"}, {"theme": "textual-light"}, Look("textual-light", colourless=True)),
        (UTF8 | {"NO_COLOR": ""}, {}, Look(DARK, follows=True)),
        (UTF8 | {"TERM": "linux"}, {}, Look(DARK, ascii_only=True, follows=True)),
        (UTF8 | {"TERM": "linux"}, {"ascii_only": False}, Look(DARK, follows=True)),
        ({"LANG": "C"}, {}, Look(DARK, ascii_only=True, follows=True)),
        ({"LANG": "de_DE.ISO-8859-1"}, {}, Look(DARK, ascii_only=True, follows=True)),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, {}, Look(DARK, follows=True)),
        ({}, {}, Look(DARK, ascii_only=True, follows=True)),
    ],
)
def test_the_look_follows_the_terminal_and_the_settings(
    env: dict[str, str], more: dict[str, object], look: Look
) -> None:
    assert choose_look(env, **more) == look  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "basic", "colourless", "shown"),
    [
        (LIGHT, False, False, LIGHT),
        (LIGHT, True, False, "ansi-light"),
        (DARK, False, True, "ansi-dark"),
        ("textual-light", False, True, "ansi-light"),
        ("textual-light", True, False, "textual-light"),
        ("ansi-light", True, True, "ansi-light"),
    ],
)
def test_where_ours_cannot_be_shown_the_terminals_own_colours_are(
    name: str, basic: bool, colourless: bool, shown: str
) -> None:
    assert shown_theme(name, basic=basic, colourless=colourless) == shown


@pytest.mark.parametrize("own", [DARK_TONES, LIGHT_TONES], ids=["dark", "light"])
def test_every_ink_can_be_read_on_every_ground_in_true_colour_and_in_256(own: dict[str, Tone]) -> None:
    for ink in INKS.values():
        for ground in ("ground", "surface"):
            for color in (lambda tone: Color.parse(tone.fine), lambda tone: Color.from_ansi(tone.number)):
                assert contrast(color(own[ink.tone]), color(own[ground])) >= LEAST, (ink, ground)
    for color in (lambda tone: Color.parse(tone.fine), lambda tone: Color.from_ansi(tone.number)):
        assert contrast(color(own["text"]), color(own["cursor"])) >= LEAST


@pytest.mark.parametrize("own", [DARK_TONES, LIGHT_TONES], ids=["dark", "light"])
def test_few_bytes_write_each_tone_by_its_number(own: dict[str, Tone]) -> None:
    for tone in own.values():
        written = in_few_bytes(Style(color=tone.fine, bgcolor=own["ground"].fine, bold=True))
        assert written.bold
        assert written.color is not None
        assert written.bgcolor is not None
        assert (written.color.number, written.bgcolor.number) == (tone.number, own["ground"].number)
    other = in_few_bytes(Style(color="#ff0000")).color
    assert other is not None
    assert other.number == 196
    assert in_few_bytes(Style(color="red", reverse=True)) == Style(color="red", reverse=True)


async def test_another_theme_recolours_all_that_is_shown() -> None:
    app = SampleApp(ListScreen(VirtualRows(100)), Look(DARK, basic_colours=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        for theme in (LIGHT, DARK):
            app.show_theme(theme)
            await pilot.pause()
            assert faint_texts(app) == []


def test_an_unknown_theme_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ConfigurationError) as refused:
        choose_look(UTF8, theme="pink")
    assert "ansi-dark" in refused.value.remedy


def test_a_dumb_terminal_is_refused_with_a_pointer_to_the_commands() -> None:
    assert "--help" in (terminal_refusal({"TERM": "dumb"}) or "")
    assert terminal_refusal(UTF8) is None


def test_every_outcome_and_severity_has_a_colour_of_its_own_kind() -> None:
    assert {look.style for look in LOOKS.values()} <= set(INKS)
    for basic in (True, False):
        for dark in (True, False):
            colours = inks(basic, dark)
            five = [
                colours[name].color
                for name in ("completed", "completed_with_error", "error", "held", "cancelled")
            ]
            assert len(set(five)) == 5
            assert set(css_variables(basic, dark)) == {f"ink-{name.replace('_', '-')}" for name in INKS}


async def test_no_color_means_no_colour_at_all() -> None:
    app = SampleApp(ListScreen(VirtualRows(100)), Look(colourless=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        styles = {s.style for strip in app.screen._compositor.render_strips() for s in strip if s.style}
        assert styles
        for style in styles:
            assert style.color is None or style.color.is_default
            assert style.bgcolor is None or style.bgcolor.is_default
        assert any(style.reverse for style in styles), "the cursor is still seen"


async def test_every_stock_theme_shows_the_table() -> None:
    app = SampleApp(ListScreen(VirtualRows(100)), Look())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        for theme in sorted(app.available_themes):
            app.theme = theme
            await wait_for_text(pilot, "▲ Completed")


@given(st.text())
def test_ascii_takes_as_many_cells(text: str) -> None:
    clean = clean_text(text)
    assert to_ascii(clean).isascii()
    assert len(to_ascii(clean)) == cell_len(clean)


def test_ascii_signs_of_outcomes_are_those_of_the_words() -> None:
    for outcome in Outcome:
        assert to_ascii(outcome_text(outcome)) == outcome_text(outcome, ascii_only=True)
    assert to_ascii("José → ╭─█…") == "Jose > +-#~"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_a_text_fits_exactly(text: str, width: int) -> None:
    clean = clean_text(text)
    assert cell_len(fit(clean, width)) == width
    assert cell_len(fit(clean, width, "right")) == width
    assert cell_len(cut(clean, width)) <= width


def test_the_footer_shows_the_important_first_and_never_overflows() -> None:
    hints = [
        Hint("a", "Acknowledge", 3),
        Hint("p", "Pull", 1),
        Hint("x", "Exclude for good", 2),
        Hint("z", "Z", 9),
    ]
    more = Hint("?", "Keys", 0)
    for room in range(8, 60):
        chosen = chosen_hints(hints, room, more)
        assert sum(hint.width for hint in chosen) + 2 * (len(chosen) - 1) <= room
        assert chosen[-1] == more
    assert [hint.key for hint in chosen_hints(hints, 30, more)] == ["p", "a", "?"]


def test_the_footer_says_no_word_twice() -> None:
    hints = [Hint("i", "Explain", 9), Hint("e", "Explain", 2)]
    assert [hint.key for hint in chosen_hints(hints, 80, None)] == ["e"]


def test_a_code_is_never_cut() -> None:
    (code,) = [column for column in descriptions.COLUMNS if column.key == "code"]
    assert code.width == max(len(one) for one in Code)


async def test_the_footer_follows_focus_and_changed_keys() -> None:
    app = SampleApp(
        ListScreen(VirtualRows(100)), keymap=Keymap({"people-explain": "x", "table-search": "f3"})
    )
    async with app.run_test(size=(120, 24)) as pilot:
        await wait_for_text(pilot, "x Explain")
        assert "F3 Search" in screen_text(app)[-1]
        await pilot.press("f3")
        await wait_for_text(pilot, "Enter OK  Esc Close  F1 Keys")
        await pilot.press("escape")
        await wait_for_text(pilot, "x Explain")


@pytest.mark.parametrize("width", [24, 40, 60, 80, 200])
async def test_the_navigation_fits_and_shows_where_one_is(width: int) -> None:
    app = SampleApp(ListScreen(VirtualRows(100)))
    async with app.run_test(size=(width, 15)) as pilot:
        await wait_for_text(pilot, "People" if width > 24 else "6")
        line = screen_text(app)[0]
        assert all(digit in line for digit in ("1234567" if width > 24 else "1"))
        assert len(line) <= width


async def test_the_digits_go_from_a_list_and_from_a_log() -> None:
    for screen in (ListScreen(VirtualRows(10)), LogScreen(some_log(5))):
        app = SampleApp(screen)
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for_text(pilot, "row 1 of" if isinstance(screen, ListScreen) else "5 lines")
            await pilot.press("1", "7")
            await wait_for(pilot, lambda app=app: app.went == ["home", "archive"])


async def test_the_help_lists_every_key_of_the_screen_with_the_users_own() -> None:
    app = SampleApp(ListScreen(VirtualRows(10)), keymap=Keymap({"people-explain": "x"}))
    async with app.run_test(size=(80, 100)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("question_mark")
        await wait_for_text(pilot, "Esc closes")
        text = screen_string(app)
        for _ in range(4):
            await pilot.press("ctrl+f")
            await pilot.wait_for_scheduled_animations()
            text += screen_string(app)
        for words in ("x        Explain", "In every list", "Everywhere", "PgDn", "Test login"):
            assert words in text
        assert "In every log" not in text
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "Esc closes" not in screen_string(app))


async def test_the_palette_runs_what_the_key_would() -> None:
    app = SampleApp(ListScreen(VirtualRows(10)))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        await pilot.press("ctrl+p")
        await wait_for_text(pilot, "Explain")
        await pilot.press(*"schools")
        await wait_for_text(pilot, "which Aeries school is which ALI school.")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.went == ["schools"])


async def test_ctrl_c_and_q_leave() -> None:
    for key in ("ctrl+c", "q"):
        app = SampleApp(ListScreen(VirtualRows(10)))
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for_text(pilot, "row 1 of")
            await pilot.press(key)
            await wait_for(pilot, lambda app=app: not app.is_running or app._exit)


async def test_contents_hold_texts_and_colours_and_no_markup() -> None:
    app = SampleApp(ListScreen(VirtualRows(10)))
    async with app.run_test():
        made = content(app, "[/] two\nlines ", ("\x1b[31m[closed]", "error"))
        assert made.plain == "[/] two\nlines ␛[31m[closed]"
        assert len(made.spans) == 1


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 60))
def test_a_bar_is_full_only_when_all_is_done(done: int, total: int, width: int) -> None:
    drawn = bar(done, total, width)
    assert len(drawn) == width
    assert (set(drawn) == {"█"}) == (total > 0 and done >= total)
    assert bar(done, total, width, ascii_only=True).isascii()


def test_the_lines_of_progress_stand_below_each_other() -> None:
    lines = [
        Progress("connect", 1, 1, "done"),
        Progress("fetch", 812, 1200, "running", "requests", 14.2, 27),
        Progress("compare"),
        Progress("apply", state="skipped"),
    ]
    width = bar_width(lines, 70)
    parts = [progress_parts(line, 8, width, ascii_only=False) for line in lines]
    assert {cell_len(head + drawn) for head, drawn, _ in parts} == {11 + width}
    assert parts[1][2] == "  67 %  812/1,200 requests  14/s  27 s left"
    assert parts[2][2] == " waiting"
    assert bar_width(lines, 40) == 0


def test_times_and_charts_read_well() -> None:
    assert [duration(s) for s in (0.2, 45, 200, 7500)] == ["0 s", "45 s", "3 min 20 s", "2 h 05 min"]
    assert chart([0, 1, 4, 8]) == "▁▂▅█"
    assert chart([0, 0]) == "▁▁"
    assert chart([1, 8], ascii_only=True).isascii()
