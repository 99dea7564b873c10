"""`checks`: the district's own checks are listed, run, tried, and shown by example."""

from __future__ import annotations

from aeries_tui.settings.district_checks import DistrictCheck, check_file, examples
from cli.conftest import Machine


def test_every_example_runs_on_a_pulled_district_and_finds_what_it_says(machine: Machine) -> None:
    machine.map_all()
    folder = machine.root / "config" / "checks"
    folder.mkdir(parents=True)
    names = [name for name, _ in examples()]
    assert len(names) >= 12
    for name in names:
        (folder / f"{name}.sql").write_text(machine("checks", "example", name).out, "utf-8")
        assert isinstance(check_file(folder / f"{name}.sql"), DistrictCheck)
    listed = machine("checks", "list", "--json").json["checks"]
    assert {one["last_found"] for one in listed} == {None}
    pulled = machine("pull", "--acknowledge", "--json").json
    ran = machine("checks", "run", "--json")
    assert ran.status == 0
    assert all(one["failure"] == "" for one in ran.json["checks"])
    told = {one["code"]: one["found"] for one in ran.json["checks"] if one["is_told"]}
    assert told
    assert told == {code: n for code, n in pulled["descriptions"].items() if code.startswith("DIST-")}
    assert any(one["last_found"] for one in machine("checks", "list", "--json").json["checks"])


def test_a_file_is_tried_before_it_is_put_in_use(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    path = machine.root / "mine.sql"
    path.write_text(
        "-- code: DIST-ALL\n-- sentence: A student.\n-- kind: student\n-- record: id\n-- hold_if: 1\n"
        "SELECT student_id AS id FROM v_student WHERE active ORDER BY 1",
        "utf-8",
    )
    said = machine("checks", "test", str(path))
    assert said.status == 0
    assert "DIST-ALL: " in said.out
    assert "a plan would wait" in said.out
    assert "more rows" in said.out
    path.write_text("SELECT 1", "utf-8")
    wrong = machine("checks", "test", str(path))
    assert (wrong.status, "code is missing" in wrong.out) == (5, True)
    assert machine("checks", "test", "nowhere.sql").status == 2
    assert machine("checks", "run", "DIST-NOTHING").status == 2
    assert machine("checks", "example", "nothing").status == 2
    assert "There are no checks" in machine("checks", "list").out


def test_the_doctor_names_a_check_that_can_not_be_used(machine: Machine) -> None:
    machine.map_all()
    folder = machine.root / "config" / "checks"
    folder.mkdir(parents=True)
    (folder / "broken.sql").write_text("SELECT 1", "utf-8")
    said = machine("doctor", "--offline")
    assert said.status == 5
    assert "broken.sql: code is missing." in said.out
    assert machine("checks", "list").status == 5
