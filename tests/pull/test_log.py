"""The log of a pull: written while it is read, harmless, without secrets."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.errors import MasterError
from aeries_tui.pull.log import Line, LogReader, PullLog, open_log
from aeries_tui.secret import Secret
from engine import CERTIFICATE, PaperAeries, Station, fast_directory


@pytest.fixture
def reader(fast_path: Path) -> Iterator[LogReader]:
    found = LogReader(fast_path / "log.sqlite3")
    yield found
    found.close()


def test_a_log_that_is_not_there_yet_is_empty(reader: LogReader) -> None:
    assert (reader.lines(), reader.count(), reader.stages(), reader.lists(), reader.facts()) == (
        [],
        0,
        [],
        [],
        {},
    )


def test_a_warning_is_seen_at_once_by_who_reads_meanwhile(reader: LogReader) -> None:
    with open_log(reader.path, Secret(CERTIFICATE), lambda line: None) as log:
        log.write("info", "one")
        log.write("warning", "two")
        assert [(line.id, line.level, line.message) for line in reader.lines()] == [
            (1, "info", "one"),
            (2, "warning", "two"),
        ]
        log.write("error", "three")
        assert [line.message for line in reader.lines(after=2)] == ["three"]
        assert reader.count("warning") == 2
        assert [line.message for line in reader.window(1, 5, "warning")] == ["three"]


def test_progress_of_stages_and_lists_is_kept(reader: LogReader) -> None:
    with open_log(reader.path, Secret(CERTIFICATE), lambda line: None) as log:
        log.begin("connect", total=2, unit="steps")
        log.end()
        log.begin("fetch", total=9, unit="lists")
        log.advance(4)
        log.list_progress("students", 7, "reading", 500)
        log.list_progress("staff", None, "complete", 3)
        log.fact("requests", 12)
        log.flush()
        stages = {stage.name: (stage.state, stage.done, stage.total) for stage in reader.stages()}
        assert stages["connect"] == ("done", 2, 2)
        assert stages["fetch"] == ("running", 4, 9)
        assert stages["files"] == ("waiting", 0, None)
        assert reader.lists() == [("staff", None, "complete", 3), ("students", 7, "reading", 500)]
        assert reader.facts() == {"requests": "12"}


def test_the_certificate_is_masked_in_every_spelling(reader: LogReader) -> None:
    heard: list[Line] = []
    with open_log(reader.path, Secret(CERTIFICATE), heard.append) as log:
        log.write("error", f"It said {CERTIFICATE} and {CERTIFICATE.lower()}")
    assert CERTIFICATE.lower() not in heard[0].message.lower()
    assert CERTIFICATE.lower().encode() not in reader.path.read_bytes().lower()


@given(st.text(max_size=60))
def test_a_line_is_one_harmless_line_whatever_stands_in_it(text: str) -> None:
    heard: list[Line] = []

    connection = sqlite3.connect(":memory:", isolation_level=None)
    log = PullLog(connection, Secret(CERTIFICATE), heard.append)
    log._last_write = float("inf")
    log.write("info", f"School {text} is gone.")
    connection.close()
    assert heard[0].message.isprintable() or all(c.isprintable() or c == "\ufffd" for c in heard[0].message)


def test_a_failure_to_write_leaves_no_transaction_open(fast_path: Path) -> None:
    connection = sqlite3.connect(fast_path / "log.sqlite3", isolation_level=None)
    log = PullLog(connection, Secret(CERTIFICATE), lambda line: None)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        log.flush()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        log.flush()
    connection.close()


def test_a_folder_that_can_not_be_written_is_said_so(tmp_path: Path) -> None:
    with fast_directory(tmp_path) as folder:
        path = folder / "gone" / "log.sqlite3"
        with pytest.raises(MasterError, match="No such file"), open_log(path, Secret("x"), lambda line: None):
            pass


def test_the_log_names_records_as_people_do(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    station.pull()
    said = station.log(1)
    assert any("Class memberships: " in line for line in said)
    assert not [line for line in said if re.search("[a-z]_[a-z]", line)]
