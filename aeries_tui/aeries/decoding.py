"""From an answer's bytes to records, each one on its own merits.

A good page is decoded whole at full speed. Only when that fails is it taken apart: a bad record is
named by its place, its field and, as far as it shows, its key, and leaves its neighbours alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as fresh
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from aeries_tui.aeries.errors import AeriesError, ServerBroken, SignInPage, Truncated
from aeries_tui.aeries.lenient_decode import (
    BadRecord,
    Unreadable,
    clean_fields,
    key_in_text,
    key_of_object,
    key_of_record,
    mark_of_key,
    parse,
    what_is_wrong,
)
from aeries_tui.aeries.records import Record, key_fields, wire_name
from aeries_tui.codes import Code

__all__ = ["BadRecord", "Decoded", "decode_list", "not_json"]

T = TypeVar("T", bound=Record)
Body = bytes | bytearray | memoryview

_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script|!--)", re.IGNORECASE)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)


@dataclass
class Decoded(Generic[T]):
    """What an answer held.

    Attributes:
        records: the good ones, in the server's order.
        bad: the records that can't be used; with `records` they make up `received`.
        bad_parts: items of lists within good records that were left out.
        received: rows in the answer.
        first_mark: what identifies the first row, bad or not; blank when there is none.
        last_mark: the same of the last row.
    """

    records: list[T]
    bad: list[BadRecord] = fresh(default_factory=list)
    bad_parts: list[BadRecord] = fresh(default_factory=list)
    received: int = 0
    first_mark: str = ""
    last_mark: str = ""

    def drop_first(self) -> None:
        """Take the first row away, as though it had not been received."""
        self.received -= 1
        if self.bad and self.bad[0].index == 0:
            del self.bad[0]
        else:
            del self.records[0]
        self.bad_parts = [part for part in self.bad_parts if part.index != 0]


def decode_list(body: Body, type_: type[T], where: str = "the list") -> Decoded[T]:
    """The records in an answer: an array of them, or one object in its place.

    Args:
        body: the answer, JSON in UTF-8, with or without a byte order mark.
        type_: the kind of record.
        where: the list, as an error message names it.

    Raises:
        Truncated: the answer broke off or is no JSON.
        SignInPage: it is a web page.
        ServerBroken: it is JSON but holds no records.
    """
    view: Body = memoryview(body)[3:] if bytes(body[:3]) == _BOM else body
    start = bytes(view[:200]).lstrip()
    if not start.startswith(b"["):
        return _decode_other(view, start, type_, where)
    if not _holds_nul(body):
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _whole(cast(list[T], _list_decoder(type_).decode(view)), type_)
    return _one_by_one(_elements(view, where), type_)


def _whole(records: list[T], type_: type[T]) -> Decoded[T]:
    if not records:
        return Decoded([])
    first, last = (mark_of_key(key_of_record(records[at], type_)) for at in (0, -1))
    return Decoded(records, received=len(records), first_mark=first, last_mark=last)


def _decode_other(view: Body, start: bytes, type_: type[T], where: str) -> Decoded[T]:
    """An answer that is no array: one object, a message, a page, nothing."""
    if start.startswith(b"<"):
        raise not_json(start, where)
    if not start.startswith(b"{"):
        if start[:4] == b"null":
            raise ServerBroken(f"Aeries answered null in place of {where}.")
        raise Truncated(f"The answer for {where} is empty or no JSON.")
    found: Any = None
    with suppress(Unreadable):
        found = parse(bytes(view))
    if found is None:
        raise Truncated(f"The answer for {where} broke off or is not valid JSON.")
    wanted = {wire_name(name) for name in (*key_fields(type_), *type_.__struct_fields__)}
    if not isinstance(found, dict) or not wanted & found.keys():
        raise ServerBroken(f"Aeries answered with a message in place of {where}.")
    return _one_by_one(iter([bytes(view)]), type_)


def not_json(start: bytes, where: str) -> AeriesError:
    """The error for an answer that begins with `<`: a web page, or XML."""
    if _HTML.match(start):
        return SignInPage(f"Aeries answered with a web page in place of {where}.")
    return Truncated(f"Aeries answered with XML in place of JSON for {where}.")


def _holds_nul(body: Body) -> bool:
    """A NUL may be in some text; SQLite's functions would stop there."""
    plain = bytes(body) if isinstance(body, memoryview) else body
    # Looking for one byte is a hundred times faster than for six, and most answers hold no backslash at all.
    first = plain.find(b"\\")
    return first >= 0 and plain.find(b"\\u0000", first) >= 0


