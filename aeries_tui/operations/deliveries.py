"""Deliveries of a district: sets of files that are made of feeds, judged, kept in the outbox, and sent whole.

A set is made of one state of the Master and put into the outbox with its place in the books in one go, so that a kill
leaves either none or a whole one. What is in the outbox is sent until it is there; a newer set of the same delivery
takes its place, unless some of its files may have their names at the receiver already: then it goes first.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import AeriesTuiError, Busy, ConfigurationError, NotAllowedNow, NotFound, WrongUse
from aeries_tui.exports.deliveries import (
    Load,
    content_of,
    held_for,
    send_by_sftp,
    send_to_folder,
    try_folder,
    try_sftp,
)
from aeries_tui.master.database import clear_errors
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.deliveries import (
    DeliverySet,
    SetFile,
    SetState,
    add_set,
    begin_placing,
    begin_try,
    decide_set,
    delivered_last,
    end_set,
    files_of,
    get_set,
    newest_import_made,
    note_problem,
    pending_numbers,
    pending_set,
    receiver_is_known,
    sets_of,
)
from aeries_tui.operations.district import District
from aeries_tui.operations.feeds import find_feed, write_files
from aeries_tui.pull.lock import locked
from aeries_tui.settings import DistrictPlaces, private_dir
from aeries_tui.settings.deliveries import BrokenDelivery, Delivery, Folder, deliveries
from aeries_tui.who import user_name

_MAKING = ".making-"
_TIMES = 3
"""How often a set is made anew because an import was applied meanwhile."""


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery.

    Attributes:
        name: its name.
        found: the set that it came to; None where the delivery can't be used, or nothing was due.
        problem: what went wrong, in sentences; blank where nothing did.
    """

    name: str
    found: DeliverySet | None
    problem: str = ""

    @property
    def is_held(self) -> bool:
        """Whether a person must look at it."""
        return self.found is not None and self.found.state is SetState.HELD

    @property
    def look(self) -> str:
        """How it stands, in a word: `ok`, `held` or `failed`."""
        return "held" if self.is_held else "failed" if self.problem else "ok"

    @property
    def sentence(self) -> str:
        """What a person must know; blank where all is well."""
        if self.is_held and self.found is not None:
            return (
                f"The delivery {self.name} is held (set {self.found.id}): {' '.join(self.found.held_for)} "
                f"See aeries-tui deliveries show {self.name}."
            )
        return f"The delivery {self.name} failed: {self.problem}" if self.problem else ""


@dataclass(frozen=True)
class Made:
    """A set that was made and is not yet in the books.

    Attributes:
        folder: where its files lie.
        import_id: the newest import in it.
        files: what they are.
        left_out: by feed, rows that were left out and rows that were written.
    """

    folder: Path
    import_id: int
    files: tuple[SetFile, ...]
    left_out: dict[str, tuple[int, int]]

    @property
    def contents(self) -> dict[str, str]:
        """What is in each file."""
        return _contents(self.files)


def known_deliveries(district: District) -> list[Delivery | BrokenDelivery]:
    """All deliveries of a district by name, those that can't be used too."""
    settings = district.settings
    if not settings.deliveries:
        return []
    alone = len(district.store.all()) <= 1
    return deliveries(settings.path, settings.deliveries, district.name, alone=alone)


def find_delivery(district: District, name: str) -> Delivery:
    """The delivery of that name.

    Raises:
        NotFound: there is none; the error names those there are.
        ConfigurationError: it can't be used.
    """
    known = {one.name: one for one in known_deliveries(district)}
    found = known.get(name)
    if found is None:
        there = f"There are {', '.join(known)}." if known else "config.toml has no [[deliveries]]."
        raise NotFound(f"There is no delivery {name}.", remedy=f"{there} See aeries-tui help deliveries.")
    if isinstance(found, BrokenDelivery):
        raise ConfigurationError(
            found.problem, meaning="Nothing was sent.", remedy="See aeries-tui help deliveries."
        )
    return found


