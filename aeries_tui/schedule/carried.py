"""What can't stand in a unit or a crontab is refused by name before anything is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from aeries_tui.errors import ConfigurationError
from aeries_tui.schedule.daily_import import DailyImport
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE


def require_carried(wanted: DailyImport, into: str, *, but_in_program: str = "") -> None:
    """Raise ConfigurationError where a path of the daily import can't be written into a text of lines.

    Args:
        wanted: the daily import.
        into: what it is to stand in, for the message.
        but_in_program: letters that the path of the program can't hold there.
    """
    for what, path, remedy in _paths(wanted):
        why = _why_not(path, but_in_program if what == "The program's path" else "")
        if why:
            raise ConfigurationError(
                f"{what} can't stand in {into}: {path!r} {why}.",
                meaning="Nothing was installed.",
                remedy=remedy,
            )
    for name, value in wanted.carried.items():
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value):
            raise ConfigurationError(
                f"The variable {name} of this shell can't stand in {into}.",
                meaning="Nothing was installed.",
                remedy=f"Correct it, or unset {name}.",
            )


def _paths(wanted: DailyImport) -> Iterator[tuple[str, str, str]]:
    """What a path is, the path, and what to do about it."""
    places = wanted.places
    rename = "Rename the directory, or name another in {}."
    yield "The configuration directory", str(places.config_dir), rename.format(CONFIG_DIR_VARIABLE)
    yield "The data directory", str(places.data_dir), rename.format(DATA_DIR_VARIABLE)
    yield "The program's path", wanted.program[0], "Install aeries-tui in a directory with a plain name."
    for path in wanted.writes:
        yield (
            "A folder of [[deliveries]] or alarms.prometheus_directory",
            str(path),
            "Write the whole path of a directory into config.toml.",
        )


def _why_not(path: str, refused: str) -> str:
    """Why a path can't stand there; blank where it can."""
    if not path.startswith("/"):
        return "is not a whole path"
    for letter in path:
        if unicodedata.category(letter) == "Cc":
            return "holds a line break or another control character"
        if unicodedata.category(letter) == "Cs":
            return "is not UTF-8"
        if letter in refused:
            return f"holds {letter}"
    return ""
