"""`deliveries`: what others get, whether they have it, and what is held."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from aeries_tui.cli.chosen import chosen_district, chosen_districts
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.reason import reason_of
from aeries_tui.cli.side_by_side import for_each
from aeries_tui.documents import Document
from aeries_tui.errors import NotFound
from aeries_tui.master.imports.deliveries import (
    DeliverySet,
    SetFile,
    SetState,
    delivered_last,
    files_of,
    sets_of,
)
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


class ListedDelivery(msgspec.Struct, frozen=True):
    """A delivery and how it stands.

    Attributes:
        name: its name.
        to: where it goes, in words; null where it can't be used.
        state: `ok`, `held` or `failed`.
        problem: what went wrong; blank where nothing did.
        newest: its newest set; null before the first.
    """

    name: str
    to: str | None
    state: str
    problem: str
    newest: DeliverySet | None


class Deliveries(Document, frozen=True):
    """All deliveries.

    Attributes:
        deliveries: by name; also those that can't be used.
    """

    deliveries: Sequence[ListedDelivery]


@dataclass(frozen=True)
class DeliverySetWithFiles(DeliverySet):
    """A set of files, as the Master keeps it, with their receipts.

    Attributes:
        files: its files.
    """

    files: Sequence[SetFile]


class ShownDelivery(Document, frozen=True):
    """A delivery and its newest sets.

    Attributes:
        delivery: its name.
        to: where it goes, in words.
        feeds: what it takes along.
        sets: the newest first.
    """

    delivery: str
    to: str
    feeds: Sequence[str]
    sets: Sequence[DeliverySetWithFiles]


class TriedDelivery(Document, frozen=True):
    """Whether a delivery could go; nothing was sent.

    Attributes:
        delivery: its name.
        files: that it would send.
        held_for: why it would be held, in sentences.
    """

    delivery: str
    files: Sequence[SetFile]
    held_for: Sequence[str]


class DeliveryDone(Document, frozen=True):
    """What became of a delivery.

    Attributes:
        district: whose it is.
        name: its name.
        state: `ok`, `held` or `failed`.
        problem: what went wrong; blank where nothing did.
        newest: the set that it came to; null where nothing was due, or it can't be used.
    """

    district: str
    name: str
    state: str
    problem: str
    newest: DeliverySet | None


class DeliveriesDone(Document, frozen=True):
    """What became of all deliveries of a district that were due.

    Attributes:
        district: its name.
        deliveries: each of them.
    """

    district: str
    deliveries: Sequence[DeliveryDone]


class SetDiscarded(Document, frozen=True):
    """A held set that was thrown away, by its number.

    Attributes:
        set: the number.
        state: discarded.
    """

    set: int
    state: SetState


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
        print_document(Deliveries([_listed(one.name, to, state) for one, to, state in rows]))
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
        whole = [DeliverySetWithFiles(**vars(one), files=files) for one, files in sets]
        print_document(ShownDelivery(wanted.name, wanted.to.in_words, wanted.feeds, whole))
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
        print_document(TriedDelivery(options.name, made.files, why))
    else:
        for file in made.files:
            line(f"{file.file}: {in_number(file.rows, 'row')}, {file.bytes:,} bytes")
        for sentence in why:
            line(f"It would be held: {sentence}")
        line("The receiver can be reached and lets files be written; nothing was sent.")
    return _HELD if why else 0


def run(options: argparse.Namespace) -> int:
    """Make and send deliveries now, of one district or of all, one after the other or side by side."""
    words = ["deliveries", "run", *([options.name] if options.name else [])]
    districts = (
        _with_delivery(chosen_districts(options), options.name) if options.all and options.name else None
    )
    return for_each(
        options, words, lambda district: _run_one(options, district), districts, _document_in_words
    )


def _with_delivery(districts: Sequence[District], name: str) -> list[District]:
    """Those that have the delivery; raises NotFound where none has."""
    found = [one for one in districts if name in {each.name for each in known_deliveries(one)}]
    if not found:
        raise NotFound(
            f"No district has a delivery {name}.",
            meaning="Nothing was sent.",
            remedy="aeries-tui deliveries list names those of a district.",
        )
    return found


def _run_one(options: argparse.Namespace, district: District) -> tuple[int, Document]:
    ended = [run_delivery(district, options.name)] if options.name else deliver_due(district, by_hand=True)
    if not options.json:
        for done in ended:
            _tell(done)
    documents = [_done(district, done) for done in ended]
    return (
        max((_status(done) for done in ended), default=0),
        documents[0] if options.name else DeliveriesDone(district.name, documents),
    )


def approve(options: argparse.Namespace) -> int:
    """Let a held set go."""
    district = chosen_district(options)
    done = approve_set(district, options.number, reason_of(options))
    if options.json:
        print_document(_done(district, done))
    else:
        _tell(done)
    return _status(done)


def discard(options: argparse.Namespace) -> int:
    """Throw a held set away."""
    discard_set(chosen_district(options), options.number, reason_of(options))
    if options.json:
        print_document(SetDiscarded(options.number, SetState.DISCARDED))
    else:
        line(f"Set {options.number} was discarded; the receiver keeps what it has.")
    return 0


def _tell(done: Delivered) -> None:
    if done.sentence:
        say(done.sentence)
    elif done.found is not None:
        line(f"{done.name}: {_line_of(done.found)}")


def _document_in_words(document: Mapping[str, Any]) -> str:
    """What became of each delivery, by the document of another process."""
    if document.get("deliveries") == []:
        return "no deliveries"
    several = document.get("deliveries") or ([document] if "state" in document else [])
    return ", ".join(
        f"{one['name']} {one['state']}" + (f" ({one['problem']})" if one["problem"] else "")
        for one in several
    )


def _status(done: Delivered) -> int:
    return _FAILED if done.problem else _HELD if done.is_held else 0


def _listed(name: str, to: str | None, state: Delivered | None) -> ListedDelivery:
    if state is None:
        return ListedDelivery(name, to, "ok", "", None)
    return ListedDelivery(name, to, state.look, state.problem, state.found)


def _done(district: District, done: Delivered) -> DeliveryDone:
    return DeliveryDone(district.name, done.name, done.look, done.problem, done.found)
