"""When a value of a list says the same as the Master's, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aeries_tui.emails import is_email
from aeries_tui.mapping.grades import KINDERGARTEN, PRESCHOOL, TRANSITIONAL, grade_number
from aeries_tui.operations.listed_file import title_key
from aeries_tui.text import fold

_SPECIAL = range(13, 19)
"""Special uses of each district's own (contract, section 7, Grade): ungraded, infants, adults."""

_GRADES: Mapping[str, frozenset[int]] = {
    "pk": frozenset({PRESCHOOL, TRANSITIONAL}),  # lists without a word for transitional kindergarten say so
    "pr": frozenset({PRESCHOOL}),
    "prekindergarten": frozenset({PRESCHOOL, TRANSITIONAL}),
    "preschool": frozenset({PRESCHOOL}),
    "transitionalkindergarten": frozenset({TRANSITIONAL}),
    "kindergarten": frozenset({KINDERGARTEN}),
    "ps": frozenset({PRESCHOOL, *_SPECIAL}),  # preschool in Aeries, postsecondary in OneRoster
    **dict.fromkeys(("adult", "ad", "it", "other", "ug", "ungraded", "infant"), frozenset(_SPECIAL)),
}
"""The grades in Aeries' numbers that a word may stand for, beside the usual labels."""

_ID = re.compile(r"(?:[A-Za-z]{1,8}[-_]?)?0*(\d+)")
"""An id may have a letter before it, as OneRoster's and School Data Sync's have."""

_NAMES = {"first_name": "last_name", "last_name": "first_name"}
_BETWEEN = re.compile(r"[,; ]+")


def same_key(field: str, value: str) -> str:
    """A key as it is compared."""
    if field == "id":
        digits = _ID.fullmatch(value)
        return digits[1] if digits else value
    return fold(value)


def is_same(field: str, person: Mapping[str, str], theirs: str) -> bool:
    """Whether a list says the same of a field of a person as the Master.

    Args:
        field: which one.
        person: as the Master has them, by field.
        theirs: what the list says.
    """
    ours = person[field]
    if ours == theirs:
        return True
    if field == "grade":
        return bool(_grades(ours) & _grades(theirs))
    if field == "school":
        return _are_among(ours, theirs)
    if field == "email" and not theirs:
        return not is_email(ours)  # what is no address can stand in no list of addresses
    if field in {"email", "user_name", "login_id"}:
        return ours.casefold() == theirs.casefold()
    if not ours and field in _NAMES:
        ours = person[_NAMES[field]]  # where no name may be blank, the only one stands twice (OneRoster)
    return " ".join(ours.split()) == " ".join(theirs.split())


def shown_name(person: Mapping[str, str]) -> str:
    """Last and first name."""
    return ", ".join(filter(None, (person.get("last_name", ""), person.get("first_name", ""))))


def _are_among(ours: str, theirs: str) -> bool:
    """Whether all schools of a list are the person's; whoever has none may be the district's."""
    here, there = ({part.lstrip("0") for part in _BETWEEN.split(text) if part} for text in (ours, theirs))
    return there <= here if here and there else not here and not any(map(str.isdecimal, there))


def _grades(text: str) -> frozenset[int]:
    """The grades in Aeries' numbers that a text may stand for; none where it is blank or unknown."""
    if re.fullmatch(r"[+-]?\d{1,4}", text):
        return frozenset({int(text)})
    name = re.sub(r"^grade|(st|nd|rd|th)?(grade)?$", "", title_key(text))
    if name.isdecimal() and len(name) < 5:
        return frozenset({int(name)})
    number = grade_number(name)
    return _GRADES.get(name, frozenset() if number is None else frozenset({number}))
