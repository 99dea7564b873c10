"""The records of Aeries as they come over the wire, only the fields a roster needs (contract, section 7).

Keys are required and whole numbers; everything else may be absent or null. Text fields take what
Aeries sends, a number as well, and are neither trimmed nor checked here. Every value SQLite can bind
comes first, lists last: see `columns` and `row_of`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from types import NoneType
from typing import Annotated, Any, TypeAlias, cast, get_args, get_origin

import msgspec

Int64: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that SQLite can hold."""
Key: TypeAlias = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
"""The number of a person or a thing; 0 is how Aeries says none, and no number is below it (contract, section 3)."""
Number: TypeAlias = Int64 | None
"""A whole number, or nothing where Aeries sent null or blank."""
LONGEST_TEXT = 1000
"""Characters; what is longer is no name, code, date or address."""
MOST_ITEMS = 1000
"""Of a list within a record, where its items have to be looked at one by one."""
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | Int64 | float | bool | None
"""Text that some versions of Aeries send as a number (contract, section 3)."""
Flag: TypeAlias = bool | None
"""True, false, or nothing."""
Id: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"^(?=.*\S)[^\x00-\x1f\x7f-\x9f]+\Z", max_length=LONGEST_TEXT)
]
"""An id that is text, not blank, without control characters."""
Value: TypeAlias = str | int | float | bool | None
"""What a column holds."""

_CAPITALS = {"id": "ID", "id1": "ID1", "id2": "ID2", "id3": "ID3", "nces": "NCES"}


def wire_name(field: str) -> str:
    """The name Aeries gives a field: `state_student_id` is `StateStudentID`."""
    return "".join(_CAPITALS.get(word, word.capitalize()) for word in field.split("_"))


class Record(msgspec.Struct, frozen=True, rename=wire_name):
    """Anything Aeries lists."""


class Flat(Record, frozen=True, gc=False):
    """A record without lists in it: nothing for the garbage collector to look at."""


class SystemInfo(Record, frozen=True):
    """Version, school year and clock of the server; needs no permission."""

    aeries_version: Text = None
    database_year: Text = None
    local_time_zone_name: Text = None
    current_date_time: Text = None
    available_database_years: tuple[Text, ...] = ()


class Term(Flat, frozen=True, gc=False):
    """A term of a school; `term_code` is what a section's `semester` names."""

    term_code: Text = None
    term_description: Text = None
    start_date: Text = None
    end_date: Text = None


class School(Record, frozen=True):
    """A row of the school list; not every row is a school (contract, section 7)."""

    school_code: Int64
    name: Text = None
    inactive_status_code: Text = None
    do_not_report: Flag = None
    state_county_id: Text = None
    state_district_id: Text = None
    state_school_id: Text = None
    nces_school_id: Text = None
    low_grade_level: Number = None
    high_grade_level: Number = None
    schedule_type: Text = None
    terms: tuple[Term, ...] = ()


class Student(Flat, frozen=True, gc=False):
    """One student's record at one school; the key is school and student together."""

    school_code: Int64
    student_id: Key
    student_number: Number = None
    state_student_id: Text = None
    last_name: Text = None
    first_name: Text = None
    middle_name: Text = None
    last_name_alias: Text = None
    first_name_alias: Text = None
    gender: Text = None
    grade: Number = None
    birthdate: Text = None
    school_enter_date: Text = None
    school_leave_date: Text = None
    inactive_status_code: Text = None
    student_email_address: Text = None
    network_login_id: Text = None
    home_room_teacher_number: Text = None
    track: Text = None


class Teacher(Flat, frozen=True, gc=False):
    """A teaching slot at a school; the people in it are `staff_id1` to `staff_id3`, 0 for none."""

    school_code: Int64
    teacher_number: Key
    display_name: Text = None
    first_name: Text = None
    last_name: Text = None
    room: Text = None
    staff_id1: Number = None
    staff_id2: Number = None
    staff_id3: Number = None
    low_grade: Number = None
    high_grade: Number = None
    inactive_status_code: Text = None


class SectionStaffMember(Flat, frozen=True, gc=False):
    """Somebody who teaches, or taught, a section."""

    staff_id: Int64
    is_primary_teacher: Flag = None
    staff_role_code: Text = None
    start_date: Text = None
    end_date: Text = None
    inactive_status_code: Text = None


class Section(Record, frozen=True):
    """A section of the master schedule; the number is unique within the school."""

    school_code: Int64
    section_number: Key
    period: Text = None
    semester: Text = None
    course_id: Text = None
    room: Text = None
    low_grade: Number = None
    high_grade: Number = None
    total_students: Number = None
    inactive_status_code: Text = None
    section_staff_members: tuple[SectionStaffMember, ...] = ()


class ClassRow(Flat, frozen=True, gc=False):
    """One stay of one student in one section; dropped ones stay in the list (contract, section 7)."""

    student_id: Key
    school_code: Int64
    section_number: Key
    date_started: Text = None
    date_ended: Text = None


