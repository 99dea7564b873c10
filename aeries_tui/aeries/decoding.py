"""From an answer's bytes to records, each one on its own merits.

A good page is decoded whole at full speed. Only when that fails is it taken apart: a bad record is
named by its place, its field and, as far as it shows, its key, and leaves its neighbours alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as fresh
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Generic, NamedTuple, NoReturn, TypeVar, Union, cast, get_args, get_origin

import msgspec

from aeries_tui.aeries.errors import AeriesError, ServerBroken, SignInPage, Truncated
from aeries_tui.aeries.records import Record, key_fields, wire_name

T = TypeVar("T", bound=Record)
Body = bytes | bytearray | memoryview

_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script|!--)", re.IGNORECASE)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)
_FIELD = re.compile(r"at `\$\.?([A-Za-z0-9_]+)")
_MISSING = re.compile(r"missing required field `([A-Za-z0-9_]+)`")
_WHOLE = re.compile(r"([+-]?[0-9]{1,30})(?:\.0*)?")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class BadRecord:
    """A record, or a part of one, that can't be used. Never holds the value that is wrong.

    Attributes:
        index: its place in the answer, from 0.
        code: REC-REQUIRED or REC-TYPE.
        field: the field by its Aeries name; blank where the record as a whole can't be read.
        school_code: the school it names, where that can be read.
        key: as many of the key fields as can be read, so that its last good version can be kept.
            Where it is not complete (see `is_known`) nobody knows whom the record speaks of.
        part: blank for a record; the list within the record, by its Aeries name, for a part of it.
        is_known: the key is complete.
    """

    index: int
    code: str
    field: str
    school_code: int | None = None
    key: Mapping[str, int | str] = fresh(default_factory=dict)
    part: str = ""
    is_known: bool = False


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
    first, last = (_mark_of_key(_key_of_record(records[at], type_)) for at in (0, -1))
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
    with suppress(_Unreadable):
        found = _parse(bytes(view))
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
    return b"\\u0000" in body if isinstance(body, bytes | bytearray) else b"\\u0000" in bytes(body)


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
                raise _Unreadable
            record = _decoder(type_).decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _Unreadable):
            mark = _tolerantly(raw, index, type_, result)
        else:
            result.records.append(record)
            mark = _mark_of_key(_key_of_record(record, type_))
        result.received += 1
        result.first_mark = result.first_mark or mark
        result.last_mark = mark
    return result


def _tolerantly(raw: bytes, index: int, type_: type[T], result: Decoded[T]) -> str:
    """One record that the fast way refused, mended where that is safe; into `result`. Returns its mark."""
    try:
        found = _parse(raw)
        if not isinstance(found, dict):
            raise _Unreadable
        key = _key_of_object(found, type_)
    except _Unreadable:
        found, key = None, _key_in_text(raw, type_)
    is_known = len(key) == len(key_fields(type_))
    mark = _mark_of_key(key) if is_known and key else "sha256:" + hashlib.sha256(raw).hexdigest()[:32]
    school = key.get("school_code")
    bad = BadRecord(index, "REC-TYPE", "", school if isinstance(school, int) else None, key, "", is_known)
    if found is None:
        result.bad.append(bad)
        return mark
    parts: list[BadRecord] = []
    try:
        record = msgspec.convert(_clean(found, type_, bad, parts), type_, strict=False)
    except (msgspec.ValidationError, _Unreadable) as why:
        code, name = _what_is_wrong(str(why))
        result.bad.append(replace(bad, code=code, field=name))
    else:
        result.records.append(record)
        result.bad_parts += parts
    return mark


def _clean(
    found: dict[str, Any], type_: type[Record], bad: BadRecord, parts: list[BadRecord]
) -> dict[str, Any]:
    """The fields of the record as its type wants them: blank numbers are none, odd characters are gone.

    Bad items of its lists are left out and described in `parts`.
    """
    result: dict[str, Any] = {}
    for shape in _shapes(type_):
        value = found.get(shape.wire)
        if shape.kind == "records":
            assert shape.item is not None
            result[shape.wire] = _clean_items(_as_list(value), shape.item, shape.wire, bad, parts)
        elif shape.kind == "texts":
            result[shape.wire] = _as_list(value)
        elif value is not None or shape.is_required:
            cleaner = _CLEANERS[shape.kind]
            cleaned = cleaner(value)
            if cleaned is None and shape.is_required and shape.wire in found:
                raise _Unreadable(f"missing required field `{shape.wire}`")
            if cleaned is not None:
                result[shape.wire] = cleaned
    return result


def _clean_items(
    items: Any, type_: type[Record], name: str, bad: BadRecord, parts: list[BadRecord]
) -> list[dict[str, Any]]:
    if not isinstance(items, list):
        parts.append(replace(bad, field=name, part=name, is_known=False))
        return []
    good: list[dict[str, Any]] = []
    for item in items:
        key = {**bad.key, **_key_of_object(item, type_)} if isinstance(item, dict) else dict(bad.key)
        wrong = ""
        try:
            if not isinstance(item, dict):
                raise _Unreadable
            clean = _clean(item, type_, bad, parts)
            msgspec.convert(clean, type_, strict=False)
        except (msgspec.ValidationError, _Unreadable) as why:
            wrong = str(why) or "unreadable"
        if not wrong:
            good.append(clean)
            continue
        code, field_name = _what_is_wrong(wrong)
        is_known = bad.is_known and all(part in key for part in key_fields(type_))
        parts.append(BadRecord(bad.index, code, field_name, bad.school_code, key, name, is_known))
    return good


def _as_list(value: Any) -> Any:
    """Null and blank are an empty list, one object is a list of one (contract, section 3)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    return [value] if isinstance(value, dict) else value


