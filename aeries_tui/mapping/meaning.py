"""The words of a name in one spelling: numbers, initials, abbreviations, and what depends on a word's place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aeries_tui.mapping.words import (
    EXPANSIONS,
    GIVEN_NAMES,
    INITIALISMS,
    KIND_GROUPS,
    NUMBER_WORDS,
    ROMAN,
    TENS,
)

_NUMBER = re.compile(r"[a-z]?0*(\d{1,6})(?:[a-z]|st|nd|rd|th)?")
_GLUED = re.compile(r"(ps|is|ms|jhs|hs|es)(\d+[a-z]?)")
# What the last word of a name may begin to say before its list cuts it off, the likeliest first.
_CUT_KINDS = ("elementary", "high", "middle", "junior", "intermediate", "primary", "academy", "charter")
# "High Tech", "High Desert": here the word is a name, not a kind of school.
_AFTER_HIGH = frozenset(
    ("tech", "technology", "desert", "country", "point", "sierra", "expectations", "plains")
)
_HIGH = frozenset(("high", "hi", "h", "hs"))
# After these "St." stood for a street.
_NOT_NAMES = frozenset(("", "el", "school", "academy", "charter"))


def meanings(pieces: Sequence[str], *, is_cut: bool) -> Iterator[tuple[str, str]]:
    """The words that the pieces of a name stand for, each with how it was written; numbers as "#21".

    Args:
        pieces: letters and digits between punctuation, in lower case.
        is_cut: the list has cut the name off, so the last piece may be the beginning of a word.
    """
    parts = _numbered(_joined_letters(pieces))
    # In "Martin Luther King Jr. High" the Jr. is the man's, not the school's.
    parts = [part for place, part in enumerate(parts) if part[0] != "jr" or parts[place - 1][0] != "king"]
    for place, (part, spelling) in enumerate(parts):
        before = parts[place - 1][0] if place else ""
        after = parts[place + 1][0] if place + 1 < len(parts) else ""
        for word in (
            _in_place(part, before, after) or _at_end(part, before, after, is_cut) or (one_spelling(part),)
        ):
            yield word, spelling


def one_spelling(piece: str) -> str:
    """A word without its abbreviation and plural; Thomas and James are no plurals."""
    if piece in GIVEN_NAMES:
        return piece
    singular = piece[:-1] if len(piece) > 3 and piece[-1] == "s" and piece[-2] != "s" else piece
    return EXPANSIONS.get(piece) or EXPANSIONS.get(singular) or singular


def _joined_letters(pieces: Sequence[str]) -> list[str]:
    """'p s 20' becomes 'ps 20' and 'h s' becomes 'hs'; other single letters stay initials."""
    out: list[str] = []
    run: list[str] = []
    for piece in (*pieces, ""):
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            continue
        joined = "".join(run)
        if joined in INITIALISMS and (joined.endswith("hs") or not piece or _NUMBER.fullmatch(piece)):
            run = [joined]
        out += run
        run = []
        if piece:
            out.append(piece)
    return out


def _numbered(pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Pieces with their spelling; numbers in figures or words as '#21', and 'ps242m' as two pieces."""
    out: list[tuple[str, str]] = []
    tens = 0
    for piece in _unglued(pieces):
        value = NUMBER_WORDS.get(piece)
        figures = _NUMBER.fullmatch(piece)
        if tens and value is not None and 0 < value < 10:
            out[-1] = f"#{tens + value}", f"{out[-1][1]}-{piece}"
        elif value is not None:
            out.append((f"#{value}", piece))
        elif figures:
            out.append((f"#{int(figures[1])}", piece))
        elif piece in ROMAN and out:
            out.append((f"#{ROMAN[piece]}", piece))
        else:
            out.append((piece, piece))
        tens = value if value is not None and piece in TENS else 0
    return out


def _unglued(pieces: Sequence[str]) -> Iterator[str]:
    for piece in pieces:
        glued = _GLUED.fullmatch(piece)
        yield from glued.groups() if glued else (piece,)


def _in_place(piece: str, before: str, after: str) -> tuple[str, ...]:
    """What a piece means between its neighbours; nothing where it means the same everywhere."""
    if piece in INITIALISMS and (before or after.startswith("#") or piece.endswith("hs")):
        return INITIALISMS[piece]
    if piece in ("jr", "junior"):
        kind = after in _HIGH or after in ("sr", "senior")
        return ("junior",) if kind or (piece == "junior" and not after) else ("jr",)
    if piece in ("sr", "senior"):
        return ("high",) if after in _HIGH else ("sr",)
    if piece == "high" and after in _AFTER_HIGH:
        return ("high-",)
    if piece == "high" or (piece == "hi" and before and after in ("", "school")):
        return ("junior",) if before in ("junior", "jr") else ("high",)
    if piece == "middle" and after == "college":
        return ("middle-",)
    if piece in ("el", "elem") and before and after in ("", "school", "sch"):
        return ("elementary",)
    if piece == "int" and before:
        return ("intermediate",)
    if piece == "st":
        return ("saint",) if _is_name(after) and not before.startswith("#") else ("street",)
    if piece == "dr" and before and not _is_name(after):
        return ("drive",)
    return ()


def _at_end(piece: str, before: str, after: str, is_cut: bool) -> tuple[str, ...]:
    """The kind of school that the last piece of a name begins to say: "Eleme", "Hi", and "H" where cut off."""
    if before and not after and len(piece) >= (1 if is_cut else 2):
        for kind in _CUT_KINDS:
            if kind.startswith(piece):
                return (kind,)
    return ()


def _is_name(piece: str) -> bool:
    word = one_spelling(piece)
    return word not in KIND_GROUPS and word not in _NOT_NAMES
