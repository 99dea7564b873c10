"""The metrics are in Prometheus' text format, whole, and readable by the collector."""

import re
import stat
from pathlib import Path

from aeries_tui.alarms import raise_alarms, remove_metrics, write_metrics
from aeries_tui.alarms.prometheus import metrics, metrics_file
from aeries_tui.outcome import Outcome
from aeries_tui.settings import Alarms

from .conftest import Report

LINE = re.compile(
    r'(# (HELP|TYPE) aeries_tui_[a-z_]+ .+)|(aeries_tui_[a-z_]+\{([a-z]+="[^"]*",?)+\} \d+(\.\d+)?)'
)


def test_a_pull_is_told_in_metrics(report: Report) -> None:
    made = report(
        Outcome.HELD,
        district="Lincoln Unified",
        counts={"student": {"created": 3}},
        codes={"RUN-HELD-LOSS": 1},
        deliveries={"clever": "held", "sds": "ok"},
    )
    lines = metrics(made).splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    assert 'aeries_tui_last_pull_outcome{district="Lincoln Unified",outcome="held"} 1' in lines
    assert 'aeries_tui_last_pull_outcome{district="Lincoln Unified",outcome="completed"} 0' in lines
    assert 'aeries_tui_records{district="Lincoln Unified",kind="student",state="created"} 3' in lines
    assert 'aeries_tui_descriptions{district="Lincoln Unified",code="RUN-HELD-LOSS"} 1' in lines
    assert 'aeries_tui_delivery_ok{district="Lincoln Unified",delivery="clever"} 0' in lines
    assert 'aeries_tui_delivery_ok{district="Lincoln Unified",delivery="sds"} 1' in lines
    assert 'aeries_tui_last_pull_timestamp_seconds{district="Lincoln Unified"} 1785574200' in lines
    assert 'aeries_tui_last_pull_duration_seconds{district="Lincoln Unified"} 1200' in lines
    assert 'aeries_tui_last_good_import_timestamp_seconds{district="Lincoln Unified"} 1785487800' in lines


def test_a_district_without_a_good_import_has_no_time_of_one(report: Report) -> None:
    assert "last_good_import" not in metrics(report(Outcome.ERROR, last_good_at=None))


def test_each_district_has_its_own_file(report: Report, tmp_path: Path) -> None:
    for district in ("Lincoln", "Lincoln Unified", "Lincoln_Unified"):
        write_metrics(tmp_path, report(district=district))
    assert len(list(tmp_path.glob("*.prom"))) == len(list(tmp_path.iterdir())) == 3
    remove_metrics(tmp_path, "Lincoln")
    remove_metrics(tmp_path, "Lincoln")
    assert len(list(tmp_path.iterdir())) == 2


def test_they_are_written_after_every_pull(report: Report, tmp_path: Path) -> None:
    raised = raise_alarms(report(), Alarms(prometheus_directory=str(tmp_path)))
    assert raised.events == ()
    assert [(delivery.channel, delivery.ok) for delivery in raised.deliveries] == [("prometheus", True)]
    path = metrics_file(tmp_path, "Lincoln")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
