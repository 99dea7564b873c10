"""What an alarm says: the JSON document, and the text for Slack, Teams and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from aeries_tui import __version__
from aeries_tui.alarms.report import PullReport
from aeries_tui.documents import Document
from aeries_tui.outcome import Outcome
from aeries_tui.settings.sections import WebhookStyle

_TOLD = ("created", "updated", "reactivated", "deactivated", "rejected")
_MOST_CODES = 10


class Alarm(Document, frozen=True):
    """An alarm: what the command reads and the webhook gets, where its style is json.

    Attributes:
        program: and its version.
        host: the machine that the pull ran on.
        events: what is alarming about it.
        text: the alarm as a few lines for a person.
        district: its name.
        import_: the import's number; null where the pull ended before it had one.
        outcome: what became of it.
        status: the outcome in words.
        previous_outcome: of the pull before it; null where it was the first.
        started_at, ended_at: when.
        seconds: how long the pull took.
        last_good_at: when the last good import ended, this one included; null for never.
        hours_since_good: hours between the two; null for never.
        counts: by kind of record, what happened to how many.
        codes: by code, how many descriptions.
        held: the codes for which the plan waits.
        deliveries: by name, how each delivery stands: `ok`, `held` or `failed`.
    """

    program: str
    host: str
    events: Sequence[str]
    text: str
    district: str
    import_: int | None = msgspec.field(name="import")
    outcome: Outcome
    status: str
    previous_outcome: Outcome | None
    started_at: str
    ended_at: str
    seconds: float
    last_good_at: str | None
    hours_since_good: float | None
    counts: Mapping[str, Mapping[str, int]]
    codes: Mapping[str, int]
    held: Sequence[str]
    deliveries: Mapping[str, str]


def alarm(report: PullReport, events: Sequence[str], host: str) -> Alarm:
    """The alarm as a JSON document.

    Args:
        report: the pull.
        events: what is alarming about it.
        host: the machine it ran on.
    """
    hours = report.hours_since_good
    return Alarm(
        f"aeries-tui {__version__}", host, events, text(report, events, host), report.district, report.number,
        report.outcome, report.outcome.look.label, report.previous, report.started.isoformat(),
        report.ended.isoformat(), round(report.seconds, 1),
        report.last_good_at.isoformat() if report.last_good_at else None, None if hours is None else round(hours, 1),
        report.counts, report.codes, report.held, report.deliveries,
    )  # fmt: skip


def text(report: PullReport, events: Sequence[str], host: str) -> str:
    """The alarm as a few lines for a person."""
    return "\n".join(_lines(report, events, host))


def body(style: WebhookStyle, report: PullReport, events: Sequence[str], host: str) -> bytes:
    """What is posted to a webhook.

    Args:
        style: `json` is `alarm`; `slack` a text message; `teams` an Adaptive Card, which both Teams'
            workflows and its older connectors take.
        report: the pull.
        events: what is alarming about it.
        host: the machine it ran on.
    """
    if style == "slack":
        return msgspec.json.encode({"text": _for_slack(text(report, events, host))})
    if style == "teams":
        lines = text(report, events, host).split("\n")
        blocks = [{"type": "TextBlock", "text": line, "wrap": True} for line in lines]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [{**blocks[0], "weight": "Bolder"}, *blocks[1:]],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return msgspec.json.encode({"type": "message", "attachments": [attachment]})
    return msgspec.json.encode(alarm(report, events, host))


def _lines(report: PullReport, events: Sequence[str], host: str) -> Iterator[str]:
    which = f" (import {report.number})" if report.number is not None else ""
    again = ", recovered" if "recovered" in events else ""
    yield f"{report.district}: {report.outcome.look.label}{again}{which}"
    if report.held:
        yield f"Held for: {', '.join(report.held)}. Nothing was changed; a person decides."
    for name, state in report.undelivered.items():
        yield f"Delivery {name}: {state}"
    if report.codes:
        most = sorted(report.codes.items(), key=lambda item: (-item[1], item[0]))
        more = f", and {len(most) - _MOST_CODES} more codes" if len(most) > _MOST_CODES else ""
        yield "Codes: " + ", ".join(f"{code} {number:,}" for code, number in most[:_MOST_CODES]) + more
    for kind, counts in report.counts.items():
        told = [f"{counts[name]:,} {name}" for name in _TOLD if counts.get(name)]
        if told:
            yield f"{kind}: {', '.join(told)}"
    if "stale" in events and report.hours_since_good is not None:
        yield f"The last good import is {report.hours_since_good:,.0f} hours old."
    see = f"aeries-tui results {report.number}" if report.number is not None else "aeries-tui status"
    yield f"On {host}: {see} --district '{report.district}'"


def _for_slack(message: str) -> str:
    """Slack's three control characters, escaped as it asks."""
    return message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
