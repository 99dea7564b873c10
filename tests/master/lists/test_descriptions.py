"""The descriptions of an import as a long list: worst first, each found again by its place."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from aeries_tui.master.imports.descriptions import descriptions, troubles
from aeries_tui.master.lists.descriptions import description_at, description_source
from engine import PaperAeries, Station, class_row, student

_STUDENT = "Aeries: Student Data > Demographics"
_CLASSES = "Aeries: Student Data > Scheduling > Classes"
_SECTIONS = "Aeries: Scheduling Process > Master Schedule > Sections"


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """An import that was refused two lists with errors and warnings at two schools."""
    made = Station(tmp_path_factory.mktemp("descriptions"))
    aeries = made.aeries = PaperAeries.usual()
    aeries.lists["7/students"].append(student(7, 777, InactiveStatusCode={}))
    aeries.lists["7/classes"].append(class_row(7, 1, 777))
    aeries.lists["8/students"].append(student(8, 888, StudentEmailAddress="", LastName="Ñandú [/x]"))
    aeries.faults["9/classes"] = aeries.faults["8/teachers"] = httpx.Response(
        401, json={"Message": "No permission."}
    )
    made.map(7, 8, 9)
    _refuse_tls(made, made.pull()["import"])
    return made


def _refuse_tls(station: Station, number: int) -> None:
    """Let the gravest be told of a list too; a pull that meets it has no list at all to tell of others."""
    with station.master() as db:
        db.execute(
            "INSERT INTO description (import_id, code, severity, kind, record, message) "
            "VALUES (?, 'SRC-TLS', 'F', 'list', 'courses', 'The chain is not whole.')",
            (number,),
        )


@pytest.mark.parametrize(("code", "school"), [(None, None), ("REC-TYPE", None), (None, 8), ("REC-TYPE", 8)])
def test_the_list_holds_what_the_command_prints_and_each_place_leads_to_its_description(
    station: Station, code: str | None, school: int | None
) -> None:
    with (
        station.master() as db,
        contextlib.closing(description_source(station.district.master, 1, code, school)) as source,
    ):
        expected = {one.id: one for one in descriptions(db, 1, code, school)}
        rows = source.rows(0, source.count())
        found = [description_at(db, 1, int(row.key), code, school) for row in rows]
        assert {one.id: one for one in found if one is not None} == expected
        assert list(expected) == [one.id for one in found if one is not None], "both in the same order"
        assert len(rows) == len(expected)
        assert description_at(db, 1, len(rows) + 1, code, school) is None


def test_what_leaves_records_out_stands_first(station: Station) -> None:
    with contextlib.closing(description_source(station.district.master, 1)) as source:
        severities = [str(row.cells[0][0]) for row in source.rows(0, source.count())]
    assert severities == sorted(severities, key="FEW".index) and {"F", "E", "W"} == set(severities)


def test_a_student_is_found_by_name(station: Station) -> None:
    with contextlib.closing(description_source(station.district.master, 1)) as source:
        found = source.with_filter("nandu")
        assert {row.cells[2] for row in found.rows(0, found.count())} == {"888"}


def test_troubles_are_told_gravest_first_then_whole_lists_then_the_most_frequent(station: Station) -> None:
    station.aeries.lists["8/students"] += [student(8, 880 + n, FirstName="", LastName="") for n in range(3)]
    station.aeries.lists["7/students"].append(student(7, 779, InactiveStatusCode=[]))
    number = station.pull()["import"]
    _refuse_tls(station, number)
    with station.master() as db:
        found = troubles(db, number)
        page_of = {one.code: one.page for one in descriptions(db, number)}
    assert [(one.severity, one.code, one.records) for one in found if one.severity != "W"] == [
        ("F", "SRC-TLS", 1), ("E", "SRC-PERMISSION", 2), ("E", "REC-REQUIRED", 3), ("E", "REC-TYPE", 2),
    ]  # fmt: skip
    assert [one.severity for one in found] == sorted((one.severity for one in found), key="FEW".index)
    warnings = [(-one.records, one.code) for one in found if one.severity == "W"]
    assert warnings == sorted(warnings) and warnings
    assert all(one.page == page_of[one.code] for one in found if one.severity != "W")


@pytest.mark.parametrize(
    ("kinds", "page"),
    [
        (["enrollment", "student", "student"], _STUDENT),
        (["enrollment", "enrollment", "student"], _CLASSES),
        (["section", "student", "student", "student", "teaching", "teaching", "teaching"], _SECTIONS),
    ],
)
def test_the_page_of_a_group_is_that_of_most_of_its_records(
    station: Station, kinds: list[str], page: str
) -> None:
    with station.master() as db:
        db.executemany(
            """
            INSERT INTO description (import_id, code, severity, kind, record, message)
            VALUES (?, 'REC-TYPE', 'E', ?, '1', '')
            """,
            [(1000, kind) for kind in kinds],
        )
        (group,) = troubles(db, 1000)
        assert group.page == page
        db.execute("DELETE FROM description WHERE import_id = 1000")
