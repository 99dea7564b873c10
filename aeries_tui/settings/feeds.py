"""Feeds: the files that others get, as they are declared.

A feed is one query file, or a directory of them in the order in which they are written: those that are built in, those
in `feeds` beside config.toml, and the tables `[[feeds]]`, which name a file, a directory, a built-in one or SQL in
place, and say how the files are to look.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from aeries_tui.settings.documents import nearest
from aeries_tui.settings.sql_header import UnfitFile, read_query, split_query

FOLDER = "feeds"

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_FORMATS = ("csv", "tsv", "jsonl")
_LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
_HEADER_KEYS = ("sentence", "source", "file", "required", "unique", "refers", "one_of")
_TABLE_KEYS = (
    "name", "from", "sql", "format", "encoding", "line_end", "quoting", "cells", "by_school", "zip", *_HEADER_KEYS,
)  # fmt: skip
_PLACES = ("date", "district", "feed", "school")


@dataclass(frozen=True)
class Look:
    """How the files of a feed look.

    Attributes:
        format: csv, tsv or jsonl.
        encoding: of the files.
        line_end: what ends a line.
        quote_all: every cell stands in quotes, not only those that need them.
        safe: cells are made safe for a spreadsheet; otherwise only control characters are taken out.
        by_school: the column by which there is a file for each school; blank for one file.
        zip: the files are put into one ZIP, called after the feed.
    """

    format: str = "csv"
    encoding: str = "utf-8"
    line_end: str = "\n"
    quote_all: bool = False
    safe: bool = False
    by_school: str = ""
    zip: bool = False


@dataclass(frozen=True)
class Reference:
    """Columns whose values must stand in columns of another file of the feed."""

    columns: tuple[str, ...]
    file: str
    there: tuple[str, ...]


@dataclass(frozen=True)
class FeedFile:
    """One file of a feed.

    Attributes:
        where: the file that the query stands in.
        sql: the query; its columns are the file's, in their order.
        file: the name, with `{date}`, `{district}`, `{feed}`, `{school}` where they are to stand.
        required: columns that may not be blank.
        unique: groups of columns whose values stand once together.
        refers: what must stand in other files.
        one_of: columns with the values that they may have.
    """

    where: str
    sql: str
    file: str
    required: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    refers: tuple[Reference, ...] = ()
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Feed:
    """One feed.

    Attributes:
        name: by which commands call it.
        where: where it is declared.
        sentence: what it is.
        files: in the order in which they are written.
        look: how they look.
    """

    name: str
    where: str
    sentence: str
    files: tuple[FeedFile, ...]
    look: Look = field(default_factory=Look)


@dataclass(frozen=True)
class BrokenFeed:
    """A feed that can't be used; `problem` is a sentence that begins with where."""

    name: str
    where: str
    problem: str


class _Wrong(ValueError):
    """What is wrong, ending in a full stop."""


ONEROSTER = {
    f"oneroster-{version}": Feed(
        f"oneroster-{version}",
        "built in",
        f"The CSV bundle of OneRoster {version}, as export oneroster writes it.",
        (),
    )
    for version in ("1.1", "1.2")
}
"""Bundles of OneRoster by name. They have no files of SQL: terms, roles and references take more than a query."""


def feeds(config_file: Path, tables: Iterable[Mapping[str, Any]] = ()) -> list[Feed | BrokenFeed]:
    """All feeds by name; one in `feeds` or `[[feeds]]` replaces a built-in one of its name.

    Args:
        config_file: config.toml; what a table names is looked for beside it.
        tables: its `[[feeds]]`.
    """
    found: dict[str, Feed | BrokenFeed] = {}
    with as_file(files("aeries_tui.exports") / "feeds" / "built_in") as folder:
        built_in = {
            path.name: _from_path(path.name, path) for path in sorted(folder.iterdir()) if path.is_dir()
        }
    found.update(ONEROSTER | built_in)
    own = config_file.parent / FOLDER
    for path in sorted(own.iterdir()) if own.is_dir() else ():
        if path.is_dir() or path.suffix == ".sql":
            found[path.stem] = _from_path(path.stem, path)
    declared: set[str] = set()
    for place, table in enumerate(tables, 1):
        where = f"{config_file}, [[feeds]] number {place}"
        name = str(table.get("name", f"number {place}"))
        try:
            if name in declared:
                raise _Wrong(f"there is a feed {name} already.")
            found[name] = _from_table(where, table, found, config_file.parent)
        except (_Wrong, UnfitFile) as wrong:
            found[name] = BrokenFeed(name, where, f"{where}: {wrong}")
        declared.add(name)
    return [found[name] for name in sorted(found)]


def _from_path(name: str, path: Path) -> Feed | BrokenFeed:
    try:
        return _feed_in(name, path)
    except (_Wrong, UnfitFile) as wrong:
        return BrokenFeed(name, str(path), str(wrong))


def _feed_in(name: str, path: Path) -> Feed:
    if not _NAME.fullmatch(name):
        raise _Wrong(f"{path}: a feed's name is of small letters, digits, - and _.")
    paths = sorted(path.glob("*.sql")) if path.is_dir() else [path]
    if not paths:
        raise _Wrong(f"{path} holds no .sql file.")
    queries = [(one, read_query(one)) for one in paths]
    made = []
    for one, query in queries:
        try:
            made.append(_file(str(one), query, f"{name}.csv" if len(paths) == 1 else f"{one.stem}.csv"))
        except _Wrong as wrong:
            raise _Wrong(f"{one}: {wrong}") from None
    return _whole(Feed(name, str(path), queries[0][1].get("sentence", ""), tuple(made)))


