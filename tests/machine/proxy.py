"""A proxy of a district, and behind it Aeries over TLS, which nothing else reaches: stands in for both in a machine.

`python -m machine.proxy CERTIFICATES PORT LOG [USER:PASSWORD]` listens at 3128, forwards what is encrypted for HOST to
the plain Aeries at PORT, and writes each request that it gets to LOG.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
from base64 import b64encode
from pathlib import Path

HOST = "lincoln.aeries.example"
_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            # the simulated district answers nobody who calls it otherwise
            writer.write(data.replace(f"Host: {HOST}\r".encode(), b"Host: 127.0.0.1\r"))
            await writer.drain()
    writer.close()


async def _join(one: _Pair, other: _Pair) -> None:
    await asyncio.gather(_pour(one[0], other[1]), _pour(other[0], one[1]))


async def serve(certificates: Path, port: int, log: Path, account: str) -> None:
    """Be both, for ever.

    Args:
        certificates: holds leaf.pem and leaf.key, for HOST.
        port: of the plain Aeries, on this machine.
        log: a line for each request to the proxy.
        account: user and password that the proxy asks for; blank where it asks for none.
    """

    async def as_aeries(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _join((reader, writer), await asyncio.open_connection("127.0.0.1", port))

    async def as_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request = head.splitlines()[0]
        known = f"Proxy-Authorization: Basic {b64encode(account.encode()).decode()}".lower()
        answer = "200 Connection established"
        if account and known not in head.lower():
            answer = "407 Proxy Authentication Required"
        elif not request.startswith(f"CONNECT {HOST}:443 "):
            answer = "403 Forbidden"
        with log.open("a") as lines:
            lines.write(f"{request} -> {answer}\n")
        writer.write(f"HTTP/1.1 {answer}\r\n\r\n".encode())
        if answer.startswith("200"):
            await _join((reader, writer), await asyncio.open_connection("127.0.0.1", 8443))
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "leaf.pem", certificates / "leaf.key")
    await asyncio.start_server(as_aeries, "127.0.0.1", 8443, ssl=context)
    proxy = await asyncio.start_server(as_proxy, "127.0.0.1", 3128)
    print("ready", flush=True)
    await proxy.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), "".join(sys.argv[4:])))
