"""A school's name as evidence: its words in one spelling, its numbers, its kind of school."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from aeries_tui.mapping.grades import Span, grade_span
from aeries_tui.mapping.words import (
    ARTICLES,
    EMPTY,
    EXPANSIONS,
    INITIALISMS,
    KIND_GROUPS,
    NUMBER_WORDS,
    PROGRAMS,
    ROMAN,
    TENS,
)

# Longer than any name on any list; what a hostile list holds beyond it is not read.
_LONGEST = 160
_GRADES = re.compile(
    r"(?<![a-z0-9])(pk|tk|k|1[0-2]|0?\d)\s*(?:-|–|to|thru|through)\s*(1[0-2]|0?[1-9])(?![a-z0-9])"
)
_K_GRADES = re.compile(r"(?<![a-z0-9])k(8|12)(?![a-z0-9])")
_NUMBER = re.compile(r"[a-z]?0*(\d{1,6})(?:[a-z]|st|nd|rd|th)?")
_GLUED = re.compile(r"(ps|is|ms|jhs|hs|es)(\d+[a-z]?)")
# "Mc Nair" and "Mac Arthur" are McNair and MacArthur.
_SPLIT_NAME = re.compile(r"(?<![^\W_])(ma?c) ([^\W\d_]{3})")
_TOKEN = re.compile(r"[^\W_]+")
_CUT_KINDS = ("elementary", "high", "middle", "junior", "intermediate", "primary", "academy", "charter")
# "High Tech", "High Desert": here the word is a name, not a kind.
_AFTER_HIGH_NAME = frozenset("tech technology desert country point sierra expectations plains".split())


@dataclass(frozen=True)
class Name:
    """What a name says.

    Args:
        words: its words in order, in one spelling, kinds and empty words left out; numbers as "#21".
        initials: its single letters.
        kinds: elementary, middle, ... as far as the name says.
        groups: the same in coarse letters: P, E, M, H, A (preschool to adult).
        programs: continuation, online, ... : a school beside another of the same place.
        span: grades written into the name ("K-8").
        key: equal for two names that say the same.
        spelled: word → how this name spells it.
    """

    words: tuple[str, ...]
    initials: frozenset[str]
    kinds: frozenset[str]
    groups: frozenset[str]
    programs: frozenset[str]
    span: Span | None
    key: tuple[str, ...]
    spelled: dict[str, str]


def read_name(text: str, *, cut_at: int | None = None) -> Name:
    """Read a name.

    Args:
        text: the name as its list spells it.
        cut_at: the length at which this list cuts names off, where it does (`cut_length`).
    """
    plain = _SPLIT_NAME.sub(r"\1\2", _plain(text))
    spans = [grade_span(match[1], match[2]) for match in _GRADES.finditer(plain)]
    spans += [grade_span("k", match[1]) for match in _K_GRADES.finditer(plain)]
    raw = _joined_letters(_TOKEN.findall(_K_GRADES.sub(" ", _GRADES.sub(" ", plain))))
    is_cut = cut_at is not None and len(text) >= cut_at - 1
    spelled: dict[str, str] = {}
    for word, spelling in _expanded(_numbered(raw), is_cut):
        spelled.setdefault(word, spelling)
    kinds = frozenset(word for word in spelled if word in KIND_GROUPS)
    groups = frozenset(letter for kind in kinds for letter in KIND_GROUPS[kind])
    span = spans[0] if spans else None
    words = tuple(w for w in spelled if w not in kinds and w not in EMPTY and (len(w) > 1))
    return Name(
        words=words or tuple(sorted(kinds)) or tuple(spelled),
        initials=frozenset(word for word in spelled if len(word) == 1),
        kinds=kinds,
        groups=groups or (_groups_of(span) if span else frozenset()),
        programs=frozenset(word for word in words if word in PROGRAMS),
        span=span,
        key=tuple(
            sorted(
                (*(w for w in spelled if w not in EMPTY or w in ARTICLES), *((str(span),) if span else ()))
            )
        ),
        spelled=spelled,
    )


def cut_length(names: list[str]) -> int | None:
    """The length at which a list cuts its names off; None if it does not look so.

    A list that cuts has several names of exactly its greatest length; one that does not
    rarely has two.
    """
    longest = max(map(len, names), default=0)
    full = sum(len(name) == longest for name in names)
    return (
        longest
        if full >= 3 or any(len(n) == longest and n.count("(") > n.count(")") for n in names)
        else None
    )


def _groups_of(span: Span) -> frozenset[str]:
    """The kinds of school that a span of grades makes."""
    bands = {"P": (-2, -2), "E": (0, 4), "M": (7, 7), "H": (10, 12), "A": (13, 13)}
    return frozenset(k for k, (low, high) in bands.items() if span.low <= high and span.high >= low)


def _plain(text: str) -> str:
    """Lower case, without accents and apostrophes; a zero between letters is the letter o."""
    text = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold()
    text = "".join(mark for mark in text if not unicodedata.combining(mark))
    text = re.sub("['’‘`´]", "", text)
    return re.sub(r"(?<=[a-z])0+(?=[a-z])", lambda zeros: "o" * len(zeros[0]), text)


def _joined_letters(tokens: list[str]) -> list[str]:
    """'p s 20' becomes 'ps 20' and 'h s' becomes 'hs'; other single letters stay initials."""
    out: list[str] = []
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and len(tokens[end]) == 1 and tokens[end].isalpha():
            end += 1
        run = "".join(tokens[place:end])
        before_number = end < len(tokens) and any(mark.isdigit() for mark in tokens[end])
        if run in INITIALISMS and (before_number or end == len(tokens) or run.endswith("hs")):
            out.append(run)
        elif run:
            out.extend(tokens[place:end])
        else:
            out.append(tokens[place])
            end += 1
        place = end
    return out


def _numbered(tokens: list[str]) -> list[tuple[str, str]]:
    """Tokens with their spelling; numbers in figures or words as '#21', and 'ps242m' as two tokens."""
    parts: list[str] = []
    for token in tokens:
        glued = _GLUED.fullmatch(token)
        parts.extend(glued.groups() if glued else (token,))
    out: list[tuple[str, str]] = []
    tens = 0
    for part in parts:
        value = NUMBER_WORDS.get(part)
        figures = _NUMBER.fullmatch(part)
        if tens and value is not None and 0 < value < 10:
            out[-1] = f"#{tens + value}", f"{out[-1][1]}-{part}"
        elif figures:
            out.append((f"#{int(figures[1])}", part))
        elif part in ROMAN and out:
            out.append((f"#{ROMAN[part]}", part))
        else:
            out.append((part if value is None else f"#{value}", part))
        tens = value if value is not None and part in TENS else 0
    return out


def _expanded(tokens: list[tuple[str, str]], is_cut: bool) -> list[tuple[str, str]]:
    """Every token in its one spelling, with how it was written."""
    out: list[tuple[str, str]] = []
    for place, (token, spelling) in enumerate(tokens):
        before = tokens[place - 1][0] if place else ""
        after = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        out.extend((word, spelling) for word in _meaning(token, before, after, is_cut))
    return out


def _meaning(token: str, before: str, after: str, is_cut: bool) -> tuple[str, ...]:  # noqa: PLR0912
    """The words a token stands for at its place; none when it says nothing."""
    high_follows = after in ("high", "hi", "h", "hs")
    if token in INITIALISMS and (before or after.startswith("#") or token.endswith("hs")):
        return INITIALISMS[token]
    if token in ("jr", "junior"):
        is_kind = (
            (high_follows and before != "king")
            or after in ("sr", "senior")
            or (token == "junior" and not after)
        )
        return ("junior",) if is_kind else ("jr",)
    if token in ("sr", "senior"):
        return ("high",) if high_follows else ("sr",)
    if token in ("high", "hi"):
        if after in _AFTER_HIGH_NAME or (token == "hi" and after not in ("", "school")):
            return (f"{token}-",)
        return () if before in ("junior", "jr") else ("high",)
    if token == "middle" and after == "college":
        return ("middle-",)
    if token in ("el", "elem") and before and after in ("", "school", "sch"):
        return ("elementary",)
    if token == "int" and before:
        return ("intermediate",)
    if token == "st":
        return ("saint",) if _name_like(after) and not before.startswith("#") else ("street",)
    if token == "dr" and before and not _name_like(after):
        return ("drive",)
    if before and not after and len(token) >= (1 if is_cut else 2):
        for kind in _CUT_KINDS:
            if kind.startswith(token):
                return (kind,)
    return (_one_spelling(token),)


def _name_like(token: str) -> bool:
    """Whether a token is neither missing nor a word for a kind of school."""
    word = _one_spelling(token)
    return bool(token) and word not in KIND_GROUPS and word not in ("el", "school", "academy", "charter")


def _one_spelling(token: str) -> str:
    singular = token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token
    return EXPANSIONS.get(token) or EXPANSIONS.get(singular) or singular
