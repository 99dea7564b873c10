"""`changes`."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence

from aeries_tui.cli.chosen import chosen_district, one_form
from aeries_tui.cli.documents import print_document, print_line, stream_document
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document, Streamed
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.exports.cells import cell
from aeries_tui.kinds import spoken_kind
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.readers import acknowledge, position_of
from aeries_tui.master.roster import roster_rows
from aeries_tui.master.roster.changes import Change, all_changes
from aeries_tui.master.roster.events import Event, events_since, newest_position
from aeries_tui.master.roster.kinds import BY_NAME
from aeries_tui.operations.district import District
from aeries_tui.pull.folder import plan_file
from aeries_tui.text import clean_text


class Changes(Streamed, frozen=True):
    """What an import changed, or would change.

    Attributes:
        changes: of each record.
    """

    changes: Sequence[Change]


class Cursor(Document, frozen=True):
    """The last line: the position behind all events, from which a reader goes on.

    Attributes:
        cursor: the number of the newest import that changed anything.
    """

    cursor: int


class Acknowledged(Document, frozen=True):
    """What a reader of events has.

    Attributes:
        reader: its name.
        cursor: the position behind the events that it has.
    """

    reader: str
    cursor: int


class Events(Streamed, frozen=True):
    """Who came, left, moved or changed.

    Attributes:
        events: of all imports behind the position, in their order.
        cursor: the position behind them, from which a reader goes on.
    """

    events: Sequence[Event]
    cursor: int


def changes(options: argparse.Namespace) -> int:
    """What an import changed, or would change; or who came, left and moved since."""
    if options.number is None or options.reader or options.since is not None:
        return _events(options)
    if options.csv or options.acknowledge is not None:
        raise WrongUse(
            "--csv and --acknowledge go with --since or --reader, not with the number of an import."
        )
    if options.kind is not None and options.kind not in BY_NAME:
        raise WrongUse(f"There is no kind {options.kind!r}.", remedy=f"The kinds are {', '.join(BY_NAME)}.")
    district = chosen_district(options)
    with district.reading() as db:
        entry = imports.get(db, options.number)
        waiting = plan_file(district.files, options.number)
        if not entry.applied and not waiting.exists():
            raise NotFound(
                f"Import {options.number} changed nothing ({entry.outcome.look.label}), and its plan is not kept."
            )
        rows = all_changes(db, options.number, None if entry.applied else waiting, options.kind)
        if options.json:
            stream_document(Changes([]), "changes", rows)
        else:
            _print_changes(rows)
    return 0


def _events(options: argparse.Namespace) -> int:
    if options.number is not None or (options.since is None) == (options.reader is None):
        raise WrongUse(
            "Name an import, or --since, or --reader.",
            remedy="aeries-tui changes --since 0 gives all events.",
        )
    one_form(options, "csv")
    if options.kind is not None:
        raise WrongUse("--kind goes with the number of an import.")
    district = chosen_district(options)
    if options.acknowledge is not None:
        return _acknowledge(options, district)
    with district.reading() as db, roster_rows.one_state(db):
        since = options.since if options.reader is None else position_of(db, options.reader)
        newest = newest_position(db)
        events = events_since(db, since)
        if options.csv:
            _print_csv(events)
        elif options.json:
            stream_document(Events([], newest), "events", events)
        else:
            for event in events:
                print_line(event)
            print_line(Cursor(newest))
    if options.csv:
        say(f"The cursor is now {newest}.")
    return 0


def _acknowledge(options: argparse.Namespace, district: District) -> int:
    if options.reader is None:
        raise WrongUse("--acknowledge goes with --reader.")
    with district.writing() as db:
        acknowledge(db, options.reader, options.acknowledge, newest_position(db))
    if options.json:
        print_document(Acknowledged(options.reader, options.acknowledge))
    say(f"The reader {options.reader} has all events up to import {options.acknowledge}.")
    return 0


def _print_csv(events: Iterator[Event]) -> None:
    """A line for each field that differs; one without any has blanks there."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("import", "event", "kind", "record", "school", "field", "before", "after"))
    for event in events:
        head = (event.number, event.event, event.kind, event.record, event.school)
        for name, (before, after) in event.fields.items() or (("", ("", "")),):
            writer.writerow(cell(value) for value in (*head, name, before, after))


def _print_changes(rows: Iterator[Change]) -> None:
    empty = True
    for change in rows:
        empty = False
        line(f"{change.action:<12} {spoken_kind(change.kind)} {clean_text(change.record)}")
        for name, (before, after) in change.fields.items():
            line(f"             {name}: {_value(before)} -> {_value(after)}")
    if empty:
        say("Nothing was changed.")


def _value(value: object) -> str:
    return "(blank)" if value is None else clean_text(str(value))
