"""The stored Masters, one of each layout that ever was: `python -m tests.master.stored` stores one of today's.

They lie as SQL text in `tests/data/masters`. One that is there is never made anew: it shows what a program of its
time left behind.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from aeries_tui.master.layout import Layout, layout_of, write_layout  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "masters"


def dump(path: Path) -> str:
    """A database as SQL text, with what it says of itself."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        layout = layout_of(db)
        head = f"-- application_id {layout.kind}, user_version {layout.number}\n"
        return head + "\n".join(db.iterdump()) + "\n"


def load(name: str, path: Path) -> Path:
    """Make the database at `path` of a stored text; returns the path."""
    text = (FOLDER / f"{name}.sql").read_text("utf-8")
    kind, number = (int(word.split()[1]) for word in text.partition("\n")[0].removeprefix("-- ").split(", "))
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(text)
        write_layout(db, Layout(kind, number))
    path.chmod(0o600)
    return path


def store() -> Path:
    """Store a Master of today's layout, with a small roster in it; returns the file."""
    from aeries_tui.master.schema import newest
    from aeries_tui.who import user_name
    from engine import PaperAeries, Station

    target = FOLDER / f"{newest()}.sql"
    if target.exists():
        raise SystemExit(f"{target} is there already; a layout that was ever on main does not change.")
    with tempfile.TemporaryDirectory() as folder:
        station = Station(Path(folder))
        station.aeries = PaperAeries.usual(3, (7,))
        station.map(7, 9)
        station.pull()
        station.aeries.lists["7/students"].pop()
        station.aeries.lists["7/classes"].pop()
        for row in station.aeries.lists["7/students"]:
            row["FirstName"] = "Changed"
        station.pull()
        text = (
            dump(station.district.master)
            .replace(folder, "/home/admin")
            .replace(f"'{user_name()}'", "'admin'")
        )
        target.write_text(text, "utf-8")
    return target


if __name__ == "__main__":
    print(store())
