"""Requests to one server are shared by all pulls of an account, and a slot never stays taken."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aeries_tui.aeries.errors import NoTurn
from aeries_tui.aeries.events import Event, Queued, Unshared
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


@contextlib.contextmanager
def asker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the only slot."""
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
        [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield other


def test_a_process_that_dies_gives_its_slots_back(tmp_path: Path) -> None:
    with asker(tmp_path) as other:
        one = slots(tmp_path, number=1)
        assert one._take() is None
        other.kill()
    assert asyncio.run(asyncio.wait_for(_crowd([one], 1), 30)) == 1
    one.close()


async def test_a_slot_that_was_let_go_unlocks_no_other_file(tmp_path: Path) -> None:
    one = slots(tmp_path, number=1)
    async with one.held():
        (number,) = one._held
        one.close()
        mine = os.open(tmp_path / "mine", os.O_CREAT | os.O_RDWR)
        assert mine == number  # the system gives a number out again
        fcntl.flock(mine, fcntl.LOCK_EX)
    with (tmp_path / "mine").open() as again, pytest.raises(BlockingIOError):
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(mine)


async def test_where_no_file_can_be_made_nobody_waits_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told: list[Event] = []
    one = HostSlots(tmp_path / "file", "https://one.example", 3, asyncio.sleep, lambda: 0.0, told.append)
    assert await _crowd([one], 5) == 5
    assert told == [Unshared("Not a directory")]
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


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def by(clock: Clock, folder: Path, told: list[Event] | None = None, number: int = 16) -> HostSlots:
    heard = [] if told is None else told
    return HostSlots(folder, "https://one.example", number, clock.sleep, lambda: 0.5, heard.append, clock)


async def most_at_once(one: HostSlots, tries: int = 30) -> int:
    """How many go through before the first is given back."""
    taken = [one._take() for _ in range(tries)]
    for slot in taken:
        if slot is not None:
            one._held.discard(slot)
            fcntl.flock(slot, fcntl.LOCK_UN)
    return sum(slot is not None for slot in taken)


async def test_what_one_is_told_by_the_server_slows_all_that_ask_it_down(tmp_path: Path) -> None:
    clock = Clock()
    told, other = by(clock, tmp_path), by(clock, tmp_path)
    told.overloaded()
    assert await most_at_once(other) == 8
    other.overloaded()
    assert await most_at_once(told) == 8, "requests that were under way tell of the same moment"
    clock.now += 3
    other.overloaded()
    assert await most_at_once(told) == 4
    for after, most in ((9, 4), (2, 5), (60, 11), (600, 16)):
        clock.now += after
        assert await most_at_once(other) == await most_at_once(told) == most
    for one in (told, other):
        one.close()


async def test_a_pause_that_the_server_asks_one_for_is_kept_by_all(tmp_path: Path) -> None:
    clock = Clock()
    told, other = by(clock, tmp_path), by(clock, tmp_path)
    told.pause(30)
    begun = clock.now
    async with asyncio.timeout(30), other.held():
        assert 30 <= clock.now - begun < 31
    assert await most_at_once(other) == 16
    for one in (told, other):
        one.close()


@pytest.mark.parametrize(
    "text", ["", "x", "0 5 5", "-3 1 1", "99 1 1e99", "16 1e18 0", "1 nan nan", "16 900.0"]
)
async def test_whatever_stands_in_the_file_of_the_pace_nobody_waits_for_ever(
    tmp_path: Path, text: str
) -> None:
    clock = Clock()
    one = by(clock, tmp_path)
    (pace,) = tmp_path.glob("*-pace")  # noqa: ASYNC240 - nobody else runs
    pace.write_text(text)
    async with asyncio.timeout(30):
        async with one.held():
            assert clock.now == 1000
        one.overloaded()
        one.pause(1)
        async with one.held():
            pass
    one.close()


async def test_who_waits_long_says_for_whom_and_not_again_and_again(tmp_path: Path) -> None:
    clock, told = Clock(), list[Event]()
    with asker(tmp_path) as other:
        one = by(clock, tmp_path, told, number=1)
        waiting = asyncio.create_task(_crowd([one], 1))
        while clock.now < 1019:  # noqa: ASYNC110 - the clock goes on by that
            await asyncio.sleep(0)
        other.kill()
        other.wait()
        await waiting
        one.close()
    assert [type(event) for event in told] == [Queued, Queued]
    assert isinstance(told[0], Queued)
    assert (round(told[0].seconds), told[0].processes) == (5, (other.pid,))


async def test_who_has_little_patience_ends_with_whom_it_waited_for(tmp_path: Path) -> None:
    clock, told = Clock(), list[Event]()
    with asker(tmp_path) as other:
        one = HostSlots(
            tmp_path, "https://one.example", 1, clock.sleep, lambda: 0.5, told.append, clock, patience=60
        )
        with pytest.raises(NoTurn, match=f"No request could be made for 60 s: .*: process {other.pid}."):
            await _crowd([one], 1)
        assert [round(event.seconds) for event in told if isinstance(event, Queued)] == [5, 10, 20, 40]
        other.kill()
        other.wait()
        assert await _crowd([one], 2) == 1
        one.close()


async def test_who_has_little_patience_is_told_of_a_pause_that_lasts_longer(tmp_path: Path) -> None:
    clock = Clock()
    one = HostSlots(tmp_path, "https://one.example", 1, clock.sleep, lambda: 0.5, clock=clock, patience=60)
    one.pause(120)
    with pytest.raises(NoTurn, match="for 60 s: the server asked for a pause"):
        await _crowd([one], 1)
    one.close()


async def test_a_pause_is_told_as_one_and_names_nobody_who_asked_before(tmp_path: Path) -> None:
    clock, told = Clock(), list[Event]()
    with asker(tmp_path) as other:
        other.kill()
    one = by(clock, tmp_path, told, number=1)
    one.pause(8)
    async with one.held():
        pass
    assert [event.whom for event in told if isinstance(event, Queued)] == ["the server's own pause"]
    one.close()


async def test_who_waits_for_its_own_requests_alone_waits_for_nobody(tmp_path: Path) -> None:
    clock, told = Clock(), list[Event]()
    one = HostSlots(
        tmp_path, "https://one.example", 1, clock.sleep, lambda: 0.5, told.append, clock, patience=60
    )

    async def ask() -> None:
        async with one.held():
            await clock.sleep(40)

    await asyncio.gather(*(ask() for _ in range(4)))
    assert told == []
    one.close()


async def test_a_process_of_another_container_with_the_same_number_is_not_waited_for_without_end(
    tmp_path: Path,
) -> None:
    clock = Clock()
    one = HostSlots(tmp_path, "https://one.example", 1, clock.sleep, lambda: 0.5, clock=clock, patience=60)
    with asker(tmp_path) as other:
        (slot,) = tmp_path.glob("*-0")  # noqa: ASYNC240 - nobody else runs
        slot.write_text(f"{os.getpid():<10}")
        async with asyncio.timeout(30):
            with pytest.raises(NoTurn, match="another process"):
                await _crowd([one], 1)
        other.kill()
    one.close()
