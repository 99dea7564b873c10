"""What a district lives with: accounts, archives, exports, schedule, monitors, the doctor, several districts."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cli.conftest import Machine


@pytest.fixture
def pulled(machine: Machine) -> Machine:
    machine.map_all()
    assert machine("pull", "--acknowledge").status == 4
    return machine


def test_a_new_password_is_shown_once_and_logs_in(pulled: Machine) -> None:
    student = pulled("changes", "1", "--kind", "student", "--json").json["changes"][0]["record"]
    account = pulled("accounts", "find", student, "--json").json["accounts"][0]
    made = pulled("accounts", "reset", account["user_name"], "--json").json
    tested = pulled(
        "accounts", "test", account["user_name"], "--password-stdin", "--json", typed=made["password"] + "\n"
    )
    assert tested.status == 0
    assert tested.json["logs_in"] is True
    wrong = pulled("accounts", "test", account["user_name"], "--password-stdin", "--json", typed="another\n")
    assert wrong.status == 4
    assert {reason["code"] for reason in wrong.json["reasons"]} == {"wrong-password"}
    for path in (pulled.root / "data").rglob("*"):
        assert not path.is_file() or made["password"].encode() not in path.read_bytes()


def test_single_sign_on_counts_everybody_active(pulled: Machine) -> None:
    counts = pulled("results", "--json").json["counts"]
    found = pulled("accounts", "sso", "--json").json
    assert found["total"] == counts["staff"]["active"] + counts["student"]["active"]
    assert found["total"] == sum(found["ready"].values()) + len(found["not_ready"])


def test_a_bundle_leaves_whole(pulled: Machine, tmp_path: Path) -> None:
    for version in ("1.1", "1.2"):
        said = pulled("export", "oneroster", "--version", version, "--to", str(tmp_path), "--json")
        assert said.status == 0
        with zipfile.ZipFile(said.json["path"]) as bundle:
            assert "users.csv" in bundle.namelist()
    assert pulled("export", "oneroster", "--version", "2.0", "--to", str(tmp_path)).status == 2


def test_the_year_is_archived_emptied_verified_and_brought_back(pulled: Machine) -> None:
    before = pulled("results", "--json").json["counts"]
    assert pulled("archive", "create").status == 2
    made = pulled("archive", "create", "--yes", "--json")
    assert made.status == 0
    name = made.json["archive"]["name"]
    assert pulled("archive", "verify", name, "--json").json == {
        "format_version": 1, "name": name, "ok": True, "problems": [],
    }  # fmt: skip
    assert pulled("pull").status == 2  # the prerequisites are acknowledged again for a new year
    held = pulled("archive", "restore", name, "--json")
    assert held.status == 3
    after = pulled("approve", str(held.json["import"]), "--reason", "a test", "--json").json["counts"]
    assert {k: c["active"] for k, c in after.items()} == {k: c["active"] for k, c in before.items()}
    assert [one["name"] for one in pulled("archive", "list", "--json").json["archives"]] == [name]


def test_the_schedule_is_previewed_and_shown(machine: Machine) -> None:
    machine.add()
    assert machine("schedule", "preview").status == 2
    machine("credentials", "change", "demo", "--daily-import", "02:30", "--timezone", "America/Los_Angeles")
    said = machine("schedule", "preview", "--json")
    assert said.status == 0
    assert any("OnCalendar" in one["text"] or "pull" in one["text"] for one in said.json["files"])
    shown = machine("schedule", "show", "--json").json
    assert shown["begin"].startswith("02:30")
    assert len(shown["next_runs"]) == 5
    assert machine("credentials", "change", "demo", "--daily-import", "25:00").status == 2


def test_the_status_tells_a_monitor_how_the_district_stands(machine: Machine) -> None:
    machine.map_all()
    assert machine("status").status == 6
    machine("pull", "--acknowledge")
    said = machine("status", "--max-age", "26h", "--json")
    assert said.status == 4
    assert said.json["exit_status"] == 4
    machine("pull", "--plan")
    assert machine("status").status == 3


def test_the_doctor_looks_at_everything(pulled: Machine) -> None:
    said = pulled("doctor", "--json")
    states = {one["what"]: one["state"] for one in said.json["findings"]}
    assert states["database"] == "good"
    assert states["permissions"] == "good"
    assert {"disk", "daily import", "last pull", "clock"} <= set(states)
    master = pulled.root / "data" / "demo" / "master.sqlite3"
    master.chmod(0o644)
    said = pulled("doctor", "--offline")
    assert said.status == 5
    assert "chmod 600" in said.out


def test_a_damaged_master_is_said_to_be_so(pulled: Machine) -> None:
    master = pulled.root / "data" / "demo" / "master.sqlite3"
    whole = master.read_bytes()
    master.write_bytes(whole[:4096] + b"\xff" * 40_000 + whole[44_096:])
    said = pulled("doctor", "--offline", "--json")
    assert said.status == 5
    assert any(one["what"] == "database" and one["state"] == "bad" for one in said.json["findings"])


def test_one_district_that_fails_does_not_stop_the_rest(machine: Machine) -> None:
    machine.map_all()
    machine(
        "credentials", "add", "broken", "--url", "http://127.0.0.1:9/aeries", "--certificate-stdin",
        typed="N0bodyAnswersN0bodyAnswersN0body\n",
    )  # fmt: skip
    assert machine("check").status == 2
    checked = machine("check", "--all", "--json")
    assert checked.status == 5
    assert [one["ok"] for one in checked.json["districts"]] == [False, True]
    said = machine("pull", "--all", "--acknowledge", "--json")
    outcomes = {one["district"]: one.get("outcome") for one in said.json["districts"]}
    assert outcomes == {"broken": None, "demo": "completed_with_error"}
    assert machine("status", "--all", "--json").json["districts"][1]["exit_status"] == 4


def test_paths_and_config_are_told(machine: Machine) -> None:
    machine.add()
    paths = machine("paths", "--json").json
    assert paths["config"] == str(machine.root / "config" / "config.toml")
    assert machine("config", "check").status == 0
    (machine.root / "config").mkdir(exist_ok=True)
    (machine.root / "config" / "config.toml").write_text('[keys]\nnot-an-action = "x"\n', encoding="utf-8")
    assert machine("config", "check").status == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[feeds]]\nname = "one"\nbuiltin = "clever"\n', "[[feeds]] number 1: builtin is no key of a feed"),
        ('[[deliveries]]\nname = "one"\nfeeds = ["clever"]\nto = 7\n', "[[deliveries]] number 1: "),
        ('[[checks]]\nname = "one"\n', "[[checks]] number 1"),
    ],
)
def test_config_check_names_a_feed_a_delivery_and_a_check_that_cannot_be_used(
    machine: Machine, text: str, named: str
) -> None:
    machine.add()
    (machine.root / "config" / "config.toml").write_text(text, encoding="utf-8")
    said = machine("config", "check")
    assert said.status == 2
    assert named in said.err
    assert "All else in it is used." in said.err


def test_a_command_after_the_import_gets_the_paths(machine: Machine) -> None:
    machine.map_all()
    (machine.root / "config" / "config.toml").write_text(
        '[exports]\nafter_import = ["sh", "-c", "cat \\"$1\\" \\"$2\\" > \\"$AERIES_TUI_DATA_DIR/sent\\"", "x"]\n',
        encoding="utf-8",
    )
    machine("pull", "--acknowledge")
    sent = (machine.root / "data" / "sent").read_text("utf-8")
    assert sent.startswith("staff_id,")
    assert "student_id," in sent
