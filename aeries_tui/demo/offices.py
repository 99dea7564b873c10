"""The school list: the real schools, and the rows that are none."""

from __future__ import annotations

from aeries_tui.demo.calendar import elementary_terms_of, stamp, terms_of
from aeries_tui.demo.draw import draws
from aeries_tui.demo.layout import Kind, School, Setting
from aeries_tui.demo.names import DISTRICT, LASTS, STREETS
from aeries_tui.demo.shapes import SCHOOL, TERM, Row

DISTRICT_CODE = 0

_NO_SCHOOLS: tuple[tuple[int, str, Kind, bool, str], ...] = (
    # code, name, schedule type, DoNotReport, InactiveStatusCode
    (99, "Transfer School", Kind.ELEMENTARY, True, ""),
    (100, "ZZZ Code Table School", Kind.TRADITIONAL, True, ""),
    (200, "ZZZ Code Table School 2", Kind.TRADITIONAL, True, ""),
    (900, "X Golden Eagle District School", Kind.ELEMENTARY, False, ""),
    (901, "X NPS School", Kind.ELEMENTARY, False, ""),
    (902, "X Private School", Kind.ELEMENTARY, False, ""),
    (989, "Old Mill Elementary (closed)", Kind.ELEMENTARY, False, "I"),
    (998, "Summer School", Kind.TRADITIONAL, False, ""),
    (999, "ZZZ Inactive Students", Kind.TRADITIONAL, True, ""),
)


def term_rows(setting: Setting, *, elementary: bool) -> list[Row]:
    """The terms of a school."""
    terms = elementary_terms_of(setting.year) if elementary else terms_of(setting.year)
    return [
        {
            **TERM,
            "TrackTerms": [],
            "TermCode": term.code,
            "TermDescription": term.title,
            "StartDate": stamp(term.begin),
            "EndDate": stamp(term.end),
        }
        for term in terms.values()
    ]


def _place(row: Row, setting: Setting, code: int, name: str) -> Row:
    numbers = draws(3, setting.seed, "office", code)
    row["SchoolCode"], row["Name"] = code, name
    row["Address"] = f"{1 + numbers[0] % 9000} {STREETS[numbers[1] % len(STREETS)]}"
    row["AddressCity"], row["AddressZipCode"] = "Eagle Rock", "99999"
    row["AddressZipExt"] = " " if numbers[2] % 4 == 0 else ""
    row["StateCountyID"], row["StateDistrictID"] = "65", "99999"
    row["StateSchoolID"] = f"{code:07}"
    row["PrincipalName"] = f"Dr. {LASTS[numbers[2] % len(LASTS)]}"
    row["PhoneNumber"] = f"999555{code:04}"
    return row


def school_row(setting: Setting, school: School) -> Row:
    """A real school."""
    row = _place(dict(SCHOOL), setting, school.code, school.name)
    row["LowGradeLevel"], row["HighGradeLevel"] = school.grades
    row["ScheduleType"] = school.kind.value
    row["AttendanceType"] = "Daily" if school.kind.has_homerooms else "Period"
    row["UsingSectionStaffInMasterSchedule"] = school.kind.is_flexible
    row["Terms"] = term_rows(setting, elementary=school.kind.has_homerooms)
    return row


def _no_school(setting: Setting, code: int, name: str, kind: Kind, *, hidden: bool, status: str) -> Row:
    row = _place(dict(SCHOOL), setting, code, name)
    row["LowGradeLevel"], row["HighGradeLevel"] = -2, 12
    row["ScheduleType"], row["AttendanceType"] = kind.value, "Daily"
    row["DoNotReport"], row["InactiveStatusCode"] = hidden, status
    if code == 998:
        row["SessionType"] = "Summer"
    row["Terms"] = [] if code == 99 else term_rows(setting, elementary=False)
    return row


def school_rows(setting: Setting) -> list[Row]:
    """The whole list, by code."""
    rows = [school_row(setting, school) for school in setting.schools]
    rows.append(_no_school(setting, DISTRICT_CODE, DISTRICT, Kind.TRADITIONAL, hidden=False, status=""))
    if not setting.schools[0].plain:
        for code, name, kind, hidden, status in _NO_SCHOOLS:
            rows.append(_no_school(setting, code, name, kind, hidden=hidden, status=status))
    return sorted(rows, key=lambda row: int(row["SchoolCode"]))
