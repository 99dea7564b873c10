"""What may stand in the place of an argument: each turns a word into its value, or says what is wrong with it."""

from __future__ import annotations

import argparse
import datetime as dt
import re

from aeries_tui.text import unseen_in


def number(text: str) -> int:
    """The number of an import, or an id of Aeries: digits alone, not 0 (contract, section 3: 0 is none)."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0, in digits alone")
    found = int(text) if len(text) < 100 else 2**63
    if found >= 2**63:
        raise argparse.ArgumentTypeError(f"{text[:30]} is too large a number")
    if found == 0:
        raise argparse.ArgumentTypeError(f"{text} is no id and no number of an import: they begin at 1")
    return found


def jobs(text: str) -> int:
    """How many side by side; 0 for as many as the machine bears."""
    if text == "auto":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError(f"{text[:30]!r} is no number from 1 to 64, and not auto")
    return int(text)


def position(text: str) -> int:
    """A position among imports: the number of one, or 0."""
    return 0 if text == "0" else number(text)


def number_or_all(text: str) -> int | None:
    """A school's code, or None for the word `all`."""
    return None if text == "all" else number(text)


def number_or_name(text: str) -> int | str:
    """An id of Aeries, or a name to search for; what holds a digit, or less than two letters, is no name."""
    is_name = sum(map(str.isalpha, text)) > 1 and not any(map(str.isnumeric, text))
    return text if is_name else number(text)


def ali_id(text: str) -> str:
    """The id of an ALI school, without blanks around it."""
    unseen = unseen_in(text)
    if unseen:
        raise argparse.ArgumentTypeError(f"{text!r} holds {unseen}, which no id does")
    if not text.strip():
        raise argparse.ArgumentTypeError("it is blank")
    return text.strip()


def entry(text: str) -> tuple[int, str]:
    """An entry of the journal as it was noted: its number and hash."""
    number, _, found = text.partition(":")
    if not number.isdigit() or re.fullmatch("[0-9a-f]{64}", found) is None:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no number, colon and 64 digits of a hash")
    return int(number), found


def school_year(text: str) -> str:
    """A school year, as the setting pull.school_year takes it."""
    from aeries_tui.settings.fields import Unfit
    from aeries_tui.settings.rules import school_year

    try:
        return school_year(text)
    except Unfit as error:
        raise argparse.ArgumentTypeError(f"{text!r} must be {error}") from None


def words_of(text: str) -> tuple[str, ...]:
    """Words with commas between."""
    found = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not found:
        raise argparse.ArgumentTypeError("it names nothing")
    return found


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between."""
    return tuple(number(word) for word in words_of(text))


def port(text: str) -> int:
    """A port; 0 for any free one."""
    found = position(text)
    if found > 65_535:
        raise argparse.ArgumentTypeError(f"{found} is no port: they end at 65535")
    return found


def seconds(text: str) -> int:
    """Some seconds, up to a day."""
    found = number(text)
    if found > 86_400:
        raise argparse.ArgumentTypeError("at most a day, 86400 seconds")
    return found


def day(text: str) -> dt.date:
    """A day, as 2027-06-30."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text[:30]!r} is no day, such as 2027-06-30")


def window(text: str) -> int:
    """A span of time, in minutes: `2h`, `90m`; at most half a day."""
    found = re.fullmatch(r"(\d{1,4})([hm])", text)
    minutes = int(found[1]) * (60 if found[2] == "h" else 1) if found else 721
    if minutes > 720:
        raise argparse.ArgumentTypeError(f"{text[:30]!r} is no time of at most 12h: write 2h or 90m")
    return minutes
