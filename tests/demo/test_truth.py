import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.district import EditedDistrict
from simulator.edits import Edit
from simulator.truth import truth_of

HIGH = 994


def stage(district: EditedDistrict, **told: Any) -> None:
    district.edits.extend([Edit.read(told, district.clock)])
    district.touched()


@pytest.fixture
def one() -> EditedDistrict:
    """One student in one section with one teacher: everything can be counted on the fingers."""
    return EditedDistrict(1)


@pytest.fixture
def homerooms() -> EditedDistrict:
    """One student whom an elementary school with one teacher record has as well."""
    district = EditedDistrict(1)
    stage(district, endpoint="schools", id=HIGH, set={"ScheduleType": "Elementary"})
    stage(district, endpoint="sections", school=HIGH, id=1001, remove=True)
    stage(district, endpoint="students", school=HIGH, id=99400001, set={"HomeRoomTeacherNumber": "0401"})
    return district


def counts(district: EditedDistrict, **expected: int) -> dict[str, int]:
    found = truth_of(district).counts
    return {kind: found[kind] for kind in expected} if expected else found


def test_one_student_makes_one_of_everything(one: EditedDistrict) -> None:
    assert truth_of(one, ids=True).ids == {
        "staff": {"994001"},
        "student": {"99400001"},
        "course": {one.sections(HIGH)[0]["CourseID"]},
        "section": {"994_1001"},
        "enrollment": {"994_1001_99400001"},
        "teaching": {"994_1001_994001"},
        "school_enrollment": {"994_99400001"},
    }


def test_nothing_is_active_when_no_school_is_mapped(one: EditedDistrict) -> None:
    assert set(truth_of(one, []).counts.values()) == {0}


@pytest.mark.parametrize("status", ["*", "I", "N"])
def test_a_student_with_a_status_is_out_with_all_seats(one: EditedDistrict, status: str) -> None:
    stage(one, endpoint="students", school=HIGH, id=99400001, set={"InactiveStatusCode": status})
    expected = {"student": 0, "school_enrollment": 0, "enrollment": 0, "section": 1, "teaching": 1}
    assert counts(one, **expected) == expected


@pytest.mark.parametrize("status", ["", " ", None])
def test_blank_null_and_a_space_are_active(one: EditedDistrict, status: str | None) -> None:
    stage(one, endpoint="students", school=HIGH, id=99400001, set={"InactiveStatusCode": status})
    assert counts(one, student=1) == {"student": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Grade", 77),
        ("Grade", "twelve"),
        ("LastName", " "),
        ("Birthdate", "2010-02-31T00:00:00"),
    ],
)
def test_a_field_that_is_not_needed_costs_nobody(one: EditedDistrict, field: str, value: object) -> None:
    stage(one, endpoint="students", school=HIGH, id=99400001, set={field: value})
    assert counts(one, student=1) == {"student": 1}


@pytest.mark.parametrize("fields", [{"StudentID": None}, {"FirstName": "", "LastName": " "}])
def test_a_record_that_nobody_can_take_is_out(one: EditedDistrict, fields: dict[str, object]) -> None:
    stage(one, endpoint="students", school=HIGH, id=99400001, set=fields)
    assert counts(one, student=0, enrollment=0) == {"student": 0, "enrollment": 0}


@pytest.mark.parametrize(
    ("first", "last", "seats"),
    [
        ("2026-10-14", "2026-10-14", 1),
        ("2026-10-14", None, 1),
        ("2026-10-15", None, 0),
        ("2026-08-12", "2026-10-13", 0),
    ],
)
def test_a_seat_counts_from_its_first_to_its_last_day(
    one: EditedDistrict, first: str, last: str | None, seats: int
) -> None:
    dates = {"DateStarted": f"{first}T00:00:00", "DateEnded": f"{last}T00:00:00" if last else None}
    stage(one, endpoint="classes", school=HIGH, id=99400001, set=dates)
    assert counts(one, enrollment=0) == {"enrollment": seats}


def test_two_seats_of_a_student_in_one_section_are_one_enrollment(one: EditedDistrict) -> None:
    (row,) = one.classes(HIGH)
    stage(one, endpoint="classes", school=HIGH, add={**row, "SequenceNumber": 2})
    assert counts(one, enrollment=1) == {"enrollment": 1}


def test_an_inactive_section_takes_its_seats_its_teacher_and_its_course_along(one: EditedDistrict) -> None:
    stage(one, endpoint="sections", school=HIGH, id=1001, set={"InactiveStatusCode": "I"})
    expected = {"section": 0, "enrollment": 0, "teaching": 0, "course": 0, "staff": 1, "student": 1}
    assert counts(one, **expected) == expected


def member(**fields: object) -> dict[str, object]:
    return {"StaffID": 994001, "IsPrimaryTeacher": True, "InactiveStatusCode": "", "EndDate": None, **fields}


