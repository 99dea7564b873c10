"""`descriptions`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document, stream_document
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document, Streamed
from aeries_tui.errors import MasterError, WrongUse
from aeries_tui.exports.descriptions import write_descriptions
from aeries_tui.kinds import spoken_kind
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import Description
from aeries_tui.master.imports.descriptions import descriptions as descriptions_of
from aeries_tui.text import clean_text


class Descriptions(Streamed, frozen=True):
    """Every record of an import with a problem.

    Attributes:
        descriptions: the worst first.
    """

    descriptions: Sequence[Description]


class DescriptionsSaved(Document, frozen=True):
    """Descriptions that were written to a CSV file.

    Attributes:
        path: of the file.
        descriptions: how many.
    """

    path: str
    descriptions: int


def descriptions(options: argparse.Namespace) -> int:
    """Every record with a problem, and its remedy."""
    district = chosen_district(options)
    with district.reading() as db:
        imports.get(db, options.number)
        rows = descriptions_of(db, options.number, options.code, options.school)
        if options.csv:
            try:
                about = {
                    "what": "descriptions",
                    "import": options.number,
                    "to": str(Path(options.csv).absolute()),
                }
                with district.journal.recording(Act.EXPORTED, district.name, about):
                    written = write_descriptions(Path(options.csv), rows)
            except MasterError as error:
                raise WrongUse(error.message, remedy="Name another file.") from error
            if options.json:
                print_document(DescriptionsSaved(options.csv, written))
            say(f"{written} descriptions are in {options.csv}.")
            return 0
        if options.json:
            stream_document(Descriptions([]), "descriptions", rows)
            return 0
        for d in rows:
            where = f" at school {d.school}" if d.school is not None else ""
            line(
                f"{d.severity} {d.code:<20} {spoken_kind(d.kind)} {clean_text(d.record)}{where}: {clean_text(d.message)}"
            )
    return 0
