"""What an HTTP answer of Aeries means (contract, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from aeries_tui.aeries.decoding import not_json
from aeries_tui.aeries.errors import (
    AeriesError,
    NotThere,
    RequestRefused,
    ServerBroken,
    ServerUnavailable,
    SignInPage,
    Throttled,
    TimedOut,
    WindowsAuthentication,
)
from aeries_tui.aeries.retry import parse_retry_after
from aeries_tui.codes import Code


class Denied(AeriesError):
    """Status 401 or 403: the certificate or a permission, which only another request can tell."""

    name = Code.SRC_CERTIFICATE


def error_of(
    status: int, headers: Mapping[str, str], body: bytes | bytearray, where: str
) -> AeriesError | None:
    """The error an answer is; None for a good one.

    Args:
        status: of HTTP.
        headers: of the answer.
        body: or its beginning.
        where: the list, as an error names it.
    """
    if status < 300:
        start = bytes(body[:512]).removeprefix(b"\xef\xbb\xbf").lstrip()
        if "text/html" in headers.get("content-type", "") and not start.startswith((b"[", b"{")):
            return SignInPage(f"Aeries answered with a web page in place of {where}.")
        return not_json(start, where) if start.startswith(b"<") else None
    wait = parse_retry_after(headers.get("retry-after"), datetime.now(UTC))
    if status in {401, 403}:
        return _denied(status, headers, body, where)
    if status == 404:
        said = message_of(body)
        return NotThere(
            f"Aeries knows nothing of {where} (status 404).",
            is_spoken=said is not None and "HTTP resource" not in said,
        )
    if status == 408:
        return TimedOut(f"Aeries gave up waiting for the request for {where} (status 408).", retry_after=wait)
    if status == 429:
        return Throttled(f"Aeries asked to slow down over {where} (status 429).", retry_after=wait)
    if status == 503:
        return ServerUnavailable(f"Aeries is not available for {where} (status 503).", retry_after=wait)
    if status >= 500 and status != 501:
        return ServerBroken(f"Aeries failed over {where} (status {status}).", retry_after=wait)
    return RequestRefused(f"Aeries refused the request for {where} (status {status}).")


def _denied(status: int, headers: Mapping[str, str], body: bytes | bytearray, where: str) -> AeriesError:
    asks_for = headers.get("www-authenticate", "").lower()
    if status == 401 and ("negotiate" in asks_for or "ntlm" in asks_for) and message_of(body) is None:
        return WindowsAuthentication(f"The web server asks for a Windows sign-in before {where}.")
    return Denied(f"Aeries refused {where} (status {status}).")


class _Message(msgspec.Struct):
    """The body of an error: the application itself speaks, not the web server before it."""

    message: str = msgspec.field(name="Message")


def message_of(body: bytes | bytearray) -> str | None:
    """The application's own message in an error's body, not to be shown; None where there is none."""
    try:
        return msgspec.json.decode(body, type=_Message).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
