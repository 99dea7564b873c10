"""`checks`: the district's own checks."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, page, print_json, table
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.operations.district_checks import CheckState, Tried, check_states, try_check, try_checks
from aeries_tui.settings.district_checks import DistrictCheck, example, examples
from aeries_tui.text import clean_text, in_number

_ROWS_SHOWN = 20


def list_all(options: argparse.Namespace) -> int:
    """All checks, and what they found last."""
    states = check_states(chosen_district(options))
    if options.json:
        print_json({"checks": [_state_document(state) for state in states]})
    elif not states:
        line("There are no checks. aeries-tui checks example lists some to begin with.")
    else:
        table(
            ["Code", "Last found", "What it looks for", "Where"],
            [[state.code, state.last, state.sentence, state.where] for state in states],
        )
        for state in states:
            if state.problem:
                line(state.problem)
    return 5 if any(state.problem for state in states) else 0


def run(options: argparse.Namespace) -> int:
    """Run all checks, or one, on the District Master as it is."""
    tried = try_checks(chosen_district(options), options.code)
    if options.code and not tried:
        raise NotFound(
            f"There is no check {options.code}.", remedy="aeries-tui checks list names those there are."
        )
    return _tell(tried, with_rows=options.code is not None, as_json=options.json)


def test(options: argparse.Namespace) -> int:
    """Try a file on the District Master before it is put among the checks."""
    path = Path(options.file)
    if not path.exists():
        raise WrongUse(f"There is no file {clean_text(options.file)}.", meaning="Nothing was run.")
    return _tell([try_check(chosen_district(options), path)], with_rows=True, as_json=options.json)


def show_example(options: argparse.Namespace) -> int:
    """Print an example, or the list of them."""
    if options.name:
        page(example(options.name).rstrip())
        return 0
    for name, sentence in examples():
        line(f"{name:<32} {sentence}")
    line()
    line(
        "aeries-tui checks example NAME > CONFIG/checks/NAME.sql puts one in use; aeries-tui paths names CONFIG."
    )
    return 0


def _tell(tried: list[Tried], *, with_rows: bool, as_json: bool) -> int:
    if as_json:
        print_json({"checks": [_document(one) for one in tried]})
    else:
        for one in tried:
            line(one.told)
            rows = one.rows[:_ROWS_SHOWN] if with_rows else ()
            for kind, record, school, field, message in rows:
                at = "" if school is None else f" (school {school})"
                line(f"  {kind} {record}{at}: {f'{field}: ' if field else ''}{message}")
            if with_rows and one.found > len(rows):
                line(f"  … and {in_number(one.found - len(rows), 'more row')}")
        if not tried:
            line("There are no checks.")
    return 5 if any(one.failure for one in tried) else 0


def _document(one: Tried) -> dict[str, Any]:
    document = asdict(one)
    document["rows"] = [
        dict(zip(("kind", "record", "school", "field", "message"), row, strict=True)) for row in one.rows
    ]
    return document


def _state_document(state: CheckState) -> dict[str, Any]:
    check = state.check
    if not isinstance(check, DistrictCheck):
        return {"where": state.where, "problem": state.problem}
    document = asdict(check)
    for limit in ("warn_if", "error_if", "hold_if"):
        document[limit] = None if getattr(check, limit) is None else str(getattr(check, limit))
    return document | {"last_found": state.found, "problem": state.problem}
