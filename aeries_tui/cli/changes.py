"""`changes`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, say, stream_json
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.changes import Change, all_changes
from aeries_tui.master.roster.kinds import BY_NAME
from aeries_tui.pull.folder import plan_file
from aeries_tui.text import clean_text


def changes(options: argparse.Namespace) -> int:
    """What an import changed, or would change."""
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
            stream_json(
                "changes", ({**asdict(c), "fields": {k: list(v) for k, v in c.fields.items()}} for c in rows)
            )
        else:
            _print_changes(rows)
    return 0


def _print_changes(rows: Iterator[Change]) -> None:
    empty = True
    for change in rows:
        empty = False
        line(f"{change.action:<12} {change.kind} {clean_text(change.record)}")
        for name, (before, after) in change.fields.items():
            line(f"             {name}: {_value(before)} -> {_value(after)}")
    if empty:
        say("Nothing was changed.")


def _value(value: object) -> str:
    return "(blank)" if value is None else clean_text(str(value))
