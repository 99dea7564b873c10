"""Erasing people: out of the Master and its history, files, archives, copies, logs and lists; with a certificate."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import MasterError, NotAllowedNow, NotFound, WrongUse
from aeries_tui.exports.erasing import erase_from_import_file, erase_from_saved
from aeries_tui.master import comparisons
from aeries_tui.master.archives.archives import Archive, alone, archives, unfinished
from aeries_tui.master.archives.erasing import erase_from_archive, erase_from_copy, finish_erasing
from aeries_tui.master.database import connect, copies_before, immediate, now_text
from aeries_tui.master.erasing import (
    Traces,
    clean_texts,
    erase_rows,
    forget_readings,
    rows_of,
    traces_of,
    wipe,
)
from aeries_tui.master.identity.holders import was_handed_over
from aeries_tui.master.identity.questions import former_of
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.deliveries import supersede_sets
from aeries_tui.master.imports.erasures import put_erasure
from aeries_tui.master.imports.superseded import supersede
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.subjects import salt_of, subject
from aeries_tui.master.tombstones import Erased, lift_tombstone, put_tombstones, tombstone_of, tombstones
from aeries_tui.operations.deliveries import delivering
from aeries_tui.operations.disposition import Disposition, digest_of_ids, require_place, write_certificate
from aeries_tui.operations.district import District
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import closed_on_failure
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import clean_lines
from aeries_tui.pull.recovery import recover
from aeries_tui.pull.stages.files import drop_known, drop_staging, drop_superseded
from aeries_tui.roster_service.erasing import erase_served
from aeries_tui.settings import DistrictPlaces
from aeries_tui.who import user_name, who

_AGAIN = "Put that right, then erase again: what is erased already is passed over."


@dataclass(frozen=True)
class Erasure:
    """What an erasure would do.

    Attributes:
        people: whom it erases, the former and later ids of the same persons with them.
        rows: rows of the Master, by table.
        archives: archives that are looked through.
        imports: imports whose files are.
        plans: imports whose plans wait; they are superseded.
        told: what else is worth knowing, in sentences.
    """

    people: tuple[Erased, ...]
    rows: dict[str, int]
    archives: int
    imports: int
    plans: tuple[int, ...]
    told: tuple[str, ...]

    @property
    def rows_told(self) -> str:
        """How many rows of what go, in words."""
        counts = (f"{table.replace('_', ' ')} {n:,}" for table, n in sorted(self.rows.items()))
        return ", ".join(counts) or "none"


@dataclass(frozen=True)
class Done:
    """What an erasure did: its certificate, and where that lies."""

    disposition: Disposition
    certificate: Path


def same_people(db: sqlite3.Connection, people: Iterable[Erased]) -> list[Erased]:
    """People with all ids under which they are known to be the same: one that was renumbered is one person."""
    found = dict.fromkeys(people)
    pending = list(found)
    while pending:
        kind, person = pending.pop()
        of: PersonKind = "student" if kind == "student" else "staff"
        for other in former_of(db, of, person):
            if other is not None and (kind, other) not in found:
                found[(kind, other)] = None
                pending.append((kind, other))
    return list(found)


def plan_erasure(district: District, people: Sequence[Erased]) -> Erasure:
    """Look at what erasing people would do; nothing is changed.

    Raises:
        NotFound: there is no District Master.
    """
    with district.reading():
        pass
    with district.writing() as db:
        known = same_people(db, people)
        traces = traces_of(db, known)
        rows = rows_of(db, traces)
        held = tuple(entry.id for entry in imports.every(db) if entry.outcome is Outcome.HELD)
        told = list(_told(db, people, known))
    files = district.files
    return Erasure(
        tuple(known), rows, len(archives(files.archives)), len(list(files.imports.glob("*/*.csv"))), held, tuple(told)
    )  # fmt: skip


def _told(db: sqlite3.Connection, asked: Sequence[Erased], known: Sequence[Erased]) -> Iterable[str]:
    for kind, person in known:
        if (kind, person) not in asked:
            yield f"{_noun(kind)} {person} is the same person, and is erased as well."
        if was_handed_over(db, kind, person):
            yield f"The id {person} stood for several people; all of them are erased under it."


def _noun(kind: str) -> str:
    return "Student" if kind == "student" else "Staff member"


def erase(
    district: District,
    people: Sequence[Erased],
    reason: str,
    *,
    what: str = "people",
    keep_out: bool = True,
    old_archives: Sequence[Archive] = (),
) -> Done:
    """Erase people everywhere below the data directory, in this user's name.

    Args:
        district: whose people.
        people: student or staff, and the id; the other ids of the same persons go with them.
        reason: why; it may not name anybody of them, for it stays.
        what: `people`, or `retention` where a rule does it.
        keep_out: a tombstone keeps them out of pulls until somebody lifts it, and archives are gone through as
            well; otherwise archives keep them to the end of their own time.
        old_archives: archives that go as a whole.

    Raises:
        WrongUse: nobody is named, there is no reason, or it names somebody of them.
        NotFound: there is no District Master.
        Busy: something is being done to the district.
        MasterError: the disk or a lock; what it means says that only a part is erased.
    """
    reason = " ".join(reason.split())
    if not (people or old_archives) or not reason:
        raise WrongUse("A reason is needed.", meaning="Nothing was erased.", remedy="Give it with --reason.")
    files = district.files
    if not files.master.exists():
        raise NotFound(f"There is no District Master of {district.name}.", meaning="Nothing was erased.")
    with (
        district.journal.recording(Act.ERASED, district.name, {"what": what}) as about,
        locked(files.lock, "erase"),
        delivering(files),
        clear_errors(files.master),
        closing(connect(files.master)) as master,
    ):
        recover(files, master, district.settings.accounts)
        known = same_people(master, people)
        traces = traces_of(master, known)
        if traces.is_named(reason):
            raise WrongUse(
                "The reason names somebody who is to be erased, and the reason is kept.",
                meaning="Nothing was erased.", remedy="Say why without a name, an address or an id.",
            )  # fmt: skip
        require_place(district.places.dispositions)
        number = imports.begin(master, kind="erase", trigger="manual")
        with closed_on_failure(master, files.master, number), _partly(files.master):
            places: Counter[str] = Counter()
            for archive in old_archives:
                archive.path.unlink(missing_ok=True)
                archive.encrypted.unlink(missing_ok=True)
                archive.side_file.unlink(missing_ok=True)
                places["whole archives"] += 1
            if keep_out:
                _erase_archives(files, traces, places)
            for path in [*alone(files.archives), *copies_before(files.master)]:
                places["copies of the District Master"] += erase_from_copy(path, traces)
            fewer = _erase_files(district, traces, places)
            places["sets of files to be delivered"] += _drop_outbox(files, master)
            places["comparisons with lists"] += comparisons.drop_all(files.comparisons)
            _erase_logs(files, traces, places)
            _erase_rows(master, traces, number, reason, places, fewer, keep_out=keep_out)
            drop_superseded(files, master, number)
            places["what the roster service gives"] += erase_served(files.served, traces)
            _wipe(master)
        salt = salt_of(master)
        about |= {
            "import": number,
            # More would make an entry that nobody reads; the tombstones have them all.
            "people": [subject(salt, kind, person) for kind, person in known]
            if len(known) <= 1_000
            else None,
            "count": len(known),
        }
        return _certify(district, known, number, reason, what, places, keep_out=keep_out)


def _certify(
    district: District, known: Sequence[Erased], number: int, reason: str, what: str, places: Counter[str],
    *, keep_out: bool,
) -> Done:  # fmt: skip
    digest, salt = digest_of_ids(known)
    kinds = Counter(kind for kind, _ in known)
    made = Disposition(
        district.name, what, number, now_text(), who(), reason, dict(sorted(kinds.items())),
        {place: n for place, n in places.items() if n}, not_reached(district, archives_keep=not keep_out), digest, salt,
    )  # fmt: skip
    return Done(made, write_certificate(district.places.dispositions, made))


def not_reached(district: District, *, archives_keep: bool = False) -> tuple[str, ...]:
    """What may hold the same data and isn't reached: what was taken out, and what the district copies.

    Args:
        district: whose data.
        archives_keep: archives were left as they are, for they have a time of their own.
    """
    taken = dict.fromkeys(
        f"{entry.about.get('what', 'a file')}, saved on {entry.at[:10]} in {entry.about['to']}"
        for entry in district.journal.entries()
        if entry.act == Act.EXPORTED and entry.district == district.name and "to" in entry.about
    )
    saved = str(district.places.data_dir / "saved")
    sent = {
        f"{entry.about['what']}, sent to {entry.about['to']}": f", last on {entry.at[:10]}"
        for entry in district.journal.entries()
        if entry.act == Act.DELIVERED and entry.district == district.name
    }
    return (
        *(one for one in taken if saved not in one),
        *(
            f"the archive {one.name}, which keeps whom it holds to the end of its own time (retention.archive_years)"
            if archives_keep
            else f"the archive {one.name}, which is encrypted; when it is decrypted they are erased from it"
            for one in archives(district.files.archives)
            if archives_keep or one.is_encrypted
        ),
        *(f"{what}{when}" for what, when in sent.items()),
        "backups and snapshots of this machine, and whoever was sent files (exports.after_import, a product)",
        "Aeries itself",
    )


@contextlib.contextmanager
def _partly(master: Path) -> Iterator[None]:
    """What fails half-way has erased a part: say so, and that it can be done again."""
    try:
        with clear_errors(master):
            yield
    except MasterError as error:
        raise MasterError(
            error.message, meaning="A part may be erased already; who was to be erased may still be found.",
            remedy=f"{error.remedy} {_AGAIN}",
        ) from error  # fmt: skip


def _erase_archives(files: DistrictPlaces, traces: Traces, places: Counter[str]) -> None:
    finish_erasing(files.archives)
    for path in unfinished(files.archives):
        path.unlink()
    for archive in archives(files.archives):
        if archive.path.exists():
            places["archives"] += erase_from_archive(archive, traces)


def _erase_files(district: District, traces: Traces, places: Counter[str]) -> list[tuple[int, str, int]]:
    """Returns by how many rows which file of which import is shorter."""
    fewer = []
    for path in sorted(district.files.imports.glob("*/*.csv")):
        if path.stem in {"student", "staff"}:
            gone = erase_from_import_file(path, path.stem, traces)
            places["files of imports"] += gone
            if gone and path.parent.name.isdigit():
                fewer.append((int(path.parent.name), path.stem, gone))
    places["saved lists"] += erase_from_saved(district.places.data_dir / "saved", traces)
    return fewer


def _drop_outbox(files: DistrictPlaces, master: sqlite3.Connection) -> int:
    """Files that wait to be delivered go whole: new ones are made after the next import."""
    with immediate(master):
        supersede_sets(master)
    gone = list(files.outbox.glob("*"))
    for folder in gone:
        shutil.rmtree(folder)
    return len(gone)


def _erase_logs(files: DistrictPlaces, traces: Traces, places: Counter[str]) -> None:
    """Staged pages and what the last check found go whole, for the next pull makes them anew; of logs lines change."""
    drop_known(files, None)
    clean = clean_texts(traces)
    for folder in sorted(path for path in files.pulls.glob("*") if path.name.isdigit()):
        if any(folder.glob("p*.sqlite3*")):
            places["staged pages and plans"] += 1
            drop_staging(files, int(folder.name))
        log = folder / "log.sqlite3"
        if log.exists():
            places["lines of logs"] += clean_lines(log, clean)


def _erase_rows(
    master: sqlite3.Connection,
    traces: Traces,
    number: int,
    reason: str,
    places: Counter[str],
    fewer: Sequence[tuple[int, str, int]],
    *,
    keep_out: bool,
) -> None:
    with immediate(master):
        put_erasure(master, number, traces.people)
        erased = erase_rows(master, traces)
        places["District Master"] += sum(erased.values())
        if keep_out:
            put_tombstones(master, sorted(traces.people), number)
        next_generation(master)
        result.shorten_files(master, fewer)
        imports.close_erasure(master, number, user_name(), reason, len(traces.people))
        supersede(master, number)


def _wipe(master: sqlite3.Connection) -> None:
    if not wipe(master):
        raise MasterError(
            "Another program reads the District Master, so what was erased may still stand in its log of writes.",
            remedy="End the program that reads it (aeries-tui on another screen, a sqlite3 shell).",
        )


def no_longer_kept_out(district: District) -> int:
    """How many people were erased, by the journal, of whom the District Master has no tombstone.

    So it is where it was brought back from a copy of before, in which they still are.
    """
    erased: set[str] = set()
    for entry in district.journal.entries():
        if entry.district != district.name:
            continue
        if entry.act == Act.ERASED and entry.about.get("what") == "district":
            erased.clear()
        elif entry.act == Act.ERASED and entry.about.get("what") == "people":
            erased.update(entry.about.get("people") or ())
        elif entry.act == Act.LIFTED:
            erased.discard(str(entry.about.get("person")))
    if not erased:
        return 0
    with district.reading() as db:
        return len(erased - {digest for _, digest in tombstones(db).digests})


def lift(district: District, kind: PersonKind, person: int) -> None:
    """Let somebody in again who was erased: the next full pull takes what Aeries has.

    Raises:
        NotAllowedNow: nobody of that id is kept out.
        Busy: something is being done to the district.
    """
    files = district.files
    with (
        district.journal.recording(Act.LIFTED, district.name, {"kind": kind}) as about,
        locked(files.lock, "lift"),
        clear_errors(files.master),
        closing(connect(files.master)) as master,
    ):
        stone = tombstone_of(master, kind, person)
        if stone is None:
            raise NotAllowedNow(
                f"Nobody with the id {person} is kept out.", meaning="Nothing was changed.",
                remedy="Only who was erased is: aeries-tui people erase.",
            )  # fmt: skip
        with immediate(master):
            lift_tombstone(master, kind, person)
            next_generation(master)
            forget_readings(master)
        about |= {"person": subject(salt_of(master), kind, person), "erased_by": stone.import_id}