# --- one record at a time ------------------------------------------------------------------------


def _elements(view: Body, where: str) -> Iterator[bytes]:
    """The array's elements, each as its own bytes."""
    raws: list[msgspec.Raw] | None = None
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raws = msgspec.json.decode(view, type=list[msgspec.Raw])
    if raws is None:
        yield from _split(view, where)
    else:
        for raw in raws:
            yield bytes(memoryview(raw))


def _split(view: Body, where: str) -> Iterator[bytes]:
    """Cut the array at its commas, whatever is between them: an element no parser takes stays one element.

    Raises:
        Truncated: the array does not end, or something follows it.
    """
    spans: list[tuple[int, int]] = []
    depth, begin, end = 0, 0, -1
    for token in _TOKEN.finditer(view):
        char = token[0]
        if end >= 0 or char == b'"':
            break
        if char in b"[{":
            depth += 1
            begin = token.end() if depth == 1 else begin
        elif char in b"]}":
            depth -= 1
            if depth == 0:
                spans.append((begin, token.start()))
                end = token.end()
        elif char == b"," and depth == 1:
            spans.append((begin, token.start()))
            begin = token.end()
    if end < 0 or bytes(view[end : end + 100]).strip() or bytes(view[end:]).strip():
        raise Truncated(f"The answer for {where} broke off or is not valid JSON.")
    for left, right in spans:
        yield bytes(view[left:right])


def _one_by_one(elements: Iterator[bytes], type_: type[T]) -> Decoded[T]:
    result: Decoded[T] = Decoded([])
    for index, raw in enumerate(elements):
        try:
            if _holds_nul(raw):
                raise Unreadable
            record = _decoder(type_).decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unreadable):
            mark = _tolerantly(raw, index, type_, result)
        else:
            result.records.append(record)
            mark = mark_of_key(key_of_record(record, type_))
        result.received += 1
        result.first_mark = result.first_mark or mark
        result.last_mark = mark
    return result


def _tolerantly(raw: bytes, index: int, type_: type[T], result: Decoded[T]) -> str:
    """One record that the fast way refused, mended where that is safe; into `result`. Returns its mark."""
    try:
        found = parse(raw)
        if not isinstance(found, dict):
            raise Unreadable
        key = key_of_object(found, type_)
    except Unreadable:
        found, key = None, key_in_text(raw, type_)
    is_known = len(key) == len(key_fields(type_))
    mark = mark_of_key(key) if is_known and key else "sha256:" + hashlib.sha256(raw).hexdigest()[:32]
    school = key.get("school_code")
    bad = BadRecord(index, Code.REC_TYPE, "", school if isinstance(school, int) else None, key, "", is_known)
    if found is None:
        result.bad.append(bad)
        return mark
    parts: list[BadRecord] = []
    try:
        record = msgspec.convert(clean_fields(found, type_, bad, parts), type_, strict=False)
    except (msgspec.ValidationError, Unreadable) as why:
        code, name = what_is_wrong(str(why))
        result.bad.append(replace(bad, code=code, field=name))
    else:
        result.records.append(record)
        result.bad_parts += parts
    return mark


@lru_cache
def _list_decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[type_], strict=False)  # type: ignore[valid-type]


@lru_cache
def _decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_, strict=False)
