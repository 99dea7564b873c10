"""The line one types a search into."""

from __future__ import annotations

import pytest

from aeries_tui.widgets.prompt import LineEditor


def typed(start: str, *keys: str) -> str:
    editor = LineEditor(start)
    for key in keys:
        editor.key(key, key if len(key) == 1 else None)
    return f"{editor.text[: editor.cursor]}|{editor.text[editor.cursor :]}"


@pytest.mark.parametrize(
    ("start", "keys", "text"),
    [
        ("", "abc", "abc|"),
        ("old", "n", "n|"),
        ("old", ("end", "n"), "oldn|"),
        ("old", ("backspace",), "ol|"),
        ("old", ("home", "x"), "x|old"),
        ("old", ("left", "delete", "left", "y"), "oy|l"),
        ("one two", ("ctrl+w",), "one |"),
        ("one two  ", ("ctrl+w",), "one |"),
        ("one two three", ("ctrl+w", "ctrl+w"), "one |"),
        ("one two", ("left", "ctrl+w"), "one |o"),
        ("one two", ("left", "ctrl+u"), "|o"),
        ("", ("backspace", "delete", "left", "right", "ctrl+w"), "|"),
    ],
)
def test_keys_edit_the_line(start: str, keys: tuple[str, ...], text: str) -> None:
    assert typed(start, *keys) == text


def test_what_is_pasted_is_made_harmless_and_other_keys_are_left_alone() -> None:
    editor = LineEditor()
    editor.insert("two\nlines\x1b[31m")
    assert editor.text == "two lines␛[31m"
    assert not editor.key("f1", None)
    assert not editor.key("ctrl+p", "\x10")
