"""`archive`: the end of the school year."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.summary import print_result
from aeries_tui.documents import Document
from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.archives.archives import Archive, alone
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.told import import_result
from aeries_tui.master.schema import newest
from aeries_tui.operations import archive_year
from aeries_tui.operations.archive_encryption import decrypt_archive, encrypt_archive
from aeries_tui.pull.after_apply import Ended

_SIGNS = {"good": "+", "notice": "!", "bad": "x"}


class ListedArchive(msgspec.Struct, frozen=True):
    """An archive of a year.

    Attributes:
        name: the school year; a second one of the same year has `-2` behind it.
        school_year: of the roster in it; null where it was not known.
        made_at, made_by: when, UTC, and by whom.
        bytes, sha256: of the copy, as it was before it was encrypted.
        path: where it lies.
        encrypted: it can't be read without a private key.
    """

    name: str
    school_year: str | None
    made_at: str
    made_by: str
    bytes: int
    sha256: str
    path: str
    encrypted: bool


class Archives(Document, frozen=True):
    """The archives, the newest first.

    Attributes:
        archives: each of them.
    """

    archives: Sequence[ListedArchive]


class ArchiveMade(Document, frozen=True):
    """An archive that was made.

    Attributes:
        import_: the import that emptied the roster.
        archive: what was made.
    """

    import_: int = msgspec.field(name="import")
    archive: ListedArchive


class ArchiveVerified(Document, frozen=True):
    """Whether an archive is as it was made.

    Attributes:
        name: of the archive.
        ok: it is.
        problems: what is wrong, in sentences.
    """

    name: str
    ok: bool
    problems: Sequence[str]


class ArchivePlace(Document, frozen=True):
    """Where the District Master of an archive lies.

    Attributes:
        name: of the archive.
        path: of the SQLite database.
        layout: of its tables and views.
    """

    name: str
    path: str
    layout: int


class ArchiveEncrypted(Document, frozen=True):
    """An archive that was encrypted, and where it lies.

    Attributes:
        name: of the archive.
        path: where it lies now.
    """

    name: str
    path: str


class ArchiveDecrypted(Document, frozen=True):
    """An archive that can be read again.

    Attributes:
        name: of the archive.
        erased: how many people were taken out of it who were erased meanwhile.
    """

    name: str
    erased: int


def _listed(archive: Archive) -> ListedArchive:
    return ListedArchive(
        archive.name, archive.school_year, archive.made_at, archive.made_by, archive.bytes, archive.sha256,
        str(archive.encrypted if archive.is_encrypted else archive.path), archive.is_encrypted,
    )  # fmt: skip


def create(options: argparse.Namespace) -> int:
    """Copy the District Master, verify the copy, then empty the roster."""
    district = chosen_district(options)
    with district.reading() as db:
        for check in archive_year.checklist(district.files, db):
            say(f"{_SIGNS[check.state]} {check.what}: {check.message} {check.remedy}".rstrip())
    if not options.yes:
        _ask(district.name)
    number, archive = archive_year.archive_year(
        district.files, district.settings, progress=lambda step: say(f"  {step}")
    )
    if options.json:
        print_document(ArchiveMade(number, _listed(archive)))
    else:
        line(f"The archive {archive.name} is made and verified; the roster is empty.")
        say(
            "Mapping, credentials and accounts stay. Next: aeries-tui pull --acknowledge --plan, and look at the plan."
        )
    return 0


def _ask(district: str) -> None:
    """A person types the district's name before the roster is emptied; a script says --yes."""
    if not sys.stdin.isatty():
        raise NotAllowedNow(
            "Archiving empties the roster.", meaning="Nothing was changed.", remedy="If that is meant: --yes."
        )
    say(
        f"This empties the roster of {district} once the copy is verified. Type the district's name to go on:"
    )
    if sys.stdin.readline().strip() != district:
        raise NotAllowedNow("The name is another one.", meaning="Nothing was changed.")


def list_all(options: argparse.Namespace) -> int:
    """List the archives."""
    files = chosen_district(options).files
    archives = archive_year.archives_of(files)
    for path in alone(files.archives):
        say(
            f"{path} has no {path.stem}.json beside it that can be read, so it can't be verified or brought back; "
            "it is kept. Bring that file back from your backup."
        )
    if options.json:
        print_document(Archives([_listed(archive) for archive in archives]))
    elif not archives:
        say("There is no archive yet.")
    else:
        table(
            ("name", "school year", "made", "by", "MB"),
            [(a.name, a.school_year, a.made_at, a.made_by, f"{a.bytes / 1e6:.1f}") for a in archives],
        )
    return 0


def verify(options: argparse.Namespace) -> int:
    """Read an archive from its first byte to its last; 0 when it is as it was made, else 5."""
    wrong = archive_year.verify_archive(chosen_district(options).files, options.name)
    if options.json:
        print_document(ArchiveVerified(options.name, not wrong, wrong))
    else:
        line(f"{options.name}: {' '.join(wrong) if wrong else 'as it was made.'}")
    return 5 if wrong else 0


def look(options: argparse.Namespace) -> int:
    """Where the District Master of an archive lies, to be opened read-only."""
    path, layout = archive_year.archive_file(chosen_district(options).files, options.name)
    if options.json:
        print_document(ArchivePlace(options.name, str(path), layout))
    else:
        line(str(path))
        if layout != newest():
            say(
                f"An earlier aeries-tui made it (layout {layout}): its tables and views are those of that time."
            )
        say(f"Read it: sqlite3 'file:{path}?mode=ro'  (the views: aeries-tui help sql)")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Plan to make the roster what an archive holds; the plan waits."""
    district = chosen_district(options)
    number = archive_year.plan_restore(district.files, district.settings, options.name)
    with district.reading() as db:
        outcome = imports.get(db, number).outcome
        if options.json:
            print_document(import_result(db, number, district.name))
        else:
            print_result(db, Ended(number, outcome), district.name)
    return outcome.exit_status


def encrypt(options: argparse.Namespace) -> int:
    """Encrypt an archive to a public key."""
    path = encrypt_archive(chosen_district(options), options.name, options.to)
    if options.json:
        print_document(ArchiveEncrypted(options.name, str(path)))
    else:
        line(str(path))
        say("Only the private key opens it. Its .json beside it says what it holds.")
    return 0


def decrypt(options: argparse.Namespace) -> int:
    """Make an encrypted archive readable again."""
    erased = decrypt_archive(chosen_district(options), options.name, Path(options.identity))
    if options.json:
        print_document(ArchiveDecrypted(options.name, erased))
    else:
        line(f"The archive {options.name} can be read again.")
        if erased:
            say(f"{erased:,} people who were erased meanwhile were taken out of it.")
    return 0
