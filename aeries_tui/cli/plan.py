"""`plan show`: a plan that waits, as one document that others' rules can judge."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, stream_json
from aeries_tui.cli.summary import print_result
from aeries_tui.errors import NotFound
from aeries_tui.master.imports import imports, result
from aeries_tui.master.roster.changes import Change, all_changes
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended
from aeries_tui.pull.folder import plan_file
from aeries_tui.text import in_number


def show(options: argparse.Namespace) -> int:
    """Reasons, counts and every change of a plan that waits."""
    district = chosen_district(options)
    with district.reading() as db:
        entry = imports.get(db, options.number)
        plan = plan_file(district.files, options.number)
        if entry.outcome is not Outcome.HELD or not plan.exists():
            raise NotFound(
                f"Import {options.number} has no plan that waits ({entry.outcome.look.label}).",
                remedy="aeries-tui results --list names those that do; of an applied import see aeries-tui changes.",
            )
        changes = all_changes(db, options.number, plan)
        if options.json:
            document = result.results_document(db, options.number, district.name)
            stream_json("changes", map(_document, changes), **document)
            return 0
        print_result(db, Ended(entry.id, entry.outcome), district.name)
        line(f"{in_number(sum(1 for _ in changes), 'change')}; aeries-tui changes {entry.id} lists them.")
    return 0


def _document(change: Change) -> dict[str, Any]:
    return {**asdict(change), "fields": {name: list(pair) for name, pair in change.fields.items()}}
