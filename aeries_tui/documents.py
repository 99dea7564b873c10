"""What every JSON document of the program has: the version of its format; and the document of a refusal."""

from __future__ import annotations

import msgspec

from aeries_tui.errors import AeriesTuiError, Problem, kind_of

FORMAT_VERSION = 1
"""Counts up when something is taken out of a document or means something else; what is added leaves it as it is."""


class Document(msgspec.Struct, frozen=True, tag_field="format_version", tag=FORMAT_VERSION):
    """A JSON document, or a line of JSON, of the program's own: the version of its format comes first in it."""


class Streamed(Document, frozen=True, kw_only=True):
    """A document with a list of any length, which is written as it is read.

    Attributes:
        broken_off: only where reading failed part way: why. What stands in the list is right, but not all there is.
    """

    broken_off: Problem | msgspec.UnsetType = msgspec.UNSET


class Refusal(Document, frozen=True):
    """What stands in place of a document that there is none of: why it was refused, or failed.

    Attributes:
        problem: in words.
        error: what a caller can do about it, such as `WrongUse`, `NotFound`, `Busy` or `MasterError`.
        district: of which district, where the document tells of several.
    """

    problem: Problem
    error: str
    district: str | msgspec.UnsetType = msgspec.UNSET


def refusal_of(error: AeriesTuiError, district: str | None = None) -> Refusal:
    """The document of an error."""
    return Refusal(error.problem, kind_of(error), msgspec.UNSET if district is None else district)
