"""A secret that can't be shown by accident: the certificate of a district.

The value leaves the object only by `reveal`, so a search for that word finds every
place that handles it.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from typing import NoReturn, Self
from urllib.parse import quote

SHOWN = "****"
"""What stands in a text where a secret was."""

_SHORTEST_WITH_LAST_FOUR = 12
_SHORTEST_ENCODED = 6


class Secret:
    """A value that no `repr`, `str`, format, copy or pickle gives away.

    Args:
        value: the secret itself.
    """

    __slots__ = ("_patterns", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        self._patterns: list[re.Pattern[str]] | None = None

    def reveal(self) -> str:
        """The value in clear; for the request header and the credentials file, nothing else."""
        return self._value

    @property
    def last_four(self) -> str:
        """The last four characters; blank when the secret is too short to give four away."""
        return self._value[-4:] if len(self._value) >= _SHORTEST_WITH_LAST_FOUR else ""

    @property
    def masked(self) -> str:
        """How a person sees it: `****` and the last four characters."""
        return SHOWN + self.last_four

    def mask(self, text: str) -> str:
        """`text` with the secret replaced: in clear (any case), URL-quoted, JSON-escaped or base64."""
        if self._patterns is None:
            self._patterns = [re.compile(re.escape(form), re.IGNORECASE) for form in self._forms()]
        for pattern in self._patterns:
            text = pattern.sub(SHOWN, text)
        return text

    def _forms(self) -> list[str]:
        """Every spelling under which the secret may stand in a text, longest first."""
        value = self._value
        forms = {value, quote(value), quote(value, safe=""), json.dumps(value)[1:-1], repr(value)[1:-1]}
        if len(value) >= _SHORTEST_ENCODED:
            forms |= set(_base64_forms(value.encode()))
        return sorted(filter(None, forms), key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Secret({SHOWN})"

    def __str__(self) -> str:
        return SHOWN

    def __format__(self, format_spec: str) -> str:
        return format(SHOWN, format_spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")


def _base64_forms(raw: bytes) -> list[str]:
    """The base64 of `raw` at each of the three offsets it can have inside a longer text.

    The characters that also depend on neighbouring bytes are left off.
    """
    forms = []
    for offset, shared in ((0, 0), (1, 2), (2, 3)):
        padded = b"\0" * offset + raw
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(padded).decode().rstrip("=")
            forms.append(whole[shared : len(whole) - (1 if len(padded) % 3 else 0)])
    return forms
