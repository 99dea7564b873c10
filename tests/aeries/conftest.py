"""A client whose network is a function and whose clock only sleeping moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from aeries_tui.aeries import AeriesClient, ClientOptions, Event, Limits, normalise_address
from aeries_tui.secret import Secret
from in_memory import InMemory

CERTIFICATE = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
ADDRESS = "https://demo.example/aeries"

Handler = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Seconds that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class FakeAeries:
    """Answers by path below the API; each answer a response, an exception, or a list of them one after the other."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.requests: list[httpx.Request] = []
        self.base = "/aeries/api/v5/"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path
        answer = self.answers.get(path.removeprefix(self.base)) if path.startswith(self.base) else None
        if answer is None:
            answer = httpx.Response(404, html="<html>404 - File or directory not found.</html>")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request)
        # A response is read once; the table keeps its own.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(request.url.path == self.base + path for request in self.requests)


def rows(*items: dict[str, Any]) -> httpx.Response:
    return httpx.Response(
        200, content=json.dumps(list(items)).encode(), headers={"content-type": "application/json"}
    )


def says(status: int, message: str = "No.", **headers: str) -> httpx.Response:
    return httpx.Response(
        status,
        json={"Message": message},
        headers={name.replace("_", "-"): text for name, text in headers.items()},
    )


SCHOOLS = rows(
    {"SchoolCode": 0, "Name": "District"},
    {"SchoolCode": 7, "Name": "Closed", "InactiveStatusCode": "I"},
    {"SchoolCode": 994, "Name": "High", "InactiveStatusCode": " "},
)
SYSTEM_INFO = httpx.Response(200, json={"AeriesVersion": "9.21.2.25", "DatabaseYear": "2020-2021"})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def aeries() -> FakeAeries:
    fake = FakeAeries()
    fake.answers = {"systeminfo": SYSTEM_INFO, "schools": SCHOOLS}
    return fake


@pytest.fixture
def options(aeries: FakeAeries, clock: Clock, events: list[Event]) -> ClientOptions:
    return ClientOptions(
        limits=Limits(),
        on_event=events.append,
        transport=InMemory(aeries),
        clock=clock,
        sleep=clock.sleep,
        random=lambda: 0.5,
    )


@pytest.fixture
async def client(options: ClientOptions) -> AsyncIterator[AeriesClient]:
    async with AeriesClient(normalise_address(ADDRESS), Secret(CERTIFICATE), options) as made:
        yield made
