"""The answers of a server gone wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec

from aeries_tui.demo.answers import Answer, moved, page, refusal, sign_in_page
from aeries_tui.demo.shapes import Row
from simulator.faults import Fault

_BROKEN_PAGE = (
    "<!DOCTYPE html><html><head><title>Service Unavailable</title></head>"
    "<body><h2>HTTP Error {status}. The service is unavailable.</h2></body></html>"
)


def windows_sign_in() -> Answer:
    """What a site behind Windows authentication says."""
    text = "<html><head><title>401 - Unauthorized</title></head><body>Access is denied.</body></html>"
    return page(text, 401, ("www-authenticate", "Negotiate"), ("www-authenticate", "NTLM"))


def throttled(retry_after: int | None = None, date_in: int | None = None) -> Answer:
    """429, with Retry-After in seconds, as a date, or without it."""
    answer = refusal(429, "Too many requests.")
    if date_in is not None:
        moment = datetime.now(UTC) + timedelta(seconds=date_in)
        return replace(answer, headers=(("retry-after", format_datetime(moment, usegmt=True)),))
    if retry_after is not None:
        return replace(answer, headers=(("retry-after", str(retry_after)),))
    return answer


def _status(fault: Fault) -> Answer:
    status = int(fault.args["status"])
    if fault.args["html"] or status in (502, 503, 504):
        return page(_BROKEN_PAGE.format(status=status), status)
    return refusal(status, f"Staged answer {status}.")


def instead(fault: Fault, root: str, certificate: str) -> Answer:
    """The answer that a fault of `PROXY_KINDS` gives in place of the right one.

    Args:
        fault: the fault.
        root: where the application is mounted.
        certificate: what the client sent as its certificate.
    """
    match fault.kind:
        case "throttled":
            return throttled(fault.args["retry_after"], fault.args["date_in"])
        case "ntlm":
            return windows_sign_in()
        case "html_200":
            return sign_in_page()
        case "redirect_signin_same_host":
            return moved(f"{root}/Login.aspx?page=default.aspx")
        case "redirect_other_host":
            return moved(str(fault.args["url"]))
        case "echo_certificate":
            status = int(fault.args["status"])
            return refusal(status, f"No access with AERIES-CERT {certificate} to this end point.")
        case "empty_body":
            return Answer()
        case "null_body":
            return Answer(body=b"null")
        case "deep_nesting":
            depth = int(fault.args["depth"])
            return Answer(body=b"[" * depth + b"]" * depth)
    return _status(fault)


def spoiled(fault: Fault, body: bytes) -> bytes:
    """The bytes of a right answer after a fault of `BODY_KINDS`."""
    match fault.kind:
        case "truncated_right_length":
            return body[: max(1, len(body) * 2 // 3)]
        case "invalid_json":
            return body[: len(body) // 2] + b'{"x": 01, }' + body[len(body) // 2 :]
        case "bom":
            return b"\xef\xbb\xbf" + body
    return _blown_up(body, int(fault.args["bytes"]))


def _blown_up(body: bytes, size: int) -> bytes:
    rows = msgspec.json.decode(body)
    if not isinstance(rows, list) or not rows:
        return body + b" " * max(0, size - len(body))
    filler = "x" * max(0, (size - len(body)) // len(rows))
    return msgspec.json.encode([{**row, "Filler": filler} for row in rows])


def _of_other_types(row: Row) -> Row:
    return {
        name: {"unexpected": value} if isinstance(value, str) else [value] if value is not None else True
        for name, value in row.items()
    }


_IDS = ("StudentID", "ID", "TeacherNumber", "SectionNumber", "SchoolCode")


def _without_ids(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _IDS}


def _with_unknown_fields(row: Row) -> Row:
    return {"_new": {"deep": [1, [2, {"x": None}]]}, **row, "VocationalPoints2031": 12.5, "Ünïcode ☃": "☃"}


def _bad(row: Row) -> Row:
    first = next((name for name in _IDS if name in row), next(iter(row)))
    return {**row, first: "not a number"}


_EACH: dict[str, Callable[[Row], Row]] = {
    "wrong_types": _of_other_types,
    "missing_ids": _without_ids,
    "unknown_fields": _with_unknown_fields,
}


def rewritten(fault: Fault, rows: Any) -> Any:
    """The decoded body of a right answer after a fault of `ROW_KINDS` (but `other_school`)."""
    each = _EACH.get(fault.kind)
    if each is not None:
        return [each(row) for row in rows] if isinstance(rows, list) else each(rows)
    if not isinstance(rows, list):
        return None if fault.kind == "null_list" else rows
    match fault.kind:
        case "null_list":
            return None
        case "object_list":
            return rows[0] if rows else {}
        case "duplicate_rows":
            return [row for row in rows for _ in range(2)]
        case "empty_list":
            return []
    if rows and fault.seen % int(fault.args["every"]) == 0:
        return [_bad(rows[0]), *rows[1:]]
    return rows
