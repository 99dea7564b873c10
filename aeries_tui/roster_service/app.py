"""The service as an ASGI application: paths, methods, headers; nothing is told to whoever has no token."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from aeries_tui.errors import AeriesTuiError
from aeries_tui.roster_service.answers import Answer, Refused
from aeries_tui.roster_service.operations import BASES, TOKEN, find_operation
from aeries_tui.roster_service.service import Service
from aeries_tui.roster_service.tokens import LARGEST_BODY, TokenRefused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_HEAD = 16_384
"""Bytes of a request's address and headers that are taken; the longest filter needs 5,000, three each percent-encoded."""


_BELOW = tuple(f"{base}/" for base in BASES)
"""What the paths of the roster begin with: below the root /ims one whose proxy takes the root off begins like one left on."""


_ORIGIN = re.compile(r"^https?://[^/]*", re.IGNORECASE)
"""Before the path of a target in absolute form, which every server takes (RFC 9112, 3.2.2)."""


class App:
    """Answers HTTP requests with a service.

    Args:
        service: what is answered.
        prefix: the path of the root, where products see the service below one; a proxy may leave it on.
        touched: called with each request that comes.
    """

    def __init__(self, service: Service, prefix: str = "", touched: Callable[[], None] | None = None) -> None:
        self._service, self._prefix, self._touched = service, prefix, touched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            raise RuntimeError("The service speaks HTTP alone.")
        if self._touched is not None:
            self._touched()
        try:
            answer = await self._answer(scope, receive)
        except (Refused, TokenRefused) as refused:
            answer = refused.answer()
        except AeriesTuiError as error:
            self._service.options.say(" ".join(error.lines()))
            answer = Refused(500, "internal_server_error", "The service can't read its data.").answer()
        except Exception as error:  # noqa: BLE001 - the last fence before the line: no traceback leaves
            self._service.defects.tell(error)
            answer = Refused(500, "internal_server_error", "The service has a defect.").answer()
        headers = answer.all_headers()
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if scope["method"] != "HEAD":
            await self._send_body(answer, receive, send)
        await send({"type": "http.response.body", "body": b""})

    async def _send_body(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Nothing is made for a peer that has gone."""
        going = asyncio.create_task(_until_gone(receive)) if answer.pieces else None
        try:
            async for piece in self._service.more(answer):
                if going is not None and going.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            if going is not None:
                going.cancel()

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if _head_size(scope) > LARGEST_HEAD:
            raise Refused(431, "invaliddata", "The request is too large.", [("connection", "close")])
        if _is_ambiguous(scope):
            raise Refused(
                400, "invaliddata", "The request can be read in two ways.", [("connection", "close")]
            )
        path = self._path(scope)
        method = scope["method"]
        if path == TOKEN:
            if method != "POST":
                raise _not_allowed("POST")
            return await self._service.token(_headers(scope), await _body(receive))
        operation = find_operation(path)
        if method not in {"GET", "HEAD"}:
            raise _not_allowed("GET, HEAD")
        if operation is None:
            raise Refused(404, "unknownobject", "There is nothing at this address.")
        return await self._service.roster(
            operation, path, scope["query_string"], _token(scope), head=method == "HEAD"
        )

    def _path(self, scope: Scope) -> str:
        """The path below the root, as it came over the line."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = _ORIGIN.sub("", raw.decode("ascii", "replace"))
        if self._prefix and path.startswith(self._prefix + "/") and not path.startswith(_BELOW):
            return path[len(self._prefix) :]
        return path


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head_size(scope: Scope) -> int:
    """Bytes of the address and the headers."""
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])


def _is_ambiguous(scope: Scope) -> bool:
    """Whether a proxy may have read a request otherwise: where its body ends (RFC 9112, 6.1), or who it is from."""
    names = [name.lower() for name, _ in scope["headers"]]
    return {b"transfer-encoding", b"content-length"} <= set(names) or names.count(b"authorization") > 1


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _token(scope: Scope) -> str:
    """The token of an Authorization header; blank for none. One in the query is none (RFC 6750, 2.3)."""
    scheme, _, token = _headers(scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _not_allowed(allowed: str) -> Refused:
    return Refused(405, "invaliddata", "This method is not served here.", [("allow", allowed)])


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TokenRefused(400, "invalid_request")
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_BODY:
            raise TokenRefused(413, "invalid_request", ("connection", "close"))
        if not message.get("more_body"):
            return body
