"""OneRoster 1.2, Clever and SDS of the only district, in one process: by the program, or by the least that they can be.

    python -m benchmarks.feed_floor FOLDER [--floor]

The floor reads the same rows by the same SQL and writes the same bytes by csv.writer, into the same ZIP: nothing is judged,
checked, left out or told. The cells of a bundle it takes out of the one that the program wrote into FOLDER before, by
csv.reader, which is the quickest way to have them made. Prints one JSON document: CPU seconds of each feed, and of the floor
whether it wrote the same.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path

from aeries_tui.master.database import connect
from aeries_tui.master.fence import Value
from aeries_tui.master.roster import roster_rows as master
from aeries_tui.operations.district import District, find_district
from aeries_tui.operations.feeds import facts_of, find_feed, write_files
from aeries_tui.settings.feeds import Feed, FeedFile

FEEDS = ("oneroster-1.2", "clever", "sds")
_READ = {
    "academicSessions": (master.terms, master.schools_with_year_classes),
    "orgs": (master.schools,),
    "courses": (master.courses, master.sections_without_course, master.homerooms),
    "classes": (master.sections,),
    "users": (master.staff, master.students),
    "roles": (master.staff, master.schools_of_students),
    "enrollments": (master.teachings, master.enrollments),
}
"""What each file of the bundle is made of."""


def _program(district: District, feed: Feed, folder: Path) -> bool:
    write_files(district, feed, folder)
    return True


def _floor(district: District, feed: Feed, folder: Path) -> bool:
    with (
        tempfile.TemporaryDirectory(dir=folder) as name,
        closing(connect(district.files.master, read_only=True)) as db,
    ):
        if not feed.files:
            return _floor_of_bundle(db, folder / f"{feed.name}.zip", Path(name) / "bundle.zip")
        db.row_factory = None
        facts = {**facts_of(district)}
        return all(_floor_of_query(db, facts, feed, one, folder, Path(name)) for one in feed.files)


def _floor_of_query(
    db: sqlite3.Connection, facts: dict[str, Value], feed: Feed, one: FeedFile, folder: Path, to: Path
) -> bool:
    rows = db.execute(one.sql, facts)
    path = to / one.file
    with path.open("w", newline="", encoding=feed.look.encoding) as file:
        writer = csv.writer(file, lineterminator=feed.look.line_end)
        writer.writerow([column[0] for column in rows.description])
        writer.writerows(rows)
    # Rows that break a rule, of which the floor knows nothing, are more than the program wrote.
    return path.stat().st_size >= (folder / one.file).stat().st_size


def _floor_of_bundle(db: sqlite3.Connection, written: Path, path: Path) -> bool:
    with (
        zipfile.ZipFile(written) as before,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle,
        master.one_state(db),
    ):
        for entry in before.infolist():
            for lists in _READ.get(entry.filename.removesuffix(".csv"), ()):
                for _ in lists(db):
                    pass
            with (
                io.TextIOWrapper(before.open(entry), encoding="utf-8", newline="") as cells,
                bundle.open(entry.filename, "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
            ):
                csv.writer(text).writerows(csv.reader(cells))
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(path) as after:
        return [one.CRC for one in before.infolist()] == [one.CRC for one in after.infolist()]


def main() -> None:
    """Write, and print what it took."""
    folder, way = Path(sys.argv[1]), _floor if "--floor" in sys.argv else _program
    district = find_district(None)
    cpu, same = {}, True
    for name in FEEDS:
        begun = time.process_time()
        same &= way(district, find_feed(district, name), folder / name)
        cpu[name] = round(time.process_time() - begun, 2)
    print(json.dumps({"cpu": cpu, "same": same}))


if __name__ == "__main__":
    main()
