"""`export oneroster`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document
from aeries_tui.errors import NotAllowedNow
from aeries_tui.exports.oneroster import version_of, write_bundle
from aeries_tui.exports.oneroster.notices import Notice
from aeries_tui.settings.omit import DEMOGRAPHICS


class Bundle(Document, frozen=True):
    """A OneRoster bundle that was written.

    Attributes:
        path: the ZIP.
        version: of the standard.
        rows: records by file; a file without any is left out of the bundle.
        warnings: what products ask for beyond the standard.
    """

    path: str
    version: str
    rows: Mapping[str, int]
    warnings: Sequence[Notice]


def oneroster(options: argparse.Namespace) -> int:
    """Write a OneRoster CSV bundle of the whole roster."""
    version = version_of(options.version)
    district = chosen_district(options)
    if options.demographics and not set(DEMOGRAPHICS).isdisjoint(district.settings.omitted):
        raise NotAllowedNow(
            "Birth date and gender are not kept here (pull.omit), so there are no demographics to send.",
            meaning="No bundle was written.",
            remedy="Set demographics = true in [exports] of config.toml, then pull; from then on they are kept.",
        )
    about = {"what": f"OneRoster {options.version}", "demographics": options.demographics or None}
    with (
        district.journal.recording(Act.EXPORTED, district.name, about) as told,
        district.reading() as db,
    ):
        report = write_bundle(db, version, Path(options.to), demographics=options.demographics)
        told["to"] = str(report.path.absolute())
    if options.json:
        print_document(Bundle(str(report.path), report.version, report.rows, report.warnings))
        return 0
    line(str(report.path))
    say(", ".join(f"{name} {rows:,}" for name, rows in report.rows.items()))
    for notice in report.warnings:
        say(f"! {notice.count:,}  {notice.message} ({', '.join(notice.examples)})")
    return 0
