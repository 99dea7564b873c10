"""One request and its answer: the connection, the redirects, the body, and what each failure means."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import httpx

from aeries_tui import __version__
from aeries_tui.aeries.address import Address
from aeries_tui.aeries.auth import CertificateAuth, origin_of
from aeries_tui.aeries.errors import (
    AeriesError,
    ConnectionLost,
    SignInPage,
    TlsFailed,
    TooLarge,
    Truncated,
    WrongAddress,
)
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.network_errors import client_certificate_wanted, explain, plain_http
from aeries_tui.aeries.proxies import proxy_for, unusable
from aeries_tui.aeries.tls_probe import speaks_plain_http, wants_client_certificate
from aeries_tui.aeries.unpacking import unpacker
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret
from aeries_tui.text import clean_text

_MOST_REDIRECTS = 3
_ERROR_BYTES = 64 * 1024
_SIGN_IN = re.compile(r"log-?in|sign-?in|logon|\.aspx\b|saml|oauth|adfs|\bsso\b", re.IGNORECASE)


def load_all() -> None:
    """Load what httpx loads with its first request, for processes that are copies of this one."""
    for name in ("httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):  # another release of httpx does without
            import_module(name)


@dataclass(frozen=True)
class Reply:
    """An answer with its body read.

    Attributes:
        status: of HTTP.
        headers: as sent.
        body: unpacked; of an error only the beginning, of a probe nothing but the first bytes.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytearray = field(repr=False)


