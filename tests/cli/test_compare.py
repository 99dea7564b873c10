"""`compare`: the Master against any list; what is planted is found, and nothing is invented."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.conftest import Machine


def rows_of(machine: Machine) -> list[dict[str, str]]:
    machine("feeds", "run", "students", "--to", str(machine.root / "feed"))
    with (machine.root / "feed" / "students.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Sequence[dict[str, str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_the_own_list_is_the_same_in_any_form(machine: Machine, separator: str, encoding: str) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    path = write(machine.root / "list.csv", rows_of(machine), separator, encoding)
    said = machine("compare", str(path), "--json")
    assert said.status == 0
    assert set(said.json["counts"]) == {"=", "*", "+", "-", "!"}
    assert said.json["counts"]["="] == len(said.json["rows"]) > 100
    assert (said.json["kind"], said.json["key"]) == ("student", "id")


def test_what_was_planted_is_found_and_nothing_else(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    rows = rows_of(machine)
    chance = random.Random(1)
    places = chance.sample(range(len(rows)), 8)
    changed, gone = places[:5], sorted(places[5:], reverse=True)
    for place in changed:
        rows[place]["first_name"] = "Somebody"
    planted = {rows[place]["student_id"] for place in changed}
    missing = {rows.pop(place)["student_id"] for place in gone}
    rows += [{**rows[0], "student_id": "12345678"}, {**rows[0], "student_id": ""}, dict(rows[1])]
    said = machine(
        "compare", str(write(machine.root / "list.csv", rows)), "--json", "--save", str(machine.root / "out")
    )
    assert said.status == 1
    by_sign = {sign: [row for row in said.json["rows"] if row["sign"] == sign] for sign in "*+-!"}
    assert {row["id"] for row in by_sign["*"]} == planted
    assert all(list(row["differences"]) == ["first_name"] for row in by_sign["*"])
    assert {row["id"] for row in by_sign["+"]} == missing
    assert [row["key"] for row in by_sign["-"]] == ["12345678"]
    assert len(by_sign["!"]) == 2
    assert all(row["line"] and row["problem"] for row in by_sign["!"])
    assert {path.name for path in (machine.root / "out").iterdir()} == {
        "same.csv", "differ.csv", "only-in-master.csv", "only-in-list.csv", "unreadable.csv",
    }  # fmt: skip


def test_a_oneroster_bundle_and_the_files_of_clever_and_sds_are_the_same_as_the_master(
    machine: Machine,
) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    for feed in ("oneroster-1.1", "oneroster-1.2", "sds"):
        machine("feeds", "run", feed, "--to", str(machine.root))
    for name in ("oneroster-1.1.zip",):
        said = machine("compare", str(machine.root / name), "--kind", "student", "--json").json
        assert said["counts"]["-"] == said["counts"]["+"] == said["counts"]["!"] == 0
    staff = machine("compare", str(machine.root / "oneroster-1.1.zip"), "--kind", "staff", "--json").json
    assert staff["counts"]["-"] == 0
    assert staff["counts"]["="] > 0


def test_a_directory_s_export_is_matched_by_whatever_tells_people_apart(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    people = [row for row in rows_of(machine) if row["email"]]
    rows = [
        {"UserPrincipalName": row["email"].upper(), "Surname": row["last_name"], "Office": "x"}
        for row in people
    ]
    said = machine("compare", str(write(machine.root / "ad.csv", rows)), "--json").json
    assert said["key"] in {"email", "user_name"}
    assert said["ignored"] == ["Office"]
    assert said["counts"]["*"] == said["counts"]["-"] == 0
    named = machine("compare", str(machine.root / "ad.csv"), "--key", "userprincipalname", "--json").json
    assert named["counts"] == said["counts"]


def test_a_list_that_can_not_be_compared_is_named(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    stranger = machine.root / "x.csv"
    stranger.write_text("id,name\n1,Nobody\n2,Nobody\n")
    empty = machine.root / "empty.csv"
    empty.write_text("")
    bundle = machine.root / "x.zip"
    with zipfile.ZipFile(bundle, "w") as file:
        file.writestr("orgs.csv", "x")
    for path, why in (
        (stranger, "no column tells who is who"),
        (empty, "is empty"),
        (bundle, "without users.csv"),
        (machine.root / "nowhere.csv", "can't be read"),
    ):
        said = machine("compare", str(path))
        assert (said.status, why in said.err) == (2, True), said.err
    assert "has no column" in machine("compare", str(stranger), "--key", "nothing").err
