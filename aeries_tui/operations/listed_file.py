"""A list of people as somebody's file has it: a CSV of any usual form, or the users of a OneRoster bundle."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from aeries_tui.errors import ConfigurationError
from aeries_tui.operations.csv_text import SEPARATORS, CsvText, NotCsv, csv_rows, csv_text
from aeries_tui.text import clean_text, fold, in_number

LARGEST = 200_000_000
"""Bytes of a list that is read: a million people are fewer."""

_LONGEST_CELL = 10_000
_LOOKED_AT = 2_000
"""Rows between two looks whether to go on."""
_ROLE_TITLES = ("role", "kind", "usertype")
_NO_PEOPLE_OF_OURS = frozenset({"guardian", "parent", "relative"})
"""Roles of OneRoster 1.2 that neither students nor staff have."""


@dataclass(frozen=True)
class ListedRow:
    """A row of a list.

    Attributes:
        line: where it begins, from 1.
        cells: as many as the header has.
        roles: what the list says the person is; empty where it says nothing.
        problem: why it can't be read; blank where it can.
    """

    line: int
    cells: list[str]
    roles: frozenset[str]
    problem: str = ""

    def is_of(self, kind: str) -> bool:
        """Whether the person may be of a kind, student or staff."""
        if not self.roles:
            return True
        return (
            "student" in self.roles
            if kind == "student"
            else bool(self.roles - {"student"} - _NO_PEOPLE_OF_OURS)
        )


@dataclass(frozen=True)
class ListedFile:
    """A list.

    Attributes:
        path: the file.
        header: its titles.
        rows: those that are not blank.
    """

    path: Path
    header: list[str]
    rows: list[ListedRow]


def read_list(path: Path, going: Callable[[], None]) -> ListedFile:
    """Read a list.

    Args:
        path: a CSV with a header, or a OneRoster bundle.
        going: called now and then; it raises what ends the reading.

    Raises:
        ConfigurationError: it can't be read.
    """
    try:
        if not path.is_file():
            raise _unreadable(
                path,
                "is a folder"
                if path.is_dir()
                else "can't be read: it is no file"
                if path.exists()
                else "can't be read: there is no such file",
            )
        if path.stat().st_size > LARGEST:
            raise _unreadable(path, f"is larger than {LARGEST:,} bytes")
        data = path.read_bytes()
        roles: dict[str, set[str]] | None = None
        if data.startswith(b"PK\x03\x04"):
            data, roles = _users_of(path, data, going)
        header, rows = _rows_of(csv_text(data), going)
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror}") from error
    except NotCsv as error:
        raise _unreadable(path, str(error)) from error
    if not header:
        raise _unreadable(path, "is empty")
    return ListedFile(path, header, list(_listed(header, rows, roles)))


def title_key(text: str) -> str:
    """A title as it is compared: letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def _rows_of(found: CsvText, going: Callable[[], None]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows, read with the separator that gives the header the most cells."""
    broken: NotCsv | None = None
    best, cells = "", 0
    for separator in (found.separator,) if found.separator else SEPARATORS:
        try:
            first = next(_filled(found, separator, going), None)
        except NotCsv as error:
            broken = broken or error
            continue
        if first is not None and len(first[1]) > cells:
            best, cells = separator, len(first[1])
    if cells < 2 and broken is not None:
        raise broken
    if not best:
        return [], []
    rows = list(_filled(found, best, going))
    return rows[0][1], rows[1:]


def _filled(found: CsvText, separator: str, going: Callable[[], None]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, their cells without blanks around."""
    for place, (line, cells) in enumerate(csv_rows(found.text, separator, found.first_line)):
        if place % _LOOKED_AT == 0:
            going()
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def _listed(
    header: list[str], rows: list[tuple[int, list[str]]], roles: dict[str, set[str]] | None
) -> Iterator[ListedRow]:
    titles = [title_key(title) for title in header]
    at = next((titles.index(title) for title in _ROLE_TITLES if title in titles), None)
    sourced = titles.index("sourcedid") if roles is not None and "sourcedid" in titles else None
    for line, cells in rows:
        fitted, problem = _fitted(cells, len(header))
        mine: set[str] = set()
        if at is not None:
            mine = {title_key(fitted[at])}
        elif roles is not None and sourced is not None:
            mine = roles.get(fitted[sourced], mine)
        yield ListedRow(line, fitted, frozenset(mine - {""}), problem)


def _fitted(cells: list[str], width: int) -> tuple[list[str], str]:
    """The cells of a row, as many as the header has, and why they can't be read; blank where they can."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    problem = ""
    if len(cells) != width:
        problem = f"It has {in_number(len(cells), 'cell')}, the header {width:,}."
    elif max(map(len, cells)) > _LONGEST_CELL:
        problem = f"A cell has more than {_LONGEST_CELL:,} characters."
    return [cell[:_LONGEST_CELL] for cell in [*cells, *[""] * width][:width]], problem


def _users_of(path: Path, data: bytes, going: Callable[[], None]) -> tuple[bytes, dict[str, set[str]] | None]:
    """users.csv of a bundle, and the roles of each user where roles.csv has them (OneRoster 1.2)."""
    try:
        with ZipFile(BytesIO(data)) as bundle:
            names = {name.rsplit("/", 1)[-1]: name for name in bundle.namelist()}
            if "users.csv" not in names:
                raise _unreadable(path, "is a ZIP without users.csv")
            if (
                sum(
                    bundle.getinfo(names[one]).file_size for one in ("users.csv", "roles.csv") if one in names
                )
                > LARGEST
            ):
                raise _unreadable(path, f"holds more than {LARGEST:,} bytes")
            users = bundle.read(names["users.csv"])
            roles = bundle.read(names["roles.csv"]) if "roles.csv" in names else None
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ZlibError) as error:
        raise _unreadable(path, "is a ZIP that can't be opened") from error
    return users, None if roles is None else _roles_of(roles, going)


def _roles_of(data: bytes, going: Callable[[], None]) -> dict[str, set[str]] | None:
    header, rows = _rows_of(csv_text(data), going)
    titles = [title_key(title) for title in header]
    if not {"usersourcedid", "role"} <= set(titles):
        return None
    user, role = titles.index("usersourcedid"), titles.index("role")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, cells in rows:
        if len(cells) > max(user, role):
            found[cells[user]].add(title_key(cells[role]))
    return dict(found)


def _unreadable(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(
        clean_text(f"{path} {what}."),
        meaning="Nothing was compared.",
        remedy="Give a CSV with a header, or a OneRoster bundle.",
    )
