"""`explain`, and `people`: who is behind an id."""

from __future__ import annotations

import argparse
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say, table
from aeries_tui.cli.reason import reason_of
from aeries_tui.master.identity import Said
from aeries_tui.master.lists.people import find_people
from aeries_tui.operations.district import District
from aeries_tui.operations.explain import explain as explain_person
from aeries_tui.operations.identity import decide_identity
from aeries_tui.operations.people_acts import record_look
from aeries_tui.text import clean_text


def explain(options: argparse.Namespace) -> int:
    """Why somebody is in the roster or not."""
    district = chosen_district(options)
    with district.reading():
        pass
    if isinstance(options.who, str):
        return _find(district, options)
    record_look(district.files, district.settings, options.kind, options.who, live=options.live)
    document = explain_person(
        district.files, district.credential, district.settings, options.kind, options.who, live=options.live
    )
    if options.json:
        print_json(document)
    else:
        _print(document)
    return 0


def _find(district: District, options: argparse.Namespace) -> int:
    """List whom a name is of, also people whom the last pull read and left out."""
    matches = find_people(district.files.master, options.kind, options.who)
    if options.json:
        print_json({"people": [match.document() for match in matches]})
    elif not matches:
        say(
            f"Nobody called {clean_text(options.who)} is in the District Master, nor was left out by the last pull. "
            f"Aeries may be asked by number: aeries-tui explain {options.kind} ID --live."
        )
    else:
        table(
            ("kind", "id", "name", "schools", "state"),
            [(one.kind, str(one.id), one.name, one.schools, one.state) for one in matches],
        )
        say(f"Why: aeries-tui explain {options.kind} ID")
    return 0


def same(options: argparse.Namespace) -> int:
    """It is the same person."""
    return _decide(options, "same")


def another(options: argparse.Namespace) -> int:
    """It is another person."""
    return _decide(options, "another")


def _decide(options: argparse.Namespace, verdict: Said) -> int:
    district = chosen_district(options)
    with district.reading():
        pass
    told = decide_identity(district, options.kind, options.id, verdict, reason_of(options))
    if options.json:
        print_json({"kind": options.kind, "id": options.id, "verdict": verdict, "consequences": told})
    else:
        for sentence in told:
            line(sentence)
    return 0


def _print(document: dict[str, Any]) -> None:
    person = document["person"]
    name = " ".join(str(person[part]) for part in ("first_name", "last_name") if person.get(part))
    state = "active" if document["active"] else "not active" if document["in_master"] else "not in the Master"
    line(clean_text(f"{person['kind']} {person['id']} {name}: {state}"))
    line(clean_text(document["verdict"]))
    for one in document["remedies"]:
        line(clean_text(f"  what to do ({one['for']}): {one['remedy']} ({one['page']})"))
    for school in document["schools"]:
        ali = f"ALI {school['ali_name']}" if school["ali_id"] else "not mapped"
        line(clean_text(f"  school {school['code']} {school['name']}: {_state(school)}, {ali}"))
    for section in document["sections"]:
        line(clean_text(f"  section {section['id']} {section['title'] or ''}: {_state(section)}"))
    for step in document["history"]:
        changed = ", ".join(
            f"{name} {_value(old)} -> {_value(new)}" for name, (old, new) in step["fields"].items()
        )
        shown = changed if step["action"] == "updated" else ""
        line(
            clean_text(
                f"  import {step['import']} {step['at']}: {step['kind']} {step['action']} {shown}".rstrip()
            )
        )


def _state(part: dict[str, Any]) -> str:
    return "active" if part["active"] else "no longer"


def _value(value: object) -> str:
    return "(blank)" if value is None else str(value)
