"""Text from outside made harmless to a terminal and a log, and folded for searching."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

REPLACEMENT = "\ufffd"
"""Stands for what has no business in a line of text."""

MARKS_KEPT = 3
"""Combining marks kept on one letter; Vietnamese needs two, piles of them break a line."""

_BLANKS = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
_QUOTES = "\"'`<>\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb"
_COMMA = re.compile(r",(?!\d)")  # that of 1,939 stays
_APOSTROPHES = re.compile(
    "['`\u00b4\u02b9-\u02bf\u02c8\u02ca\u02cb\u0384\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd\u1ffe"
    "\u2018-\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40]"
)
APOSTROPHES = ("'", "`")
"""The apostrophes among ASCII characters; who searches without `fold` must mind them."""
_PLAIN_LETTERS = str.maketrans(
    {
        "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "æ": "ae", "Æ": "ae",
        "œ": "oe", "Œ": "oe", "\u0131": "i", "þ": "th", "Þ": "th",
    }
)  # fmt: skip
_ODD_LETTERS = re.compile(f"[{''.join(map(chr, _PLAIN_LETTERS))}]")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


@lru_cache(maxsize=4096)
def _clean_character(character: str) -> str:
    if character in _BLANKS:
        return " "
    code = ord(character)
    category = unicodedata.category(character)
    if category == "Cc":
        return chr(0x2400 + code) if code < 0x20 else REPLACEMENT
    if category == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    if category in {"Cs", "Co", "Cn"}:
        return REPLACEMENT
    return " " if category == "Zs" else character


def clean_text(text: str) -> str:
    """The text as one harmless line.

    Line breaks and tabs become blanks; other control characters become visible signs, so an
    escape code is read and not obeyed; direction controls, joiners and other invisible
    characters go; half characters and private ones become U+FFFD; of a pile of combining
    marks three stay. Letters of every script stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    cleaned = "".join(map(_clean_character, text))
    cleaned = _MARKS.sub(lambda marks: marks[0][:MARKS_KEPT], cleaned)
    if cleaned and unicodedata.combining(cleaned[0]):
        return "\u25cc" + cleaned
    return cleaned


def without_quotes(text: str) -> str:
    """What somebody pasted, without blanks and quotes of all kinds around it, and without what nobody sees in it.

    Line breaks and control characters within stay: whether they belong there is for the reader to say.
    """
    seen = (
        " " if unicodedata.category(character) == "Zs" else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return "".join(seen).strip().strip(_QUOTES).strip()


def id_key(text: str) -> str:
    """The id without its case and the width of its letters: two ids with one key are one, written differently."""
    return unicodedata.normalize("NFKC", text).casefold()


def unseen_in(text: str) -> str:
    """The first character that has no business in an id, as `U+200B`; blank where there is none.

    Control characters, direction controls and other invisible ones, blanks other than the plain one, halves of
    characters, private and unassigned ones: two ids that differ in one of them look the same.
    """
    if text.isascii() and text.isprintable():
        return ""
    return next(
        (
            f"U+{ord(c):04X}"
            for c in text
            if not c.isprintable() or c in _INVISIBLE_LETTERS or c == REPLACEMENT
        ),
        "",
    )


def fold(text: str) -> str:
    """The text as it is compared when searching: no case, accents, width variants, apostrophes, nothing invisible.

    Apostrophes go, whichever of the many a keyboard, a word processor or a font made, so that all spellings of
    O'Neil are one. Letters that no accent makes, such as ø, are those that stand for them without a special keyboard.
    """
    if text.isascii():
        for mark in APOSTROPHES:
            text = text.replace(mark, "")
        return text.lower()
    text = _APOSTROPHES.sub("", text)
    if _ODD_LETTERS.search(text):
        text = text.translate(_PLAIN_LETTERS)
    decomposed = unicodedata.normalize("NFKD", text)
    folded = "".join(character for character in decomposed if not unicodedata.combining(character))
    if not folded.isprintable():
        folded = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    return folded.casefold()


def words_of(text: str) -> list[str]:
    """The folded words of what a person typed into a search line; a name may be typed as lists show it, `Last, First`."""
    return _COMMA.sub(" ", fold(text)).split()


def holds(haystack: str, words: list[str]) -> bool:
    """Whether the text holds every one of the folded words."""
    folded = fold(haystack)
    return all(word in folded for word in words)


def places_of(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the folded words stand in a text: begin and end of each place, in order, none in another."""
    pieces = [fold(character) for character in text]
    folded = "".join(pieces)
    origin = [place for place, piece in enumerate(pieces) for _ in piece]
    found = []
    for word in filter(None, words):
        at = folded.find(word)
        while at >= 0:
            found.append((origin[at], origin[at + len(word) - 1] + 1))
            at = folded.find(word, at + len(word))
    apart: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def in_number(count: int, one: str) -> str:
    """`1 request`, `14 requests`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def in_list(names: Sequence[str], most: int) -> str:
    """Some names in a row, and how many more there are: `ash, elm and 58 more`."""
    left = len(names) - most
    return ", ".join(names) if left <= 0 else f"{', '.join(names[:most])} and {left} more"


def in_bytes(size: int) -> str:
    """An amount of data as a person reads it: `640 B`, `17 kB`, `1.4 MB`."""
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1e3:,.0f} kB" if size < 1_000_000 else f"{size / 1e6:,.1f} MB"


def in_age(seconds: float) -> str:
    """A span of time by its largest sensible unit: `12 seconds`, `40 minutes`, `26 hours`, `3 days`."""
    whole = max(0, int(seconds))
    if whole < 120:
        return in_number(whole, "second")
    if whole < 2 * 3600:
        return f"{whole // 60} minutes"
    return f"{whole // 3600} hours" if whole < 72 * 3600 else f"{whole // 86400:,} days"


def took_in_figures(seconds: float | None) -> str:
    """How long something took, for a list: `1:13`, `2:05:00`; blank where that is not known."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours = f"{whole // 3600}:{whole % 3600 // 60:02d}" if whole >= 3600 else f"{whole // 60}"
    return f"{hours}:{whole % 60:02d}"
