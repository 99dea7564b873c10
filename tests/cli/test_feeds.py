"""`feeds`: every built-in feed can be listed, shown, checked and written."""

from __future__ import annotations

import csv

from cli.conftest import Machine


def test_every_built_in_feed_writes_what_its_receiver_wants(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    listed = machine("feeds", "list", "--json").json["feeds"]
    assert {one["name"] for one in listed} == {
        "clever", "directory-accounts", "gam-groups", "oneroster-1.1", "oneroster-1.2", "sds", "staff", "students",
    }  # fmt: skip
    for one in listed:
        to = machine.root / one["name"]
        said = machine("feeds", "run", one["name"], "--to", str(to), "--json")
        assert said.status in {0, 4}
        assert (said.status == 4) == bool(said.json["left_out"])
        assert all(file["rows"] > 0 and len(file["sha256"]) == 64 for file in said.json["files"])
        assert machine("feeds", "check", one["name"], "--json").json["left_out"] == said.json["left_out"]
        assert {path.name for path in to.iterdir()} == {
            file["path"].rsplit("/", 1)[1] for file in said.json["files"]
        }


def test_the_files_of_clever_and_sds_fit_each_other_and_the_master(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    for feed in ("clever", "sds"):
        machine("feeds", "run", feed, "--to", str(machine.root / feed))

    def rows(name: str) -> list[dict[str, str]]:
        with (machine.root / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    active = machine("sql", "SELECT count(*) AS n FROM v_student WHERE active", "--json").json["rows"][0]["n"]
    assert len({row["Student_id"] for row in rows("clever/students.csv")}) == active
    assert len([row for row in rows("sds/users.csv") if row["sourcedId"].startswith("s")]) == active
    sections = {row["Section_id"] for row in rows("clever/sections.csv")}
    assert {row["Section_id"] for row in rows("clever/enrollments.csv")} <= sections
    users = {row["sourcedId"] for row in rows("sds/users.csv")}
    assert {row["userSourcedId"] for row in rows("sds/enrollments.csv")} <= users
    names = [row["username"] for row in rows("sds/users.csv")]
    assert len(names) == len(set(names))


def test_a_feed_is_shown_to_be_copied_and_an_unknown_one_is_named(machine: Machine) -> None:
    machine.map_all()
    assert "-- file: schools.csv" in machine("feeds", "show", "clever").out
    said = machine("feeds", "run", "nothing", "--to", str(machine.root / "x"))
    assert (said.status, "clever" in said.err) == (2, True)
