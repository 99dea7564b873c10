"""The staff of the district and the teacher records of its schools."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aeries_tui.demo.calendar import stamp
from aeries_tui.demo.days import Event, staff_events
from aeries_tui.demo.draw import draws, pick, within
from aeries_tui.demo.layout import Kind, School, Setting, per_group
from aeries_tui.demo.names import BOYS, GIRLS, LASTS, MAIL_DOMAIN, plain
from aeries_tui.demo.shapes import STAFF, TEACHER, Row

FIRST_TEACHER_NUMBER = 401
SPECIALISTS = 2
"""A school with homerooms and a master schedule has a teacher for PE and one for music."""

_OFFICE = ("Principal", "Counselor", "Office Manager")
_AIDES_FROM = 700_000_000


def homeroom_teachers(school: School) -> int:
    """How many homeroom teachers a school has."""
    return per_group(school.students, 24)


def groups(school: School) -> int:
    """How many sections a secondary school needs in every period."""
    return per_group(school.students, 27)


def teachers(school: School) -> int:
    """How many teachers a school has."""
    if school.plain:
        return 1
    if school.kind.has_homerooms:
        return homeroom_teachers(school) + (SPECIALISTS if school.kind is Kind.MIXED else 0)
    return groups(school) + 2


def _aides(school: School) -> int:
    return max(1, groups(school) // 6) if school.kind.is_flexible else 0


def staff_count(school: School) -> int:
    """How many people work at a school: teachers, then aides, then the office."""
    return teachers(school) + _aides(school) + (0 if school.plain else len(_OFFICE))


def staff_id(school: School, ordinal: int) -> int:
    """The district-wide number of the school's `ordinal`-th member of staff."""
    taught = teachers(school)
    if taught <= ordinal < taught + _aides(school):
        return _AIDES_FROM + school.index * 100 + ordinal - taught
    return school.code * 1000 + ordinal + 1


def aide_ordinals(school: School) -> range:
    """The ordinals of those who help in sections of a flexible school."""
    return range(teachers(school), teachers(school) + _aides(school))


def staff_name(setting: Setting, school: School, ordinal: int) -> tuple[str, str, str]:
    """First name, last name and gender of a member of staff."""
    first, last, gender = draws(3, setting.seed, "staff name", school.index, ordinal)
    names = GIRLS if gender < 40_000 else BOYS
    return names[pick(first, len(names))], LASTS[pick(last, len(LASTS))], "F" if gender < 40_000 else "M"


def is_listed(setting: Setting, school: School, ordinal: int) -> bool:
    """Whether the staff list has the person at all; expired accounts can be left out of it."""
    if not setting.defects or school.plain:
        return True
    if school.index == 1 and ordinal == 3:
        return False
    return not within(draws(1, setting.seed, "unlisted", school.index, ordinal)[0], 0.5)


def _mail(setting: Setting, first: str, last: str, number: int, draw: int) -> str:
    if setting.defects and within(draw, 2):
        return " " if draw % 2 else ""
    if setting.defects and within(draw, 2.6):
        return f"frontoffice@{MAIL_DOMAIN}"
    return f"{plain(first)}.{plain(last)}.{number % 100_000}@{MAIL_DOMAIN}"


def _status(setting: Setting, school: School, ordinal: int, draw: int) -> str:
    if school.plain:
        return ""
    if within(draw, 2) and setting.defects and ordinal > 0:
        return "I"
    return " " if within(draw, 9) else ""


def _change(row: Row, events: list[Event], setting: Setting, *, steady: bool) -> None:
    for event in events:
        if steady or event.draw % 10 < 9:
            name = f"{plain(row['FirstName'])}.{plain(row['LastName'])}.{row['ID'] % 100_000}"
            row["EmailAddress"] = f"{name}.{event.day}@{MAIL_DOMAIN}"
        elif row["InactiveStatusCode"].strip():
            row["InactiveStatusCode"], row["LeaveDate"] = "", None
        else:
            row["InactiveStatusCode"], row["LeaveDate"] = "I", stamp(setting.date_of(event.day))


