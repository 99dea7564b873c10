"""`retention`: what is kept longer than the district keeps data."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.erase import Person, ask, persons, tell_done
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document
from aeries_tui.operations import retention


class Due(Document, frozen=True):
    """What is kept longer than the settings say.

    Attributes:
        people_days: how long people who are gone are kept; 0 for ever.
        archive_years: how long archives are; 0 for ever.
        known: how many people something is kept of.
        people: who is due to be erased.
        archives: the names of those that are.
        waits: why a person must let it happen; null where it follows the next pull.
    """

    people_days: int
    archive_years: int
    known: int
    people: Sequence[Person]
    archives: Sequence[str]
    waits: str | None


def show(options: argparse.Namespace) -> int:
    """What is due to be erased, and whether that follows the next pull or waits for a person."""
    district = chosen_district(options)
    keep = district.settings.retention
    found = retention.due(district, dt.datetime.now(dt.UTC))
    if options.json:
        print_document(
            Due(
                keep.people_days, keep.archive_years, found.known, persons(found.people),
                [one.name for one in found.archives], found.waits or None,
            )
        )  # fmt: skip
        return 0
    days = f"{keep.people_days:,} days" if keep.people_days else "for ever"
    years = f"{keep.archive_years} years" if keep.archive_years else "for ever"
    line(
        f"People who are gone are kept {days} (retention.people_days), archives {years} (retention.archive_years)."
    )
    line(f"Kept longer than that: {found.in_words}.")
    for kind, person in found.people[:200]:
        line(f"  {kind} {person}")
    if len(found.people) > 200:
        line(f"  and {len(found.people) - 200:,} more; --json lists all")
    if found and found.waits:
        line(f"{found.waits} Let it happen: aeries-tui retention run")
    return 0


def carry_out(options: argparse.Namespace) -> int:
    """Erase what is due; a person types how many people that are, a script says --yes."""
    district = chosen_district(options)
    now = dt.datetime.now(dt.UTC)
    found = retention.due(district, now)
    if found and not options.yes:
        say(
            f"This erases {found.in_words} for good; from now on it follows pulls by itself with these limits."
        )
        ask(f"Type {len(found.people)} to erase them", str(len(found.people)), "--yes")
    tell_done(options, retention.carry_out(district, now))
    return 0
