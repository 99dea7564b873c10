"""Requests to one server are shared by all pulls of an account, and a slot never stays taken."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from aeries_tui.aeries.host_slots import HostSlots


def slots(folder: Path | None, host: str = "https://one.example", number: int = 3) -> HostSlots:
    return HostSlots(folder, host, number, asyncio.sleep, lambda: 0.0)


async def _crowd(several: list[HostSlots], times: int) -> int:
    running = most = 0

    async def ask(one: HostSlots) -> None:
        nonlocal running, most
        async with one.held():
            running += 1
            most = max(most, running)
            for _ in range(5):
                await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(ask(one) for one in several for _ in range(times)))
    return most


async def test_pulls_of_one_server_have_its_slots_together(tmp_path: Path) -> None:
    several = [slots(tmp_path) for _ in range(4)]
    assert await _crowd(several, 5) == 3
    for one in several:
        one.close()


async def test_another_server_has_slots_of_its_own(tmp_path: Path) -> None:
    several = [slots(tmp_path), slots(tmp_path, "https://two.example")]
    assert await _crowd(several, 6) == 6
    for one in several:
        one.close()


def test_a_process_that_dies_gives_its_slots_back(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys; from pathlib import Path\n"
        "from aeries_tui.aeries.host_slots import HostSlots\n"
        "async def main():\n"
        "    one = HostSlots(Path(sys.argv[1]), 'https://one.example', 1, asyncio.sleep, lambda: 0.0)\n"
        "    async with one.held():\n"
        "        print('held', flush=True); sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        one = slots(tmp_path, number=1)
        assert one._take() is None
        other.kill()
    assert asyncio.run(asyncio.wait_for(_crowd([one], 1), 30)) == 1
    one.close()


async def test_where_no_file_can_be_made_nobody_waits(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert await _crowd([slots(tmp_path / "file")], 5) == 5
    assert await _crowd([slots(None)], 5) == 5


async def test_who_is_cancelled_while_waiting_holds_nothing(tmp_path: Path) -> None:
    one = slots(tmp_path, number=1)
    async with one.held():
        waiting = asyncio.create_task(_crowd([one], 1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert await _crowd([one], 2) == 1
    one.close()