def _from_table(
    where: str, table: Mapping[str, Any], known: Mapping[str, Feed | BrokenFeed], folder: Path
) -> Feed:
    for key in table:
        if key not in _TABLE_KEYS:
            raise _Wrong(
                f"{key} is no key of a feed. {nearest(key, _TABLE_KEYS) or 'There are ' + ', '.join(_TABLE_KEYS) + '.'}"
            )
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _Wrong("name must be of small letters, digits, - and _.")
    if ("from" in table) == ("sql" in table):
        raise _Wrong("a feed has either from (a built-in feed, a file or a directory) or sql.")
    if "sql" in table:
        query = split_query(str(table["sql"]))
        query |= {key: str(table[key]) for key in _HEADER_KEYS if key in table}
        made = _whole(Feed(name, where, query.get("sentence", ""), (_file(where, query, f"{name}.csv"),)))
    else:
        origin = str(table["from"])
        taken = known.get(origin)
        if taken is None:
            path = (folder / origin).expanduser()
            if not path.exists():
                raise _Wrong(f"from names no feed, and there is no {path}.")
            taken = _feed_in(name, path)
        if isinstance(taken, BrokenFeed):
            raise _Wrong(taken.problem)
        if not taken.files:
            raise _Wrong(
                f"from can't be {origin}, which always looks as the standard says; deliver it by its name."
            )
        made = replace(taken, name=name, where=where, sentence=str(table.get("sentence", taken.sentence)))
        if "file" in table:
            if len(made.files) > 1:
                raise _Wrong("file can't be given: this feed has several files, with names of their own.")
            made = replace(made, files=(replace(made.files[0], file=_file_name(str(table["file"]))),))
    return replace(made, look=_look(table))


def _look(table: Mapping[str, Any]) -> Look:
    form = _choice(table, "format", _FORMATS, "csv")
    encoding = str(table.get("encoding", "utf-8"))
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise _Wrong(f"encoding names none that is known: {encoding}.") from None
    by_school = table.get("by_school", "")
    if not isinstance(by_school, str):
        raise _Wrong("by_school must name the column that holds the school's code.")
    if not isinstance(table.get("zip", False), bool):
        raise _Wrong("zip must be true or false.")
    return Look(
        form,
        encoding,
        _LINE_ENDS[_choice(table, "line_end", tuple(_LINE_ENDS), "lf")],
        _choice(table, "quoting", ("needed", "all"), "needed") == "all",
        _choice(table, "cells", ("plain", "safe"), "plain") == "safe",
        by_school,
        bool(table.get("zip", False)),
    )


def _choice(table: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    value = table.get(key, default)
    if value not in known:
        raise _Wrong(f"{key} must be one of {', '.join(known)}.")
    return str(value)


def _file(where: str, query: Mapping[str, str], name: str) -> FeedFile:
    for key in query:
        if key not in (*_HEADER_KEYS, "sql"):
            raise _Wrong(
                f"{key} is no key of a feed's file. {nearest(key, _HEADER_KEYS) or 'There are ' + ', '.join(_HEADER_KEYS) + '.'}"
            )
    return FeedFile(
        where,
        query["sql"],
        _file_name(query.get("file", name)),
        tuple(_split(query.get("required", ""), ",")),
        tuple(_columns(group) for group in _split(query.get("unique", ""), ";")),
        tuple(_reference(one) for one in _split(query.get("refers", ""), ";")),
        dict(_values(one) for one in _split(query.get("one_of", ""), ";")),
    )


def _file_name(text: str) -> str:
    try:
        shown = text.format(**dict.fromkeys(_PLACES, "x"))
    except (KeyError, IndexError, ValueError):
        raise _Wrong(
            f"file may hold {', '.join('{' + one + '}' for one in _PLACES)}, and no other braces."
        ) from None
    if not shown.strip() or shown.startswith(".") or "/" in shown or "\\" in shown or not shown.isprintable():
        raise _Wrong("file must be a plain name of a file.")
    return text


def _split(text: str, separator: str) -> Iterator[str]:
    yield from filter(None, (part.strip() for part in text.split(separator)))


def _columns(text: str) -> tuple[str, ...]:
    return tuple(_split(text, "+"))


def _reference(text: str) -> Reference:
    here, arrow, there = text.partition("->")
    file, _, columns = there.strip().partition(" ")
    made = Reference(_columns(here), file, _columns(columns))
    if not arrow or not file or not made.columns or len(made.columns) != len(made.there):
        raise _Wrong("refers must be like School_id -> schools.csv School_id.")
    return made


def _values(text: str) -> tuple[str, tuple[str, ...]]:
    column, colon, values = text.partition(":")
    known = tuple(_split(values, ","))
    if not colon or not known:
        raise _Wrong("one_of must be like role: student, teacher.")
    return column.strip(), known


def _whole(feed: Feed) -> Feed:
    """The feed; raises where a file's name stands twice, or a reference leads to no file before it."""
    before: set[str] = set()
    for one in feed.files:
        for reference in one.refers:
            if reference.file not in before:
                raise _Wrong(f"{one.where}: refers names {reference.file}, which is no file before this one.")
        if one.file in before:
            raise _Wrong(f"{one.where}: there is a file {one.file} already.")
        before.add(one.file)
    return feed
