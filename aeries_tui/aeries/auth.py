"""The certificate on its way: only to the one host it belongs to."""

from __future__ import annotations

import httpx

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.errors import WrongAddress
from aeries_tui.secret import Secret

HEADER = "AERIES-CERT"


class CertificateAuth:
    """Adds the certificate to a request to the address it was made for, and refuses every other.

    Args:
        certificate: as issued (contract, section 2).
        address: scheme, host and port it may be sent to.
        allow_plain_http: also without TLS; the loopback is always allowed.

    Raises:
        WrongAddress: the address is plain http, not the loopback, and that was not allowed.
    """

    def __init__(self, certificate: Secret, address: Address, *, allow_plain_http: bool = False) -> None:
        if address.is_plain_http and not (address.is_loopback or allow_plain_http):
            raise WrongAddress(
                f"The address of {address.host} is plain http; the certificate would be readable on the way.",
                remedy="Use https://. If the district has no TLS and you accept the risk, set "
                "source.allow_plain_http in config.toml.",
            )
        self._certificate = certificate
        self._origin = address.origin

    def put_on(self, request: httpx.Request) -> None:
        """Put the certificate on a request, if that goes where it may.

        Raises:
            WrongAddress: it goes elsewhere.
        """
        if origin_of(request.url) != self._origin:
            raise WrongAddress("A request was about to leave the host of the address; it was not sent.")
        request.headers[HEADER] = self._certificate.reveal()


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host in ASCII and port in numbers."""
    host = url.raw_host.decode("ascii").lower().strip("[]")
    return url.scheme, host, url.port or (443 if url.scheme == "https" else 80)
