"""`descriptions`."""

from __future__ import annotations

import argparse
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, say, stream_json
from aeries_tui.errors import MasterError, WrongUse
from aeries_tui.exports.descriptions import write_descriptions
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import descriptions as descriptions_of
from aeries_tui.text import clean_text


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
            say(f"{written} descriptions are in {options.csv}.")
            return 0
        if options.json:
            names = ("code", "severity", "kind", "record", "school", "field", "message", "remedy")
            stream_json("descriptions", ({name: getattr(d, name) for name in names} for d in rows))
            return 0
        for d in rows:
            where = f" at school {d.school}" if d.school is not None else ""
            line(f"{d.severity} {d.code:<20} {d.kind} {clean_text(d.record)}{where}: {clean_text(d.message)}")
    return 0
