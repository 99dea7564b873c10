"""Feeds: declared as queries, checked by their own rules, written whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.errors import AeriesTuiError, NotAllowedNow
from aeries_tui.exports.feeds import FeedReport, write_feed
from aeries_tui.master.database import connect
from aeries_tui.master.fence import Fence, QueryRefused, fenced
from aeries_tui.settings.feeds import BrokenFeed, Feed, feeds

FACTS = {"district": "demo", "district_name": "Demo", "day": "2026-11-28", "school_year": "2026-2027"}


@pytest.fixture
def fence(tmp_path: Path) -> Iterator[Fence]:
    path = tmp_path / "master.sqlite3"
    with closing(connect(path)) as db:
        db.execute(
            """
            INSERT INTO student (student_id, last_name, first_name, grade, primary_school, active, created_import)
            VALUES (1, 'Soto', 'Ana', 9, 7, 1, 1), (2, '=Lee', 'Bo', 10, 8, 1, 1), (3, NULL, 'Eva', 9, 7, 1, 1)
            """
        )
    with fenced(path) as made:
        yield made


def feed_of(tmp_path: Path, sql: str | None = None, **table: Any) -> Feed:
    if sql is not None:
        table["sql"] = sql
    made = next(
        one for one in feeds(tmp_path / "config.toml", [{"name": "mine", **table}]) if one.name == "mine"
    )
    assert isinstance(made, Feed), made
    return made


def run(fence: Fence, feed: Feed, to: Path) -> FeedReport:
    return write_feed(fence, feed, to, FACTS)


def test_no_built_in_query_reads_a_whole_list_for_each_row(fence: Fence, tmp_path: Path) -> None:
    for feed in feeds(tmp_path / "config.toml"):
        assert isinstance(feed, Feed)
        for one in feed.files:
            with closing(connect(tmp_path / "master.sqlite3")) as db:
                plan = [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {one.sql}", FACTS)]
            assert not [line for line in plan if "SCAN" in line and "LEFT-JOIN" in line], (
                feed.name,
                one.file,
            )


ALL = "SELECT student_id AS id, last_name AS name, primary_school AS school FROM v_student ORDER BY 1"


@pytest.mark.parametrize(
    ("look", "content"),
    [
        ({}, b"id,name,school\n1,Soto,7\n2,=Lee,8\n3,,7\n"),
        ({"cells": "safe"}, b"id,name,school\n1,Soto,7\n2,'=Lee,8\n3,,7\n"),
        ({"format": "tsv", "line_end": "crlf"}, b"id\tname\tschool\r\n1\tSoto\t7\r\n2\t=Lee\t8\r\n3\t\t7\r\n"),
        ({"quoting": "all", "encoding": "utf-8-sig"}, b'\xef\xbb\xbf"id","name","school"\n"1","Soto","7"\n"2","=Lee","8"\n"3","","7"\n'),
    ],
)  # fmt: skip
def test_a_feed_looks_as_it_is_declared(
    fence: Fence, tmp_path: Path, look: dict[str, object], content: bytes
) -> None:
    report = run(fence, feed_of(tmp_path, ALL, **look), tmp_path / "out")
    (file,) = report.files
    assert file.path.name == "mine.csv"
    assert file.path.read_bytes() == content
    assert (file.rows, file.bytes) == (3, len(content))
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine.csv"]


def test_lines_of_json_a_file_for_each_school_and_one_zip(fence: Fence, tmp_path: Path) -> None:
    feed = feed_of(
        tmp_path, ALL, format="jsonl", by_school="school", file="{district}-{school}-{date}.jsonl", zip=True
    )
    (bundle,) = run(fence, feed, tmp_path / "out").files
    with zipfile.ZipFile(bundle.path) as opened:
        names = sorted(opened.namelist())
        assert [name[:7] for name in names] == ["demo-7-", "demo-8-"]
        rows = [json.loads(line) for line in opened.read(names[0]).splitlines()]
    assert [row["id"] for row in rows] == ["1", "3"]
    assert bundle.rows == 3


def test_rows_that_break_a_rule_are_left_out_and_told(fence: Fence, tmp_path: Path) -> None:
    feed = feed_of(tmp_path, ALL, required="id, name", unique="school", one_of="school: 7, 9")
    report = run(fence, feed, tmp_path / "out")
    with report.files[0].path.open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["1"]
    assert {(one.rule, one.rows) for one in report.breaches} == {
        ("name is blank", 1),
        ("school has none of its values", 1),
    }


def test_what_refers_to_a_row_that_was_left_out_is_left_out_too(fence: Fence, tmp_path: Path) -> None:
    folder = tmp_path / "feeds" / "pair"
    folder.mkdir(parents=True)
    (folder / "1.sql").write_text("-- file: people.csv\n-- required: name\n" + ALL)
    (folder / "2.sql").write_text(
        "-- file: grades.csv\n-- refers: id -> people.csv id\nSELECT student_id AS id, grade FROM v_student"
    )
    pair = next(one for one in feeds(tmp_path / "config.toml") if one.name == "pair")
    assert isinstance(pair, Feed)
    report = run(fence, pair, tmp_path / "out")
    assert [file.rows for file in report.files] == [2, 2]
    assert report.breaches[-1].rule == "id is not in people.csv"


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({"sql": "SELECT nobody FROM v_student"}, QueryRefused),
        ({"sql": "SELECT password_hash FROM account"}, QueryRefused),
        ({"sql": ALL, "required": "nobody"}, QueryRefused),
        ({"sql": "SELECT 'Ł' AS name", "encoding": "cp1252"}, NotAllowedNow),
    ],
)
def test_a_feed_that_can_not_be_written_leaves_what_was_there(
    fence: Fence, tmp_path: Path, table: dict[str, str], error: type[AeriesTuiError]
) -> None:
    before = tmp_path / "out" / "mine.csv"
    before.parent.mkdir()
    before.write_text("as it was")
    with pytest.raises(error):
        run(fence, feed_of(tmp_path, **table), tmp_path / "out")
    assert [(one.name, one.read_text()) for one in before.parent.iterdir()] == [("mine.csv", "as it was")]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({}, "either from"),
        ({"sql": ALL, "from": "clever"}, "either from"),
        ({"from": "nowhere.sql"}, "names no feed"),
        ({"from": "clever", "file": "x.csv"}, "several files"),
        ({"from": "oneroster-1.2"}, "as the standard says"),
        ({"sql": ALL, "format": "xlsx"}, "format must be"),
        ({"sql": ALL, "encoding": "klingon"}, "encoding names none"),
        ({"sql": ALL, "file": "../x.csv"}, "plain name"),
        ({"sql": ALL, "file": "{nobody}.csv"}, "no other braces"),
        ({"sql": ALL, "quotes": "all"}, "no key of a feed"),
        ({"sql": ALL, "zip": "yes"}, "zip must be"),
        ({"sql": ALL, "refers": "id people.csv"}, "refers must be"),
        ({"sql": ALL, "refers": "id -> people.csv id"}, "no file before"),
        ({"sql": ALL, "one_of": "school"}, "one_of must be"),
    ],
)
def test_a_feed_that_is_declared_wrongly_is_named(tmp_path: Path, table: dict[str, Any], why: str) -> None:
    made = next(
        one for one in feeds(tmp_path / "config.toml", [{"name": "mine", **table}]) if one.name == "mine"
    )
    assert isinstance(made, BrokenFeed)
    assert "[[feeds]] number 1" in made.problem
    assert why in made.problem


def test_what_a_killed_run_had_made_is_taken_away(fence: Fence, tmp_path: Path) -> None:
    dead = tmp_path / "out" / ".feed-dead"
    dead.mkdir(parents=True)
    (dead / "mine.csv").write_text("half")
    os.utime(dead, (0, 0))
    run(fence, feed_of(tmp_path, ALL), tmp_path / "out")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine.csv"]
