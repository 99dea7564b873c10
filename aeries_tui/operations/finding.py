"""One thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: the thing, in a word or two.
        state: good, notice or bad.
        message: what was found.
        remedy: what to do; blank when all is well.
    """

    what: str
    state: Literal["good", "notice", "bad"]
    message: str
    remedy: str = ""
