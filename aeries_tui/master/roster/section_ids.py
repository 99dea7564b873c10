"""The ids of sections, in SQL: Aeries' own OneRoster ids, `school_number` and `school_TN_teacher`."""

from __future__ import annotations

_HOMEROOM = "_TN_"


def section_id(school: str, section_number: str) -> str:
    """SQL: the id of a section of the master schedule.

    Args:
        school: the column with the school's code.
        section_number: the column with the section's number.
    """
    return f"{school} || '_' || {section_number}"


def homeroom_id(school: str, teacher_number: str) -> str:
    """SQL: the id of the section that an elementary school's homeroom is.

    Args:
        school: the column with the school's code.
        teacher_number: the column with the number of the teacher record.
    """
    return f"{school} || '{_HOMEROOM}' || {teacher_number}"


def is_homeroom_id(column: str) -> str:
    """SQL: the section id in the column is a homeroom's."""
    return f"(instr({column}, '{_HOMEROOM}') > 0)"
