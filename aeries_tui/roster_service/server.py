"""Running the service: a socket, uvicorn behind it, and what goes on beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn

from aeries_tui.errors import WrongUse
from aeries_tui.os_errors import refusal_of
from aeries_tui.roster_service.app import LARGEST_HEAD, App, Receive, Scope, Send
from aeries_tui.roster_service.protocol import PatientProtocol
from aeries_tui.roster_service.service import Service

_KEEP_ALIVE_SECONDS = 30
_TICK_SECONDS = 1.0
_SUM_SECONDS = 60.0
"""The least time between two sums in the journal: it is kept for ever, and a product may ask every second."""
_FIRST_PASSED = 3
_HURRY_SECONDS = 0.3


@dataclass(frozen=True)
class Running:
    """How the server runs.

    Attributes:
        listening: where it listens; closed when it ends.
        idle_seconds: it ends after so long without a request; None for never.
        ready: called once it answers.
    """

    listening: socket.socket
    idle_seconds: float | None
    ready: Callable[[], None]


def listen(address: str, port: int) -> socket.socket:
    """A socket on an address; port 0 for any free one.

    Raises:
        WrongUse: the system refuses.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=256)
    except OSError as error:
        raise WrongUse(
            f"The service can't listen on {address}, port {port}: {refusal_of(error).what}.",
            meaning="Nothing was changed.",
            remedy="Name another with serve.address and serve.port, or --port.",
        ) from error


def passed_socket() -> socket.socket | None:
    """The socket that systemd holds for the service and passed on (sd_listen_fds); None where it passed none."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    return socket.socket(fileno=_FIRST_PASSED)


def config_of(app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> uvicorn.Config:
    """How uvicorn serves an application here."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=5,
    )


async def run(service: Service, running: Running) -> None:
    """Answer until SIGTERM, SIGINT, or until nobody asked for long enough; what was read is written down before."""
    last = [time.monotonic()]

    def touched() -> None:
        last[0] = time.monotonic()

    prefix = urlsplit(service.options.root).path.rstrip("/")
    server = _Server(config_of(App(service, prefix, touched)), running.ready)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.end)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, server.hurry)
    beside = asyncio.create_task(_beside(service, server, running, last))
    try:
        await server.serve(sockets=[running.listening])
    finally:
        beside.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beside
        await service.close()


class Sums:
    """When what was read is to be summed in the journal: when a walk has ended, and once in `_SUM_SECONDS` while others go on."""

    def __init__(self) -> None:
        self._written = -math.inf
        self._begun: float | None = None

    def are_due(self, now: float, asked: float, *, is_empty: bool) -> bool:
        """Whether to write now; then it has been written.

        Args:
            now: the moment, in seconds.
            asked: when somebody asked last.
            is_empty: nothing was read since the last time.
        """
        if is_empty:
            self._begun = None
            return False
        self._begun = now if self._begun is None else self._begun
        has_ended = now - asked > _TICK_SECONDS or now - self._begun > _SUM_SECONDS
        if not has_ended or now - self._written <= _SUM_SECONDS:
            return False
        self._written, self._begun = now, None
        return True


async def _beside(service: Service, server: _Server, running: Running, last: list[float]) -> None:
    """Write down what was read, follow the Master, and end when nobody asks."""
    behind, sums = 0, Sums()
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        if sums.are_due(time.monotonic(), last[0], is_empty=not service.ledger):
            await service.write_down()
        # An import is followed by its accounts: whoever asks gets them as they are, nobody needs both states.
        behind = behind + 1 if await service.following.is_behind() else 0
        if behind >= 3:
            await service.following.keep_up()
        if running.idle_seconds is not None and time.monotonic() - last[0] > running.idle_seconds:
            server.end()
            return


class _Server(uvicorn.Server):
    """Ends by a flag alone: uvicorn's own handlers kill the process before what was read is written down."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    def end(self) -> None:
        self.should_exit = True

    def hurry(self) -> None:
        """Somebody at the keyboard waits: who is still reading is let go of soon."""
        self.end()
        asyncio.get_running_loop().call_later(_HURRY_SECONDS, setattr, self, "force_exit", True)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
