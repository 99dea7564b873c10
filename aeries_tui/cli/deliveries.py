"""`deliveries`: what others get, whether they have it, and what is held."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say, table
from aeries_tui.cli.reason import reason_of
from aeries_tui.errors import NotFound
from aeries_tui.master.imports.deliveries import DeliverySet, SetFile, delivered_last, files_of, sets_of
from aeries_tui.operations.deliveries import (
    Delivered,
    approve_set,
    deliver_due,
    discard_set,
    find_delivery,
    known_deliveries,
    run_delivery,
    states_of,
    try_delivery,
)
from aeries_tui.operations.district import District
from aeries_tui.settings.deliveries import BrokenDelivery
from aeries_tui.text import in_number

_HELD, _FAILED = 3, 5


def list_all(options: argparse.Namespace) -> int:
    """All deliveries, and how each stands."""
    district = chosen_district(options)
    known = known_deliveries(district)
    states = {one.name: one for one in _states(district)}
    rows = [
        (one, None if isinstance(one, BrokenDelivery) else one.to.in_words, states.get(one.name))
        for one in known
    ]
    if options.json:
        print_json(
            {
                "deliveries": [
                    {
                        "name": one.name, "to": to, "state": state.look if state else "ok",
                        "problem": state.problem if state else "", "newest": _set(state.found if state else None),
                    }
                    for one, to, state in rows
                ]
            }
        )  # fmt: skip
    else:
        table(
            ["Delivery", "To", "Newest set"],
            [(one.name, to or "can't be used", _in_words(state)) for one, to, state in rows],
        )
    for state in states.values():
        if state.sentence:
            say(state.sentence)
    return 5 if any(isinstance(one, BrokenDelivery) for one in known) else 0


def _states(district: District) -> list[Delivered]:
    try:
        return states_of(district)
    except NotFound:  # nothing was imported yet, and so nothing sent
        return []


def _in_words(state: Delivered | None) -> str:
    if state is None or state.found is None:
        return "none yet"
    return _line_of(state.found)


def _line_of(found: DeliverySet) -> str:
    state = "failed" if found.has_failed else str(found.state)
    when = found.ended_at or found.made_at
    return f"{found.id}: {state} {when}, import {found.import_id}"


def show(options: argparse.Namespace) -> int:
    """A delivery: its newest sets with their receipts, and why one is held."""
    district = chosen_district(options)
    wanted = find_delivery(district, options.name)
    with district.reading() as db:
        sets = [(one, files_of(db, one.id)) for one in sets_of(db, wanted.name)]
        last = delivered_last(db, wanted.name)
        before = {one.label: one.rows for one in files_of(db, last.id)} if last else {}
    if options.json:
        print_json(
            {
                "delivery": wanted.name, "to": wanted.to.in_words, "feeds": list(wanted.feeds),
                "sets": [{**(_set(one) or {}), "files": [asdict(file) for file in files]} for one, files in sets],
            }
        )  # fmt: skip
        return 0
    line(f"{wanted.name}: {', '.join(wanted.feeds)} to {wanted.to.in_words}")
    for one, files in sets:
        line()
        line(_line_of(one))
        if one.decided_by:
            line(f"  decided by {one.decided_by}, {one.decided_at}: {one.reason}")
        for sentence in one.held_for:
            line(f"  held: {sentence}")
        if one.problem:
            line(f"  failed {in_number(one.tries, 'time')}: {one.problem}")
        for file in files:
            was = before.get(file.label)
            differs = f" (delivered last: {was:,})" if one.is_pending and was not in {None, file.rows} else ""
            line(
                f"  {file.file}: {in_number(file.rows, 'row')}{differs}, {file.bytes:,} bytes, SHA-256 {file.sha256}"
            )
        if one.is_pending:
            line(f"  The files lie in {district.files.outbox / str(one.id)}")
    return 0


def test(options: argparse.Namespace) -> int:
    """Whether a delivery could go: its files, what would hold them, and whether the receiver lets them be written."""
    district = chosen_district(options)
    made, why = try_delivery(district, options.name)
    if options.json:
        print_json({"delivery": options.name, "files": _files(made.files), "held_for": why})
    else:
        for file in made.files:
            line(f"{file.file}: {in_number(file.rows, 'row')}, {file.bytes:,} bytes")
        for sentence in why:
            line(f"It would be held: {sentence}")
        line("The receiver can be reached and lets files be written; nothing was sent.")
    return _HELD if why else 0


def run(options: argparse.Namespace) -> int:
    """Make and send deliveries now."""
    district = chosen_district(options)
    ended = [run_delivery(district, options.name)] if options.name else deliver_due(district, by_hand=True)
    if not options.json:
        for done in ended:
            _tell(done)
    else:
        documents = [_document(done) for done in ended]
        print_json(documents[0] if options.name else {"deliveries": documents})
    return max((_status(done) for done in ended), default=0)


def approve(options: argparse.Namespace) -> int:
    """Let a held set go."""
    done = approve_set(chosen_district(options), options.number, reason_of(options))
    if options.json:
        print_json(_document(done))
    else:
        _tell(done)
    return _status(done)


def discard(options: argparse.Namespace) -> int:
    """Throw a held set away."""
    discard_set(chosen_district(options), options.number, reason_of(options))
    if options.json:
        print_json({"set": options.number, "state": "discarded"})
    else:
        line(f"Set {options.number} was discarded; the receiver keeps what it has.")
    return 0


def _tell(done: Delivered) -> None:
    if done.sentence:
        say(done.sentence)
    elif done.found is not None:
        line(f"{done.name}: {_line_of(done.found)}")


def _status(done: Delivered) -> int:
    return _FAILED if done.problem else _HELD if done.is_held else 0


def _document(done: Delivered) -> dict[str, Any]:
    return {"name": done.name, "state": done.look, "problem": done.problem, "newest": _set(done.found)}


def _set(found: DeliverySet | None) -> dict[str, Any] | None:
    return None if found is None else {**asdict(found), "held_for": list(found.held_for)}


def _files(files: tuple[SetFile, ...]) -> list[dict[str, Any]]:
    return [asdict(file) for file in files]
