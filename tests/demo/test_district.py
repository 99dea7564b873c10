import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.demo.district import SimulatedDistrict, UnknownSchool
from aeries_tui.demo.layout import Kind
from simulator.district import EditedDistrict

SAMPLES = Path(__file__).parents[1] / "data" / "aeries-samples"


def everything(district: SimulatedDistrict) -> dict[str, Any]:
    lists: dict[str, Any] = {
        "schools": district.schools(),
        "staff": list(district.staff()),
        "courses": district.courses(),
    }
    for school in district.real_schools:
        lists[f"students {school.code}"] = list(district.students(school.code))
        lists[f"teachers {school.code}"] = district.teachers(school.code)
        lists[f"sections {school.code}"] = district.sections(school.code)
        lists[f"classes {school.code}"] = district.classes(school.code)
    return lists


@pytest.fixture(scope="module")
def thousand() -> SimulatedDistrict:
    return SimulatedDistrict(1000)


def rows_of(district: SimulatedDistrict, endpoint: str) -> list[dict[str, Any]]:
    return [row for school in district.real_schools for row in getattr(district, endpoint)(school.code)]


def blank(value: str) -> bool:
    return not value.strip()


def test_the_same_size_and_seed_give_the_same_district() -> None:
    assert everything(SimulatedDistrict(1500, 3, 2)) == everything(SimulatedDistrict(1500, 3, 2))


def test_another_seed_gives_other_people() -> None:
    one, other = SimulatedDistrict(200, 1), SimulatedDistrict(200, 2)
    names = [[row["LastName"] for row in rows_of(d, "students")] for d in (one, other)]
    assert names[0] != names[1]


def test_a_district_does_not_depend_on_the_order_in_which_it_is_asked() -> None:
    district = SimulatedDistrict(1200)
    backwards = {
        school.code: list(district.students(school.code)) for school in reversed(district.real_schools)
    }
    assert backwards == {
        school.code: list(SimulatedDistrict(1200).students(school.code)) for school in district.real_schools
    }


def test_the_numbers_that_settle_everything_are_the_same_on_every_machine() -> None:
    first = next(iter(SimulatedDistrict(1000).students(990)))
    assert (first["StudentID"], first["FirstName"], first["LastName"], first["Grade"]) == FIRST_STUDENT


FIRST_STUDENT = (99000001, "Bartholomew", "Đặng", 0)


def test_one_student_makes_one_clean_school_with_one_section_and_one_teacher() -> None:
    district = SimulatedDistrict(1)
    (school,) = district.real_schools
    (student,) = district.students(school.code)
    (section,) = district.sections(school.code)
    (row,) = district.classes(school.code)
    (person,) = district.staff()
    assert blank(student["InactiveStatusCode"]) and "@" in student["StudentEmailAddress"]
    assert section["TotalStudents"] == 1 and row["SectionNumber"] == section["SectionNumber"]
    assert [member["StaffID"] for member in section["SectionStaffMembers"]] == [person["ID"]]
    assert [row["SchoolCode"] for row in district.schools()] == [0, school.code]


@pytest.mark.parametrize("students", [1, 11, 12, 50, 100, 999, 1000, 4321, 100_000])
def test_every_student_has_exactly_one_first_school(students: int) -> None:
    district = SimulatedDistrict(students)
    assert sum(school.students for school in district.real_schools) == students
    assert all(school.students > 0 for school in district.real_schools)


def test_a_million_students_go_to_two_thousand_schools_with_different_codes_and_names() -> None:
    schools = SimulatedDistrict(1_000_000).real_schools
    assert len(schools) == 2000
    assert len({school.code for school in schools}) == len({school.name for school in schools}) == 2000
    assert max(school.students for school in schools) < 2500


def test_records_of_the_millionth_student_are_there_at_once() -> None:
    district = SimulatedDistrict(1_000_000)
    last = district.real_schools[-1]
    (number,) = {
        row["StudentID"] for row in list(district.students(last.code))[last.students - 1 : last.students]
    }
    assert {row["StudentID"] for row in district.student(number)} == {number}


@pytest.mark.parametrize("students", [0, 2_000_001])
def test_impossible_sizes_are_refused(students: int) -> None:
    with pytest.raises(ValueError, match="1 to 2,000,000"):
        SimulatedDistrict(students)


def test_all_kinds_of_schools_are_there_from_a_thousand_students_on(thousand: SimulatedDistrict) -> None:
    assert {school.kind for school in thousand.real_schools} == set(Kind)


def test_the_list_of_schools_has_the_rows_that_are_no_schools(thousand: SimulatedDistrict) -> None:
    rows = {row["SchoolCode"]: row for row in thousand.schools()}
    assert {0, 99, 100, 200, 900, 901, 902, 998, 999} < set(rows)
    assert rows[989]["InactiveStatusCode"] == "I" and rows[998]["SessionType"] == "Summer"
    assert rows[99]["Terms"] == []


