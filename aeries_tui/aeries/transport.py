"""One request and its answer: the connection, the redirects, the body, and what each failure means."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from aeries_tui import __version__
from aeries_tui.aeries.address import Address
from aeries_tui.aeries.auth import CertificateAuth, origin_of
from aeries_tui.aeries.errors import (
    AeriesError,
    ConnectionLost,
    ServerBroken,
    SignInPage,
    TimedOut,
    TlsFailed,
    TooLarge,
    Truncated,
    Unreachable,
    WrongAddress,
)
from aeries_tui.aeries.limits import Limits
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret

_MOST_REDIRECTS = 3
_ERROR_BYTES = 64 * 1024
_SIGN_IN = re.compile(r"log-?in|sign-?in|logon|\.aspx\b|saml|oauth|adfs|\bsso\b", re.IGNORECASE)


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
    it would read the certificate. Cookies are not kept: a session would make the server answer one
    request after the other.

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
        try:
            self._client = httpx.AsyncClient(
                verify=_no_trust() if handler is not None or address.is_plain_http else _trust(ca_file),
                timeout=httpx.Timeout(limits.silence, connect=limits.connect, pool=None),
                limits=httpx.Limits(
                    max_connections=limits.most_at_a_time, max_keepalive_connections=limits.most_at_a_time
                ),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "User-Agent": f"aeries-tui/{__version__}",
                },
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                trust_env=not address.is_plain_http and not address.is_loopback,
                transport=handler,
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            raise ConfigurationError(
                "The proxy named in the environment can't be used.",
                remedy="Correct or unset HTTPS_PROXY, ALL_PROXY and NO_PROXY; an http:// proxy is what works.",
            ) from None
        except OSError:
            raise ConfigurationError(
                "The environment names a TLS file that can't be used.",
                remedy="Correct or unset SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE.",
            ) from None
        self._proxied = (
            self._client.trust_env
            and not urllib.request.proxy_bypass(address.host)
            and not {"https", "all"}.isdisjoint(urllib.request.getproxies())
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(
        self, path: str, params: Mapping[str, str], where: str, *, head_only: bool = False
    ) -> Reply:
        """The answer to one request.

        Args:
            path: below the API's base, escaped.
            params: of the query.
            where: the list, as an error names it.
            head_only: status and the first bytes are enough; the rest is not read.

        Raises:
            AeriesError: no whole answer came; one of a status of 400 and above is an answer.
        """
        try:
            async with asyncio.timeout(self._limits.request):
                return await self._follow(path, params, where, head_only)
        except AeriesError as known:
            failure = known
        except TimeoutError:
            failure = TimedOut(f"Aeries took longer than {self._limits.request:.0f} s over {where}.")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as cause:
            failure = self._explain(cause, where)
        # Raised here and not above, so that no traceback leads to the frames that hold the header.
        failure.__traceback__ = failure.__context__ = failure.__cause__ = None
        raise failure

    async def _follow(self, path: str, params: Mapping[str, str], where: str, head_only: bool) -> Reply:
        url = (
            httpx.URL(f"{self._address.api}/{path}", params=params)
            if params
            else httpx.URL(f"{self._address.api}/{path}")
        )
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._client.stream("GET", url, auth=self._auth, follow_redirects=False) as response:
                if response.status_code not in {301, 302, 303, 307, 308}:
                    return await self._read(response, where, head_only)
                url = self._redirect(url, response.headers.get("location", ""), where)
        raise WrongAddress(f"Aeries redirects in circles in place of {where}.")

    def _redirect(self, url: httpx.URL, location: str, where: str) -> httpx.URL:
        """Where a redirect leads; never away from the host of the address (contract, section 4)."""
        try:
            target = url.join(location)
            origin = origin_of(target)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise WrongAddress(
                f"Aeries redirects to an address that can't be read in place of {where}."
            ) from None
        if _SIGN_IN.search(f"{target.host}{target.path}"):
            raise SignInPage(f"Aeries redirects to a sign-in page in place of {where}.")
        if origin != self._address.origin:
            if origin[1] == self._address.host:
                remedy = (
                    f"If that is right, enter {target.scheme}://{target.netloc.decode()} as the Instance URL."
                )
            else:
                remedy = (
                    "The certificate never goes to another host. If that one is Aeries, enter its address."
                )
            raise WrongAddress(
                f"The server redirects to {target.scheme}://{target.netloc.decode()} in place of {where}.",
                remedy=remedy,
            )
        return target

    async def _read(self, response: httpx.Response, where: str, head_only: bool) -> Reply:
        body = bytearray()
        is_error = response.status_code >= 400
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limits.answer_bytes:
                raise TooLarge(
                    f"The answer for {where} is larger than {self._limits.answer_bytes // 1024 // 1024} MB.",
                    remedy="Find out why it is so large; the limit guards this machine's memory.",
                )
            if (is_error and len(body) > _ERROR_BYTES) or (head_only and body and not is_error):
                return Reply(response.status_code, response.headers, body)
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and 0 < response.num_bytes_downloaded != int(announced):
            raise Truncated(f"The answer for {where} broke off.")
        return Reply(response.status_code, response.headers, body)

    def _explain(self, cause: Exception, where: str) -> AeriesError:
        """What a failure of the network means."""
        host = self._address.host
        chain = _chain(cause)
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
            return TlsFailed(f"The TLS certificate of {host} could not be verified.")
        if any(isinstance(one, ssl.SSLError) for one in chain) and isinstance(cause, httpx.ConnectError):
            return TlsFailed(
                f"{host} does not speak TLS as it should.",
                remedy="Check scheme and port of the Instance URL; a server without TLS needs http://.",
            )
        if isinstance(cause, httpx.ConnectTimeout):
            return TimedOut(f"{host} did not accept a connection within {self._limits.connect:.0f} s.")
        if isinstance(cause, httpx.TimeoutException):
            return TimedOut(
                f"Aeries sent nothing for {self._limits.silence:.0f} s while it was asked for {where}."
            )
        if self._proxied and isinstance(cause, httpx.ConnectError):
            return Unreachable(
                "The proxy named in the environment does not answer.",
                remedy="Check HTTPS_PROXY, ALL_PROXY and NO_PROXY with whoever runs the proxy.",
            )
        if any(isinstance(one, socket.gaierror) for one in chain):
            return Unreachable(
                f"The host {host} is not known.", remedy="Check the Instance URL, and this machine's DNS."
            )
        if isinstance(cause, httpx.ConnectError):
            return Unreachable(
                f"Nothing answers at {self._address.site}.",
                remedy="Check the Instance URL and whether a firewall lets this machine reach it.",
            )
        if isinstance(cause, httpx.ProxyError):
            return Unreachable(
                "The proxy named in the environment refused the connection.",
                remedy="Check HTTPS_PROXY and NO_PROXY with whoever runs the proxy.",
            )
        if isinstance(cause, httpx.DecodingError):
            return Truncated(f"The packed answer for {where} can't be unpacked.")
        if isinstance(cause, httpx.RemoteProtocolError) and "complete" in str(cause):
            return Truncated(f"The answer for {where} broke off.")
        if isinstance(cause, httpx.NetworkError | httpx.RemoteProtocolError):
            return ConnectionLost(f"The connection broke while Aeries was asked for {where}.")
        return ServerBroken(f"The answer for {where} could not be read ({type(cause).__name__}).")


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found


def _no_trust() -> ssl.SSLContext:
    """For connections without TLS: trusts nobody, and costs nothing to make."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError):
            raise ConfigurationError(
                f"The CA file {ca_file} can't be read as PEM.",
                remedy="Correct source.ca_file in config.toml.",
            ) from None
    return context
