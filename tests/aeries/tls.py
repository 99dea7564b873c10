"""TLS certificates and servers for tests, made with openssl."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Authority:
    """A certificate authority of its own.

    Args:
        directory: for its files.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / "ca.pem"
        _openssl(
            directory, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem",
            "-subj", "/CN=Test CA", "-days", "9",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",  # from Python 3.13 on, by its strict check
        )  # fmt: skip

    def server(self, *, names: str = "IP:127.0.0.1", begins: str = "", ends: str = "") -> ssl.SSLContext:
        """What a server needs to be known by `names`, valid today unless other days are given (YYMMDDhhmmssZ)."""
        here = self.directory
        (here / "names").write_text(f"subjectAltName={names}\nauthorityKeyIdentifier=keyid\n")
        _openssl(
            here, "req", *_KEY, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf"
        )  # fmt: skip
        days = ["-days", "5"]
        if ends:
            (here / "index.txt").write_text("")
            (here / "serial").write_text("01\n")
            (here / "ca.conf").write_text(_CA_CONFIG)
            _openssl(
                here, "ca", "-batch", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key",
                "-in", "leaf.csr", "-out", "leaf.pem", "-notext", "-extfile", "names",
                "-startdate", begins or "200101000000Z", "-enddate", ends,
            )  # fmt: skip
        else:
            _openssl(
                here, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", *days, "-extfile", "names", "-out", "leaf.pem",
            )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(here / "leaf.pem", here / "leaf.key")
        return context


_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
_CA_CONFIG = """
[ca]
default_ca = one
[one]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def _openssl(directory: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)


@asynccontextmanager
async def speaking(speak: Speak, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that does as `speak` says with each connection; gives its port."""
    running: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        try:
            await speak(reader, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has gone
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    server.get_loop().set_exception_handler(lambda loop, context: None)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in filter(None, running):
            task.cancel()
        await asyncio.gather(*filter(None, running), return_exceptions=True)


@contextmanager
def demanding(context: ssl.SSLContext) -> Iterator[int]:
    """A server that takes TLS connections one by one and closes them; unlike asyncio's it sends alerts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                with suppress(OSError), plain:
                    plain.settimeout(5)
                    context.wrap_socket(plain, server_side=True).close()

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def alert(number: int) -> bytes:
    """A fatal alert in answer to a ClientHello."""
    return b"\x15\x03\x01\x00\x02\x02" + bytes([number])


def server_hello(version: bytes, cipher: bytes, *extensions: bytes) -> bytes:
    """A ServerHello, by hand."""
    body = version + bytes(range(32)) + b"\x00" + cipher + b"\x00" + b"".join(extensions)
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message
