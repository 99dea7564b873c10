"""Pull a school district's roster out of Aeries, safely, every day."""

from pathlib import Path as _Path

RELEASE = "0.3.0"
"""The newest release, which this is or comes after."""


def _built() -> str:
    try:
        return _Path(__file__).with_name("VERSION").read_text("ascii").strip()
    except OSError:  # a source tree that was never built or installed
        return RELEASE


__version__ = _built()
