"""Esc, and a key directly after it."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys, _character_to_key

_ANSWERS = "P]_^X"
"""What begins an answer of the terminal after an ESC."""


@dataclass(frozen=True)
class _Key:
    """A key as Textual's table of sequences has it."""

    value: str


def tell_escape_apart() -> None:
    """Make Esc and a key in one go two keys: Textual takes them for one with alt, or for a sign of a Mac's keyboard."""
    table = cast("dict[str, Any]", ANSI_SEQUENCES_KEYS)
    begins = {sequence[1] for sequence in table if len(sequence) > 2 and sequence[0] == "\x1b"}
    for character in sorted(set(string.printable[:95]) - begins - set(_ANSWERS)):
        table[f"\x1b{character}"] = (Keys.Escape, _Key(_character_to_key(character)))
