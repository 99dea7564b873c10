"""What is thrown away after an import, by the settings of [retention], and never anything else."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3

from aeries_tui.master.imports import retention
from aeries_tui.master.imports.erasures import drop_erasures
from aeries_tui.settings import DistrictPlaces, Retention


def tidy(district: DistrictPlaces, master: sqlite3.Connection, keep: Retention, now: dt.datetime) -> None:
    """Drop undo data, old imports' descriptions and files, old logs, and copies from before an upgrade.

    Args:
        district: where the files are.
        master: the Master; the district's lock is held.
        keep: the settings.
        now: the instant, aware.
    """
    retention.drop_undo(master, _text(now - dt.timedelta(days=keep.undo_days)))
    drop_erasures(master, _text(now - dt.timedelta(days=keep.undo_days)))
    for number in retention.drop_imports(master, keep.imports):
        shutil.rmtree(district.imports / str(number), ignore_errors=True)
    retention.thin_warnings(master)
    retention.thin_left_out(master)
    retention.drop_copies(master, district.master)
    for number in retention.ended_before(master, _text(now - dt.timedelta(days=keep.log_days))):
        shutil.rmtree(district.pulls / str(number), ignore_errors=True)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
