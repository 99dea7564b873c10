"""Whether a text can be an e-mail address."""

from __future__ import annotations

import re

_PART = r'[^\s@,;<>()".]+'
_EMAIL = re.compile(rf"{_PART}(?:\.{_PART})*@{_PART}(?:\.{_PART})+")
_LONGEST = 254


def is_email(text: str | None) -> bool:
    """Whether a text can be an e-mail address: one @, a domain of at least two parts, nothing odd in it."""
    return bool(text) and len(text or "") <= _LONGEST and bool(_EMAIL.fullmatch(text or ""))
