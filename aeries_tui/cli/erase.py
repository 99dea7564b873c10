"""`people erase`, `people lift`: erasing people, with a certificate."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say
from aeries_tui.cli.reason import reason_of
from aeries_tui.documents import Document
from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.tombstones import Erased
from aeries_tui.operations.disposition import Certificate, Disposition
from aeries_tui.operations.erase import Done, Erasure, plan_erasure
from aeries_tui.operations.erase import erase as erase_people
from aeries_tui.operations.erase import lift as lift_person


class Person(msgspec.Struct, frozen=True):
    """Somebody by kind (student or staff) and id.

    Attributes:
        kind: student or staff.
        id: the StudentID or StaffID.
    """

    kind: str
    id: int


def persons(people: Sequence[Erased]) -> list[Person]:
    """People as a document names them."""
    return [Person(kind, number) for kind, number in people]


class PlannedErasure(Document, frozen=True):
    """What an erasure would do.

    Attributes:
        people: whom it erases, the former and later ids of the same persons with them.
        rows: rows of the District Master, by table.
        archives: archives that are looked through.
        import_files: files of imports that are.
        plans: imports whose plans wait; they are superseded.
        told: what else is worth knowing, in sentences.
    """

    people: Sequence[Person]
    rows: Mapping[str, int]
    archives: int
    import_files: int
    plans: Sequence[int]
    told: Sequence[str]


class CertificateMade(Certificate, frozen=True):
    """A certificate that was made just now.

    Attributes:
        path: where it lies.
        salt: of its list of ids, told this once.
    """

    path: str
    salt: str


class Lifted(Document, frozen=True):
    """Somebody who is let in again.

    Attributes:
        kind, id: student or staff, and the id.
        kept_out: false from now on.
    """

    kind: str
    id: int
    kept_out: bool


def erase(options: argparse.Namespace) -> int:
    """Erase people; a person types how many they are, a script says --yes."""
    district = chosen_district(options)
    people = [(options.kind, number) for number in dict.fromkeys(options.ids)]
    planned = plan_erasure(district, people)
    if options.plan:
        _show(options, planned)
        return 0
    reason = reason_of(options)
    if not options.yes:
        _tell(planned)
        ask(f"Type {len(planned.people)} to erase them", str(len(planned.people)), "--yes")
    tell_done(options, erase_people(district, people, reason))
    return 0


def _show(options: argparse.Namespace, planned: Erasure) -> None:
    if options.json:
        print_document(
            PlannedErasure(
                persons(planned.people),
                planned.rows,
                planned.archives,
                planned.imports,
                planned.plans,
                planned.told,
            )
        )
    else:
        _tell(planned)


def _tell(planned: Erasure) -> None:
    listed = ", ".join(f"{kind} {person}" for kind, person in planned.people[:20])
    more = f" and {len(planned.people) - 20} more" if len(planned.people) > 20 else ""
    noun = "person" if len(planned.people) == 1 else "people"
    say(f"This erases {len(planned.people)} {noun} for good: {listed}{more}.")
    say(f"Rows of the District Master: {planned.rows_told}.")
    say(
        f"Looked through as well: {planned.archives} archives, {planned.imports} files of imports, logs, saved lists."
    )
    if planned.plans:
        say(f"The plans that wait go: {', '.join(map(str, planned.plans))}. No stopped pull can be resumed.")
    for sentence in planned.told:
        say(sentence)


def ask(question: str, answer: str, flag: str) -> None:
    """A person types an answer before something is erased; a script says the flag."""
    if not sys.stdin.isatty():
        raise NotAllowedNow(
            "It can't be undone.", meaning="Nothing was erased.", remedy=f"If that is meant: {flag}."
        )
    say(f"{question}; anything else leaves all as it is:")
    if sys.stdin.readline().strip() != answer:
        raise NotAllowedNow("That is something else.", meaning="Nothing was erased.")


def tell_done(options: argparse.Namespace, done: Done) -> None:
    """Print the certificate, and the salt of its list of ids, which is told this once."""
    made: Disposition = done.disposition
    if options.json:
        certificate = msgspec.structs.asdict(made.certificate())
        print_document(CertificateMade(**certificate, path=str(done.certificate), salt=made.salt))
        return
    for one in made.lines():
        line(one)
    say(f"The certificate is kept as {done.certificate} and .txt.")
    say(f"The salt of its list of ids, told this once: {made.salt}")


def lift(options: argparse.Namespace) -> int:
    """Let somebody in again."""
    lift_person(chosen_district(options), options.kind, options.id)
    if options.json:
        print_document(Lifted(options.kind, options.id, kept_out=False))
    else:
        line(
            f"The {options.kind} {options.id} is no longer kept out; the next full pull takes what Aeries has."
        )
    return 0
