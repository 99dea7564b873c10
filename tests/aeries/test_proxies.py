"""The proxy of the environment is found, left out and named as curl does it."""

from __future__ import annotations

import asyncio

import pytest

from aeries_tui.aeries import AeriesClient, ClientOptions, Limits, Unreachable, normalise_address
from aeries_tui.aeries.endpoints import STAFF
from aeries_tui.aeries.errors import TlsFailed
from aeries_tui.aeries.proxies import proxy_for
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret

from .conftest import CERTIFICATE
from .tls import speaking

PROXY = "http://proxy.example:3128"


def shown(address: str, **environment: str) -> str | None:
    found = proxy_for(normalise_address(address), environment)
    return found.shown if found else None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": PROXY}, "proxy.example:3128"),
        ({"https_proxy": "http://first:1", "HTTPS_PROXY": PROXY}, "first:1"),
        ({"ALL_PROXY": PROXY}, "proxy.example:3128"),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "proxy.example:3128"),
        ({"HTTPS_PROXY": "http://user:word@[fd00::1]:3128"}, "[fd00::1]:3128"),
    ],
)
def test_the_proxy_is_that_of_the_environment(environment: dict[str, str], expected: str | None) -> None:
    assert shown("https://x.example/admin", **environment) == expected


@pytest.mark.parametrize("address", ["http://x.example", "https://127.0.0.1", "https://localhost:1"])
def test_neither_plain_http_nor_this_machine_goes_through_a_proxy(address: str) -> None:
    assert shown(address, HTTPS_PROXY=PROXY, ALL_PROXY=PROXY) is None


@pytest.mark.parametrize(
    ("address", "exceptions"),
    [
        ("sis.x.example", "*"),
        ("sis.x.example", "x.example"),
        ("sis.x.example", ".x.example"),
        ("sis.x.example", "*.x.example"),
        ("sis.x.example", "localhost, 10.0.0.0/8,X.Example."),
        ("sis.x.example", "localhost x.example"),
        ("sis.x.example", "sis.x.example:443"),
        ("sis.x.example:8443", "sis.x.example:8443"),
        ("sis.x.example", "https://sis.x.example"),
        ("192.0.2.2", "192.0.2.2"),
        ("192.0.2.2", "192.0.2.0/24"),
        ("192.0.2.2:8443", "192.0.2.2:8443"),
        ("[fd00::2]", "fd00::/8"),
        ("[fd00::2]", "[fd00::]/8"),
        ("[fd00::2]", "FD00:0:0::2"),
        ("[fd00::2]:8443", "[fd00::2]:8443"),
    ],
)
def test_no_proxy_is_read_as_curl_reads_it(address: str, exceptions: str) -> None:
    assert shown(f"https://{address}", HTTPS_PROXY=PROXY, NO_PROXY=exceptions) is None
    assert shown("https://other.test", HTTPS_PROXY=PROXY, NO_PROXY=exceptions) == (
        None if exceptions == "*" else "proxy.example:3128"
    )


@pytest.mark.parametrize(
    ("address", "exceptions"),
    [
        ("sisx.example", "x.example"),
        ("sis.x.example", "sis.x.example:8443"),
        ("192.0.2.2", "192.0.2.2:8443"),
        ("192.0.2.2", "2.2"),
        ("192.0.3.2", "192.0.2.0/24"),
        ("[fe00::2]", "fd00::/8"),
        ("192.0.2.2", "fd00::/8"),
        ("sis.x.example", ""),
    ],
)
def test_who_is_not_named_goes_through_the_proxy(address: str, exceptions: str) -> None:
    assert shown(f"https://{address}", HTTPS_PROXY=PROXY, NO_PROXY=exceptions) == "proxy.example:3128"


def test_an_entry_that_makes_no_sense_is_named_where_the_proxy_fails() -> None:
    found = proxy_for(
        normalise_address("x.example"), {"HTTPS_PROXY": PROXY, "NO_PROXY": "10.0.0.0/99,[nonsense,x.org"}
    )
    assert found is not None
    assert found.odd == ("10.0.0.0/99", "[nonsense")
    assert "10.0.0.0/99" in found.remedy


@pytest.mark.parametrize("given", ["nonsense://proxy.example", "http://", "http://[bad", "http://x:port"])
def test_what_can_be_no_proxy_is_refused_by_the_name_of_its_variable(given: str) -> None:
    with pytest.raises(ConfigurationError, match="ALL_PROXY"):
        proxy_for(normalise_address("x.example"), {"ALL_PROXY": given})


def test_an_odd_no_proxy_alone_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost,fd00::/8,[::1]:80,10.0.0.0/99")
    AeriesClient(normalise_address("x.example"), Secret(CERTIFICATE))


async def refused(monkeypatch: pytest.MonkeyPatch, proxy: str) -> Unreachable:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    options = ClientOptions(limits=Limits(tries=1))
    async with AeriesClient(normalise_address("https://x.example"), Secret(CERTIFICATE), options) as client:
        with pytest.raises(Unreachable) as caught:
            await client.read_list(STAFF)
    assert "help proxy" in caught.value.remedy
    return caught.value


async def test_a_proxy_that_does_not_answer_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = await refused(monkeypatch, "http://user:hidden@127.0.0.1:1")
    assert error.message == "The proxy 127.0.0.1:1 (HTTPS_PROXY) does not answer."
    assert "hidden" not in " ".join(error.lines())


@pytest.mark.parametrize(
    ("status", "why"),
    [(b"407 Proxy Authentication Required", "user name and password"), (b"403 Forbidden", "answered 403")],
)
async def test_a_proxy_that_refuses_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, status: bytes, why: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"CONNECT x.example:443")
        assert CERTIFICATE.encode() not in head
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    async with speaking(refuse) as port:
        error = await refused(monkeypatch, f"http://127.0.0.1:{port}")
    assert why in error.message
    assert f"127.0.0.1:{port}" in error.message


async def test_a_proxy_that_is_named_with_https_and_speaks_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with speaking(plain) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        options = ClientOptions(limits=Limits(tries=1))
        async with AeriesClient(
            normalise_address("https://x.example"), Secret(CERTIFICATE), options
        ) as client:
            with pytest.raises(TlsFailed) as caught:
                await client.read_list(STAFF)
    assert f"the proxy 127.0.0.1:{port} (HTTPS_PROXY) does not speak TLS" in caught.value.message
    assert "http:// in HTTPS_PROXY" in caught.value.remedy
