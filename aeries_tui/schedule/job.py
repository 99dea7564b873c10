"""What systemd and cron have in common here: a job that is previewed, installed, read back, removed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from aeries_tui import processes
from aeries_tui.schedule.daily_import import DailyImport
from aeries_tui.settings.machine import secrets_dir

Agreement = Literal["agrees", "off", "missing", "left_over", "differs", "not_enabled", "twice"]

Today = Callable[[], dt.date]

TRIAL_SECONDS = 120.0
"""Seconds that a job may take to be tried out."""

SHORT = 30.0
"""Seconds that systemctl, loginctl or crontab may take."""


@dataclass(frozen=True)
class Planned:
    """A file, or a part of one, as installing writes it.

    Attributes:
        place: where it goes: a path, or "the crontab of NAME".
        text: its content.
    """

    place: str
    text: str


class Scheduler(Protocol):
    """One way of starting the daily import of districts."""

    @property
    def mechanism(self) -> str:
        """For a person: "a systemd timer of this user"."""

    def preview(self, wanted: DailyImport) -> tuple[Planned, ...]:
        """What installing writes; nothing is touched."""

    def install(self, wanted: DailyImport) -> None:
        """Write and start it, in the place of what is there; raises ScheduleError and undoes what it began."""

    def remove(self, district: str) -> bool:
        """Take everything of a district away; False when nothing was there. A running pull goes on."""

    def agreement(self, district: str, wanted: DailyImport | None) -> Agreement:
        """Whether what is installed is what the settings want (None: nothing)."""

    def installed(self, districts: Collection[str]) -> frozenset[str]:
        """Those districts, and `ALL`, of which something is installed, asked for at once; raises ScheduleError."""

    def carries(self, district: str) -> frozenset[str]:
        """The names of the shell's variables (`CARRIED`) that the installed job hands to its runs."""

    def notes(self, wanted: DailyImport) -> tuple[str, ...]:
        """What a person should know about this way of starting it, one sentence or two each."""


def withheld_notes(wanted: DailyImport) -> Iterator[str]:
    """Where a variable with a password in it has to stand, since everybody can read a unit and the list of processes."""
    file = secrets_dir(wanted.places) / "environment"
    for name in wanted.withheld:
        if not _sets(file, name):
            yield (
                f"{name} holds a password, so it is not written where others can read it. Write the line {name}=… into "
                f"{file}, then install the timer again."
            )


def _sets(file: Path, name: str) -> bool:
    try:
        return re.search(rf"^{name}=", file.read_text("utf-8", "replace"), re.MULTILINE) is not None
    except OSError:
        return False


def said(ended: processes.Finished) -> str:
    """The last line of what a system tool complained, harmless to print; the ending where it said nothing."""
    lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()
    line = "".join(letter for letter in (lines[-1] if lines else "") if letter.isprintable())[:200]
    return line or ended.in_words()
