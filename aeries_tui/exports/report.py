"""What an import did, as one HTML file: no script, nothing from the network, right on paper.

Names, and messages that may hold some, are in it only where that is asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from aeries_tui import __version__
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.imports.by_school import SchoolFigures
from aeries_tui.master.imports.descriptions import Description
from aeries_tui.master.imports.imports import Import
from aeries_tui.settings import private_text_writer
from aeries_tui.text import clean_text

MOST_ROWS = 1_000
"""Records of one code that are listed; what is more is counted."""

_PEOPLE = frozenset({"student", "staff"})
_SEVERITY = {"F": "stops the pull", "E": "error", "W": "warning"}
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1b1b; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem; margin: 1.4rem 0 .2rem }
p { margin: .3rem 0 } .quiet { color: #5a5a5a } .outcome { font-weight: 600; font-size: 1.1rem; margin: .6rem 0 }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 } thead { display: table-header-group }
th { text-align: left; border-bottom: 2px solid #888; font-weight: 600 } td, th { padding: .15rem .6rem .15rem 0; vertical-align: top }
td { border-bottom: 1px solid #ddd; overflow-wrap: anywhere } .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tr { break-inside: avoid } td.bars { white-space: nowrap } .bar { display: inline-block; height: .7em; background: #3b6ea5 } .bar.e { background: #8c1d18 } .bar.w { background: #b07d00 }
.remedy { border-left: 3px solid #888; padding-left: .6rem }
@page { margin: 1.6cm } @media print { body { margin: 0; max-width: none; font-size: 10.5pt } h2, h3 { break-after: avoid } }
"""


@dataclass(frozen=True)
class Report:
    """Everything that a report is made of.

    Attributes:
        district: its name.
        entry: the import.
        counts: by kind and outcome (`outcome.COUNT_COLUMNS`).
        schools: figures of each school that is told.
        reasons: why the plan waits, or what went wrong, a sentence each.
        problems: descriptions, worst first.
        sentences: of each code among them.
        names: of people by kind and record; None where no name is to be told.
        school: what it is about where that is one school; None for the district.
    """

    district: str
    entry: Import
    counts: Mapping[str, Mapping[str, int]]
    schools: Sequence[SchoolFigures]
    reasons: Sequence[str]
    problems: Sequence[Description]
    sentences: Mapping[str, str]
    names: Mapping[tuple[str, str], str] | None
    school: SchoolFigures | None = None


def write_report(path: Path, report: Report) -> None:
    """Write a report to a file that appears when it is whole, 0600; raises MasterError where the disk fails."""
    with private_text_writer(path) as file:
        file.writelines(f"{line}\n" for line in report_lines(report))


def report_lines(report: Report) -> Iterator[str]:
    """The report, line by line."""
    entry = report.entry
    about = report.district if report.school is None else f"{_school(report.school)}, {report.district}"
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(about)}: import {entry.id}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{_text(about)}</h1>"
    yield f'<p class="quiet">Import {entry.id}, begun {_text(entry.started_at[:16].replace("T", " "))} UTC, school year {_text(entry.school_year or "not known")}</p>'
    yield f'<p class="outcome">{_text(entry.outcome.look.sign)} {_text(entry.outcome.look.label)}</p>'
    for sentence in (*report.reasons, *(entry.notes if report.school is None else ())):
        yield f"<p>{_text(sentence)}</p>"
    if report.school is None:
        yield from _counts(report.counts)
        yield from _schools(report.schools)
    else:
        yield from _of_school(report.school)
    yield from _problems(report)
    yield f'<p class="quiet">Made by aeries-tui {_text(__version__)}. {"" if report.names is not None else "It names no student and no member of staff."}</p>'
    yield "</body></html>"


def _text(value: object) -> str:
    return escape(clean_text("" if value is None else str(value)), quote=True)


