"""Where each column of the Master comes from, by the name Aeries gives the field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aeries_tui.aeries import records
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.roster.kinds import BY_NAME, COURSE, SCHOOL_ENROLLMENT, STUDENT, Kind
from aeries_tui.pull.stages import check
from aeries_tui.pull.staging import STAGED, staged_column

_RECORDS = {staged.kind: staged.type for staged in STAGED.values()} | {
    "school_enrollment": records.Student,
    "teaching": records.SectionStaffMember,
}


@pytest.mark.parametrize("kind", BY_NAME.values(), ids=lambda kind: kind.name)
def test_a_field_that_a_column_is_taken_from_is_one_that_is_read(kind: Kind) -> None:
    fields = {records.wire_name(name) for name in records.columns(_RECORDS[kind.name])}
    assert {column.wire for column in (*kind.key, *kind.fields) if column.wire} <= fields


def test_a_column_leads_to_its_field_and_that_to_its_staging_column() -> None:
    assert STUDENT.wire("email") == "StudentEmailAddress"
    assert staged_column("students", STUDENT.wire("email")) == "student_email_address"
    assert staged_column("students", SCHOOL_ENROLLMENT.wire("leave_date")) == "school_leave_date"
    assert staged_column("courses", COURSE.wire("subject_area")) == "subject_area1_code"


def test_what_is_worked_out_has_no_field() -> None:
    with pytest.raises(KeyError, match="primary_school"):
        STUDENT.wire("primary_school")


def test_every_kind_has_a_name_for_people() -> None:
    assert set(KIND_NAMES) == set(BY_NAME)


CHECK = Path(check.__file__).parent
WIRED = {column.wire for kind in BY_NAME.values() for column in (*kind.key, *kind.fields) if column.wire}


@pytest.mark.parametrize("module", sorted(CHECK.glob("*.py")), ids=lambda path: path.name)
def test_a_description_names_a_field_by_the_column_that_is_taken_from_it(module: Path) -> None:
    quoted = set(re.findall(r"'([A-Z][A-Za-z0-9]+)'", module.read_text("utf-8")))
    # A row of another school is told of each list, whatever its kind.
    assert quoted & (WIRED - {"SchoolCode"}) == set()


def test_whole_numbers_are_staged_as_such() -> None:
    assert {name: records.integers(staged.type) for name, staged in STAGED.items()} == {
        "students": {"school_code", "student_id", "student_number", "grade"},
        "teachers": {
            "school_code", "teacher_number", "staff_id1", "staff_id2", "staff_id3", "low_grade", "high_grade",
        },
        "sections": {"school_code", "section_number", "low_grade", "high_grade", "total_students"},
        "classes": {"student_id", "school_code", "section_number"},
        "staff": {"id", "primary_aeries_school"},
        "courses": {"low_grade", "high_grade"},
    }  # fmt: skip
