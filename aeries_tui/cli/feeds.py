"""`feeds`: the files that others get."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, page, say, table
from aeries_tui.documents import Document
from aeries_tui.exports.feeds import Breach, FeedReport
from aeries_tui.operations.feeds import check_feed, find_feed, known_feeds, run_feed
from aeries_tui.settings.feeds import BrokenFeed, Feed
from aeries_tui.text import in_number


class ListedFeed(msgspec.Struct, frozen=True):
    """One feed.

    Attributes:
        name: by which commands call it.
        where: where it is declared.
        problem: why it can't be used; blank where it can.
        sentence: what it is, where it can be used.
        files: the names of its files, where it can be used.
    """

    name: str
    where: str
    problem: str
    sentence: str | msgspec.UnsetType = msgspec.UNSET
    files: Sequence[str] | msgspec.UnsetType = msgspec.UNSET


class Feeds(Document, frozen=True):
    """All feeds.

    Attributes:
        feeds: by name.
    """

    feeds: Sequence[ListedFeed]


class FeedFileWritten(msgspec.Struct, frozen=True):
    """A file of a feed.

    Attributes:
        path: where it lies; its name alone where it was only made for a check.
        rows: without the header.
        bytes: its size.
        sha256: of its bytes.
    """

    path: str
    rows: int
    bytes: int
    sha256: str


class FeedWritten(Document, frozen=True):
    """What a feed wrote, or would write.

    Attributes:
        feed: its name.
        files: what was written.
        left_out: the rules that rows broke, which were left out.
    """

    feed: str
    files: Sequence[FeedFileWritten]
    left_out: Sequence[Breach]


def list_all(options: argparse.Namespace) -> int:
    """All feeds."""
    known = known_feeds(chosen_district(options))
    broken = [one for one in known if isinstance(one, BrokenFeed)]
    if options.json:
        print_document(Feeds([_listed(one) for one in known]))
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
        print_document(_written(report, is_kept=is_kept))
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


def _listed(feed: Feed | BrokenFeed) -> ListedFeed:
    if isinstance(feed, BrokenFeed):
        return ListedFeed(feed.name, feed.where, feed.problem)
    return ListedFeed(feed.name, feed.where, "", feed.sentence, [file.file for file in feed.files])


def _written(report: FeedReport, *, is_kept: bool) -> FeedWritten:
    files = [
        FeedFileWritten(str(file.path) if is_kept else file.path.name, file.rows, file.bytes, file.sha256)
        for file in report.files
    ]
    return FeedWritten(report.feed, files, report.breaches)