class Transport:
    """The connections to one Aeries application.

    TLS is always verified, against the usual authorities, the system's own and `ca_file`. A proxy of
    the environment is used for https only, where all it sees is the name of the host; without TLS
    it would read the certificate. Cookies are kept only where a redirect sets them, as a load balancer does that
    wants to see its own again: a session would make the server answer one request after the other.

    Args:
        address: where the API is.
        certificate: sent to that host alone.
        limits: times and sizes.
        allow_plain_http: see `CertificateAuth`.
        ca_file: further authorities to trust, PEM.
        handler: takes the requests in place of the network; for tests.
    """

    def __init__(
        self,
        address: Address,
        certificate: Secret,
        *,
        limits: Limits,
        allow_plain_http: bool = False,
        ca_file: Path | None = None,
        handler: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._address = address
        self._limits = limits
        self._auth = CertificateAuth(certificate, address, allow_plain_http=allow_plain_http)
        self._proxy = None if handler is not None else proxy_for(address)
        self._trust = _no_trust() if handler is not None or address.is_plain_http else _trust(ca_file)
        self._cookies = httpx.Cookies()
        self._answered = False
        self._large = asyncio.Lock()
        self._handler = handler
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Connection": "keep-alive",
            "User-Agent": f"aeries-tui/{__version__}",
        }
        self._timeouts = httpx.Timeout(limits.silence, connect=limits.connect, pool=None).as_dict()
        self._connections: set[httpx.AsyncBaseTransport] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._free = [self._new_connection()]

    def _new_connection(self) -> httpx.AsyncBaseTransport:
        # Of one connection each: a pool asks all of its idle connections, several times for each request, whether they
        # are still there, which takes as long as all else that a request takes. A transport and no client: redirects,
        # cookies and the certificate are seen to here, and what a client does besides takes a fifth of each request.
        try:
            connection = self._handler or httpx.AsyncHTTPTransport(
                verify=self._trust,
                trust_env=False,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
                proxy=self._proxy.url if self._proxy else None,
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            raise unusable(self._proxy.variable if self._proxy else "the environment") from None
        self._connections.add(connection)
        return connection

    @contextmanager
    def _connection(self) -> Iterator[httpx.AsyncBaseTransport]:
        """The one used last of those that are free, which is the likeliest to be open still."""
        connection = self._free.pop() if self._free else self._new_connection()
        try:
            yield connection
        except BaseException:
            # A deadline that falls into the closing of an answer leaves the connection taken for good, and whoever had
            # it next would wait for it without end.
            self._close(connection)
            raise
        self._free.append(connection)

    def _close(self, connection: httpx.AsyncBaseTransport) -> None:
        """Begin to close a connection, in a task of its own: what cancels a request does not cancel that."""
        self._connections.discard(connection)
        task = asyncio.get_running_loop().create_task(connection.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def aclose(self) -> None:
        """Close the connections."""
        for connection in tuple(self._connections):
            self._close(connection)
        if self._closing:
            await asyncio.wait(self._closing)

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        where: str,
        *,
        room: AsyncExitStack,
        head_only: bool = False,
    ) -> Reply:
        """The answer to one request.

        Args:
            path: below the API's base, escaped.
            params: of the query.
            where: the list, as an error names it.
            room: given back when the answer is held no longer; a large one waits for the large one before it.
            head_only: status and the first bytes are enough; the rest is not read.

        Raises:
            AeriesError: no whole answer came; one of a status of 400 and above is an answer.
        """
        try:
            with self._connection() as connection:
                return await self._follow(connection, path, params, where, room, head_only)
        except AeriesError as known:
            failure = known
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, EOFError) as cause:
            failure = explain(
                cause, where, address=self._address, limits=self._limits, proxy=self._proxy
            ).with_traceback(None)
        # Raised here and not above, so that no traceback leads to the frames that hold the header.
        failure.__traceback__ = failure.__context__ = failure.__cause__ = None
        raise await self._looked_into(failure)

    async def _looked_into(self, failure: AeriesError) -> AeriesError:
        """What only another connection can tell of one that failed before Aeries ever answered."""
        is_tls = not self._address.is_plain_http and self._proxy is None
        if not is_tls or self._answered or not isinstance(failure, TlsFailed | ConnectionLost):
            return failure
        if isinstance(failure, ConnectionLost) and await wants_client_certificate(self._address, self._trust):
            return client_certificate_wanted(self._address.host)
        if "does not speak TLS at" in failure.message and await speaks_plain_http(self._address):
            return plain_http(self._address)
        return failure

    async def _follow(
        self,
        connection: httpx.AsyncBaseTransport,
        path: str,
        params: Mapping[str, str],
        where: str,
        room: AsyncExitStack,
        head_only: bool,
    ) -> Reply:
        url = (
            httpx.URL(f"{self._address.api}/{path}", params=params)
            if params
            else httpx.URL(f"{self._address.api}/{path}")
        )
        for _ in range(_MOST_REDIRECTS + 1):
            request = self._request(url)
            response = await connection.handle_async_request(request)
            response.request = request
            try:
                self._answered = True
                if response.status_code not in {301, 302, 303, 307, 308}:
                    return await self._read(response, where, room, head_only)
                self._cookies.extract_cookies(response)
                url = self._redirect(url, response.headers.get("location", ""), where)
            finally:
                await response.aclose()
        raise WrongAddress(f"Aeries redirects in circles in place of {where}.")

    def _request(self, url: httpx.URL) -> httpx.Request:
        request = httpx.Request("GET", url, headers=self._headers, extensions={"timeout": self._timeouts})
        self._auth.put_on(request)
        if self._cookies:
            self._cookies.set_cookie_header(request)
        return request

    def _redirect(self, url: httpx.URL, location: str, where: str) -> httpx.URL:
        """Where a redirect leads; never away from the host of the address (contract, section 4)."""
        try:
            target = url.join(location)
            origin = origin_of(target)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise _unreadable_redirect(where) from None
        if _SIGN_IN.search(f"{origin[1]}{target.path}"):
            raise SignInPage(f"Aeries redirects to a sign-in page in place of {where}.")
        if origin != self._address.origin:
            host = f"[{origin[1]}]" if ":" in origin[1] else origin[1]
            port = f":{target.port}" if target.port else ""
            shown = clean_text(f"{target.scheme}://{host}{port}")[:100]
            if target.scheme not in {"https", self._address.scheme}:
                remedy = "The certificate never goes there: it could be read on the way. Have the server's redirect mended."
            elif origin[1] == self._address.host:
                remedy = f"If that is right, enter {shown} as the Instance URL."
            else:
                remedy = (
                    "The certificate never goes to another host. If that one is Aeries, enter its address."
                )
            raise WrongAddress(f"The server redirects to {shown} in place of {where}.", remedy=remedy)
        return target

    async def _read(
        self, response: httpx.Response, where: str, room: AsyncExitStack, head_only: bool
    ) -> Reply:
        body = bytearray()
        # All that run at a time hold less than twice the largest answer: each its share, and one of them all of it.
        share, has_room = self._limits.answer_bytes // self._limits.most_at_a_time, False
        is_error = response.status_code >= 400
        unpack = unpacker(response.headers, where)
        async for chunk in response.aiter_raw():
            for part in unpack.feed(chunk):
                body += part
                if len(body) > share and not has_room:
                    await room.enter_async_context(self._large)
                    has_room = True
                if len(body) > self._limits.answer_bytes:
                    raise TooLarge(
                        f"The answer for {where} is larger than {self._limits.answer_bytes // 1024 // 1024} MB.",
                        remedy="Find out why it is so large; if it is right, raise source.answer_megabytes in "
                        "config.toml. The limit guards this machine's memory.",
                    )
                if (is_error and len(body) > _ERROR_BYTES) or (head_only and body and not is_error):
                    return Reply(response.status_code, response.headers, body)
                await asyncio.sleep(0)
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and 0 < response.num_bytes_downloaded != int(announced):
            raise Truncated(f"The answer for {where} broke off.")
        if body or response.num_bytes_downloaded:
            unpack.finish()
        return Reply(response.status_code, response.headers, body)


def _no_trust() -> ssl.SSLContext:
    """For connections without TLS: trusts nobody, and costs nothing to make."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = httpx.create_ssl_context()
        context.load_default_certs()
    except OSError:
        raise ConfigurationError(
            "The environment names a TLS file that can't be used.",
            remedy="Correct or unset SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE.",
        ) from None
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError):
            raise ConfigurationError(
                f"The CA file {ca_file} can't be read as PEM.",
                remedy="Correct source.ca_file in config.toml.",
            ) from None
    return context


def _unreadable_redirect(where: str) -> WrongAddress:
    return WrongAddress(f"Aeries redirects to an address that can't be read in place of {where}.")
