"""One setting as data: its default, what may stand there, and the sentence that documents it.

The sections of `sections.py` are made of these; the strict reader and the example
configuration both come from them, so a setting is described in one place only.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

T = TypeVar("T")

_META = "aeries_tui.setting"


class Unfit(ValueError):
    """A value that can't stand at its key; the text ends the sentence "KEY must be …"."""


@dataclass(frozen=True)
class Setting:
    """What is known about a key besides its default.

    Attributes:
        check: turns the TOML value into the value kept, or raises Unfit.
        doc: what it does, for the example configuration.
        example: the TOML shown, commented out, where the default is empty; or blank.
    """

    check: Callable[[object], Any]
    doc: str
    example: str = ""


@dataclass(frozen=True)
class DateRange:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


def setting(default: T, check: Callable[[object], T], doc: str, *, example: str = "") -> T:
    """A dataclass field that is a setting; typed as its value so that the dataclass reads plainly."""
    return field(default=default, metadata={_META: Setting(check, doc, example)})


def setting_of(metadata: Any) -> Setting | None:
    """The setting in a dataclass field's metadata; None for a field that is no key."""
    setting = metadata.get(_META)
    return setting if isinstance(setting, Setting) else None


def whole(least: int, most: int) -> Callable[[object], int]:
    """A whole number in a range, both ends included."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return value

    return check


def number(least: float, most: float) -> Callable[[object], float]:
    """A number, whole or not, in a range, both ends included."""

    def check(value: object) -> float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or not least <= cast(float, value) <= most:
            raise Unfit(f"a number from {least:g} to {most:g}")
        return float(cast(float, value))

    return check


def switch(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def text(value: object) -> str:
    """One line of text, possibly empty."""
    if not isinstance(value, str) or not value.isprintable():
        raise Unfit("one line of text in quotes")
    return value


def choice(*allowed: str | bool) -> Callable[[object], Any]:
    """One of a few values."""

    def check(value: object) -> Any:
        for option in allowed:
            if type(value) is type(option) and value == option:
                return value
        raise Unfit(_listed([_as_toml(option) for option in allowed]))

    return check


def words(of: Callable[[object], str], what: str) -> Callable[[object], tuple[str, ...]]:
    """A list of texts, each of which fits `of`; `what` says in the plural what they are."""

    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise Unfit(f"a list of {what}")
        return tuple(of(item) for item in value)

    return check


def command(value: object) -> tuple[str, ...]:
    """A command: program and arguments, or one text that is split as a shell would; no shell runs it."""
    if isinstance(value, str):
        try:
            value = shlex.split(value)
        except ValueError:
            raise Unfit("a command whose quotes are closed") from None
    if not isinstance(value, list) or not all(isinstance(word, str) and word.isprintable() for word in value):
        raise Unfit('a command: a list like ["program", "argument"]')
    if value and not value[0]:
        raise Unfit("a command whose first word names a program")
    return tuple(value)


def web_address(value: object) -> str:
    """An http or https address without a user or a password in it, or the empty text."""
    checked = text(value)
    if not checked:
        return checked
    match = re.fullmatch(r"https?://([^\s/?#]+)[^\s]*", checked)
    if match is None:
        raise Unfit('an address that begins with "https://" (or "http://")')
    if "@" in match[1]:
        raise Unfit("an address without user and password before the host")
    try:
        split = urlsplit(checked)
        fits = bool(split.hostname) and split.port != 0 and "\\" not in match[1]
    except ValueError:
        fits = False
    if not fits:
        raise Unfit('an address with a host and perhaps a port, like "https://hooks.example.org:8443/aeries"')
    return checked


def root_address(value: object) -> str:
    """A web address that paths are put behind, or the empty text: plain letters, no query, and not the paths themselves."""
    checked = web_address(value)
    if checked and not re.fullmatch(
        r"https?://[A-Za-z0-9.:\[\]-]+(/(?!\.\.?(/|\Z))[A-Za-z0-9._~-]+)*/?", checked
    ):
        raise Unfit(
            'an address of plain letters with nothing behind its path, like "https://www.example.org/roster"; '
            "a host of other letters is written as xn--…"
        )
    if "/ims/oneroster" in checked:
        raise Unfit("the address before /ims/oneroster, which products put behind it")
    return checked


def ip_address(value: object) -> str:
    """An IP address, such as 127.0.0.1 or ::1."""
    try:
        return str(ipaddress.ip_address(text(value)))
    except ValueError:
        raise Unfit("an IP address, such as 127.0.0.1 or 0.0.0.0") from None


def date_ranges(value: object) -> tuple[DateRange, ...]:
    """A list of days and of ranges of days."""
    if not isinstance(value, list):
        raise Unfit('a list of days like "2026-12-24" or "2026-12-24..2027-01-02"')
    return tuple(_date_range(item) for item in value)


def _date_range(value: object) -> DateRange:
    """One day, or `FIRST..LAST`; TOML's own dates are taken as well."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return DateRange(value, value)
    if isinstance(value, str):
        first, dots, last = value.partition("..")
        try:
            found = DateRange(_iso_day(first), _iso_day(last if dots else first))
        except ValueError:
            raise Unfit('a list of days like "2026-12-24" or "2026-12-24..2027-01-02"') from None
        if found.last < found.first:
            raise Unfit(f"ranges whose first day is not after the last, unlike {value!r}")
        return found
    raise Unfit('a list of days like "2026-12-24" or "2026-12-24..2027-01-02"')


def _iso_day(value: str) -> dt.date:
    """A day as `YYYY-MM-DD` and no other spelling; ValueError otherwise."""
    return dt.datetime.strptime(value.strip(), "%Y-%m-%d").date()


def _as_toml(value: str | bool) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _listed(names: list[str]) -> str:
    """ "a", "b" or "c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