@pytest.mark.parametrize("code", [0, 777])
def test_the_district_and_unknown_schools_have_no_lists(thousand: SimulatedDistrict, code: int) -> None:
    with pytest.raises(UnknownSchool):
        thousand.students(code)


def test_a_row_that_is_no_school_has_empty_lists(thousand: SimulatedDistrict) -> None:
    assert list(thousand.students(999)) == thousand.classes(900) == []


def sample(name: str) -> dict[str, Any]:
    document = json.loads((SAMPLES / name).read_text())
    return document[0] if isinstance(document, list) else document


SHAPES: tuple[tuple[str, str, Callable[[SimulatedDistrict], Any]], ...] = (
    ("student", "student-by-id.json", lambda d: next(iter(d.students(990)))),
    ("staff", "staff-single.json", lambda d: next(d.staff())),
    ("teacher", "teacher-single.json", lambda d: d.teachers(990)[0]),
    ("section", "section-single.json", lambda d: d.sections(994)[0]),
    ("member", "section-single.json#", lambda d: d.sections(994)[1]["SectionStaffMembers"][0]),
    ("class", "classes-student-schedule.json", lambda d: d.classes(994)[0]),
    ("course", "courses-list.json", lambda d: d.courses()[0]),
    ("system", "systeminfo.json", lambda d: d.system_info()),
    ("code", "codes-student-grade.json", lambda d: d.grade_codes()[0]),
    ("term", "terms-list.json", lambda d: d.schools()[0]["Terms"][0]),
    ("school", "school-single-object.json", lambda d: d.schools()[0]),
)
NEWER = {"UsingSectionStaffInMasterSchedule", "UsingSectionStaffInScheduling"}


