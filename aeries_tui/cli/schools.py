"""`schools`."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from aeries_tui.cli.chosen import chosen_district, chosen_districts
from aeries_tui.cli.output import line, print_json, say, table, tell
from aeries_tui.cli.side_by_side import gravest, is_side_by_side, side_by_side
from aeries_tui.codes import Code
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations import update_schools
from aeries_tui.operations.ali_csv import read_ali_csv
from aeries_tui.operations.change_mapping import change_mapping
from aeries_tui.operations.district import District
from aeries_tui.who import user_name


def update(options: argparse.Namespace) -> int:
    """Read the list of one district from Aeries, or of all, and map what can be mapped."""
    if is_side_by_side(options):
        return side_by_side(options, ["schools", "update"])
    if not options.all and not options.only:
        document = _update(chosen_district(options))
        if options.json:
            print_json(document)
        return 0
    statuses, documents = [], []
    for district in chosen_districts(options):
        say(f"== {district.name}")
        try:
            documents.append({"district": district.name, **_update(district)})
            statuses.append(0)
        except AeriesTuiError as error:
            tell(error)
            statuses.append(error.exit_status)
            documents.append({"district": district.name, "problem": error.problem.document()})
    if options.json:
        print_json({"districts": documents})
    return gravest(statuses)


def _update(district: District) -> dict[str, Any]:
    rows = asyncio.run(update_schools.read_schools(district.credential, district.settings))
    with district.writing() as db:
        updated = update_schools.take_schools(db, rows)
        document = update_schools.list_document(db)
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
    with chosen_district(options).reading() as db:
        document = update_schools.list_document(db)
    if options.only_unmapped:
        document["schools"] = [s for s in document["schools"] if s["ali_id"] is None and not s["excluded"]]
    if options.json:
        print_json(document)
        return 0
    if not document["schools"]:
        say("No schools here. Run aeries-tui schools update.")
        return 0
    table(
        ("code", "Aeries school", "ALI school", "how"),
        [(s["aeries_code"], s["aeries_name"], _ali(s), _how(s)) for s in document["schools"]],
    )
    if document["unmatched_ali"]:
        line(f"{len(document['unmatched_ali'])} ALI schools are not mapped to.")
    return 0


def _ali(school: dict[str, object]) -> str:
    return f"{school['ali_name']} ({school['ali_id']})" if school["ali_id"] else "-"


def _how(school: dict[str, object]) -> str:
    if school["excluded"]:
        return "excluded"
    reasons = school["reasons"]
    assert isinstance(reasons, list)
    why = ": " + ", ".join(reasons) if reasons else ""
    match school["match"]:
        case "manual":
            return "by hand"
        case "similar":
            return f"similar {school['score']:.0f} %{why}"
        case None:
            suggestions = school["suggestions"]
            assert isinstance(suggestions, list)
            best = suggestions[0] if suggestions and suggestions[0]["score"] >= 1 else None
            return f"not mapped; perhaps {best['ali_name']} ({best['score']:.0f} %)" if best else "not mapped"
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
    return _done(options, {"aeries_code": options.code, "ali_id": options.ali_id})


def unmap(options: argparse.Namespace) -> int:
    """Take a school's mapping away."""
    change_mapping(
        chosen_district(options), lambda db: schools.set_mapping(db, options.code, None, by=user_name())
    )
    say(f"School {options.code} is not mapped any more; the next pull plans to deactivate its people.")
    return _done(options, {"aeries_code": options.code, "ali_id": None})


def exclude(options: argparse.Namespace) -> int:
    """Say that a school takes no part."""
    change_mapping(chosen_district(options), lambda db: schools.exclude(db, options.code, by=user_name()))
    say(f"School {options.code} is excluded.")
    return _done(options, {"aeries_code": options.code, "ali_id": None, "excluded": True})


def _done(options: argparse.Namespace, document: dict[str, object]) -> int:
    if options.json:
        print_json(document)
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
    return _done(options, {"added": new, "updated": known, "mapped": mapped, "notes": list(given.notes)})


def create_ali(options: argparse.Namespace) -> int:
    """Make ALI schools from Aeries schools and map them."""
    codes = None if options.from_aeries is None else [options.from_aeries]
    made = change_mapping(
        chosen_district(options), lambda db: update_schools.create_ali_from_aeries(db, codes)
    )
    say(f"{made} ALI schools made from Aeries schools and mapped.")
    return _done(options, {"created": made})
