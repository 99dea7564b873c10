"""The whole program in a real pseudo-terminal: start, silence, signals, a line that drops, stray bytes."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from aeries_tui.master.imports import imports
from aeries_tui.pull.lock import locked
from engine import PaperAeries, Station
from tui.pty_app import PtyApp

ROOT = Path(__file__).parents[2]
DARK_GROUND, LIGHT_GROUND = b"48;2;27;29;33", b"48;2;255;255;255"
WAY_IN = [sys.executable, "-m", "aeries_tui"]


def environment(station: Station, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(station.places.config_dir.parent),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        "AERIES_TUI_CONFIG_DIR": str(station.places.config_dir),
        "AERIES_TUI_DATA_DIR": str(station.places.data_dir),
    } | more


def started(station: Station, **more: str) -> PtyApp:
    app = PtyApp(WAY_IN, 80, 24, environment(station, **more))
    app.read_until(lambda text: "Keys" in text and "demo" in text)
    app.read_quiet()
    return app


def test_nothing_is_written_while_nothing_happens(station: Station) -> None:
    station.map()
    with started(station) as app:
        assert app.read_quiet(silence=1.7) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(station: Station, number: signal.Signals) -> None:
    with started(station) as app:
        app.signal(number)
        assert app.wait() == 128 + number
        assert b"\x1b[?1049l" in app.output
        assert b"\x1b[?25h" in app.output


def test_a_line_that_drops_leaves_no_process(station: Station) -> None:
    app = started(station)
    app.hang_up()
    assert app.wait_for_end() in {128 + signal.SIGHUP, -signal.SIGHUP}


def test_stray_mouse_bytes_harm_nothing(station: Station) -> None:
    with started(station, SSH_CONNECTION="1 2 3 4") as app:
        assert b"\x1b[?1000h" not in app.output
        app.send(b"\x1b[M \xf0\xe9")
        app.read_quiet()
        app.send("2")
        app.sees("Instance URL")
        app.send("q")
        assert app.wait() == 0


def test_the_title_of_the_window_names_the_district(station: Station) -> None:
    with started(station) as app:
        assert b"\x1b]2;aeries-tui - demo\x07" in app.output


def test_esc_and_a_digit_in_one_go_are_two_keys(station: Station) -> None:
    with started(station) as app:
        app.send("?")
        app.sees("Esc closes")
        app.read_quiet()
        app.send("\x1b2")
        app.sees("Instance URL")
        app.send("q")
        assert app.wait() == 0


def test_ctrl_z_stops_the_program_and_going_on_paints_it_anew(station: Station) -> None:
    with started(station) as app:
        app.send("\x1a")
        app.read_until(lambda _: b"\x1b[?1049l" in app.output)
        assert os.WIFSTOPPED(os.waitpid(app.pid, os.WUNTRACED)[1])
        app.signal(signal.SIGCONT)
        since = len(app.output)
        app.read_until(lambda text: "Keys" in text and "demo" in text, since=since)
        assert b"\x1b[?1049h" in app.output[since:]
        app.read_quiet()
        app.send("q")
        assert app.wait() == 0


def test_leaving_while_a_pull_runs_says_what_goes_on_and_how_to_watch_it(station: Station) -> None:
    station.map()
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    with locked(station.district.lock, "pull"), started(station) as app:
        app.send("q")
        assert app.wait() == 0
        assert f"Import {number} of demo goes on." in app.text()
        assert f"aeries-tui log {number} --follow --district demo" in app.text()


def test_a_dumb_terminal_is_refused_with_a_pointer(station: Station) -> None:
    with PtyApp(WAY_IN, 80, 24, environment(station, TERM="dumb")) as app:
        assert app.wait() == 2
        assert "see aeries-tui --help" in app.text()
        assert b"\x1b[" not in app.output


def test_a_wrong_key_in_the_configuration_is_named_before_any_screen(station: Station) -> None:
    station.places.config_file.write_text('[keys]\nhome-pul = "x"\n')
    with PtyApp(WAY_IN, 80, 24, environment(station)) as app:
        assert app.wait() == 2
        assert "home-pull" in app.text()


def test_the_terminals_ground_decides_and_a_late_answer_is_no_key(station: Station) -> None:
    with PtyApp(WAY_IN, 80, 24, environment(station, COLORTERM="truecolor")) as app:
        app.read_until(lambda _: b"\x1b]11;?" in app.output)
        app.send("\x1b]10;rgb:0000/0000/0000\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
        app.read_until(lambda text: "Keys" in text and "demo" in text)
        app.read_quiet()
        assert LIGHT_GROUND in app.output
        assert DARK_GROUND not in app.output
        since = len(app.output)
        app.send("\x1b]10;rgb:ffff/ffff/ffff\x07\x1b]11;rgb:00")
        app.read_quiet()
        app.send("00/0000/0000\x07")
        app.read_until(lambda _: DARK_GROUND in app.output[since:])  # it follows
        app.read_quiet()
        assert LIGHT_GROUND not in app.output[since:]
        assert "Filter:" not in app.text(since), "f of ffff is no key"


def test_a_terminal_that_does_not_answer_is_not_waited_for_and_what_was_typed_counts(
    station: Station,
) -> None:
    with PtyApp(WAY_IN, 80, 24, environment(station, COLORTERM="truecolor")) as app:
        app.read_until(lambda _: b"\x1b]11;?" in app.output)
        app.send("2")
        app.sees("Instance URL")
        assert DARK_GROUND in app.output


def test_over_ssh_colours_take_few_bytes(station: Station) -> None:
    with started(station, SSH_CONNECTION="1 2 3 4", COLORTERM="truecolor") as app:
        assert b"48;5;234" in app.output
        assert b";2;" not in app.output.replace(b"[?2;", b"")


TYPED_CERTIFICATE = "Zk3vQ9xw77TlPqRs01MnBbCcDd5Ee6Ff"
TYPED_PHRASE = "violet-anchor-82-meadow"


def holds(text: bytes, secret: str) -> bool:
    """Whether a text has the secret, or its letters one by one as a log of keys has them."""
    letters = re.findall(rb"key='(.)'", text)
    return secret.encode().lower() in text.lower() or secret.encode() in b"".join(letters)


def test_no_secret_that_is_typed_is_in_any_file_whatever_is_set_to_find_defects(
    station: Station, tmp_path: Path
) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    told = tmp_path / "told"
    told.mkdir()
    debugging = {
        "TEXTUAL": "devtools,debug", "TEXTUAL_LOG": str(told / "textual.log"), "TEXTUAL_DEBUG": "1",
        "TEXTUAL_SCREENSHOT": "1", "TEXTUAL_SCREENSHOT_LOCATION": str(told), "TEXTUAL_SCREENSHOT_FILENAME": "x.svg",
        "TEXTUAL_DEVTOOLS_PORT": "1", "TEXTUAL_SHOW_RETURN": "1", "PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1",
        "PYTHONFAULTHANDLER": "1", "PYTHONWARNINGS": "default", "TMPDIR": str(told),
    }  # fmt: skip
    with started(station, **debugging) as app:

        def then(keys: str, *words: str) -> None:
            app.answer(keys)
            app.sees(*words)
            app.read_quiet()

        then("2", "Instance URL")
        then("a", "New credential")
        then("lincoln\t", "lincoln")
        then("https://x.example/admin\t", "x.example")
        then(TYPED_CERTIFICATE, "32 characters")
        then("\x1b", "Leave")
        then("y", "demo")
        for digit, word in (
            ("3", "Schools"),
            ("4", "Pull"),
            ("5", "Results"),
            ("7", "Archive"),
            ("6", "People"),
        ):
            then(digit, word)
        then("\r", "Student")
        then("t", "Password of")
        then(TYPED_PHRASE, "•")
        then("\r", "log in")
        then("\x1b", "Student")
        app.send("q")
        assert app.wait() == 0
        seen = bytes(app.output)
    assert list(told.iterdir()) == []
    assert not Path("keys.log").exists()  # TEXTUAL_DEBUG writes one wherever it is started
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    files |= {path: path.read_bytes() for path in station.places.data_dir.parent.rglob("*") if path.is_file()}
    for path, content in (*files.items(), ("the terminal", seen)):
        for secret in (TYPED_CERTIFICATE, TYPED_PHRASE):
            assert not holds(content, secret), path
