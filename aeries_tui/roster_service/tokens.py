"""The token end point: OAuth 2 client credentials (RFC 6749, 4.4; OneRoster REST, section 2)."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote_plus

from aeries_tui.master.served.consumers import TOKEN_SECONDS, Consumer, give_token, with_secret
from aeries_tui.roster_service.answers import Answer, Header, to_json
from aeries_tui.roster_service.operations import scope_of, scope_uris

LARGEST_BODY = 8_192
"""Bytes of a request for a token; one needs some hundred."""


class TokenRefused(Exception):
    """A request for a token that is answered with an error of RFC 6749, 5.2."""

    def __init__(self, status: int, error: str, *headers: Header) -> None:
        super().__init__(error)
        self.status, self.error, self.headers = status, error, headers

    def answer(self) -> Answer:
        """The answer that says so."""
        return Answer(self.status, to_json({"error": self.error}), self.headers)


def _invalid_client() -> TokenRefused:
    """Whoever asks is not known, whatever is wrong; each 401 names a way in (RFC 9110, 15.5.2)."""
    return TokenRefused(401, "invalid_client", ("www-authenticate", 'Basic realm="roster"'))


def token_answer(
    db: sqlite3.Connection, headers: Mapping[str, str], body: bytes, may_ask: Callable[[str], int]
) -> Answer:
    """A token, in JSON; raises TokenRefused.

    Args:
        db: the file of the service.
        headers: of the request.
        body: of the request, whole.
        may_ask: tells in how many seconds the consumer of a name may ask again; 0 for now.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise TokenRefused(400, "invalid_request")
    form = _form(body)
    name, secret = _basic(headers["authorization"], form) if "authorization" in headers else _posted(form)
    found = with_secret(db, name, secret)
    if found is None:
        raise _invalid_client()
    wait = may_ask(found.name)
    if wait:
        raise TokenRefused(429, "temporarily_unavailable", ("retry-after", str(wait)))
    if "grant_type" not in form:
        raise TokenRefused(400, "invalid_request")
    if form["grant_type"] != "client_credentials":
        raise TokenRefused(400, "unsupported_grant_type")
    scopes, told = _scopes(found, form.get("scope", ""))
    token = give_token(db, found.name, scopes)
    return Answer(
        200,
        to_json(
            {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(told)}
        ),
    )  # fmt: skip


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise TokenRefused(400, "invalid_request") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise TokenRefused(400, "invalid_request")  # RFC 6749, 3.2: no parameter twice
    return dict(pairs)


def _basic(header: str, form: Mapping[str, str]) -> tuple[str, str]:
    """Client id and secret of a Basic header; their characters are such that form-encoding leaves them alone."""
    if "client_secret" in form:
        raise TokenRefused(400, "invalid_request")  # RFC 6749, 2.3: one way at a time
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        raise _invalid_client()
    try:
        name, colon, secret = base64.b64decode(text.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise _invalid_client()
    return unquote_plus(name), unquote_plus(secret)


def _posted(form: Mapping[str, str]) -> tuple[str, str]:
    if "client_id" not in form:
        raise TokenRefused(400, "invalid_request")
    if "client_secret" not in form:
        raise _invalid_client()
    return form["client_id"], form["client_secret"]


def _scopes(found: Consumer, asked: str) -> tuple[frozenset[str], list[str]]:
    """What is granted of what was asked for, in a word each and as it is told; all where nothing was."""
    wanted = asked.split()
    if not wanted:
        return found.scopes, scope_uris(found.scopes)
    told = [uri for uri in dict.fromkeys(wanted) if scope_of(uri) in found.scopes]
    if not told:
        raise TokenRefused(400, "invalid_scope")
    return frozenset(scope for uri in told if (scope := scope_of(uri))), told
