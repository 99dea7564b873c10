"""Running the roster service of a district."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aeries_tui.errors import Busy, WrongUse
from aeries_tui.master.served.file import served
from aeries_tui.operations.district import District
from aeries_tui.pull.lock import locked


@dataclass(frozen=True)
class Ready:
    """What the service says once it answers.

    Attributes:
        url: the root, as products see it.
        token_url: where they get tokens.
        listening: the address and port on this machine.
    """

    url: str
    token_url: str
    listening: str


def serve(district: District, port: int | None, idle_seconds: float | None, say: Callable[[str], None], ready: Callable[[Ready], None]) -> None:  # fmt: skip
    """Answer products until the process is asked to end, or nobody asked for long enough.

    Args:
        district: whose roster.
        port: in place of `serve.port`; 0 for any free one.
        idle_seconds: see `server.Running`.
        say: tells a sentence to whoever runs it.
        ready: called once it answers.

    Raises:
        WrongUse: it can't listen there, or listens everywhere and is not told how products reach it.
        MasterError: its file can't be used.
    """
    from aeries_tui.roster_service.following import Options
    from aeries_tui.roster_service.server import Running, listen, passed_socket, run
    from aeries_tui.roster_service.service import Service

    settings = district.settings.serve
    with served(district.files.create().served):
        pass
    listening = passed_socket() or listen(settings.address, settings.port if port is None else port)
    here = _address_of(listening)
    root = settings.public_url.rstrip("/") or here
    try:
        check_reached(listening.getsockname()[0], settings.public_url)
    except WrongUse:
        listening.close()
        raise
    options = Options(
        district.name, district.files.master, district.files.served, root, settings.tombstone_days,
        settings.requests_per_minute, say,
    )  # fmt: skip

    async def main() -> None:
        told = Ready(root, f"{root}/token", here)
        await run(Service(options, district.journal), Running(listening, idle_seconds, lambda: ready(told)))

    with _said_to_run(district, here):
        asyncio.run(main())


def check_reached(address: str, public_url: str) -> None:
    """Raises WrongUse where the service would listen on every address of this machine, and not know by which one it is reached."""
    if not public_url and ipaddress.ip_address(address).is_unspecified:
        raise WrongUse(
            f"The service would listen on every address of this machine ({address}), and does not know by which one products reach it.",
            meaning="Nothing was changed.",
            remedy='Say it in config.toml: public_url = "https://roster.example.org" under [serve].',
        )


@contextlib.contextmanager
def _said_to_run(district: District, here: str) -> Iterator[None]:
    """Let others see that it runs, and where, as long as it does; of several at once the first."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(Busy):
            stack.enter_context(locked(district.files.serving, here))
        yield


def _address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
