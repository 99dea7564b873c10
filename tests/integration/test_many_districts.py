"""Sixty districts on ten servers, pulled side by side while the board is open, killed in the middle, resumed.

Takes minutes and both cores, so the suite leaves it out:

    AERIES_TUI_TESTS=long pytest tests/integration/test_many_districts.py -s

Three districts are broken, each in another way, two are on a slow server. What came of each is compared with what its
server counts by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from aeries_tui.cli import run
from aeries_tui.master.database import connect
from aeries_tui.settings import Places
from simulator.served import ServedDistrict
from tui.desk import Desk, desk

pytestmark = pytest.mark.skipif(
    os.environ.get("AERIES_TUI_TESTS") != "long", reason="minutes and both cores: AERIES_TUI_TESTS=long"
)

SERVERS, EACH, JOBS = 10, 6, 8
SLOW_MS = 800
BROKEN = {"broken-certificate", "broken-address", "broken-path"}


@dataclass
class County:
    """The machine of a county office, and the servers of its districts.

    Attributes:
        root: what its directories are in.
        servers: of the districts, by name; none of one whose address nobody answers.
    """

    root: Path
    servers: dict[str, ServedDistrict] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        """Where configuration and data live."""
        return Places(self.root / "config", self.root / "data")

    def command(self, *words: str, typed: str = "") -> int:
        """Run a command in this process."""
        with patch("sys.stdin", StringIO(typed)):
            return run(words)

    def add(self, name: str, url: str, certificate: str) -> None:
        """Add a district."""
        added = self.command(
            "credentials", "add", name, "--url", url, "--certificate-stdin", typed=f"{certificate}\n"
        )
        assert added == 0

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a pull of all, as somebody at a prompt."""
        return subprocess.Popen(
            [sys.executable, "-m", "aeries_tui", "pull", "--all", "--jobs", str(JOBS), "--acknowledge", "--quiet",
             "--json", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def standing(self) -> dict[str, dict[str, Any]]:
        """What `status --all --json` says of each district."""
        out = StringIO()
        with patch("sys.stdout", out):
            run(("status", "--all", "--json"))
        return {one["district"]: one for one in json.loads(out.getvalue())["districts"]}

    def active(self, name: str) -> dict[str, int]:
        """How many records of each kind a District Master holds."""
        with contextlib.closing(connect(self.places.district(name).master, read_only=True)) as db:
            kinds = [str(row[0]) for row in db.execute("SELECT DISTINCT kind FROM count")]
            return {
                kind: int(db.execute(f"SELECT count(*) FROM {kind} WHERE active = 1").fetchone()[0])
                for kind in kinds
            }

    def mapped(self, name: str) -> list[int]:
        """The schools of a district that take part."""
        with contextlib.closing(connect(self.places.district(name).master, read_only=True)) as db:
            return [
                int(row[0]) for row in db.execute("SELECT aeries_code FROM mapping WHERE ali_id IS NOT NULL")
            ]


@pytest.fixture
def county(fast_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """Sixty districts, six to a server; the last server is slow and has two, three districts are broken."""
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(fast_path / "config"))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(fast_path / "data"))
    made = County(fast_path)
    roots = [word for number in range(EACH + 1) for word in ("--root", f"/d{number}")]
    with contextlib.ExitStack() as kept:
        for number in range(SERVERS):
            slow = number == SERVERS - 1
            manners = ["--latency-ms", str(SLOW_MS if slow else 30)]
            server = kept.enter_context(
                ServedDistrict.as_process(200 + 60 * number, number + 1, *roots, *manners)
            )
            site = server.url.removesuffix("/d0")
            for place in range(2 if slow else EACH + (number < 1)):
                name = f"{'slow' if slow else 'oak'}-{number}-{place}"
                made.servers[name] = server
                made.add(name, f"{site}/d{place}", server.certificate)
            if number == 1:
                made.add("broken-certificate", f"{site}/d1", "Wr0ngCertificateWr0ngCertificate")
                made.add("broken-path", f"{site}/elsewhere", server.certificate)
        made.add("broken-address", "http://127.0.0.1:9/aeries", "N0bodyAnswersN0bodyAnswersN0body")
        assert made.command("schools", "update", "--all", "--jobs", str(JOBS)) == 5
        for name in made.servers:
            assert made.command("schools", "create-ali", "--from-aeries", "all", "--district", name) == 0
        for name in BROKEN:
            # They were in order once: a school is mapped, so that a pull begins.
            files = made.places.district(name).create()
            with contextlib.closing(connect(made.places.district("oak-2-0").master)) as db:
                db.execute("VACUUM INTO ?", (str(files.root / "copy"),))
            (files.root / "copy").replace(files.master)
            files.master.chmod(0o600)
        yield made


def children(pid: int) -> list[int]:
    """The processes that another one started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


async def until_done(at: Desk, process: subprocess.Popen[bytes], kill_at: int = 0) -> list[str]:
    """What the board's first line said until a command ended, or until so many districts had ended and all were killed."""
    said: list[str] = []
    while process.poll() is None:
        await at.pilot.pause()
        line = at.screen.splitlines()[1].strip()
        if not said or said[-1] != line:
            said.append(line)
        shown = at.app.screen._shown.values()  # type: ignore[attr-defined]
        ended = sum(
            one.glance.status is not None and one.glance.status.latest_import is not None for one in shown
        )
        if kill_at and ended >= kill_at:
            for pid in [process.pid, *children(process.pid)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 0.1)
    return said


async def test_sixty_districts_are_pulled_killed_and_resumed_and_each_is_right(county: County) -> None:
    districts = {*county.servers, *BROKEN}
    assert len(districts) == SERVERS * EACH
    async with desk(county.places, size=(200, 50)) as at:
        await at.press("f2")
        await at.sees("60 districts")
        begun = time.monotonic()
        with county.start() as process:
            first = await until_done(at, process, kill_at=20)
        killed = time.monotonic() - begun
        await at.until(lambda: "at work" not in at.screen)
        begun = time.monotonic()
        with county.start("--resume") as process:
            second = await until_done(at, process)
            assert process.returncode == 5
        resumed = time.monotonic() - begun
        await at.until(lambda: "at work" not in at.screen)
        await at.sees("✖ ERROR", *BROKEN)
        screen = at.screen
        await at.press("G")
        await at.sees("slow-9-1", "row 60 of 60")
    standing = await asyncio.to_thread(county.standing)
    outcomes = Counter(one["outcome"] for one in standing.values())
    for name in BROKEN:
        assert standing[name]["outcome"] == "error", standing[name]
        assert standing[name]["problem"]
    assert len({standing[name]["problem"] for name in BROKEN}) == 3
    resumes = 0
    for name, server in county.servers.items():
        assert standing[name]["outcome"] in {"completed", "completed_with_error"}, standing[name]
        truth = server.truth(county.mapped(name))
        assert county.active(name) == truth, name
        with contextlib.closing(connect(county.places.district(name).master, read_only=True)) as db:
            resumes += db.execute("SELECT count(*) FROM import WHERE resumed_from IS NOT NULL").fetchone()[0]
    assert resumes
    at_once = {server.port: server.requests()["at_once"] for server in set(county.servers.values())}
    print(f"\n{len(standing)} districts: {dict(outcomes)}; {resumes} pulls resumed")
    print(
        f"killed after {killed:.0f} s, the rest took {resumed:.0f} s; requests at once by server: {sorted(at_once.values())}"
    )
    print(
        "the board said:", *first[:3], "…", *first[-2:], "| then", *second[:2], "…", *second[-2:], sep="\n  "
    )
    print(screen)
