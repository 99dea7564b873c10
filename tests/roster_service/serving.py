"""A roster service over a station's Master, asked without a socket."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Collection
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from aeries_tui.operations.roster_service import add_consumer
from aeries_tui.roster_service.app import App
from aeries_tui.roster_service.following import Options
from aeries_tui.roster_service.service import Service
from engine import Station

V11, V12 = "/ims/oneroster/v1p1", "/ims/oneroster/rostering/v1p2"
ROOT = "https://roster.example.org/below"
Record = dict[str, Any]


class Client:
    """A consumer with a token.

    Attributes:
        name, secret: its own.
        base: before the paths that are asked for.
    """

    def __init__(self, http: httpx.AsyncClient, name: str, secret: str) -> None:
        self.http, self.name, self.secret, self.base = http, name, secret, V12
        self.token = ""

    async def authorize(self, scope: str = "") -> httpx.Response:
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        found = await self.http.post("/token", data=form, auth=(self.name, self.secret))
        self.token = found.json().get("access_token", "")
        return found

    async def get(self, path: str, method: str = "GET", **query: Any) -> httpx.Response:
        if not self.token:
            await self.authorize()
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        target = path if path.startswith(("http", "/ims")) else self.base + path
        return await self.http.request(
            method, target + asked, headers={"authorization": f"Bearer {self.token}"}
        )

    async def page(self, path: str, **query: Any) -> list[Record]:
        """The records of one page."""
        found = await self.get(path, **query)
        assert found.status_code == 200, found.text
        (records,) = (value for value in found.json().values() if isinstance(value, list))
        return list(records)

    async def all(self, path: str, limit: int = 10_000, **query: Any) -> list[Record]:
        """A walk by the links."""
        records, address = [], self.base + path + "?" + urlencode({"limit": limit, **query}, quote_via=quote)
        while address:
            found = await self.get(address)
            assert found.status_code == 200, found.text
            (page,) = (value for value in found.json().values() if isinstance(value, list))
            records += page
            links = dict(re.findall(r'<([^>]*)>; rel="(\w+)"', found.headers["link"]))
            address = next((to for to, name in links.items() if name == "next"), "")
        assert len(records) == int(found.headers["x-total-count"])
        return records

    async def everything(self) -> dict[str, dict[str, Record]]:
        """Every record of every collection by its id."""
        lists = ("academicSessions", "orgs", "courses", "classes", "users", "enrollments", "demographics")
        return {name: {one["sourcedId"]: one for one in await self.all(f"/{name}")} for name in lists}

    async def ids(self, path: str, **query: Any) -> list[str]:
        return [one["sourcedId"] for one in await self.page(path, **query)]


class Serving:
    """The service of a station, and consumers of it."""

    def __init__(self, station: Station, requests_per_minute: int = 1_000_000) -> None:
        self.station = station
        self.said: list[str] = []
        files = station.district
        options = Options(
            "demo", files.master, files.served, ROOT, 400, requests_per_minute, self.said.append
        )
        self.service = Service(options, station.as_district().journal)
        self.app = App(self.service, "/below")
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=ROOT)

    async def pull(self, **options: Any) -> dict[str, Any]:
        """Pull; a pull has an event loop of its own."""
        return await asyncio.to_thread(self.station.pull, **options)

    def client(
        self,
        name: str = "product",
        *,
        scopes: Collection[str] = ("core", "roster", "demographics"),
        schools: Collection[int] = (),
        expires: str | None = None,
    ) -> Client:
        secret = add_consumer(self.station.as_district(), name, scopes, schools, expires)
        return Client(self.http, name, secret.reveal())


@contextlib.asynccontextmanager
async def serving(station: Station, requests_per_minute: int = 1_000_000) -> AsyncIterator[Serving]:
    found = Serving(station, requests_per_minute)
    try:
        yield found
    finally:
        await found.http.aclose()
        await found.service.close()
