"""The TLS certificate of the server itself: verified as for any request, and when it ends."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from pathlib import Path

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.errors import TlsFailed, Unreachable
from aeries_tui.aeries.network_errors import tls_error

_SECONDS = 10.0


def server_certificate_ends(address: Address, ca_file: Path | None = None) -> dt.datetime:
    """When the server's certificate ends, UTC, after its chain and name were verified.

    Args:
        address: an https address.
        ca_file: further authorities to trust, PEM.

    Raises:
        TlsFailed: the chain or the name can't be verified.
        Unreachable: nobody answers.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise TlsFailed(f"The CA file {ca_file} can't be read.") from None
    try:
        with (
            socket.create_connection(
                (address.host.strip("[]"), address.port or 443), timeout=_SECONDS
            ) as plain,
            context.wrap_socket(plain, server_hostname=address.host.strip("[]")) as secured,
        ):
            shown = secured.getpeercert() or {}
    except ssl.SSLError as error:
        raise tls_error(error, address.host) from None
    except OSError:
        raise Unreachable(f"{address.host} does not answer.") from None
    return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), dt.UTC)
