"""What an e-mail address is: one rule for the import, the accounts and the export.

The rule is that of an address as mail and single sign-on take it (RFC 5321 and 5322 without quoted names, comments
and address literals; RFC 6531 for letters beyond ASCII): a name and a domain of at least two labels, dots only
between other characters, and nothing that can't be seen.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata

_LONGEST, _LONGEST_NAME = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LAST_LABEL = rf"(?![0-9]+\Z){_LABEL}"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LAST_LABEL}")
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})


def is_email(text: str | None) -> bool:
    """Whether a text, as it stands, is an e-mail address: nothing around it, no name, no `mailto:`."""
    if not text or len(text) > _LONGEST or text.find("@") > _LONGEST_NAME:
        return False
    return bool(_EMAIL.fullmatch(text if text.isascii() else _in_ascii(text)))


def _in_ascii(text: str) -> str:
    """The text with an `x` for each letter beyond ASCII; other characters, and disguised letters, stay."""
    if _INVISIBLE.search(text) or not unicodedata.is_normalized("NFKC", text):
        return text
    return "".join(
        "x" if not character.isascii() and unicodedata.category(character) in _LETTERS else character
        for character in text
    )


def know_emails(db: sqlite3.Connection) -> None:
    """Let the SQL of a connection ask the rule, as `is_email(column)`."""
    db.create_function("is_email", 1, is_email, deterministic=True)
