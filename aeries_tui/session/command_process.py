"""Starting a command beside the screens: a process of its own that outlives them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

import msgspec

from aeries_tui.errors import AeriesTuiError, Problem, error_of
from aeries_tui.settings import Places
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

_READ = 100_000_000


class CommandProcess:
    """A command that was started here.

    It belongs to no terminal: closing the screens, the terminal or the connection does not end it.
    What it prints goes into a file without a name, so that one that could not begin can say why.

    Args:
        places: the configuration and data it uses.
        words: the command after `aeries-tui`; everybody on this machine can read them.
        typed: what it reads from its standard input; nobody else does.
        hear: keep what it says beside its output, for `said`.
    """

    def __init__(self, places: Places, words: Sequence[str], *, typed: str = "", hear: bool = False) -> None:
        self._told: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by leave()
        self._heard: IO[bytes] | None = tempfile.TemporaryFile() if hear else None  # noqa: SIM115 - likewise
        self._what = f"aeries-tui {words[0]}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aeries_tui", *words],
            stdin=subprocess.PIPE,
            stdout=self._told,
            stderr=self._heard or subprocess.DEVNULL,
            start_new_session=True,
            env={
                **os.environ,
                CONFIG_DIR_VARIABLE: str(places.config_dir),
                DATA_DIR_VARIABLE: str(places.data_dir),
            },
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(typed.encode())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def wait(self) -> None:
        """Wait for its end."""
        self._process.wait()

    def refusal(self) -> AeriesTuiError | None:
        """Why it did not begin, as the error that it ended with; None while it runs, or where something came of it."""
        status, document = self.status, self._document()
        # The document of an import has a problem of its own, which is no refusal.
        if status is None or "import" in document or (document and "problem" not in document):
            return None
        try:
            problem = msgspec.convert(document.get("problem"), Problem)
        except msgspec.ValidationError:
            return AeriesTuiError(
                f"{self._what} ended with status {status} and without a word.",
                meaning="The District Master changes only in whole steps: it is as it was before or after one.",
                remedy=f"Run {self._what} in a shell and read what it says.",
            )
        return error_of(str(document.get("error")), problem)

    def refusals(self) -> dict[str, str]:
        """Of a command for many districts that has ended: of which no import came, why, and what to do."""
        found = self._document().get("districts")
        told = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return {
            str(one.get("district")): " ".join(
                str(one["problem"][part])
                for part in ("message", "meaning", "remedy")
                if one["problem"].get(part)
            )
            for one in told
            if "import" not in one and isinstance(one.get("problem"), dict)
        }

    @property
    def said(self) -> str:
        """What it has said so far beside its output; blank where nobody wanted to hear it."""
        return os.pread(self._heard.fileno(), _READ, 0).decode("utf-8", "replace") if self._heard else ""

    def _document(self) -> dict[str, object]:
        try:
            text = os.pread(self._told.fileno(), _READ, 0)
            document = json.loads(text or b"{}")
        except (OSError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}

    def leave(self) -> None:
        """Let it go on alone; it is not asked about again."""
        self._told.close()
        if self._heard is not None:
            self._heard.close()
        # Nobody waits for it any more, and that is meant; otherwise the interpreter complains at its end.
        if self._process.poll() is None:
            self._process.returncode = 0
