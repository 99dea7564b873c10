"""`plan show`: a plan that waits, as one document that others' rules can judge."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import stream_document
from aeries_tui.cli.output import line
from aeries_tui.cli.summary import print_result
from aeries_tui.errors import NotFound, Problem
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.told import ImportResult, import_result
from aeries_tui.master.roster.changes import Change, all_changes
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended
from aeries_tui.pull.folder import plan_file
from aeries_tui.text import in_number


class Plan(ImportResult, frozen=True):
    """A plan that waits: its result so far, and every change that it would make.

    Attributes:
        changes: each.
        broken_off: only where reading failed part way: why. The changes that stand here are not all.
    """

    changes: Sequence[Change]
    broken_off: Problem | msgspec.UnsetType = msgspec.UNSET


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
            result = import_result(db, options.number, district.name)
            stream_document(Plan(**msgspec.structs.asdict(result), changes=[]), "changes", changes)
            return 0
        print_result(db, Ended(entry.id, entry.outcome), district.name)
        line(f"{in_number(sum(1 for _ in changes), 'change')}; aeries-tui changes {entry.id} lists them.")
    return 0
