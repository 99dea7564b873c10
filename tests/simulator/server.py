"""The API as tests steer it: the control end points beside it, faults on the way to every answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from aeries_tui.demo import answers
from aeries_tui.demo.answers import Answer
from aeries_tui.demo.bodies import WHOLE, Bodies, Page
from aeries_tui.demo.routes import Call
from aeries_tui.demo.server import Exchange, give
from simulator import spoiling
from simulator.control import control_routes
from simulator.faults import BODY_KINDS, LINE_KINDS, PAGE_KINDS, PROXY_KINDS, Fault
from simulator.lines import Line, suffer
from simulator.state import SteeredState


class FaultyExchange(Exchange):
    """One request to the API and its answer, or what a fault makes of it."""

    state: SteeredState

    def __init__(self, state: SteeredState, scope: Scope) -> None:
        super().__init__(state, scope)
        self.gzip = self.gzip and state.manners.gzip
        self.fault = state.faults.of(self.call) if self.call else None

    def entry(self) -> dict[str, Any]:
        """What the log keeps; never the certificate itself."""
        query = {name: value for name, value in self.query.items() if name.lower() != "cert"}
        return {
            "method": self.method,
            "path": self.path,
            "query": query,
            "endpoint": self.call.endpoint if self.call else None,
            "school": self.call.school if self.call else None,
            "certificate": bool(self.certificate),
            "certificate_right": secrets.compare_digest(
                self.certificate.encode(), self.state.certificate.encode()
            ),
            "certificate_in_query": len(query) != len(self.query),
            "gzip": self.gzip,
            "user_agent": self.headers.get("user-agent", ""),
            "fault": self.fault.kind if self.fault else None,
            "status": None,
            "bytes": 0,
            "seconds": 0.0,
        }

    async def answer(self) -> Answer:
        """The right answer, or what the fault makes of it."""
        if self.call is not None and self.fault is not None and self.fault.kind in PROXY_KINDS:
            return spoiling.instead(self.fault, self.root, self.certificate)
        return await super().answer()

    def refused(self, call: Call) -> Answer | None:
        """Why there is no answer, if there is none; permissions that were taken away among it."""
        refused, grant = super().refused(call), self.state.grants.get(call.area, "granted")
        if refused is None and grant != "granted":
            return answers.refusal(int(grant), f"The district has not set permissions for {call.area}.")
        return refused

    def work(self, bodies: Bodies, call: Call) -> Answer:
        """The answer to a call that is not refused, the fault's if there is one; runs in the worker."""
        fault, page = self.fault, self.page(call)
        if fault is None or fault.kind in LINE_KINDS:
            return super().work(bodies, call)
        if fault.kind in PAGE_KINDS:
            return _misplaced(fault, bodies, call, page)
        if fault.kind == "other_school":
            call = Call(call.endpoint, fault.args["school"] or _another(bodies, call), call.keys, call.area)
            return Answer(body=bodies.body(call, page, gzip=False))
        body = bodies.body(call, page, gzip=False)
        if fault.kind in BODY_KINDS:
            return Answer(body=spoiling.spoiled(fault, body))
        rows = spoiling.rewritten(fault, msgspec.json.decode(body))
        return Answer(body=msgspec.json.encode(rows))


def _another(bodies: Bodies, call: Call) -> int | None:
    """The code of another school, for an answer that is about the wrong one."""
    if call.school is None:
        return None
    codes = [school.code for school in bodies.district.real_schools]
    return next((code for code in codes if code != call.school), call.school)


def _misplaced(fault: Fault, bodies: Bodies, call: Call, page: Page) -> Answer:
    """An answer to a request for a page, when paging does not work as it should."""
    if fault.kind == "paging_ignored":
        return Answer(body=bodies.body(call, WHOLE, gzip=False))
    if fault.kind == "page_cap":
        upto = page.first + int(fault.args["rows"]) - 1
        page = Page(page.first, upto if page.last is None else min(page.last, upto))
    elif fault.kind == "paging_shift" and page.first > 1:
        by = int(fault.args["remove"]) - int(fault.args["insert"])
        page = Page(page.first + by, None if page.last is None else page.last + by)
    body = bodies.body(call, page, gzip=False)
    if fault.kind == "past_end_404" and body == b"[]" and page.first > 1:
        return answers.refusal(404, "No records found.")
    return Answer(body=body)


def _unpacked_size(answer: Answer) -> int:
    """Bytes of the body before it was packed, which gzip writes at its end (RFC 1952, 2.3.1)."""
    return int.from_bytes(answer.body[-4:], "little") if answer.packed else len(answer.body)


class SteeredApi:
    """The API and the pages around it, with the faults and manners it was told, and a log of the requests."""

    def __init__(self, state: SteeredState) -> None:
        self._state = state
        self._gate: tuple[int, asyncio.Semaphore] | None = None

    def _free_place(self, capacity: int) -> asyncio.Semaphore:
        if self._gate is None or self._gate[0] != capacity:
            self._gate = (capacity, asyncio.Semaphore(capacity))
        return self._gate[1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        state, began = self._state, time.monotonic()
        exchange = FaultyExchange(state, scope)
        entry = exchange.entry()
        state.log.begin(entry)
        try:
            answer = await self._answer(exchange)
            answer = answer.as_sent(gzip=exchange.gzip)
            entry["status"], entry["bytes"] = answer.status, len(answer.body)
            fault = exchange.fault
            if fault is not None and fault.kind in LINE_KINDS:
                await suffer(fault, Line(scope, receive, send, state.closing), answer)
            else:
                await give(send, answer)
        finally:
            entry["seconds"] = round(time.monotonic() - began, 6)
            state.log.end()

    async def _answer(self, exchange: FaultyExchange) -> Answer:
        manners = self._state.manners
        if manners.shed_above is not None and self._state.log.now > manners.shed_above:
            return spoiling.throttled()
        if manners.capacity is None:
            return await self._worked(exchange)
        async with self._free_place(manners.capacity):
            return await self._worked(exchange)

    async def _worked(self, exchange: FaultyExchange) -> Answer:
        if self._state.manners.latency_ms:
            await asyncio.sleep(self._state.manners.latency_ms / 1000)
        answer = await exchange.answer()
        seconds = self._state.manners.making(_unpacked_size(answer), self._state.log.now)
        if seconds:
            await asyncio.sleep(seconds)
        return answer


def application(state: SteeredState) -> Starlette:
    """The whole server: the control end points and the API."""
    return Starlette(
        routes=[Mount("/control", routes=control_routes(state)), Mount("", app=SteeredApi(state))]
    )
