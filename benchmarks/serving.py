"""The roster service with many students behind it: readers, memory, the making of a state, and a pull beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from aeries_tui.roster_service.make import make_state
from benchmarks.measure import ROOT, Run
from benchmarks.place import Place
from benchmarks.readers import Reader, Refused, Took, cpu_of, peak_mb_of, token_of, walk_together
from simulator.served import ServedDistrict

V11, V12 = "/ims/oneroster/v1p1", "/ims/oneroster/rostering/v1p2"
READERS = 200
_PAGES = 5
"""Pages that each of many readers takes."""
_TRIES = 20
_SCHOOLS = 20
"""Schools that the restricted consumer sees."""
_SINCE = "filter=dateLastModified%3E'2020-01-01'"

LISTS = {
    "users": ("all", f"{V12}/users?limit=100"),
    "users, 1.1": ("all", f"{V11}/users?limit=100"),
    "students": ("all", f"{V12}/students?limit=100"),
    "enrollments": ("all", f"{V12}/enrollments?limit=100"),
    "users since a day": ("all", f"{V12}/users?limit=100&{_SINCE}"),
    "enrollments since a day": ("all", f"{V12}/enrollments?limit=100&{_SINCE}"),
    "enrollments of students since a day": (
        "all", f"{V11}/enrollments?limit=100&filter=role='student'%20AND%20{_SINCE.removeprefix('filter=')}",
    ),
    "users by a name": ("all", f"{V12}/users?limit=100&filter=familyName~'a'"),
    "users sorted by name": ("all", f"{V12}/users?limit=100&sort=familyName"),
    "students of a school": ("all", V12 + "/schools/{school}/students?limit=100"),
    "enrollments of a school": ("all", V12 + "/schools/{school}/enrollments?limit=100"),
    "students of a class": ("all", V12 + "/classes/{section}/students?limit=100"),
    "users of some schools": ("some", f"{V12}/users?limit=100"),
    "enrollments of some schools": ("some", f"{V12}/enrollments?limit=100"),
    "enrollments of some schools since a day": ("some", f"{V12}/enrollments?limit=100&{_SINCE}"),
}  # fmt: skip
"""Pages of 100 that are asked for at offsets all over a list: by whom and where."""


def measure_serving(folder: Path, size: int, repeats: int, readers: int = READERS) -> dict[str, Any]:
    """The figures, by what they are; ratios are medians of runs that followed each other."""
    found: dict[str, Any] = {}
    with (
        ServedDistrict.as_process(size, 1, "--ready-made") as server,
        ServedDistrict.as_process(size, 1, "--ready-made", "--day", "1", "--percent", "1") as changed,
    ):
        place = Place(folder / "place", server)
        place.settings("[guard]\nloss_percent = 50\n[serve]\nrequests_per_minute = 1000000\n")
        place.pull(server)
        consumers = _consumers(place)
        (folder / "kept").mkdir()
        with _serving(place) as service:
            found |= asyncio.run(service.first(consumers))
            found |= asyncio.run(service.walks(folder / "kept", readers, repeats))
            found |= asyncio.run(service.pages())
            place.pull(changed)
            found |= asyncio.run(service.follow())
            found["memory of the service, MB"] = peak_mb_of(service.pid)
        found |= _beside_a_pull(place, (server, changed), repeats)
    for name, value in found.items():
        print(f"{name:<70} {value}", flush=True)
    return found


def _consumers(place: Place) -> dict[str, tuple[str, str]]:
    """A consumer of all and one of some schools, with their secrets."""
    schools = place.schools().split(",")[:_SCHOOLS]
    added = {}
    for name, more in (("all", []), ("some", ["--schools", ",".join(schools)])):
        done = place.command(
            "consumers", "add", name, "--scopes", "core,roster,demographics", *more, "--json"
        )
        added[name] = (name, str(done.document["client_secret"]))
    return added


@contextlib.contextmanager
def _process(words: Sequence[str], env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process until the block ends, and the first line that it says."""
    with subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


@contextlib.contextmanager
def _serving(place: Place) -> Iterator[_Service]:
    with _process(["aeries_tui", "serve", "--port", "0"], place.env) as (process, line):
        yield _Service(process.pid, json.loads(line)["url"], place)


