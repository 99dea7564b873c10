"""Whoever follows `dateLastModified` has what a full read gives, whatever happened meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import sqlite3
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.master.schools import schools
from aeries_tui.master.served import states
from aeries_tui.master.served.file import only_writer
from aeries_tui.master.served.file import served as open_served_file
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.operations.erase import erase
from aeries_tui.operations.roster_service import service_standing
from aeries_tui.settings import Guard, GuardLimits
from engine import Station, class_row, student
from engine.forms import LONG
from roster_service.serving import Client, Record, Serving, serving

_LISTS = ("academicSessions", "orgs", "courses", "classes", "users", "enrollments", "demographics")


class Follower:
    """A consumer that keeps what it was told, and asks for what changed since it asked last."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.kept: dict[str, dict[str, Record]] = {name: {} for name in _LISTS}
        self.mark = "1970-01-01T00:00:00.000Z"

    async def follow(self) -> None:
        mark = self.mark
        for name in _LISTS:
            for one in await self.client.all(f"/{name}", filter=f"dateLastModified>'{mark}'"):
                assert one["dateLastModified"] > mark
                self.mark = max(self.mark, one["dateLastModified"])
                if one["status"] == "active":
                    self.kept[name][one["sourcedId"]] = one
                else:
                    self.kept[name].pop(one["sourcedId"], None)


def a_day(station: Station, rng: random.Random) -> None:
    """Something that happens to a few people."""
    code = rng.choice([7, 8])
    rows = station.aeries.lists[f"{code}/students"]
    members = station.aeries.lists[f"{code}/classes"]
    match rng.randrange(7):
        case 6 if len(rows) > 3:
            moved = rows.pop(rng.randrange(len(rows))) | {"SchoolCode": 15 - code}
            station.aeries.lists[f"{15 - code}/students"].append(moved)
        case 0:
            number = rng.randrange(code * 1000 + 100, code * 1000 + 130)
            if all(row["StudentID"] != number for row in rows):
                rows.append(student(code, number))
                members.append(class_row(code, 1, number))
        case 1 if len(rows) > 3:
            rows.pop(rng.randrange(len(rows)))
        case 2:
            rng.choice(rows)["MiddleName"] = f"M{rng.randrange(9)}"
        case 3 if len(members) > 1:
            members.pop(rng.randrange(len(members)))
        case 4:
            rng.choice(rows)["Grade"] = rng.randrange(1, 12)
        case _:
            rng.choice(station.aeries.lists[f"{code}/sections"])["Room"] = str(rng.randrange(9))


class Years:
    """Days of a district, and what people do besides; the seed decides."""

    def __init__(self, served: Serving, seed: int) -> None:
        self.served, self.station, self.rng = served, served.station, random.Random(seed)
        self.last: dict[str, Any] = {}
        self.done: set[str] = set()
        self.copy = self.station.district.root / "copy"

    async def a_day(self) -> None:
        for _ in range(self.rng.randrange(1, 4)):
            a_day(self.station, self.rng)
        self.last = await self.served.pull()

    async def surprise(self, name: str) -> None:
        """What a person does, where it can be done now."""
        done = await asyncio.to_thread(getattr(self, f"_{name}"))
        if done is not False:
            self.done.add(name)

    def _undo(self) -> bool | None:
        if not self.last.get("outcome", "").startswith("completed"):
            return False
        self.station.undo(self.last["import"])
        self.last = {}
        return None

    def _unmap(self) -> None:
        with self.station.master() as db:
            schools.set_mapping(db, 8, None, by="somebody")

    def _map(self) -> None:
        with self.station.master() as db:
            schools.set_mapping(db, 8, "ali-8", by="somebody")

    def _year_ends(self) -> None:
        """The next pull is the new year's first; whoever asks before it is given the last state."""
        archive_year(self.station.district, self.station.settings)
        self.last = {}

    def _erase(self) -> None:
        (person,) = self.rng.sample(sorted(self.station.active("student")), 1)
        erase(self.station.as_district(), [("student", int(person[0]))], "asked for", keep_out=True)

    def _keep_a_copy(self) -> None:
        with self.station.master() as db, contextlib.closing(sqlite3.connect(self.copy)) as kept:
            db.backup(kept)

    def _put_the_copy_back(self) -> bool | None:
        if not self.copy.exists():
            return False
        with self.station.master() as db, contextlib.closing(sqlite3.connect(self.copy)) as kept:
            kept.backup(db)
        self.last = {}
        return None


