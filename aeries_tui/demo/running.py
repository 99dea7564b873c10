"""Running the simulated server in this process until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from aeries_tui.demo.local_only import LocalOnly
from aeries_tui.demo.server import Api
from aeries_tui.demo.state import State

_BACKLOG = 512


class _Server(uvicorn.Server):
    """Ends every answer that waits on purpose as soon as it is asked to end itself."""

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._demo_state = state
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Tick as the base class does, but end without waiting for the next tick."""
        self._loop = asyncio.get_running_loop()
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 0.1)

    def end(self) -> None:
        """End soon; from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._demo_state.closing.set()
        await super().shutdown(sockets)


def listen(port: int) -> socket.socket:
    """A socket on the loopback, listening.

    Args:
        port: 0 for any that is free.

    Raises:
        OSError: the port is taken.
    """
    # asyncio sends small packets at once only when the protocol is named.
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(("127.0.0.1", port))
        line.listen(_BACKLOG)
        line.setblocking(False)
    except OSError:
        line.close()
        raise
    return line


class Running:
    """A simulated server bound to its port.

    Args:
        state: the server.
        port: on the loopback; 0 for any that is free.
        app: what answers; by default the API alone.
        protocol: what speaks HTTP with the clients.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        state: State,
        port: int = 0,
        app: ASGIApp | None = None,
        protocol: type[H11Protocol] = H11Protocol,
    ) -> None:
        self.state = state
        self._line = listen(port)
        self.port: int = self._line.getsockname()[1]
        config = uvicorn.Config(
            LocalOnly(app or Api(state)),
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=5,
            backlog=_BACKLOG,
        )
        self._server = _Server(config, state)

    @property
    def url(self) -> str:
        """The Instance URL."""
        return f"http://127.0.0.1:{self.port}{self.state.roots[0]}"

    def until_stopped(self) -> None:
        """Serve until `stop` is called, or a signal asks to end when in the main thread."""
        try:
            asyncio.run(self._server.serve(sockets=[self._line]))
        finally:
            self._line.close()
            self.state.close()

    def stop(self) -> None:
        """End soon; from any thread."""
        self._server.end()
