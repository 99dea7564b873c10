"""The journey of a district by commands: what each prints, and with which status it ends."""

from __future__ import annotations

import re
from pathlib import Path

from aeries_tui.aeries import Area
from aeries_tui.kinds import KIND_NAMES
from cli.conftest import Machine

COUNTS = {
    "received", "created", "updated", "unchanged", "reactivated", "rejected", "duplicate", "out_of_scope",
    "deactivated", "active",
}  # fmt: skip
KINDS = set(KIND_NAMES)


def test_check_prints_the_document_of_the_design(machine: Machine) -> None:
    machine.add()
    said = machine("check", "--json")
    assert said.status == 0
    assert set(said.json) == {
        "format_version", "district", "ok", "address", "aeries_version", "school_year", "certificate", "permissions",
        "problem",
    }  # fmt: skip
    assert said.json["ok"] is True
    assert said.json["certificate"] == "accepted"
    assert [p["area"] for p in said.json["permissions"]] == list(Area)
    assert all(set(p) == {"area", "state", "remedy"} for p in said.json["permissions"])


def test_check_names_the_missing_permission_and_the_box_to_tick(machine: Machine) -> None:
    machine.add()
    machine.served.grant("Staff Data", "403")
    said = machine("check", "--json")
    assert said.status == 4
    missing = [p for p in said.json["permissions"] if p["state"] == "missing"]
    assert [p["area"] for p in missing] == ["Staff Data"]
    assert "Staff Data" in missing[0]["remedy"]
    assert said.json["problem"]["code"] == "SRC-PERMISSION"


def test_a_refused_certificate_is_told_apart_and_shown_nowhere(machine: Machine) -> None:
    wrong = "Wr0ngCertificateWr0ngCertificate"
    machine.add(certificate=wrong)
    said = machine("check", "--json")
    assert said.status == 5
    assert said.json["certificate"] == "refused"
    assert said.json["problem"]["code"] == "SRC-CERTIFICATE"
    assert wrong not in said.out + said.err
    shown = machine("credentials", "show", "demo")
    assert wrong not in shown.out
    assert "****" + wrong[-4:] in shown.out


def test_a_pull_needs_mapped_schools_then_the_acknowledgement(machine: Machine) -> None:
    machine.add()
    said = machine("pull")
    assert said.status == 2
    assert "mapped" in said.err
    machine("schools", "update")
    machine("schools", "create-ali", "--from-aeries", "all")
    machine.served.forget_requests()
    said = machine("pull")
    assert said.status == 2
    assert "--acknowledge" in said.err
    assert machine.served.requests()["requests"] == []


def test_a_first_pull_takes_everybody_and_a_second_changes_nothing(machine: Machine) -> None:
    machine.map_all()
    first = machine("pull", "--acknowledge", "--json")
    assert first.status == 4
    document = first.json
    assert document["outcome"] == "completed_with_error"
    assert document["status"] == "Completed with ERROR"
    assert set(document["counts"]) == KINDS
    for count in document["counts"].values():
        assert set(count) == COUNTS
        outcomes = COUNTS - {"received", "deactivated", "active"}
        assert count["received"] == sum(count[name] for name in outcomes)
    assert {f["kind"] for f in document["files"]} == {"staff", "student"}
    assert all(Path(f["path"]).exists() for f in document["files"])
    second = machine("pull", "--json").json
    for kind, count in second["counts"].items():
        assert (count["created"], count["updated"], count["deactivated"]) == (0, 0, 0), kind
        assert count["active"] == document["counts"][kind]["active"]


def test_a_year_is_chosen_and_what_is_none_is_refused(machine: Machine) -> None:
    machine.map_all()
    refused = machine("pull", "--acknowledge", "--year", "2026-2028")
    assert refused.status == 2
    assert "2026-2028" in refused.err
    assert machine("pull", "--acknowledge", "--year", "2025", "--json").json["school_year"] == "2025-2026"


