"""What can go wrong with the source, sorted by what the caller can do about it.

`fatal`: no other request can succeed, the pull stops. `retry`: the same request may succeed later.
Neither: this list can't be read, others can. The messages name the list and never quote an answer.
"""

from __future__ import annotations

from typing import ClassVar

from aeries_tui.aeries.events import Traffic
from aeries_tui.codes import CODES, Code
from aeries_tui.errors import SourceError


class AeriesError(SourceError):
    """Aeries could not be read.

    Args:
        message: what happened, one sentence that names the list.
        remedy: what to do now; the code's own where left out.
        retry_after: seconds the server asked to wait, where it did.
        code: another code than the class's own.

    Attributes:
        name: the code of the description table.
        overload: the server may have too much to do; ask less at a time.
        once_more: a second try is enough to tell what passes from what stays.
        traffic: what the request cost that ended in it, all its tries together.
    """

    name: ClassVar[str] = Code.SRC_SERVER
    overload: ClassVar[bool] = False
    once_more: ClassVar[bool] = False

    def __init__(
        self, message: str, *, remedy: str = "", retry_after: float | None = None, code: str = ""
    ) -> None:
        known = CODES[code or self.name]
        super().__init__(
            message, meaning="Nothing was changed.", remedy=remedy or known.remedy, code=known.code
        )
        self.retry_after = retry_after
        self.traffic = Traffic()


class WrongAddress(AeriesError):
    """The address leads to no Aeries API, or away from the host it names."""

    name = Code.SRC_URL
    fatal = True


class TlsFailed(AeriesError):
    """The server's TLS certificate, or TLS itself, can't be trusted."""

    name = Code.SRC_TLS
    fatal = True


class SignInPage(AeriesError):
    """A web page came in place of data."""

    name = Code.SRC_LOGIN_PAGE
    fatal = True
    retry = True
    once_more = True


class Intercepted(AeriesError):
    """Not Aeries answered but something in front of it: a firewall, a gateway, a maintenance page."""

    name = Code.SRC_GATEWAY
    retry = True
    once_more = True


class WindowsAuthentication(AeriesError):
    """The web server wants a Windows sign-in before Aeries is asked at all."""

    name = Code.SRC_WINDOWS_AUTH
    fatal = True


class CertificateRefused(AeriesError):
    """Aeries does not accept the API certificate."""

    name = Code.SRC_CERTIFICATE
    fatal = True


class UnknownYear(AeriesError):
    """Aeries gave another school year than was asked for (contract, section 2)."""

    name = Code.SRC_YEAR
    fatal = True


class PermissionMissing(AeriesError):
    """The certificate is good but may not read this list.

    Attributes:
        area: the permission's name on the API Security page.
    """

    name = Code.SRC_PERMISSION

    def __init__(self, message: str, *, area: str, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.area = area


class Throttled(AeriesError):
    """Aeries asked to slow down."""

    name = Code.SRC_THROTTLED
    retry = True
    overload = True


class NoTurn(AeriesError):
    """Others on this machine asked the server all the time for as much as it bears."""

    name = Code.SRC_THROTTLED
    fatal = True


class TimedOut(AeriesError):
    """No answer, or not all of it, in time."""

    name = Code.SRC_TIMEOUT
    retry = True
    overload = True


class Truncated(AeriesError):
    """The answer broke off or is not JSON."""

    name = Code.SRC_TRUNCATED
    retry = True


class TooLarge(AeriesError):
    """The answer is larger, or holds more rows, than the limit that was set."""

    name = Code.SRC_TRUNCATED


class TooManyBadRows(AeriesError):
    """So many rows of the answer can't be used that the list is not read at all."""


class WronglyPacked(AeriesError):
    """The answer is packed in a way that was not offered."""


class ServerBroken(AeriesError):
    """A server error, or an answer that is no list."""

    retry = True


class ServerUnavailable(ServerBroken):
    """Status 503: the server says that it has too much to do or is being restarted."""

    overload = True


class Unreachable(AeriesError):
    """Nobody answers at that address."""

    retry = True


class ConnectionLost(AeriesError):
    """The connection was there and broke before an answer came."""

    retry = True
    overload = True


class NotThere(AeriesError):
    """Status 404 for a list.

    Attributes:
        is_spoken: Aeries itself says that there is no such record; otherwise there may be no such list.
    """

    def __init__(self, message: str, *, is_spoken: bool = False) -> None:
        super().__init__(message)
        self.is_spoken = is_spoken


class RequestRefused(AeriesError):
    """A status that no further try will change, such as 400 or 501."""


class PagingShifted(AeriesError):
    """The rows moved each time the list was read page by page, and it could not be had whole."""

    name = Code.SRC_PAGING


class GaveUp(AeriesError):
    """Nothing but failures for a while: the server is broken, further tries would only take time.

    Attributes:
        last: the failure that was seen last.
    """

    fatal = True

    def __init__(self, last: AeriesError, failures: int) -> None:
        super().__init__(
            f"Gave up after {failures} failed requests in a row. The last one: {last.message}",
            remedy=last.remedy,
            code=last.code,
        )
        self.last = last
