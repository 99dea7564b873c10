"""`plan show`: a plan that waits, whole, and nothing of one that does not."""

from __future__ import annotations

from cli.conftest import Machine


def test_a_plan_that_waits_is_one_document_with_reasons_counts_and_every_change(machine: Machine) -> None:
    machine.map_all()
    held = machine("pull", "--acknowledge", "--plan", "--json").json
    number = str(held["import"])
    plan = machine("plan", "show", number, "--json").json
    assert plan["outcome"] == "held"
    assert plan["counts"] == held["counts"]
    created = sum(count["created"] for count in plan["counts"].values())
    assert len(plan["changes"]) == created > 100
    assert plan["changes"] == machine("changes", number, "--json").json["changes"]
    assert f"{created:,} changes" in machine("plan", "show", number).out
    machine("approve", number, "--reason", "a test")
    assert machine("plan", "show", number).status == 2
    assert machine("plan", "show", "99").status == 2
