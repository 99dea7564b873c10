"""Class rows: which student sits in which section, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from aeries_tui.demo.calendar import stamp
from aeries_tui.demo.days import Event, Happening
from aeries_tui.demo.draw import Draws, draws, pick, within
from aeries_tui.demo.layout import Kind, School, Setting
from aeries_tui.demo.lives import Life, Lives, Stint, homeroom, student_id
from aeries_tui.demo.shapes import Row
from aeries_tui.demo.staffing import homeroom_teachers
from aeries_tui.demo.timetable import ENRICHMENT, EXTRA, MUSIC, PE, Part, Timetable, course_list

_UNKNOWN_SECTION = 9999
_UNKNOWN_ORDINAL = 99_998


@dataclass(slots=True)
class Seat:
    """A student's time in one section; both days belong to it."""

    part: Part
    first: date
    last: date


def _parts(table: Timetable, life: Life, numbers: Draws) -> Iterator[Part]:
    school = table.school
    if school.kind is Kind.MIXED:
        teacher = homeroom(table.setting, school, life, homeroom_teachers(school))
        if teacher is not None:
            yield from table.at(PE, teacher)
            yield from table.at(MUSIC, teacher)
        if within(numbers[0], 10):
            yield from table.at(ENRICHMENT, 0)
        return
    for period, count in table.layout.items():
        if period == EXTRA and not within(numbers[EXTRA], 40):
            continue
        yield from table.at(period, pick(numbers[period], count))


def _span(seat: Seat, stint: Stint) -> Seat | None:
    first = max(seat.first, stint.first) if stint.first else seat.first
    last = min(seat.last, stint.last) if stint.last else seat.last
    return Seat(seat.part, first, last) if first <= last else None


def _shuffled(table: Timetable, life: Life, seats: list[Seat]) -> list[Seat]:
    """The usual restlessness of the first weeks: some change a class, some leave one and come back."""
    if table.school.plain or not seats:
        return seats
    seat = seats[life.draws[14] % len(seats)]
    begin = seat.part.term.begin
    if seat.part.term.code not in ("Y", "F"):
        return seats
    if within(life.draws[14], 3):
        seats.append(Seat(_beside(table, seat.part), begin + timedelta(days=26), seat.last))
        seat.last = begin + timedelta(days=23)
    elif within(life.draws[15], 0.6):
        seats.append(Seat(seat.part, begin + timedelta(days=28), seat.last))
        seat.last = begin + timedelta(days=14)
    return seats


def _beside(table: Timetable, part: Part) -> Part:
    others = [other for other in table.at(part.period, part.place + 1) if other.term.code == part.term.code]
    return others[0] if others else part


def _swap(table: Timetable, seats: list[Seat], event: Event) -> None:
    today = table.setting.date_of(event.day)
    running = [seat for seat in seats if seat.first <= today <= seat.last]
    if event.what is Happening.DROP and running:
        seat = running[event.draw % len(running)]
        seat.last = today - timedelta(days=1)
        if seat.last < seat.first:
            seats.remove(seat)
    elif event.what is Happening.ADD and table.layout:
        period = list(table.layout)[event.draw % len(table.layout)]
        parts = table.at(period, event.draw // 8)
        seats.extend(Seat(p, today, p.term.end) for p in parts if p.term.begin <= today <= p.term.end)


def seats_of(table: Timetable, life: Life) -> list[Seat]:
    """The student's seats at a school, dropped ones too, in the order they were given out."""
    found: list[Seat] = []
    stints = life.at(table.school.index)
    if not stints or not table.layout:
        return found
    numbers = draws(8, table.setting.seed, "seats", life.home, life.ordinal, table.school.index)
    for stint in stints:
        whole = [Seat(part, part.term.begin, part.term.end) for part in _parts(table, life, numbers)]
        if stint.first is None:
            whole = _shuffled(table, life, whole)
        clipped = [seat for seat in (_span(seat, stint) for seat in whole) if seat]
        for event in life.swaps:
            day = table.setting.date_of(event.day)
            if (stint.first is None or day > stint.first) and (stint.last is None or day <= stint.last):
                _swap(table, clipped, event)
        found += clipped
    return found


def _rows(table: Timetable, life: Life) -> Iterator[Row]:
    home = table.setting.schools[life.home]
    number = student_id(home, life.ordinal)
    code, courses = table.school.code, course_list()
    for sequence, seat in enumerate(seats_of(table, life), 1):
        yield {
            "StudentID": number,
            "SchoolCode": code,
            "SequenceNumber": sequence,
            "SectionNumber": seat.part.number,
            "CourseID": courses[seat.part.course][0],
            "DateStarted": stamp(seat.first),
            "DateEnded": None if life.draws[16] % 40 == 0 and seat.last == seat.part.term.end
            and seat.part.term.code == "Y" else stamp(seat.last),
        }  # fmt: skip
    if _names_unknown_section(table.setting, table.school, life):
        yield _stray(table, number, _UNKNOWN_SECTION)


def _names_unknown_section(setting: Setting, school: School, life: Life) -> bool:
    if not setting.defects or not school.kind.has_sections or not life.at(school.index):
        return False
    staged = school.index == 1 and life.home == 1 and life.ordinal == 7
    return staged or within(life.draws[20], 0.03)


def _stray(table: Timetable, student: int, section: int) -> Row:
    year = table.parts[0].term
    return {
        "StudentID": student,
        "SchoolCode": table.school.code,
        "SequenceNumber": 99,
        "SectionNumber": section,
        "CourseID": course_list()[table.parts[0].course][0],
        "DateStarted": stamp(year.begin),
        "DateEnded": stamp(year.end),
    }


def rows_of(table: Timetable, life: Life) -> list[Row]:
    """The class rows of one student at one school."""
    return list(_rows(table, life))


def class_rows(table: Timetable, lives: Lives) -> list[Row]:
    """All class rows of a school, one for a student whom no list knows among them."""
    school = table.school
    if not school.kind.has_sections:
        return []
    rows = [row for life in lives.enrolled_at(school) for row in _rows(table, life)]
    if table.setting.defects and school.index == 1:
        rows.append(_stray(table, student_id(school, _UNKNOWN_ORDINAL), table.parts[0].number))
    return rows


def seats_today(table: Timetable, lives: Lives) -> dict[int, list[int]]:
    """For each SectionNumber how many active students, boys and girls sit in it today."""
    today = table.setting.today
    sizes: dict[int, list[int]] = {}
    for life in lives.enrolled_at(table.school):
        if all(stint.last is not None for stint in life.stints):
            continue
        gender = life.draws[9]
        for number in {s.part.number for s in seats_of(table, life) if s.first <= today <= s.last}:
            size = sizes.setdefault(number, [0, 0, 0])
            size[0] += 1
            size[1] += 32_000 <= gender < 64_900
            size[2] += gender < 32_000
    return sizes
