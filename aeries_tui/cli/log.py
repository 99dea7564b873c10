"""`log`."""

from __future__ import annotations

import argparse
import select
import sys
from collections.abc import Iterator, Sequence

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import stream_document
from aeries_tui.cli.output import line
from aeries_tui.documents import Streamed
from aeries_tui.errors import NotFound
from aeries_tui.master.imports import imports
from aeries_tui.operations.district import District
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import log_file
from aeries_tui.pull.lock import holder
from aeries_tui.pull.log import Line, LogReader
from aeries_tui.text import clean_text

FOLLOW_SECONDS = 0.5


class Log(Streamed, frozen=True):
    """The log of an import: its lines in their order.

    Attributes:
        log: the lines, as far as --level lets them be seen.
    """

    log: Sequence[Line]


def log(options: argparse.Namespace) -> int:
    """The log of an import, and with --follow what is still written to it."""
    district = chosen_district(options)
    with district.reading() as db:
        imports.get(db, options.number)
    path = log_file(district.files, options.number)
    if not path.exists():
        raise NotFound(f"The log of import {options.number} is not kept any more.")
    with LogReader(path) as reader:
        lines = _log_lines(district, reader, options)
        if options.json:
            stream_document(Log([]), "log", lines)
        else:
            for entry in lines:
                line(f"{entry.at} {entry.level:<7} {entry.stage:<8} {clean_text(entry.message)}")
    return 0


def _log_lines(district: District, reader: LogReader, options: argparse.Namespace) -> Iterator[Line]:
    last = 0
    while True:
        running = options.follow and _is_running(district, options.number)
        while batch := reader.lines(after=last, limit=5000, level=options.level):
            yield from batch
            last = batch[-1].id
        if not running:
            return
        _flush_and_wait()


def _is_running(district: District, number: int) -> bool:
    with district.reading() as db:
        entry = imports.get(db, number)
    return entry.outcome is Outcome.RUNNING and holder(district.files.lock) is not None


def _flush_and_wait() -> None:
    sys.stdout.flush()
    select.select([], [], [], FOLLOW_SECONDS)
