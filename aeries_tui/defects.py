"""What is kept of a defect of the program: where in the code it happened, never any value."""

from __future__ import annotations

import os
import platform
import time
import traceback
from pathlib import Path

from aeries_tui import __version__
from aeries_tui.errors import AeriesTuiError
from aeries_tui.settings import find_places, private_dir, private_text_writer


def keep_report(error: BaseException, command: str) -> Path | None:
    """Write a report of a defect into the data directory; returns its path, None where that can't be written.

    Only file names, lines and the error's type are kept: its text may quote data.
    """
    lines = [
        f"aeries-tui {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {command}",
    ]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"{type(cause).__module__}.{type(cause).__name__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    try:
        folder = private_dir(find_places().data_dir / "defects")
        # Many districts may meet the same defect at once, each in a process of its own.
        path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        with private_text_writer(path) as file:
            file.write("\n".join(lines) + "\n")
    except (AeriesTuiError, OSError):
        return None
    return path
