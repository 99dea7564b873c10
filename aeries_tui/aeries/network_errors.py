"""What a failure of the network means: which of name, route, proxy, TLS and server it was."""

from __future__ import annotations

import errno
import socket
import ssl

import httpx

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.errors import (
    AeriesError,
    ConnectionLost,
    ServerBroken,
    TimedOut,
    TlsFailed,
    Truncated,
    Unreachable,
)
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.proxies import Proxy
from aeries_tui.os_errors import refusal_of

_OWN = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
"""What this machine lacks, whatever the server does."""
_CLOCK = "Look at this machine's clock too."
_NAME = (
    "Enter the Instance URL with the name for which the certificate was made, as a browser shows it, "
    "or have the certificate corrected."
)
_X509 = {
    9: ("is not valid yet", f"{_CLOCK} If it is right, have the server's certificate corrected."),
    10: ("has expired", f"Have whoever runs the server renew it. {_CLOCK}"),
    18: ("is signed by itself", ""),
    62: ("is for another name", _NAME),
    64: ("is for another name", _NAME),
}
_OLD = (
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SSL_VERSION",
    "ALERT_PROTOCOL_VERSION",
    "INSUFFICIENT_SECURITY",
    "NO_PROTOCOLS_AVAILABLE",
    "DH_KEY_TOO_SMALL",
    "BAD_ECPOINT",
    "WRONG_SIGNATURE_TYPE",
    "LEGACY_SIGALG",
    "WRONG_CIPHER_RETURNED",
    "UNKNOWN_CIPHER_RETURNED",
)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_UPGRADE = (
    "Have whoever runs the server, or the appliance before it, allow TLS 1.2 or 1.3 with secure renegotiation "
    "(RFC 5746)."
)


def explain(
    cause: Exception, where: str, *, address: Address, limits: Limits, proxy: Proxy | None
) -> AeriesError:
    """The error of the source that a failure is.

    Args:
        cause: of httpx, of TLS or of the system.
        where: the list, as an error names it.
        address: that was asked.
        limits: of the client.
        proxy: between here and there.
    """
    chain = _chain(cause)
    tls = next((link for link in chain if isinstance(link, ssl.SSLError)), None)
    own = next((link for link in chain if _is_own(link)), None)
    if isinstance(own, OSError):
        refusal = refusal_of(own)
        return Unreachable(
            f"This machine could not open a connection: {refusal.what}.", remedy=refusal.remedy
        )
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        at_proxy = _proxy_at_fault(cause, tls, proxy)
        return at_proxy or _not_connected(cause, chain, tls, address, limits, proxy)
    if tls is not None and (isinstance(tls, ssl.SSLCertVerificationError) or _wants_certificate(tls)):
        return tls_error(tls, address.host, proxy)
    if isinstance(cause, httpx.TimeoutException):
        return TimedOut(f"Aeries sent nothing for {limits.silence:.0f} s while it was asked for {where}.")
    if isinstance(cause, httpx.RemoteProtocolError) and "complete" in str(cause):
        return Truncated(f"The answer for {where} broke off.")
    if tls is not None:
        return ConnectionLost(f"The encrypted connection was disturbed while Aeries was asked for {where}.")
    if isinstance(cause, httpx.NetworkError | httpx.RemoteProtocolError | OSError | EOFError):
        return ConnectionLost(f"The connection broke while Aeries was asked for {where}.")
    return ServerBroken(f"The answer for {where} could not be read ({type(cause).__name__}).")


def _is_own(link: BaseException) -> bool:
    # Numbers of name look-ups and of TLS are others.
    return (
        isinstance(link, OSError)
        and not isinstance(link, socket.gaierror | ssl.SSLError)
        and link.errno in _OWN
    )


def _proxy_at_fault(cause: Exception, tls: ssl.SSLError | None, proxy: Proxy | None) -> AeriesError | None:
    if proxy is None or tls is not None:
        return None
    if isinstance(cause, httpx.ProxyError):
        status = next((word for word in str(cause).split()[:1] if word.isdigit()), "")
        why = "wants a user name and password" if status == "407" else f"answered {status or 'nonsense'}"
        return Unreachable(f"{_begin(proxy)} refused the connection: it {why}.", remedy=proxy.remedy)
    return Unreachable(f"{_begin(proxy)} does not answer.", remedy=proxy.remedy)


def _begin(proxy: Proxy) -> str:
    return proxy.words[0].upper() + proxy.words[1:]


