"""A county office: many districts on one machine, made from one that was pulled."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import tomli_w

from aeries_tui.alarms.status_file import master_stamp, read_status, status_path, write_status
from aeries_tui.operations.kept_status import keep_status
from aeries_tui.settings import private_dir, private_writer
from engine.station import CERTIFICATE, Station


def make_county(station: Station, names: Iterable[str], *, daily: str = "") -> None:
    """Give the station's machine these districts, each as the station's own is, with its status file.

    Their Masters are one file under many names, so they are for looking at only; see `own_master`.

    Args:
        station: whose district was pulled.
        names: of the new districts.
        daily: the time of their daily import; blank for off.
    """
    assert keep_status(station.as_district()) == []
    status = read_status(status_path(station.places.statuses, "demo"))
    known = {"url": station.credential.url, "certificate": CERTIFICATE}
    if daily:
        known["daily_import"] = daily
    lines = [station.places.credentials_file.read_text(encoding="utf-8")]
    of_all = shutil.copy(station.district.master, station.places.data_dir.parent / "county.sqlite3")
    for name in names:
        files = station.places.district(name)
        private_dir(files.root)
        files.master.symlink_to(of_all)
        made = msgspec.structs.replace(status, district=name, master=master_stamp(files.master))
        write_status(station.places.statuses, made, mode=0o600)
        lines.append(tomli_w.dumps({"districts": {name: known}}))
    with private_writer(station.places.credentials_file) as file:
        file.write("\n".join(lines).encode())


def own_master(station: Station, name: str) -> Path:
    """Give a district of the county a Master of its own, and forget what was kept of it; returns the Master."""
    files = station.places.district(name)
    files.master.unlink()
    shutil.copy(station.district.master, files.master)
    files.master.chmod(0o600)
    status_path(station.places.statuses, name).unlink()
    return files.master
