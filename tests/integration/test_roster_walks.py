"""Many readers walk through what the roster service gives while imports, undo and an archive go on.

The service is a process on a port, the imports come over HTTP from the simulated district. The suite lets 20 readers
walk; `AERIES_TUI_TESTS=long pytest tests/integration/test_roster_walks.py -s` 200 readers through many more imports.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from aeries_tui.operations.archive_year import archive_year
from aeries_tui.operations.roster_service import add_consumer
from engine import Station
from engine.forms import LONG
from engine.served import Roster, serve
from roster_service.serving import V11, V12
from roster_service.test_server import process, ready

READERS, IMPORTS, STUDENTS, LIMIT = (200, 40, 1_500, 100) if LONG else (20, 4, 120, 30)
PATIENCE = 600.0 if LONG else 60.0
LISTS = ("academicSessions", "orgs", "courses", "classes", "users", "enrollments", "demographics")

Told = frozenset[tuple[str, ...]]
Record = dict[str, Any]

_STUDENTS = """
    SELECT s.student_id, s.first_name, s.last_name, group_concat(e.school_code, ' ')
    FROM student s
    JOIN school_enrollment e ON e.student_id = s.student_id AND e.active = 1
    WHERE s.active = 1
    GROUP BY s.student_id
"""
_MEMBERS = """
    SELECT e.section_id, e.student_id
    FROM enrollment e
    JOIN section c ON c.section_id = e.section_id AND c.active = 1
    JOIN student s ON s.student_id = e.student_id AND s.active = 1
    WHERE e.active = 1
