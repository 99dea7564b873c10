"""`changes --since` and `--reader`: who came, left and moved, for programs that follow."""

from __future__ import annotations

import csv
import json

from cli.conftest import Machine


def test_a_reader_gets_events_as_lines_and_moves_on_only_when_it_says_so(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    *events, last = [
        json.loads(line) for line in machine("changes", "--reader", "directory").out.splitlines()
    ]
    assert {event["event"] for event in events} == {"joined", "enrolled"}
    assert {event["kind"] for event in events} == {"student", "staff", "section", "enrollment", "teaching"}
    again = machine("changes", "--reader", "directory", "--json").json
    assert again["events"] == events
    assert again["cursor"] == last["cursor"]
    assert machine("changes", "--reader", "directory", "--acknowledge", str(last["cursor"])).status == 0
    assert machine("changes", "--reader", "directory", "--json").json["events"] == []
    rows = list(csv.DictReader(machine("changes", "--since", "0", "--csv").out.splitlines()))
    assert {row["record"] for row in rows} == {event["record"] for event in events}


def test_wrong_calls_of_changes_are_told(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    for words in (
        ["changes"],
        ["changes", "1", "--csv"],
        ["changes", "1", "--since", "0"],
        ["changes", "--since", "0", "--reader", "x"],
        ["changes", "--since", "0", "--acknowledge", "1"],
        ["changes", "--reader", "x", "--acknowledge", "99"],
        ["changes", "--since", "0", "--kind", "student"],
    ):
        assert machine(*words).status == 2, words
