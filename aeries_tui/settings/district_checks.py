"""The district's own checks, as they are written: `checks/*.sql` beside config.toml, and `[[checks]]` in it.

A file begins with comments, `-- key: value` each, then one query. A table of `[[checks]]` has the same keys, and the
query as `sql`. What can't be used is a `BrokenCheck`: it is told, and stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from aeries_tui.codes import Severity
from aeries_tui.errors import NotFound
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.settings.documents import nearest
from aeries_tui.settings.sql_header import UnfitFile, read_query
from aeries_tui.text import clean_text

FOLDER = "checks"

_EXAMPLES = files("aeries_tui.settings") / "check_examples"
_CODE = re.compile(r"DIST-[A-Z0-9]+(-[A-Z0-9]+)*")
_LIMIT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(%?)")
_SEVERITIES: dict[str, Severity] = {"w": "W", "warning": "W", "e": "E", "error": "E"}
_REQUIRED = ("code", "sentence", "record", "kind")
_KEYS = (*_REQUIRED, "remedy", "page", "severity", "warn_if", "error_if", "hold_if", "school", "field")


@dataclass(frozen=True)
class Limit:
    """From how many rows on something happens.

    Attributes:
        least: rows, or percent of the active records of the check's kind.
        is_percent: which of the two.
    """

    least: float
    is_percent: bool = False

    def is_reached(self, found: int, of: int) -> bool:
        """Whether `found` rows are that many, of `of` records; no row is never too many."""
        if not found:
            return False
        return found >= self.least if not self.is_percent else 100 * found >= self.least * of

    def __str__(self) -> str:
        return f"{self.least:g} %" if self.is_percent else f"{self.least:g}"


@dataclass(frozen=True)
class DistrictCheck:
    """One check of the district's own.

    Attributes:
        where: the file, or the place in config.toml.
        code: `DIST-…`.
        sentence, remedy, page: what is wrong, what to do about it, and where; the last two may be blank.
        severity: of its rows: W, or E for what makes an import Completed with ERROR.
        warn_if: with fewer rows nothing is told.
        error_if: from here on the rows are E, whatever `severity` says; None for never.
        hold_if: from here on the plan waits for a person; None for never.
        kind: a kind of record (`kinds.KIND_NAMES`, or `school`), or a column that names it.
        record, school, field: columns of the query; `school` may be blank, `field` a word of its own.
        sql: the query.
    """

    where: str
    code: str
    sentence: str
    remedy: str
    page: str
    severity: Severity
    warn_if: Limit
    error_if: Limit | None
    hold_if: Limit | None
    kind: str
    record: str
    school: str
    field: str
    sql: str

    @property
    def limits(self) -> tuple[Limit, ...]:
        """All that it has."""
        return tuple(limit for limit in (self.warn_if, self.error_if, self.hold_if) if limit is not None)


@dataclass(frozen=True)
class BrokenCheck:
    """A check that can't be used.

    Attributes:
        where: the file, or the place in config.toml.
        problem: what is wrong with it, a sentence that begins with where.
    """

    where: str
    problem: str


class _Wrong(ValueError):
    """What is wrong with a check, ending in a full stop."""


def district_checks(
    config_file: Path, tables: Iterable[Mapping[str, Any]] = ()
) -> list[DistrictCheck | BrokenCheck]:
    """All checks: the files by name, then the tables; of two with one code the second is broken.

    Args:
        config_file: config.toml; the files stand beside it, in `checks`.
        tables: its `[[checks]]`.
    """
    found = [
        *(check_file(path) for path in sorted((config_file.parent / FOLDER).glob("*.sql"))),
        *(_made(f"{config_file}, [[checks]] number {place}", table) for place, table in enumerate(tables, 1)),
    ]
    return list(_told_apart(found))


def check_file(path: Path) -> DistrictCheck | BrokenCheck:
    """The check in a file."""
    try:
        return _made(str(path), read_query(path))
    except UnfitFile as unfit:
        return BrokenCheck(str(path), str(unfit))


def examples() -> Iterator[tuple[str, str]]:
    """Name and sentence of each example."""
    for file in sorted(_EXAMPLES.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".sql"):
            found = re.search(r"^-- sentence: (.*)$", file.read_text("utf-8"), re.MULTILINE)
            yield file.name.removesuffix(".sql"), found[1] if found else ""


def example(name: str) -> str:
    """The text of an example; raises NotFound, which names those there are."""
    known = [one for one, _ in examples()]
    if name not in known:
        raise NotFound(f"There is no example {clean_text(name)}.", remedy=f"There are {', '.join(known)}.")
    return (_EXAMPLES / f"{name}.sql").read_text("utf-8")


def _made(where: str, keys: Mapping[str, Any]) -> DistrictCheck | BrokenCheck:
    try:
        return _check(where, keys)
    except _Wrong as wrong:
        return BrokenCheck(where, f"{where}: {wrong}")


def _check(where: str, keys: Mapping[str, Any]) -> DistrictCheck:
    texts = {key: _text(key, value) for key, value in keys.items()}
    for key in texts:
        if key not in (*_KEYS, "sql"):
            raise _Wrong(
                f"{key} is no key of a check. {nearest(key, _KEYS) or 'There are ' + ', '.join(_KEYS) + '.'}"
            )
    for key in (*_REQUIRED, "sql"):
        if not texts.get(key):
            raise _Wrong(f"{key} is missing.")
    if not _CODE.fullmatch(texts["code"]):
        raise _Wrong("code must be DIST- and capital letters, digits and hyphens, like DIST-FEW-SECTIONS.")
    severity = _SEVERITIES.get(texts.get("severity", "W").lower())
    if severity is None:
        raise _Wrong("severity must be W (warning) or E (error).")
    check = DistrictCheck(
        where, texts["code"], texts["sentence"], texts.get("remedy", ""), texts.get("page", ""), severity,
        _limit(texts, "warn_if") or Limit(1), _limit(texts, "error_if"), _limit(texts, "hold_if"),
        texts["kind"], texts["record"], texts.get("school", ""), texts.get("field", ""), texts["sql"],
    )  # fmt: skip
    if any(limit.is_percent for limit in check.limits) and check.kind not in (*KIND_NAMES, "school"):
        raise _Wrong(f"a limit in percent needs a kind of its own: one of {', '.join(KIND_NAMES)}, school.")
    return check


def _text(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Wrong(f"{key} must be a text.")
    return " ".join(str(value).split()) if key != "sql" else str(value)


def _limit(texts: Mapping[str, str], key: str) -> Limit | None:
    if key not in texts:
        return None
    match = _LIMIT.fullmatch(texts[key])
    if match is None or not float(match[1]) or (match[2] and float(match[1]) > 100):
        raise _Wrong(f"{key} must be a number of rows, like 10, or a percentage, like 5 %; above 0.")
    return Limit(float(match[1]), bool(match[2]))


def _told_apart(checks: Iterable[DistrictCheck | BrokenCheck]) -> Iterator[DistrictCheck | BrokenCheck]:
    by_code: dict[str, str] = {}
    for check in checks:
        if isinstance(check, DistrictCheck) and check.code in by_code:
            yield BrokenCheck(
                check.where, f"{check.where}: {by_code[check.code]} has the code {check.code} already."
            )
            continue
        if isinstance(check, DistrictCheck):
            by_code[check.code] = check.where
        yield check
