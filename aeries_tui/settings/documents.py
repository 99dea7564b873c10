"""Reading the TOML files of the configuration, and saying what is wrong with them."""

from __future__ import annotations

import difflib
import errno
import os
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aeries_tui.errors import ConfigurationError
from aeries_tui.os_errors import NO_FILE, Refusal, leads_nowhere, no_folder, refusal_of
from aeries_tui.trust import refuse_distrusted


def read_toml_text(path: Path) -> str | None:
    """The text of a file of the configuration, which nobody but this user and root can change; None when there is none."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():  # a pipe is waited for without end
            raise _unreadable(path, NO_FILE)
        content = path.read_bytes()
        refuse_distrusted(path)
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        nowhere = no_folder(path.parent) or leads_nowhere(path)
        if nowhere is not None:
            raise _unreadable(path, nowhere) from None
        return None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"{path}, line {line}: the text is not UTF-8.",
            remedy="Save the file as UTF-8, then try again.",
        ) from None
    except OSError as error:
        raise _unreadable(path, no_folder(path.parent) or refusal_of(error)) from error


def _unreadable(path: Path, why: Refusal) -> ConfigurationError:
    return ConfigurationError(f"{path} can't be read: {why.what}.", remedy=why.remedy)


def parse_toml(path: Path, content: str) -> dict[str, Any]:
    """The document; ConfigurationError with the line where it is no TOML. The text itself is not shown."""
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)|\(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else content.count("\n") + 1
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)).split(":")[0]
        raise ConfigurationError(
            f"{path}, line {line}: this is not valid TOML ({reason}).",
            remedy="Correct the line; text stands in quotes, and every key on a line of its own.",
        ) from None


def wrong_key(path: Path, line: int | None, key: str, what: str, hint: str) -> ConfigurationError:
    """The error for one key: file, line where known, key, what is wrong, the nearest valid name."""
    place = f"{path}, line {line}" if line else str(path)
    return ConfigurationError(
        f"{place}: {key} {what}.",
        remedy=hint,
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the valid name that looks most alike; blank when none does."""
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f'Is "{near[0]}" meant?' if near else ""


def line_of(lines: list[str], section: str, key: str) -> int | None:
    """The number of the line where a key of a section (or the section itself) is written plainly."""
    section_here = ""
    wanted = f"{section}.{key}" if section else key
    for at, line in enumerate(lines, 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        if header:
            section_here = re.sub(r"\s*\.\s*", ".", header[1].replace('"', ""))
            if section_here == wanted or section_here.startswith(f"{wanted}."):
                return at
            continue
        match = re.match(r"""\s*["']?([^"'=]+?)["']?\s*=""", line)
        if match and (f"{section_here}.{match[1]}" if section_here else match[1]) == wanted:
            return at
    return None
