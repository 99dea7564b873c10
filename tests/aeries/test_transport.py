"""Against a real socket: what only a connection can show."""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from aeries_tui.aeries import (
    AeriesClient,
    ClientOptions,
    ConnectionLost,
    Limits,
    TimedOut,
    TlsFailed,
    Truncated,
    Unreachable,
    WrongAddress,
    normalise_address,
)
from aeries_tui.aeries.auth import CertificateAuth
from aeries_tui.aeries.endpoints import STAFF
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret

from .conftest import CERTIFICATE

BODY = b'[{"ID":1,"LastName":"Abbott"}]'


@asynccontextmanager
async def serving(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]], scheme: str = "http"
) -> AsyncIterator[str]:
    """A server that reads a request and lets `answer` write; gives its address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if scheme == "http":
                await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/aeries"


def writes(*parts: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)

    return answer


def client_for(address: str, **limits: float) -> AeriesClient:
    options = ClientOptions(limits=Limits(tries=1, **limits))  # type: ignore[arg-type]
    return AeriesClient(normalise_address(address), Secret(CERTIFICATE), options)


def head(length: int, *more: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: application/json", b"Content-Length: %d" % length, *more]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def test_an_answer_is_read(tmp_path: Path) -> None:
    async with serving(writes(head(len(BODY)), BODY)) as address, client_for(address) as client:
        assert (await client.read_list(STAFF)).records[0].id == 1


async def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(BODY)
    answer = writes(head(len(packed), b"Content-Encoding: gzip"), packed)
    async with serving(answer) as address, client_for(address) as client:
        found = await client.read_list(STAFF)
        assert (found.received, found.traffic.bytes) == (1, len(BODY))


@pytest.mark.parametrize(
    "answer",
    [
        writes(head(len(BODY) + 5), BODY),
        writes(head(len(BODY)), BODY[:-2]),
        writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n", BODY),
        writes(head(9, b"Content-Encoding: gzip"), b"no packing"[:9]),
        writes(head(20, b"Content-Encoding: gzip"), gzip.compress(BODY)[:20]),
    ],
    ids=["longer than sent", "cut off", "last chunk missing", "badly packed", "packed and cut off"],
)
async def test_an_answer_that_broke_off_is_told(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> None:
    async with serving(answer) as address, client_for(address) as client:
        with pytest.raises(Truncated):
            await client.read_list(STAFF)


async def test_a_connection_that_closes_without_an_answer_is_lost() -> None:
    async with serving(writes()) as address, client_for(address) as client:
        with pytest.raises(ConnectionLost):
            await client.read_list(STAFF)


async def test_silence_has_an_end() -> None:
    done = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head(len(BODY)))
        await writer.drain()
        await done.wait()

    async with serving(answer) as address, client_for(address, silence=0.05) as client:
        with pytest.raises(TimedOut, match="sent nothing"):
            await client.read_list(STAFF)
        done.set()


async def test_a_machine_out_of_files_does_not_blame_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> object:
        raise OSError(errno.EMFILE, "Too many open files")

    async with client_for("http://127.0.0.1:9") as client:
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", full)
        with pytest.raises(Unreachable, match="too many files are open") as caught:
            await client.read_list(STAFF)
    assert "ulimit -n" in caught.value.problem.remedy


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with client_for(address) as client:
            with pytest.raises(Unreachable, match="Nothing answers"):
                await client.read_list(STAFF)


async def test_a_server_without_tls_behind_https_is_told() -> None:
    async with (
        serving(writes(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "https") as address,
        client_for(address) as client,
    ):
        with pytest.raises(TlsFailed, match="without TLS") as caught:
            await client.read_list(STAFF)
        assert "http://" in caught.value.remedy


def test_a_ca_file_that_cant_be_read_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("nothing")
    for path in (wrong, tmp_path / "none.pem"):
        with pytest.raises(ConfigurationError, match=path.name):
            AeriesClient(normalise_address("x.example"), Secret(CERTIFICATE), ClientOptions(ca_file=path))


def test_a_proxy_that_cant_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy.example")
    with pytest.raises(ConfigurationError, match="proxy"):
        AeriesClient(normalise_address("x.example"), Secret(CERTIFICATE))


async def test_a_proxy_never_sees_a_request_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(writes(head(len(BODY)), BODY)) as address, client_for(address) as client:
        assert (await client.read_list(STAFF)).received == 1


def test_the_package_is_imported_without_httpx_and_asyncio() -> None:
    program = (
        "import sys, aeries_tui.aeries as a; a.normalise_address('x.org'); a.decode_list(b'[]', a.Student); "
        "sys.exit(bool({'httpx', 'asyncio'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    directory = tmp_path_factory.mktemp("tls")
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1"]
    try:
        subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return certificate, key


@pytest.mark.parametrize("named", [True, False])
async def test_tls_is_verified_against_the_usual_authorities_and_the_one_that_is_named(
    tls_files: tuple[Path, Path], named: bool
) -> None:
    certificate, key = tls_files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head(len(BODY)) + BODY)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    address = normalise_address(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    options = ClientOptions(limits=Limits(tries=1), ca_file=certificate if named else None)
    async with server, AeriesClient(address, Secret(CERTIFICATE), options) as client:
        if named:
            assert (await client.read_list(STAFF)).received == 1
            return
        with pytest.raises(TlsFailed, match="signed by itself"):
            await client.read_list(STAFF)


@pytest.mark.parametrize(
    "other",
    ["https://elsewhere.example/aeries", "http://demo.example/aeries", "https://demo.example:8443/aeries",
     "https://demo.example.elsewhere.example/aeries", "https://sub.demo.example/aeries"],
)  # fmt: skip
def test_the_certificate_is_put_on_no_request_that_leaves_the_host(other: str) -> None:
    auth = CertificateAuth(Secret(CERTIFICATE), normalise_address("https://demo.example/aeries"))
    request = httpx.Request("GET", other)
    with pytest.raises(WrongAddress, match="not sent"):
        auth.put_on(request)
    assert CERTIFICATE not in str(request.headers)


@pytest.mark.parametrize("same", ["https://demo.example/api", "https://DEMO.example:443/aeries/x?y=1"])
def test_the_certificate_goes_anywhere_on_its_host(same: str) -> None:
    auth = CertificateAuth(Secret(CERTIFICATE), normalise_address("https://demo.example/aeries"))
    request = httpx.Request("GET", same)
    auth.put_on(request)
    assert request.headers["AERIES-CERT"] == CERTIFICATE
