"""Where each column of the Master comes from, by the name Aeries gives the field."""

from __future__ import annotations

import msgspec.inspect
import pytest

from aeries_tui.aeries import records
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.roster.kinds import BY_NAME, COURSE, SCHOOL_ENROLLMENT, STUDENT, Kind
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


@pytest.mark.parametrize("endpoint", STAGED)
def test_what_is_a_number_on_the_wire_is_one_in_its_staging_column(endpoint: str) -> None:
    staged = STAGED[endpoint]
    info = msgspec.inspect.type_info(staged.type)
    assert isinstance(info, msgspec.inspect.StructType)
    whole = (msgspec.inspect.IntType, msgspec.inspect.NoneType)
    for field in info.fields:
        types = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        if field.name in records.columns(staged.type):
            assert (f" {field.name} INTEGER" in staged.ddl) == all(isinstance(one, whole) for one in types), (
                field
            )
