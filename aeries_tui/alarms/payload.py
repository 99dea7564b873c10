"""What an alarm says: the JSON document, and the text for Slack, Teams and people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from aeries_tui import __version__
from aeries_tui.alarms.report import PullReport
from aeries_tui.settings.sections import WebhookStyle

_TOLD = ("created", "updated", "reactivated", "deactivated", "rejected")
_MOST_CODES = 10


def document(report: PullReport, events: Sequence[str], host: str) -> dict[str, Any]:
    """The alarm as a JSON document.

    Args:
        report: the pull.
        events: what is alarming about it.
        host: the machine it ran on.
    """
    return {
        "program": f"aeries-tui {__version__}",
        "host": host,
        "events": list(events),
        "text": text(report, events, host),
        "district": report.district,
        "import": report.number,
        "outcome": report.outcome.value,
        "status": report.outcome.look.label,
        "previous_outcome": report.previous.value if report.previous else None,
        "started_at": report.started.isoformat(),
        "ended_at": report.ended.isoformat(),
        "seconds": round(report.seconds, 1),
        "last_good_at": report.last_good_at.isoformat() if report.last_good_at else None,
        "hours_since_good": None if report.hours_since_good is None else round(report.hours_since_good, 1),
        "counts": {kind: dict(counts) for kind, counts in report.counts.items()},
        "codes": dict(report.codes),
        "held": list(report.held),
        "deliveries": dict(report.deliveries),
    }


def text(report: PullReport, events: Sequence[str], host: str) -> str:
    """The alarm as a few lines for a person."""
    return "\n".join(_lines(report, events, host))


def body(style: WebhookStyle, report: PullReport, events: Sequence[str], host: str) -> bytes:
    """What is posted to a webhook.

    Args:
        style: `json` is `document`; `slack` a text message; `teams` an Adaptive Card, which both Teams'
            workflows and its older connectors take.
        report: the pull.
        events: what is alarming about it.
        host: the machine it ran on.
    """
    if style == "slack":
        return _json({"text": _for_slack(text(report, events, host))})
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
        return _json({"type": "message", "attachments": [attachment]})
    return _json(document(report, events, host))


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


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