class SchoolAccess(Flat, frozen=True, gc=False):
    """A school somebody may log in to; no assignment."""

    school_code: Int64


class StaffMember(Record, frozen=True):
    """A person of the staff list."""

    id: Key
    first_name: Text = None
    last_name: Text = None
    middle_name: Text = None
    name_suffix: Text = None
    user_name: Text = None
    email_address: Text = None
    network_login_id: Text = None
    human_resources_system_id: Text = None
    state_educator_id: Text = None
    primary_aeries_school: Number = None
    inactive_status_code: Text = None
    title: Text = None
    school_access_permissions: tuple[SchoolAccess, ...] = ()


class Course(Flat, frozen=True, gc=False):
    """A course of the district; `id` is text with its leading zeros, not yet trimmed."""

    id: Id
    title: Text = None
    long_description: Text = None
    department_code: Text = None
    subject_area1_code: Text = None
    state_course_code: Text = None
    low_grade: Number = None
    high_grade: Number = None


class ChangedStudent(Flat, frozen=True, gc=False):
    """A student record that changed."""

    student_id: Int64
    school_code: Int64
    student_number: Number = None


class ChangedSection(Flat, frozen=True, gc=False):
    """A section, or a section's roster, that changed."""

    school_code: Int64
    section_number: Int64


class ChangedCourse(Flat, frozen=True, gc=False):
    """A course that changed."""

    id: Id


class ChangedStaff(Flat, frozen=True, gc=False):
    """A member of staff that changed."""

    id: Int64


_KEYS: dict[type[Record], tuple[str, ...]] = {
    SystemInfo: (),
    Term: ("term_code",),
    School: ("school_code",),
    Student: ("school_code", "student_id"),
    Teacher: ("school_code", "teacher_number"),
    Section: ("school_code", "section_number"),
    SectionStaffMember: ("staff_id",),
    ClassRow: ("school_code", "student_id", "section_number"),
    SchoolAccess: ("school_code",),
    StaffMember: ("id",),
    Course: ("id",),
    ChangedStudent: ("school_code", "student_id"),
    ChangedSection: ("school_code", "section_number"),
    ChangedCourse: ("id",),
    ChangedStaff: ("id",),
}


_NEEDED: dict[type[Record], frozenset[str]] = {
    Student: frozenset({"school_code", "student_id", "inactive_status_code"}),
    StaffMember: frozenset({"id", "inactive_status_code"}),
}


_NEVER: dict[type[Record], tuple[str, ...]] = {
    School: ("student_id", "teacher_number", "section_number"),
    Student: ("section_number",),
    Section: ("student_id",),
    StaffMember: ("long_description", "subject_area1_code", "state_course_code"),
    Course: ("first_name", "last_name", "email_address"),
}


def never_has(type_: type[Record]) -> tuple[str, ...]:
    """Aeries' names of fields that no record of this list has: another list's, whose records could be taken for these.

    A class list, say, has the keys of sections (contract, section 7). In place of the sections it would be a valid list
    of those alone that somebody is in.
    """
    return tuple(wire_name(name) for name in _NEVER.get(type_, ()))


def can_do_without(type_: type[Record], wire: str) -> bool:
    """Whether a record counts without the field of this Aeries name: a field that no rule needs costs nobody.

    Who is in and where is decided by ids and status alone (design, section 4); of records that are not people
    every field is needed.
    """
    needed = _NEEDED.get(type_)
    return needed is not None and wire in {
        field.encode_name for field in msgspec.structs.fields(type_) if field.name not in needed
    }


def key_fields(type_: type[Record]) -> tuple[str, ...]:
    """The fields that tell one record of a list from another."""
    return _KEYS[type_]


@lru_cache
def columns(type_: type[Record]) -> tuple[str, ...]:
    """The fields SQLite can bind, in the order of `msgspec.structs.astuple`; lists come after them."""
    return tuple(field.name for field in msgspec.structs.fields(type_) if field.default != ())


@lru_cache
def integers(type_: type[Record]) -> frozenset[str]:
    """Those of the `columns` that hold whole numbers."""
    return frozenset(f.name for f in msgspec.structs.fields(type_) if _is_integer(f.type))


def _is_integer(kind: object) -> bool:
    """Whether a field of this type holds whole numbers alone, whatever their range, or nothing."""
    parts = get_args(kind)
    if get_origin(kind) is Annotated:
        return _is_integer(parts[0])
    return kind is int or (bool(parts) and all(part is NoneType or _is_integer(part) for part in parts))


@lru_cache
def row_of(type_: type[Record]) -> Callable[[Any], tuple[Value, ...]]:
    """A function from a record to its values, in the order of `columns`.

    The fastest way there is for executemany: `map(row_of(Student), page.records)`.
    """
    names = columns(type_)
    if names == type_.__struct_fields__:
        return msgspec.structs.astuple
    if len(names) == 1:
        (name,) = names
        return lambda record: (getattr(record, name),)
    return cast(Callable[[Any], tuple[Value, ...]], operator.attrgetter(*names))
