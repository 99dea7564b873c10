"""Not for ever: who is gone for longer than the district keeps people, and archives past their time, are erased.

A person looks at it first, and lets it happen; from then on, with the same limits or longer ones, it follows pulls by
itself, unless it would take more than the guard lets a pull take.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from aeries_tui.errors import AeriesTuiError, NotAllowedNow
from aeries_tui.master.archives.archives import Archive, archives
from aeries_tui.master.roster.gone import confirm_limits, confirmed_limits, gone_since, known_people
from aeries_tui.master.tombstones import Erased
from aeries_tui.operations.district import District
from aeries_tui.operations.erase import Done, erase

REASON = "The district's retention rule"
_DAYS_IN_YEAR = 365.25


@dataclass(frozen=True)
class Due:
    """What is kept longer than the settings say.

    Attributes:
        people: who is gone for longer than `retention.people_days`.
        archives: those older than `retention.archive_years`.
        known: everybody of whom something is kept.
        waits: why a person must let it happen, in a sentence; blank where it follows the next pull.
    """

    people: tuple[Erased, ...]
    archives: tuple[Archive, ...]
    known: int
    waits: str

    def __bool__(self) -> bool:
        return bool(self.people or self.archives)

    @property
    def in_words(self) -> str:
        """How much, in a few words."""
        parts = []
        if self.people:
            parts.append(f"{len(self.people):,} people of {self.known:,}")
        if self.archives:
            parts.append(f"{len(self.archives)} archives ({', '.join(one.name for one in self.archives)})")
        return " and ".join(parts) or "nobody and nothing"


def due(district: District, now: dt.datetime) -> Due:
    """What is due to be erased at a moment; nothing is changed. Raises NotFound, MasterError."""
    keep = district.settings.retention
    with district.reading() as db:
        people = gone_since(db, _text(now - dt.timedelta(days=keep.people_days))) if keep.people_days else []
        known = known_people(db)
        confirmed = confirmed_limits(db)
    limit = _text(now - dt.timedelta(days=keep.archive_years * _DAYS_IN_YEAR))
    old = [one for one in archives(district.files.archives) if keep.archive_years and one.made_at < limit]
    waits = ""
    if confirmed is None or _is_shorter(confirmed, (keep.people_days, keep.archive_years)):
        waits = "Nobody has let it happen yet with these limits."
    elif _is_much(district, len(people), known):
        waits = (
            f"{len(people):,} of {known:,} people are more than the guard lets go by itself ([guard] loss)."
        )
    return Due(tuple(people), tuple(old), known, waits)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_shorter(confirmed: tuple[int, int], limits: tuple[int, int]) -> bool:
    """Whether a limit is shorter than the one that was confirmed; 0 is for ever."""
    return any(new and (not old or new < old) for old, new in zip(confirmed, limits, strict=True))


def _is_much(district: District, people: int, known: int) -> bool:
    limits = district.settings.guard.general
    return people >= limits.loss_minimum and people * 100.0 > limits.loss_percent * known


def carry_out(district: District, now: dt.datetime) -> Done:
    """Erase what is due, in this user's name, and let it happen by itself from now on with these limits.

    Raises:
        NotAllowedNow: nothing is due.
        Busy, MasterError: as `erase`.
    """
    found = due(district, now)
    if not found:
        raise NotAllowedNow("Nothing is kept longer than the settings say.", meaning="Nothing was erased.")
    done = erase(
        district, found.people, REASON, what="retention", keep_out=False, old_archives=found.archives
    )
    keep = district.settings.retention
    with district.writing() as db:
        confirm_limits(db, (keep.people_days, keep.archive_years))
    return done


def after_pull(district: District, now: dt.datetime) -> list[str]:
    """Erase what is due once a pull was applied, where a person let that happen; in sentences what was done or waits."""
    if not (district.settings.retention.people_days or district.settings.retention.archive_years):
        return []
    try:
        found = due(district, now)
        if not found:
            return []
        if found.waits:
            return [
                f"{found.in_words} are kept longer than [retention] says. {found.waits} Look at it: "
                "aeries-tui retention show; let it happen: aeries-tui retention run."
            ]
        done = carry_out(district, now)
    except AeriesTuiError as error:
        return [f"What is kept longer than [retention] says was not erased: {error.message} {error.meaning}"]
    return [f"By the retention rule {found.in_words} were erased; the certificate is {done.certificate}."]
