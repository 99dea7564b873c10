"""The names of fields as a person reads them."""

from __future__ import annotations

_WORDS = {"id": "ID", "ids": "IDs", "email": "e-mail", "ali": "ALI", "sso": "SSO", "hr": "HR"}


def field_label(name: str) -> str:
    """`student_id` as `Student ID`; a name without underscores, such as one of Aeries' own, stays unless it is one word
    in small letters."""
    if "_" not in name and not name.islower():
        return name
    words = [_WORDS.get(word, word) for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
