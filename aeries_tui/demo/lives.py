"""The life of each student: at which schools, from when to when, and what about them changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from aeries_tui.demo.calendar import terms_of
from aeries_tui.demo.days import Event, Happening, born, student_events
from aeries_tui.demo.draw import STUDENT, Draws, draws, within
from aeries_tui.demo.layout import School, Setting

IDS_PER_SCHOOL = 100_000
"""StudentID is the school's code and the student's ordinal from 1 in five digits."""

_FROM_PARTNER = 20_000
_FROM_BELOW = 30_000
_FROM_EACH_BELOW = 3_000


@dataclass(slots=True)
class Stint:
    """A time at one school.

    Attributes:
        school: index of the school.
        first: the first day, or none when it began with the school year.
        last: the last day, or none while it lasts.
        status: the InactiveStatusCode when it is over.
        dated: whether the school wrote down when the student left.
    """

    school: int
    first: date | None = None
    last: date | None = None
    status: str = "I"
    dated: bool = True


@dataclass(slots=True)
class Life:
    """One student.

    Attributes:
        home: index of the first school.
        ordinal: place in that school's students, from 0.
        draws: 24 numbers that settle name, grade and so on.
        stints: the times at schools, in order.
        ahead: index of the school where the student is pre-enrolled for next year.
        edits: what changed in the record since day 0, in order.
        swaps: what changed in the student's classes since day 0, in order.
    """

    home: int
    ordinal: int
    draws: Draws
    stints: list[Stint]
    ahead: int | None = None
    edits: list[Event] = field(default_factory=list)
    swaps: list[Event] = field(default_factory=list)

    def at(self, school: int) -> list[Stint]:
        """The student's times at one school."""
        return [stint for stint in self.stints if stint.school == school]


def student_id(school: School, ordinal: int) -> int:
    """The district-wide number of a student."""
    return school.code * IDS_PER_SCHOOL + ordinal + 1


def student_number(life: Life, school: School) -> int:
    """The student's number inside a school, another one at every school."""
    if life.home == school.index:
        return life.ordinal + 1
    if life.home == school.source:
        return _FROM_PARTNER + life.ordinal + 1
    return _FROM_BELOW + _FROM_EACH_BELOW * school.fed_by.index(life.home) + life.ordinal + 1


def is_staged(setting: Setting, school: School, ordinal: int) -> bool:
    """Whether the student is one of those whose record is bad on purpose; they lead quiet lives."""
    return setting.defects and school.index == 1 and 10 <= ordinal <= 13


def _is_oldest(school: School, numbers: Draws) -> bool:
    low, high = school.grades
    return low + (numbers[3] * (high - low + 1) >> 16) == high


def _begin(setting: Setting, school: School, ordinal: int) -> Life:
    numbers = draws(24, setting.seed, STUDENT, school.index, ordinal)
    life = Life(school.index, ordinal, numbers, [Stint(school.index)])
    if school.plain or is_staged(setting, school, ordinal):
        return life
    year = terms_of(setting.year)["Y"].begin
    here = life.stints[0]
    if within(numbers[0], 2.5):
        here.last, here.dated = year + timedelta(days=3 + numbers[19] % 50), within(numbers[18], 40)
    elif within(numbers[0], 4):
        here.last, here.status = year - timedelta(days=1), "N"
    elif within(numbers[0], 4.4):
        here.last, here.status = year + timedelta(days=10), "X"
    elif school.partner is not None and within(numbers[1], 0.6):
        life.stints.append(Stint(school.partner))
    if school.next_school is not None and within(numbers[2], 10) and _is_oldest(school, numbers):
        life.ahead = school.next_school
    return life


def _leave(life: Life, setting: Setting, event: Event) -> None:
    for stint in life.stints:
        if stint.last is None:
            stint.last = setting.date_of(event.day) - timedelta(days=1)


def _happen(life: Life, setting: Setting, school: School, event: Event) -> None:
    enrolled = any(stint.last is None for stint in life.stints)
    today = setting.date_of(event.day)
    if event.what in (Happening.DROP, Happening.ADD):
        life.swaps.append(event)
    elif event.what is Happening.LEAVE and enrolled:
        _leave(life, setting, event)
    elif event.what is Happening.RETURN and not enrolled:
        life.stints.append(Stint(school.index, today))
    elif event.what is Happening.MOVE and enrolled and school.partner is not None:
        now = next(stint.school for stint in reversed(life.stints) if stint.last is None)
        _leave(life, setting, event)
        life.stints.append(Stint(school.index if now != school.index else school.partner, today))
    else:
        life.edits.append(event)


class Lives:
    """The students of a district, school by school; keeps the last few schools at hand."""

    _KEPT = 12

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._by_code = {school.code: school for school in setting.schools}
        self._kept: dict[int, list[Life]] = {}

    def of_school(self, index: int) -> list[Life]:
        """All whose first school this is, in order of their ordinals."""
        lives = self._kept.pop(index, None)
        if lives is None:
            lives = self._of_school(self._setting.schools[index])
        self._kept[index] = lives
        if len(self._kept) > self._KEPT:
            del self._kept[next(iter(self._kept))]
        return lives

    def _of_school(self, school: School) -> list[Life]:
        setting = self._setting
        lives = [_begin(setting, school, ordinal) for ordinal in range(school.students)]
        for ordinal, events in student_events(setting, school).items():
            if not is_staged(setting, school, ordinal):
                for event in events:
                    _happen(lives[ordinal], setting, school, event)
        for place, day in enumerate(born(setting, school)):
            ordinal = school.students + place
            numbers = draws(24, setting.seed, STUDENT, school.index, ordinal)
            lives.append(Life(school.index, ordinal, numbers, [Stint(school.index, setting.date_of(day))]))
        return lives

    def enrolled_at(self, school: School) -> Iterator[Life]:
        """All who have or had a place at the school, in order of their StudentNumber."""
        yield from self.of_school(school.index)
        if school.source is not None:
            yield from (life for life in self.of_school(school.source) if life.at(school.index))

    def expected_at(self, school: School) -> Iterator[Life]:
        """All who are pre-enrolled at the school for next year."""
        for index in school.fed_by:
            yield from (life for life in self.of_school(index) if life.ahead == school.index)

    def find(self, number: int) -> Life | None:
        """The student with a StudentID."""
        code, ordinal = divmod(number - 1, IDS_PER_SCHOOL)
        school = self._by_code.get(code)
        lives = self.of_school(school.index) if school else []
        return lives[ordinal] if ordinal < len(lives) else None


def homeroom(setting: Setting, school: School, life: Life, teachers: int) -> int | None:
    """The ordinal of the student's homeroom teacher at a school, or none where nobody is named."""
    if not school.kind.has_homerooms:
        return None
    if setting.defects and within(life.draws[17], 0.7):
        return None
    moved = sum(event.what is Happening.ADD and event.draw % 4 == 0 for event in life.swaps)
    return ((life.draws[3] * teachers >> 16) + moved % 2) % teachers
