"""Comparisons of a Master with lists: what one found, and the files in which the newest are kept to be seen again.

Each is a file of its own beside the Master. It holds names, so it is kept for a short time, and an erasure takes all of
them away: whoever has the list compares again.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.master.database import now_text
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.layout import COMPARISON, Layout, layout_of, number_of, write_layout
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.settings import private_dir, private_part

SIGNS: Mapping[str, str] = {
    "=": "same", "*": "differs", "+": "only in the District Master", "-": "only in the list", "!": "could not be read",
}  # fmt: skip
"""What each sign says; the signs are those of rclone's check."""

KEPT = 10
"""Comparisons of a district that are kept."""
KEPT_DAYS = 30
"""Days for which one is kept."""

_DDL = """
CREATE TABLE comparison (
    made_at TEXT NOT NULL, list TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, columns TEXT NOT NULL,
    ignored TEXT NOT NULL
);
CREATE TABLE compared (
    place INTEGER PRIMARY KEY, sign TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    fields TEXT NOT NULL, line INTEGER NOT NULL, differences TEXT NOT NULL, problem TEXT NOT NULL
);
CREATE INDEX compared_sign ON compared (sign);
"""
_LAYOUT = Layout(COMPARISON, number_of(_DDL))


@dataclass(frozen=True, slots=True)
class Compared:
    """One person of a comparison.

    Attributes:
        sign: one of `SIGNS`.
        key: by which the person was matched; of a row that could not be read what stood there.
        id: in the Master; blank for none.
        name: last and first name, as the Master has them, else the list.
        differences: by field what the Master has and what the list has.
        line: of the list; 0 for none.
        problem: why the row could not be read.
    """

    sign: str
    key: str
    id: str
    name: str
    differences: Mapping[str, tuple[str, str]]
    line: int
    problem: str = ""


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        kind: student or staff.
        key: the field by which people were matched.
        columns: of the list, by the field that each was taken for.
        ignored: columns of the list that say nothing that the Master has.
        counts: rows of each sign.
        rows: those that differ first, those that are the same last.
    """

    kind: PersonKind
    key: str
    columns: Mapping[str, str]
    ignored: Sequence[str]
    counts: Mapping[str, int]
    rows: Sequence[Compared]

    @property
    def is_same(self) -> bool:
        """Whether the list says what the Master says, of everybody."""
        return all(not count for sign, count in self.counts.items() if sign != "=")


@dataclass(frozen=True)
class Kept:
    """A comparison that is kept; its rows stay in the file.

    Attributes:
        path: the file.
        made_at: when it was made, UTC.
        list: the file with which the Master was compared.
        found: what came of it, without rows.
    """

    path: Path
    made_at: str
    list: str
    found: Comparison


def keep(folder: Path, listed: str, found: Comparison) -> Kept:
    """Keep a comparison, and take away those that are too old or too many.

    Args:
        folder: of the district's comparisons.
        listed: the file with which the Master was compared.
        found: what came of it.

    Raises:
        MasterError: the disk.
    """
    with clear_errors(folder):
        # By their names the newest come last, two of one second in any order.
        path = private_dir(folder) / f"{time.time():013.2f}-{secrets.token_hex(2)}.sqlite3"
        with private_part(path) as part, contextlib.closing(sqlite3.connect(part)) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.executescript(_DDL)
            write_layout(db, _LAYOUT)
            db.execute(
                """
                INSERT INTO comparison (made_at, list, kind, key, columns, ignored)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                (now_text(), listed, found.kind, found.key, json.dumps(dict(found.columns)), json.dumps(list(found.ignored))),
            )  # fmt: skip
            db.executemany(
                """
                INSERT INTO compared (place, sign, key, id, name, fields, line, differences, problem)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    (place, row.sign, row.key, row.id, row.name, ", ".join(row.differences).replace("_", " "), row.line,
                     json.dumps(dict(row.differences)), row.problem)
                    for place, row in enumerate(found.rows, 1)
                ),
            )  # fmt: skip
            db.commit()
        drop_old(folder)
    kept = read_kept(path)
    assert kept is not None
    return kept


def kept_in(folder: Path) -> list[Kept]:
    """The comparisons that are kept, the newest first; those of another layout are passed over."""
    return [kept for path in reversed(_files(folder)) if (kept := read_kept(path)) is not None]


def read_kept(path: Path) -> Kept | None:
    """A comparison that is kept; None where the file is gone, or is of another layout."""
    try:
        with _opened(path) as db:
            if layout_of(db) != _LAYOUT:
                return None
            made_at, listed, kind, key, columns, ignored = db.execute(
                "SELECT made_at, list, kind, key, columns, ignored FROM comparison"
            ).fetchone()
            found = dict(db.execute("SELECT sign, count(*) FROM compared GROUP BY sign"))
    except sqlite3.Error:
        return None
    counts = {sign: int(found.get(sign, 0)) for sign in SIGNS}
    return Kept(
        path, made_at, listed, Comparison(kind, key, json.loads(columns), json.loads(ignored), counts, ())
    )


def rows_of(path: Path, signs: Iterable[str]) -> Iterator[tuple[int, Compared]]:
    """The rows of a comparison that have one of the signs, with their places from 1, in order; raises MasterError."""
    with clear_errors(path), _opened(path) as db:
        for row in db.execute(
            """
            SELECT place, sign, key, id, name, differences, line, problem
            FROM compared
            WHERE instr(?, sign)
            ORDER BY place
            """,
            ("".join(signs),),
        ):
            yield int(row[0]), _compared(*row[1:])


def row_at(path: Path, place: int) -> Compared | None:
    """The row at a place, from 1; raises MasterError."""
    with clear_errors(path), _opened(path) as db:
        row = db.execute(
            "SELECT sign, key, id, name, differences, line, problem FROM compared WHERE place = ?",
            (place,),
        ).fetchone()
    return None if row is None else _compared(*row)


def _compared(
    sign: str, key: str, person: str, name: str, differences: str, line: int, problem: str
) -> Compared:
    pairs = {field: (ours, theirs) for field, (ours, theirs) in json.loads(differences).items()}
    return Compared(sign, key, person, name, pairs, line, problem)


def drop_old(folder: Path) -> None:
    """Take away what is too old, or beyond the newest ones; raises OSError."""
    files = _files(folder)
    oldest = time.time() - KEPT_DAYS * 86_400
    for place, path in enumerate(reversed(files)):
        if place >= KEPT or path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def drop_all(folder: Path) -> int:
    """Take all of them away; returns how many; raises OSError."""
    files = _files(folder)
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.sqlite3") if not path.is_symlink())


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
        yield db
