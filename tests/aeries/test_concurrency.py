"""The number of requests at a time follows how the server takes them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from aeries_tui.aeries import Event, Slowed, Widened
from aeries_tui.aeries.concurrency import AdaptiveLimiter


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def gate(time: Time, events: list[Event]) -> AdaptiveLimiter:
    return AdaptiveLimiter(4, 8, clock=time, sleep=time.sleep, on_event=events.append)


async def full_rounds(gate: AdaptiveLimiter, time: Time, answers: int, seconds: float = 0.1) -> None:
    """Good answers while every place is taken."""
    for _ in range(answers):
        async with AsyncExitStack() as stack:
            for _ in range(gate.limit):
                await stack.enter_async_context(gate.through())
            time.now += seconds
            gate.answered("teachers", seconds)


async def test_no_more_than_the_limit_go_through_and_the_next_follows_at_once(gate: AdaptiveLimiter) -> None:
    most = 0

    async def visit() -> None:
        nonlocal most
        async with gate.through():
            most = max(most, gate.running)
            await asyncio.sleep(0)

    await asyncio.gather(*(visit() for _ in range(50)))
    assert (most, gate.running) == (4, 0)


async def test_whoever_gives_up_waiting_takes_no_place(gate: AdaptiveLimiter) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(gate.through())
        waiting = asyncio.create_task(gate._enter())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(gate.through())


async def test_a_turn_given_to_somebody_who_is_cancelled_goes_to_the_next(gate: AdaptiveLimiter) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(gate.through())
        async with gate.through():
            first, second = (asyncio.create_task(gate._enter()) for _ in range(2))
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait_for(second, 10)
        assert gate.running == 4


async def test_overload_halves_the_limit_but_once_in_two_round_trips(
    gate: AdaptiveLimiter, time: Time, events: list[Event]
) -> None:
    gate.overloaded("SRC-THROTTLED")
    gate.overloaded("SRC-THROTTLED")
    assert events == [Slowed(2, "SRC-THROTTLED")]
    time.now += 10
    gate.overloaded("SRC-TIMEOUT")
    time.now += 10
    gate.overloaded("SRC-TIMEOUT")
    assert gate.limit == 1
    assert events == [Slowed(2, "SRC-THROTTLED"), Slowed(1, "SRC-TIMEOUT")]


async def test_full_rounds_without_trouble_widen_it_up_to_the_ceiling(
    gate: AdaptiveLimiter, time: Time, events: list[Event]
) -> None:
    await full_rounds(gate, time, 200)
    assert gate.limit == 8
    assert events == [Widened(limit) for limit in (5, 6, 7, 8)]


async def test_it_does_not_widen_while_there_is_room(gate: AdaptiveLimiter, time: Time) -> None:
    for _ in range(200):
        async with gate.through():
            gate.answered("teachers", 0.1)
    assert gate.limit == 4


async def test_it_does_not_widen_while_answers_get_slower(gate: AdaptiveLimiter, time: Time) -> None:
    await full_rounds(gate, time, 4, seconds=0.1)
    await full_rounds(gate, time, 60, seconds=1.0)
    assert gate.limit == 4


async def test_big_lists_among_small_ones_are_not_taken_for_a_slower_server(
    gate: AdaptiveLimiter, time: Time
) -> None:
    for _ in range(100):
        async with AsyncExitStack() as stack:
            for _ in range(gate.limit):
                await stack.enter_async_context(gate.through())
            gate.answered("teachers", 0.1)
            gate.answered("classes", 5.0)
    assert gate.limit == 8


async def test_where_there_was_trouble_it_widens_again_only_after_a_long_time(
    gate: AdaptiveLimiter, time: Time
) -> None:
    gate.overloaded("SRC-THROTTLED")
    await full_rounds(gate, time, 50)
    assert gate.limit == 3
    await full_rounds(gate, time, 200)
    assert gate.limit == 4


async def test_a_pause_holds_everybody(gate: AdaptiveLimiter, time: Time) -> None:
    gate.pause(7.0)

    async def visit() -> float:
        async with gate.through():
            return time.now

    began = await asyncio.gather(*(visit() for _ in range(6)))
    assert min(began) >= 1007.0


async def test_a_shorter_pause_does_not_shorten_a_longer_one(gate: AdaptiveLimiter, time: Time) -> None:
    gate.pause(30.0)
    gate.pause(1.0)
    async with gate.through():
        assert time.now >= 1030.0
