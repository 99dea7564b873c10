from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from textual.events import Paste
from textual.widgets import Input

from aeries_tui.app import PLACES, AeriesApp
from aeries_tui.errors import AeriesTuiError, ConfigurationError, WrongUse
from aeries_tui.launch import look_for, run_app
from aeries_tui.master.imports import imports
from aeries_tui.master.lists import people
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import locked
from aeries_tui.session import Session
from aeries_tui.settings import CredentialStore, Settings, Ui
from aeries_tui.settings.chosen_theme import chosen_theme
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.footer import KeyBar
from aeries_tui.widgets.ground import Ground
from aeries_tui.widgets.table.view import TableView
from aeries_tui.widgets.theme import DARK, LIGHT, Look
from engine import Station
from tui.desk import Desk, desk, empty_places


async def test_digits_lead_everywhere_and_escape_leads_back(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("Instance URL")
        await at.press("3")
        await at.sees("No schools here yet")
        await at.press("escape")
        await at.sees("Instance URL")
        await at.press("escape")
        await at.sees("demo ·")


async def test_a_place_that_was_left_is_painted_at_once(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("Instance URL")
        await at.press("1")
        await at.sees("demo ·")
        with patch.object(at.app, "_begin_batch") as held_back:
            await at.press("2")
            await at.sees("Instance URL")
            held_back.assert_not_called()


async def test_what_a_key_leads_to_may_come_when_the_program_has_ended(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        app = at.app
    await app.go("people")
    await app.show_district("demo")
    await app.action_back()


def test_the_screens_open_without_what_only_a_pull_needs() -> None:
    program = (
        "import sys, aeries_tui.app, aeries_tui.screens.home; "
        "print(*({'httpx', 'pygments', 'rapidfuzz'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


async def test_the_end_of_a_pull_is_told_on_any_screen(station: Station) -> None:
    station.map()
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    with locked(station.district.lock, "pull"):
        async with desk(station.places) as at:
            await the_end_is_told(station, number, at)


async def the_end_is_told(station: Station, number: int, at: Desk) -> None:
    await at.press("2")
    await at.sees("Instance URL")
    with patch.object(at.app, "bell") as bell:
        with station.master() as db:
            imports.close(db, number, Outcome.COMPLETED_WITH_ERROR)
        await at.sees("Import 1 of demo: ▲ Completed with ERROR. 5 shows the results.")
        bell.assert_called_once()


async def test_a_pull_that_began_and_ended_between_two_looks_is_told_too(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        with station.master() as db:
            imports.close(db, imports.begin(db, kind="pull", trigger="timer"), Outcome.HELD)
        await at.sees("Import 1 of demo: ‖ Held for review. The plan waits for you: 4.")
        await at.sees("Plan waiting")


async def test_nothing_is_read_while_nothing_happens(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.sees("Schools")
        with (
            patch.object(at.app, "_tell_screens") as told,
            patch("aeries_tui.master.imports.imports.every") as read,
        ):
            for _ in range(20):
                at.app.look_at_district()
            told.assert_not_called()
            read.assert_not_called()


async def test_a_pull_that_could_not_begin_says_why(station: Station) -> None:
    class Refused:
        status = 2

        def refusal(self) -> AeriesTuiError:
            return WrongUse("No certificate [/x].", meaning="Nothing was changed.", remedy="Enter it.")

        def leave(self) -> None:
            return None

    async with desk(station.places) as at:
        at.app.session.started = Refused()  # type: ignore[assignment]
        await at.sees("The pull did not begin", "No certificate [/x].", "Nothing was changed.", "Enter it.")


async def test_a_pull_that_was_killed_did_begin_also_while_another_window_puts_it_in_the_books(
    station: Station,
) -> None:
    class Killed:
        status = -9

        def refusal(self) -> AeriesTuiError:
            return AeriesTuiError("It ended without a word.")

        def leave(self) -> None:
            return None

    async with desk(station.places) as at:
        with station.master() as db, locked(station.district.lock, "pull"):
            imports.begin(db, kind="pull", trigger="ui")
            at.app.session.started = Killed()  # type: ignore[assignment]
            at.app.look_at_district()
            assert at.app.session.started is None
            assert not isinstance(at.app.screen, Notice)


async def test_another_district_is_chosen_by_a_key(station: Station) -> None:
    other = dataclasses.replace(station.credential, name="zebra", url="https://zebra.example/admin")
    CredentialStore(station.places.credentials_file).add(other)
    async with desk(station.places) as at:
        await at.sees("demo ·")
        await at.press("f2")
        await at.sees("2 districts", "zebra")
        await at.press("down", "enter")
        await at.sees("zebra · https://zebra.example/admin")
        await at.press("3")
        await at.sees("No schools here yet")


async def test_credentials_that_others_can_read_are_refused_with_the_words_to_type(station: Station) -> None:
    async with desk(station.places) as at:
        await at.sees("demo ·")
        station.places.credentials_file.chmod(0o644)
        await at.press("f5")
        await at.sees("others can read it", "Type: chmod 600")


async def test_keys_and_palette_show_this_screens_actions(station: Station) -> None:
    async with desk(station.places) as at:
        await at.press("question_mark")
        await at.sees("Keys", "Acknowledge the prerequisites.")
        await at.press("escape")
        await at.press("ctrl+p")
        await at.sees("Find", "Acknowledge the prerequisites.")


async def test_the_palette_leads_to_whatever_is_named_from_any_screen(pulled: Station) -> None:
    ways = (
        ("reset pass", "Students: "),
        ("light", "? Keys"),
        ("lincoln", "Aeries School"),
        ("994", "Mt. Whitney High (994)"),
        ("REC-REQUIRED", "only code REC-REQUIRED"),
        ("keys of plan", "Approve the plan, with a reason."),
        ("end of the school year", "Ready to archive"),
        ("certificate details", "Certificate Details of demo"),
        ("only code", "Descriptions of import 2"),
    )
    for words, sees in ways:
        async with desk(pulled.places) as at:
            await at.press("7")
            await at.sees("No archive yet")
            await at.press("colon")
            await at.sees("Go there")
            await at.type(words)
            await at.press("enter")
            await at.sees_no("Go there")
            await at.sees(sees)
            assert ("light" in at.app.theme) == (words == "light")


async def test_what_the_palette_does_waits_for_people_and_says_what_can_not_be_done(pulled: Station) -> None:
    async with desk(pulled.places) as at:
        await at.sees("Last import")
        await at.press("ctrl+p")
        await at.sees("Go there")
        await at.type("approve the plan")
        await at.press("enter")
        await at.sees("Plan: there is nothing to show there now.")
        await at.press("backspace")
        await at.sees_no("there is nothing to show")
        await at.press("exclamation_mark")
        await at.sees("Messages", "Plan: there is nothing to show there now.")


async def test_tabs_keys_buttons_and_the_palette_are_clicked(station: Station) -> None:
    async with desk(station.places) as at:
        await at.sees("demo ·")
        tabs = at.screen.splitlines()[0]
        await at.pilot.click("NavBar", offset=(tabs.index("Credentials"), 0))
        await at.sees("Instance URL")
        keys = at.screen.splitlines()[-1]
        await at.pilot.click("KeyBar", offset=(keys.index("a Add"), 0))
        await at.sees("New credential")
        await at.type("zebra")
        await at.pilot.click("#do-save")
        await at.sees("The address is blank.")
        await at.press("escape", "y")
        await at.sees("Instance URL")
        await at.press("ctrl+p")
        await at.sees("Go there")
        await at.type("keys of plan")
        await at.sees("Keys of Plan")
        await at.pilot.click(TableView, offset=(4, 1))
        await at.sees("Approve the plan, with a reason.")


async def test_work_that_fails_by_a_defect_is_kept_for_a_report_without_its_text(station: Station) -> None:
    async with desk(station.places) as at:
        at.app.defect(ValueError("Maria Lopez"))
        await at.sees("A defect", "ValueError", "Please report it")
        assert "Maria" not in at.screen
        reports = list((Path(station.places.data_dir).parent).glob("**/defects/*.txt"))
        assert all("Maria" not in report.read_text() for report in reports)


async def test_a_list_that_can_not_be_read_for_a_misspelt_column_is_told_once_and_kept_for_a_report(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.map()
    data = Path(station.places.data_dir)
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(data))
    monkeypatch.setattr(people, "_STUDENT", people._STUDENT.replace("last_name", "lst_name"))
    async with desk(station.places) as at:
        await at.press("6")
        await at.sees("A defect of the program", "OperationalError", "Please report it")
        await at.press("escape")
        await at.sees("The list could not be read (OperationalError)")
        assert "doctor" not in at.screen
        (report,) = await asyncio.to_thread(lambda: list(data.glob("defects/*.txt")))
        assert "sql_source.py" in report.read_text()


def test_a_defect_of_a_screen_ends_the_program_with_status_1_and_no_traceback(
    station: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    app = AeriesApp(Session(station.places, Settings()))
    app._exception = ValueError("Maria Lopez")
    assert app.end() == 1
    told = capsys.readouterr().err
    assert "ValueError" in told and "Maria" not in told and "Traceback" not in told


def test_a_terminal_that_can_show_nothing_is_refused_with_a_pointer_to_the_commands() -> None:
    with pytest.raises(WrongUse, match="aeries-tui --help"):
        run_app(None, mouse=None, env={"TERM": "dumb"})


def test_the_mouse_stays_off_over_ssh_unless_it_is_asked_for() -> None:
    here = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    there = {**here, "SSH_CONNECTION": "1 2 3 4"}
    assert look_for(Settings(), here, None).mouse
    assert not look_for(Settings(), there, None).mouse
    assert look_for(Settings(), there, True).mouse
    assert not look_for(Settings(ui=Ui(mouse=False)), here, None).mouse


def test_a_theme_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no theme"):
        look_for(Settings(ui=Ui(theme="purple")), {"TERM": "xterm"}, None)


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (200, 50)])
async def test_a_machine_without_districts_has_every_place_in_every_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with desk(empty_places(tmp_path), size=size) as at:
        for digit, place in enumerate(PLACES, start=1):
            await at.press(str(digit))
            await at.until(lambda place=place: at.app.current_mode == place)
            await at.sees(f"{digit} {place.capitalize()}", "Keys")
        await at.press("1")
        await at.sees("No district yet")


async def test_a_pull_that_was_killed_is_put_in_the_books_and_told(station: Station) -> None:
    station.map()
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="ui")
    async with desk(station.places) as at:
        await at.sees("Import 1 of demo: ■ Interrupted")
        await at.press("5")
        await at.sees("■ Interrupted", "row 1 of 1")
    with station.master() as db:
        assert imports.get(db, number).outcome is Outcome.INTERRUPTED


async def test_a_digit_leads_to_the_first_screen_of_where_one_is_and_of_where_there_is_news(
    pulled: Station,
) -> None:
    async with desk(pulled.places) as at:
        await at.press("5")
        await at.sees("row 1 of 2")
        await at.press("t")
        await at.sees("Troubleshooting of import 2")
        await at.press("5")
        await at.sees("row 1 of 2")
        await at.press("t")
        await at.sees("Troubleshooting of import 2")
        await at.press("1", "5")
        await at.sees("Troubleshooting of import 2")
        await at.press("1")
        await asyncio.to_thread(pulled.pull_over_http)
        await at.sees("Import 3 of demo", "5 shows the results.")
        await at.press("5")
        await at.sees("row 1 of 3")


@pytest.mark.parametrize("key", ["f2", "f5"])
async def test_a_district_that_was_added_in_a_shell_is_seen(tmp_path: Path, key: str) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await at.sees("No district yet")
        Station(tmp_path)
        await at.press(key)
        await at.sees("demo ·")


async def test_escape_after_a_visit_elsewhere_goes_on_to_where_one_was_before(pulled: Station) -> None:
    async with desk(pulled.places) as at:
        await at.press("5")
        await at.sees("row 1 of 2")
        await at.app.go("people", ("student", 1))
        await at.until(lambda: len(at.app.screen_stack) == 2)
        await at.press("escape")
        await at.until(lambda: at.app.current_mode == "results")
        await at.press("escape")
        await at.until(lambda: at.app.current_mode == "home")


async def test_a_theme_chosen_in_the_screens_is_kept_until_config_toml_is_given_another(
    tmp_path: Path,
) -> None:
    places = empty_places(tmp_path)
    async with desk(places, look=Look(DARK, basic_colours=False)) as at:
        at.app.action_theme("light")
        assert at.app.theme == LIGHT
    assert chosen_theme(places, Settings()) == "light"
    assert look_for(Settings(), {"TERM": "xterm"}, None, theme="light").theme == LIGHT
    assert chosen_theme(places, Settings(ui=Ui(theme="nord"))) is None, "config.toml was changed since"
    (places.data_dir / ".theme.json").write_text("[]")
    assert chosen_theme(places, Settings()) is None


async def test_automatic_follows_what_the_terminal_says_and_a_chosen_theme_does_not(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path), look=Look(DARK, follows=True, basic_colours=False)) as at:
        at.app.ground_told(Ground(dark=False))
        assert at.app.theme == LIGHT
        at.app.action_theme("dark")
        at.app.ground_told(Ground(dark=False))
        assert at.app.theme == DARK
        at.app.action_theme("auto")
        at.app.ground_told(Ground(dark=False))
        assert at.app.theme == LIGHT


async def test_a_megabyte_that_is_pasted_is_cut_to_what_a_box_can_mean(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("slash")
        at.app.post_message(Paste("Robin " * 200_000))
        await at.sees("Search: ", "Only the beginning of the paste was taken: 4,000 characters.")
        await at.press("escape", "ctrl+p")
        at.app.post_message(Paste("Robin " * 200_000))
        await at.until(lambda: isinstance(at.app.focused, Input) and len(at.app.focused.value) == 4_000)


async def test_in_the_line_of_keys_every_other_key_is_still_that_of_the_list(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("row 1 of 1")
        await at.press("down")
        await at.until(lambda: isinstance(at.app.focused, KeyBar))
        await at.press("slash")
        await at.sees("Search:")


async def test_a_key_that_can_do_nothing_says_so_and_one_that_only_moves_does_not(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("v")
        await at.sees("v has nothing to do here: View the plan that waits for approval.")
        await at.press("backspace", "g", "left")
        await at.sees_no("has nothing to do here")
