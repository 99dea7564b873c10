"""The header of a query's file: `-- key: value` comments above the SQL."""

from __future__ import annotations

import re
import stat
from pathlib import Path

_LARGEST_FILE = 1_000_000
_LINE = re.compile(r"--\s*([A-Za-z_]+)\s*:\s*(.*?)\s*$")


class UnfitFile(ValueError):
    """A file that can't be used; the text is a sentence that begins with its path."""


def read_query(path: Path) -> dict[str, str]:
    """What stands in the header by key, in small letters, and the whole text as `sql`; raises UnfitFile."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would be waited for.
            raise UnfitFile(f"{path} is not a file.")
        if status.st_size > _LARGEST_FILE:
            raise UnfitFile(f"{path} is larger than {_LARGEST_FILE:,} bytes.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnfitFile(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise UnfitFile(f"{path} is not UTF-8.") from None
    try:
        return split_query(text)
    except ValueError as error:
        raise UnfitFile(f"{path}, {error}") from None


def split_query(text: str) -> dict[str, str]:
    """The same of a text; raises ValueError where a key stands twice."""
    header: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("--"):
            break
        match = _LINE.match(line.strip())
        if match is None:
            continue
        key = match[1].lower()
        if key in header:
            raise ValueError(f"line {number}: {key} stands there twice.")
        header[key] = match[2]
    return {**header, "sql": text}
