"""The doctor: a full look at everything the program stands on."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from aeries_tui.aeries import AeriesError, normalise_address
from aeries_tui.aeries.tls_expiry import server_certificate_ends
from aeries_tui.audit import Journal, verify
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.database import connect, copies_before, damage
from aeries_tui.master.imports import imports, result
from aeries_tui.master.schema import newest, strange
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.operations.client import checking_client
from aeries_tui.operations.daily_import import agreement, flags_for
from aeries_tui.operations.district import District
from aeries_tui.operations.district_checks import check_states
from aeries_tui.operations.doctor_files import files
from aeries_tui.operations.erase import no_longer_kept_out
from aeries_tui.operations.finding import Finding
from aeries_tui.operations.machine_import import root_has_looked
from aeries_tui.operations.roster_service.findings import service_findings as roster_service_findings
from aeries_tui.operations.service_findings import (
    ONLY_ROOT_TRIES,
    is_for_the_service_alone,
    service_problem,
)
from aeries_tui.operations.workable import strange_files
from aeries_tui.schedule import Agreement
from aeries_tui.settings import Credential, DistrictPlaces, Settings
from aeries_tui.settings.district_names import taken_by
from aeries_tui.settings.machine import MACHINE
from aeries_tui.text import in_age

LEAST_FREE_BYTES = 500_000_000
MOST_CLOCK_SECONDS = 300
SOON_DAYS = 21


def examine(district: District, *, online: bool) -> list[Finding]:
    """Look at database, permissions, disk, clock, TLS, timer and last run of a district.

    Args:
        district: which one.
        online: also ask the server (its clock and its TLS certificate).
    """
    findings = [
        *_database(district.files),
        *_copies(district.files),
        *files(district),
        *_name(district.files),
        _disk(district.files),
        _journal(district.journal),
        *_erased(district),
        _timer(agreement(district), flags_for(district)),
        *_service(district),
        *_last_run(district),
        *_checks(district),
        *roster_service_findings(district),
    ]
    if online and is_for_the_service_alone(district):
        findings.append(
            Finding(
                "server",
                "notice",
                "Aeries was not asked: systemd gives the certificate to the service alone.",
            )
        )
    elif online:
        findings += _server(district.credential, district.settings, district.places.host_slots)
    return findings


def _database(district: DistrictPlaces) -> Iterator[Finding]:
    if not district.master.exists():
        yield Finding(
            "database", "notice", "There is no District Master yet.", "Run aeries-tui schools update."
        )
        return
    try:
        path = district.master
        with clear_errors(path), contextlib.closing(connect(path, read_only=True)) as db:
            wrong = damage(db, full=True)
            other = strange(db, newest())
    except AeriesTuiError as error:
        yield Finding("database", "bad", error.message, error.remedy)
        return
    if wrong:
        yield Finding(
            "database", "bad", f"{district.master} is damaged: {wrong[0]}",
            f"Restore the newest copy ({district.master.name}.before-N or an archive), then pull again.",
        )  # fmt: skip
    elif other is not None:
        yield Finding(
            "database", "bad", f"{district.master} is not of layout {newest()}, as it says: {other}.",
            f"Restore the newest copy ({district.master.name}.before-N or an archive), then pull again.",
        )  # fmt: skip
    else:
        size = district.master.stat().st_size / 1e6
        yield Finding("database", "good", f"{district.master} is whole ({size:.0f} MB).")


def _copies(district: DistrictPlaces) -> Iterator[Finding]:
    copies = copies_before(district.master)
    if not copies:
        return
    size = sum(copy.stat().st_size for copy in copies) / 1e6
    names = ", ".join(copy.name for copy in copies)
    yield Finding(
        "copies", "notice", f"{len(copies)} from before an upgrade: {names} ({size:.0f} MB).",
        "They go by themselves after the next full or quick pull that is completed.",
    )  # fmt: skip


def _name(district: DistrictPlaces) -> Iterator[Finding]:
    """One that was added before such names were refused."""
    if taken := taken_by(district.name):
        yield Finding(
            "name", "notice", f"The district should not be called {district.name!r}: {taken}.",
            f"Remove the credential, rename {district.root}, and add the district under that name.",
        )  # fmt: skip


def _journal(journal: Journal) -> Finding:
    try:
        with clear_errors(journal.path):
            found = verify(journal)
    except AeriesTuiError as error:
        return Finding("journal", "bad", error.message, error.remedy)
    if found.ok:
        return Finding("journal", "good", f"{found.entries:,} entries, all as they were written.")
    return Finding(
        "journal", "bad", " ".join(found.faults[:3]),
        "Somebody changed it, or the disk did. See aeries-tui audit verify; compare with your backup, and with syslog "
        "where audit.syslog is on.",
    )  # fmt: skip


def _erased(district: District) -> Iterator[Finding]:
    """Who was erased is in again where the Master was brought back from before."""
    try:
        n = no_longer_kept_out(district)
    except AeriesTuiError:  # told by others
        return
    if n:
        yield Finding(
            "erased", "bad", f"{n:,} {'person was' if n == 1 else 'people were'} erased whom the District Master does not keep "
            "out; it was brought back from before that, or made anew.", "Erase them again: aeries-tui people erase KIND ID --reason TEXT.",
        )  # fmt: skip


def _disk(district: DistrictPlaces) -> Finding:
    root = next(path for path in (district.root, *district.root.parents) if path.exists())
    free = shutil.disk_usage(root).free
    size = district.master.stat().st_size if district.master.exists() else 0
    needed = max(LEAST_FREE_BYTES, 3 * size)
    message = f"{free / 1e9:.1f} GB free at {root}"
    if free < needed:
        return Finding("disk", "bad", f"{message}; a pull wants {needed / 1e9:.1f} GB.", "Free some space.")
    return Finding("disk", "good", f"{message}.")


def _timer(agrees: Agreement, flags: str) -> Finding:
    if agrees == "agrees":
        return Finding("daily import", "good", "The timer does what the setting says.")
    if agrees == "off":
        return Finding(
            "daily import",
            "notice",
            "The daily import is off.",
            "aeries-tui credentials change NAME --daily-import HH:MM",
        )
    return Finding(
        "daily import", "bad", "Timer and setting do not agree.",
        f"See aeries-tui schedule show{flags.replace(' --system', '')}.",
    )  # fmt: skip


def _service(district: District) -> Iterator[Finding]:
    """What root found when it tried the service, and what is another account's among the files."""
    was_tried, problem = service_problem(district)
    if problem is not None:
        remedy = " ".join(filter(None, (problem.meaning, problem.remedy)))
        yield Finding("service", "bad", f"The service can't do its work. {problem.message}", remedy)
    elif was_tried:
        yield Finding("service", "good", "It was tried just now and could do its work.")
    elif district.places == MACHINE and not root_has_looked():
        yield Finding("service", "notice", "It was not tried as it would run.", ONLY_ROOT_TRIES)
    strange = strange_files(district)
    if strange:
        yield Finding(
            "owners", "bad", f"{len(strange)} things can't be deleted when their time has come, such as {strange[0]}: "
            "they belong to another account.",
            f"As root: chown -R --reference='{district.files.root}' '{district.files.root}'",
        )  # fmt: skip


