"""Connections to Aeries are kept: as many as requests at a time, and each used again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from aeries_tui.aeries import AeriesClient, ClientOptions, Limits, normalise_address
from aeries_tui.aeries.endpoints import CLASSES
from aeries_tui.aeries.errors import AeriesError
from aeries_tui.secret import Secret

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nNo"
UNFINISHED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n[" + b" " * 1000
)


class KeepingServer:
    """Answers every request with an empty list, and keeps each connection open.

    Attributes:
        answer: what it answers, if not that.
        connections: that were opened.
        open: how many of them are.
        are_closed: none is any more.
    """

    def __init__(self) -> None:
        self.answer = EMPTY
        self.connections = self.open = 0
        self.are_closed = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(self.answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            if not self.open:
                self.are_closed.set()
            writer.close()


@asynccontextmanager
async def client_of(server: KeepingServer, at_a_time: int) -> AsyncIterator[AeriesClient]:
    async with await asyncio.start_server(server, "127.0.0.1") as listening:
        port = listening.sockets[0].getsockname()[1]
        options = ClientOptions(
            limits=Limits(at_a_time=at_a_time, most_at_a_time=at_a_time), allow_plain_http=True
        )
        address = normalise_address(f"http://127.0.0.1:{port}/aeries")
        async with AeriesClient(address, Secret("0123456789abcdef"), options) as client:
            yield client


async def test_requests_one_after_the_other_take_one_connection() -> None:
    server = KeepingServer()
    async with client_of(server, 4) as client:
        for school in range(1, 8):
            await client.read_list(CLASSES, school)
        assert server.connections == 1


@pytest.mark.parametrize("at_a_time", [2, 5])
async def test_requests_side_by_side_take_as_many_connections_and_no_more(at_a_time: int) -> None:
    server = KeepingServer()
    async with client_of(server, at_a_time) as client:
        await asyncio.gather(*(client.read_list(CLASSES, school) for school in range(1, 31)))
        assert server.connections == at_a_time


async def test_no_connection_stays_open_behind_the_client() -> None:
    server = KeepingServer()
    async with client_of(server, 3) as client:
        await asyncio.gather(*(client.read_list(CLASSES, school) for school in range(1, 7)))
    async with asyncio.timeout(10):
        await server.are_closed.wait()


async def cancelled_after(steps: int, request: Coroutine[Any, Any, object]) -> None:
    """A request that is cancelled after so many turns of the loop, if it is not done by then."""
    task = asyncio.create_task(request)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError, AeriesError):
        await task


@pytest.mark.parametrize("answer", [EMPTY, REFUSED, UNFINISHED], ids=["whole", "refused", "unfinished"])
async def test_whenever_a_request_is_cancelled_the_next_one_is_answered(answer: bytes) -> None:
    server = KeepingServer()
    async with client_of(server, 1) as client:
        for steps in range(40):
            server.answer = answer
            await cancelled_after(steps, client.probe(CLASSES, "schools/1/classes"))
            server.answer = EMPTY
            async with asyncio.timeout(10):
                await client.read_list(CLASSES, 1)
    async with asyncio.timeout(10):
        await server.are_closed.wait()