def test_results_are_what_the_pull_printed(machine: Machine) -> None:
    machine.map_all()
    document = machine("pull", "--acknowledge", "--json").json
    assert machine("results", "--json").json == document
    assert machine("results", "1", "--json").json == document
    assert set(document) == {
        "format_version", "import", "district", "outcome", "status", "school_year", "trigger", "started_at", "ended_at",
        "files", "counts", "scopes", "descriptions", "superseded_by", "problem",
    }  # fmt: skip
    assert set(document["scopes"][0]) == {
        "endpoint", "school", "state", "received", "requests", "retries", "bytes", "seconds", "code",
    }  # fmt: skip


def test_descriptions_name_record_field_and_remedy(machine: Machine, tmp_path: Path) -> None:
    machine.map_all()
    document = machine("pull", "--acknowledge", "--json").json
    found = machine("descriptions", "1", "--json").json["descriptions"]
    assert set(found[0]) == {
        "id", "code", "severity", "kind", "record", "school", "field", "message", "remedy", "page",
    }  # fmt: skip
    assert all(one["remedy"] for one in found)
    by_code = {code: sum(one["code"] == code for one in found) for code in document["descriptions"]}
    assert by_code == document["descriptions"]
    target = tmp_path / "office.csv"
    assert machine("descriptions", "1", "--csv", str(target)).status == 0
    assert len(target.read_text("utf-8").splitlines()) == len(found) + 1


def test_changes_show_every_record_of_a_first_import(machine: Machine) -> None:
    machine.map_all()
    counts = machine("pull", "--acknowledge", "--json").json["counts"]
    changes = machine("changes", "1", "--json").json["changes"]
    assert set(changes[0]) == {"kind", "record", "action", "fields"}
    for kind, count in counts.items():
        assert sum(c["kind"] == kind and c["action"] == "created" for c in changes) == count["created"]
    only = machine("changes", "1", "--kind", "staff", "--json").json["changes"]
    assert {c["kind"] for c in only} == {"staff"}


