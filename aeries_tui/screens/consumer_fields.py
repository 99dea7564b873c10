"""What stands in the form of a consumer, read and judged: pure text in, a consumer or a sentence out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from aeries_tui.errors import AeriesTuiError, NotFound, WrongUse
from aeries_tui.operations.roster_service import check_consumer_name, last_moment
from aeries_tui.screens.wrong_field import in_field

_SCHOOLS_SHOWN = 3


@dataclass(frozen=True)
class ConsumerFields:
    """The texts of the form as they stand.

    Attributes:
        name: the client id.
        lists: a key of `text.consumers.LISTS`.
        demographics: a key of `text.consumers.DEMOGRAPHICS`.
        schools: codes with commas between; blank for all.
        expires: the last day, as 2027-06-30; blank for no end.
    """

    name: str
    lists: str
    demographics: str
    schools: str
    expires: str


@dataclass(frozen=True)
class NewConsumer:
    """A consumer to be added; `expires` is the last moment in UTC, None for no end."""

    name: str
    scopes: tuple[str, ...]
    schools: tuple[int, ...]
    expires: str | None


def name_line(text: str) -> tuple[str, bool]:
    """What becomes of a name as it is typed, and whether it can be one."""
    if not text.strip():
        return "A short name of the product: its client id, for ever", True
    try:
        return f"The client id is {check_consumer_name(text.strip())}", True
    except AeriesTuiError as error:
        return error.message, False


def schools_line(text: str, known: Mapping[int, str]) -> tuple[str, bool]:
    """Which schools the codes name, and whether there are all of them.

    Args:
        text: as typed.
        known: names of the schools that take part, by their codes.
    """
    if not text.strip():
        some = [f"{code} {name}" for code, name in list(known.items())[:_SCHOOLS_SHOWN]]
        return "all; or codes with commas between" + (f": {', '.join(some)} …" if some else ""), True
    try:
        codes = _codes(text, known)
    except AeriesTuiError as error:
        return error.message, False
    return f"only {', '.join(known[code] for code in codes)}: nothing of others is seen", True


def expires_line(text: str) -> tuple[str, bool]:
    """Until when it may read, and whether that is a day to come."""
    if not text.strip():
        return "no end; or the last day, as 2027-06-30", True
    try:
        _last(text)
    except AeriesTuiError as error:
        return error.message, False
    return "that day belongs to it (UTC)", True


def consumer_of(fields: ConsumerFields, known: Mapping[int, str]) -> NewConsumer:
    """The consumer that the form describes.

    Args:
        fields: the form.
        known: names of the schools that take part, by their codes.

    Raises:
        WrongField: names the field and what is wrong with it.
    """
    name = in_field("name", lambda: check_consumer_name(fields.name.strip()))
    scopes = tuple(filter(None, (*fields.lists.split(","), fields.demographics)))
    in_field("lists", lambda: _some(scopes))
    schools = in_field("schools", lambda: _codes(fields.schools, known))
    return NewConsumer(name, scopes, schools, in_field("expires", lambda: _last(fields.expires)))


def _some(scopes: tuple[str, ...]) -> None:
    if not scopes:
        raise WrongUse("It would read nothing: choose lists, or demographics.")


def _codes(text: str, known: Mapping[int, str]) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if not re.fullmatch(r"[0-9]{1,9}", word, re.ASCII):
            raise WrongUse(f"{word!r} is no code of a school.")
        if int(word) not in known:
            raise NotFound(f"No school {word} takes part in pulls.", remedy="See Schools.")
    return tuple(dict.fromkeys(int(word) for word in words))


def _last(text: str) -> str | None:
    text = text.strip()
    if not text:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{text!r} is no day, such as 2027-06-30.") from None
    return last_moment(day)
