from typing import Any

import pytest

from simulator.district import EditedDistrict
from simulator.edits import Edit


@pytest.fixture
def district() -> EditedDistrict:
    return EditedDistrict(1)


def stage(district: EditedDistrict, **told: Any) -> None:
    district.edits.extend([Edit.read(told, district.clock)])


def test_fields_can_be_set_to_anything_and_taken_away(district: EditedDistrict) -> None:
    stage(district, endpoint="students", school=994, id=99400001, set={"Grade": [1]}, unset=["LastName"])
    (row,) = district.students(994)
    assert row["Grade"] == [1] and "LastName" not in row


def test_an_added_record_has_every_field(district: EditedDistrict) -> None:
    stage(district, endpoint="students", school=994, add={"StudentID": 5, "LastName": "Neu"})
    first, added = district.students(994)
    assert set(added) == set(first)
    assert (added["SchoolCode"], added["StudentID"], added["LastName"]) == (994, 5, "Neu")
    assert district.student(5) == [added]


def test_records_can_be_removed_by_any_field(district: EditedDistrict) -> None:
    stage(district, endpoint="classes", school=994, match={"SectionNumber": 1001}, remove=True)
    assert district.classes(994) == []


def test_a_later_edit_works_on_what_an_earlier_one_left(district: EditedDistrict) -> None:
    stage(district, endpoint="staff", add={"ID": 7})
    stage(district, endpoint="staff", id=7, set={"LastName": "Later"})
    assert [row["LastName"] for row in district.staff() if row["ID"] == 7] == ["Later"]


@pytest.mark.parametrize(
    "told",
    [
        {"endpoint": "nothing", "id": 1, "remove": True},
        {"endpoint": "students", "id": 1, "remove": True},
        {"endpoint": "staff", "school": 994, "id": 1, "remove": True},
        {"endpoint": "staff", "id": 1},
        {"endpoint": "staff", "remove": True},
        {"endpoint": "staff", "id": 1, "remove": True, "add": {"ID": 2}},
        {"endpoint": "staff", "id": 1, "delete": True},
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(told: dict[str, Any], district: EditedDistrict) -> None:
    with pytest.raises(ValueError, match=r"endpoint|school|edit"):
        Edit.read(told, district.clock)
