"""The seven kinds of roster records: their keys, their fields, and where each belongs.

The tables of the Master, the staged plan and the kept earlier versions are all made
from this one description, so that a field can't be in one and missing in another.
"""

from __future__ import annotations

from dataclasses import dataclass

from aeries_tui.kinds import KIND_NAMES


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: of the column.
        affinity: SQLite's, `TEXT` or `INTEGER`.
        wire: the field of Aeries that it is taken from; blank where it is worked out from several.
    """

    name: str
    affinity: str = "TEXT"
    wire: str = ""

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
    """

    name: str
    key: tuple[Column, ...]
    fields: tuple[Column, ...]
    school: str = ""

    @property
    def plural(self) -> str:
        """The word for several of them in a sentence."""
        return KIND_NAMES[self.name].plural

    def wire(self, column: str) -> str:
        """The field of Aeries that a column is taken from; KeyError where it is not taken from one."""
        wire = next((c.wire for c in (*self.key, *self.fields) if c.name == column), "")
        if not wire:
            raise KeyError(f"{self.name}.{column}")
        return wire

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


def _text(name: str, wire: str = "") -> Column:
    return Column(name, "TEXT", wire)


def _number(name: str, wire: str = "") -> Column:
    return Column(name, "INTEGER", wire)


_DIGEST = "_digest"
"""At the end of the name of a column that stands for another one, where that is not kept (`pull.omit`)."""


def is_digest(column: str) -> bool:
    """Whether a column holds a digest, which nobody is shown."""
    return column.endswith(_DIGEST)


def digest_column(kind: Kind, column: str) -> str | None:
    """The column of a kind that holds the digest of another where that is not kept; None where none does."""
    name = column + _DIGEST
    return name if name in kind.field_names else None


def full_name(alias: str = "") -> str:
    """SQL of a person's name as lists show it, the last name first; one name may be all that there is."""
    last, first = (f"{alias}.{name}" if alias else name for name in ("last_name", "first_name"))
    return f"coalesce({last} || ', ' || {first}, {last}, {first})"


STAFF = Kind(
    "staff",
    key=(_number("staff_id", "ID"),),
    fields=(
        _text("last_name", "LastName"),
        _text("first_name", "FirstName"),
        _text("middle_name", "MiddleName"),
        _text("name_suffix", "NameSuffix"),
        _text("email", "EmailAddress"),
        _text("user_name", "UserName"),
        _text("login_id", "NetworkLoginID"),
        _text("hr_id", "HumanResourcesSystemID"),
        _text("state_educator_id", "StateEducatorID"),
        _text("title", "Title"),
        _number("primary_school", "PrimaryAeriesSchool"),
        _text("hr_id_digest"),
        _text("state_educator_id_digest"),
    ),
)
STUDENT = Kind(
    "student",
    key=(_number("student_id", "StudentID"),),
    fields=(
        _text("state_student_id", "StateStudentID"),
        _text("last_name", "LastName"),
        _text("first_name", "FirstName"),
        _text("middle_name", "MiddleName"),
        _text("preferred_last_name", "LastNameAlias"),
        _text("preferred_first_name", "FirstNameAlias"),
        _text("gender", "Gender"),
        _text("birthdate", "Birthdate"),
        _text("email", "StudentEmailAddress"),
        _text("login_id", "NetworkLoginID"),
        _number("grade", "Grade"),
        _number("primary_school"),
        _text("state_student_id_digest"),
        _text("gender_digest"),
        _text("birthdate_digest"),
    ),
)
COURSE = Kind(
    "course",
    key=(_text("course_id", "ID"),),
    fields=(
        _text("title", "Title"),
        _text("long_description", "LongDescription"),
        _text("department", "DepartmentCode"),
        _text("subject_area", "SubjectArea1Code"),
        _text("state_course_code", "StateCourseCode"),
        _number("low_grade", "LowGrade"),
        _number("high_grade", "HighGrade"),
    ),
)
SECTION = Kind(
    "section",
    key=(_text("section_id"),),
    fields=(
        _number("school_code", "SchoolCode"),
        _number("section_number", "SectionNumber"),
        _number("teacher_number"),
        _number("homeroom"),
        _text("title"),
        _text("course_id", "CourseID"),
        _text("term", "Semester"),
        _text("period", "Period"),
        _text("room", "Room"),
        _number("low_grade", "LowGrade"),
        _number("high_grade", "HighGrade"),
    ),
    school="school_code",
)
ENROLLMENT = Kind(
    "enrollment",
    key=(_text("section_id"), _number("student_id", "StudentID")),
    fields=(
        _number("school_code", "SchoolCode"),
        _text("begin_date", "DateStarted"),
        _text("end_date", "DateEnded"),
    ),
    school="school_code",
)
TEACHING = Kind(
    "teaching",
    key=(_text("section_id"), _number("staff_id", "StaffID")),
    fields=(
        _number("school_code"),
        _number("is_primary", "IsPrimaryTeacher"),
        _text("role", "StaffRoleCode"),
        _text("begin_date", "StartDate"),
        _text("end_date", "EndDate"),
    ),
    school="school_code",
)
SCHOOL_ENROLLMENT = Kind(
    "school_enrollment",
    key=(_number("school_code", "SchoolCode"), _number("student_id", "StudentID")),
    fields=(
        _number("student_number", "StudentNumber"),
        _number("grade", "Grade"),
        _text("enter_date", "SchoolEnterDate"),
        _text("leave_date", "SchoolLeaveDate"),
        _text("homeroom_teacher", "HomeRoomTeacherNumber"),
        _text("track", "Track"),
    ),
    school="school_code",
)

KINDS: tuple[Kind, ...] = (STAFF, STUDENT, COURSE, SECTION, ENROLLMENT, TEACHING, SCHOOL_ENROLLMENT)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
