"""The API of the simulated district as an ASGI application, with its sign-in page around it."""

from __future__ import annotations

import asyncio
import secrets

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from aeries_tui.demo import answers
from aeries_tui.demo.answers import Answer
from aeries_tui.demo.bodies import PAGED, WHOLE, Bodies, NotDone, NotThere, Page
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
        self.gzip = "gzip" in self.headers.get("accept-encoding", "")
        self.root, self.call = self._understand()

    def _understand(self) -> tuple[str, Call | None]:
        for root in self.state.roots:
            call = understand(self.path, root)
            if call is not None:
                return root, call
        return self.state.roots[0], None

    async def answer(self) -> Answer:
        """The right answer."""
        if self.call is None:
            return self._outside()
        refused = self.refused(self.call)
        if refused is not None:
            return refused
        bodies = self.state.bodies(self.query.get("DatabaseYear"))
        work = asyncio.get_running_loop().run_in_executor(self.state.worker, self.work, bodies, self.call)
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

    def refused(self, call: Call) -> Answer | None:
        """Why there is no answer, if there is none."""
        if self.method != "GET":
            return answers.refusal(405, "The requested resource does not support this method.")
        if call.endpoint in _WITHOUT_CERTIFICATE:
            return None
        if not self.certificate:
            return answers.refusal(401, "No certificate was sent.")
        if not secrets.compare_digest(self.certificate.encode(), self.state.certificate.encode()):
            return answers.refusal(401, "Invalid Certificate")
        return None

    def page(self, call: Call) -> Page:
        """Which records of a list are asked for."""
        return _page_of(self.query) if call.endpoint in PAGED else WHOLE

    def work(self, bodies: Bodies, call: Call) -> Answer:
        """The right answer to a call that is not refused; runs in the worker."""
        return Answer(body=bodies.body(call, self.page(call), gzip=self.gzip), packed=self.gzip)


class Api:
    """The ASGI application that serves the API and the pages around it."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            exchange = Exchange(self._state, scope)
            answer = await exchange.answer()
            await give(send, answer.as_sent(gzip=exchange.gzip))


async def give(send: Send, answer: Answer) -> None:
    """Send a whole answer."""
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.header_lines(), length]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
