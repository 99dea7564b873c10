"""Sends an alarm by command and webhook; whatever fails there is told, never raised."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.alarms.events import events_of
from aeries_tui.alarms.payload import body, text
from aeries_tui.alarms.prometheus import write_metrics
from aeries_tui.alarms.report import PullReport
from aeries_tui.alarms.webhook import headers_of, post_json
from aeries_tui.errors import ConfigurationError
from aeries_tui.settings import Alarms
from aeries_tui.trust import run_named

Post = Callable[[str, bytes, Mapping[str, str], float, str], int]
"""Posts JSON: address, body, headers, seconds, CA file (or blank); gives the status of the answer."""


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
    run: processes.Runner = run_named,
    post: Post | None = None,
) -> Raised:
    """Tell whoever the settings name about a finished pull. Never raises.

    Args:
        report: the pull.
        alarms: the settings.
        ca_file: a PEM file trusted besides the usual authorities (source.ca_file).
        env: from which the command gets a plain one, and where a secret may stand; None for this process's own.
        run: what runs the command.
        post: what posts to the webhook; None for httpx.
    """
    events = events_of(report, alarms)
    deliveries = []
    if alarms.prometheus_directory:
        directory = Path(alarms.prometheus_directory)
        deliveries.append(_guarded("prometheus", lambda: _write(directory, report)))
    if events and alarms.command:
        deliveries.append(_guarded("command", lambda: _command(report, events, alarms, run, env)))
    if events and alarms.webhook:
        sender = post or post_json
        deliveries.append(_guarded("webhook", lambda: _webhook(report, events, alarms, sender, ca_file, env)))
    return Raised(events, tuple(deliveries))


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
    env: Mapping[str, str] | None,
) -> Delivery:
    host = platform.node()
    its_own = processes.plain_environment(env) | {
        "AERIES_TUI_DISTRICT": report.district,
        "AERIES_TUI_EVENTS": " ".join(events),
        "AERIES_TUI_IMPORT": "" if report.number is None else str(report.number),
        "AERIES_TUI_OUTCOME": report.outcome.value,
        "AERIES_TUI_TEXT": text(report, events, host),
    }
    stdin = body("json", report, events, host) + b"\n"
    ended = run(alarms.command, timeout=alarms.timeout_seconds, stdin=stdin, env=its_own)
    return Delivery("command", ended.ok, f"The alarm command {ended.in_words()}.")


def _webhook(
    report: PullReport,
    events: tuple[str, ...],
    alarms: Alarms,
    post: Post,
    ca_file: str,
    env: Mapping[str, str] | None,
) -> Delivery:
    content = body(alarms.webhook_style, report, events, platform.node())
    try:
        headers = headers_of(alarms, content, int(time.time()), env)
    except ConfigurationError as error:
        return Delivery("webhook", False, f"Nothing was posted to the webhook. {error.message}")
    answers: list[int | Exception] = []

    def attempt() -> None:
        try:
            answers.append(post(alarms.webhook, content, headers, alarms.timeout_seconds, ca_file))
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
