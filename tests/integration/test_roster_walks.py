"""Many readers walk through what the roster service gives while imports, undo and an archive go on.

The service is a process on a port, the imports come over HTTP from the simulated district. The suite lets 20 readers
walk; `AERIES_TUI_TESTS=long pytest tests/integration/test_roster_walks.py -s` 200 readers through many more imports.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

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


def told_in(name: str, records: list[Record]) -> list[tuple[str, ...]]:
    """The same of what a page gave."""
    if name == "enrollments":
        return [(one["sourcedId"],) for one in records]
    return [
        (one["sourcedId"], one["givenName"], one["familyName"], *sorted(org["sourcedId"] for org in one["orgs"]))
        for one in records
    ]  # fmt: skip


@dataclass
class World:
    """What was true, and what readers were told.

    Attributes:
        truths: what each roster that was to be seen held.
        walks: by list and state what walks told.
        newest: the newest state of which anybody was told.
        overtaken: walks that went on in their state while others were told of a newer one.
        is_over: no import comes any more.
        turn: set when somebody is told of a newer state, or it is over; then there is another one.
    """

    truths: list[dict[str, Told]] = field(default_factory=list)
    walks: dict[tuple[str, int], set[Told]] = field(default_factory=dict)
    newest: int = 0
    overtaken: int = 0
    is_over: bool = False
    turn: asyncio.Event = field(default_factory=asyncio.Event)

    def began(self, state: int) -> None:
        """A walk began in a state."""
        if state > self.newest:
            self.newest = state
            self.next()

    def next(self) -> None:
        """Wake whoever waits for a newer state."""
        self.turn.set()
        self.turn = asyncio.Event()

    def ended(self, name: str, state: int, told: list[tuple[str, ...]]) -> None:
        """It ended, and gave each record once."""
        assert len(set(told)) == len(told)
        self.walks.setdefault((name, state), set()).add(frozenset(told))
        self.overtaken += state < self.newest


class Page(NamedTuple):
    """A page of a list.

    Attributes:
        records: in it.
        total: of the list.
        links: addresses by their relation.
        state: of which all links are.
    """

    records: list[Record]
    total: int
    links: dict[str, str]
    state: int


class Product:
    """A consumer with a token on a connection of its own; it costs little, for there are many in one process."""

    def __init__(self, port: int, world: World, name: str, secret: str) -> None:
        self.port, self.world = port, world
        self.basic = b64encode(f"{name}:{secret}".encode()).decode()
        self.is_slow = False

    async def _ask(self, head: str, body: str = "") -> tuple[dict[str, str], bytes]:
        self.writer.write(f"{head} HTTP/1.1\r\nHost: roster\r\nContent-Length: {len(body)}\r\n{self.more}\r\n{body}".encode())  # fmt: skip
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        found = await self.reader.readexactly(int(headers["content-length"]))
        assert first.startswith("HTTP/1.1 200"), (head, first, found)
        return headers, found

    async def open(self) -> None:
        """Connect and get a token."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.more = (
            f"Authorization: Basic {self.basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        )
        _, given = await self._ask("POST /token", "grant_type=client_credentials")
        self.more = f"Authorization: Bearer {msgspec.json.decode(given)['access_token']}\r\n"

    async def get(self, target: str, **query: Any) -> Page:
        """One page."""
        if query:
            target += f"?{urlencode(query)}"
        headers, body = await self._ask(f"GET {target}")
        (records,) = (value for value in msgspec.json.decode(body).values() if isinstance(value, list))
        links = {name: to for to, name in re.findall(r'<http://[^/]*([^>]*)>; rel="(\w+)"', headers["link"])}
        (state,) = {int(state) for state in re.findall(r"state=(\d+)", headers["link"])}
        return Page(records, int(headers["x-total-count"]), links, state)

    async def walk_by_links(self, name: str, **query: Any) -> None:
        """One walk, as a client does that follows `next`; a slow one takes the rest when there is a newer state."""
        page = await self.get(f"{V11}/{name}", limit=LIMIT, **query)
        state, told = page.state, told_in(name, page.records)
        self.world.began(state)
        while self.is_slow and self.world.newest == state and not self.world.is_over:
            await self.world.turn.wait()
        if self.is_slow:
            self.writer.close()
            await self.open()
        while "next" in page.links:
            page = await self.get(page.links["next"])
            assert page.state == state
            told += told_in(name, page.records)
        assert len(told) == page.total
        self.world.ended(name, state, told)

    async def walk_by_offsets(self, name: str, **query: Any) -> None:
        """One walk, as a client does that counts."""
        page = await self.get(f"{V11}/{name}", limit=LIMIT, offset=0, **query)
        state, told = page.state, told_in(name, page.records)
        self.world.began(state)
        while len(told) < page.total:
            page = await self.get(f"{V11}/{name}", limit=LIMIT, offset=len(told), **query)
            assert page.state == state
            told += told_in(name, page.records)
        self.world.ended(name, state, told)

    async def walk(self, number: int) -> None:
        """Walks, one after the other, until no import comes any more, and once more."""
        await self.open()
        go = self.walk_by_links if number % 2 else self.walk_by_offsets
        self.is_slow = number % 4 == 1
        while True:
            is_last = self.world.is_over
            await go("students")
            await go("enrollments", filter="role='student'")
            if is_last:
                return

    async def follow(self) -> None:
        """Ask for what changed since before it asked last, meanwhile; in the end it has what a full read gives."""
        await self.open()
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
        page = await self.get(f"{V12}/{name}", limit=LIMIT, **query)
        records = page.records
        while "next" in page.links:
            page = await self.get(page.links["next"])
            records += page.records
        return records


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
    world.next()


async def _seen(world: World, station: Station, before: int) -> int:
    """Note what is true now, and wait until a walk begins in a newer state than before; the newest."""
    world.truths.append(true_now(station))
    if world.truths[-1] != world.truths[-2]:
        async with asyncio.timeout(PATIENCE):
            while world.newest <= before:
                await world.turn.wait()
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
            port = int(ready(running)["url"].rpartition(":")[2])
            made = zip(names, secrets, strict=True)
            products = [Product(port, world, name, secret) for name, secret in made]
            async with asyncio.TaskGroup() as group:
                for number, product in enumerate(products):
                    group.create_task(product.walk(number) if number < READERS else product.follow())
                group.create_task(imports(world, roster, station))
            for product in products:
                product.writer.close()
                await product.writer.wait_closed()
    states = {state for _, state in world.walks}
    for (name, state), told in world.walks.items():
        assert len(told) == 1, f"{len(told)} different walks of {name} in state {state}"
        assert told <= {truth[name] for truth in world.truths}, f"{name} in state {state} never was so"
    assert len(states) > IMPORTS // 2 and world.overtaken > IMPORTS // 2
    assert all(world.walks[name, max(states)] == {world.truths[-1][name]} for name in world.truths[-1])
    print(f"{len(states)} states; {world.overtaken} walks were overtaken by a newer one")
