"""Lets through what a program of this machine asks for, and nothing that a web page has a browser ask for.

A page can send requests to the loopback of whoever looks at it, and read the answers where its own name leads there
(DNS rebinding). Such a request names the page's host, or the page as its origin.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class LocalOnly:
    """An ASGI application around another, which gets the requests that are meant for this machine.

    Args:
        app: what answers them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it: 421 for another host, 403 for another origin."""
        app = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if not _is_here(f"//{headers.get('host', '')}"):
                app = PlainTextResponse("This server is for this machine alone.", 421)
            elif "origin" in headers and not _is_here(headers["origin"]):
                app = PlainTextResponse("This server is for no web page.", 403)
        await app(scope, receive, send)


def _is_here(address: str) -> bool:
    try:
        return urlsplit(address).hostname in _HOSTS
    except ValueError:
        return False
