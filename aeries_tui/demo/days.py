"""What happens as days go by: to students, sections and staff; a pure function of the setting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from aeries_tui.demo.draw import STUDENT, chosen, draws
from aeries_tui.demo.layout import School, Setting


class Happening(Enum):
    """What a day can do to a student."""

    FIELD = auto()
    LEAVE = auto()
    RETURN = auto()
    MOVE = auto()
    DROP = auto()
    ADD = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one student, section or member of staff.

    Attributes:
        day: of the district's life, from 1.
        what: for a student, what happened.
        draw: a number of 0 to 65535 that settles the rest.
    """

    day: int
    what: Happening
    draw: int


_SHARES: tuple[tuple[Happening, float], ...] = (
    (Happening.FIELD, 45), (Happening.LEAVE, 5), (Happening.RETURN, 6), (Happening.MOVE, 8),
    (Happening.DROP, 18), (Happening.ADD, 18),
)  # fmt: skip
_NEW_STUDENTS = 0.06
_SECTIONS = 0.2
_STAFF = 0.3


def _happening(draw: int) -> Happening:
    upto = 0.0
    for what, percent in _SHARES:
        upto += percent
        if draw < upto * 655.36:
            return what
    return Happening.FIELD


def _events(setting: Setting, size: int, share: float, *name: object, after: int) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for day in range(after + 1, setting.day + 1):
        part = setting.percents[day - 1] / 100 * share
        for position in chosen(size, part, setting.seed, *name, day):
            kind, draw = draws(2, setting.seed, "event", *name, day, position)
            found.setdefault(position, []).append(Event(day, _happening(kind), draw))
    return found


def student_events(setting: Setting, school: School, after: int = 0) -> dict[int, list[Event]]:
    """What happened to the students of a school after a day, by their ordinal."""
    return _events(setting, school.students, 1.0, STUDENT, school.index, after=after)


def section_events(setting: Setting, school: School, sections: int, after: int = 0) -> dict[int, list[Event]]:
    """What happened to a school's sections after a day, by their position."""
    return _events(setting, sections, _SECTIONS, "section", school.index, after=after)


def staff_events(setting: Setting, school: School, staff: int, after: int = 0) -> dict[int, list[Event]]:
    """What happened to a school's staff after a day, by their ordinal."""
    return _events(setting, staff, _STAFF, "staff", school.index, after=after)


def course_events(setting: Setting, courses: int, after: int = 0) -> dict[int, list[Event]]:
    """What happened to the courses after a day, by their position."""
    return _events(setting, courses, 0.2, "course", after=after)


def born(setting: Setting, school: School) -> list[int]:
    """For each student who is new since day 0, the day on which the school first listed them."""
    days: list[int] = []
    for day in range(1, setting.day + 1):
        share = setting.percents[day - 1] / 100 * _NEW_STUDENTS
        (rounding,) = draws(1, setting.seed, "born", school.index, day)
        days.extend([day] * int(school.students * share + rounding / 65536))
    return days
