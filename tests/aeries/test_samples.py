"""Every sample answer of the public demo district and of the vendor's articles decodes without a loss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aeries_tui.aeries import decode_list
from aeries_tui.aeries import records as wire
from aeries_tui.aeries.errors import ServerBroken

SAMPLES = Path(__file__).parent.parent / "data" / "aeries-samples"

TYPES: dict[str, type[wire.Record]] = {
    "classes-student-schedule.json": wire.ClassRow,
    "coursedatachanges.json": wire.ChangedCourse,
    "courses-list.json": wire.Course,
    "scheduling-section-single.json": wire.Section,
    "school-single-array-older.json": wire.School,
    "school-single-object.json": wire.School,
    "schools-list.json": wire.School,
    "section-roster.json": wire.ClassRow,
    "section-single.json": wire.Section,
    "sectiondatachanges.json": wire.ChangedSection,
    "sectionrosterdatachanges.json": wire.ChangedSection,
    "sections-list.reconstructed.json": wire.Section,
    "staff-list.json": wire.StaffMember,
    "staff-single.json": wire.StaffMember,
    "staff-teachers-list.json": wire.Teacher,
    "staffdatachanges.json": wire.ChangedStaff,
    "student-by-id.json": wire.Student,
    "studentdatachanges-class.json": wire.ChangedStudent,
    "students-by-grade.json": wire.Student,
    "students-list.json": wire.Student,
    "students-status-codes.reconstructed.json": wire.Student,
    "students-two-schools.json": wire.Student,
    "systeminfo.json": wire.SystemInfo,
    "teacher-single.json": wire.Teacher,
    "terms-list.json": wire.Term,
}
NOT_FOR_A_ROSTER = {
    "bellschedule-list.json",
    "calendar-list.json",
    "classcalendars-list.json",
    "codes-student-grade.json",
    "contacts-list.json",
    "error-message.json",
    "flexperiods-list.json",
    "student-extended.json",
}

OLDER = {"school-single-array-older.json", "scheduling-section-single.json"}
"""Printed before some fields were added."""


def test_every_sample_is_either_decoded_here_or_known_to_be_of_no_use() -> None:
    assert {path.name for path in SAMPLES.glob("*.json")} == TYPES.keys() | NOT_FOR_A_ROSTER


@pytest.mark.parametrize(("name", "type_"), TYPES.items())
def test_a_sample_decodes_and_every_field_has_the_value_that_was_sent(
    name: str, type_: type[wire.Record]
) -> None:
    body = (SAMPLES / name).read_bytes()
    sent = json.loads(body)
    sent = sent if isinstance(sent, list) else [sent]
    decoded = decode_list(body, type_)
    assert (decoded.bad, decoded.bad_parts, decoded.received) == ([], [], len(sent))
    for record, row in zip(decoded.records, sent, strict=True):
        for field in wire.columns(type_):
            assert getattr(record, field) == row.get(wire.wire_name(field))


@pytest.mark.parametrize(("name", "type_"), [item for item in TYPES.items() if item[0] not in OLDER])
def test_the_fields_a_roster_needs_are_named_as_aeries_names_them(
    name: str, type_: type[wire.Record]
) -> None:
    sent = json.loads((SAMPLES / name).read_bytes())
    row = sent[0] if isinstance(sent, list) else sent
    missing = {wire.wire_name(field) for field in type_.__struct_fields__} - row.keys()
    assert missing <= {"LongDescription"}


def test_the_message_of_an_error_is_no_list() -> None:
    with pytest.raises(ServerBroken):
        decode_list((SAMPLES / "error-message.json").read_bytes(), wire.StaffMember)


def test_members_and_access_are_read_with_their_section_and_person() -> None:
    sections = decode_list((SAMPLES / "section-single.json").read_bytes(), wire.Section).records
    assert [one.staff_id for one in sections[0].section_staff_members] == [995001, 700004321, 700005678]
    staff = decode_list((SAMPLES / "staff-single.json").read_bytes(), wire.StaffMember).records
    assert [one.school_code for one in staff[0].school_access_permissions] == [884]