@pytest.mark.parametrize(
    ("members", "teaching"),
    [
        ([member(InactiveStatusCode="I")], 0),
        ([member(EndDate="2026-10-13T00:00:00")], 0),
        ([member(EndDate="2026-10-14T00:00:00")], 1),
        ([member(StaffID=5)], 0),
        ([member(), member()], 1),
        (None, 0),
    ],
)
def test_teaching_wants_a_running_member_who_is_active_staff(
    one: EditedDistrict, members: list[object] | None, teaching: int
) -> None:
    stage(one, endpoint="sections", school=HIGH, id=1001, set={"SectionStaffMembers": members})
    assert counts(one, teaching=0) == {"teaching": teaching}


def test_inactive_staff_neither_teach_nor_count(one: EditedDistrict) -> None:
    stage(one, endpoint="staff", id=994001, set={"InactiveStatusCode": "I"})
    assert counts(one, staff=0, teaching=0) == {"staff": 0, "teaching": 0}


def test_staff_who_only_stand_in_a_teacher_record_are_in(one: EditedDistrict) -> None:
    stage(one, endpoint="sections", school=HIGH, id=1001, set={"SectionStaffMembers": []})
    assert counts(one, staff=1, teaching=0) == {"staff": 1, "teaching": 0}
    stage(one, endpoint="teachers", school=HIGH, id=401, set={"InactiveStatusCode": "I"})
    assert counts(one, staff=0) == {"staff": 0}


def test_a_homeroom_is_a_section_where_there_are_no_others(homerooms: EditedDistrict) -> None:
    assert truth_of(homerooms, ids=True).ids == {
        "staff": {"994001"},
        "student": {"99400001"},
        "course": set(),
        "section": {"994_TN_401"},
        "enrollment": {"994_TN_401_99400001"},
        "teaching": {"994_TN_401_994001"},
        "school_enrollment": {"994_99400001"},
    }


@pytest.mark.parametrize(
    ("kind", "sections"),
    [("ElementaryAndMasterSchedule", 1), ("", 1), ("MasterSchedule", 0), ("Flexible", 0)],
)
def test_only_elementary_schedules_have_homerooms(
    homerooms: EditedDistrict, kind: str, sections: int
) -> None:
    stage(homerooms, endpoint="schools", id=HIGH, set={"ScheduleType": kind})
    assert counts(homerooms, section=0) == {"section": sections}


def test_a_teacher_who_has_sections_has_no_homeroom(one: EditedDistrict) -> None:
    stage(one, endpoint="schools", id=HIGH, set={"ScheduleType": "ElementaryAndMasterSchedule"})
    stage(one, endpoint="students", school=HIGH, id=99400001, set={"HomeRoomTeacherNumber": "401"})
    assert truth_of(one, ids=True).ids["section"] == {"994_1001"}  # type: ignore[index]


def test_an_inactive_teacher_record_makes_no_homeroom(homerooms: EditedDistrict) -> None:
    stage(homerooms, endpoint="teachers", school=HIGH, id=401, set={"InactiveStatusCode": "I"})
    assert counts(homerooms, section=0, staff=0) == {"section": 0, "staff": 0}


def test_a_homeroom_that_nobody_active_names_is_none(homerooms: EditedDistrict) -> None:
    stage(homerooms, endpoint="students", school=HIGH, id=99400001, set={"InactiveStatusCode": "I"})
    assert counts(homerooms, section=0, staff=0) == {"section": 0, "staff": 1}


def test_a_student_at_two_schools_is_one_student_and_two_school_enrollments() -> None:
    district = EditedDistrict(5000)
    truth = truth_of(district).counts
    assert truth["student"] < truth["school_enrollment"]


def test_counts_and_ids_agree() -> None:
    district = EditedDistrict(2000, day=2, percent=10)
    truth = truth_of(district, ids=True)
    assert truth.ids is not None
    assert {kind: len(ids) for kind, ids in truth.ids.items()} == truth.counts == truth_of(district).counts


def test_the_truth_of_two_schools_is_part_of_the_whole() -> None:
    district = EditedDistrict(2000)
    whole, part = truth_of(district, ids=True).ids, truth_of(district, [994, 990], ids=True).ids
    assert whole is not None and part is not None
    assert all(part[kind] <= whole[kind] for kind in ("school_enrollment", "section", "teaching", "staff"))
    assert {name.partition("_")[0] for name in part["section"]} == {"990", "994"}


def test_the_truth_is_told_without_the_program_it_judges() -> None:
    code = (
        "import sys; sys.path.append(sys.argv[1]); import simulator.served; "
        "print([name for name in sys.modules if name.startswith('aeries_tui.') "
        "and name.split('.')[1] not in ('demo', 'errors', 'documents')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parents[1])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