class _Service:
    """A running service and what is measured of it."""

    def __init__(self, pid: int, url: str, place: Place) -> None:
        self.pid, self._url, self._place = pid, url, place
        self._tokens: dict[str, str] = {}

    async def first(self, consumers: dict[str, tuple[str, str]]) -> dict[str, Any]:
        """The first answer waits for the first state."""
        for name, (client, secret) in consumers.items():
            self._tokens[name] = await token_of(self._url, client, secret)
        before, began, took = cpu_of(self.pid), time.perf_counter(), Took()
        while not took.seconds:
            with contextlib.suppress(Refused):
                await self._get("all", f"{V12}/orgs?limit=1", took)
        return {
            "the first state made, s": round(time.perf_counter() - began, 2),
            "the first state made, CPU s": round(cpu_of(self.pid) - before, 2),
            "file of the service, MB": round(
                sum(one.stat().st_size for one in self._place.master.parent.glob("service.sqlite3*")) / 1e6
            ),
        }

    async def walks(self, folder: Path, readers: int, repeats: int) -> dict[str, Any]:
        """All users in pages of 1,000: one reader, many at a time, and the same answers out of memory."""
        kept = await self._keep(folder, f"{V12}/users?limit=1000")
        found: dict[str, Any] = {}
        per_second, ratios, together, slowest = [], [], [], []
        targets = [kept[number % len(kept)].decode() for number in range(readers)]
        with _process(["benchmarks.served_floor", str(folder)], {}) as (floor, line):
            for _ in range(repeats):
                mine, own = await self._walked(self.pid, self._url, kept[:1], len(kept))
                _, least = await self._walked(floor.pid, line.strip(), kept[:1], len(kept))
                per_second.append(mine.records / own)
                ratios.append(own / least)
                many, spent = await self._walked(self.pid, self._url, targets, _PAGES)
                together.append(many.records / spent)
                slowest.append(max(many.seconds))
        found["users a second of CPU, pages of 1,000"] = round(median(per_second))
        found["CPU of the service / of the same answers out of memory"] = round(median(ratios), 2)
        found[f"users a second of CPU, {readers} readers at a time"] = round(median(together))
        found["the slowest page of 1,000 among them, s"] = round(median(slowest), 2)
        found["memory of the service after them, MB"] = peak_mb_of(self.pid)
        return found

    async def pages(self) -> dict[str, Any]:
        """Pages of 100 all over each list: the first, which finds the list, and then any other, in milliseconds."""
        found = {}
        school = self._place.schools().split(",")[-1]
        section = await self._section()
        for name, (who, pattern) in LISTS.items():
            target, took = pattern.format(school=school, section=section), Took()
            head, _ = await self._get(who, target, took)
            total = int(head.lower().split(b"x-total-count: ")[1].split(b"\r\n")[0])
            reader = await Reader.open(self._url, self._tokens[who])
            for number in range(_TRIES):
                await reader.get(f"{target}&offset={max(0, total - 100) * number // _TRIES}", took)
            reader.close()
            first, *others = (round(1000 * one, 1) for one in took.seconds)
            found[f"page of 100, {name}, first; median; worst, ms"] = f"{first}; {median(others):.1f}; {max(others)}"  # fmt: skip
        return found

    async def follow(self) -> dict[str, Any]:
        """A day of 1 % has been imported: what readers of a walk feel while its state is made."""
        reader = await Reader.open(self._url, self._tokens["all"])
        head, _ = await reader.get(f"{V12}/users?limit=100&offset=100", Took())
        number = int(head.split(b"state=")[1].split(b">")[0])
        before, began = cpu_of(self.pid), time.perf_counter()
        asked, making = Took(), asyncio.create_task(self._until_after(number))
        while not making.done():
            await reader.get(f"{V12}/users?limit=100&offset=50000&state={number}", asked)
            await asyncio.sleep(0.01)
        reader.close()
        return {
            "the state after a day of 1 %, s": round(time.perf_counter() - began, 2),
            "the state after a day of 1 %, CPU s": round(cpu_of(self.pid) - before, 2),
            "page of 100 meanwhile, median; worst, ms": f"{1000 * median(asked.seconds):.1f}; {1000 * max(asked.seconds):.0f}",
        }

    async def _until_after(self, number: int) -> None:
        """Ask for the newest state until it is another one than that."""
        while True:
            head, _ = await self._get("all", f"{V12}/orgs?limit=1", Took())
            if int(head.split(b"state=")[1].split(b">")[0]) > number:
                return
            await asyncio.sleep(0.05)

    async def _get(self, who: str, target: str, took: Took) -> tuple[bytes, bytes]:
        reader = await Reader.open(self._url, self._tokens[who])
        try:
            return await reader.get(target, took)
        finally:
            reader.close()

    async def _section(self) -> str:
        _, body = await self._get("all", f"{V12}/classes?limit=1&offset=10", Took())
        return str(json.loads(body)["classes"][0]["sourcedId"])

    async def _walked(
        self, pid: int, url: str, targets: Sequence[bytes | str], pages: int
    ) -> tuple[Took, float]:
        before = cpu_of(pid)
        addresses = [one if isinstance(one, str) else one.decode() for one in targets]
        took = await walk_together(url, self._tokens["all"], addresses, pages)
        return took, max(cpu_of(pid) - before, 0.01)

    async def _keep(self, folder: Path, target: str) -> list[bytes]:
        """Keep all answers of a walk for the floor; returns their addresses."""
        reader = await Reader.open(self._url, self._tokens["all"])
        addresses = await reader.walk(target, sys.maxsize, Took())
        for number, address in enumerate(addresses):
            head, body = await reader.get(address, Took())
            for kind, data in (("target", address), ("head", head), ("body", body)):
                (folder / f"{number}.{kind}").write_bytes(data)
        reader.close()
        return addresses


def _pulled(place: Place, server: ServedDistrict, beside: contextlib.AbstractContextManager[object]) -> Run:
    """A pull beside a service, or nothing, that has given the state of before, as it has after a day."""
    make_state(place.master, place.master.with_name("service.sqlite3"), 400)
    with beside:
        return place.pull(server)


def _beside_a_pull(place: Place, servers: Sequence[ServedDistrict], repeats: int) -> dict[str, Any]:
    """Pulls that bring a day of 1 % back and forth, with the service running and without, in turn."""
    walls: list[float] = []
    cpus: list[float] = []
    for _ in range(repeats):
        beside = [_pulled(place, server, _serving(place)) for server in servers]
        alone = [_pulled(place, server, contextlib.nullcontext()) for server in servers]
        walls.append(sum(one.wall for one in beside) / sum(one.wall for one in alone))
        cpus.append(sum(one.cpu for one in beside) / sum(one.cpu for one in alone))
    return {
        "a pull of 1 %, with the service / without, wall": round(median(walls), 3),
        "a pull of 1 %, with the service / without, CPU": round(median(cpus), 3),
    }
