"""Each command prints at least one document of its own; what runs it holds the document to its schema (conftest)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pyrage  # type: ignore[import-untyped,unused-ignore]
import pytest

from aeries_tui.cli.schema_names import WRITTEN
from aeries_tui.cli.schemas import SCHEMAS
from cli.conftest import Desk
from engine import PaperAeries, Station

CONFIG = """
[[feeds]]
name = "kids"
sql = "SELECT student_id AS id FROM v_student WHERE active ORDER BY 1 {limit}"

[[deliveries]]
name = "vendor"
feeds = ["kids"]
to = "{to}"
"""
CHECK = """-- code: DIST-TAUGHT
-- sentence: Somebody is in the roster.
-- kind: student
-- record: student_id
-- school: primary_school
SELECT student_id, primary_school FROM v_student WHERE active
"""
ELSEWHERE = {
    "setup",
    "demo",
    "schedule install",
    "schedule preview",
    "credentials remove",
    "people same",
    "people another",
    "retention run",
}
"""Of these only the refusal is printed here; their documents are, where a machine or a question of a pull is there."""


@pytest.fixture
def home(station: Station, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(station.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(station.places.data_dir))
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    (station.places.config_dir / "checks").mkdir()
    (station.places.config_dir / "checks" / "taught.sql").write_text(CHECK)
    return Desk(station, capsys)


def declare(home: Desk, limit: str = "") -> None:
    to = home.station.places.data_dir.parent / "receiver"
    to.mkdir(exist_ok=True)
    home.station.places.config_file.write_text(CONFIG.format(limit=limit, to=to))


def commands(home: Desk, place: Path) -> Iterator[str]:
    """Each, in an order in which there is something to tell."""
    listed, key = place / "list.csv", place / "key.txt"
    listed.write_text("id,name\nZ1,Grundschule Süd\n", "utf-8")
    identity = pyrage.x25519.Identity.generate()
    key.write_text(f"{identity}\n")
    yield "check"
    yield "check --all"
    yield "schools update"
    yield "schools update --all"
    yield f"schools import-ali {listed}"
    yield "schools map 9 Z1"
    yield "schools unmap 9"
    yield "schools exclude 9"
    yield "schools create-ali --from-aeries 8"
    yield "schools list"
    yield "pull --acknowledge --plan"
    yield "plan show 1"
    yield "discard 1 --reason Grund"
    yield "pull --acknowledge"
    home.change()
    yield "pull --all"
    yield "undo 3 --plan"
    yield "results"
    yield "approve 4 --reason Grund"
    yield "results --list"
    yield "changes 3"
    yield "changes --since 0"
    yield "changes --reader directory --acknowledge 3"
    yield "descriptions 2"
    yield f"descriptions 2 --csv {place / 'descriptions.csv'}"
    yield "troubleshooting"
    yield "log 2"
    yield "explain student 7001"
    yield "explain student 7001 --live"
    yield "explain student Example"
    yield "people same student 7001 --reason x"
    yield "people another student 7001 --reason x"
    listed.write_text("id,last name\n7001,Ünal\n,\n", "utf-8")
    yield f"compare {listed}"
    yield "feeds list"
    yield "feeds check clever"
    yield f"feeds run clever --to {place}"
    declare(home)
    yield "deliveries list"
    yield "deliveries test vendor"
    yield "deliveries run vendor"
    yield "deliveries show vendor"
    declare(home, "LIMIT 1")
    yield "deliveries run"
    yield "deliveries discard 2 --reason x"
    yield "deliveries run --all"
    yield "deliveries approve 3 --reason x"
    yield "consumers add product"
    yield "consumers rotate product"
    yield "consumers list"
    yield "consumers revoke product"
    yield "sql SELECT*FROM(v_student)"
    yield "checks list"
    yield "checks run DIST-TAUGHT"
    yield f"checks test {home.station.places.config_dir / 'checks' / 'taught.sql'}"
    yield "accounts find a"
    yield "accounts test nobody"
    yield f"accounts reset {home('accounts', 'find', '7002', '--json').json['accounts'][0]['user_name']}"
    yield "accounts sso"
    yield f"export oneroster --version 1.2 --to {place}"
    yield "people erase student 7003 --reason x --plan"
    yield "people erase student 7003 --reason x --yes"
    yield "people lift student 7003"
    yield "archive create --yes"
    name = home("archive", "list", "--json").json["archives"][0]["name"]
    yield "archive list"
    yield f"archive verify {name}"
    yield f"archive look {name}"
    yield f"archive encrypt {name} --to {identity.to_public()}"
    yield f"archive decrypt {name} --identity {key}"
    yield f"archive restore {name}"
    yield "schedule show"
    yield "schedule show --all"
    yield "schedule test"
    yield "schedule test --all"
    yield "schedule preview"
    yield "schedule install"
    yield "schedule remove"
    yield "status"
    yield "status --all"
    yield "audit list"
    yield "audit verify"
    yield "retention show"
    yield "retention run --yes"
    yield "doctor --offline"
    yield "paths"
    yield "config check"
    yield "setup --system --plan"
    yield "demo"
    yield "credentials add other --url https://aeries.example/aeries --certificate-stdin"
    yield "credentials change other --no-test --daily-import 04:30"
    yield "credentials list"
    yield "credentials show other"
    yield "credentials remove nobody"


def test_each_command_prints_its_document(
    home: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: set[str] = set()
    for line in commands(home, tmp_path):
        monkeypatch.setattr("sys.stdin", StringIO("0123456789abcdef0123456789abcdef\n"))
        said = home(*line.split(" "), "--json")
        name = next(name for name in SCHEMAS if f"{line} ".startswith(f"{name} "))
        is_refusal = json.loads(said.out).keys() == {"format_version", "problem", "error"}
        # setup tells root what it would do.
        assert name == "setup" or is_refusal == (name in ELSEWHERE), f"{line}: {said.err}"
        told.add(name)
    assert told == SCHEMAS.keys() - WRITTEN.keys()
