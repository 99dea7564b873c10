"""From an answer's bytes to records, each one on its own merits.

A good page is decoded whole at full speed, a long one in slices. Only what fails is taken apart: a bad
record is named by its place, its field and, as far as it shows, its key, and leaves its neighbors alone.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as fresh
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from aeries_tui.aeries.errors import (
    AeriesError,
    ServerBroken,
    SignInPage,
    TooLarge,
    TooManyBadRows,
    Truncated,
)
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
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.records import Record, can_do_without, key_fields, never_has, wire_name
from aeries_tui.aeries.slicing import Broken, Slice, rest_of, slices_from, split
from aeries_tui.codes import Code

__all__ = ["BadRecord", "Decoded", "decode_list", "decode_steps", "not_json"]

T = TypeVar("T", bound=Record)
Body = bytes | bytearray | memoryview

_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script|!--)", re.IGNORECASE)
_EXPONENT = re.compile(rb'[":]\s*[-+]?(?:[0-9.]+[eE][-+]?[0-9]+|[0-9]{16,}\.)')
_LARGEST_RECORD = 1024 * 1024
_STEP = 0.02
_BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass
class Decoded(Generic[T]):
    """What an answer held.

    Attributes:
        records: the good ones, in the server's order.
        bad: the records that can't be used; with `records` they make up `received`.
        bad_parts: what was left out of good records: items of their lists, and values that they can do without.
        received: rows in the answer.
        first_mark: what identifies the first row, bad or not; blank when there is none.
        last_mark: the same of the last row.
        is_suspicious: a row was no JSON object of its own, so that nobody knows how many records it
            stands for. The good records are what they say; who is not among them may have been there.
    """

    records: list[T]
    bad: list[BadRecord] = fresh(default_factory=list)
    bad_parts: list[BadRecord] = fresh(default_factory=list)
    received: int = 0
    first_mark: str = ""
    last_mark: str = ""
    is_suspicious: bool = False

    def drop_first(self) -> None:
        """Take the first row away, as though it had not been received."""
        self.received -= 1
        if self.bad and self.bad[0].index == 0:
            del self.bad[0]
        else:
            del self.records[0]
        self.bad_parts = [part for part in self.bad_parts if part.index != 0]


def decode_list(
    body: Body, type_: type[T], where: str = "the list", limits: Limits | None = None
) -> Decoded[T]:
    """The records in an answer, decoded in one go; see `decode_steps`."""
    steps = decode_steps(body, type_, where, limits)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(Decoded[T], end.value)


def decode_steps(
    body: Body, type_: type[T], where: str = "the list", limits: Limits | None = None
) -> Generator[None, None, Decoded[T]]:
    """The records in an answer, an array of them or one object in its place, in steps of some milliseconds.

    Args:
        body: the answer, JSON in UTF-8, with or without a byte order mark.
        type_: the kind of record.
        where: the list, as an error message names it.
        limits: of rows and of bad rows.

    Raises:
        Truncated: the answer broke off or is no JSON.
        SignInPage: it is a web page.
        ServerBroken: it is JSON but holds no records, or those of another list.
        TooLarge: it holds more rows than the limit.
        TooManyBadRows: it holds more bad ones than theirs.
    """
    view = memoryview(body)
    if bytes(view[:3]) == _BOM:
        view = view[3:]
    start = bytes(view[:200]).lstrip()
    reading = _Reading(type_, where, limits or Limits())
    if start.startswith(b"["):
        yield from reading.take_array(view)
    else:
        _refuse_other(view, start, type_, where)
        yield from reading.take_each([view])
    return reading.result


def _refuse_other(view: memoryview, start: bytes, type_: type[T], where: str) -> None:
    """An answer that is no array must be one record; a message, a page, nothing is an error."""
    if start.startswith(b"<"):
        raise not_json(start, where)
    if not start.startswith(b"{"):
        if start[:4] == b"null":
            raise ServerBroken(f"Aeries answered null in place of {where}.")
        raise Truncated(f"The answer for {where} is empty or no JSON.")
    if len(view) > _LARGEST_RECORD:
        raise ServerBroken(f"Aeries answered with one huge object in place of {where}.")
    found: Any = None
    with suppress(Unreadable):
        found = parse(bytes(view))
    if found is None:
        raise Truncated(f"The answer for {where} broke off or is not valid JSON.")
    wanted = {wire_name(name) for name in (*key_fields(type_), *type_.__struct_fields__)}
    if not isinstance(found, dict) or not wanted & found.keys():
        raise ServerBroken(f"Aeries answered with a message in place of {where}.")


def not_json(start: bytes, where: str) -> AeriesError:
    """The error for an answer that begins with `<`: a web page, or XML."""
    if _HTML.match(start):
        return SignInPage(f"Aeries answered with a web page in place of {where}.")
    return Truncated(f"Aeries answered with XML in place of JSON for {where}.")


def _holds_nul(text: bytes) -> bool:
    """A NUL may be in some text; SQLite's functions would stop there."""
    # Looking for one byte is a hundred times faster than for six, and most answers hold no backslash at all.
    first = text.find(b"\\")
    return first >= 0 and text.find(b"\\u0000", first) >= 0


