"""`schools`."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.side_by_side import for_each
from aeries_tui.codes import Code
from aeries_tui.documents import Document
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations import update_schools
from aeries_tui.operations.ali_csv import read_ali_csv
from aeries_tui.operations.change_mapping import change_mapping
from aeries_tui.operations.district import District
from aeries_tui.operations.update_schools import ListedSchool, SchoolList
from aeries_tui.text import in_number
from aeries_tui.who import user_name


class MappedByHand(Document, frozen=True):
    """What a person said of an Aeries school.

    Attributes:
        aeries_code: of the school.
        ali_id: what it is mapped to; null for nothing.
        excluded: only where that was said: it takes no part.
    """

    aeries_code: int
    ali_id: str | None
    excluded: bool | msgspec.UnsetType = msgspec.UNSET


class AliSchoolsLoaded(Document, frozen=True):
    """What became of a list of ALI schools.

    Attributes:
        added: ALI schools that were not known.
        updated: those that were.
        mapped: Aeries schools that were mapped by it.
        notes: what is worth knowing of the file, in sentences.
    """

    added: int
    updated: int
    mapped: int
    notes: Sequence[str]


class AliSchoolsCreated(Document, frozen=True):
    """How many ALI schools were made from Aeries schools, and mapped.

    Attributes:
        created: how many.
    """

    created: int


def update(options: argparse.Namespace) -> int:
    """Read the list of one district from Aeries, or of all, and map what can be mapped."""
    return for_each(
        options, ["schools", "update"], lambda district: (0, _update(district)), in_words=_list_in_words
    )


def _list_in_words(document: Mapping[str, Any]) -> str:
    """How many schools are mapped, by the document of another process."""
    if "schools" not in document:
        return ""
    listed = document["schools"]
    return f"{sum(one['ali_id'] is not None for one in listed)} of {in_number(len(listed), 'school')} mapped"


def _update(district: District) -> SchoolList:
    rows = asyncio.run(
        update_schools.read_schools(district.credential, district.settings, district.places.host_slots)
    )
    with district.writing() as db:
        updated = update_schools.take_schools(db, rows)
        document = update_schools.school_list(db, district.name)
    say(
        f"{updated.listed} rows, {updated.offered} of them schools; {updated.mapped} mapped ({updated.new} new)."
    )
    for sentence in updated.unread:
        say(sentence)
    for code in updated.gone:
        say(f"{Code.MAP_GONE}: school {code} is mapped but no longer in the list of Aeries.")
    return document


def show(options: argparse.Namespace) -> int:
    """Show the mapping."""
    district = chosen_district(options)
    with district.reading() as db:
        document = update_schools.school_list(db, district.name)
    if options.only_unmapped:
        unmapped = [school for school in document.schools if school.is_open]
        document = msgspec.structs.replace(document, schools=unmapped)
    if options.json:
        print_document(document)
        return 0
    if not document.schools:
        say("No schools here. Run aeries-tui schools update.")
        return 0
    table(
        ("code", "Aeries school", "ALI school", "how"),
        [(s.aeries_code, s.aeries_name, _ali(s), _how(s)) for s in document.schools],
    )
    if document.unmatched_ali:
        line(f"{len(document.unmatched_ali)} ALI schools are not mapped to.")
    return 0


def _ali(school: ListedSchool) -> str:
    return f"{school.ali_name} ({school.ali_id})" if school.ali_id else "-"


def _how(school: ListedSchool) -> str:
    if school.excluded:
        return "excluded"
    why = ": " + ", ".join(school.reasons) if school.reasons else ""
    match school.match:
        case "manual":
            return "by hand"
        case "similar":
            return f"similar {school.score:.0f} %{why}"
        case None:
            best = next((one for one in school.suggestions[:1] if one.score >= 1), None)
            return f"not mapped; perhaps {best.ali_name} ({best.score:.0f} %)" if best else "not mapped"
        case other:
            return f"{other}{why}"


def map_one(options: argparse.Namespace) -> int:
    """Map an Aeries school by hand."""

    def change(db: sqlite3.Connection) -> list[int]:
        schools.set_mapping(db, options.code, options.ali_id, by=user_name())
        return [
            c for c, m in schools.mappings(db).items() if m.ali_id == options.ali_id and c != options.code
        ]

    twice = change_mapping(chosen_district(options), change)
    say(f"School {options.code} is mapped to {options.ali_id}.")
    if twice:
        say(f"{Code.MAP_DUPLICATE}: school {twice[0]} is mapped to {options.ali_id} as well.")
    return _done(options, MappedByHand(options.code, options.ali_id))


def unmap(options: argparse.Namespace) -> int:
    """Take a school's mapping away."""
    change_mapping(
        chosen_district(options), lambda db: schools.set_mapping(db, options.code, None, by=user_name())
    )
    say(f"School {options.code} is not mapped any more; the next pull plans to deactivate its people.")
    return _done(options, MappedByHand(options.code, None))


def exclude(options: argparse.Namespace) -> int:
    """Say that a school takes no part."""
    change_mapping(chosen_district(options), lambda db: schools.exclude(db, options.code, by=user_name()))
    say(f"School {options.code} is excluded.")
    return _done(options, MappedByHand(options.code, None, excluded=True))


def _done(options: argparse.Namespace, document: Document) -> int:
    if options.json:
        print_document(document)
    return 0


def import_ali(options: argparse.Namespace) -> int:
    """Load ALI schools from a CSV, then map what can be mapped."""
    given = read_ali_csv(Path(options.file), options.encoding)
    new, known, mapped = change_mapping(
        chosen_district(options),
        lambda db: (*schools_table.put_ali_schools(db, given.schools), update_schools.map_automatically(db)),
    )
    say(f"{new} ALI schools added, {known} brought up to date; {mapped} schools mapped.")
    for note in given.notes:
        say(note)
    return _done(options, AliSchoolsLoaded(new, known, mapped, given.notes))


def create_ali(options: argparse.Namespace) -> int:
    """Make ALI schools from Aeries schools and map them."""
    codes = None if options.from_aeries is None else [options.from_aeries]
    made = change_mapping(
        chosen_district(options), lambda db: update_schools.create_ali_from_aeries(db, codes)
    )
    say(f"{made} ALI schools made from Aeries schools and mapped.")
    return _done(options, AliSchoolsCreated(made))
