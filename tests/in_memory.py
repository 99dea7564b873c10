"""A network that is a function, for clients that read the bytes of an answer as they came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx


class InMemory(httpx.AsyncBaseTransport):
    """Answers each request by a function; what it answers may be read more than once.

    Args:
        answer: gives the response, or raises.
    """

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        found = self._answer(request)
        if not isinstance(found.stream, httpx.ByteStream):
            return found
        return httpx.Response(found.status_code, headers=found.headers, stream=_Body(b"".join(found.stream)))


class _Body(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content:
            yield self._content
