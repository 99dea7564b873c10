"""The stages connect and year: who answers, and whether it still gives the year that is wanted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from aeries_tui.aeries import AeriesClient, SystemInfo, UnknownYear
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.school_rows import as_known, school_row, staged_row, unread_row
from aeries_tui.pull.staging import Staging
from aeries_tui.text import clean_text

_LONGEST_YEAR = 40


@dataclass(frozen=True)
class Server:
    """What the server said of itself when the reading began.

    Attributes:
        school_year: None from an old one.
        day: its date, `YYYY-MM-DD`.
        clock: its date and time as it told them, or blank.
        zone: its zone as it names it, or blank.
        address: of its API.
        unread: rows of the list of schools that can't be read, in words.
    """

    school_year: str | None
    day: str
    clock: str = ""
    zone: str = ""
    address: str = ""
    unread: tuple[str, ...] = ()


async def connect(
    client: AeriesClient, pages: Staging, log: PullLog, address: str, known: Mapping[int, AeriesSchool]
) -> Server:
    """The stage connect: who answers, its day and year, and the list of schools, which is kept in `pages`.

    Args:
        client: asks.
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
    clock = str(info.current_date_time or "").strip() if info else ""
    zone = str(info.local_time_zone_name or "").strip() if info else ""
    day = server_day(info) or dt.date.today().isoformat()
    year = _year_in(info)
    answer = await client.schools()
    rows, unread = as_known([*map(school_row, answer.records), *map(unread_row, answer.bad)], known)
    pages.keep_schools([staged_row(row) for row in rows])
    for sentence in unread:
        log.write("warning", sentence)
    log.write("info", f"Connected; {answer.received} rows in the school list; the day is {day}.")
    log.end()
    # Pages that are read before stay as old as they are: the reading began with them.
    if pages.about("clock") is None:
        pages.write_about(clock=clock, zone=zone, address=address)
    return Server(year or None, day, pages.about("clock") or "", pages.about("zone") or "", address, unread)


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
    """A district that switches its default year while it is read would give half of each."""
    info = await client.system_info()
    now = _year_in(info)
    if server.school_year and now and now != server.school_year:
        raise UnknownYear(
            f"The school year changed from {server.school_year} to {now} while it was read.",
            remedy="Pull again.",
        )


def _year_in(info: SystemInfo | None) -> str:
    """The school year as the server names it, on one harmless line; blank where it names none."""
    return clean_text(str(info.database_year or ""))[:_LONGEST_YEAR].strip() if info else ""


def server_day(info: SystemInfo | None) -> str | None:
    """The server's date as YYYY-MM-DD, however ISO 8601 spells it; None where it tells none."""
    try:
        return dt.date.fromisoformat(str(info.current_date_time if info else "").strip()[:10]).isoformat()
    except ValueError:
        return None
