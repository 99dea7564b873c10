from datetime import datetime
from typing import Any

import pytest

from simulator.district import EditedDistrict
from simulator.edits import Edit
from simulator.feeds import EditedFeeds

Lists = dict[str, dict[tuple[Any, ...], Any]]


def lists(district: EditedDistrict) -> Lists:
    codes = [school.code for school in district.real_schools]
    students = {(r["StudentID"], c): r for c in codes for r in district.students(c)}
    sections = {(c, r["SectionNumber"]): r for c in codes for r in district.sections(c)}
    rosters: dict[tuple[Any, ...], Any] = {}
    for code in codes:
        for row in district.classes(code):
            seats = rosters.setdefault((code, row["SectionNumber"]), set())
            seats.add((row["StudentID"], row["DateStarted"], row["DateEnded"]))
    staff = {(row["ID"],): row for row in district.staff()}
    courses = {(row["ID"],): row for row in district.courses()}
    return {
        "students": students,
        "sections": sections,
        "rosters": rosters,
        "staff": staff,
        "courses": courses,
    }


def changed(before: Lists, after: Lists) -> dict[str, set[tuple[Any, ...]]]:
    return {name: {key for key in after[name] if before[name].get(key) != after[name][key]} for name in after}


def fed(district: EditedDistrict, since: datetime) -> dict[str, set[tuple[Any, ...]]]:
    feeds = EditedFeeds(district, since)
    return {
        "students": {(row["StudentID"], row["SchoolCode"]) for row in feeds.students("student")},
        "sections": {(row["SchoolCode"], row["SectionNumber"]) for row in feeds.sections()},
        "rosters": {(row["SchoolCode"], row["SectionNumber"]) for row in feeds.rosters()},
        "staff": {(row["ID"],) for row in feeds.staff()},
        "courses": {(row["ID"],) for row in feeds.courses()},
    }


@pytest.mark.parametrize(("first", "last", "percent"), [(0, 1, 1), (0, 3, 15), (2, 4, 40)])
def test_the_feeds_name_every_record_that_days_changed(first: int, last: int, percent: float) -> None:
    district = EditedDistrict(2500, day=first, percent=20)
    before = lists(district)
    since = datetime(2026, 10, 14 + first, 11, 13)
    district.set_day(last, percent)
    named, really = fed(district, since), changed(before, lists(district))
    for name in named:
        assert really[name] <= named[name], name
    assert len(named["students"]) <= 1.2 * len(really["students"]) + 2
    assert named["rosters"] == really["rosters"]


def test_on_a_quiet_day_the_feeds_are_empty() -> None:
    district = EditedDistrict(1000, day=3, percent=20)
    district.set_day(4, 0)
    assert not any(fed(district, datetime(2026, 10, 17, 11, 13)).values())


def test_the_class_feed_names_students_whose_classes_changed() -> None:
    district = EditedDistrict(1000)
    before = {tuple(row.items()) for row in district.classes(994)}
    district.set_day(1, 20)
    after = {tuple(row.items()) for row in district.classes(994)}
    students = {dict(row)["StudentID"] for row in before ^ after}
    feed = EditedFeeds(district, datetime(2026, 10, 14, 12)).students("class")
    assert students == {row["StudentID"] for row in feed if row["SchoolCode"] == 994}


def test_feeds_of_other_areas_are_empty() -> None:
    district = EditedDistrict(1000, day=1, percent=50)
    assert EditedFeeds(district, datetime(2026, 1, 1)).students("contact") == []


@pytest.mark.parametrize(
    ("told", "feed", "key"),
    [
        ({"endpoint": "students", "school": 994, "id": 99400001, "set": {"Grade": 12}}, "students", (99400001, 994)),
        ({"endpoint": "students", "school": 994, "add": {"StudentID": 5}}, "students", (5, 994)),
        ({"endpoint": "sections", "school": 994, "id": 1001, "set": {"Room": "X"}}, "sections", (994, 1001)),
        ({"endpoint": "sections", "school": 994, "match": {"Room": "A1"}, "set": {"Room": "X"}}, "sections", (994, 1001)),
        ({"endpoint": "classes", "school": 994, "id": 99400001, "remove": True, "match": {"SectionNumber": 1001}}, "rosters", (994, 1001)),
        ({"endpoint": "staff", "id": 994001, "set": {"LastName": "Neu"}}, "staff", (994001,)),
        ({"endpoint": "courses", "id": "0001", "set": {"Title": "Neu"}}, "courses", ("0001",)),
    ],
)  # fmt: skip
def test_the_feeds_name_edited_records(told: dict[str, Any], feed: str, key: tuple[Any, ...]) -> None:
    district = EditedDistrict(1)
    district.edits.extend([Edit.read(told, district.clock)])
    assert key in fed(district, district.clock.replace(tzinfo=None))[feed]
    later = datetime(2026, 10, 15)
    assert not fed(district, later)[feed]
