"""The report of an import: for the district, or for one school's office."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from aeries_tui.errors import NotFound
from aeries_tui.exports.report import Report, write_report
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.by_school import figures_by_school
from aeries_tui.master.imports.descriptions import Description, descriptions, troubles
from aeries_tui.master.imports.told import import_result
from aeries_tui.master.roster.people import names_of
from aeries_tui.operations.district import District
from aeries_tui.pull.folder import plan_file


def write_reports(
    district: District,
    number: int,
    target: Path,
    *,
    school: int | None = None,
    each: bool = False,
    names: bool = False,
) -> list[Path]:
    """Write the report of import `number`.

    Args:
        district: which one.
        number: the import.
        target: the file; with `each` the directory, which is made.
        school: only this school, by its Aeries code.
        each: a file for each school in place of one for the district.
        names: tell the names of people, and messages that may hold some.

    Returns:
        The files.

    Raises:
        NotFound: there is no such import, or nothing is known of that school.
        MasterError: the Master can't be read, or the file can't be written.
    """
    with district.reading() as db:
        whole = _report(district, db, number, names=names)
    if school is None and not each:
        write_report(target, whole)
        return [target]
    chosen = [one for one in whole.schools if one.code is not None and (each or one.code == school)]
    if not chosen:
        raise NotFound(
            f"Import {number} says nothing of school {school}.",
            remedy="aeries-tui schools list names the codes.",
        )
    written = []
    if each:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in chosen:
        path = target / f"import-{number}-school-{one.code}.html" if each else target
        write_report(
            path,
            replace(
                whole, school=one, schools=[one], problems=[p for p in whole.problems if p.school == one.code]
            ),
        )
        written.append(path)
    return written


def _report(district: District, db: sqlite3.Connection, number: int, *, names: bool) -> Report:
    entry = imports.get(db, number)
    waiting = None if entry.applied else plan_file(district.files, number)
    document = import_result(db, number, district.name)
    problems = list(descriptions(db, number))
    problem = document.problem
    reasons = [] if problem is None else [problem.message, problem.meaning, problem.remedy]
    return Report(
        district.name,
        entry,
        document.counts,
        figures_by_school(db, number, waiting if waiting is not None and waiting.exists() else None),
        [one for one in reasons if one],
        problems,
        {one.code: one.sentence for one in troubles(db, number)},
        _names(db, problems) if names else None,
    )


def _names(db: sqlite3.Connection, problems: Iterable[Description]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[int]] = {"student": set(), "staff": set()}
    for one in problems:
        if one.kind in wanted and one.record.isascii() and one.record.isdigit():
            wanted[one.kind].add(int(one.record))
    return {
        (kind, str(person)): name
        for kind, people in wanted.items()
        for person, name in names_of(db, "student" if kind == "student" else "staff", people).items()
    }
