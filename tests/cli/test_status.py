"""`status`, of one district or of all: the same of each, by what has ended."""

from __future__ import annotations

import subprocess
import sys

import httpx

from aeries_tui.master.imports import imports
from aeries_tui.pull.lock import locked
from cli.conftest import Desk


def test_a_monitor_stays_alarmed_while_a_pull_runs_again_after_one_that_failed(desk: Desk) -> None:
    desk.station.aeries.faults["schools"] = httpx.Response(401)
    assert desk("pull").status == 5
    alone = desk("status", "--json")
    assert (alone.status, alone.json["state"], alone.json["running"]) == (5, "failed", None)
    with locked(desk.station.district.lock, "pull"):
        with desk.station.master() as db:
            imports.begin(db, kind="pull", trigger="timer")
        again, told = desk("status", "--json"), desk("status").out
        (of_all,) = desk("status", "--all", "--json").json["districts"]
    assert again.status == 5
    assert again.json["running"]["what"] == "pull"
    for name, value in again.json.items():
        if name not in {"hours_since_good", "sentence"}:  # both tell an age, which grows meanwhile
            assert of_all[name] == value, name
    assert of_all["sentence"].partition(";")[0] == again.json["sentence"].partition(";")[0]
    assert of_all["import"] == 2
    assert "The last pull failed" in told and "at work now: pull, since " in told


def test_a_master_that_can_not_be_read_is_the_problem_whatever_was_known_before(desk: Desk) -> None:
    assert desk("status", "--all").status in {0, 4}
    desk.station.district.master.write_bytes(b"no database" * 1000)
    (told,) = desk("status", "--all", "--json").json["districts"]
    assert told["state"] == "failed"
    assert told["problem"] == told["sentence"]


def test_a_monitor_does_not_load_what_only_a_pull_needs() -> None:
    code = "import sys, aeries_tui.cli.status; print({'httpx', 'textual'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "set()\n"


def test_nothing_but_a_pull_that_works_ends_the_alarm_of_one_that_failed(desk: Desk) -> None:
    desk.station.aeries.faults["schools"] = httpx.Response(401)
    assert desk("pull").status == 5
    problem = desk("status", "--all", "--json").json["districts"][0]["problem"]
    with desk.station.master() as db:
        for kind, outcome in (("erase", "completed"), ("pull", "cancelled")):
            number = imports.begin(db, kind=kind, trigger="manual")
            db.execute(
                "UPDATE import SET outcome = ?, ended_at = started_at, applied = ? WHERE id = ?",
                (outcome, kind == "erase", number),
            )
            db.commit()
            assert desk("status", "--json").json["state"] == "failed", kind
    (told,) = desk("status", "--all", "--json").json["districts"]
    assert (told["state"], told["outcome"], told["problem"]) == ("failed", "cancelled", problem)
    desk.station.aeries.faults.clear()
    assert desk("pull").status in {0, 4}
    assert desk("status", "--json").json["state"] in {"ok", "with_errors"}
