"""The server as a process: its line, its end, sockets that systemd passes; and peers that are slow or send too much."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import uvicorn

from aeries_tui.errors import WrongUse
from aeries_tui.operations.roster_service import (
    add_consumer,
    all_consumers,
    answering,
    install_socket,
    serve,
    socket_of,
)
from aeries_tui.roster_service.protocol import PatientProtocol
from aeries_tui.roster_service.server import Running, Sums, config_of, listen, run
from aeries_tui.schedule.socket_unit import SocketUnit
from aeries_tui.schedule.unit_pair import Directories
from documents import faults as faults_of_document
from engine import Station
from roster_service.serving import V12, Serving
from roster_service.standard import faults


@contextlib.contextmanager
def process(station: Station, *words: str, **more: Any) -> Iterator[subprocess.Popen[str]]:
    env = os.environ | {
        "AERIES_TUI_CONFIG_DIR": str(station.places.config_dir),
        "AERIES_TUI_DATA_DIR": str(station.places.data_dir),
    }
    command = [sys.executable, "-m", "aeries_tui", "serve", "--district", "demo", *words]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def ready(running: subprocess.Popen[str]) -> dict[str, str]:
    assert running.stdout is not None
    found: dict[str, str] = json.loads(running.stdout.readline())
    assert not faults_of_document("service ready", found)
    return found


def test_it_says_where_it_answers_and_writes_down_what_was_read_when_it_ends(station: Station) -> None:
    secret = add_consumer(station.as_district(), "product", ["core"], [], None).reveal()
    with process(station, "--port", "0") as running:
        told = ready(running)
        assert answering(station.as_district()).where == told["listening"]
        assert told["url"].startswith("http://127.0.0.1:") and told["token_url"] == f"{told['url']}/token"
        with httpx.Client(base_url=told["url"]) as http:
            token = http.post("/token", data={"grant_type": "client_credentials"}, auth=("product", secret))
            bearer = {"authorization": f"Bearer {token.json()['access_token']}"}
            found = http.get(f"{V12}/users", headers=bearer)
            assert found.json()["users"][0]["roles"][0]["org"]["href"].startswith(told["url"])
            assert "server" not in found.headers
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
        assert running.stderr is not None and running.stderr.read() == ""
    assert answering(station.as_district()).state == "absent"
    (known,) = all_consumers(station.as_district()).all
    assert (known.requests, known.records) == (1, 14)


def test_it_takes_a_socket_from_systemd_and_ends_when_nobody_asks(station: Station) -> None:
    add_consumer(station.as_district(), "product", ["core"], [], None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def pass_on() -> None:
            os.dup2(listening.fileno(), 3)

        shell = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
        env = os.environ | {
            "AERIES_TUI_CONFIG_DIR": str(station.places.config_dir),
            "AERIES_TUI_DATA_DIR": str(station.places.data_dir),
        }
        command = [sys.executable, "-m", "aeries_tui", "serve", "--idle-exit", "1"]
        with subprocess.Popen(
            ["/bin/sh", "-c", shell, "sh", *command], env=env, stdout=subprocess.PIPE, text=True,
            preexec_fn=pass_on, close_fds=False,  # noqa: PLW1509 - the test has one thread
        ) as running:  # fmt: skip
            assert ready(running)["listening"] == f"http://127.0.0.1:{port}"
            assert httpx.get(f"http://127.0.0.1:{port}{V12}/users").status_code == 401
            assert running.wait(20) == 0


@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate is not here")
def test_what_is_installed_is_started_by_the_first_who_asks(station: Station, tmp_path: Path) -> None:
    """The command and the variables of the unit as it is written, started as systemd starts them."""
    add_consumer(station.as_district(), "product", ["core"], [], None)
    _, wanted = socket_of(station.as_district())
    wanted = replace(wanted, program=(sys.executable, "-m", "aeries_tui"))
    _, service = SocketUnit("user", Directories(tmp_path, tmp_path)).preview(wanted)
    (command,) = re.findall(r"^ExecStart=(.*)$", service.text, re.MULTILINE)
    variables = re.findall(r"^Environment=(.*)$", service.text, re.MULTILINE)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    starter = [
        "systemd-socket-activate",
        "--listen",
        f"127.0.0.1:{port}",
        *(f"--setenv={one}" for one in variables),
    ]
    with subprocess.Popen([*starter, *command.split()], stdout=subprocess.PIPE, text=True) as running:
        try:
            first = _first(f"http://127.0.0.1:{port}{V12}/users", running)
            assert first.status_code == 401
            assert ready(running)["listening"] == f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


def _first(address: str, running: subprocess.Popen[str]) -> httpx.Response:
    """What it answers, once the process listens on the port."""
    while True:
        try:
            return httpx.get(address, timeout=30)
        except httpx.ConnectError:
            assert running.poll() is None
            time.sleep(0.01)


def test_a_port_that_is_taken_is_told(station: Station) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with process(station, "--port", port) as running:
            assert running.wait(20) == 2
            assert running.stderr is not None and "can't listen" in running.stderr.read()


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])  # noqa: S104 - it is refused
def test_who_listens_everywhere_must_say_how_products_come(station: Station, address: str) -> None:
    """Answers would hold addresses that nobody can ask."""
    station.set("serve", address=address)
    with pytest.raises(WrongUse, match="every address of this machine"):
        serve(station.as_district(), 0, None, print, print)
    with pytest.raises(WrongUse, match="every address of this machine"):
        install_socket(station.as_district())


@pytest.fixture
async def port(kept_station: Station) -> AsyncIterator[int]:
    """A server in this process, with little patience."""
    begun = asyncio.Event()
    listening = listen("127.0.0.1", 0)
    with (
        patch("aeries_tui.roster_service.protocol.ASK_SECONDS", 0.3),
        patch("aeries_tui.roster_service.protocol.TAKE_SECONDS", 0.3),
    ):
        task = asyncio.create_task(run(Serving(kept_station).service, Running(listening, None, begun.set)))
        await begun.wait()
        yield listening.getsockname()[1]
        os.kill(os.getpid(), signal.SIGTERM)
        await task


async def raw(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What comes back until the peer closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        found = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        return found
    writer.close()
    return b""


async def test_a_peer_that_is_silent_or_slow_is_let_go_of(port: int) -> None:
    assert await raw(port) == b""
    assert await raw(port, b"GET / HTTP/1.1\r\nHost: x\r\n") == b""
    slow = [b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 20]
    assert await raw(port, *slow, pause=0.05) == b""
    assert b" 404 " in await raw(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


async def test_a_connection_too_many_is_told_to_come_back_and_disturbs_nobody(port: int) -> None:
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n"
    with patch("aeries_tui.roster_service.protocol.MOST_CONNECTIONS", 1):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked + b"\r\n")
        assert b" 404 " in await reader.readline()
        head, _, body = (await raw(port, asked + b"\r\n")).partition(b"\r\n\r\n")
        assert b" 503 " in head and b"\r\nretry-after: 5" in head and b"\r\nconnection: close" in head.lower()
        assert faults("1.2", "", json.loads(body)) == []
        writer.write(asked + b"Connection: close\r\n\r\n")
        assert b" 404 " in await reader.read()
        writer.close()


async def test_a_flood_of_connections_leaves_the_process_its_files(port: int) -> None:
    with (
        patch("aeries_tui.roster_service.protocol.MOST_CONNECTIONS", 1),
        patch("aeries_tui.roster_service.protocol.MOST_TOLD", 1),
        patch("aeries_tui.roster_service.protocol.ASK_SECONDS", 60.0),
    ):
        there = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(there[2][0].read(), 20) == b""
        there[0][1].write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 404 " in await there[0][0].read()
        for _, writer in there:
            writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000, b"400"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90000\r\n\r\n" + b"a" * 90_000, b"413"),
        (b"\x16\x03\x01\x00\x02", b"400"),
        (b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"405"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n", b"404"),
        (b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", b"400"),
    ],
)  # fmt: skip
async def test_what_is_too_large_or_no_http_is_refused(port: int, sent: bytes, status: bytes) -> None:
    assert (await raw(port, sent)).split(b" ", 2)[1] == status


async def test_what_a_proxy_may_have_taken_for_a_body_is_no_request(port: int) -> None:
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    for asked in (b"GET / HTTP/1.1\r\n", b"POST /token HTTP/1.1\r\n"):
        found = await raw(port, asked + b"Host: x\r\n" + both + b"\r\n0\r\n\r\n" + hidden)
        assert found.startswith(b"HTTP/1.1 400 ") and found.count(b"HTTP/1.1 ") == 1


async def test_a_target_in_absolute_form_is_the_same(port: int) -> None:
    for origin, status in (
        (b"", b"401"),
        (b"http://x", b"401"),
        (b"HTTPS://x:1", b"401"),
        (b"ftp://x", b"404"),
    ):
        asked = b"GET " + origin + V12.encode() + b"/orgs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert (await raw(port, asked)).split(b" ", 2)[1] == status


async def test_an_answers_body_never_waits_for_its_head_to_be_acknowledged(port: int) -> None:
    """A peer puts its acknowledgement off by 40 ms, and asyncio sends small pieces at once only where it is told to."""
    told: list[int] = []
    is_idle = PatientProtocol._wait_for_request

    def looked(self: PatientProtocol) -> None:
        told.append(
            self.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        )
        is_idle(self)

    with patch.object(PatientProtocol, "_wait_for_request", looked):
        await raw(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert told and all(told)


async def test_ctrl_c_lets_go_of_whoever_still_reads(kept_station: Station) -> None:
    """Others are waited for; here somebody sits at the keyboard."""

    async def never_done(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await asyncio.Event().wait()

    def patient(app: Any) -> uvicorn.Config:
        config = config_of(app)
        config.timeout_graceful_shutdown = 600
        return config

    begun, listening = asyncio.Event(), listen("127.0.0.1", 0)
    with (
        patch("aeries_tui.roster_service.server.App", lambda *words: never_done),
        patch("aeries_tui.roster_service.server.config_of", patient),
    ):
        task = asyncio.create_task(run(Serving(kept_station).service, Running(listening, None, begun.set)))
        await begun.wait()
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"begun")
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(asyncio.shield(task), 60)
        writer.close()


async def test_nothing_is_made_for_a_peer_that_has_gone(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    sent: list[dict[str, Any]] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 3:
            gone.set()

    scope = {
        "type": "http", "method": "GET", "path": "", "raw_path": f"{V12}/users".encode(),
        "query_string": b"limit=10000", "headers": [(b"authorization", f"Bearer {client.token}".encode())],
    }  # fmt: skip
    whole = patch("aeries_tui.roster_service.roster._WHOLE", 1)
    with whole, patch("aeries_tui.roster_service.roster._PIECE", 1):
        await served.app(scope, receive, send)
    assert len(sent) < 8 < len(await client.page("/users"))


def test_a_product_that_asks_every_other_second_fills_no_journal() -> None:
    sums = Sums()
    written, unwritten = [], False
    for now in range(600):
        unwritten = unwritten or now % 2 == 0
        if sums.are_due(float(now), float(now - now % 2 - 1), is_empty=not unwritten):
            written.append(now)
            unwritten = False
    assert written[0] < 5, "the first is written soon"
    assert 9 <= len(written) <= 10


def test_a_walk_is_summed_when_it_has_ended_or_lasts_long() -> None:
    sums = Sums()
    due = [now for now in range(200) if sums.are_due(float(now), float(min(now, 150)), is_empty=now > 160)]
    assert due == [61, 123]
    short = Sums()
    assert [
        now for now in range(30) if short.are_due(float(now), float(min(now, 10)), is_empty=now > 12)
    ] == [12]
