"""The live log, driven by keys."""

from __future__ import annotations

from aeries_tui.listing import LogLevel, LogLine
from aeries_tui.widgets.log import ListLog, LiveLog, SaveLog
from tui.harness import screen_string, screen_text, wait_for, wait_for_text
from tui.sample import LogScreen, SampleApp, some_log

SIZE = (80, 24)


def app_with(source: ListLog) -> tuple[SampleApp, LiveLog]:
    screen = LogScreen(source)
    return SampleApp(screen), screen.log_widget


def more(first: int, count: int) -> list[LogLine]:
    return [LogLine("08:15:03", "info", f"line {n}") for n in range(first, first + count)]


async def test_it_follows_the_end_until_one_scrolls_and_again_when_asked() -> None:
    source = some_log(100)
    app, log = app_with(source)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "line 99 ")
        source.extend(more(100, 50))
        await wait_for_text(pilot, "line 149")
        await pilot.press("up")
        source.extend(more(150, 50))
        await wait_for_text(pilot, "of 200")
        assert "Paused" in screen_string(app)
        assert "line 199" not in screen_string(app)
        assert "line 148" in screen_string(app)
        await pilot.press("end")
        await wait_for_text(pilot, "line 199")
        assert log.following
        await pilot.press("f")
        assert not log.following
        await pilot.press("f")
        await wait_for_text(pilot, "Following")


async def test_levels_are_shown_by_turns() -> None:
    app, _log = app_with(some_log(500))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "500 lines")
        await pilot.press("l")
        await wait_for_text(pilot, "50 lines")
        await pilot.press("l")
        await wait_for_text(pilot, "5 lines")
        assert all("ERROR" in line for line in screen_text(app)[1:6])
        await pilot.press("l", "l")
        await wait_for_text(pilot, "500 lines")


async def test_e_goes_from_error_to_error_and_search_from_match_to_match() -> None:
    app, log = app_with(some_log(500))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "500 lines")
        await pilot.press("e")
        await wait_for(pilot, lambda: log.view.mark == 99)
        await pilot.press("e")
        await wait_for(pilot, lambda: log.view.mark == 199)
        await pilot.press("slash", *"LINE 99", "enter")
        await wait_for(pilot, lambda: log.view.mark == 199)
        await pilot.press("n")
        await wait_for(pilot, lambda: log.view.mark == 299)
        await pilot.press("N", "N", "N")
        await wait_for(pilot, lambda: log.view.mark == 499)
        await pilot.press("slash", *"nothing like it", "enter")
        await wait_for_text(pilot, "Nothing has nothing like it.")


async def test_a_search_stands_on_its_match_says_which_it_is_and_esc_leads_back_to_the_end() -> None:
    app, log = app_with(some_log(500))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "500 lines")
        await pilot.press("slash", *"line 44")
        await wait_for(pilot, lambda: log.view.mark == 44)
        await pilot.press("escape")
        await wait_for_text(pilot, "500 lines")
        assert log.following and log.view.mark is None and log.search_text == ""
        await pilot.press("slash", *"line 44", "enter")
        await wait_for_text(pilot, "Paused · Search: line 44, 1 of 14")
        await wait_for_text(pilot, "line 45 of 500")
        await pilot.press("n")
        await wait_for_text(pilot, "Search: line 44, 2 of 14")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "Search" not in screen_string(app))


async def test_it_keeps_up_with_ten_thousands_of_lines_and_stays_bounded() -> None:
    source = ListLog(keep=20_000)
    app, log = app_with(source)
    async with app.run_test(size=SIZE) as pilot:
        for batch in range(50):
            source.extend(more(batch * 1000, 1000))
            await pilot.pause()
        await wait_for_text(pilot, "line 49999")
        assert log.lines <= 20_000
        assert source.epoch > 0


async def test_brackets_and_escape_codes_in_a_line_are_only_text() -> None:
    source = ListLog()
    source.append(LogLine("08:00:00", "error", "[/] [closed] \x1b[31m\u202e" + "x" * 300))
    app, _ = app_with(source)
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "ERROR [/] [closed] ␛[31mxxx")
        await pilot.press(*["right"] * 5)
        await wait_for(pilot, lambda: screen_text(app)[1].startswith("xxx"))
        assert all(len(line) <= 80 for line in screen_text(app))


async def test_an_empty_log_says_so_and_its_keys_do_no_harm() -> None:
    app, _ = app_with(ListLog())
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "No lines yet.")
        await pilot.press("e", "n", "up", "end", "home", "y", "l", "f", "pagedown")
        await wait_for_text(pilot, "No warnings, errors.")


async def test_saving_is_asked_of_the_screen() -> None:
    asked: list[LiveLog] = []

    class Saving(LogScreen):
        def on_save_log(self, event: SaveLog) -> None:
            asked.append(event.log_widget)

    screen = Saving(some_log(3))
    async with SampleApp(screen).run_test(size=SIZE) as pilot:
        await wait_for_text(pilot, "line 2 ")
        await pilot.press("w")
        await wait_for(pilot, lambda: asked == [screen.log_widget])


def test_a_log_in_memory_drops_its_oldest_lines_at_every_level() -> None:
    log = ListLog(keep=100)
    levels: tuple[LogLevel, ...] = ("debug", "info", "warning", "error")
    log.extend(LogLine("", levels[n % 4], f"line {n}") for n in range(101))
    kept = range(11, 101)
    assert log.epoch == 1
    for place, level in enumerate(levels):
        graver = [f"line {n}" for n in kept if n % 4 >= place]
        assert [line.text for line in log.lines(0, 1000, level)] == graver
        assert log.count(level) == len(graver)