def test_the_log_names_no_student_and_no_certificate(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    said = machine("log", "1", "--level", "debug")
    assert said.status == 0
    names = {
        c["fields"]["last_name"][1]
        for c in machine("changes", "1", "--kind", "student", "--json").json["changes"]
    }
    words = set(re.findall(r"[^\W\d_]+", said.out))
    assert not names & words
    assert machine.served.certificate not in said.out


def test_a_plan_waits_is_read_and_approved_with_a_reason(machine: Machine) -> None:
    machine.map_all()
    held = machine("pull", "--acknowledge", "--plan", "--json")
    assert held.status == 3
    assert held.json["outcome"] == "held"
    assert all(count["active"] == 0 for count in held.json["counts"].values())
    planned = machine("changes", "1", "--json").json["changes"]
    assert sum(c["kind"] == "student" for c in planned) == held.json["counts"]["student"]["created"]
    assert machine("approve", "1", "--reason", " ").status == 2
    said = machine("approve", "1", "--reason", "first import", "--json")
    assert said.status == 4
    assert said.json["counts"]["student"]["active"] > 0
    assert machine("approve", "1", "--reason", "again").status == 2


def test_a_big_loss_is_held_and_discarded(machine: Machine) -> None:
    machine.map_all()
    before = machine("pull", "--acknowledge", "--json").json["counts"]
    machine.served.fault("empty_list", "staff")
    held = machine("pull", "--json")
    assert held.status == 3
    assert held.json["problem"]["code"] in {"SRC-EMPTY", "RUN-HELD-LOSS"}
    assert {k: c["active"] for k, c in held.json["counts"].items()} == {
        k: c["active"] for k, c in before.items()
    }
    assert machine("discard", "2").status == 2
    assert machine("discard", "2", "--reason", "x", "--reason-stdin").status == 2
    assert machine("discard", "2", "--reason-stdin", typed="Aeries was\nincomplete\n").status == 0
    assert "discarded by" in machine("results", "2").out
    assert "Aeries was incomplete" in machine("results", "2").out
    assert machine("results", "2", "--json").json["outcome"] == "discarded"


def test_undo_takes_an_import_back(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    held = machine("undo", "1", "--json")
    assert held.status == 3
    said = machine("approve", "2", "--reason", "a test", "--json")
    assert said.status == 0
    assert said.json["counts"]["student"]["active"] == 0


def test_explain_says_why_and_what_the_next_pull_does(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    someone = machine("changes", "1", "--kind", "student", "--json").json["changes"][0]["record"]
    said = machine("explain", "student", someone, "--live", "--json")
    assert said.status == 0
    assert set(said.json) == {
        "format_version", "person", "in_master", "active", "schools", "sections", "history", "identity", "live", "verdict",
        "codes", "rule",
        "left_out", "remedies",
    }  # fmt: skip
    assert said.json["active"] is True
    assert "next pull keeps" in said.json["verdict"]
    nobody = machine("explain", "student", "1", "--live", "--json").json
    assert nobody["in_master"] is False
    assert "Aeries does not know" in nobody["verdict"]


def test_a_name_in_place_of_the_id_lists_whom_it_is_of(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    record = machine("changes", "1", "--kind", "student", "--json").json["changes"][0]
    name, number = record["fields"]["last_name"][1], int(record["record"])
    found = machine("explain", "student", name.upper(), "--json").json["people"]
    assert {"kind", "id", "name", "schools", "state"} == set(found[0])
    assert number in [one["id"] for one in found]
    assert str(number) in machine("explain", "student", name).out
    nobody = machine("explain", "staff", "Nobody Of This Name")
    assert nobody.status == 0
    assert "--live" in nobody.err


def test_who_was_left_out_is_found_by_name_and_explained(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    record = machine("changes", "1", "--kind", "school_enrollment", "--json").json["changes"][0]["record"]
    school, student = record.split(":")
    edit = {"endpoint": "students", "school": int(school), "id": int(student)}
    machine.served.edit({**edit, "set": {"InactiveStatusCode": "I", "LastName": "Quitter"}})
    machine("pull")
    said = machine("explain", "student", student)
    assert "left it out: it has an inactive status (I)" in said.out
    assert "what to do (left out: inactive)" in said.out


def test_explain_says_that_a_wrong_record_keeps_its_last_good_version(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    change = next(
        c for c in machine("changes", "1", "--kind", "school_enrollment", "--json").json["changes"]
        if c["fields"]["grade"][1] is not None
    )  # fmt: skip
    school, student = change["record"].split(":")
    nameless = {"FirstName": " ", "LastName": ""}
    for wrong, code in ((nameless, "REC-REQUIRED"), ({"InactiveStatusCode": []}, "REC-TYPE")):
        machine.served.edit({"endpoint": "students", "school": int(school), "id": int(student), "set": wrong})
        said = machine("explain", "student", student, "--live", "--json").json
        assert "keeps" in said["verdict"]
        assert code in said["codes"]
        assert machine("pull", "--json").json["descriptions"][code] >= 1
        assert machine("explain", "student", student, "--json").json["active"] is True


def test_schools_can_be_mapped_excluded_and_listed(machine: Machine, tmp_path: Path) -> None:
    machine.add()
    machine("schools", "update")
    code = str(machine.served.schools()[0]["code"])
    name = machine.served.schools()[0]["name"]
    listing = tmp_path / "ali.csv"
    listing.write_text(f"id,name\nA1,{name}\nA2,Somewhere Else High\n", encoding="utf-8")
    assert machine("schools", "import-ali", str(listing)).status == 0
    document = machine("schools", "list", "--json").json
    row = next(s for s in document["schools"] if str(s["aeries_code"]) == code)
    assert (row["ali_id"], row["match"]) == ("A1", "same")
    assert document["unmatched_ali"] == [{"ali_id": "A2", "ali_name": "Somewhere Else High"}]
    assert machine("schools", "map", code, "A2").status == 0
    assert machine("schools", "map", code, "nowhere").status == 2
    assert machine("schools", "exclude", code).status == 0
    row = next(
        s for s in machine("schools", "list", "--json").json["schools"] if str(s["aeries_code"]) == code
    )
    assert row["excluded"] is True
    assert row["ali_id"] is None


def test_a_wrong_csv_names_its_line_and_takes_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.map_all()
    listing = tmp_path / "ali.csv"
    listing.write_text("id,name\nB1,One\nB1,Two\n", encoding="utf-8")
    said = machine("schools", "import-ali", str(listing))
    assert said.status == 2
    assert "line 3" in said.err
    assert not any(s["ali_id"] == "B1" for s in machine("schools", "list", "--json").json["unmatched_ali"])
