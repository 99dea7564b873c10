"""`compare`: the Master against any list; what is planted is found, and nothing is invented."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import sqlite3
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


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_its_own_bundle_with_one_percent_planted_all_is_found_and_nothing_invented(
    machine: Machine, version: str
) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    machine("feeds", "run", f"oneroster-{version}", "--to", str(machine.root))
    whole = machine.root / f"oneroster-{version}.zip"
    with zipfile.ZipFile(whole) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    users = list(csv.DictReader(io.StringIO(members["users.csv"].decode())))
    chance = random.Random(int(version[-1]))
    for kind in ("student", "staff"):
        assert (
            machine("compare", str(whole), "--kind", kind).status == 0
        )  # nothing is invented of what is the same
        of_kind = [user for user in users if is_student(user) == (kind == "student")]
        places = chance.sample(range(len(of_kind)), 3 * max(2, len(of_kind) // 100))
        planted = {user["identifier"]: dict(user) for user in of_kind}
        wanted: dict[str, set[tuple[str, str]]] = {"*": set(), "+": set()}
        for turn, place in enumerate(places):
            person = planted[of_kind[place]["identifier"]]
            field = ("givenName", "familyName", "email", "gone")[turn % 4]
            if field == "gone":
                wanted["+"].add((person["identifier"], ""))
                del planted[person["identifier"]]
            else:
                person[field] += "x"
                field = {"givenName": "first_name", "familyName": "last_name", "email": "email"}[field]
                wanted["*"].add((person["identifier"], field))
        others = [user for user in users if is_student(user) != (kind == "student")]
        stranger = {**of_kind[0], "sourcedId": "987654321", "identifier": "987654321"}
        path = write(machine.root / f"{kind}-users.csv", [*planted.values(), *others, stranger])
        changed = machine.root / f"{kind}.zip"
        with zipfile.ZipFile(changed, "w") as bundle:
            for name, content in {**members, "users.csv": path.read_bytes()}.items():
                bundle.writestr(name, content)
        said = machine("compare", str(changed), "--kind", kind, "--json").json
        found = {
            sign: {(row["id"], ",".join(row["differences"])) for row in said["rows"] if row["sign"] == sign}
            for sign in "*+"
        }
        assert found == wanted
        assert [row["key"] for row in said["rows"] if row["sign"] in "-!"] == ["987654321"]


def is_student(user: dict[str, str]) -> bool:
    return user["role"] == "student" if "role" in user else user["sourcedId"].isdecimal()


def test_any_form_of_csv_is_read_and_what_is_not_whole_is_told_by_line(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    rows = rows_of(machine)
    ids = [row["student_id"] for row in rows]
    path = machine.root / "list.csv"

    def compared(text: str, encoding: str = "utf-8") -> tuple[int, list[tuple[str, int, str]]]:
        path.write_bytes(text.encode(encoding))
        said = machine("compare", str(path), "--json")
        told = [(row["sign"], row["line"], row["problem"]) for row in said.json["rows"]]
        return said.json["counts"]["="], [one for one in told if one[0] != "="]

    # Quotes round cells and another separator: read with the comma the header would be one cell, and broken.
    quoted = "".join(f'"{one}";"{one}, x"\r\n' for one in ids)
    assert compared(f'"Student ID";"Note"\r\n{quoted}', "utf-16") == (len(ids), [])
    short = f"Student ID,Note\n{ids[0]}\n{ids[1]},a,b\n{ids[2]},a,\n{ids[3]},{'x' * 20_000}\n"
    same, told = compared(short + "".join(f"{one},\n" for one in ids[4:]))
    assert same == len(ids) - 3
    assert told == [
        ("!", 2, "It has 1 cell, the header 2."), ("!", 3, "It has 3 cells, the header 2."),
        ("!", 5, "A cell has more than 10,000 characters."),
    ]  # fmt: skip
    for text, why in (
        (f'Student ID,Note\n{ids[0]},"never closed\n{ids[1]},x\n', "line 2: a quote"),
        ("Student ID," + "," * 200_000 + "\n", "more than"),
        ("Student ID\n", "no column tells"),
        ("\0" * 1000, "NUL"),
    ):
        path.write_text(text)
        said = machine("compare", str(path))
        assert (said.status, why in said.err) == (2, True), said.err
    assert "is a folder" in machine("compare", str(machine.root)).err


def test_who_shares_a_key_is_said_to_and_not_taken_for_missing(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    people = [row for row in rows_of(machine) if row["email"]]
    (master,) = machine.root.rglob("master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db, db:
        db.execute(
            "UPDATE student SET email = ? WHERE student_id = ?",
            (people[0]["email"], people[1]["student_id"]),
        )
    rows = [{"mail": row["email"], "sn": row["last_name"]} for row in people[:1] + people[2:]]
    said = machine("compare", str(write(machine.root / "ad.csv", rows)), "--key", "mail", "--json").json
    assert [(row["sign"], row["problem"]) for row in said["rows"] if row["sign"] in "!-"] == [("!", "2 people of the Master have it.")]  # fmt: skip


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
