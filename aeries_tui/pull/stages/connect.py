"""The stages connect and year: who answers, what day it is there, and whether it gives the year that is wanted."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aeries_tui.aeries import AeriesClient, SystemInfo, UnknownYear
from aeries_tui.aeries.zones import zone_named
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.school_rows import as_known, school_row, staged_row, unread_row
from aeries_tui.pull.staging import Staging
from aeries_tui.text import clean_text

_LONGEST_YEAR = 40
_FIRST_MONTH = 7
"""In which a school year begins: July, as California's law has it (Education Code, section 37200)."""


@dataclass(frozen=True)
class Server:
    """What the server said of itself when the reading began.

    Attributes:
        school_year: None from an old one that was not asked for a certain year.
        day: its date, `YYYY-MM-DD`.
        clock: its date and time in its own zone, or blank.
        zone: its zone as it names it, or blank.
        address: of its API.
        notes: what is odd about its clock or its list of schools, in words.
        doubt: why a first pull waits for a person, about the school year; blank for no reason.
    """

    school_year: str | None
    day: str
    clock: str = ""
    zone: str = ""
    address: str = ""
    notes: tuple[str, ...] = ()
    doubt: str = ""


async def connect(
    client: AeriesClient, pages: Staging, log: PullLog, address: str, known: Mapping[int, AeriesSchool]
) -> Server:
    """The stage connect: who answers, its day and year, and the list of schools, which is kept in `pages`.

    Args:
        client: asks; where a year was chosen it names that one.
        pages: gets the list.
        log: the pull's log.
        address: of the API.
        known: the list as the Master has it, for rows that can't be read.
    """
    log.begin("connect", total=2, unit="steps")
    info = await client.system_info()
    log.advance(1)
    if info is None:
        log.write("warning", "This Aeries is too old to tell its date; this machine's is used.")
    clock = server_clock(info)
    zone = _zone_in(info)
    day = server_day(info) or dt.date.today().isoformat()
    year, doubt = _school_year(info, client.options.year, day)
    notes = [*_doubts_of_zone(info)]
    answer = await client.schools()
    rows, unread = as_known([*map(school_row, answer.records), *map(unread_row, answer.bad)], known)
    pages.keep_schools([staged_row(row) for row in rows])
    notes += unread
    for sentence in notes:
        log.write("warning", sentence)
    log.write("info", f"Connected; {answer.received} rows in the school list; the day is {day}.")
    log.end()
    # Pages that are read before stay as old as they are: the reading began with them.
    if pages.about("clock") is None:
        pages.write_about(clock=clock, zone=zone, address=address)
    clock, zone = pages.about("clock") or "", pages.about("zone") or ""
    return Server(year or None, day, clock, zone, address, tuple(notes), doubt)


def check_year(server: Server, pages: Staging, log: PullLog, known: str | None) -> None:
    """The stage year: the pages that are staged must be of the server's year; another one than `known` is said."""
    log.begin("year")
    staged = pages.about("school_year")
    if staged and server.school_year and staged != server.school_year:
        raise UnknownYear(
            f"The staged pages are of the school year {staged}, Aeries now gives {server.school_year}.",
            remedy="Pull without --resume.",
        )
    if server.school_year:
        pages.write_about(school_year=server.school_year)
    if known and server.school_year and known != server.school_year:
        log.write("warning", f"Aeries gives the school year {server.school_year}, the Master holds {known}.")
    else:
        log.write("info", f"School year {server.school_year or 'not told'}.")
    log.end()


async def same_year(client: AeriesClient, server: Server) -> None:
    """A year that Aeries stops to give while it is read silently becomes another one: that would be half of each."""
    try:
        await client.system_info()
    except UnknownYear as error:
        raise UnknownYear(
            f"The school year {server.school_year} is no longer what Aeries gives: it changed while it was read.",
            remedy="Pull again.",
        ) from error


def _year_in(info: SystemInfo | None) -> str:
    """The school year as the server names it, on one harmless line; blank where it names none."""
    return clean_text(str(info.database_year or ""))[:_LONGEST_YEAR].strip() if info else ""


def _school_year(info: SystemInfo | None, chosen: int | None, day: str) -> tuple[str, str]:
    """The school year that is read, and why a first pull of it waits for a person; both may be blank."""
    year = _year_in(info)
    if chosen is not None:
        if year:
            return year, ""
        name = _year_name(chosen)
        return name, f"The school year {name} was asked for, but Aeries does not say which one it gives."
    available = [clean_text(str(one or "")).strip() for one in info.available_database_years] if info else []
    held = year_by(dt.date.fromisoformat(day), available)
    if not year or year[:4] == held[:4]:
        return year, ""
    return year, (
        f"Aeries gives the school year {year} as its default, but by its date ({day}) and its list of years "
        f"{held} is held. Pull the one that is meant: aeries-tui pull --year {held}, or approve this plan of {year}."
    )


def year_by(day: dt.date, available: Sequence[str]) -> str:
    """The school year that is held on a day: of those available the last that has begun, else the next to come.

    Args:
        day: the server's.
        available: the years it has, as it names them; where it names none, the day alone decides.
    """
    now = day.year if day.month >= _FIRST_MONTH else day.year - 1
    there = sorted(int(name[:4]) for name in available if name[:4].isascii() and name[:4].isdecimal())
    begun = [year for year in there if year <= now]
    return _year_name(begun[-1] if begun else there[0] if there else now)


def _year_name(begin: int) -> str:
    return f"{begin}-{begin + 1}"


def _zone_in(info: SystemInfo | None) -> str:
    return clean_text(str(info.local_time_zone_name or "")).strip() if info else ""


def _instant(info: SystemInfo | None) -> dt.datetime | None:
    """The moment that the server's clock tells, where it tells one with an offset."""
    try:
        told = dt.datetime.fromisoformat(str(info.current_date_time or "").strip() if info else "")
    except ValueError:
        return None
    return told if told.tzinfo is not None else None


def _doubts_of_zone(info: SystemInfo | None) -> Iterator[str]:
    told, name = _instant(info), _zone_in(info)
    clock = clean_text(server_clock(info))
    if clock and server_day(info) is None:
        yield f"The clock of Aeries ({clock[:40]}) can't be read; the day is that of this machine."
    if told is None or zone_named(name) is not None:
        return
    if name:
        yield f"The time zone of Aeries ({name}) is not known here; the day is the one that its clock gives."
    elif not told.utcoffset():
        yield "Aeries gives its time in UTC and names no zone; the day is that of UTC."


def server_clock(info: SystemInfo | None) -> str:
    """The server's date and time in the server's zone; as they stand where it names no offset, or no zone known here."""
    told, zone = _instant(info), zone_named(_zone_in(info))
    if told is None or zone is None:
        return str(info.current_date_time or "").strip() if info else ""
    with contextlib.suppress(OverflowError):  # the first day of the calendar has none before it
        return told.astimezone(zone).isoformat()
    return told.isoformat()


def server_day(info: SystemInfo | None) -> str | None:
    """The server's date in its zone, as YYYY-MM-DD, however ISO 8601 spells it; None where it tells none."""
    try:
        return dt.date.fromisoformat(server_clock(info)[:10]).isoformat()
    except ValueError:
        return None