def _last_run(district: District) -> Iterator[Finding]:
    try:
        with district.reading() as db:
            last = imports.latest_pull(db)
            stale = result.stale(db)
    except AeriesTuiError:
        return
    if last is None:
        yield Finding("last pull", "notice", "Nothing has been pulled yet.", "aeries-tui pull")
    elif last.applied:
        yield Finding("last pull", "good", f"Import {last.id}, {last.ended_at}: {last.outcome.look.label}.")
    else:
        yield Finding(
            "last pull",
            "notice",
            f"Import {last.id}: {last.outcome.look.label}.",
            f"See aeries-tui results {last.id}.",
        )
    if stale:
        yield Finding("lists", "notice", f"{len(stale)} lists could not be read lately; their people are as they were.",
                      "See aeries-tui troubleshooting.")  # fmt: skip


def _checks(district: District) -> Iterator[Finding]:
    for state in check_states(district):
        if state.problem:
            yield Finding(
                "checks", "bad", state.problem, "See aeries-tui help checks, then try it with checks test."
            )


def _server(credential: Credential, settings: Settings, host_slots: Path) -> Iterator[Finding]:
    try:
        yield asyncio.run(_clock(credential, settings, host_slots))
        address = normalise_address(credential.url)
    except AeriesTuiError as error:
        yield Finding("server", "bad", error.message, error.remedy)
        return
    if address.is_plain_http:
        yield Finding(
            "TLS", "notice", "The address is plain HTTP; anybody on the way can read the certificate."
        )
        return
    ca_file = Path(settings.source.ca_file) if settings.source.ca_file else None
    try:
        ends = server_certificate_ends(address, ca_file)
    except AeriesError as error:
        yield Finding("TLS", "bad", error.message, error.remedy)
        return
    days = (ends - dt.datetime.now(dt.UTC)).days
    state: Literal["good", "notice"] = "notice" if days < SOON_DAYS else "good"
    yield Finding("TLS", state, f"The server's certificate is verified and ends in {days} days ({ends:%Y-%m-%d}).",
                  "Tell whoever runs the Aeries server." if days < SOON_DAYS else "")  # fmt: skip


async def _clock(credential: Credential, settings: Settings, host_slots: Path) -> Finding:
    async with checking_client(credential, settings, host_slots) as client:
        info = await client.system_info()
    text = str(info.current_date_time or "") if info else ""
    head, sign, zone = text[:19], text[-6:-5], text[-6:]
    try:
        theirs = dt.datetime.fromisoformat(head + (zone if sign in {"+", "-"} else ""))
    except ValueError:
        return Finding("clock", "notice", "The server does not tell its time.")
    if theirs.tzinfo is None:
        return Finding("clock", "good", f"The server's time is {theirs}, without a zone.")
    off = abs((theirs - dt.datetime.now(dt.UTC)).total_seconds())
    if off > MOST_CLOCK_SECONDS:
        return Finding("clock", "notice", f"This machine's clock and the server's differ by {in_age(off)}.",
                       "Pulls go by the server's day; set this machine's clock (timedatectl).")  # fmt: skip
    return Finding("clock", "good", f"This machine's clock and the server's differ by {in_age(off)}.")
