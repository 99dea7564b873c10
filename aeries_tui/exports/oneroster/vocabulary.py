"""Aeries' values in the words of OneRoster: ids, grades, roles, dates."""

from __future__ import annotations

import datetime as dt
import re

from aeries_tui.exports.oneroster.tables import Version

DISTRICT = "0"
"""The district's org: row 0 of Aeries' school list, and the school code of what belongs to no school."""

YEAR = "Y"
"""Aeries' term code of the whole year (OneRoster, section 8)."""

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]|\.(?=x[0-9a-f]+\.)|^-|^\.(?=\.?\Z)")
_CEDS = {-2: "PR", -1: "TK", 0: "KG", **{grade: f"{grade:02}" for grade in range(1, 13)}}
_SEXES = {"M": "male", "F": "female"}
_SEXES_11 = frozenset({"male", "female"})
_ROLES_11 = {
    "districtAdministrator": "administrator", "siteAdministrator": "administrator", "principal": "administrator",
    "counselor": "aide",
}  # fmt: skip
_FIRST_MONTH = 7  # a Californian school year runs from 1 July to 30 June


def safe_id(text: str) -> str:
    """A `sourcedId` that every consumer takes, and no two texts share: letters, digits, dot, hyphen, underscore.

    Any other character becomes `.xHEX.`; so do a hyphen at the start, which a spreadsheet would run, and the first dot of
    `.` and `..`, which in an address are no id but the folder itself and the one above.
    """
    return _NOT_IN_IDS.sub(lambda match: f".x{ord(match[0]):x}.", text)


def session_id(school: int | str, term: str) -> str:
    """School code `_` term code (OneRoster, section 8)."""
    return f"{school}_{safe_id(term)}"


def staff_id(number: int) -> str:
    """A member of staff (OneRoster, section 8)."""
    return f"TCH_{number}"


def course_id(number: str) -> str:
    """A course of the course list; one that begins like a homeroom's gets its first letter written out."""
    return ".x54." + safe_id(number)[1:] if number.startswith("TCH_") else safe_id(number)


def homeroom_course_id(lead: int | None, school: int, teacher: int) -> str:
    """The course of a homeroom: `TCH_` and the teacher's staff id; the place of one where there is none."""
    return f"TCH_{school}_{teacher}" if lead is None else f"TCH_{lead}"


def grade(number: int | None) -> str:
    """The CEDS code of an Aeries grade; blank where there is none.

    13 to 18 are special uses of each district's own (contract, section 7, Grade): `Other`.
    """
    return "" if number is None else _CEDS.get(number, "Other")


def grades(low: int | None, high: int | None) -> str:
    """Every grade from low to high as a list (OneRoster, section 8); blank where the ends are not known."""
    if low is None and high is None:
        return ""
    first, last = (low if low is not None else high), (high if high is not None else low)
    assert first is not None
    assert last is not None
    return ",".join(dict.fromkeys(grade(number) for number in range(max(first, -2), min(last, 13) + 1)))


def sex(code: str | None, version: Version) -> str:
    """Aeries' gender code; what is neither M nor F is `other` in 1.2 and blank in 1.1."""
    return sex_in(_SEXES.get(code.upper(), "other"), version) if code else ""


def sex_in(word: str, version: Version) -> str:
    """A sex in the words of a version, from that of 1.2; blank where 1.1 has none for it."""
    return word if version == "1.2" or word in _SEXES_11 else ""


def staff_role(teaches: bool, title: str | None, version: Version) -> str:
    """The role of a member of staff: who teaches is a teacher, others by their title, where it tells.

    The words of a title never stand in the file themselves (OneRoster, section 9).
    """
    return role_in("teacher" if teaches else _role_of_title(title or ""), version)


def role_in(word: str, version: Version) -> str:
    """A role in the words of a version, from that of 1.2 (OneRoster, section 5, users and roles)."""
    return word if version == "1.2" else _ROLES_11.get(word, word)


def _role_of_title(title: str) -> str:
    words = title.casefold()
    if "superintendent" in words:
        return "districtAdministrator"
    if "principal" in words:
        return "siteAdministrator" if "assistant" in words or "vice" in words else "principal"
    if "counselor" in words:
        return "counselor"
    if "aide" in words.split() or "paraeducator" in words:
        return "aide"
    return "teacher"


def date(text: str | None) -> dt.date | None:
    """A stored date; None for none, for one that does not exist, and for a placeholder before 1900."""
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year >= 1900 else None


def year_end(school_year: str | None, day: dt.date) -> int:
    """The year in which a school year ends: 2027 of `2026-2027`; of `day` where the year is not known."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", school_year or "")
    if match:
        return int(match[2])
    if school_year and re.fullmatch(r"\d{4}", school_year):
        return int(school_year) + 1  # DatabaseYear is the year it starts in (contract, section 2)
    return day.year + 1 if day.month >= _FIRST_MONTH else day.year


def school_year_days(end: int) -> tuple[dt.date, dt.date]:
    """First and last day of a Californian school year."""
    return dt.date(end - 1, _FIRST_MONTH, 1), dt.date(end, _FIRST_MONTH - 1, 30)
