"""How a client reaches and asks Aeries."""

from __future__ import annotations

import asyncio
import random as random_module
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aeries_tui.aeries.events import Event
from aeries_tui.aeries.limits import Limits

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class ClientOptions:
    """How to reach and ask Aeries.

    Attributes:
        limits: figures.
        year: the school year to ask for, by the year it starts in; None for the district's own.
        allow_plain_http: send the certificate without TLS, to other machines as well.
        ca_file: further authorities to trust, PEM.
        host_slots: where pulls of one machine share what a server gets of them at a time; None for no sharing.
        host_requests: how many requests that is.
        on_event: is told what happens.
        transport: takes the requests in place of the network; for tests.
        clock: seconds, monotonic.
        sleep: waits for seconds.
        random: numbers from 0 to 1.
    """

    limits: Limits = field(default_factory=Limits)
    year: int | None = None
    allow_plain_http: bool = False
    ca_file: Path | None = None
    host_slots: Path | None = None
    host_requests: int = 16
    on_event: Callable[[Event], None] = field(default=lambda event: None, repr=False)
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], Awaitable[Any]] = field(default=asyncio.sleep, repr=False)
    random: Callable[[], float] = field(default=random_module.random, repr=False)
