from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from aeries_tui.schedule import Planned
from aeries_tui.settings import CredentialStore, InEnvironment, InFile, Places
from engine import Station
from engine.served import Roster
from tui.desk import Desk, desk, empty_places

WRONG = "wrongwrongwrongwrongwrongwrong12"


async def fill(at: Desk, name: str, url: str, certificate: str) -> None:
    await at.press("2", "a")
    await at.sees("New credential")
    for text in (name, url, certificate):
        await at.type(text)
        await at.press("enter")


def stored(places: Places) -> CredentialStore:
    return CredentialStore(places.credentials_file)


async def test_a_credential_is_typed_tested_and_saved(rosters: dict[str, Roster], tmp_path: Path) -> None:
    served = rosters["300"].served
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await fill(at, "lincoln", f"{served.url}/Login.aspx?page=1", served.certificate)
        await at.sees(
            f"Aeries is asked at {served.url}/api/v5", "32 characters, ends in " + served.certificate[-4:]
        )
        assert served.certificate not in at.screen
        await at.press("f4")
        await at.sees("lincoln is added: everything granted.", "✔  Credential", "✔  Test")
        assert at.app.session.name == "lincoln"
    found = stored(places).get("lincoln")
    assert found.url == served.url
    assert isinstance(found.source, InFile)
    assert found.source.certificate.reveal() == served.certificate
    assert found.last_test is not None and found.last_test.ok


