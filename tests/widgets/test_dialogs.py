"""Questions: answered by keys, closed by Esc, harmless to Enter."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aeries_tui.keys import Keymap
from aeries_tui.secret import Secret
from aeries_tui.widgets.dialogs import AskText, Confirm, Notice, ShownOnce
from aeries_tui.widgets.pick import Choice, PickOne, Ranking
from tui.harness import screen_string, screen_text, wait_for, wait_for_text
from tui.sample import ListScreen, SampleApp, VirtualRows

QUESTION = "Discard the plan of import 12: 14 students would have been deactivated?"
SCHOOLS = [
    Choice("1", "Roosevelt [/x] Elementary", "94 %"),
    Choice("2", "Lincoln Middle School"),
    Choice("3", "Café Ángeles High"),
    *(Choice(f"s{n}", f"School {n}") for n in range(5000)),
]


def app_with(keymap: Keymap | None = None) -> SampleApp:
    return SampleApp(ListScreen(VirtualRows(100)), keymap=keymap)


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", False), ("escape", False)])
async def test_only_its_own_key_says_yes(key: str, answer: bool) -> None:
    app, answers = app_with(), []
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(Confirm(QUESTION, yes="Discard", title="Discard [plan]"), answers.append)
        await wait_for_text(pilot, "y Discard  n or Esc Leave it")
        assert "Discard [plan]" in screen_string(app)
        await pilot.press("enter", "space", "d", "q", "j", "G")
        assert answers == []
        assert app.went == []
        await pilot.press(key)
        await wait_for(pilot, lambda: answers == [answer])


async def test_a_digit_leaves_a_box_unanswered_and_leads_to_its_screen() -> None:
    for box in (Confirm(QUESTION), Notice("What happened", "This.")):
        app, answers = app_with(), []
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for_text(pilot, "row 1 of")
            app.push_screen(box, answers.append)
            await wait_for(pilot, lambda app=app, box=box: app.screen is box and box.is_mounted)
            await pilot.press("4")
            await wait_for(pilot, lambda app=app: app.went == ["pull"])
            assert answers == [None]


async def test_what_is_shown_once_is_closed_only_by_its_own_key_and_copied_into_no_file(
    tmp_path: Path,
) -> None:
    app = app_with()
    app.save_folder = tmp_path
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(ShownOnce("New password", "Password  abcd", Secret("abcd"), "the password"))
        await wait_for_text(pilot, "x Close for good")
        await pilot.press("enter", "escape", "q", "space", "4", "y")
        await wait_for_text(pilot, "Sent the password to the terminal's clipboard.")
        assert app.clipboard == "abcd"
        assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
        await pilot.press("x")
        await wait_for_text(pilot, "row 1 of")


async def test_a_question_may_have_a_key_of_its_own_and_the_user_other_ones() -> None:
    app, answers = app_with(Keymap({"dialog-yes": "J"})), []
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(Confirm(QUESTION, key="D", yes="Discard"), answers.append)
        await wait_for_text(pilot, "D Discard")
        await pilot.press("J", "d")
        assert answers == []
        await pilot.press("D")
        await wait_for(pilot, lambda: answers == [True])
        app.push_screen(Confirm(QUESTION), answers.append)
        await wait_for_text(pilot, "J Yes")
        await pilot.press("J")
        await wait_for(pilot, lambda: answers == [True, True])


async def test_a_text_is_checked_before_it_is_taken() -> None:
    app, answers = app_with(), []
    ask = AskText("Reason:", title="Approve", check=lambda text: "" if text else "A reason is needed [/].")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(ask, answers.append)
        await wait_for_text(pilot, "Reason:")
        await pilot.press("enter")
        await wait_for_text(pilot, "A reason is needed [/].")
        await pilot.press(*" q1 ok ", "enter")
        await wait_for(pilot, lambda: answers == ["q1 ok"])
        app.push_screen(AskText("Reason:"), answers.append)
        await wait_for_text(pilot, "Reason:")
        await pilot.press("escape")
        await wait_for(pilot, lambda: answers == ["q1 ok", None])


async def test_one_of_thousands_is_picked_by_a_few_letters() -> None:
    app, answers = app_with(), []
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(PickOne("ALI school for [/x]", SCHOOLS, ["3", "2"]), answers.append)
        await wait_for_text(pilot, "row 1 of 5,003")
        lines = [line for line in screen_text(app) if "Café" in line or "Lincoln" in line]
        assert "Café" in lines[0]
        assert "Lincoln" in lines[1]
        await pilot.press(*"rosevelt elem")
        await wait_for_text(pilot, "Roosevelt [/x] Elementary")
        await pilot.press("down", "up", "enter")
        await wait_for(pilot, lambda: answers == ["1"])
        app.push_screen(PickOne("ALI school", SCHOOLS), answers.append)
        await wait_for_text(pilot, "Type to search")
        await pilot.press(*"zzzzqq", "enter")
        await wait_for_text(pilot, "Nothing is like this.")
        await pilot.press("escape")
        await wait_for(pilot, lambda: answers == ["1", None])


def test_ranking_puts_the_likely_first() -> None:
    ranking = Ranking(SCHOOLS, ["3"])
    assert ranking.ranked("")[0].key == "3"
    assert ranking.ranked("cafe angeles")[0].key == "3"
    assert ranking.ranked("midle lincoln school")[0].key == "2"
    assert ranking.ranked("school 4999")[0].key == "s4999"
    assert ranking.ranked("rosevlet")[0].key == "1", "letters in the wrong order"
    assert ranking.ranked("lincon")[0].key == "2", "a letter that is missing"
    assert ranking.ranked("qqxxzzww") == []


async def test_a_notice_scrolls_and_closes() -> None:
    app = app_with()
    async with app.run_test(size=(60, 15)) as pilot:
        await wait_for_text(pilot, "row 1 of")
        app.push_screen(Notice("What [/] happened", "\n".join(f"line {n} [x]" for n in range(60))))
        await wait_for_text(pilot, "line 3 [x]")
        await pilot.press(*["pagedown"] * 6)
        await wait_for_text(pilot, "line 59 [x]")
        await pilot.press("g")
        await wait_for_text(pilot, "line 0 [x]")
        await pilot.press("j", "ctrl+f", "G")
        await wait_for_text(pilot, "line 59 [x]")
        await pilot.press("escape")
        await wait_for_text(pilot, "row 1 of")