@pytest.mark.parametrize(("kind", "name", "record"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_records_have_the_fields_and_types_of_the_samples(
    kind: str, name: str, record: Callable[[SimulatedDistrict], Any], thousand: SimulatedDistrict
) -> None:
    expected = sample(name.rstrip("#"))
    if kind == "member":
        expected = expected["SectionStaffMembers"][0]
    row = record(thousand)
    assert set(row) - NEWER == set(expected)
    for field, value in expected.items():
        if value is not None and row[field] is not None and not field.endswith("Date"):
            assert isinstance(row[field], int | float if isinstance(value, int | float) else type(value)), (
                field
            )


def test_homerooms_name_teachers_of_the_school(thousand: SimulatedDistrict) -> None:
    for code in (990, 991, 993):
        teachers = {str(row["TeacherNumber"]) for row in thousand.teachers(code)}
        named = Counter(row["HomeRoomTeacherNumber"] for row in thousand.students(code))
        assert sum(n for number, n in named.items() if number in teachers) > 0.9 * named.total()
    assert thousand.sections(990) == thousand.sections(993) == []
    assert thousand.sections(991)


def test_class_rows_name_sections_and_courses_that_exist_but_for_the_staged_ones(
    thousand: SimulatedDistrict,
) -> None:
    for code in (994, 992, 884, 991):
        sections = {row["SectionNumber"] for row in thousand.sections(code)}
        rows = thousand.classes(code)
        strange = [row for row in rows if row["SectionNumber"] not in sections]
        assert len(strange) <= 0.01 * len(rows)
        assert all(row["SectionNumber"] == 9999 for row in strange)


def test_secondary_students_have_six_or_seven_classes_at_a_time(thousand: SimulatedDistrict) -> None:
    today = thousand.today.isoformat()
    rows = [
        row
        for row in thousand.classes(994)
        if row["DateStarted"][:10] <= today <= (row["DateEnded"] or "9999")[:10]
    ]
    each = Counter(row["StudentID"] for row in rows)
    assert 6 <= sum(each.values()) / len(each) <= 7
    assert any(row["DateStarted"][:10] > today for row in thousand.classes(994))
    assert any((row["DateEnded"] or "9999")[:10] < today for row in thousand.classes(994))


def test_section_totals_are_right_in_all_but_a_few(thousand: SimulatedDistrict) -> None:
    wrong = total = 0
    for code in (994, 992, 884):
        today = thousand.today.isoformat()
        active = {r["StudentID"] for r in thousand.students(code) if blank(r["InactiveStatusCode"])}
        seats: dict[int, set[int]] = {}
        for row in thousand.classes(code):
            if row["DateStarted"][:10] <= today <= (row["DateEnded"] or "9999")[:10]:
                seats.setdefault(row["SectionNumber"], set()).add(row["StudentID"])
        for section in thousand.sections(code):
            roster = seats.get(section["SectionNumber"], set()) & active
            wrong += len(roster) != section["TotalStudents"]
            total += 1
    assert 0 < wrong < 0.05 * total


def test_the_defects_that_real_districts_have_are_there() -> None:
    district = SimulatedDistrict(6000)
    students = rows_of(district, "students")
    mails = Counter(row["StudentEmailAddress"] for row in students if not blank(row["StudentEmailAddress"]))
    people = Counter(row["StudentID"] for row in students if blank(row["InactiveStatusCode"]))
    sections, staff = rows_of(district, "sections"), {row["ID"]: row for row in district.staff()}
    members = [member for row in sections for member in row["SectionStaffMembers"]]
    seats = Counter((row["StudentID"], row["SchoolCode"], row["SectionNumber"]) for row in rows_of(district, "classes"))  # fmt: skip
    courses = {row["ID"] for row in district.courses()}

    assert max(mails.values()) > 1
    assert any(blank(row["StudentEmailAddress"]) for row in students)
    assert any("@" not in row["StudentEmailAddress"].strip(" ") for row in students)
    assert {"*", "I", "N", "X", " ", ""} == {row["InactiveStatusCode"] for row in students}
    assert max(people.values()) == 2
    assert max(seats.values()) > 1
    assert any(not row["SectionStaffMembers"] for row in sections)
    assert any(member["StaffID"] not in staff for member in members)
    assert any(member["InactiveStatusCode"] == "I" for member in members)
    assert any(member["EndDate"] for member in members)
    assert {"", " ", "I"} == {row["InactiveStatusCode"] for row in staff.values()}
    assert any(row["PrimaryAeriesSchool"] == 0 for row in staff.values())
    assert any(row["CourseID"] not in courses for row in sections)
    assert any(row["Grade"] == 77 for row in students) and any(row["Grade"] == "twelve" for row in students)
    assert any(blank(row["LastName"]) for row in students)


def test_a_district_without_defects_can_be_had() -> None:
    district = SimulatedDistrict(1000, defects=False)
    assert all(
        isinstance(row["Grade"], int) and row["LastName"].strip() for row in rows_of(district, "students")
    )
    assert all(row["SectionStaffMembers"] for row in rows_of(district, "sections"))


def test_a_day_changes_about_as_many_students_as_told() -> None:
    before, after = EditedDistrict(5000, day=1), EditedDistrict(5000, day=1)
    after.set_day(2, percent=10)
    students = {(r["SchoolCode"], r["StudentID"]): r for r in rows_of(before, "students")}
    changed = {
        row["StudentID"]
        for row in rows_of(after, "students")
        if students.get((row["SchoolCode"], row["StudentID"])) != row
    }
    rows = [{tuple(row.items()) for row in rows_of(d, "classes")} for d in (before, after)]
    changed |= {dict(row)["StudentID"] for row in rows[0] ^ rows[1]}
    assert 0.07 * 5000 < len(changed) < 0.13 * 5000


def test_going_back_to_a_day_gives_it_as_it_was() -> None:
    district = EditedDistrict(1000, day=1)
    then = everything(district)
    district.set_day(9, percent=20)
    assert everything(district) != then
    district.set_day(1)
    assert everything(district) == then


def test_students_leave_return_move_and_are_new_as_days_go_by() -> None:
    district = EditedDistrict(3000)
    first = {(r["SchoolCode"], r["StudentID"]): blank(r["InactiveStatusCode"]) for r in rows_of(district, "students")}  # fmt: skip
    district.set_day(5, percent=20)
    later = {(r["SchoolCode"], r["StudentID"]): blank(r["InactiveStatusCode"]) for r in rows_of(district, "students")}  # fmt: skip
    known = {student for _, student in first}
    assert any(first[key] and not later[key] for key in first)
    assert any(not first[key] and later[key] for key in first)
    assert any(key not in first and key[1] in known and later[key] for key in later)
    assert any(student not in known for _, student in later)
    assert set(first) <= set(later)


def test_a_student_is_listed_once_at_each_school_under_one_number() -> None:
    district = SimulatedDistrict(3000, day=3, percent=20)
    for school in district.real_schools:
        rows = list(district.students(school.code))
        assert len({row["StudentID"] for row in rows}) == len(rows)
        assert len({row["StudentNumber"] for row in rows}) == len(rows)


def test_a_lookup_by_id_gives_the_same_records_as_the_lists() -> None:
    district = SimulatedDistrict(3000, day=3, percent=20)
    listed: dict[int, list[Any]] = {}
    for row in rows_of(district, "students"):
        listed.setdefault(row["StudentID"], []).append(row)
    for number in list(listed)[::97]:
        assert sorted(district.student(number), key=lambda r: r["SchoolCode"]) == sorted(
            listed[number], key=lambda r: r["SchoolCode"]
        )


def test_the_year_and_the_date_can_be_set() -> None:
    district = EditedDistrict(12)
    assert district.system_info()["CurrentDateTime"].startswith("2026-10-14T")
    district.set_day(3)
    assert district.system_info()["CurrentDateTime"].startswith("2026-10-17T")
    district.set_year(2027)
    assert district.system_info()["DatabaseYear"] == "2027-2028"
    assert district.system_info()["CurrentDateTime"].startswith("2027-10-17T")
