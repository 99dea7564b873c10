"""Answers: headers that all have, and errors in the standard's form (OneRoster REST, section 6)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Header = tuple[str, str]

Minor = Literal[
    "invalid_filter_field", "invalid_selection_field", "invaliddata", "unauthorisedrequest", "forbidden",
    "server_busy", "unknownobject", "internal_server_error",
]  # fmt: skip

to_json = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Answer:
    """What goes back.

    Attributes:
        status: of HTTP.
        body: JSON, or its beginning.
        headers: besides those that every answer has.
        records: how many records are in it.
        state: of which state they are; 0 for none.
        pieces: make what follows the body out of the file of the service, one after the other.
    """

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()
    records: int = 0
    state: int = 0
    pieces: Sequence[Callable[[sqlite3.Connection], bytes]] = ()

    def all_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as they go over the line."""
        every = (
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("pragma", "no-cache"),
            ("x-content-type-options", "nosniff"),
            *(() if self.pieces else (("content-length", str(len(self.body))),)),
            *self.headers,
        )
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in every]


class Refused(Exception):
    """A request that is answered with an error.

    Args:
        status: of HTTP.
        minor: the standard's word for it.
        text: for a person; never holds what was asked.
        headers: besides those that every answer has.
    """

    def __init__(self, status: int, minor: Minor, text: str, headers: Sequence[Header] = ()) -> None:
        super().__init__(text)
        self.status, self.minor, self.text, self.headers = status, minor, text, tuple(headers)

    def answer(self) -> Answer:
        """The answer that says so; the shape is that of 1.2 for both versions, whose consumers read none of it."""
        return Answer(
            self.status, to_json(status_info("failure", "error", self.minor, self.text)), self.headers
        )


def status_info(major: str, severity: str, minor: str, text: str) -> dict[str, Any]:
    """The standard's `imsx_StatusInfo`."""
    return {
        "imsx_codeMajor": major,
        "imsx_severity": severity,
        "imsx_description": text,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
            ]
        },
    }
