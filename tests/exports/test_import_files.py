"""The two files of an import: written whole whatever lies in their way, and each with its own status."""

from __future__ import annotations

import httpx
import pytest

from engine import PaperAeries, Station, student

DENIED = httpx.Response(401, json={"Message": "No permission."})


@pytest.fixture
def district(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    return station


def statuses(station: Station) -> dict[str, str]:
    return {file["kind"]: file["status"] for file in station.pull()["files"]}


def test_a_file_that_a_kill_left_half_written_is_no_hindrance(district: Station) -> None:
    folder = district.district.imports / "1"
    folder.mkdir(parents=True)
    (folder / "student.csv.part").write_text("half of a")
    assert district.pull()["outcome"] == "completed"
    assert len((folder / "student.csv").read_text().splitlines()) == 19


def test_warnings_alone_leave_both_files_completed(district: Station) -> None:
    district.aeries.lists["7/students"][0]["StudentEmailAddress"] = ""
    assert statuses(district) == {"staff": "Completed", "student": "Completed"}
    assert district.descriptions(1, "STUDENT-NO-EMAIL")


def test_a_record_that_was_left_out_is_told_by_its_own_file_alone(district: Station) -> None:
    district.aeries.lists["7/students"].append(student(7, 777, FirstName="", LastName=""))
    assert statuses(district) == {"staff": "Completed", "student": "Completed with ERROR"}


def test_a_list_that_was_not_read_is_told_by_both_files(district: Station) -> None:
    district.pull()
    district.aeries.faults["7/classes"] = DENIED
    assert statuses(district) == {"staff": "Completed with ERROR", "student": "Completed with ERROR"}
