"""The benchmark in its short form: all of its parts work; no time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("benchmark")
    files = ["--json", str(folder / "a.json"), "--markdown", str(folder / "a.md")]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.run", "--tiny", "--only", "pull,commands,serve,many,feeds", *files],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip
    assert "| 200 | 0 ms | first |" in (folder / "a.md").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def pulls(found: dict[str, Any]) -> dict[str, Any]:
    size: dict[str, Any] = found["sizes"]["200"]["0"]
    return size


def test_everything_is_run_and_counted(pulls: dict[str, Any]) -> None:
    runs = pulls["runs"]
    changed = {"0.1 % changed", "0.1 % changed, quick"}
    others = {"first, bad records", "script", "script, one session"}
    assert (
        set(runs)
        == {"first", "floor", "floor, as many at a time", "floor, unchanged", "unchanged"} | others | changed
    )
    for one in runs.values():
        assert one["requests"] >= 8, "what a quick pull asks when nothing changed"
        assert one["wire_bytes"] > 500
        assert one["cpu"] > 0
        assert one["peak_mb"] > 10


def test_the_floor_asks_for_what_a_pull_asks_for(pulls: dict[str, Any]) -> None:
    runs = pulls["runs"]
    assert runs["first"]["requests"] - runs["floor"]["requests"] == 2, "systeminfo, before and after"


def test_an_unchanged_pull_writes_nothing_to_the_roster(pulls: dict[str, Any]) -> None:
    assert pulls["roster_untouched_by_unchanged"] is True


def test_what_a_script_runs_does_not_import_the_ui(found: dict[str, Any]) -> None:
    assert {name: one["textual"] for name, one in found["commands"].items()} == {
        "--help": False, "status --json": False, "results --json": False,
    }  # fmt: skip


def test_the_roster_service_is_read_and_its_states_made(found: dict[str, Any]) -> None:
    figures = found["serve"]
    assert figures["users a second of CPU, pages of 1,000"] > 0
    assert sum(name.startswith("page of 100, ") for name in figures) == 15
    assert figures["memory of the service, MB"] > 10


def test_many_districts_are_pulled_one_after_the_other_and_side_by_side(found: dict[str, Any]) -> None:
    figures = found["many 2x20"]
    assert figures["8 jobs / serial"] > 0
    assert figures["8 jobs peak MB of a process"] > 10


def test_the_feeds_are_written_beside_a_floor_that_writes_the_same(found: dict[str, Any]) -> None:
    feeds = found["feeds"]
    assert feeds["ratio, cpu"] > 0
    assert {f"{name}, cpu s" for name in ("oneroster-1.2", "clever", "sds")} <= set(feeds)