_SURPRISES = ("undo", "unmap", "keep_a_copy", "erase", "map", "undo", "year_ends", "put_the_copy_back")


async def days(station: Station, seed: int, count: int) -> None:
    """So many days; each consumer follows at moments of its own, and may miss several days."""
    no_limits = GuardLimits(loss_percent=100, change_percent=100, blanked_percent=100, growth_percent=100)
    station.settings = replace(station.settings, guard=Guard(no_limits))
    async with serving(station) as served:
        years = Years(served, seed)
        followers = [Follower(served.client()), Follower(served.client("of-seven", schools=[7]))]
        followers += [Follower(served.client("seldom", schools=[8, 9]))]
        for day in range(count):
            await years.a_day()
            for follower, likely in zip(followers, (1.0, 0.5, 0.1), strict=True):
                if years.rng.random() < likely:
                    await follower.follow()
            await years.surprise(_SURPRISES[day % len(_SURPRISES)])
            if years.rng.random() < 0.7:
                await followers[0].follow()
        await years.a_day()
        for follower in followers:
            await follower.follow()
            assert follower.kept == await follower.client.everything(), follower.client.name
        assert count < len(_SURPRISES) or years.done == set(_SURPRISES)


async def test_a_consumer_that_follows_the_changes_ends_with_a_full_read(station: Station) -> None:
    await days(station, 1, len(_SURPRISES))


@pytest.mark.skipif(not LONG, reason="a minute: AERIES_TUI_TESTS=long")
@pytest.mark.parametrize("seed", range(2, 8))
async def test_a_consumer_that_follows_the_changes_of_sixty_days_does_too(
    station: Station, seed: int
) -> None:
    await days(station, seed, 60)


async def test_who_goes_is_told_as_gone_and_comes_back_as_the_same(served: Serving) -> None:
    client = served.client()
    before = {one["sourcedId"]: one for one in await client.all("/users")}
    gone = served.station.aeries.lists["7/students"].pop(0)
    await served.pull()
    (told,) = await client.page("/users", filter="status='tobedeleted'")
    assert told["sourcedId"] == str(gone["StudentID"])
    assert told["dateLastModified"] > before[told["sourcedId"]]["dateLastModified"]
    assert told["sourcedId"] not in await client.ids("/users", limit=1000)
    served.station.aeries.lists["7/students"].append(gone)
    await served.pull()
    assert set(before) == {one["sourcedId"] for one in await client.all("/users")}
    assert await client.page("/users", filter="status='tobedeleted'") == []


async def test_a_date_changes_with_the_record_and_only_then(served: Serving) -> None:
    client = served.client()
    before = await client.everything()
    served.station.aeries.lists["7/students"][0]["Grade"] = 8
    await served.pull()
    after = await client.everything()
    changed = {
        (file, name) for file, rows in after.items() for name in rows if rows[name] != before[file].get(name)
    }
    assert changed == {("users", "7000")}
    assert after["users"]["7000"]["dateLastModified"] > before["users"]["7000"]["dateLastModified"]


async def test_nothing_is_stamped_before_it_can_be_read(served: Serving) -> None:
    """Whoever asked in between, and goes on from that moment, is told of it."""
    client = served.client()
    await client.all("/users")
    served.station.aeries.lists["7/students"][0]["Grade"] = 8
    await served.pull()
    from aeries_tui.master.served.states import now_ms
    from aeries_tui.roster_service.times import stamp_text

    asked = stamp_text(now_ms())
    assert [one["sourcedId"] for one in await client.all("/users", filter=f"dateLastModified>'{asked}'")] == ["7000"]  # fmt: skip


async def test_an_undo_is_a_change_as_well(served: Serving) -> None:
    client = served.client()
    follower = Follower(client)
    await follower.follow()
    before = {name: set(rows) for name, rows in follower.kept.items()}
    served.station.aeries.lists["7/students"].append(student(7, 7100))
    number = (await served.pull())["import"]
    await follower.follow()
    assert "7100" in follower.kept["users"]
    await asyncio.to_thread(served.station.undo, number)
    await follower.follow()
    assert {name: set(rows) for name, rows in follower.kept.items()} == before


async def test_an_unmapped_school_is_gone_at_once(served: Serving) -> None:
    client = served.client()
    follower = Follower(client)
    await follower.follow()
    with served.station.master() as db:
        schools.set_mapping(db, 8, None, by="somebody")
    await follower.follow()
    assert set(follower.kept["orgs"]) == {"0", "7", "9"}
    assert "8000" not in follower.kept["users"]
    assert [role["org"]["sourcedId"] for role in follower.kept["users"]["7777"]["roles"]] == ["7"]


