"""What an HTTP answer of Aeries means (contract, section 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from aeries_tui.aeries.decoding import not_json
from aeries_tui.aeries.errors import (
    AeriesError,
    Intercepted,
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

_LOOKED_AT = 16 * 1024
_XML_ERROR = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<Error\b[^>]{0,400}>\s*<Message>", re.IGNORECASE)
_PASSWORD = re.compile(rb"""type\s*=\s*["']?password""", re.IGNORECASE)
_GATEWAY = re.compile(
    r"cloudflare|akamai|bigip|imperva|incapsula|sucuri|barracuda|application-gateway|azurefrontdoor|"
    r"awselb|cloudfront|netscaler|zscaler|fortiweb",
    re.IGNORECASE,
)
_CHALLENGER = "A firewall's challenge for browsers"
_SPEAKERS = tuple(
    (re.compile(words, re.IGNORECASE), speaker)
    for words, speaker in (
        (rb"just a moment\.\.\.|cdn-cgi/challenge|captcha|_incapsula_", _CHALLENGER),
        (
            rb"request rejected|requested url was rejected|request filtering|attention required|blocked by|"
            rb"application firewall|support id is|incident id",
            "A firewall",
        ),
        (
            rb"maintenance|temporarily (?:down|unavailable|offline)|scheduled (?:outage|downtime)|"
            rb"back (?:soon|shortly|online)|app_offline",
            "A maintenance page",
        ),
        (rb"application-gateway|bad gateway|gateway time-?out|cloudflare", "A gateway in front of Aeries"),
    )
)


class Denied(AeriesError):
    """Status 401 or 403: the certificate or a permission, which only another request can tell."""

    name = Code.SRC_CERTIFICATE


class SilentlyDenied(Denied):
    """The same without a body, which Aeries has in every error (contract, section 4): perhaps not Aeries speaks."""

    retry = True
    once_more = True


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
        is_page = "text/html" in headers.get("content-type", "") and not start.startswith((b"[", b"{"))
        if (is_page or start.startswith(b"<")) and (speaker := speaker_of(body)):
            return Intercepted(f"{speaker} answered in place of {where}.")
        if is_page:
            return SignInPage(f"Aeries answered with a web page in place of {where}.")
        return not_json(start, where) if start.startswith(b"<") else None
    wait = parse_retry_after(headers.get("retry-after"), datetime.now(UTC))
    if status in {401, 403}:
        return _denied(status, headers, body, where)
    if status == 404:
        return _not_there(body, where)
    if status == 408:
        return TimedOut(f"Aeries gave up waiting for the request for {where} (status 408).", retry_after=wait)
    if status == 429:
        return Throttled(f"Aeries asked to slow down over {where} (status 429).", retry_after=wait)
    if status >= 500 and status != 501:
        kind = ServerUnavailable if status == 503 else ServerBroken
        said = "Aeries is not available for" if status == 503 else "Aeries failed over"
        if speaker := speaker_of(body, headers):
            said = f"{speaker} answered in place of"
        return kind(f"{said} {where} (status {status}).", retry_after=wait)
    return RequestRefused(f"Aeries refused the request for {where} (status {status}).")


def _denied(status: int, headers: Mapping[str, str], body: bytes | bytearray, where: str) -> AeriesError:
    asks_for = headers.get("www-authenticate", "").lower()
    speaks = is_own(body)
    if status == 401 and ("negotiate" in asks_for or "ntlm" in asks_for) and not speaks:
        return WindowsAuthentication(f"The web server asks for a Windows sign-in before {where}.")
    speaker = speaker_of(body, headers)
    if not speaks and (body.strip() or speaker):
        speaker = speaker or "Something in front of Aeries"
        return Intercepted(f"{speaker} refused {where} (status {status}).")
    kind = Denied if speaks else SilentlyDenied
    return kind(f"Aeries refused {where} (status {status}).")


def _not_there(body: bytes | bytearray, where: str) -> AeriesError:
    if not is_own(body) and (speaker := speaker_of(body)):
        return Intercepted(f"{speaker} answered in place of {where} (status 404).")
    said = message_of(body)
    if said is None and body.strip():
        return NotThere(
            f"The web server has no page for {where} (status 404); Aeries itself was not reached."
        )
    return NotThere(
        f"Aeries knows nothing of {where} (status 404).",
        is_spoken=said is not None and "HTTP resource" not in said,
    )


def is_own(body: bytes | bytearray) -> bool:
    """Whether the body of an error is one of Aeries' own: JSON or XML with a message (contract, section 4)."""
    return message_of(body) is not None or _XML_ERROR.match(body) is not None


def speaker_of(body: bytes | bytearray, headers: Mapping[str, str] | None = None) -> str:
    """Who speaks in place of Aeries, to begin a sentence with; blank where nothing tells, or it signs people in.

    Args:
        body: of an answer that is not Aeries' own.
        headers: where they may tell as well: a gateway puts its name on what it only passes on, too.
    """
    page, named = bytes(body[:_LOOKED_AT]), headers or {}
    if _PASSWORD.search(page):
        return ""
    if "cf-mitigated" in named:
        return _CHALLENGER
    for words, speaker in _SPEAKERS:
        if words.search(page):
            return speaker
    return "A gateway in front of Aeries" if _GATEWAY.search(named.get("server", "")) else ""


class _Message(msgspec.Struct):
    """The body of an error: the application itself speaks, not the web server before it."""

    message: str = msgspec.field(name="Message")


def message_of(body: bytes | bytearray) -> str | None:
    """The application's own message in an error's body, not to be shown; None where there is none."""
    try:
        return msgspec.json.decode(body, type=_Message).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