def _school(school: SchoolFigures) -> str:
    return "The district as a whole" if school.code is None else f"{school.name} ({school.code})"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], numbers: int) -> Iterator[str]:
    """A table; the cells are HTML, and columns from `numbers` on are numbers."""

    def row(cells: Iterable[str], tag: str) -> str:
        return "<tr>" + "".join(
            f'<{tag} class="n">{one}</{tag}>'
            if place >= numbers
            else f'<{tag} class="bars">{one}</{tag}>'
            if one.startswith("<span")
            else f"<{tag}>{one}</{tag}>"
            for place, one in enumerate(cells)
        ) + "</tr>"  # fmt: skip

    yield "<table><thead>" + row((_text(title) for title in header), "th") + "</thead><tbody>"
    for cells in rows:
        yield row(cells, "td")
    yield "</tbody></table>"


def _bar(value: int, most: int, kind: str = "") -> str:
    """A bar of at most 10 em; the number always stands beside it."""
    width = 0 if not most else max(0.1, 10 * value / most) if value else 0
    return f'<span class="bar {kind}" style="width:{width:.2f}em"></span>'


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    columns = ("created", "reactivated", "updated", "deactivated", "rejected", "active")
    titles = ("New", "Back", "Changed", "Gone", "Left out", "Now")
    yield "<h2>What became of the records</h2>"
    rows = (
        [_text(KIND_NAMES[kind].title), *(f"{count[column]:,}" for column in columns)]
        for kind, count in counts.items()
    )
    yield from _table(["", *titles], rows, 1)


def _schools(schools: Sequence[SchoolFigures]) -> Iterator[str]:
    most = max((one.joined + one.left + one.changed for one in schools), default=0)
    worst = max((one.errors + one.warnings for one in schools), default=0)
    yield "<h2>By school</h2>"
    rows = (
        [
            _text(_school(one)),
            f"{_bar(one.joined + one.left + one.changed, most)}",
            f"{_bar(one.errors, worst, 'e')}{_bar(one.warnings, worst, 'w')}",
            *(f"{n:,}" for n in (one.students, one.joined, one.left, one.changed, one.errors, one.warnings)),
        ]
        for one in schools
    )
    yield from _table(
        ["School", "Changes", "Problems", "Students now", "Joined", "Left", "Changed", "Errors", "Warnings"],
        rows,
        3,
    )


def _of_school(school: SchoolFigures) -> Iterator[str]:
    yield "<h2>This school</h2>"
    yield (
        f"<p>{school.students:,} students now; {school.joined:,} joined, {school.left:,} left, "
        f"{school.changed:,} changed. {school.errors:,} errors, {school.warnings:,} warnings.</p>"
    )


def _problems(report: Report) -> Iterator[str]:
    yield "<h2>What to look at</h2>"
    if not report.problems:
        yield "<p>Nothing: no problem was found.</p>"
        return
    by_code: dict[str, list[Description]] = defaultdict(list)
    for one in report.problems:
        by_code[one.code].append(one)
    most = max(map(len, by_code.values()))
    rows = (
        [
            _text(code),
            _text(_SEVERITY[some[0].severity]),
            _bar(len(some), most, some[0].severity.lower()),
            f"{len(some):,}",
        ]
        for code, some in by_code.items()
    )
    yield from _table(["Code", "", "", "Records"], rows, 3)
    for code, some in by_code.items():
        yield f"<h3>{_text(code)}: {_text(report.sentences.get(code, ''))}</h3>"
        for (remedy, page), _ in Counter((one.remedy, one.page) for one in some).most_common():
            if remedy or page:
                yield f'<p class="remedy">{_text(remedy)} <span class="quiet">{_text(page)}</span></p>'
        yield from _records(report, some)


def _may_name(one: Description) -> bool:
    """Whether a message may hold an address or a name: of a person, or what a check of the district's own says."""
    return one.kind in _PEOPLE or one.code.startswith("DIST-")


def _records(report: Report, some: Sequence[Description]) -> Iterator[str]:
    header = ["Record", *(["Name"] if report.names is not None else []), "School", "Field", "What is wrong"]
    rows = (
        [
            f"{_text(one.kind)} {_text(one.record)}",
            *([_text(report.names.get((one.kind, one.record), ""))] if report.names is not None else []),
            _text(one.school),
            _text(one.field),
            _text(one.message) if report.names is not None or not _may_name(one) else "",
        ]
        for one in some[:MOST_ROWS]
    )
    yield from _table(header, rows, len(header))
    if len(some) > MOST_ROWS:
        yield f"<p>… and {len(some) - MOST_ROWS:,} more.</p>"
