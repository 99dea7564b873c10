"""HTTP with little patience: a peer that is slow to ask or to take its answer is let go of (uvicorn has no such limit)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from aeries_tui.roster_service.answers import Refused

MOST_CONNECTIONS = 512
"""Who comes when so many are there is told to come back; uvicorn would tell those that are there, in no form of the standard."""

MOST_TOLD = 128
"""How many more are told so; others are let go of unheard, for each takes one of a process's files, often 1,024."""

ASK_SECONDS = 15.0
"""From the first byte, or from the connection, until a request has come whole."""

TAKE_SECONDS = 60.0
"""How long nothing of an answer may be taken."""


class PatientProtocol(H11Protocol):
    """The protocol of one connection."""

    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer is there."""
        # asyncio does so of itself only for sockets whose protocol was named when they were made: else the body of an
        # answer waits for the peer to acknowledge its head, which peers put off by 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(cast(asyncio.Transport, transport))
        if len(self.connections) > MOST_CONNECTIONS:
            self.app = _too_many
        if len(self.connections) > MOST_CONNECTIONS + MOST_TOLD:
            self._let_go()
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """A peer has gone."""
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something of a request: the first of it starts the clock, further pieces don't set it back."""
        if self._asking is None and self._is_idle:
            self._wait_for_request()
        super().data_received(data)
        if not self._is_idle and not self.cycle.more_body and self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def pause_writing(self) -> None:
        """The peer takes nothing."""
        if self._taking is None:
            self._taking = self.loop.call_later(TAKE_SECONDS, self._let_go)
        super().pause_writing()

    def resume_writing(self) -> None:
        """The peer took what there was."""
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        super().resume_writing()

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_request(self) -> None:
        self._asking = self.loop.call_later(ASK_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._cancel()
        if self.transport is not None:
            self.transport.abort()

    def _cancel(self) -> None:
        for timer in (self._asking, self._taking):
            if timer is not None:
                timer.cancel()
        self._asking = self._taking = None


async def _too_many(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """What answers on a connection too many, which then ends."""
    answer = Refused(
        503, "server_busy", "Too many connections.", [("retry-after", "5"), ("connection", "close")]
    ).answer()
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.all_headers()})
    await send({"type": "http.response.body", "body": answer.body})