async def test_the_end_of_a_year_tells_nobody_to_delete_everybody(served: Serving) -> None:
    client = served.client()
    before = await client.everything()
    station = served.station
    await asyncio.to_thread(archive_year, station.district, station.settings)
    assert await client.everything() == before
    held = service_standing(station.as_district())
    assert held is not None and held.is_held and held.import_id == 1
    assert "held until an import fills the roster" in held.sentence
    served.station.aeries.lists["7/students"].pop(0)
    ended = await served.pull()
    assert ended["outcome"].startswith("completed")
    after = await client.everything()
    assert set(before["users"]) - set(after["users"]) == {"7000"}
    assert after["users"]["7001"] == before["users"]["7001"], "who is still there has not changed"


async def test_an_undo_of_the_first_import_is_held_and_no_fault_of_the_service(served: Serving) -> None:
    client = served.client()
    before = await client.everything()
    undone = await asyncio.to_thread(served.station.undo, 1)
    await asyncio.to_thread(served.station.approve, undone["import"])
    assert await client.everything() == before
    assert not await served.service.following.is_behind(), "or each request would try to make it"
    held = service_standing(served.station.as_district())
    assert held is not None and held.is_held and not held.is_behind
    assert (await served.pull())["outcome"].startswith("completed")
    assert (await client.everything()).keys() == before.keys()
    after = service_standing(served.station.as_district())
    assert after is not None and not after.is_held


async def test_a_held_plan_changes_nothing_until_it_is_approved(served: Serving) -> None:
    client = served.client()
    before = await client.everything()
    served.station.aeries.lists["7/students"].pop(0)
    held = await served.pull(plan_only=True)
    assert await client.everything() == before
    await asyncio.to_thread(served.station.approve, held["import"])
    assert "7000" not in await client.ids("/users", limit=100)


async def test_of_who_was_erased_only_the_id_stays(served: Serving) -> None:
    client = served.client()
    follower = Follower(client)
    await follower.follow()
    district = served.station.as_district()
    for person in (("student", 7000), ("staff", 90)):
        await asyncio.to_thread(erase, district, [person], "asked for", keep_out=True)
    await follower.follow()
    assert "7000" not in follower.kept["users"] and "TCH_90" not in follower.kept["users"]
    told = (await client.get("/users/7000")).json()["user"]
    assert told["status"] == "tobedeleted" and told["givenName"] == "(erased)" and "email" not in told
    assert (await client.get("/demographics/7000")).json()["demographics"].keys() == {
        "sourcedId", "status", "dateLastModified",
    }  # fmt: skip
    stored = b"".join(path.read_bytes() for path in served.station.district.root.glob("service.sqlite3*"))
    for word in (
        b"Firstname7000",
        b"Lastname7000",
        b"s7000@example.org",
        b"Teacherlast90\x22",
        b"Teacherlast90,",
    ):
        assert word not in stored


@pytest.mark.parametrize("days_gone", [399, 401])
async def test_a_tombstone_stays_longer_than_a_summer(served: Serving, days_gone: int) -> None:
    client = served.client()
    await client.all("/users")
    served.station.aeries.lists["7/students"].pop(0)
    await served.pull()
    await client.all("/users")
    with contextlib.closing(sqlite3.connect(served.station.district.served)) as db, db:
        db.execute("UPDATE state SET stamp = stamp - ?", (days_gone * 86_400_000,))
    served.station.aeries.lists["7/students"][0]["Grade"] = 9
    await served.pull()
    gone = await client.ids("/users", filter="status='tobedeleted'")
    assert gone == (["7000"] if days_gone < 400 else [])


async def test_a_master_from_a_copy_that_goes_another_way_is_no_state_of_before(served: Serving) -> None:
    """The numbers of its imports come again for another roster, and nobody asked in between."""
    client = served.client()
    follower = Follower(client)
    await follower.follow()
    station = served.station
    copy = station.district.root / "copy"
    with station.master() as db, contextlib.closing(sqlite3.connect(copy)) as kept:
        db.backup(kept)
    rows = station.aeries.lists["7/students"]
    rows.append(student(7, 7100))
    await served.pull()
    await follower.follow()
    with station.master() as db, contextlib.closing(sqlite3.connect(copy)) as kept:
        kept.backup(db)
    rows.pop()
    rows.append(student(7, 7200))
    await served.pull()
    await follower.follow()
    assert {"7100", "7200"} & set(follower.kept["users"]) == {"7200"}
    assert follower.kept == await client.everything()


