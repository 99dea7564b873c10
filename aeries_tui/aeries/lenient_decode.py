"""One record that can't be taken as it is: what can be mended safely is, the rest is described."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as fresh
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, NoReturn, Union, get_args, get_origin

import msgspec

from aeries_tui.aeries.records import MOST_ITEMS, Key, Record, key_fields, wire_name
from aeries_tui.codes import Code

_FIELD = re.compile(r"at `\$\.?([A-Za-z0-9_]+)")
_MISSING = re.compile(r"missing required field `([A-Za-z0-9_]+)`")
_EXACT = 2**53
"""From here on a number with a point may stand for another whole one."""
_WHOLE = re.compile(r"([+-]?[0-9]{1,30})(?:\.0*)?")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class BadRecord:
    """A record, or a part of one, that can't be used. Never holds the value that is wrong.

    Attributes:
        index: its place in the answer, from 0.
        code: REC-REQUIRED, REC-TYPE, or REC-UNREADABLE for what is no JSON object.
        field: the field by its Aeries name; blank where the record as a whole can't be read.
        school_code: the school it names, where that can be read.
        key: as many of the key fields as can be read, so that its last good version can be kept.
            Where it is not complete (see `is_known`) nobody knows whom the record speaks of.
        part: blank for a record; the list within the record, by its Aeries name, for a part of it.
        is_known: the key is complete.
        is_value: only the value of `field` was left out of a record that counts without it.
    """

    index: int
    code: str
    field: str
    school_code: int | None = None
    key: Mapping[str, int | str] = fresh(default_factory=dict)
    part: str = ""
    is_known: bool = False
    is_value: bool = False


def clean_fields(
    found: dict[str, Any], type_: type[Record], bad: BadRecord, parts: list[BadRecord]
) -> dict[str, Any]:
    """The fields of the record as its type wants them: blank numbers are none, odd characters are gone.

    Bad items of its lists are left out and described in `parts`.

    Raises:
        Unreadable: a required field is missing, or the name of a field is spoiled, so that it would seem to be missing.
    """
    if any(map(_SURROGATE.search, found)):
        raise Unreadable
    result: dict[str, Any] = {}
    for shape in _shapes(type_):
        value = found.get(shape.wire)
        if shape.kind == "records":
            assert shape.item is not None
            result[shape.wire] = _clean_items(_as_list(value), shape.item, shape.wire, bad, parts)
        elif shape.kind == "texts":
            listed = _as_list(value)
            result[shape.wire] = [*map(_clean_text, listed)] if isinstance(listed, list) else listed
        elif value is not None or shape.is_required:
            cleaner = _CLEANERS[shape.kind]
            cleaned = cleaner(value)
            if shape.is_key and _is_none(cleaned):
                cleaned = None
            if cleaned is None and shape.is_required and shape.wire in found:
                raise Unreadable(f"missing required field `{shape.wire}`")
            if cleaned is not None:
                result[shape.wire] = cleaned
    return result


def _clean_items(
    items: Any, type_: type[Record], name: str, bad: BadRecord, parts: list[BadRecord]
) -> list[dict[str, Any]]:
    if not isinstance(items, list):
        parts.append(replace(bad, field=name, part=name, is_known=False))
        return []
    if len(items) > MOST_ITEMS:
        raise Unreadable(f"too many items - at `$.{name}`")
    good: list[dict[str, Any]] = []
    for item in items:
        key = {**bad.key, **key_of_object(item, type_)} if isinstance(item, dict) else dict(bad.key)
        wrong = ""
        try:
            if not isinstance(item, dict):
                raise Unreadable
            clean = clean_fields(item, type_, bad, parts)
            msgspec.convert(clean, type_)
        except (msgspec.ValidationError, UnicodeError, Unreadable) as why:
            wrong = str(why) or "unreadable"
        if not wrong:
            good.append(clean)
            continue
        code, field_name = what_is_wrong(wrong)
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
        trimmed = _whole_characters(value).strip()
        whole = _WHOLE.fullmatch(trimmed)
        return int(whole[1]) if whole else trimmed or None
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return int(value) if is_whole else value


def _is_none(number: Any) -> bool:
    """0 is how Aeries says none, and nobody has a number below it."""
    return isinstance(number, int) and number <= 0


def _clean_flag(value: Any) -> Any:
    if isinstance(value, str):
        value = _whole_characters(value).strip().casefold()
        return _FLAGS.get(value, value or None)
    return bool(value) if value in (0, 1) else value


def _clean_text(value: Any) -> Any:
    """Without NUL, and with U+FFFD for half of a character."""
    return _whole_characters(value.replace("\0", "")) if isinstance(value, str) else value


def _whole_characters(text: str) -> str:
    """With U+FFFD for half of a character (a name cut in the middle of one), which nothing can store."""
    return _SURROGATE.sub("\ufffd", text)


def _clean_code(value: Any) -> Any:
    """With half of a character in it, it is another code than was meant; as a list of one it is refused as no text."""
    return [value] if isinstance(value, str) and _SURROGATE.search(value) else _clean_text(value)


def _clean_id(value: Any) -> Any:
    """An id that is text everywhere else, sent as a number; a blank one is none."""
    if isinstance(value, str):
        return _clean_code(value) if value.strip() else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "number": _clean_number,
    "flag": _clean_flag,
    "text": _clean_text,
    "code": _clean_code,
    "id": _clean_id,
}


class _Shape(NamedTuple):
    """How one field of a record is cleaned."""

    wire: str
    kind: str
    is_required: bool
    is_key: bool
    item: type[Record] | None


_CODES = frozenset({"inactive_status_code", "course_id", "home_room_teacher_number", "semester"})
"""Texts by which somebody or something is in or out, so that a spoiled one must not be taken for another."""


@lru_cache
def _shapes(type_: type[Record]) -> tuple[_Shape, ...]:
    return tuple(
        _Shape(one.encode_name, "code" if one.name in _CODES else kind, one.required, one.type is Key, item)
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


# --- keys and marks ------------------------------------------------------------------------------


def key_of_record(record: Record, type_: type[Record]) -> dict[str, int | str]:
    """The key of a good record."""
    return {name: getattr(record, name) for name in key_fields(type_)}


def key_of_object(found: Mapping[str, Any], type_: type[Record]) -> dict[str, int | str]:
    """As much of the key as can be read."""
    key: dict[str, int | str] = {}
    kinds = {shape.wire: shape.kind for shape in _shapes(type_)}
    keys = {shape.wire for shape in _shapes(type_) if shape.is_key}
    for name in key_fields(type_):
        wire = wire_name(name)
        value = _CLEANERS[kinds[wire]](found.get(wire))
        if kinds[wire] == "number":
            if isinstance(value, bool) or (wire in keys and _is_none(value)):
                continue
            if isinstance(value, int) and abs(value) < 2**63:
                key[name] = value
        elif isinstance(value, str) and value.strip():
            key[name] = value
    return key


def key_in_text(raw: bytes, type_: type[Record]) -> dict[str, int | str]:
    """As much of the key as can be found in a record that is no valid JSON."""
    key: dict[str, int | str] = {}
    for shape in _shapes(type_):
        for name in key_fields(type_):
            if shape.kind == "number" and wire_name(name) == shape.wire:
                found = re.search(rb'"%s"\s*:\s*"?(-?[0-9]{1,18})\b' % shape.wire.encode(), raw)
                if found:
                    key[name] = int(found[1])
    return key


def mark_of_key(key: Mapping[str, int | str]) -> str:
    """The key as one text that identifies a row."""
    return ":".join(map(str, key.values()))


# --- JSON as it should not be --------------------------------------------------------------------


class Unreadable(Exception):
    """The record can't be read; the text is in the words of msgspec where a field is to blame."""


def parse(raw: bytes) -> Any:
    """Any JSON, half characters included, but no number that is none and nothing too deep.

    A number with an exponent is the text of it: what wrote it has rounded it, or will.
    """
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Unreadable from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float | str:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return text if "e" in text.lower() else value


def what_is_wrong(words: str) -> tuple[str, str]:
    """Code and field, from what msgspec says. Its words hold types and names, never the value."""
    missing = _MISSING.search(words)
    if missing:
        return Code.REC_REQUIRED, missing[1]
    at = _FIELD.search(words)
    return (Code.REC_REQUIRED if "got `null`" in words else Code.REC_TYPE), at[1] if at else ""