def deliver_due(district: District, *, by_hand: bool = False) -> list[Delivered]:
    """Send what follows the newest import, and what an earlier try left in the outbox; what fails of one stops no other.

    Args:
        district: whose.
        by_hand: make and send every delivery now, whatever it follows.

    Raises:
        Busy: deliveries of the district are under way.
        MasterError: the Master or its disk can't be used.
    """
    known = known_deliveries(district)
    if not known:
        return []
    with _working(district) as db:
        return [
            Delivered(one.name, None, one.problem)
            if isinstance(one, BrokenDelivery)
            else _deliver(district, db, one, by_hand=by_hand)
            for one in known
        ]


def run_delivery(district: District, name: str) -> Delivered:
    """Make and send a delivery now, whatever it follows.

    Raises:
        NotFound, ConfigurationError: as `find_delivery`.
        Busy, MasterError: as `deliver_due`.
    """
    wanted = find_delivery(district, name)
    with _working(district) as db:
        return _deliver(district, db, wanted, by_hand=True)


def try_delivery(district: District, name: str) -> tuple[Made, list[str]]:
    """Make a set for a try, and see whether the receiver can be reached and lets files be written; sends nothing.

    Returns:
        The set, whose files are gone when this returns, and why it would be held.

    Raises:
        NotFound, ConfigurationError: as `find_delivery`.
        QueryRefused, NotAllowedNow: a feed can't be written.
        Undelivered: the receiver can't be reached, or refuses.
        Busy, MasterError: as `deliver_due`.
    """
    wanted = find_delivery(district, name)
    with _working(district) as db, _making(district.files) as folder:
        made = _make(district, db, wanted, folder)
        why = _held_for(db, wanted, made)
        if isinstance(wanted.to, Folder):
            try_folder(_tag(district, wanted), Path(wanted.to.path))
        else:
            with tempfile.TemporaryDirectory(prefix=_MAKING, dir=district.files.outbox) as beside:
                try_sftp(_tag(district, wanted), Path(beside), wanted.to)
        return made, why


def approve_set(district: District, number: int, reason: str) -> Delivered:
    """Let a held set go, in this user's name, and send it.

    Raises:
        WrongUse: there is no reason.
        NotFound, NotAllowedNow: there is no such set, or it is not held.
        ConfigurationError: its delivery can't be used any more.
        Busy, MasterError: as `deliver_due`.
    """
    with _working(district) as db:
        held = _held(db, number)
        wanted = find_delivery(district, held.name)
        if wanted.to.in_words != held.target:
            raise NotAllowedNow(
                f"The set was made for {held.target}, and {held.name} goes to {wanted.to.in_words} now.",
                meaning="Nothing was sent.",
                remedy=f"Make a new one: aeries-tui deliveries run {held.name}",
            )
        _decide(district, db, held, SetState.WAITING, reason)
        return _send(district, db, wanted, get_set(db, number))


def discard_set(district: District, number: int, reason: str) -> None:
    """Throw a held set away, in this user's name; raises as `approve_set` does."""
    with _working(district) as db:
        _decide(district, db, _held(db, number), SetState.DISCARDED, reason)


def _held(db: sqlite3.Connection, number: int) -> DeliverySet:
    found = get_set(db, number)
    if found.state is not SetState.HELD:
        raise NotAllowedNow(
            f"Set {number} is not held: it is {found.state}.",
            meaning="Nothing was changed.",
            remedy="See aeries-tui deliveries list.",
        )
    return found


def _decide(
    district: District, db: sqlite3.Connection, held: DeliverySet, state: SetState, reason: str
) -> None:
    reason = " ".join(reason.split())
    if not reason:
        raise WrongUse("A reason is needed.", meaning="Nothing was changed.", remedy="Give it with --reason.")
    verdict = "discarded" if state is SetState.DISCARDED else "approved"
    about = {"what": f"delivery {held.name}", "set": held.id, "verdict": verdict}
    with district.journal.recording(Act.DELIVERY_DECIDED, district.name, about):
        decide_set(db, held.id, state, user_name(), reason)


@contextlib.contextmanager
def _working(district: District) -> Iterator[sqlite3.Connection]:
    """The Master, with the deliveries of the district to oneself."""
    files = district.files
    if not files.master.exists():
        raise NotFound(f"There is no District Master of {district.name} yet.", remedy="Run aeries-tui pull.")
    with delivering(files), clear_errors(files.outbox), district.writing() as db:
        private_dir(files.outbox)
        _tidy(files, db)
        yield db
        _tidy(files, db)


