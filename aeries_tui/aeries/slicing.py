"""A long array cut into parts that can be decoded one after the other. Knows no records.

Nothing is taken on trust: a cut is a guess, and it is right exactly when the part before it is an array
by itself. Where no guess is right the array is cut at its commas, whatever is between them.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

SLICE = 2 * 1024 * 1024
"""Bytes decoded at a time: some milliseconds."""

_GUESSES = 4
_WINDOW = 32 * 1024
_OPENING = re.compile(rb"\s*+\[")
_FIRST_KEY = re.compile(rb'\s*+\[\s*+\{\s*+("[^"\\]{1,100}+")\s*+:')
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)
_INSIDE = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BLANKS = re.compile(rb"\s*+")
_NOTHING = re.compile(rb"\s*+\Z")


class Broken(Exception):
    """The array does not end, or something follows it."""


@dataclass(frozen=True)
class Slice:
    """A part of an array, made into an array.

    Attributes:
        text: the part, JSON if the guess was right.
        next: where the next one begins; None for the last.
    """

    text: bytes | memoryview
    next: int | None


def rest_of(view: memoryview) -> int:
    """The place behind the opening bracket."""
    match = _OPENING.match(view)
    assert match is not None
    return match.end()


def slices_from(view: memoryview, begin: int) -> Iterator[Slice]:
    """Guesses at the next part, the likeliest first.

    Args:
        view: the array.
        begin: where the part begins: 0, or an earlier part's `next`.
    """
    if len(view) - begin <= SLICE + SLICE // 2:
        yield Slice(b"[" + view[begin:] if begin else view, None)
        return
    first = _FIRST_KEY.match(view)
    key = rb"\s*+" + re.escape(first[1]) if first else b""
    boundary = re.compile(rb"\}(\s*+,\s*+)(?=\{" + key + rb")")
    left, at = begin or rest_of(view), begin + SLICE
    for _ in range(_GUESSES):
        match = boundary.search(view, at, begin + 3 * SLICE)
        if match is None:
            return
        at = match.end()
        yield Slice(b"[" + view[left : match.start(1)] + b"]", at)


def split(view: memoryview, begin: int) -> Generator[memoryview | None, None, int | None]:
    """The elements from a place on, cut at the commas, for the length of a slice; None now and then for a pause.

    Args:
        view: the array.
        begin: a place before an element.

    Returns:
        Where the next element begins; None at the end of the array.

    Raises:
        Broken: the array does not end, or something follows it.
    """
    depth, left, at = 1, begin, begin
    while at < len(view):
        window = min(at + _WINDOW, len(view))
        for token in _TOKEN.finditer(view, at, window):
            at, char = token.end(), token[0]
            if char in b"[{":
                depth += 1
            elif char == b"," and depth == 1:
                yield view[left : token.start()]
                left = at
                if at - begin > SLICE:
                    return at
            elif char in b"]}":
                depth -= 1
                if depth == 0:
                    if char == b"}" or not _NOTHING.match(view, at):
                        raise Broken
                    if left > rest_of(view) or not _BLANKS.fullmatch(view, left, token.start()):
                        yield view[left : token.start()]
                    return None
            elif char == b'"':
                at = yield from _end_of_string(view, at)
                break
        else:
            at = window
        yield None
    raise Broken


def _end_of_string(view: memoryview, at: int) -> Generator[None, None, int]:
    """Where a string ends that is longer than a window."""
    while at < len(view):
        match = _INSIDE.match(view, at, at + _WINDOW)
        assert match is not None
        if match.end() == at:
            break
        at = match.end()
        if at < len(view) and view[at] == ord('"'):
            return at + 1
        yield None
    raise Broken
