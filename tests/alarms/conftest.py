"""A pull to report, and a webhook that listens on the loopback."""

import contextlib
import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from aeries_tui.alarms import PullReport
from aeries_tui.outcome import Outcome

ENDED = dt.datetime(2026, 8, 1, 8, 50, tzinfo=dt.UTC)

Report = Callable[..., PullReport]


@pytest.fixture
def report() -> Report:
    def make(
        outcome: Outcome = Outcome.COMPLETED, previous: Outcome | None = None, **changed: object
    ) -> PullReport:
        values: dict[str, object] = {
            "district": "Lincoln",
            "number": 41,
            "outcome": outcome,
            "previous": previous,
            "started": ENDED - dt.timedelta(minutes=20),
            "ended": ENDED,
            "last_good_at": ENDED - dt.timedelta(hours=24),
        }
        return PullReport(**(values | changed))  # type: ignore[arg-type]

    return make


@dataclass
class Listener:
    """What a webhook on the loopback has received, and how it answers."""

    address: str = ""
    status: int = 200
    silent: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@contextlib.contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """A webhook on the loopback, over TLS when a context is given."""
    heard = Listener()
    released = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            heard.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, content))
            if heard.silent.is_set():
                released.wait(30)
                return
            self.send_response(heard.status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    heard.address = f"{scheme}://127.0.0.1:{server.server_address[1]}/hook/s3cret-token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield heard
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()
