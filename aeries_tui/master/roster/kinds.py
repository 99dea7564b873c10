"""The seven kinds of roster records: their keys, their fields, and where each belongs.

The tables of the Master, the staged plan and the kept earlier versions are all made
from this one description, so that a field can't be in one and missing in another.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name and SQLite affinity (`TEXT` or `INTEGER`)."""

    name: str
    affinity: str = "TEXT"

    @property
    def ddl(self) -> str:
        """The column as it stands in CREATE TABLE."""
        return f"{self.name} {self.affinity}"


@dataclass(frozen=True)
class Kind:
    """One kind of roster record.

    Attributes:
        name: as in commands and results (`student`, `enrollment`, ...).
        key: the columns that identify a record for ever.
        fields: the columns that a pull compares.
        school: the column with the school's code, or blank for district-wide kinds.
        plural: the word for several of them in a sentence.
    """

    name: str
    key: tuple[Column, ...]
    fields: tuple[Column, ...]
    school: str
    plural: str

    @property
    def key_names(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.key)

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of the compared columns."""
        return tuple(column.name for column in self.fields)

    @property
    def names(self) -> tuple[str, ...]:
        """Key and field names, in table order."""
        return self.key_names + self.field_names

    def key_list(self, alias: str = "") -> str:
        """The key columns as an SQL list, each with `alias.` before it where one is given."""
        return columns_sql(self.key_names, alias)

    def joined(self, left: str, right: str) -> str:
        """The SQL condition that two aliases hold the same record."""
        return " AND ".join(f"{left}.{name} = {right}.{name}" for name in self.key_names)


def columns_sql(names: tuple[str, ...], alias: str = "") -> str:
    """An SQL column list: `a.x, a.y`."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + name for name in names)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _number(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "INTEGER") for name in names)


STAFF = Kind(
    "staff",
    _number("staff_id"),
    _text("last_name", "first_name", "middle_name", "name_suffix", "email", "user_name", "login_id", "hr_id")
    + _text("state_educator_id", "title")
    + _number("primary_school"),
    school="",
    plural="members of staff",
)
STUDENT = Kind(
    "student",
    _number("student_id"),
    _text("state_student_id", "last_name", "first_name", "middle_name", "preferred_last_name")
    + _text("preferred_first_name", "gender", "birthdate", "email", "login_id")
    + _number("grade", "primary_school"),
    school="",
    plural="students",
)
COURSE = Kind(
    "course",
    _text("course_id"),
    _text("title", "long_description", "department", "subject_area", "state_course_code")
    + _number("low_grade", "high_grade"),
    school="",
    plural="courses",
)
SECTION = Kind(
    "section",
    _text("section_id"),
    _number("school_code", "section_number", "teacher_number", "homeroom")
    + _text("title", "course_id", "term", "period", "room")
    + _number("low_grade", "high_grade"),
    school="school_code",
    plural="sections",
)
ENROLLMENT = Kind(
    "enrollment",
    _text("section_id") + _number("student_id"),
    _number("school_code") + _text("begin_date", "end_date"),
    school="school_code",
    plural="class memberships",
)
TEACHING = Kind(
    "teaching",
    _text("section_id") + _number("staff_id"),
    _number("school_code", "is_primary") + _text("role", "begin_date", "end_date"),
    school="school_code",
    plural="teaching assignments",
)
SCHOOL_ENROLLMENT = Kind(
    "school_enrollment",
    _number("school_code", "student_id"),
    _number("student_number", "grade") + _text("enter_date", "leave_date", "homeroom_teacher", "track"),
    school="school_code",
    plural="school enrollments",
)

KINDS: tuple[Kind, ...] = (STAFF, STUDENT, COURSE, SECTION, ENROLLMENT, TEACHING, SCHOOL_ENROLLMENT)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
