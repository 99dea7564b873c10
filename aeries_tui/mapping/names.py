"""A school's name as evidence: its words in one spelling, its numbers, its kind of school."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from aeries_tui.mapping.grades import Span, grade_span
from aeries_tui.mapping.meaning import meanings
from aeries_tui.mapping.words import ARTICLES, COMMON, EMPTY, GIVEN_NAMES, KIND_GROUPS, PROGRAMS

# Longer than any name on any list; what a hostile list holds beyond it is not read.
_LONGEST = 160
_GRADES = re.compile(
    r"(?<![a-z0-9])(pk|tk|k|1[0-2]|0?\d)\s*(?:-|\u2013|to|thru|through)\s*(1[0-2]|0?[1-9])(?![a-z0-9])"
)
_K_GRADES = re.compile(r"(?<![a-z0-9])k(8|12)(?![a-z0-9])")
_ZEROS = re.compile(r"(?<=[a-z])0+(?=[a-z])")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018`\u00b4")
_PARENTHESIS = re.compile(r"\(([^()]*)(?:\)|$)")
_BEFORE_INITIAL = re.compile(r"([^\W\d_]{2,}) [^\W\d_]\.? (?=[^\W\d_]{2})")
_ACRONYM = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){3,}")
# "Mc Nair" and "Mac Arthur" are McNair and MacArthur.
_SPLIT_NAME = re.compile(r"(?<![^\W_])(ma?c) ([^\W\d_]{3})")
_PIECE = re.compile(r"[^\W_]+")


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
        given: those of the words that are, or look like, a person's given names.
        is_cut: its list has probably cut this name off.
        numbers: those of the words that are numbers.
    """

    words: tuple[str, ...]
    initials: frozenset[str]
    kinds: frozenset[str]
    groups: frozenset[str]
    programs: frozenset[str]
    span: Span | None
    key: tuple[str, ...]
    spelled: dict[str, str]
    given: frozenset[str]
    is_cut: bool
    numbers: frozenset[str]


@lru_cache(maxsize=8192)
def read_name(text: str, *, cut_at: int | None = None) -> Name:
    """Read a name.

    Args:
        text: the name as its list spells it.
        cut_at: the length at which this list cuts names off, where it does (`cut_length`).
    """
    plain = _plain(text)
    span, rest = _spans(plain)
    is_cut = cut_at is not None and len(text) >= cut_at - 1
    said = list(meanings(_PIECE.findall(rest), is_cut=is_cut))
    spelled = dict(reversed(said))
    in_order = dict.fromkeys(word for word, _ in said)
    kinds = frozenset(word for word in in_order if word in KIND_GROUPS)
    groups = frozenset(letter for kind in kinds for letter in KIND_GROUPS[kind])
    words = tuple(word for word in in_order if word not in kinds and word not in EMPTY and len(word) > 1)
    key = [word for word, _ in said if word not in kinds and (word not in EMPTY or word in ARTICLES)]
    return Name(
        words=words or tuple(sorted(kinds)) or tuple(in_order),
        initials=frozenset(word for word in in_order if len(word) == 1),
        kinds=kinds,
        groups=groups or (_groups_of(span) if span else frozenset()),
        programs=PROGRAMS.intersection(words),
        span=span,
        key=(*sorted(key), *sorted(kinds), str(span or ""), text[_LONGEST:]),
        spelled=spelled,
        given=_given(plain, words, spelled),
        is_cut=is_cut,
        numbers=frozenset(word for word in words if word[0] == "#"),
    )


def cut_length(names: list[str]) -> int | None:
    """The length at which a list cuts its names off; None if it does not look so.

    A list that cuts has several names of exactly its greatest length; one that does not
    rarely has two.
    """
    longest = max(map(len, names), default=0)
    full = [name for name in names if len(name) == longest]
    is_cut = len(full) >= 3 or any(name.count("(") > name.count(")") for name in full)
    return longest if is_cut else None


def _given(plain: str, words: tuple[str, ...], spelled: dict[str, str]) -> frozenset[str]:
    """Given names: in "Dana (Richard Henry)" and "Nelson S. Dilworth" by their place, else by the list of them."""
    inside: set[str] = set()
    if "(" in plain:
        inside.update(match for part in _PARENTHESIS.findall(plain) for match in _PIECE.findall(part))
    before_initial = _BEFORE_INITIAL.findall(plain) if any(len(word) == 1 for word in spelled) else ()
    given = {
        word
        for word in words
        if word not in COMMON
        and word[0] != "#"
        and (word in GIVEN_NAMES or spelled[word] in inside or spelled[word] in before_initial)
    }
    family = [word for word in words if word not in COMMON and word not in given]
    if not family and given:
        # All may be given names ("Thomas Kelly"): the one outside the parenthesis, or the last, is the family's.
        outside = [word for word in words if word in given and spelled[word] not in inside]
        given.discard((outside or [word for word in words if word in given])[-1])
    return frozenset(given)


def _groups_of(span: Span) -> frozenset[str]:
    """The kinds of school that a span of grades makes."""
    bands = {"P": (-2, -2), "E": (0, 4), "M": (7, 7), "H": (10, 12), "A": (13, 13)}
    return frozenset(k for k, (low, high) in bands.items() if span.low <= high and span.high >= low)


def _plain(text: str) -> str:
    """Lower case, without accents and apostrophes; a zero between letters is the letter o."""
    text = text[:_LONGEST]
    if not text.isascii():
        text = "".join(
            mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark)
        )
    text = text.casefold().translate(_APOSTROPHES)
    if "0" in text:
        text = _ZEROS.sub(lambda zeros: "o" * len(zeros[0]), text)
    if "mc " in text or "mac " in text:
        text = _SPLIT_NAME.sub(r"\1\2", text)
    if text.count(".") >= 3:
        text = _ACRONYM.sub(lambda match: match[0].replace(".", "") + " ", text)
    return text


def _spans(plain: str) -> tuple[Span | None, str]:
    """The grades written into a name ("K-8", "4-5"), and the name without them."""
    if not any(mark.isdigit() for mark in plain):
        return None, plain
    found = [grade_span(match[1], match[2]) for match in _GRADES.finditer(plain)]
    found += [grade_span("k", match[1]) for match in _K_GRADES.finditer(plain)]
    return (found[0] if found else None), _K_GRADES.sub(" ", _GRADES.sub(" ", plain))
