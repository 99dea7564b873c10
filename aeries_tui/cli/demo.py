"""`demo`: everything on a simulated district, with a configuration that is thrown away."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aeries_tui.cli import run as run_command
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say
from aeries_tui.demo.served import Ready, ServedDistrict
from aeries_tui.errors import WrongUse
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, InFile, find_places

DISTRICT = "demo"
_JOURNEY = (
    ("Test the credential", ["check"]),
    ("Update the school list", ["schools", "update"]),
    ("Make ALI schools from Aeries schools and map them", ["schools", "create-ali", "--from-aeries", "all"]),
    ("See the mapping", ["schools", "list"]),
    ("Pull", ["pull", "--acknowledge", "--trigger", "demo"]),
    ("See what to do about the problems", ["troubleshooting"]),
    ("Pull again: nothing is left to do", ["pull", "--trigger", "demo"]),
)
_GOOD_ENOUGH = {0, 4}


def demo(options: argparse.Namespace) -> int:
    """Open the UI on a simulated district, go through the journey without a screen, or only serve."""
    if not 1 <= options.students <= 2_000_000:
        raise WrongUse("--students takes a number from 1 to 2,000,000.")
    if options.serve:
        return _serve(options)
    if options.json:
        raise WrongUse("--json goes with --serve.")
    if not options.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUse("The terminal UI needs a terminal.", remedy="Without one: aeries-tui demo --headless.")
    with _throw_away_places(), _served(options) as served:
        credential = Credential(DISTRICT, served.url, InFile(Secret(served.certificate)))
        CredentialStore(find_places().credentials_file).add(credential)
        return _headless() if options.headless else _ui(options)


@contextlib.contextmanager
def _served(options: argparse.Namespace) -> Iterator[ServedDistrict]:
    with ServedDistrict.as_process(options.students, options.seed, "--port", str(options.port)) as served:
        yield served


@contextlib.contextmanager
def _throw_away_places() -> Iterator[None]:
    """Configuration and data of this process, and of what it starts, in a directory that goes when it ends."""
    with tempfile.TemporaryDirectory(prefix="aeries-tui-demo-") as folder:
        os.environ["AERIES_TUI_CONFIG_DIR"] = str(Path(folder, "config"))
        os.environ["AERIES_TUI_DATA_DIR"] = str(Path(folder, "data"))
        yield


def _headless() -> int:
    worst = 0
    for title, words in _JOURNEY:
        line()
        line(f"== {title}: aeries-tui {' '.join(words)}")
        sys.stdout.flush()
        status = run_command(words)
        if status not in _GOOD_ENOUGH:
            return status
        worst = max(worst, status if words[0] != "pull" else 0)
    return worst


def _ui(options: argparse.Namespace) -> int:
    """Prepare all up to the point where the user would press Pull, then open the UI."""
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        for _, words in _JOURNEY[:3]:
            status = run_command(words)
            if status:
                return status
    return run_command([])


def _serve(options: argparse.Namespace) -> int:
    with _served(options) as served:
        say(f"Serving {options.students:,} simulated students until Ctrl+C.")
        if options.json:
            print_document(Ready(served.url, served.port, served.certificate))
        else:
            line(f"url          {served.url}")
            line(f"certificate  {served.certificate}")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0
