"""A second look at a server with which no connection could be had; nothing of the district's is sent."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from aeries_tui.aeries.address import Address

_SECONDS = 2.0


async def wants_client_certificate(address: Address, context: ssl.SSLContext) -> bool:
    """Whether the server ends a connection because no client certificate was shown.

    With TLS 1.3 that comes after the handshake; who is sending by then may see nothing but a broken connection.

    Args:
        address: an https address.
        context: that verifies the server.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(address.host, address.origin[2], ssl=context)
            try:
                await reader.read(1)
            finally:
                writer.transport.abort()
    except ssl.SSLError as error:
        return "CERTIFICATE_REQUIRED" in str(error.reason or "")
    except (OSError, TimeoutError):
        return False
    return False


async def speaks_plain_http(address: Address) -> bool:
    """Whether HTTP without TLS is answered where TLS was wanted.

    Args:
        address: an https address.
    """
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(address.host, address.origin[2])
            try:
                writer.write(b"HEAD / HTTP/1.0\r\n\r\n")
                return (await reader.read(5)).startswith(b"HTTP/")
            finally:
                writer.transport.abort()
    return False
