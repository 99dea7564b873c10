"""The API of the simulated district as an ASGI application, with its sign-in page around it."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from aeries_tui.demo import answers
from aeries_tui.demo.answers import Answer
from aeries_tui.demo.bodies import PAGED, WHOLE, Bodies, NotDone, NotThere, Page
from aeries_tui.demo.control import control_routes
from aeries_tui.demo.faults import BODY_KINDS, LINE_KINDS, PAGE_KINDS, PROXY_KINDS, Fault
from aeries_tui.demo.lines import Line, suffer
from aeries_tui.demo.routes import Call, understand
from aeries_tui.demo.state import State

_WITHOUT_CERTIFICATE = ("systeminfo",)


def _page_of(query: QueryParams) -> Page:
    first, last = query.get("StartingRecord", ""), query.get("EndingRecord", "")
    return Page(int(first) if first.isdecimal() else 1, int(last) if last.isdecimal() else None)


class Exchange:
    """One request to the API and its answer."""

    def __init__(self, state: State, scope: Scope) -> None:
        self.state = state
        self.headers = Headers(scope=scope)
        self.query = QueryParams(scope["query_string"].decode("latin-1"))
        self.path = scope["raw_path"].decode("ascii")
        self.method: str = scope["method"]
        self.certificate = self.headers.get("aeries-cert", "")
        self.gzip = state.manners.gzip and "gzip" in self.headers.get("accept-encoding", "")
        self.root, self.call = self._understand()
        self.fault = state.faults.of(self.call) if self.call else None

    def _understand(self) -> tuple[str, Call | None]:
        for root in self.state.roots:
            call = understand(self.path, root)
            if call is not None:
                return root, call
        return self.state.roots[0], None

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
        if self.call is None:
            return self._outside()
        fault = self.fault
        if fault is not None and fault.kind in PROXY_KINDS:
            return answers.instead(fault, self.root, self.certificate)
        refused = self._refused(self.call)
        if refused is not None:
            return refused
        bodies = self.state.bodies(self.query.get("DatabaseYear"))
        work = asyncio.get_running_loop().run_in_executor(self.state.worker, self._work, bodies, self.call)
        try:
            return await work
        except NotThere as absent:
            return answers.refusal(404, str(absent))
        except NotDone as wrong:
            return answers.refusal(400, str(wrong))

    def _outside(self) -> Answer:
        path = self.path.lower().rstrip("/")
        for root in self.state.roots:
            if path in (f"{root}/login.aspx".lower(), f"{root}/loginparent.aspx".lower()):
                return answers.sign_in_page()
            if path == root.lower():
                return answers.moved(f"{root}/Login.aspx")
        return answers.not_found()

    def _refused(self, call: Call) -> Answer | None:
        if self.method != "GET":
            return answers.refusal(405, "The requested resource does not support this method.")
        if call.endpoint in _WITHOUT_CERTIFICATE:
            return None
        if not self.certificate:
            return answers.refusal(401, "No certificate was sent.")
        if not secrets.compare_digest(self.certificate.encode(), self.state.certificate.encode()):
            return answers.refusal(401, "Invalid Certificate")
        grant = self.state.grants.get(call.area, "granted")
        if grant != "granted":
            return answers.refusal(int(grant), f"The district has not set permissions for {call.area}.")
        return None

    def _work(self, bodies: Bodies, call: Call) -> Answer:
        """Runs in the worker."""
        page = _page_of(self.query) if call.endpoint in PAGED else WHOLE
        fault = self.fault
        if fault is None or fault.kind in LINE_KINDS:
            return Answer(body=bodies.body(call, page, gzip=self.gzip), packed=self.gzip)
        if fault.kind in PAGE_KINDS:
            return _misplaced(fault, bodies, call, page)
        if fault.kind == "other_school":
            call = Call(call.endpoint, fault.args["school"] or _another(bodies, call), call.keys, call.area)
            return Answer(body=bodies.body(call, page, gzip=False))
        body = bodies.body(call, page, gzip=False)
        if fault.kind in BODY_KINDS:
            return Answer(body=answers.spoiled(fault, body))
        rows = answers.rewritten(fault, msgspec.json.decode(body))
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


class Api:
    """The ASGI application that serves the API and the pages around it."""

    def __init__(self, state: State) -> None:
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
        exchange = Exchange(state, scope)
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
                await _give(send, answer)
        finally:
            entry["seconds"] = round(time.monotonic() - began, 6)
            state.log.end()

    async def _answer(self, exchange: Exchange) -> Answer:
        manners = self._state.manners
        if manners.shed_above is not None and self._state.log.now > manners.shed_above:
            return answers.throttled()
        if manners.capacity is None:
            return await self._worked(exchange)
        async with self._free_place(manners.capacity):
            return await self._worked(exchange)

    async def _worked(self, exchange: Exchange) -> Answer:
        if self._state.manners.latency_ms:
            await asyncio.sleep(self._state.manners.latency_ms / 1000)
        return await exchange.answer()


async def _give(send: Send, answer: Answer) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.header_lines(), length]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def application(state: State) -> Starlette:
    """The whole server: the control end points and the API."""
    return Starlette(routes=[Mount("/control", routes=control_routes(state)), Mount("", app=Api(state))])