def _tidy(files: DistrictPlaces, db: sqlite3.Connection) -> None:
    """Take away what no set of the books needs: of a kill, of sets that were delivered, discarded or superseded."""
    pending = {str(number) for number in pending_numbers(db)}
    for path in files.outbox.iterdir():
        if path.name not in pending:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def delivering(files: DistrictPlaces) -> Iterator[None]:
    """Hold the lock that lets one process deliver for a district; raises Busy, MasterError."""
    try:
        with locked(files.lock.with_name("deliveries.lock"), "deliveries"):
            yield
    except Busy as busy:
        raise Busy(
            "Deliveries of the district are under way.",
            meaning=busy.meaning,
            remedy="Wait until they are done: aeries-tui deliveries list",
        ) from None


def _deliver(district: District, db: sqlite3.Connection, wanted: Delivery, *, by_hand: bool) -> Delivered:
    pending = pending_set(db, wanted.name)
    lost = pending is not None and _is_lost(district, wanted, pending)
    if lost:
        pending = None
    if pending is not None and pending.state is SetState.PLACING:
        sent = _send(district, db, wanted, pending)
        if sent.problem:
            return sent
        pending = None
    if by_hand or lost or _is_due(db, wanted):
        try:
            found = _renew(district, db, wanted)
        except AeriesTuiError as error:
            return _unmade(db, wanted, error)
    elif pending is not None:
        found = pending
    else:
        return Delivered(wanted.name, None)
    return (
        _send(district, db, wanted, found)
        if found.state is SetState.WAITING
        else Delivered(wanted.name, found)
    )


def _is_lost(district: District, wanted: Delivery, pending: DeliverySet) -> bool:
    """Whether a set is for another receiver than the delivery has now, or its files are not there."""
    folder = district.files.outbox / str(pending.id)
    return pending.target != wanted.to.in_words or not folder.is_dir()


def _is_due(db: sqlite3.Connection, wanted: Delivery) -> bool:
    newest = imports.latest_applied(db)
    return (
        newest is not None
        and newest.outcome in wanted.after
        and newest_import_made(db, wanted.name) < newest.id
    )


def _unmade(db: sqlite3.Connection, wanted: Delivery, error: AeriesTuiError) -> Delivered:
    """Where no set can be made the books say so, and what is in the outbox for an older import stays there."""
    problem = f"{error.message} {error.remedy}".strip()
    newest = imports.latest_applied(db)
    pending = pending_set(db, wanted.name)
    if pending is None:
        pending = add_set(
            db, wanted.name, wanted.to.in_words, newest.id if newest else 0, SetState.FAILED, problem=problem
        )
    return Delivered(wanted.name, pending, problem)


def _renew(district: District, db: sqlite3.Connection, wanted: Delivery) -> DeliverySet:
    """Make a set, judge it, and put it into the outbox; or find that nothing changed."""
    target = wanted.to.in_words
    with _making(district.files) as folder:
        made = _make(district, db, wanted, folder)
        pending = pending_set(db, wanted.name)
        if (
            pending is not None
            and pending.state is SetState.HELD
            and not _is_lost(district, wanted, pending)
            and _contents(files_of(db, pending.id)) == made.contents
        ):
            return pending
        if not wanted.always and _is_there(db, wanted, made):
            return add_set(db, wanted.name, target, made.import_id, SetState.UNCHANGED)
        why = _held_for(db, wanted, made)
        return add_set(
            db, wanted.name, target, made.import_id, SetState.HELD if why else SetState.WAITING,
            files=made.files, held_for=why, left_out=sum(out for out, _ in made.left_out.values()),
            keep=lambda number: _keep(folder, district.files.outbox / str(number)),
        )  # fmt: skip


def _is_there(db: sqlite3.Connection, wanted: Delivery, made: Made) -> bool:
    """Whether the receiver has just what was made."""
    last = delivered_last(db, wanted.name)
    return (
        last is not None
        and last.target == wanted.to.in_words
        and receiver_is_known(db, wanted.name)
        and _contents(files_of(db, last.id)) == made.contents
    )


def _keep(folder: Path, to: Path) -> None:
    if to.exists():
        shutil.rmtree(to)
    folder.rename(to)
    folder.mkdir(mode=0o700)  # whoever made it takes it away


