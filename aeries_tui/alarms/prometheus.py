"""The metrics of a district for node_exporter's textfile collector."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from aeries_tui.alarms.report import PullReport
from aeries_tui.outcome import Outcome
from aeries_tui.settings import private_writer


def metrics_file(directory: Path, district: str) -> Path:
    """The district's own file in the collector's directory."""
    return directory / f"aeries_tui_{quote(district, safe='')}.prom"


def write_metrics(directory: Path, report: PullReport) -> None:
    """Write the metrics of a pull whole, readable by the collector; raises MasterError when it can't be."""
    with private_writer(metrics_file(directory, report.district), mode=0o644) as file:
        file.write(metrics(report).encode())


def remove_metrics(directory: Path, district: str) -> None:
    """Delete the district's file, so that no alert stays for a district that is gone."""
    metrics_file(directory, district).unlink(missing_ok=True)


def metrics(report: PullReport) -> str:
    """The metrics in Prometheus' text format."""
    return "".join(_lines(report))


def _lines(report: PullReport) -> Iterator[str]:
    district = report.district
    yield _head("last_pull_timestamp_seconds", "When the last pull ended.")
    yield _sample("last_pull_timestamp_seconds", _seconds(report.ended), district=district)
    yield _head("last_pull_duration_seconds", "How long the last pull took.")
    yield _sample("last_pull_duration_seconds", report.seconds, district=district)
    if report.last_good_at is not None:
        yield _head("last_good_import_timestamp_seconds", "When the last good import ended.")
        yield _sample("last_good_import_timestamp_seconds", _seconds(report.last_good_at), district=district)
    yield _head("last_pull_outcome", "1 for the outcome of the last pull, 0 for the others.")
    for outcome in Outcome:
        if outcome is not Outcome.RUNNING:
            value = int(outcome is report.outcome)
            yield _sample("last_pull_outcome", value, district=district, outcome=outcome.value)
    yield _head("records", "Records of the last pull by kind and by what became of them.")
    for kind, counts in sorted(report.counts.items()):
        for name, number in sorted(counts.items()):
            yield _sample("records", number, district=district, kind=kind, state=name)
    yield _head("descriptions", "Descriptions of the last pull by code.")
    for code, number in sorted(report.codes.items()):
        yield _sample("descriptions", number, district=district, code=code)
    if report.deliveries:
        yield _head("delivery_ok", "1 for a delivery that is neither held nor failed, 0 for the others.")
    for name, state in sorted(report.deliveries.items()):
        yield _sample("delivery_ok", int(state == "ok"), district=district, delivery=name)


def _head(name: str, help_text: str) -> str:
    return f"# HELP aeries_tui_{name} {help_text}\n# TYPE aeries_tui_{name} gauge\n"


def _sample(name: str, value: float, **labels: str) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"aeries_tui_{name}{{{inside}}} {value:.15g}\n"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: dt.datetime) -> float:
    return round(moment.timestamp(), 3)