async def test_a_paste_out_of_a_mail_takes_its_first_line_that_is_not_blank(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await fill(at, "lincoln", "https://x.example/admin", f"\r\n  {WRONG} \r\n\r\nRegards")
        await at.sees("32 characters, ends in ng12", "Only the first of 2 lines was taken.")


async def test_a_certificate_that_a_mail_broke_over_lines_is_put_together(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await fill(at, "lincoln", "https://x.example/admin", f"Certificate:\n{WRONG[:20]}\n{WRONG[20:]}\n")
        await at.sees("32 characters, ends in ng12")


async def test_a_refused_certificate_is_not_saved_and_says_what_to_do(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await fill(at, "lincoln", rosters["300"].served.url, WRONG)
        await at.press("f4")
        await at.sees("Not saved", "SRC-CERTIFICATE", "Compare the certificate letter by letter")
        await at.press("escape")
        await at.sees("New credential")
    assert stored(places).all() == ()


async def test_a_changed_certificate_that_is_refused_does_not_replace_the_old_one(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    served = rosters["300"].served
    station = Station(tmp_path, served.url, served.certificate)
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("Instance URL", "****")
        await at.press("e")
        await at.sees("Credential of demo", "stays as it is (****")
        await at.press("down")
        await at.type(WRONG)
        await at.press("f4")
        await at.sees("Not saved", "The credential is as it was.")
    source = stored(station.places).get("demo").source
    assert isinstance(source, InFile) and source.certificate.reveal() == served.certificate


async def test_the_test_names_the_permission_and_what_to_tick(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    roster = rosters["300"]
    station = Station(tmp_path, roster.served.url, roster.served.certificate)
    roster.served.grant("Staff Data", "403")
    try:
        async with desk(station.places) as at:
            await at.press("2")
            await at.sees("****")
            await at.press("t")
            await at.sees("✔ Student Data", "✖ Staff Data", "missing", "API Security")
            await at.press("enter")
            await at.sees("✖ The certific", "has no permission to read:", "Staff Data.")
    finally:
        roster.served.grant("Staff Data")


async def test_another_address_of_the_same_host_is_offered(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    served = rosters["300"].served
    root = served.url.rpartition("/")[0]
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await fill(at, "lincoln", f"{root}/wrong/path", served.certificate)
        await at.press("f3")
        await at.sees(f"Use {served.url}")
        await at.press("u")
        await at.sees("A pull can read everything.")
        await at.press("enter")
        await at.sees(f"Aeries is asked at {served.url}/api/v5")


async def test_a_server_that_does_not_answer_leaves_the_choice(tmp_path: Path) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await fill(at, "lincoln", "http://127.0.0.1:9/aeries", WRONG)
        await at.press("f4")
        await at.sees("Save the credential all")
        await at.press("y")
        await at.sees("lincoln is added", "✖  Test")


async def test_what_is_wrong_stands_below_the_form_and_the_field_has_the_focus(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await fill(at, "lincoln", "ftp://somewhere", WRONG)
        await at.sees("begins with something other than")
        await at.press("f4")
        await at.sees("Open Aeries in a browser and copy the address")
        assert at.app.focused is not None and at.app.focused.id == "url"


async def test_a_certificate_in_a_variable_and_a_daily_import_in_another_zone(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await at.press("2", "a")
        await at.sees("New credential")
        await at.type("lincoln")
        await at.press("enter")
        await at.type("http://127.0.0.1:9/aeries")
        await at.press("enter", "enter", "right", "right")
        await at.sees("in an environment variable", "Variable")
        await at.press("enter")
        await at.type("LINCOLN_CERTIFICATE")
        await at.press("enter", "space", "enter")
        await at.sees("From", "Time zone", "Initiate data import from Aeries (CST)")
        await at.press("enter", "left")
        await at.sees("(HST)", "Pacific/Honolulu")
        await at.press("f4")
        await at.sees("The test could not be made", "LINCOLN_CERTIFICATE")


async def test_leaving_a_form_asks_only_where_something_would_be_lost(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await at.press("2", "a")
        await at.sees("New credential")
        await at.press("escape")
        await at.sees("There is no credential yet.")
        await at.press("a")
        await at.sees("New credential")
        await at.type("lincoln")
        await at.press("escape")
        await at.sees("Leave the form without saving")
        await at.press("n")
        await at.sees("lincoln")
        await at.press("ctrl+c")
        await at.sees("Leave the program and lose what was entered")
        await at.press("escape")
        await at.sees("New credential")


async def test_the_certificate_details_show_no_certificate(station: Station) -> None:
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("****")
        await at.press("c")
        await at.sees("Certificate Details of demo", "/api/v5")
        source = station.credential.source
        assert isinstance(source, InFile)
        assert source.certificate.reveal() not in at.screen


async def test_copying_a_row_takes_no_certificate_along(station: Station) -> None:
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("****")
        await at.press("y")
        await at.sees("Sent the row")
    copied = (station.places.data_dir / "saved" / "copied.txt").read_text()
    source = station.credential.source
    assert isinstance(source, InFile)
    assert source.certificate.masked in copied
    assert source.certificate.reveal() not in copied


async def test_a_credential_is_removed_by_a_second_key_and_its_data_stays(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("****")
        await at.press("d")
        await at.sees("Remove the credential of demo?", "stay in ")
        await at.press("enter")
        await at.sees("Remove the credential of demo?")
        await at.press("y")
        await at.sees("No district yet")
    assert stored(station.places).all() == ()
    assert station.district.master.exists()


async def test_an_environment_credential_is_edited_without_asking_for_a_certificate(station: Station) -> None:
    import dataclasses

    stored(station.places).replace(dataclasses.replace(station.credential, source=InEnvironment("LINCOLN")))
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("the environment")
        await at.press("e")
        await at.sees("Credential of demo", "LINCOLN")
        assert "paste it here" not in at.screen


async def test_the_daily_import_is_installed_after_what_is_written_was_shown(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    planned = [
        Planned("/home/alex/.config/systemd/user/aeries-tui-demo.timer", "[Timer]\nOnCalendar=04:30\n")
    ]
    monkeypatch.setattr("aeries_tui.screens.daily_import.preview", lambda district: planned)
    monkeypatch.setattr(
        "aeries_tui.screens.daily_import.run_command", lambda places, name, words: ran.append([name, *words])
    )
    CredentialStore(station.places.credentials_file).replace(
        dataclasses.replace(station.credential, daily_import=dt.time(4, 30))
    )
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("Instance URL")
        await at.press("m")
        await at.sees(
            "Install the daily import of demo, once a day from 04:30", "OnCalendar=04:30", "y Install"
        )
        assert ran == []
        await at.press("y")
        await at.sees("The daily import of demo is installed")
    assert ran == [["demo", "schedule", "install"]]


async def test_a_daily_import_that_was_switched_on_just_now_is_offered_as_it_is_stored(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = [Planned("aeries-tui-demo.service", "ExecStart=/usr/bin/aeries-tui pull\n")]
    monkeypatch.setattr("aeries_tui.screens.daily_import.preview", lambda district: planned)
    async with desk(station.places) as at:
        await at.press("2")
        await at.sees("Instance URL")
        CredentialStore(station.places.credentials_file).replace(
            dataclasses.replace(station.credential, daily_import=dt.time(4, 30))
        )
        await at.app.go("credentials", "install")
        await at.sees("once a day from 04:30", "ExecStart=/usr/bin/aeries-tui pull")