async def test_a_service_ends_at_once_also_while_another_process_makes_a_state(station: Station) -> None:
    with only_writer(station.district.served):
        async with serving(station) as served:
            client = served.client()
            with patch("aeries_tui.roster_service.following.FIRST_PATIENCE", 0.01):
                assert (await client.get("/users")).status_code == 503
        assert served.said == []
    async with serving(station) as after:
        assert await after.client("other").ids("/users")


@pytest.mark.parametrize("seconds", [30, 7_200])
async def test_a_clock_that_is_set_back_hides_no_change_and_holds_nothing_up(
    served: Serving, seconds: int
) -> None:
    follower = Follower(served.client())
    await follower.follow()
    now = states.now_ms
    with patch("aeries_tui.master.served.states.now_ms", lambda: now() - seconds * 1000):
        for number in (7100, 7200):
            served.station.aeries.lists["7/students"].append(student(7, number))
            await served.pull()
            await follower.follow()
            assert str(number) in follower.kept["users"]
        assert follower.kept == await follower.client.everything()


async def test_two_services_of_one_master_make_each_state_once(station: Station) -> None:
    async with serving(station) as one, serving(station) as two:
        clients = one.client(), two.client("other")
        await asyncio.gather(*(client.everything() for client in clients))
        for number in (7100, 7200, 7300):
            station.aeries.lists["7/students"].append(student(7, number))
            await one.pull()
            users = await asyncio.gather(*(client.all("/users") for client in clients))
            assert users[0] == users[1]
            assert str(number) in {user["sourcedId"] for user in users[0]}
        with open_served_file(station.district.served) as db:
            assert sorted(states.stamps(db)) == [1, 2, 3, 4]


async def test_a_walk_that_an_erasure_overtakes_gives_nobody_in_the_place_of_another(served: Serving) -> None:
    client = served.client()
    every = await client.all("/demographics")
    first = await client.get("/demographics", limit=2)
    last = int(every[-1]["sourcedId"])
    await asyncio.to_thread(
        erase, served.station.as_district(), [("student", last)], "asked for", keep_out=True
    )
    state = re.search(r"state=(\d+)", first.headers["link"])
    assert state is not None
    rest = await client.page("/demographics", limit=10_000, offset=2, state=state[1])
    assert rest == every[2:-1]


async def test_a_walk_tells_nobody_twice_whose_newest_version_was_erased(served: Serving) -> None:
    client = served.client()
    await client.all("/users")
    served.station.aeries.lists["7/students"][0]["Grade"] = 8
    await served.pull()
    every = await client.all("/users")
    first = await client.get("/users", limit=1)
    await asyncio.to_thread(
        erase, served.station.as_district(), [("student", 7000)], "asked for", keep_out=True
    )
    state = re.search(r"state=(\d+)", first.headers["link"])
    assert state is not None
    rest = await client.page("/users", limit=10_000, state=state[1])
    assert rest == [one for one in every if one["sourcedId"] != "7000"]


async def test_a_state_whose_stamp_came_too_late_is_given_with_its_new_one(served: Serving) -> None:
    """Whoever asked between the two, and goes on from that moment, is told of it."""
    client = served.client()
    await client.all("/users")
    served.station.aeries.lists["7/students"][0]["Grade"] = 8
    await served.pull()
    (early,) = await client.page("/users", filter="dateLastModified>'2000-01-01' AND grades='08'")
    since = f"dateLastModified>'{early['dateLastModified']}'"
    assert await client.page("/users", filter=since) == []
    with open_served_file(served.station.district.served) as db:
        states.show(db, max(states.stamps(db)))
    assert [one["sourcedId"] for one in await client.page("/users", filter=since)] == ["7000"]


async def test_an_erasure_that_is_killed_tells_of_who_went_all_the_same(served: Serving) -> None:
    client = served.client()
    follower = Follower(client)
    await follower.follow()
    district = served.station.as_district()
    with (
        patch("aeries_tui.master.served.erasing.show", side_effect=OSError),
        pytest.raises(MasterError, match="service"),
    ):
        await asyncio.to_thread(erase, district, [("student", 7000)], "asked for", keep_out=True)
    with patch("aeries_tui.roster_service.erasing.wipe", return_value=True) as wiped:
        await asyncio.to_thread(erase, district, [("student", 7000)], "asked for", keep_out=True)
    assert wiped.called, "what the first one freed"
    await follower.follow()
    assert "7000" not in follower.kept["users"]
