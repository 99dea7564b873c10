"""The stage on which pictures are taken: a machine that stands still, and a district with a past.

Nothing on it depends on the machine, the day or the speed: the clock stands, the zone is Chicago's,
the user is alex, Aeries is the simulated district behind a fixed address, one request at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import datetime as dt
import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import msgspec
import time_machine

from aeries_tui.aeries import AeriesClient, ClientOptions
from aeries_tui.alarms.status_file import StatusFile, write_status
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.database import connect, open_database
from aeries_tui.master.roster.listed_people import listed_people
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.served import consumers
from aeries_tui.master.served.file import served
from aeries_tui.operations import update_schools
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.operations.compare import compare_and_keep
from aeries_tui.operations.district import District
from aeries_tui.operations.kept_status import status_of, write_kept
from aeries_tui.operations.roster_service import add_consumer, revoke_consumer, rotate_secret
from aeries_tui.pull.request import PullRequest
from aeries_tui.pull.run import pull
from aeries_tui.roster_service.make import make_state
from aeries_tui.schedule import ALL
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, InFile, Places, Settings, private_dir
from aeries_tui.who import Who
from simulator.served import ServedDistrict

URL = "https://lincoln.aeries.net/admin"
DISTRICT = "lincoln"
NOW = dt.datetime(2026, 11, 24, 14, 15, tzinfo=dt.UTC)
LAST_YEAR = dt.datetime(2026, 6, 18, 15, 2, tzinfo=dt.UTC)
"""When the year before was archived."""

STUDENTS = 800
HOME = "/home/alex/.local"
"""Where the pictures say the files are; as long as the random directory in which they really are."""

_Usage = namedtuple("_Usage", "total used free")


class Detour(httpx.AsyncBaseTransport):
    """Takes what goes to the fixed address to the simulated district; can hold requests back.

    Args:
        port: of the simulated district, on the loopback.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.count = 0
        self.hold_at: int | None = None
        self._go = threading.Event()

    def release(self, hold_at: int | None = None) -> None:
        """Let requests through, up to that one."""
        self.hold_at = hold_at
        self._go.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand one request on and take its whole answer back."""
        while self.hold_at is not None and self.count >= self.hold_at:
            self._go.clear()
            if self.hold_at is not None and self.count >= self.hold_at:
                await asyncio.to_thread(self._go.wait)
        self.count += 1
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        request.headers["Host"] = f"127.0.0.1:{self.port}"
        async with httpx.AsyncHTTPTransport() as inner:
            answer = await inner.handle_async_request(request)
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            body = b"".join([part async for part in answer.stream])
            await answer.aclose()
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class Tick:
    """A clock that only goes on when it is asked."""

    def __init__(self) -> None:
        self._at = 0.0

    def __call__(self) -> float:
        """The next moment."""
        self._at += 0.03
        return self._at


class Timer:
    """A machine whose timer does what the setting says."""

    mechanism = "a systemd timer of this user"

    def agreement(self, district: str, wanted: object) -> str:
        """As the setting says."""
        del district
        return "agrees" if wanted is not None else "off"

    def installed(self, districts: Collection[str]) -> frozenset[str]:
        """Each district has its own."""
        return frozenset(districts) - {ALL}

    def notes(self, wanted: object) -> tuple[str, ...]:
        """Nothing."""
        del wanted
        return ()


class Stage:
    """One machine, whose district has a past.

    Args:
        root: where its files are; a directory of its own.
        served: the simulated district.
        travel: the clock that stands.

    Attributes:
        detour: on which its requests go.
    """

    def __init__(self, root: Path, served: ServedDistrict, travel: time_machine.Traveller) -> None:
        self.root, self.served, self.travel = root, served, travel
        self.detour = Detour(served.port)
        self.places = Places(private_dir(root / "config"), private_dir(root / "share" / "aeries-tui"))
        settings = Settings()
        source = replace(settings.source, requests_at_a_time=1, requests_ceiling=1)
        self.settings = replace(settings, source=source)
        self.tick = Tick()

    @property
    def district(self) -> Any:
        """The files of the district."""
        return self.places.district(DISTRICT)

    def copied(self) -> Stage:
        """The same machine once more, for a picture that changes something."""
        root = a_root()
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        made = Stage(root, self.served, self.travel)
        made.settings = self.settings
        return made

    # What was done before

    @contextlib.contextmanager
    def patched(self) -> Iterator[None]:
        """What asks Aeries takes the detour, and time passes only by asking."""
        stock, detour, tick = AeriesClient.__init__, self.detour, self.tick

        def made(
            client: AeriesClient, address: Any, secret: Secret, options: ClientOptions | None = None
        ) -> None:
            stock(client, address, secret, replace(options or ClientOptions(), transport=detour, clock=tick))

        with patch.object(AeriesClient, "__init__", made), patch("aeries_tui.pull.log.BATCH_SECONDS", 0.0):
            yield

    def add_credential(self, *, tested: bool) -> None:
        """Enter the credential, with a daily import where it was tested."""
        from aeries_tui.settings import LastTest

        self.district.create()
        credential = Credential(DISTRICT, URL, InFile(Secret(self.served.certificate)))
        if tested:
            credential = replace(
                credential,
                daily_import=dt.time(4, 30),
                last_test=LastTest(NOW - dt.timedelta(days=40), True, "everything granted"),
            )
        CredentialStore(self.places.credentials_file).add(credential)

    def list_schools(self) -> None:
        """Read the list of schools, and take over a product's list that is much like it."""
        credential = CredentialStore(self.places.credentials_file).get(DISTRICT)
        with self.patched(), contextlib.closing(connect(self.district.master)) as db:
            rows = asyncio.run(update_schools.read_schools(credential, self.settings, self.places.host_slots))
            ali = [one for school in self.served.schools() if (one := _ali(school))]
            schools_table.put_ali_schools(db, [*ali, _plain("ALI-7", "Lincoln Adult School")])
            update_schools.take_schools(db, rows)

    def map_all(self) -> None:
        """Map every school that has students."""
        with contextlib.closing(connect(self.district.master)) as db:
            mapped = schools.mapped_codes(db)
            left = [int(one["code"]) for one in self.served.schools() if int(one["code"]) not in mapped]
            update_schools.create_ali_from_aeries(db, left)
            for code in (0, 99, 998, 999):
                with contextlib.suppress(AeriesTuiError):
                    schools.exclude(db, code, by="alex")

    def pull(
        self, at: dt.datetime, *, trigger: str = "timer", seconds: int = 74, plan_only: bool = False
    ) -> int:
        """Pull at a moment; afterwards it took so many seconds."""
        self.travel.move_to(at.timestamp())
        credential = CredentialStore(self.places.credentials_file).get(DISTRICT)
        request = PullRequest(
            self.district, credential, self.settings, trigger=trigger, acknowledge=True, plan_only=plan_only
        )
        with self.patched():
            number = pull(request, lambda line: None).number
        self._lasted(number, seconds)
        return number

    def compare(self, at: dt.datetime) -> None:
        """Compare the students with a list in which some differ, some are missing, and some are strangers."""
        self.travel.move_to(at.timestamp())
        credential = CredentialStore(self.places.credentials_file).get(DISTRICT)
        path = self.root / "directory-export.csv"
        with contextlib.closing(connect(self.district.master)) as db, path.open("w", newline="") as file:
            people = [list(row) for row in listed_people(db, "student")]
            writer = csv.writer(file)
            writer.writerow(("StudentID", "Surname", "GivenName", "Middle name", "Mail", "Bus"))
            for place, person in enumerate(people):
                row = [person[at] for at in (0, 2, 3, 4, 7)]
                if place % 211 == 7:
                    row[3:] = ["", row[4].replace("@", ".old@")]
                elif place % 97 == 11:
                    row[1] = row[1].upper()
                if place % 149 != 5:
                    writer.writerow((*row, "9"))
            writer.writerow(("", "Nguyen", "Kim", "", "", "9"))
            writer.writerow(("20260114", "Okafor", "Ada", "", "a.okafor@example.org", "9"))
        district = District(self.places, self.settings, credential, self.district)
        compare_and_keep(district, path)

    def serve_products(self) -> None:
        """Give the roster to products, as they would have read it since the newest import."""
        credential = CredentialStore(self.places.credentials_file).get(DISTRICT)
        self.settings = replace(
            self.settings, serve=replace(self.settings.serve, public_url="https://roster.lincoln.example.org")
        )
        district = District(self.places, self.settings, credential, self.district)
        codes = sorted(int(school["code"]) for school in self.served.schools() if school["students"])
        self.travel.move_to((NOW - dt.timedelta(days=90)).timestamp())
        core = ("core", "roster")
        for name, scopes, schools_of_it, expires in (
            ("school-data-sync", core, (), None), ("library", core, codes[:2], "2027-06-30T23:59:59Z"),
            ("reading-app", (*core, "demographics"), (), None), ("trial", core, (), None),
        ):  # fmt: skip
            add_consumer(district, name, scopes, schools_of_it, expires)
        self.travel.move_to((NOW - dt.timedelta(hours=3)).timestamp())
        make_state(self.district.master, self.district.served, 400)
        with served(self.district.served) as db:
            consumers.note_use(db, {"school-data-sync": (412, 1_903_377, 1), "library": (96, 41_802, 1)})
        self.travel.move_to((NOW - dt.timedelta(hours=2)).timestamp())
        rotate_secret(district, "library")
        revoke_consumer(district, "trial")

    def add_districts(self, statuses: Sequence[tuple[StatusFile, dt.time | None]]) -> None:
        """Give the machine more districts, each with how it stands and the time of its daily import; the own one stands as it does."""
        store = CredentialStore(self.places.credentials_file)
        district = District(self.places, self.settings, store.get(DISTRICT), self.district)
        write_kept(district, msgspec.structs.replace(status_of(district), disk=4_612_000))
        for status, begin in statuses:
            url = f"https://{status.district}.aeries.net/admin"
            store.add(Credential(status.district, url, InFile(Secret(self.served.certificate)), begin))
            write_status(self.places.statuses, status, mode=0o600)

    def _lasted(self, number: int, seconds: int) -> None:
        """Give the stages of a pull the time they would have taken."""
        parts = {
            "connect": 1,
            "year": 0,
            "fetch": 60,
            "check": 6,
            "compare": 3,
            "guard": 1,
            "apply": 2,
            "files": 1,
        }
        scale, at = seconds / sum(parts.values()), 0.0
        with contextlib.closing(
            open_database(self.district.pulls / str(number) / "log.sqlite3", read_only=False)
        ) as log:
            begun = log.execute("SELECT min(started_at) FROM stage").fetchone()[0]
            for name, part in parts.items():
                log.execute(
                    "UPDATE stage SET started_at = ?, ended_at = ? WHERE name = ? AND started_at IS NOT NULL",
                    (begun + at, begun + at + part * scale, name),
                )
                at += part * scale
            log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with contextlib.closing(connect(self.district.master)) as db:
            ended = dt.datetime.fromtimestamp(begun + seconds, dt.UTC)
            db.execute(
                "UPDATE import SET ended_at = ? WHERE id = ?", (ended.strftime("%Y-%m-%dT%H:%M:%SZ"), number)
            )

    def archive(self, at: dt.datetime) -> None:
        """End the school year; the sum over random salts is shown as another one."""
        self.travel.move_to(at.timestamp())
        _, made = archive_year(self.district, self.settings)
        told = json.loads(made.side_file.read_bytes())
        told["sha256"] = "7d1f0c52" * 8
        made.side_file.write_text(json.dumps(told))

    # What is going on

    @contextlib.contextmanager
    def pulling(self, requests: int) -> Iterator[None]:
        """A pull that is under way, so many requests far."""
        self.travel.move_to(NOW.timestamp() - 52)
        self.detour.hold_at = requests
        credential = CredentialStore(self.places.credentials_file).get(DISTRICT)
        request = PullRequest(self.district, credential, self.settings, trigger="ui")

        def run() -> None:
            with self.patched():
                pull(request, lambda line: None)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            self._wait(lambda: self.detour.count >= requests)
            self.travel.move_to(NOW.timestamp())
            yield
        finally:
            self.detour.release()
            thread.join(60)

    def _wait(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("This never came true.")
            threading.Event().wait(0.005)


def _plain(key: str, name: str) -> schools_table.AliSchool:
    return schools_table.AliSchool(key, name, "", "", "", "csv")


_SPELLED = {
    "Lincoln Elementary": "Lincoln Elementary School",
    "Mt. Whitney High": "Mount Whitney High School",
    "O'Brien Middle": "O'Brien Middle",
    "Martin Luther King Jr. Senior High": "King High School",
    "José Martí Academy": "Jose Marti K-8",
}
"""How the product spells a school; one that is not here it does not have."""


def _ali(school: dict[str, Any]) -> schools_table.AliSchool | None:
    name = _SPELLED.get(str(school["name"]))
    return _plain(f"ALI-{school['code']}", name) if name else None


_roots: list[Path] = []


def a_root() -> Path:
    """A directory whose name is as long as that of `HOME`, in memory where there is room for it."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1_000_000_000:
        made = tempfile.mkdtemp(prefix="", dir=memory)
    else:
        made = tempfile.mkdtemp(prefix="at__", dir="/tmp")
    _roots.append(Path(made))
    return _roots[-1]


@contextlib.contextmanager
def still_machine() -> Iterator[time_machine.Traveller]:
    """A machine on which the clock stands; afterwards the files of all stages are gone."""
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: [shutil.rmtree(_roots.pop(), ignore_errors=True) for _ in list(_roots)])
        stack.callback(time.tzset)
        stack.enter_context(patch.dict(os.environ, {"TZ": "CST6CDT,M3.2.0,M11.1.0", "LANG": "C.UTF-8"}))
        stack.enter_context(patch("aeries_tui.who.who", return_value=Who(1000, "alex")))
        time.tzset()
        stack.enter_context(patch("os.getpid", return_value=2718))
        stack.enter_context(
            patch("shutil.disk_usage", return_value=_Usage(480 * 10**9, 266 * 10**9, 214 * 10**9))
        )
        yield stack.enter_context(time_machine.travel(NOW.timestamp(), tick=False))


def plain_svg(svg: str) -> str:
    """A picture without what is random on it: where the files really are, and the ids of its parts."""
    svg = re.sub(r"/(dev/shm/|tmp/at__)[a-z0-9_]{8}(?=/)", HOME, svg)
    ids = re.search(r"terminal-(\d+)-", svg)
    return svg.replace(f"terminal-{ids[1]}-", "terminal-") if ids else svg