def _not_connected(
    cause: Exception,
    chain: list[BaseException],
    tls: ssl.SSLError | None,
    address: Address,
    limits: Limits,
    proxy: Proxy | None,
) -> AeriesError:
    host = address.host
    closed = f"{host} took the connection and closed it before TLS stood."
    # Debian 12's Python calls the end of a connection SSLZeroReturnError, later ones an unexpected end
    if isinstance(tls, ssl.SSLZeroReturnError) or "UNEXPECTED_EOF" in str(tls and (tls.reason or tls)):
        return ConnectionLost(closed)
    if tls is not None:
        return tls_error(tls, host, proxy)
    if isinstance(cause, httpx.ConnectTimeout):
        return TimedOut(f"{host} did not accept a connection within {limits.connect:.0f} s.")
    if any(isinstance(link, socket.gaierror) for link in chain):
        return Unreachable(
            f"The host {host} is not known.", remedy="Check the Instance URL, and this machine's DNS."
        )
    if not any(isinstance(link, OSError) for link in chain) and cause.__cause__ is not None:
        return ConnectionLost(closed)
    return Unreachable(
        f"Nothing answers at {address.site}.",
        remedy="Check the Instance URL and whether a firewall lets this machine reach it.",
    )


def tls_error(error: ssl.SSLError, host: str, proxy: Proxy | None = None) -> TlsFailed:
    """What a failure of TLS means: old, refused, a client certificate wanted, name, chain, expiry, no TLS at all.

    Args:
        error: of the handshake, or of the first read after it.
        host: whose TLS it is.
        proxy: between here and there.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _not_verified(error, host, proxy)
    reason = str(error.reason or "")
    through = f" The connection went through {proxy.words}." if proxy else ""
    if _wants_certificate(error):
        return client_certificate_wanted(host)
    if any(word in reason for word in _OLD):
        return TlsFailed(
            f"{host} speaks only a kind of TLS that is no longer safe ({_shown(reason)}).",
            remedy=_UPGRADE + through,
        )
    if any(word in reason for word in _NO_TLS):
        if proxy is not None and proxy.url.lower().startswith("https:"):
            return TlsFailed(
                f"Either {proxy.words} does not speak TLS, or {host} does not at this port ({_shown(reason)}).",
                remedy=f"Most proxies want http:// in {proxy.variable}; what goes through them is encrypted all the same. "
                "Else check the port of the Instance URL.",
            )
        return TlsFailed(
            f"{host} does not speak TLS at this port ({_shown(reason)}).",
            remedy=f"Check the port of the Instance URL.{through}",
        )
    if "UNRECOGNIZED_NAME" in reason:
        return TlsFailed(
            f"{host} does not know that name (TLS alert unrecognized_name).",
            remedy=f"Check the host of the Instance URL.{through}",
        )
    if "ALERT" in reason:
        return TlsFailed(
            f"{host} refused the TLS handshake ({_shown(reason)}).",
            remedy="Ask whoever runs the server: either it wants a client certificate, which this program does not "
            f"have, or none of the methods that this machine offers is allowed there.{through}",
        )
    return TlsFailed(
        f"{host} does not speak TLS as it should ({_shown(reason) or 'no reason given'}).",
        remedy=f"Give this to whoever runs the server or the network.{through}",
    )


def _not_verified(error: ssl.SSLCertVerificationError, host: str, proxy: Proxy | None) -> TlsFailed:
    what, remedy = _X509.get(error.verify_code, ("could not be verified", ""))
    why = "" if error.verify_code in _X509 else f": {error.verify_message}"
    if proxy is not None:
        remedy = (
            f"If {proxy.words} looks into encrypted connections, name its authority as source.ca_file or have "
            f"{host} exempted. {remedy}"
        ).strip()
    return TlsFailed(f"The TLS certificate of {host} {what}{why}; nothing was sent.", remedy=remedy)


def client_certificate_wanted(host: str) -> TlsFailed:
    """The error for a server that lets in only who shows a TLS certificate of their own."""
    return TlsFailed(
        f"{host} wants a TLS client certificate, which this program does not have.",
        remedy="Have /api exempted from client certificates on the Aeries server, or use another address of the "
        "district. The API certificate of Aeries is something else and not the problem.",
    )


def plain_http(address: Address) -> TlsFailed:
    """The error for a server that answers without TLS where TLS was wanted."""
    return TlsFailed(
        f"{address.host} answers at port {address.origin[2]}, but without TLS.",
        remedy="Check scheme and port of the Instance URL; a server without TLS needs http://, and then anybody "
        "on the way can read the certificate.",
    )


def _wants_certificate(error: ssl.SSLError) -> bool:
    return "CERTIFICATE_REQUIRED" in str(error.reason or "")


def _shown(reason: str) -> str:
    return reason.replace("_", " ").lower()


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links
