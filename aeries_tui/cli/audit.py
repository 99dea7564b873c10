"""`audit`: who did what."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from aeries_tui.audit import ACTS, Entry, Head, Journal, journal_of
from aeries_tui.audit import verify as verify_journal
from aeries_tui.cli.chosen import chosen_district, one_form
from aeries_tui.cli.documents import print_document, stream_document
from aeries_tui.cli.output import line
from aeries_tui.documents import Document, Streamed
from aeries_tui.errors import WrongUse
from aeries_tui.master.subjects import salt_of, subject
from aeries_tui.settings import find_places, load_settings
from aeries_tui.text import clean_text


class Entries(Streamed, frozen=True):
    """Entries of the journal, the oldest first.

    Attributes:
        entries: each of them.
    """

    entries: Sequence[Entry]


class JournalVerified(Document, frozen=True):
    """Whether the journal is as it was written.

    Attributes:
        ok: all of it is.
        entries: how many were read.
        last: number and hash of the last of them.
        faults: what is wrong, in sentences.
    """

    ok: bool
    entries: int
    last: Head
    faults: Sequence[str]


def _journal() -> Journal:
    places = find_places()
    return journal_of(places, load_settings(places.config_file))


def list_all(options: argparse.Namespace) -> int:
    """What was done, the oldest first; of one district or one person where that is asked for."""
    one_form(options, "jsonl")
    entries = _wanted(options)
    if options.json:
        stream_document(Entries([]), "entries", entries)
    elif options.jsonl:
        numbers = {entry.n for entry in entries}
        _as_they_stand(numbers)
    else:
        for entry in entries:
            line(clean_text(f"{entry.n:>6}  {entry.at}  {entry.actor}  {_words(entry)}"))
    return 0


def _wanted(options: argparse.Namespace) -> Iterator[Entry]:
    name = getattr(options, "district", None)
    digest = None
    if options.person is not None:
        kind, number = options.person
        if kind not in {"student", "staff"} or not number.isdigit():
            raise WrongUse(
                "--person takes a kind (student or staff) and an id.", remedy="--person student 704"
            )
        district = chosen_district(options)
        name = district.name
        with district.reading() as db:
            digest = subject(salt_of(db), kind, int(number))
    for entry in _journal().entries():
        if (name is None or entry.district == name) and (digest is None or _is_about(entry, digest)):
            yield entry


def _is_about(entry: Entry, digest: str) -> bool:
    """Whether an entry is about a person, or about several of whom they are one."""
    several = entry.about.get("people")
    return entry.about.get("person") == digest or (isinstance(several, list) and digest in several)


def _as_they_stand(numbers: set[int]) -> None:
    import msgspec

    path = _journal().path
    if not path.exists():
        return
    with path.open("rb") as file:
        for raw in file:
            try:
                found = msgspec.json.decode(raw, type=Head).n in numbers
            except msgspec.DecodeError:
                continue
            if found:
                sys.stdout.write(raw.decode("ascii", "replace"))


def _words(entry: Entry) -> str:
    known = next((words for act, words in ACTS.items() if act == entry.act), entry.act)
    about = ", ".join(f"{name} {_value(value)}" for name, value in entry.about.items())
    where = f" [{entry.district}]" if entry.district else ""
    return f"{known}{where}{': ' + about if about else ''}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value[:20]) + (" ..." if len(value) > 20 else "")
    return str(value)


def verify(options: argparse.Namespace) -> int:
    """Read the journal whole; 0 where all is as it was written, else 5."""
    found = verify_journal(_journal(), [Head(n, noted) for n, noted in options.known])
    if options.json:
        print_document(JournalVerified(found.ok, found.entries, found.last, found.faults))
    else:
        for fault in found.faults:
            line(f"x {fault}")
        if found.ok:
            line(
                f"{found.entries:,} entries, all as they were written. The last: {found.last.n}:{found.last.hash}"
            )
    return 0 if found.ok else 5
