"""Every way in which TLS can fail is told from every other, and what passes is tried again."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from aeries_tui.aeries import (
    AeriesClient,
    ClientOptions,
    ConnectionLost,
    Limits,
    TlsFailed,
    normalise_address,
)
from aeries_tui.aeries.endpoints import STAFF
from aeries_tui.secret import Secret

from .conftest import CERTIFICATE
from .tls import Authority, Speak, alert, demanding, server_hello, speaking

BODY = b'[{"ID":1,"LastName":"Abbott"}]'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    try:
        return Authority(tmp_path_factory.mktemp("tls"))
    except FileNotFoundError:
        pytest.skip("openssl is not installed")


def client_at(port: int, authority: Authority | None = None, *, tries: int = 1) -> AeriesClient:
    options = ClientOptions(
        limits=Limits(tries=tries, first_wait=0.01), ca_file=authority.file if authority else None
    )
    return AeriesClient(normalise_address(f"https://127.0.0.1:{port}/aeries"), Secret(CERTIFICATE), options)


async def failure(client: AeriesClient) -> TlsFailed:
    async with client:
        with pytest.raises(TlsFailed) as caught:
            await client.read_list(STAFF)
    assert caught.value.code == "SRC-TLS"
    return caught.value


async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)


def replies(data: bytes) -> Speak:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(data)
        await writer.drain()
        await reader.read(4096)

    return speak


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (server_hello(b"\x03\x03", b"\xc0\x2f"), "no longer safe"),
        (server_hello(b"\x03\x01", b"\x00\x2f"), "no longer safe"),
        (alert(70), "no longer safe"),
        (alert(71), "no longer safe"),
        (alert(40), "refused the TLS handshake"),
        (alert(80), "refused the TLS handshake"),
        (alert(112), "does not know that name"),
        (alert(116), "wants a TLS client certificate"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak TLS"),
        (b"220 mail.example ESMTP\r\n", "does not speak TLS"),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "but without TLS"),
    ],
)
async def test_a_handshake_that_fails_is_told_as_what_it_is(data: bytes, said: str) -> None:
    async with speaking(replies(data)) as port:
        error = await failure(client_at(port))
    assert said in error.message
    assert ("http://" in error.remedy) is data.startswith(b"HTTP")


async def test_a_refused_handshake_names_the_client_certificate_as_a_reason() -> None:
    async with speaking(replies(alert(40))) as port:
        assert "client certificate" in (await failure(client_at(port))).remedy


async def test_a_connection_that_is_closed_in_the_handshake_is_lost() -> None:
    async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async with speaking(closes) as port, client_at(port) as client:
        with pytest.raises(ConnectionLost):
            await client.read_list(STAFF)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
async def test_a_server_that_wants_a_client_certificate_is_told_each_time(
    authority: Authority, version: ssl.TLSVersion
) -> None:
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    context.minimum_version = context.maximum_version = version
    with demanding(context) as port:
        for _ in range(5):
            error = await failure(client_at(port, authority))
            assert "client certificate" in f"{error.message} {error.remedy}"
            assert "http://" not in error.remedy


async def test_a_name_a_chain_and_an_expiry_are_told_apart(authority: Authority, tmp_path: Path) -> None:
    cases = [
        (authority.server(names="DNS:other.example"), "is for another name", "name"),
        (authority.server(ends="210101000000Z"), "has expired", "renew"),
        (authority.server(begins="490101000000Z", ends="491231000000Z"), "is not valid yet", "clock"),
        (Authority(tmp_path).server(), "could not be verified", "source.ca_file"),
    ]
    for context, said, remedy in cases:
        async with speaking(answers, context) as port:
            error = await failure(client_at(port, authority))
        assert said in error.message
        assert remedy in error.remedy


@pytest.mark.parametrize("damaged", [1, 3])
async def test_a_flipped_byte_costs_one_retry(authority: Authority, damaged: int) -> None:
    flipped = 0

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes on what comes, but for one byte of the answer in the first `damaged` connections."""
        nonlocal flipped
        there, back = await asyncio.open_connection("127.0.0.1", inner)
        flips = flipped < damaged
        flipped += 1

        async def onward() -> None:
            while data := await reader.read(65536):
                back.write(data)

        passing = asyncio.create_task(onward())
        received = 0
        try:
            while data := await there.read(65536):
                received += len(data)
                if flips and received > 20_000:
                    data = data[:-1] + bytes([data[-1] ^ 1])
                writer.write(data)
                await writer.drain()
        finally:
            passing.cancel()
            back.close()

    async def answers_long(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"[" + b",".join([BODY[1:-1]] * 2000) + b"]"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        await reader.read(1)

    async with (
        speaking(answers_long, authority.server()) as inner,
        speaking(relay) as port,
        client_at(port, authority, tries=damaged + 1) as client,
    ):
        answer = await client.read_list(STAFF)
    assert (answer.received, answer.traffic.retries) == (2000, damaged)


@pytest.mark.parametrize("sent", [b"", ANSWER[:20], ANSWER[:-5]])
async def test_a_connection_that_ends_or_is_reset_anywhere_costs_one_retry(
    authority: Authority, sent: bytes
) -> None:
    tries = 0

    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER if tries > 1 else sent)
        await writer.drain()

    async with speaking(breaks, authority.server()) as port, client_at(port, authority, tries=2) as client:
        answer = await client.read_list(STAFF)
    assert (answer.received, answer.traffic.retries) == (1, 1)
