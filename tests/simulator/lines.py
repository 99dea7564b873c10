"""Faults of the connection itself: resets, cut bodies, slow and silent answers."""

from __future__ import annotations

import asyncio
import contextlib
import http
import socket
import struct
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from aeries_tui.demo.answers import Answer
from simulator.faults import Fault

_AT_ONCE = struct.pack("ii", 1, 0)
_FITS_AT_ONCE = 60_000
"""Bytes that a socket takes without waiting."""


def _head(answer: Answer) -> bytes:
    phrase = http.HTTPStatus(answer.status).phrase
    lines = answer.header_lines()
    lines.append((b"content-length", str(len(answer.body)).encode()))
    head = b"".join(b"%s: %s\r\n" % line for line in lines)
    return f"HTTP/1.1 {answer.status} {phrase}\r\n".encode() + head + b"\r\n"


async def gone(receive: Receive) -> None:
    """Wait until the client has gone or its connection was closed."""
    while (await receive())["type"] != "http.disconnect":
        pass


class OpenProtocol(H11Protocol):
    """Lets the application reach the connection, which it has to break when a fault says so."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


@dataclass(frozen=True)
class Line:
    """The connection a request came over.

    Attributes:
        scope: the request; its state holds the transport.
        receive: the way to learn that the client has gone.
        send: the way for what arrives whole.
        closing: set when the server is asked to end; nothing waits longer than that.
    """

    scope: Scope
    receive: Receive
    send: Send
    closing: asyncio.Event

    @property
    def transport(self) -> asyncio.Transport:
        """The bare connection."""
        transport: asyncio.Transport = self.scope["state"]["transport"]
        return transport

    async def reset(self) -> None:
        """Break the connection off at once, unless the client has already gone."""
        if self.transport.is_closing():
            return
        line = self.transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()
        await gone(self.receive)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until nobody is left to answer, or so many seconds are over."""
        waits = {asyncio.ensure_future(gone(self.receive)), asyncio.ensure_future(self.closing.wait())}
        _, rest = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in rest:
            wait.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await wait

    def begin(self, answer: Answer) -> None:
        """Headers that promise a whole body, and the first part of it."""
        part = min(len(answer.body) * 2 // 3, _FITS_AT_ONCE)
        self.transport.write(_head(answer) + answer.body[:part])

    async def drip(self, answer: Answer, chunks: int, seconds: float) -> None:
        """The whole answer, a chunk at a time."""
        length = (b"content-length", str(len(answer.body)).encode())
        headers = [*answer.header_lines(), length]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        size = max(1, -(-len(answer.body) // chunks))
        for start in range(0, len(answer.body), size):
            piece = answer.body[start : start + size]
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            if start + size < len(answer.body):
                await self.wait(seconds)
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})


async def suffer(fault: Fault, line: Line, answer: Answer) -> None:
    """Give a right answer over a line that has a fault of `LINE_KINDS`."""
    match fault.kind:
        case "timeout":
            await line.wait()
            await line.reset()
        case "reset_before_headers":
            await line.reset()
        case "reset_in_body":
            line.begin(answer)
            await line.reset()
        case "truncated":
            line.begin(answer)
            line.transport.close()
            await gone(line.receive)
        case "stalled_body":
            line.begin(answer)
            await line.wait()
            await line.reset()
        case "slow_drip":
            await line.drip(answer, int(fault.args["chunks"]), float(fault.args["seconds"]))
