"""Student records: what a student's life looks like at each school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aeries_tui.demo.calendar import stamp, terms_of
from aeries_tui.demo.days import Happening
from aeries_tui.demo.draw import pick, within
from aeries_tui.demo.layout import School, Setting
from aeries_tui.demo.lives import Life, Lives, homeroom, is_staged, student_id, student_number
from aeries_tui.demo.names import (
    BOYS,
    GIRLS,
    LASTS,
    MIDDLES,
    OTHERS,
    STREETS,
    STUDENT_MAIL_DOMAIN,
    plain,
)
from aeries_tui.demo.shapes import STUDENT, Row
from aeries_tui.demo.staffing import FIRST_TEACHER_NUMBER, homeroom_teachers

GRADE_NAMES: dict[int, tuple[str, str]] = {
    -2: ("P", "Preschool"), -1: ("TK", "Transitional Kindergarten"), 0: ("K", "Kindergarten"),
    1: ("1", "First Grade"), 2: ("2", "Second Grade"), 3: ("3", "Third Grade"), 4: ("4", "Fourth Grade"),
    5: ("5", "Fifth Grade"), 6: ("6", "Sixth Grade"), 7: ("7", "Seventh Grade"), 8: ("8", "Eighth Grade"),
    9: ("9", "Ninth Grade"), 10: ("10", "Tenth Grade"), 11: ("11", "Eleventh Grade"),
    12: ("12", "Twelfth Grade"), 13: ("13", "Reserved for Graduating Seniors"),
}  # fmt: skip


def grade_of(school: School, life: Life) -> int:
    """The student's grade, one of the first school's; homeroom teachers are sorted the same way."""
    low, high = school.grades
    return low + pick(life.draws[3], high - low + 1)


def _name(row: Row, life: Life) -> None:
    numbers = life.draws
    gender = numbers[9]
    names = GIRLS if gender < 32_000 else BOYS if gender < 64_900 else OTHERS
    row["Gender"] = "F" if gender < 32_000 else "M" if gender < 64_900 else "X"
    row["FirstName"] = names[pick(numbers[4], len(names))]
    row["LastName"] = LASTS[pick(numbers[5], len(LASTS))]
    if within(numbers[18], 6):
        row["LastName"] += "-" + LASTS[pick(numbers[6], len(LASTS))]
    row["MiddleName"] = MIDDLES[pick(numbers[6], len(MIDDLES))]
    if within(numbers[10], 4):
        row["FirstNameAlias"] = OTHERS[numbers[10] % len(OTHERS)]


def _address(row: Row, setting: Setting, life: Life) -> None:
    login = f"{plain(row['FirstName'])[:1]}{plain(row['LastName'])[:12]}{row['StudentID']}"
    row["NetworkLoginID"] = login
    mail = f"{login}@{STUDENT_MAIL_DOMAIN}"
    draw = life.draws[8]
    if setting.defects and within(draw, 0.4) and life.ordinal:
        mail = f"family{life.home}.{life.ordinal // 40}@{STUDENT_MAIL_DOMAIN}"
    elif setting.defects and within(draw, 0.7):
        mail = mail.replace("@", " at ") if draw % 2 else mail.partition(".")[0] + "@"
    elif setting.defects and within(draw, 2.5):
        mail = " " if draw % 2 else ""
    row["StudentEmailAddress"] = mail


def _dwelling(row: Row, life: Life) -> None:
    numbers = life.draws
    street = f"{1 + numbers[11] % 9899} {STREETS[pick(numbers[12], len(STREETS))]}"
    row["MailingAddress"] = row["ResidenceAddress"] = street
    row["MailingAddressCity"] = row["ResidenceAddressCity"] = "Eagle Rock"
    row["MailingAddressZipCode"] = row["ResidenceAddressZipCode"] = "99999"
    row["MailingAddressZipExt"] = " " if numbers[13] % 9 == 0 else ""
    row["HomePhone"] = f"777555{numbers[11] % 10000:04}"
    row["ParentGuardianName"] = f"M/M {row['LastName']}"
    row["FamilyKey"] = 1 + numbers[12]


def _changes(row: Row, life: Life) -> None:
    for event in life.edits:
        if event.what is not Happening.FIELD or event.draw % 4 == 0:
            row["FirstNameAlias"] = f"{row['FirstName']} {'ABCDEFGH'[event.day % 8]}."
        elif event.draw % 4 == 1:
            row["MiddleName"] = f"{MIDDLES[pick(event.draw, len(MIDDLES))]} {event.day}".strip()
        elif event.draw % 4 == 2:
            row["StudentEmailAddress"] = f"{row['NetworkLoginID']}.{event.day}@{STUDENT_MAIL_DOMAIN}"
        else:
            row["LastName"] = f"{LASTS[pick(event.draw, len(LASTS))]}-{LASTS[event.day % len(LASTS)]}"


def _times(row: Row, setting: Setting, school: School, life: Life) -> None:
    stints = life.at(school.index)
    year = terms_of(setting.year)["Y"].begin
    if not stints:
        row["InactiveStatusCode"] = "*"
        row["SchoolEnterDate"] = stamp(date(setting.year + 1, 8, 11))
        return
    last = stints[-1]
    row["SchoolEnterDate"] = stamp(last.first or year)
    if last.last is not None:
        row["InactiveStatusCode"] = last.status
        row["SchoolLeaveDate"] = stamp(last.last) if last.dated else None
    elif life.draws[13] % 50 == 0:
        row["InactiveStatusCode"] = " "


def _grades(row: Row, setting: Setting, school: School, home: School, life: Life) -> None:
    grade = grade_of(home, life)
    row["Grade"] = grade
    row["GradeLevelShortDescription"], row["GradeLevelLongDescription"] = GRADE_NAMES[grade]
    row["NextGrade"] = grade + 1
    row["NextGradeLevelShortDescription"], row["NextGradeLevelLongDescription"] = GRADE_NAMES[grade + 1]
    row["NextSchoolCode"] = setting.schools[life.ahead].code if life.ahead is not None else 0
    row["Birthdate"] = stamp(date(setting.year - 6 - grade, 9, 1) + timedelta(days=life.draws[7] % 364))
    row["DistrictEnterDate"] = stamp(date(setting.year - max(1, grade // 2), 9, 5))
    teacher = homeroom(setting, school, life, homeroom_teachers(school))
    if teacher is not None:
        row["HomeRoomTeacherNumber"] = str(FIRST_TEACHER_NUMBER + teacher)


def _stage(row: Row, ordinal: int) -> None:
    """A record without a name, which no pull can take; two of a grade that is none; a homeroom nobody has."""
    if ordinal == 10:
        row["Grade"] = 77
    elif ordinal == 11:
        row["Grade"] = "twelve"
    elif ordinal == 12:
        row["LastName"] = row["FirstName"] = " "
    else:
        row["HomeRoomTeacherNumber"] = "0999"


def record(setting: Setting, school: School, life: Life) -> Row:
    """The student's record at one school."""
    home = setting.schools[life.home]
    row = dict(STUDENT)
    row["StudentID"] = student_id(home, life.ordinal)
    row["SchoolCode"] = school.code
    row["StudentNumber"] = student_number(life, school)
    row["StateStudentID"] = f"{8_000_000_000 + row['StudentID']:010}"
    _name(row, life)
    _address(row, setting, life)
    _dwelling(row, life)
    _grades(row, setting, school, home, life)
    _times(row, setting, school, life)
    _changes(row, life)
    if is_staged(setting, home, life.ordinal):
        _stage(row, life.ordinal)
    return row


def students(setting: Setting, lives: Lives, school: School) -> Iterator[Row]:
    """All student records of a school, in order of StudentNumber."""
    for life in lives.enrolled_at(school):
        yield record(setting, school, life)
    for life in lives.expected_at(school):
        yield record(setting, school, life)


def schools_of(setting: Setting, life: Life) -> list[School]:
    """The schools that have a record of the student, each once."""
    indices = dict.fromkeys(stint.school for stint in life.stints)
    if life.ahead is not None:
        indices[life.ahead] = None
    return [setting.schools[index] for index in indices]


def records_of(setting: Setting, life: Life) -> list[Row]:
    """All the student's records in the district."""
    return [record(setting, school, life) for school in schools_of(setting, life)]
