"""What the server says: right answers, refusals, web pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from aeries_tui.demo.bodies import squeeze

_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"

SIGN_IN_PAGE = (
    '<!DOCTYPE html><html><head><title>Aeries: Sign In</title></head><body><form method="post" '
    'action="Login.aspx"><input name="portalAccountUsername"><input type="password" '
    'name="portalAccountPassword"></form></body></html>'
)
_NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>IIS 10.0 Detailed Error - 404.0 - Not Found</title></head>"
    "<body><h1>HTTP Error 404.0 - Not Found</h1></body></html>"
)


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    Attributes:
        packed: the body is gzip already.
    """

    status: int = 200
    body: bytes = b""
    media: str = _JSON
    headers: tuple[tuple[str, str], ...] = field(default=())
    packed: bool = False

    def as_sent(self, *, gzip: bool) -> Answer:
        """The answer packed if the client takes gzip and it is worth it."""
        if self.packed or not gzip or len(self.body) < 1000:
            return self
        return replace(self, body=squeeze(self.body), packed=True)

    def header_lines(self) -> list[tuple[bytes, bytes]]:
        """All headers but Content-Length."""
        lines = [("content-type", self.media), ("x-powered-by", "ASP.NET"), *self.headers]
        if self.packed:
            lines += [("content-encoding", "gzip"), ("vary", "Accept-Encoding")]
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]


def refusal(status: int, message: str) -> Answer:
    """An error as the contract, section 4, describes it: {"Message": …}."""
    return Answer(status, msgspec.json.encode({"Message": message}))


def page(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """A web page."""
    return Answer(status, text.encode(), _HTML, headers)


def sign_in_page() -> Answer:
    """The page a browser sees."""
    return page(SIGN_IN_PAGE)


def not_found() -> Answer:
    """What the web server says of an address it does not know."""
    return page(_NOT_FOUND_PAGE, 404)


def moved(to: str) -> Answer:
    """A redirect."""
    return page("<html><body>Object moved</body></html>", 302, ("location", to))
