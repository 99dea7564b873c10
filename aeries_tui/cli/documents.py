"""The one place that writes JSON to standard output: a document, a document with a long list, a line of many."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from aeries_tui.documents import Document, refusal_of
from aeries_tui.errors import AeriesTuiError

_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)

_ending: list[str] = []
"""What ends the document that is being streamed; empty where none is."""


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON: letters of every script as they are, but what a terminal would obey or not show is escaped.

    A figure that JSON has none for (infinity) is null.
    """
    try:
        encoded = msgspec.json.encode(value, enc_hook=_plain)
        text = (encoded if indent is None else msgspec.json.format(encoded, indent=indent)).decode()
    except UnicodeEncodeError:  # the name of a file that is no UTF-8: Python reads it as lone surrogates
        plain = msgspec.to_builtins(value, enc_hook=_plain, str_keys=True)
        text = json.dumps(plain, indent=indent, ensure_ascii=False, separators=(",", ": " if indent else ":"))
    # Outside its strings JSON is ASCII, so whatever is found stands in one.
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is no value of a document")


def print_document(document: Document) -> None:
    """One document, readable, as the only thing on standard output."""
    sys.stdout.write(json_text(document, indent=2) + "\n")


def stream_document(document: Document, name: str, items: Iterable[Any]) -> None:
    """A document written item by item, so that its length does not matter.

    An error in between is told in it by `print_refusal`: it is whole JSON in any case.

    Args:
        document: with its list empty.
        name: of that list.
        items: what is to stand in it.
    """
    empty = f'"{name}":[]'
    head, found, tail = json_text(document).partition(empty)
    assert found, f"{type(document).__name__} has no empty list {name}"
    rest = iter(items)
    first = list(islice(rest, 1))  # what fails before there is any is a refusal like any other
    _ending[:] = [tail]
    try:
        sys.stdout.write(head + empty[:-1])
        separator = "\n"
        for item in chain(first, rest):
            sys.stdout.write(separator + json_text(item))
            separator = ",\n"
        sys.stdout.write(f"\n]{tail}\n")
        _ending.clear()
    except (BrokenPipeError, KeyboardInterrupt):  # nobody reads its end
        _ending.clear()
        raise


def print_line(document: Document) -> None:
    """One line of several, each JSON of its own."""
    sys.stdout.write(json_text(document) + "\n")


def print_refusal(error: AeriesTuiError) -> None:
    """An error in place of the document; where that is half written, at its end."""
    if not _ending:
        print_document(refusal_of(error))
        return
    tail = _ending.pop()
    sys.stdout.write(f'\n]{tail[:-1]},"broken_off":{json_text(error.problem)}}}\n')
