"""Sends an alarm by command and webhook; whatever fails there is told, never raised."""

from __future__ import annotations

import json
import logging
import os
import platform
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.alarms.events import events_of
from aeries_tui.alarms.payload import body, document, text
from aeries_tui.alarms.prometheus import write_metrics
from aeries_tui.alarms.report import PullReport
from aeries_tui.settings import Alarms

Post = Callable[[str, bytes, float, str], int]
"""Posts JSON: address, body, seconds, CA file (or blank); gives the status of the answer."""


@dataclass(frozen=True)
class Delivery:
    """What became of one way of telling.

    Attributes:
        channel: `command`, `webhook` or `prometheus`.
        ok: it was delivered.
        detail: one sentence for the log; holds no address, since a webhook's is a secret of its own.
    """

    channel: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Raised:
    """The alarms of one pull: what for, and what became of each way of telling."""

    events: tuple[str, ...]
    deliveries: tuple[Delivery, ...]


def raise_alarms(
    report: PullReport,
    alarms: Alarms,
    *,
    ca_file: str = "",
    env: Mapping[str, str] | None = None,
    hidden: Collection[str] = (),
    run: processes.Runner = processes.run,
    post: Post | None = None,
) -> Raised:
    """Tell whoever the settings name about a finished pull. Never raises.

    Args:
        report: the pull.
        alarms: the settings.
        ca_file: a PEM file trusted besides the usual authorities (source.ca_file).
        env: the environment of the command; None for this process's own.
        hidden: variables kept from the command, such as the one that holds the certificate.
        run: what runs the command.
        post: what posts to the webhook; None for httpx.
    """
    events = events_of(report, alarms)
    deliveries = []
    if alarms.prometheus_directory:
        directory = Path(alarms.prometheus_directory)
        deliveries.append(_guarded("prometheus", lambda: _write(directory, report)))
    if events and alarms.command:
        inherited = os.environ if env is None else env
        deliveries.append(
            _guarded("command", lambda: _command(report, events, alarms, run, inherited, hidden))
        )
    if events and alarms.webhook:
        sender = post or post_json
        deliveries.append(_guarded("webhook", lambda: _webhook(report, events, alarms, sender, ca_file)))
    return Raised(events, tuple(deliveries))


def post_json(address: str, content: bytes, seconds: float, ca_file: str) -> int:
    """Post JSON with TLS verified and no redirect followed; gives the status, raises what httpx raises."""
    import httpx

    # httpx writes every address to its log, and that of a webhook is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    headers = {"content-type": "application/json", "user-agent": "aeries-tui"}
    with (
        httpx.Client(verify=context, timeout=seconds, follow_redirects=False) as client,
        client.stream("POST", address, content=content, headers=headers) as answer,
    ):
        return answer.status_code


def _guarded(channel: str, deliver: Callable[[], Delivery]) -> Delivery:
    """Deliver, or say by its class alone what went wrong."""
    try:
        return deliver()
    except Exception as error:  # noqa: BLE001  a failing alarm never fails the pull
        return Delivery(channel, False, f"{channel.capitalize()} failed ({type(error).__name__}).")


def _write(directory: Path, report: PullReport) -> Delivery:
    write_metrics(directory, report)
    return Delivery("prometheus", True, "The metrics were written.")


def _command(
    report: PullReport,
    events: tuple[str, ...],
    alarms: Alarms,
    run: processes.Runner,
    inherited: Mapping[str, str],
    hidden: Collection[str],
) -> Delivery:
    host = platform.node()
    kept_from_it = {*hidden, "CREDENTIALS_DIRECTORY"}
    env = {name: value for name, value in inherited.items() if name not in kept_from_it}
    env |= {
        "AERIES_TUI_DISTRICT": report.district,
        "AERIES_TUI_EVENTS": " ".join(events),
        "AERIES_TUI_IMPORT": "" if report.number is None else str(report.number),
        "AERIES_TUI_OUTCOME": report.outcome.value,
        "AERIES_TUI_TEXT": text(report, events, host),
    }
    stdin = json.dumps(document(report, events, host), ensure_ascii=False).encode() + b"\n"
    ended = run(alarms.command, timeout=alarms.timeout_seconds, stdin=stdin, env=env)
    return Delivery("command", ended.ok, f"The alarm command {ended.in_words()}.")


def _webhook(
    report: PullReport, events: tuple[str, ...], alarms: Alarms, post: Post, ca_file: str
) -> Delivery:
    content = body(alarms.webhook_style, report, events, platform.node())
    answers: list[int | Exception] = []

    def attempt() -> None:
        try:
            answers.append(post(alarms.webhook, content, alarms.timeout_seconds, ca_file))
        except Exception as error:  # noqa: BLE001  told below; a thread has nobody to raise to
            answers.append(error)

    # httpx bounds each step; the thread bounds the whole, also against an answer that trickles.
    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(alarms.timeout_seconds)
    if not answers:
        return Delivery("webhook", False, "The webhook did not answer in time.")
    answer = answers[0]
    if isinstance(answer, Exception):
        return Delivery("webhook", False, f"The webhook could not be reached ({type(answer).__name__}).")
    return Delivery("webhook", 200 <= answer < 300, f"The webhook answered {answer}.")
