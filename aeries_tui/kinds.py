"""The seven kinds of roster records by name, as commands, settings, sentences and headings say them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KindName:
    """What a kind of record is called.

    Attributes:
        name: in commands, settings and results.
        singular, plural: in a sentence.
        title: at the head of a column.
    """

    name: str
    singular: str
    plural: str
    title: str


KIND_NAMES: dict[str, KindName] = {
    name: KindName(name, singular, plural, title)
    for name, singular, plural, title in (
        ("student", "student", "students", "Students"),
        ("staff", "member of staff", "members of staff", "Staff"),
        ("course", "course", "courses", "Courses"),
        ("section", "section", "sections", "Sections"),
        ("enrollment", "class membership", "class memberships", "Classes"),
        ("teaching", "teaching assignment", "teaching assignments", "Teaching"),
        ("school_enrollment", "school enrollment", "school enrollments", "Enrolled"),
    )
}
"""By name, people first."""


def spoken_kind(name: str) -> str:
    """What one record of a kind is called in a sentence; what is no kind of record (a list, a file) by its name."""
    return KIND_NAMES[name].singular if name in KIND_NAMES else name
