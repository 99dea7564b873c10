"""Feeds of a district: which there are, whether they can leave, and writing them."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import ConfigurationError, NotFound
from aeries_tui.exports.feeds import Breach, FeedReport, write_feed, written_file
from aeries_tui.exports.feeds.rules import MOST_NAMED
from aeries_tui.exports.oneroster import version_of, write_bundle
from aeries_tui.master.fence import Value
from aeries_tui.master.roster import roster_rows
from aeries_tui.operations.district import District
from aeries_tui.settings.feeds import ONEROSTER, BrokenFeed, Feed, feeds

SECONDS = 600.0
"""How long one query of a feed may run: a million memberships take less than one."""


def known_feeds(district: District) -> list[Feed | BrokenFeed]:
    """All feeds of a district by name, those that can't be used too."""
    return feeds(district.places.config_file, district.settings.feeds)


def find_feed(district: District, name: str) -> Feed:
    """The feed of that name.

    Raises:
        NotFound: there is none; the error names those there are.
        ConfigurationError: it can't be used.
    """
    known = {one.name: one for one in known_feeds(district)}
    feed = known.get(name)
    if feed is None:
        raise NotFound(f"There is no feed {name}.", remedy=f"There are {', '.join(known)}.")
    if isinstance(feed, BrokenFeed):
        raise ConfigurationError(
            feed.problem, meaning="Nothing was written.", remedy="See aeries-tui help feeds."
        )
    return feed


def run_feed(district: District, name: str, to: Path) -> FeedReport:
    """Write a feed's files into a directory.

    Raises:
        NotFound, ConfigurationError: as `find_feed`; there is no Master.
        QueryRefused, NotAllowedNow, MasterError: as `write_feed`.
    """
    feed = find_feed(district, name)
    about = {"what": f"feed {feed.name}", "to": str(to.absolute())}
    with district.journal.recording(Act.EXPORTED, district.name, about):
        return write_files(district, feed, to)


def check_feed(district: District, name: str) -> FeedReport:
    """What `run_feed` would write, in files that are gone when this returns; raises as it does."""
    feed = find_feed(district, name)
    with tempfile.TemporaryDirectory(prefix=".check-", dir=district.files.create().root) as folder:
        return write_files(district, feed, Path(folder))


def write_files(district: District, feed: Feed, to: Path, day: dt.date | None = None) -> FeedReport:
    """The same for a directory that stays within the program: nothing is put into the journal.

    Args:
        district: whose.
        feed: the feed.
        to: the directory.
        day: for `{date}` in names; today where left out.

    Raises:
        QueryRefused, NotAllowedNow, MasterError: as `write_feed`.
    """
    if feed.name in ONEROSTER:
        return _bundle(district, feed, to)
    facts = facts_of(district)
    with district.fenced(seconds=SECONDS) as fence:
        return write_feed(fence, feed, to, facts, day=day)


def _bundle(district: District, feed: Feed, to: Path) -> FeedReport:
    with district.reading() as db:
        report = write_bundle(db, version_of(feed.name.removeprefix("oneroster-")), to)
    file = written_file(report.path, sum(report.rows.values()))
    breaches = [
        Breach(file.path.name, one.message, one.count, list(one.examples[:MOST_NAMED]))
        for one in report.warnings
        if one.rule in {"record-left-out", "dependent-left-out"}
    ]
    return FeedReport(feed.name, (file,), tuple(breaches))


def facts_of(district: District) -> Mapping[str, Value]:
    """What a query may ask for: :district, :district_name, :day, :school_year."""
    with district.reading() as db:
        year, day = roster_rows.school_year(db)
        return {
            "district": district.name,
            "district_name": roster_rows.district_name(db) or district.name,
            "day": day,
            "school_year": year,
        }
