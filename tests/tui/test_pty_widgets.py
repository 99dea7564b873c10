"""The shared widgets in a real pseudo-terminal: start, bytes per key, silence, size, leaving."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tui.pty_app import PtyApp

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).with_name("sample.py")


def environment(**more: str) -> dict[str, str]:
    plain = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    return plain | {"TERM": "xterm-256color", "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"} | more


def started(*args: str, cols: int = 80, rows: int = 24, **more: str) -> PtyApp:
    app = PtyApp([sys.executable, str(SAMPLE), *args], cols, rows, environment(**more))
    app.read_until(lambda text: "Keys" in text and ("row 1" in text or "lines" in text))
    app.read_quiet()
    return app


def test_a_scrolled_line_takes_less_than_6_kb_and_a_cursor_step_less_than_1() -> None:
    with started() as app:
        assert len(app.answer("\x1b[B")) < 1000
        app.send("\x1b[B" * 18)
        app.sees("row 20 of")
        app.read_quiet()
        assert 1000 < len(app.answer("\x1b[B")) < 6000


@pytest.mark.parametrize("which", ["list", "log"])
def test_nothing_is_written_while_nothing_happens(which: str) -> None:
    with started(which) as app:
        assert app.read_quiet(silence=1.2) == b""
        app.send("/")
        app.sees("Search:")
        app.read_quiet()
        assert app.read_quiet(silence=1.2) == b"", "no cursor blinks"


def test_it_follows_the_size_of_the_terminal() -> None:
    with started() as app:
        since = len(app.output)
        app.resize(200, 50)
        app.read_until(lambda text: "Reset password" in text, since=since)


def test_no_color_and_ascii_hold_on_the_wire() -> None:
    with started(LANG="C", NO_COLOR="1") as app:
        app.answer("\x1b[6~")
        sent = bytes(app.output)
        assert sent.isascii()
        codes = {code for found in re.findall(rb"\x1b\[([0-9;]*)m", sent) for code in found.split(b";")}
        assert b"7" in codes
        assert codes <= {b"", b"0", b"1", b"2", b"4", b"7", b"39", b"49"}


def test_the_mouse_is_not_asked_for_and_leaving_restores_the_terminal() -> None:
    with started() as app:
        assert b"\x1b[?1000h" not in app.output
        assert b"\x1b[?1003h" not in app.output
        app.send("q")
        assert app.wait() == 0
        assert b"\x1b[?1049l" in app.output, "the terminal is as it was"


def test_opening_the_search_line_and_typing_into_it_takes_few_bytes() -> None:
    with started() as app:
        assert len(app.answer("/")) < 800
        assert len(app.answer("a")) < 6000


def test_the_help_takes_less_than_8_kb_and_closing_it_writes_only_what_it_covered() -> None:
    for colours in ({}, {"COLORTERM": "truecolor"}):
        with started(**colours) as app:
            assert 1000 < len(app.answer("?")) < 8000
            assert 1000 < len(app.answer("q")) < 8000
            assert len(app.answer("\x1b[15~")) > 2000, "F5 writes all anew, whatever stands there"


@pytest.mark.parametrize(("cols", "rows"), [(80, 24), (200, 50)])
def test_help_and_palette_take_less_than_8_kb_in_every_size(cols: int, rows: int) -> None:
    with started(cols=cols, rows=rows) as app:
        for key, sees in (("?", "Esc closes"), ("\x10", "Go there")):
            since = len(app.output)
            app.send(key)
            app.sees(sees)
            app.read_quiet()
            assert 1000 < len(app.output) - since < 8000, key
            app.answer("\x1b")