"""


def true_now(station: Station) -> dict[str, Told]:
    """What the Master holds, worked out of its tables alone: students by name and schools, enrollments by id."""
    return {
        "students": frozenset(
            (str(number), first, last, *sorted(schools.split()))
            for number, first, last, schools in station.query(_STUDENTS)
        ),
        "enrollments": frozenset((f"{section}_{number}",) for section, number in station.query(_MEMBERS)),
    }


def told_in(name: str, records: list[Record]) -> Told:
    """The same of what a walk gave; each record once."""
    if name == "enrollments":
        found = [(one["sourcedId"],) for one in records]
    else:
        found = [
            (one["sourcedId"], one["givenName"], one["familyName"], *sorted(org["sourcedId"] for org in one["orgs"]))
            for one in records
        ]  # fmt: skip
    assert len(set(found)) == len(found)
    return frozenset(found)


@dataclass
class World:
    """What was true, and what readers were told.

    Attributes:
        truths: what each roster that was to be seen held.
        walks: by list and state what walks told.
        newest: the newest state of which anybody was told.
        overtaken: walks that went on in their state while others were told of a newer one.
        is_over: no import comes any more.
        news: set when somebody is told of a newer state.
    """

    truths: list[dict[str, Told]] = field(default_factory=list)
    walks: dict[tuple[str, int], set[Told]] = field(default_factory=dict)
    newest: int = 0
    overtaken: int = 0
    is_over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def began(self, state: int) -> None:
        """A walk began in a state."""
        if state > self.newest:
            self.newest = state
            self.news.set()

    def ended(self, name: str, state: int, records: list[Record]) -> None:
        """It ended."""
        self.walks.setdefault((name, state), set()).add(told_in(name, records))
        self.overtaken += state < self.newest


class Product:
    """A consumer with a token."""

    def __init__(self, http: httpx.AsyncClient, world: World, name: str, secret: str) -> None:
        self.http, self.world, self.auth = http, world, (name, secret)
        self.headers: dict[str, str] = {}

    async def get(self, target: str, **query: Any) -> tuple[list[Record], httpx.Response]:
        """The records of a page."""
        if not self.headers:
            given = await self.http.post("/token", data={"grant_type": "client_credentials"}, auth=self.auth)
            self.headers = {"authorization": f"Bearer {given.json()['access_token']}"}
        found = await self.http.get(target, params=query or None, headers=self.headers)
        assert found.status_code == 200, found.text
        (records,) = (value for value in found.json().values() if isinstance(value, list))
        return records, found

    async def walk_by_links(self, name: str, **query: Any) -> None:
        """One walk, as a client does that follows `next`."""
        records, found = await self.get(f"{V11}/{name}", limit=LIMIT, **query)
        state = _state_of(found)
        self.world.began(state)
        while address := _next_of(found):
            assert f"state={state}" in address
            more, found = await self.get(address)
            records += more
        assert len(records) == int(found.headers["x-total-count"])
        self.world.ended(name, state, records)

    async def walk_by_offsets(self, name: str, **query: Any) -> None:
        """One walk, as a client does that counts."""
        records, found = await self.get(f"{V11}/{name}", limit=LIMIT, offset=0, **query)
        state = _state_of(found)
        self.world.began(state)
        while len(records) < int(found.headers["x-total-count"]):
            more, found = await self.get(f"{V11}/{name}", limit=LIMIT, offset=len(records), **query)
            assert _state_of(found) == state
            records += more
        self.world.ended(name, state, records)

    async def walk(self, number: int) -> None:
        """Walks, one after the other, until no import comes any more, and once more."""
        go = self.walk_by_links if number % 2 else self.walk_by_offsets
        while True:
            is_last = self.world.is_over
            await go("students")
            await go("enrollments", filter="role='student'")
            if is_last:
                return

    async def follow(self) -> None:
        """Ask for what changed since before it asked last, meanwhile; in the end it has what a full read gives."""
        kept: dict[str, dict[str, Record]] = {name: {} for name in LISTS}
        mark = "2000-01-01T00:00:00.000Z"
        while True:
            is_last = self.world.is_over
            began = datetime.now(UTC).isoformat(timespec="milliseconds")
            for name in LISTS:
                for one in await self._all(name, filter=f"dateLastModified>'{mark}'"):
                    kept[name][one["sourcedId"]] = one
            mark = began
            if is_last:
                break
        for name in LISTS:
            active = {key: one for key, one in kept[name].items() if one["status"] == "active"}
            assert active == {one["sourcedId"]: one for one in await self._all(name)}

    async def _all(self, name: str, **query: Any) -> list[Record]:
        records, found = await self.get(f"{V12}/{name}", limit=LIMIT, **query)
        while address := _next_of(found):
            more, found = await self.get(address)
            records += more
        return records


def _state_of(found: httpx.Response) -> int:
    states = set(re.findall(r"state=(\d+)", found.headers["link"]))
    (state,) = states
    return int(state)


def _next_of(found: httpx.Response) -> str:
    links = {name: to for to, name in re.findall(r'<([^>]*)>; rel="(\w+)"', found.headers["link"])}
    return links.get("next", "")


async def imports(world: World, roster: Roster, station: Station) -> None:
    """Imports, every third of which is taken back, and an archive in the middle of them."""
    before = world.newest
    for number in range(1, IMPORTS + 1):
        roster.served.set_day(number, 4.0)
        last = await asyncio.to_thread(station.pull_over_http)
        if last["outcome"] == "held":
            await asyncio.to_thread(station.approve, last["import"])
        before = await _seen(world, station, before)
        if number % 3 == 0:
            await asyncio.to_thread(station.undo, last["import"])
            before = await _seen(world, station, before)
        if number == IMPORTS // 2:
            # Nobody is told of a roster without anybody.
            await asyncio.to_thread(archive_year, station.district, station.settings)
    world.is_over = True


async def _seen(world: World, station: Station, before: int) -> int:
    """Note what is true now, and wait until a walk begins in a newer state than before; the newest."""
    world.truths.append(true_now(station))
    if world.truths[-1] != world.truths[-2]:
        async with asyncio.timeout(PATIENCE):
            while world.newest <= before:
                world.news.clear()
                await world.news.wait()
    return world.newest


async def test_every_walk_equals_one_state_and_every_follower_ends_with_a_full_read(fast_path: Path) -> None:
    with serve(STUDENTS, 11) as roster:
        station = roster.station(fast_path)
        await asyncio.to_thread(station.pull_over_http)
        names = [f"product-{number}" for number in range(READERS + READERS // 10)]
        scopes = ("core", "roster", "demographics")
        secrets = [add_consumer(station.as_district(), name, scopes, (), None).reveal() for name in names]
        with process(station, "--port", "0") as running:
            world = World([true_now(station)])
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
            async with httpx.AsyncClient(
                base_url=ready(running)["url"], timeout=PATIENCE, limits=limits
            ) as http:
                made = zip(names, secrets, strict=True)
                products = [Product(http, world, name, secret) for name, secret in made]
                async with asyncio.TaskGroup() as group:
                    for number, product in enumerate(products):
                        group.create_task(product.walk(number) if number < READERS else product.follow())
                    group.create_task(imports(world, roster, station))
    states = {state for _, state in world.walks}
    for (name, state), told in world.walks.items():
        assert len(told) == 1, f"{len(told)} different walks of {name} in state {state}"
        assert told <= {truth[name] for truth in world.truths}, f"{name} in state {state} never was so"
    assert len(states) > IMPORTS // 2 and world.overtaken
    assert all(world.walks[name, max(states)] == {world.truths[-1][name]} for name in world.truths[-1])
    print(f"{len(states)} states; {world.overtaken} walks were overtaken by a newer one")
