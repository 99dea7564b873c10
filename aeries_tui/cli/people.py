"""`explain`, and `people`: who is behind an id."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.reason import reason_of
from aeries_tui.documents import Document
from aeries_tui.left_out import Rule
from aeries_tui.master.identity.questions import Said
from aeries_tui.master.lists.people import Match, find_people
from aeries_tui.master.roster.left_out import LeftOut
from aeries_tui.master.roster.person_parts import (
    HappenedToPerson,
    IdentityOfPerson,
    SchoolOfPerson,
    SectionOfPerson,
)
from aeries_tui.operations.district import District
from aeries_tui.operations.explain import explain as explain_person
from aeries_tui.operations.explain.story import Remedy
from aeries_tui.operations.identity import decide_identity
from aeries_tui.operations.people_acts import record_look
from aeries_tui.text import clean_text


class LiveRecords(TypedDict):
    """What Aeries has of somebody now: each record by the names of its fields.

    Attributes:
        records: each record; of one that can't be read, where it is and the field.
    """

    records: Sequence[Mapping[str, Any]]


class Explanation(Document, frozen=True):
    """Why somebody is in the roster or not.

    Attributes:
        person: kind, id, and each field of the record by name; of somebody whom the Master never had the name alone,
            where that is known.
        in_master: the District Master has the record.
        active: it is in the roster now.
        verdict: why, in sentences.
        codes: of the problems that the verdict rests on.
        rule: what decides that the person is left out, where no error does; else null.
        left_out: what the last pull left the person out for; null where it did not.
        remedies: what to do.
        schools: at which the person is or was.
        sections: in which the person is or was, or teaches.
        history: what each import did, the oldest first.
        identity: whose id it is.
        live: what Aeries has now; null where it was not asked.
    """

    person: Mapping[str, str | int | float | None]
    in_master: bool
    active: bool
    verdict: str
    codes: Sequence[str]
    rule: Rule | None
    left_out: LeftOut | None
    remedies: Sequence[Remedy]
    schools: Sequence[SchoolOfPerson]
    sections: Sequence[SectionOfPerson]
    history: Sequence[HappenedToPerson]
    identity: IdentityOfPerson
    live: LiveRecords | None


class People(Document, frozen=True):
    """Whom a name is of.

    Attributes:
        people: at most 200.
    """

    people: Sequence[Match]


class IdentityDecided(Document, frozen=True):
    """What a person said of who is behind an id.

    Attributes:
        kind, id: student or staff, and the id.
        verdict: what was said.
        consequences: what follows from it, in sentences.
    """

    kind: str
    id: int
    verdict: Said
    consequences: Sequence[str]


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
        print_document(Explanation(**document))
    else:
        _print(document)
    return 0


def _find(district: District, options: argparse.Namespace) -> int:
    """List whom a name is of, also people whom the last pull read and left out."""
    matches = find_people(district.files.master, options.kind, options.who)
    if options.json:
        print_document(People(matches))
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
        print_document(IdentityDecided(options.kind, options.id, verdict, told))
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