class _Reading(Generic[T]):
    """The state of decoding one answer.

    Attributes:
        result: what was found so far.
    """

    def __init__(self, type_: type[T], where: str, limits: Limits) -> None:
        self.result: Decoded[T] = Decoded([])
        self._type = type_
        self._where = where
        self._limits = limits
        self._other = _fields_of_others(type_)

    def take_array(self, view: memoryview) -> Generator[None, None, None]:
        """All elements of the array: by slices while that works, then one by one."""
        self._begin: int | None = 0
        while self._begin is not None:
            begin = self._begin
            for part in slices_from(view, begin):
                taken = yield from self._take_slice(part)
                if taken:
                    self._begin = part.next
                    break
                yield
            else:
                yield from self.take_each(self._cut_at_commas(view, begin or rest_of(view)))
            yield

    def _take_slice(self, part: Slice) -> Generator[None, None, bool]:
        """The elements of a part of the array, itself an array. Returns False where it is none."""
        text = bytes(part.text)
        self._refuse_other_list(text)
        if not _holds_nul(text):
            with suppress(*_BAD_JSON):
                self._add(cast(list[T], _list_decoder(self._type).decode(text)))
                return True
            # Some versions send numbers as text (contract, section 3). The lenient way would take 1e3 for 1000, and
            # round what has a point and more digits than a float has; whether one is there takes longest to find out.
            with suppress(*_BAD_JSON):
                records = cast(list[T], _lenient_list_decoder(self._type).decode(text))
                if not _EXPONENT.search(text):
                    self._add(records)
                    return True
        raws: list[msgspec.Raw] = []
        try:
            raws = msgspec.json.decode(text, type=list[msgspec.Raw])
        except _BAD_JSON:
            return False
        yield from self.take_each(map(memoryview, raws))
        return True

    def _refuse_other_list(self, text: bytes) -> None:
        # The names alone are found several times faster than by a pattern, and a right list seldom holds one.
        if any(name in text and is_field.search(text) for name, is_field in self._other):
            raise ServerBroken(f"Aeries answered with another list in place of {self._where}.")

    def _cut_at_commas(self, view: memoryview, begin: int) -> Iterator[memoryview | None]:
        try:
            self._begin = yield from split(view, begin)
        except Broken:
            raise Truncated(f"The answer for {self._where} broke off or is not valid JSON.") from None

    def _add(self, records: list[T]) -> None:
        result = self.result
        if not records:
            return
        first, last = (mark_of_key(key_of_record(records[at], self._type)) for at in (0, -1))
        result.first_mark = result.first_mark or first
        result.last_mark = last
        result.received += len(records)
        result.records += records
        self._check_rows()

    def _check_rows(self) -> None:
        if self.result.received > self._limits.answer_rows:
            raise TooLarge(
                f"The answer for {self._where} holds more than {self._limits.answer_rows:,} rows.",
                remedy="Find out why it is so long; if it is right, raise source.answer_rows in config.toml.",
            )

    def take_each(self, elements: Iterable[memoryview | None]) -> Generator[None, None, None]:
        """Elements one at a time; None among them is a pause."""
        result, type_, began = self.result, self._type, time.perf_counter()
        for element in elements:
            if element is None or time.perf_counter() - began > _STEP:
                yield
                began = time.perf_counter()
            if element is None:
                continue
            raw = bytes(element[:_LARGEST_RECORD])
            self._refuse_other_list(raw)
            try:
                if len(element) > len(raw) or _holds_nul(raw):
                    raise Unreadable
                record = _decoder(type_).decode(raw)
            except (*_BAD_JSON, Unreadable):
                mark = self._take_tolerantly(raw, len(element))
            else:
                result.records.append(record)
                mark = mark_of_key(key_of_record(record, type_))
            result.received += 1
            result.first_mark = result.first_mark or mark
            result.last_mark = mark
            self._check_rows()

    def _take_tolerantly(self, raw: bytes, length: int) -> str:
        """One record that the fast way refused, mended where that is safe. Returns its mark.

        Args:
            raw: the record; of a very long one the beginning.
            length: its whole length.
        """
        result, type_, index = self.result, self._type, self.result.received
        try:
            found = parse(raw) if length <= _LARGEST_RECORD else None
            if not isinstance(found, dict):
                raise Unreadable
            key = key_of_object(found, type_)
        except Unreadable:
            found, key = None, key_in_text(raw, type_)
        is_known = len(key) == len(key_fields(type_))
        mark = mark_of_key(key) if is_known and key else f"sha256:{length}:{_digest(raw)}"
        school = key.get("school_code")
        bad = BadRecord(
            index,
            Code.REC_UNREADABLE if found is None and length <= _LARGEST_RECORD else Code.REC_TYPE,
            "",
            school if isinstance(school, int) else None,
            key,
            "",
            is_known,
        )
        if found is None:
            result.is_suspicious = True
            self._reject(bad)
            return mark
        parts: list[BadRecord] = []
        try:
            record = _convert(clean_fields(found, type_, bad, parts), type_, bad, parts)
        except (msgspec.ValidationError, UnicodeError, Unreadable) as why:
            code, name = what_is_wrong(str(why))
            self._reject(replace(bad, code=code, field=name))
        else:
            result.records.append(record)
            result.bad_parts += parts
            self._check_bad()
        return mark

    def _reject(self, bad: BadRecord) -> None:
        self.result.bad.append(bad)
        self._check_bad()

    def _check_bad(self) -> None:
        most = self._limits.answer_bad_rows
        if len(self.result.bad) + len(self.result.bad_parts) > most:
            raise TooManyBadRows(f"More than {most:,} rows of the answer for {self._where} can't be used.")


def _convert(fields: dict[str, Any], type_: type[T], bad: BadRecord, parts: list[BadRecord]) -> T:
    """The record; a value of the wrong kind that it can do without is left out and described in `parts`."""
    while True:
        try:
            return msgspec.convert(fields, type_)
        except (msgspec.ValidationError, UnicodeError) as why:
            code, name = what_is_wrong(str(why))
            if name not in fields or not can_do_without(type_, name):
                raise
            del fields[name]
            parts.append(replace(bad, code=code, field=name, part=name, is_value=True))


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


@lru_cache
def _fields_of_others(type_: type[Record]) -> tuple[tuple[bytes, re.Pattern[bytes]], ...]:
    """Names that only another list holds, and where one is that of a field: a value is never before a colon."""
    return tuple((name.encode(), re.compile(rf'"{name}"\s*:'.encode())) for name in never_has(type_))


@lru_cache
def _list_decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[type_])  # type: ignore[valid-type]


@lru_cache
def _lenient_list_decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[type_], strict=False)  # type: ignore[valid-type]


@lru_cache
def _decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)