def _clean_number(value: Any) -> Any:
    if isinstance(value, str):
        trimmed = value.strip()
        whole = _WHOLE.fullmatch(trimmed)
        return int(whole[1]) if whole else trimmed or None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _clean_flag(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def _clean_text(value: Any) -> Any:
    """Without NUL, and with U+FFFD for half of a character (a name cut in the middle of one)."""
    return _SURROGATE.sub("\ufffd", value.replace("\0", "")) if isinstance(value, str) else value


def _clean_id(value: Any) -> Any:
    """An id that is text everywhere else, sent as a number; a blank one is none."""
    if isinstance(value, str):
        return _clean_text(value) if value.strip() else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "number": _clean_number,
    "flag": _clean_flag,
    "text": _clean_text,
    "id": _clean_id,
}


class _Shape(NamedTuple):
    """How one field of a record is cleaned."""

    wire: str
    kind: str
    is_required: bool
    item: type[Record] | None


@lru_cache
def _shapes(type_: type[Record]) -> tuple[_Shape, ...]:
    return tuple(
        _Shape(one.encode_name, kind, one.required, item)
        for one in msgspec.structs.fields(type_)
        for kind, item in [_kind_of(one.type)]
    )


def _kind_of(annotation: Any) -> tuple[str, type[Record] | None]:
    """What a field holds: number, flag, text, id, records or texts; and the type of records."""
    if get_origin(annotation) is tuple:
        item = get_args(annotation)[0]
        return ("records", item) if isinstance(item, type) and issubclass(item, Record) else ("texts", None)
    members = _flat(annotation)
    if str in members:
        return ("id" if members == {str} else "text"), None
    return ("number" if int in members else "flag"), None


def _flat(annotation: Any) -> set[Any]:
    """The types in a union, without what annotates them."""
    if get_origin(annotation) is Annotated:
        return _flat(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return set().union(*map(_flat, get_args(annotation)))
    return {annotation}


@lru_cache
def _list_decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[type_], strict=False)  # type: ignore[valid-type]


@lru_cache
def _decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_, strict=False)


# --- keys and marks ------------------------------------------------------------------------------


def _key_of_record(record: Record, type_: type[Record]) -> dict[str, int | str]:
    return {name: getattr(record, name) for name in key_fields(type_)}


def _key_of_object(found: Mapping[str, Any], type_: type[Record]) -> dict[str, int | str]:
    """As much of the key as can be read."""
    key: dict[str, int | str] = {}
    kinds = {shape.wire: shape.kind for shape in _shapes(type_)}
    for name in key_fields(type_):
        wire = wire_name(name)
        value = _CLEANERS[kinds[wire]](found.get(wire))
        if kinds[wire] == "number":
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
                key[name] = value
        elif isinstance(value, str) and value.strip():
            key[name] = value
    return key


def _key_in_text(raw: bytes, type_: type[Record]) -> dict[str, int | str]:
    """As much of the key as can be found in a record that is no valid JSON."""
    key: dict[str, int | str] = {}
    for shape in _shapes(type_):
        for name in key_fields(type_):
            if shape.kind == "number" and wire_name(name) == shape.wire:
                found = re.search(rb'"%s"\s*:\s*"?(-?[0-9]{1,18})\b' % shape.wire.encode(), raw)
                if found:
                    key[name] = int(found[1])
    return key


def _mark_of_key(key: Mapping[str, int | str]) -> str:
    return ":".join(map(str, key.values()))


# --- JSON as it should not be --------------------------------------------------------------------


class _Unreadable(Exception):
    """The record can't be read; the text is in the words of msgspec where a field is to blame."""


def _parse(raw: bytes) -> Any:
    """Any JSON, half characters included, but no number that is none and nothing too deep."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise _Unreadable from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _what_is_wrong(words: str) -> tuple[str, str]:
    """Code and field, from what msgspec says. Its words hold types and names, never the value."""
    missing = _MISSING.search(words)
    if missing:
        return "REC-REQUIRED", missing[1]
    at = _FIELD.search(words)
    return ("REC-REQUIRED" if "got `null`" in words else "REC-TYPE"), at[1] if at else ""
