"""Unread is not absent: what becomes of the roster when lists can't be read, and what is said of it."""

from __future__ import annotations

import httpx
import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports import result
from aeries_tui.master.schools import schools
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS
from engine import (
    PaperAeries,
    Station,
    adds_up,
    class_row,
    homeroom_teacher,
    member,
    school,
    section,
    student,
)
from engine.paper import as_json

REFUSED = httpx.Response(401, json={"Message": "No permission."})
BROKEN = httpx.Response(500, json={"Message": "Broken."})
PAGE = httpx.Response(200, html="<!DOCTYPE html><html><title>Sign In</title></html>")
LISTS = [
    "staff",
    "courses",
    *(f"{code}/{name}" for code in (7, 9) for name in ("students", "teachers", "sections", "classes")),
]


@pytest.fixture
def pulled(station: Station) -> Station:
    """Schools 7, 8 and 9 with six students each, pulled once."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    return station


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (REFUSED, "denied", "SRC-PERMISSION"),
        (BROKEN, "failed", "SRC-SERVER"),
        (PAGE, "failed", "SRC-GATEWAY"),
        (httpx.ReadTimeout("slow"), "failed", "SRC-TIMEOUT"),
        (as_json(None), "failed", "SRC-SERVER"),
        (httpx.Response(200, content=b'[{"Stude'), "failed", "SRC-TRUNCATED"),
        (httpx.Response(404, json={"Message": "x"}), "failed", "SRC-URL"),
    ],
    ids=["refused", "broken", "web page", "time-out", "null", "broken off", "not there"],
)  # fmt: skip
def test_a_list_that_is_not_read_leaves_everybody_where_they_are(
    pulled: Station, path: str, fault: httpx.Response, state: str, code: str
) -> None:
    before = pulled.contents()
    pulled.aeries.faults[path] = fault
    document = pulled.pull()
    school, _, endpoint = path.rpartition("/")
    scope = next(
        s
        for s in document["scopes"]
        if s["endpoint"] == endpoint and s["school"] == (int(school) if school else None)
    )
    if code == "SRC-URL" and path in {"7/teachers", "9/classes", "9/sections"}:
        assert scope["state"] == "complete"  # it held nothing before, and a 404 is how some servers say so
        return
    assert scope["state"] == state
    assert document["outcome"] == "completed_with_error"
    assert code in document["descriptions"] or code == "SRC-URL"
    assert pulled.contents() == before
    assert adds_up(document)
    with pulled.master() as db:
        assert [(s.endpoint, s.school) for s in result.stale(db)] == [(endpoint, scope["school"])]
    pulled.aeries.faults.clear()
    assert pulled.pull()["outcome"] == "completed"
    with pulled.master() as db:
        assert result.stale(db) == []


def test_a_student_who_moved_to_a_school_that_can_not_be_read_stays(pulled: Station) -> None:
    moved = pulled.aeries.lists["7/students"].pop()
    pulled.aeries.lists["8/students"].append(student(8, moved["StudentID"]))
    pulled.aeries.faults["8/students"] = BROKEN
    pulled.pull()
    assert (moved["StudentID"],) in pulled.active("student")
    assert (7, moved["StudentID"]) not in pulled.active("school_enrollment")


def test_a_list_of_another_school_is_not_used(pulled: Station) -> None:
    before = pulled.contents()
    for name in ("students", "teachers", "sections", "classes"):
        pulled.aeries.lists[f"7/{name}"] = [
            {**row, "SchoolCode": 8} for row in pulled.aeries.lists[f"7/{name}"]
        ]
    document = pulled.pull()
    assert pulled.contents() == before
    assert {s["state"] for s in document["scopes"] if s["school"] == 7} == {"failed"}
    assert document["outcome"] == "completed_with_error"
    assert adds_up(document)
    assert sum(s["received"] for s in document["scopes"] if s["endpoint"] == "students") == 12


def test_one_row_of_another_school_does_not_keep_who_is_gone(pulled: Station) -> None:
    pulled.aeries.lists["7/students"] = [
        student(8, 1),
        *pulled.aeries.lists["7/students"][1:],
        student(7, 2),
        student(7, 3),
    ]
    document = pulled.pull()
    keys = {number for _, number in pulled.active("school_enrollment")}
    assert {2, 3} <= keys and 7000 not in keys
    assert document["descriptions"]["REF-SCHOOL"] == 1
    assert adds_up(document)


def test_a_row_of_another_school_says_nothing_of_whom_the_school_has_a_row_of_its_own(
    pulled: Station,
) -> None:
    lists = pulled.aeries.lists
    lists["9/students"][0]["InactiveStatusCode"] = "T"
    lists["7/students"].append(student(7, 9000))
    lists["9/students"].append(student(7, 9000))
    lists["7/sections"][0]["SectionStaffMembers"] = [member(900)]
    lists["7/sections"][1]["InactiveStatusCode"] = "I"
    lists["7/sections"].append(section(8, 1, member(80)))
    lists["8/sections"].append(section(7, 2))
    lists["7/classes"][0]["DateEnded"] = "2026-09-01T00:00:00"
    lists["7/classes"].append(class_row(8, 1, 7000))
    document = pulled.pull()
    assert document["outcome"] == "completed_with_error"
    assert (9, 9000) not in pulled.active("school_enrollment")
    assert {key for key in pulled.active("teaching") if key[0].startswith("7")} == {("7_1", 900)}
    assert ("7_2",) not in pulled.active("section")
    assert ("7_1", 7000) not in pulled.active("enrollment")
    assert document["descriptions"]["REF-SCHOOL"] == 4
    assert adds_up(document)


def test_a_student_of_whom_two_schools_rows_stand_in_a_list_changes_homeroom(pulled: Station) -> None:
    lists = pulled.aeries.lists
    lists["9/teachers"].append(homeroom_teacher(9, 6, 900))
    lists["9/students"][0]["HomeRoomTeacherNumber"] = "6"
    lists["9/students"].append(student(7, 9000, InactiveStatusCode="T"))
    pulled.pull()
    assert {key for key in pulled.active("enrollment") if key[1] == 9000} == {("9_TN_6", 9000)}


def test_whom_a_section_of_another_school_names_does_not_teach_it(pulled: Station) -> None:
    pulled.aeries.lists["7/sections"].append(section(8, 1, member(900)))
    pulled.aeries.lists["7/sections"].append(section(9, 1, member(90)))
    pulled.set("pull", foreign_percent=50.0)
    document = pulled.pull()
    assert {key for key in pulled.active("teaching") if key[0] == "8_1"} == {("8_1", 80)}
    assert ("9_TN_5",) in pulled.active("section")
    assert (900,) not in pulled.active("staff")
    assert adds_up(document)


def test_nobody_stays_in_a_class_or_on_a_section_that_is_gone_for_what_cannot_be_read(
    pulled: Station,
) -> None:
    lists = pulled.aeries.lists
    lists["7/sections"][0] |= {
        "InactiveStatusCode": "I",
        "SectionStaffMembers": [member(70), {"StaffID": "?"}],
    }
    lists["7/classes"][0]["DateEnded"] = "2026-13-01T00:00:00"
    pulled.pull()
    assert ("7_1",) not in pulled.active("section")
    assert not {key for key in pulled.active("enrollment") if key[0] == "7_1"}
    assert not {key for key in pulled.active("teaching") if key[0] == "7_1"}


def test_a_refused_certificate_ends_the_pull_and_changes_nothing(pulled: Station) -> None:
    before = pulled.roster()
    for path in ("schools", *LISTS):
        pulled.aeries.faults[path] = REFUSED
    document = pulled.pull()
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-CERTIFICATE")
    assert "Nothing was changed" in document["problem"]["meaning"]
    assert pulled.roster() == before


def test_when_no_list_at_all_can_be_read_the_import_is_an_error(pulled: Station) -> None:
    before = pulled.roster()
    for path in (*DISTRICT_LISTS, *(f"{code}/{name}" for code in (7, 8, 9) for name in SCHOOL_LISTS)):
        pulled.aeries.faults[path] = PAGE
    document = pulled.pull()
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-GATEWAY")
    assert pulled.roster() == before


def test_a_server_that_is_not_aeries_is_said_so(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7)
    station.aeries.faults["systeminfo"] = as_json({"hello": "world"})
    document = station.pull()
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-SERVER")


def test_an_old_server_without_systeminfo_is_read_on_this_machines_date(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.faults["systeminfo"] = httpx.Response(404)
    station.aeries.lists["7/classes"] = [class_row(7, 1, 7000, DateStarted=None, DateEnded=None)]
    station.map(7)
    document = station.pull()
    assert document["outcome"] == "completed"
    assert document["school_year"] is None
    assert station.active("enrollment") == {("7_1", 7000)}
    assert any("too old" in line for line in station.log(1))


@pytest.mark.parametrize("moment", ["2026-W41-1T08:00", "20261005T0800", "2026-10-05 08:00", "2026-10-05"])
def test_the_servers_date_is_read_however_it_is_spelt(station: Station, moment: str) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.faults["systeminfo"] = as_json(
        {"AeriesVersion": "9", "DatabaseYear": "2026-2027", "CurrentDateTime": moment}
    )
    station.map(7)
    station.pull()
    (day,) = station.query("SELECT day FROM import")[0]
    assert day == "2026-10-05" or (moment.startswith("20261005") and len(day) == 10)


def test_a_school_year_that_changes_while_it_is_read_ends_the_pull(pulled: Station) -> None:
    before = pulled.roster()

    def turn(request: httpx.Request) -> httpx.Response:
        pulled.aeries.year = "2027-2028"
        return as_json(pulled.aeries.lists["courses"])

    pulled.aeries.faults["courses"] = turn
    document = pulled.pull()
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-YEAR")
    assert pulled.roster() == before


def test_nothing_is_read_before_schools_are_mapped_and_prerequisites_acknowledged(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    with pytest.raises(NotAllowedNow, match="is mapped"):
        station.pull()
    station.map(7)
    with pytest.raises(NotAllowedNow, match="acknowledged"):
        station.pull(acknowledge=False)
    assert station.aeries.asked == []
    assert station.query("SELECT count(*) FROM import") == [(0,)]
    station.pull()
    station.pull(acknowledge=False)
    with station.master() as db:
        found = schools.acknowledgement(db)
    assert found is not None
    assert found.by


def test_of_mapped_schools_only_those_that_aeries_lists_are_asked(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.aeries.lists["schools"] = [school(0), school(7)]
    document = station.pull()
    assert not any(path.startswith("8/") for path in station.aeries.asked)
    assert document["outcome"] == "completed_with_error"
    assert {s["state"] for s in document["scopes"] if s["school"] == 8} == {"skipped"}
    assert document["descriptions"]["MAP-GONE"] >= 1


def test_a_failed_list_says_how_often_it_was_asked_for(pulled: Station) -> None:
    pulled.aeries.faults["7/classes"] = BROKEN
    document = pulled.pull()
    scope = next(s for s in document["scopes"] if (s["endpoint"], s["school"]) == ("classes", 7))
    assert scope["requests"] == pulled.settings.source.tries
    assert scope["retries"] == pulled.settings.source.tries - 1


def test_a_row_of_the_school_list_that_can_not_be_read_is_taken_as_it_was(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    before = station.roster()
    row = next(row for row in station.aeries.lists["schools"] if row["SchoolCode"] == 8)
    row["LowGradeLevel"] = "K"
    document = station.pull()
    assert document["outcome"] == "completed"
    assert station.roster() == before
    assert any("The row of school 8 in the school list can't be read" in line for line in station.log(2))


@pytest.mark.parametrize("spoiled", ["Elementary,", "\\", "Elem", "None"])
def test_a_schedule_type_that_nobody_knows_takes_no_homeroom_away(station: Station, spoiled: str) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    before = station.roster()
    row = next(row for row in station.aeries.lists["schools"] if row["SchoolCode"] == 9)
    row["ScheduleType"] = spoiled
    station.pull()
    assert station.roster() == before
    assert any(
        "The ScheduleType of school 9 in the school list is none of Aeries'" in line
        for line in station.log(2)
    )
    row["ScheduleType"] = "MASTERSCHEDULE"
    station.pull()
    assert station.roster() != before, "one that Aeries has counts"


def stale(station: Station) -> set[tuple[str, int | None]]:
    with station.master() as db:
        return {(one.endpoint, one.school) for one in result.stale(db)}


def test_a_list_is_stale_until_it_is_read_again_or_its_school_is_no_longer_mapped(pulled: Station) -> None:
    for path in ("staff", "7/classes", "8/classes"):
        pulled.aeries.faults[path] = BROKEN
    pulled.pull()
    assert stale(pulled) == {("classes", 7), ("classes", 8), ("staff", None)}
    del pulled.aeries.faults["7/classes"]
    pulled.pull()
    assert stale(pulled) == {("classes", 8), ("staff", None)}
    with pulled.master() as db:
        schools.exclude(db, 8, by="a test")
    pulled.pull()
    assert stale(pulled) == {("staff", None)}


def test_an_undo_reads_nothing_and_leaves_stale_what_was(pulled: Station) -> None:
    pulled.aeries.lists["7/students"][0]["LastName"] = "Changed"
    pulled.aeries.faults["8/classes"] = BROKEN
    pulled.undo(pulled.pull()["import"])
    assert stale(pulled) == {("classes", 8)}


def test_a_list_whose_pages_never_end_is_left_where_the_longest_list_ends(pulled: Station) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        first, last = (int(request.url.params[name]) for name in ("StartingRecord", "EndingRecord"))
        return as_json([student(7, 10_000 + row) for row in range(first, last + 1)])

    before = pulled.roster()
    pulled.set("source", answer_rows=1_000, page_size=90)
    pulled.aeries.faults["7/students"] = endless
    document = pulled.pull()
    assert document["outcome"] == "completed_with_error"
    scope = next(s for s in document["scopes"] if (s["endpoint"], s["school"]) == ("students", 7))
    assert scope["state"] == "failed"
    assert scope["requests"] < 15
    (found,) = [d for d in pulled.descriptions(document["import"]) if d.code == "SRC-TRUNCATED"]
    assert "holds more than 1,000 rows" in found.message
    assert pulled.roster() == before


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("7/students", (b'"InactiveStatusCode": ""', b'"InactiveStatusCode": "\\ud800"')),
        ("7/sections", (b'"CourseID": "0100"', b'"CourseID": "01\\ud80000"')),
        ("9/students", (b'"HomeRoomTeacherNumber": "5"', b'"HomeRoomTeacherNumber": "5\\ud800"')),
        ("9/students", (b'"HomeRoomTeacherNumber": "5"', b'"HomeRoom\\ud800TeacherNumber": "5"')),
        ("courses", (b'"ID": "0100"', b'"ID": "01\\ud80000"')),
    ],
)
def test_half_a_character_in_a_code_takes_nobody_and_nothing(
    pulled: Station, path: str, sent: tuple[bytes, bytes]
) -> None:
    before = pulled.all_active()
    body = as_json(pulled.aeries.lists[path]).content
    assert sent[0] in body
    pulled.aeries.faults[path] = httpx.Response(200, content=body.replace(*sent))
    document = pulled.pull()
    assert "REC-TYPE" in document["descriptions"]
    assert adds_up(document)
    assert pulled.all_active() == before