def staff_row(setting: Setting, school: School, ordinal: int, events: list[Event]) -> Row:
    """One member of staff as the staff list gives them."""
    first, last, gender = staff_name(setting, school, ordinal)
    numbers = draws(8, setting.seed, "staff", school.index, ordinal)
    row = dict(STAFF)
    number = staff_id(school, ordinal)
    row["ID"], row["FirstName"], row["LastName"], row["Gender"] = number, first, last, gender
    row["NameSuffix"] = " " if numbers[0] % 3 else ""
    row["InactiveStatusCode"] = _status(setting, school, ordinal, numbers[1])
    row["EmailAddress"] = _mail(setting, first, last, number, numbers[2])
    row["PrimaryAeriesSchool"] = 0 if setting.defects and within(numbers[3], 3) else school.code
    if school.plain or numbers[4] % 2:
        access = {"SchoolCode": school.code, "ReadOnlyAccess": False, "CommunicationGroup": True}
        row["SchoolAccessPermissions"] = [access]
    row["UserName"] = f"Teacher{number}" if numbers[4] % 3 else ""
    row["NetworkLoginID"] = f"{plain(first)}.{plain(last)}" if numbers[5] % 2 else ""
    row["HumanResourcesSystemID"] = f"{numbers[6]:06}" if numbers[6] % 2 else ""
    row["StateEducatorID"] = f"{7_000_000_000 + number:010}"
    row["BirthYear"] = setting.year - 25 - numbers[7] % 38
    row["BirthDate"] = stamp(date(row["BirthYear"], 1 + numbers[7] % 12, 1 + numbers[7] % 28))
    row["HireDate"] = stamp(date(setting.year - 1 - numbers[5] % 20, 8, 30))
    office = ordinal - teachers(school) - _aides(school)
    row["Title"] = _OFFICE[office] if office >= 0 else "Teacher" if ordinal < teachers(school) else "Aide"
    # A school's specialists, and the first teacher, whom another school has as one, sit with every
    # student: one of them gone would look like half a schedule lost.
    specialist = school.kind is Kind.MIXED and ordinal >= homeroom_teachers(school)
    _change(row, events, setting, steady=specialist or ordinal == 0)
    return row


def staff_rows(setting: Setting, school: School) -> Iterator[Row]:
    """Those of a school whom the staff list has."""
    events = staff_events(setting, school, staff_count(school))
    for ordinal in range(staff_count(school)):
        if is_listed(setting, school, ordinal):
            yield staff_row(setting, school, ordinal, events.get(ordinal, []))


def slot_staff(setting: Setting, school: School, ordinal: int) -> list[tuple[School, int]]:
    """Who stands behind a teacher record, first the primary one: up to three, as school and ordinal."""
    if school.plain:
        return [(school, ordinal)]
    last = teachers(school) - 1
    draw = draws(1, setting.seed, "slot", school.index, ordinal)[0]
    if setting.defects and ordinal > 1 and within(draw, 1):
        return []
    if ordinal == last and last > 2 and school.partner is not None:
        people = [(setting.schools[school.partner], 0)]
    else:
        people = [(school, ordinal)]
    if last > 1 and within(draw, 9):
        people.append((school, (ordinal + 1) % (last + 1)))
    if last > 1 and within(draw, 2):
        people.append((school, (ordinal + 2) % (last + 1)))
    return people


def teacher_rows(setting: Setting, school: School) -> Iterator[Row]:
    """The teacher records of a school; one whose schedule is "Flex" has none."""
    if school.kind is Kind.FLEX:
        return
    low, high = school.grades
    for ordinal in range(teachers(school)):
        numbers = draws(3, setting.seed, "teacher", school.index, ordinal)
        people = slot_staff(setting, school, ordinal)
        row = dict(TEACHER)
        row["SchoolCode"], row["TeacherNumber"] = school.code, FIRST_TEACHER_NUMBER + ordinal
        row["LowGrade"], row["HighGrade"] = low, high
        row["Room"] = f"[{'ABCP'[numbers[0] % 4]}-{1 + ordinal}]" if numbers[0] % 9 == 0 else str(1 + ordinal)
        row["DisplayName"] = "Vacancy"
        for place, (at, other) in enumerate(people, 1):
            row[f"StaffID{place}"] = staff_id(at, other)
        if people:
            first, last, _ = staff_name(setting, people[0][0], people[0][1])
            row["DisplayName"] = last
            row["FirstName"], row["LastName"] = first, "" if numbers[1] % 5 == 0 else last
            row["EmailAddress"] = f"Teacher{row['StaffID1']}@{MAIL_DOMAIN}"
        if setting.defects and ordinal > 1 and within(numbers[2], 1):
            row["InactiveStatusCode"] = "I"
        yield row
