"""The board of all districts of a county, opened in a real pseudo-terminal."""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import msgspec
import tomli_w

from aeries_tui.alarms.status_file import master_stamp, read_status, status_path, write_status
from aeries_tui.settings import Places
from benchmarks.place import DISTRICT, Place
from benchmarks.screens import NARROW, WIDE, opened

DISTRICTS = 500
_F2 = "\x1b[12~"
_TIMES = 5


def measure_board(folder: Path, place: Place, districts: int = DISTRICTS) -> dict[str, Any]:
    """Milliseconds from the key to the rows of so many districts.

    Args:
        folder: of the place.
        place: its district was pulled.
        districts: how many others like it are added; their Masters are one file, which the board does not open.
    """
    _add(folder, place, districts - 1)
    found: dict[str, Any] = {}
    for size in (WIDE, NARROW):
        shown = f"{size[0]}x{size[1]}"
        times = []
        for _ in range(_TIMES):
            with opened(place, size) as app:
                app.read_quiet(1.5)  # what is loaded after the start is there by then
                begun, since = perf_counter(), len(app.output)
                app.send(_F2)
                app.read_until(lambda text: f"row 1 of {districts}" in text, since=since)
                times.append(perf_counter() - begun)
        found[f"board of {districts} districts opened, {shown}, median ms"] = round(1000 * median(times))
    return found


def _add(folder: Path, place: Place, districts: int) -> None:
    """Districts like the one of the place, each with what is kept of it for the board."""
    places = Places(folder / "config", folder / "data")
    status = read_status(status_path(places.statuses, DISTRICT))
    credentials = folder / "config" / "credentials.toml"
    (known,) = tomllib.loads(credentials.read_text(encoding="utf-8"))["districts"].values()
    every = {DISTRICT: known}
    for number in range(districts):
        name = f"county-{number:03}"
        every[name] = known
        files = places.district(name)
        files.root.mkdir(mode=0o700)
        files.master.symlink_to(place.master)
        made = msgspec.structs.replace(status, district=name, master=master_stamp(files.master))
        write_status(places.statuses, made, mode=0o600)
    credentials.write_text(tomli_w.dumps({"districts": every}), encoding="utf-8")
