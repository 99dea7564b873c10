"""`feeds`: the files that others get."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, page, print_json, say, table
from aeries_tui.exports.feeds import FeedReport
from aeries_tui.operations.feeds import check_feed, find_feed, known_feeds, run_feed
from aeries_tui.settings.feeds import BrokenFeed
from aeries_tui.text import in_number


def list_all(options: argparse.Namespace) -> int:
    """All feeds."""
    known = known_feeds(chosen_district(options))
    broken = [one for one in known if isinstance(one, BrokenFeed)]
    if options.json:
        print_json(
            {
                "feeds": [
                    {"name": one.name, "where": one.where, "problem": one.problem}
                    if isinstance(one, BrokenFeed)
                    else {
                        "name": one.name, "where": one.where, "problem": "", "sentence": one.sentence,
                        "files": [file.file for file in one.files],
                    }
                    for one in known
                ]
            }
        )  # fmt: skip
    else:
        rows = [
            [one.name, "can't be used" if isinstance(one, BrokenFeed) else one.sentence, one.where]
            for one in known
        ]
        table(["Feed", "What it is", "Where"], rows)
        for one in broken:
            line(one.problem)
    return 5 if broken else 0


def show(options: argparse.Namespace) -> int:
    """The queries of a feed, to read or to copy."""
    feed = find_feed(chosen_district(options), options.name)
    for place, file in enumerate(feed.files):
        if place:
            line()
        if len(feed.files) > 1:
            line(f"-- {file.where}")
        page(file.sql.rstrip())
    return 0


def check(options: argparse.Namespace) -> int:
    """Whether a feed can leave as it is, without writing it."""
    return _tell(check_feed(chosen_district(options), options.name), as_json=options.json, is_kept=False)


def run(options: argparse.Namespace) -> int:
    """Write the files of a feed."""
    report = run_feed(chosen_district(options), options.name, Path(options.to))
    return _tell(report, as_json=options.json, is_kept=True)


def _tell(report: FeedReport, *, as_json: bool, is_kept: bool) -> int:
    if as_json:
        print_json(_document(report, is_kept=is_kept))
    else:
        for file in report.files:
            name = str(file.path) if is_kept else file.path.name
            line(f"{name}: {in_number(file.rows, 'row')}, {file.bytes:,} bytes")
        for breach in report.breaches:
            say(
                f"! {breach.file}: {breach.rule}; {in_number(breach.rows, 'row')} left out "
                f"({'; '.join(breach.examples)})"
            )
    return 4 if report.breaches else 0


def _document(report: FeedReport, *, is_kept: bool) -> dict[str, Any]:
    return {
        "feed": report.feed,
        "files": [
            {
                "path": str(file.path) if is_kept else file.path.name,
                "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256,
            }
            for file in report.files
        ],
        "left_out": [
            {"file": one.file, "rule": one.rule, "rows": one.rows, "examples": one.examples}
            for one in report.breaches
        ],
    }  # fmt: skip
