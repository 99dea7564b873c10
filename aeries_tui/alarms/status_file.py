"""How each district of the machine stands, in a file that everybody on it may read: counts and dates, nobody's data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from aeries_tui.alarms.verdict import Verdict, verdict
from aeries_tui.errors import MasterError
from aeries_tui.os_errors import refusal_of
from aeries_tui.outcome import Outcome
from aeries_tui.settings import private_writer


class StatusFile(msgspec.Struct):
    """What stands in the file, as JSON.

    Attributes:
        district: its name.
        written_at: when, UTC.
        latest_import: the number of the newest import; None before the first.
        latest_outcome: its outcome.
        latest_ended_at: when it ended, UTC.
        last_good_outcome: of the last import that was completed, with ERROR or without; None for never.
        last_good_ended_at: when that one ended, UTC.
        stale_after_hours: how old it may be, by the setting.
        active: by kind of record, how many the District Master has.
        descriptions: by code, how many problems the newest import described.
    """

    district: str
    written_at: str
    latest_import: int | None
    latest_outcome: Outcome | None
    latest_ended_at: str | None
    last_good_outcome: Outcome | None
    last_good_ended_at: str | None
    stale_after_hours: float
    active: Mapping[str, int]
    descriptions: Mapping[str, int]

    def verdict(self, now: dt.datetime, max_age: dt.timedelta | None) -> Verdict:
        """How the district stands at a moment; `max_age` None for the setting."""
        good_at = self.last_good_ended_at
        return verdict(
            self.district,
            latest=self.latest_outcome,
            last_good=self.last_good_outcome,
            last_good_at=dt.datetime.fromisoformat(good_at) if good_at else None,
            now=now,
            max_age=dt.timedelta(hours=self.stale_after_hours) if max_age is None else max_age,
        )


def status_path(directory: Path, district: str) -> Path:
    """The file of a district."""
    return directory / f"{quote(district, safe='')}.json"


def write_status(directory: Path, status: StatusFile) -> None:
    """Write the file whole, for everybody to read; MasterError where it can't be."""
    with private_writer(status_path(directory, status.district), mode=0o644) as file:
        file.write(msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n")


def read_statuses(directory: Path) -> list[StatusFile]:
    """What every file says, by district; MasterError where one can't be read."""
    found = []
    for path in sorted(directory.glob("*.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=StatusFile))
        except (OSError, msgspec.MsgspecError) as error:
            why = refusal_of(error).what if isinstance(error, OSError) else "it is not whole"
            raise MasterError(
                f"{path} can't be read: {why}.", remedy="It is written anew after the next import."
            ) from error
    return found
