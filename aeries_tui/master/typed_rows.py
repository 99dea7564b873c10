"""Rows of a query as typed values, made by the names of their columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TypeVar

import msgspec

T = TypeVar("T")


def typed_rows(kind: type[T], rows: Iterable[sqlite3.Row]) -> list[T]:
    """Each row as a value of a dataclass or struct whose fields are called as the columns; 0 and 1 make a bool.

    Raises:
        msgspec.ValidationError: a column is missing or holds what the field does not take: the SQL and the type
            are not of one mind, a defect.
    """
    return msgspec.convert([dict(row) for row in rows], list[kind], strict=False)  # type: ignore[valid-type]