def _held_for(db: sqlite3.Connection, wanted: Delivery, made: Made) -> list[str]:
    last = delivered_last(db, wanted.name)
    return list(
        held_for(
            files_of(db, last.id) if last else [], made.files, made.left_out,
            shrink_percent=wanted.shrink_percent, left_out_percent=wanted.left_out_percent,
        )
    )  # fmt: skip


def _contents(files: list[SetFile] | tuple[SetFile, ...]) -> dict[str, str]:
    return {one.label: one.content for one in files}


@contextlib.contextmanager
def _making(files: DistrictPlaces) -> Iterator[Path]:
    private_dir(files.outbox)
    with tempfile.TemporaryDirectory(prefix=_MAKING, dir=files.outbox) as folder:
        yield Path(folder)


def _make(district: District, db: sqlite3.Connection, wanted: Delivery, folder: Path) -> Made:
    """All files of a set, of one state of the Master."""
    for _ in range(_TIMES):
        before = imports.latest_applied(db)
        if before is None:
            raise NotAllowedNow(
                "Nothing was imported yet.", meaning="Nothing was sent.", remedy="Run aeries-tui pull."
            )
        made = _write_all(district, wanted, folder, before.id)
        after = imports.latest_applied(db)
        if after is not None and after.id == before.id:
            return made
        for path in folder.iterdir():
            path.unlink()
    raise Busy(
        "Imports are applied faster than the files are written.",
        meaning="Nothing was sent.",
        remedy="Try again when they are done.",
    )


def _write_all(district: District, wanted: Delivery, folder: Path, import_id: int) -> Made:
    day = dt.date.today()
    files: dict[str, SetFile] = {}
    left_out: dict[str, tuple[int, int]] = {}
    for name in wanted.feeds:
        report = write_files(district, find_feed(district, name), folder, day)
        for one in report.files:
            file = one.path.name
            if file in files or file == wanted.mark:
                raise ConfigurationError(
                    f"Two files of the delivery {wanted.name} are called {file}.",
                    meaning="Nothing was sent.",
                    remedy="Give one of them another name, or make two deliveries of it.",
                )
            label = file.replace(day.isoformat(), "{date}")
            files[file] = SetFile(
                file, label, one.rows, one.bytes, one.sha256, content_of(one.path, one.sha256)
            )
        left_out[name] = (sum(one.rows for one in report.breaches), sum(one.rows for one in report.files))
    return Made(folder, import_id, tuple(files.values()), left_out)


def _send(district: District, db: sqlite3.Connection, wanted: Delivery, found: DeliverySet) -> Delivered:
    """Send a set that is in the outbox; what keeps it from its receiver is noted, and the set stays."""
    folder = district.files.outbox / str(found.id)
    files = files_of(db, found.id)
    about = {
        "what": f"delivery {wanted.name}", "to": found.target, "set": found.id, "import": found.import_id,
        "files": [one.file for one in files],
    }  # fmt: skip
    load = Load(
        folder, files, wanted.mark, _tag(district, wanted), placing=lambda: begin_placing(db, found.id)
    )
    begin_try(db, found.id)
    try:
        with district.journal.recording(Act.DELIVERED, district.name, about):
            if isinstance(wanted.to, Folder):
                send_to_folder(load, Path(wanted.to.path))
            else:
                send_by_sftp(load, wanted.to)
            end_set(db, found.id)
    except AeriesTuiError as error:
        problem = f"{error.message} {error.remedy}".strip()
        if get_set(db, found.id).state is not SetState.DELIVERED:
            note_problem(db, found.id, problem)
        return Delivered(wanted.name, get_set(db, found.id), problem)
    return Delivered(wanted.name, get_set(db, found.id))


def _tag(district: District, wanted: Delivery) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", f"{district.name}-{wanted.name}")


def states_of(district: District) -> list[Delivered]:
    """How each delivery stands now, by name; raises MasterError, and NotFound where there is no Master."""
    known = known_deliveries(district)
    if not known:
        return []
    with district.reading() as db:
        return [_state_of(db, one) for one in known]


def _state_of(db: sqlite3.Connection, one: Delivery | BrokenDelivery) -> Delivered:
    newest = sets_of(db, one.name, 1)
    found = newest[0] if newest else None
    if isinstance(one, BrokenDelivery):
        return Delivered(one.name, found, one.problem)
    return Delivered(one.name, found, found.problem if found is not None and found.has_failed else "")
