"""Consumers by keys: who may read, the secret that is shown once, and whether anything answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.master.served import consumers
from aeries_tui.master.served.file import open_served
from aeries_tui.operations.roster_service import Answering, add_consumer, all_consumers
from aeries_tui.screens.consumer_fields import expires_line, name_line, schools_line
from engine import PaperAeries, Station
from tui.desk import Desk, desk


@pytest.fixture
def there(station: Station) -> Iterator[Station]:
    """A district that was pulled; systemd of this machine is not asked."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    with patch("aeries_tui.operations.roster_service.standing.answering", return_value=Answering("absent")):
        yield station


def proves(station: Station, name: str, secret: str) -> bool:
    with closing(open_served(station.district.served)) as db:
        return consumers.with_secret(db, name, secret) is not None


async def shown_secret(at: Desk, name: str) -> str:
    await at.sees(f"Secret of {name}", "shown this once", "y Copy")
    found = re.search(r"Secret +(\w{48})", at.screen)
    assert found is not None
    await at.press("x")
    await at.sees_no("shown this once")
    return found[1]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_product_is_added_given_another_secret_and_revoked(
    there: Station, size: tuple[int, int]
) -> None:
    async with desk(there.places, size=size) as at:
        await at.press("2")
        await at.sees("r Consumers")
        await at.press("r")
        await at.sees("No product may read the roster of demo yet", "Nothing answers", "a adds a product")
        await at.press("a")
        await at.sees("all; or codes with commas between: 7 ")
        await at.type("sds")
        await at.sees("The client id is sds")
        await at.press("tab", "tab", "right", "tab")
        await at.type("7")
        await at.sees("nothing of others is seen")
        await at.press("tab")
        await at.type("2099-06-30")
        await at.press("f4")
        first = await shown_secret(at, "sds")
        await at.sees("to 2099-06-30", "all lists, also", "It was not asked yet", "yes: birth date")
        assert proves(there, "sds", first)
        await at.press("r")
        await at.sees("Make a new secret of sds?", "stays valid for a day")
        await at.press("y")
        second = await shown_secret(at, "sds")
        await at.sees("the old one stays valid until tomorrow")
        assert first != second and proves(there, "sds", first) and proves(there, "sds", second)
        await at.press("d")
        await at.sees("Revoke sds? It can read no more")
        await at.press("y")
        await at.sees("sds can read no more.", "revoked")
        assert not proves(there, "sds", second)
        await at.sees_no("d Revoke")
    (one,) = all_consumers(there.as_district()).all
    assert (one.schools, one.expires_at) == ({"7"}, "2099-06-30T23:59:59Z")


async def test_what_can_not_be_is_said_at_its_field_and_leaving_asks(there: Station) -> None:
    async with desk(there.places) as at:
        await at.press("2")
        await at.sees("r Consumers")
        await at.press("r", "a")
        await at.sees("Add and show the secret")
        await at.press("f4")
        await at.sees("is made of up to 64 letters")
        await at.type("sds")
        await at.press("tab", "left", "tab", "tab")
        await at.type("7, 4711")
        await at.sees("No school 4711 takes part")
        await at.press("f4")
        await at.sees("It would read nothing")
        await at.press("escape")
        await at.sees("Leave the form without saving")
        await at.press("y")
        await at.sees("No product may read")
    assert all_consumers(there.as_district()).all == ()


def test_the_form_says_what_becomes_of_each_field() -> None:
    known = {7: "Lincoln High", 8: "King High"}
    assert name_line("a b")[1] is False and name_line("sds") == ("The client id is sds", True)
    assert "7 Lincoln High" in schools_line("", known)[0]
    assert schools_line("8,7", known) == ("only King High, Lincoln High: nothing of others is seen", True)
    assert [schools_line(text, known)[1] for text in ("x", "9", "7 8", "٧")] == [False] * 4  # noqa: RUF001
    assert [expires_line(text)[1] for text in ("", "2099-01-01", "2020-01-01", "tomorrow")] == [
        True, True, False, False,
    ]  # fmt: skip


async def test_the_service_is_handed_to_systemd_and_taken_away(there: Station, tmp_path: Path) -> None:
    add_consumer(there.as_district(), "sds", ["core"], [], None)
    done: list[str] = []
    state = patch(
        "aeries_tui.operations.roster_service.standing.answering",
        side_effect=lambda district: (
            Answering("listens", "127.0.0.1:8480", is_installed=True)
            if done == ["install"]
            else Answering("absent")
        ),
    )
    acts = {name: lambda district, name=name: done.append(name) for name in ("install", "remove")}
    with (
        state,
        patch.multiple(
            "aeries_tui.screens.consumers", install_socket=acts["install"], _remove=acts["remove"]
        ),
    ):
        async with desk(there.places) as at:
            await at.press("2")
            await at.sees("r Consumers")
            await at.press("r")
            await at.sees("Nothing answers", "sds")
            await at.press("m")
            await at.sees("Have systemd listen on 127.0.0.1, port 8480", "ListenStream=127.0.0.1:8480")
            await at.press("y")
            await at.sees("✔ systemd listens on 127.0.0.1:8480")
            await at.press("m")
            await at.sees("Take the service of demo away from systemd?")
            await at.press("y")
            await at.sees("Nothing answers")
    assert done == ["install", "remove"]


async def test_home_tells_when_nothing_answers_and_leads_there(there: Station) -> None:
    async with desk(there.places) as at:
        await at.sees("Daily import")
        assert "Roster service" not in at.screen
    add_consumer(there.as_district(), "sds", ["core"], [], None)
    async with desk(there.places) as at:
        await at.sees("▲  Roster service", "nothing answers; 1 product may read")
        for _ in range(20):
            if "Roster service ─" in at.screen or "─Roster service" in at.screen:
                break
            await at.press("down")
        await at.press("enter")
        await at.sees("Nothing answers: no service runs", "sds")
        await at.press("escape")
        await at.until(lambda: at.app.current_mode == "home")


async def test_a_file_that_can_not_be_used_is_told_on_home_and_there(there: Station) -> None:
    there.district.served.write_bytes(b"no database, but long enough to be taken for one" * 30)
    async with desk(there.places) as at:
        await at.sees("✖  Roster service", "service.sqlite3")
        await at.press("2")
        await at.sees("r Consumers")
        await at.press("r")
        await at.sees("service.sqlite3", "a Add")
