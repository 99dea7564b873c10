"""The year's end: archive the roster and start empty, look at archives, bring one back as a plan."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aeries_tui.audit import Act, journal_of
from aeries_tui.codes import Code
from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.master.archives import archives
from aeries_tui.master.archives.archives import Archive
from aeries_tui.master.archives.archiving import (
    Progress,
    attached_archive,
    empty_roster,
    make_copy,
    plan_restore_kind,
)
from aeries_tui.master.database import connect, immediate
from aeries_tui.master.identity.holders import plan_kept_handovers
from aeries_tui.master.imports import imports, result
from aeries_tui.master.roster.apply import attached, copy_books
from aeries_tui.master.roster.head_count import head_count
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.roster.plan import Plan, new_plan
from aeries_tui.master.roster.undo import count_taken_back
from aeries_tui.master.schools import schools
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import closed_on_failure
from aeries_tui.pull.folder import plan_file
from aeries_tui.pull.lock import holder, locked
from aeries_tui.pull.recovery import recover
from aeries_tui.pull.set_aside import begin_folder
from aeries_tui.pull.stages.files import drop_superseded
from aeries_tui.pull.stages.guard import Reason, guard, write_reasons
from aeries_tui.settings import DistrictPlaces, Settings, private_dir
from aeries_tui.who import user_name


@dataclass(frozen=True)
class Ready:
    """One line of the checklist before an archive.

    Attributes:
        what: what was looked at.
        state: good; notice, worth knowing; or bad, which stops the archive.
        message, remedy: what is so, and what to do where it is not good.
    """

    what: str
    state: Literal["good", "notice", "bad"]
    message: str
    remedy: str = ""


def checklist(district: DistrictPlaces, master: sqlite3.Connection) -> list[Ready]:
    """What to look at before the roster is archived and emptied; changes nothing."""
    return [
        _roster(master), *_year_of_aeries(master), _nobody_else(district), _newest_pull(master), _waiting(master), _room(district),
    ]  # fmt: skip


def _roster(master: sqlite3.Connection) -> Ready:
    people = head_count(master).all
    if not people:
        return Ready("Roster", "bad", "There is nobody in the District Master; there is nothing to archive.")
    year = schools.school_year(master) or "an unknown school year"
    return Ready("Roster", "good", f"{people:,} people of {year}.")


def _year_of_aeries(master: sqlite3.Connection) -> list[Ready]:
    """Which year Aeries takes for the current one; nothing where no pull has asked."""
    newest, year = imports.latest_ended_pull(master), schools.school_year(master)
    if newest is None or newest.school_year is None or year is None:
        return []
    if newest.school_year != year:
        told = f"Aeries answers with {newest.school_year}, import {newest.id}."
        return [Ready("School year", "good", told)]
    return [
        Ready(
            "School year", "notice", f"Aeries still answered with {year} at the newest pull, {newest.started_at}.",
            "If Aeries has not been rolled over since, the next pull fills the roster with the same year again: archive "
            "after the rollover, before the first pull of the new year.",
        )
    ]  # fmt: skip


def _nobody_else(district: DistrictPlaces) -> Ready:
    held = holder(district.lock)
    if held is None:
        return Ready("Freeze", "good", "No pull is running, and none can start meanwhile.")
    return Ready("Freeze", "bad", f"In use since {held.since}: {held.what}.", "Wait until it is done.")


def _newest_pull(master: sqlite3.Connection) -> Ready:
    newest = imports.latest_ended_pull(master)
    if newest is None:
        return Ready("Newest pull", "notice", "There was no pull yet.")
    unread = len(result.stale(master))
    if newest.outcome is Outcome.COMPLETED and not unread:
        return Ready("Newest pull", "good", f"Import {newest.id}, {newest.started_at}: Completed.")
    further = f" {unread} lists could not be read lately." if unread else ""
    return Ready(
        "Newest pull", "notice", f"Import {newest.id}, {newest.started_at}: {newest.outcome.look.label}.{further}",
        "The archive holds what the Master holds. Pull once more before, if that should be whole.",
    )  # fmt: skip


def _waiting(master: sqlite3.Connection) -> Ready:
    held = imports.latest_held(master)
    if held is None:
        return Ready("Plans", "good", "No plan waits for a person.")
    return Ready(
        "Plans", "notice", f"The plan of import {held.id} waits; the archive supersedes it.",
        "Approve or discard it first.",
    )  # fmt: skip


def _room(district: DistrictPlaces) -> Ready:
    # What lies beside it, but for the log of its latest writes, is not copied: `master.sqlite3.before-N`, say.
    parts = (district.master, district.master.with_name(f"{district.master.name}-wal"))
    size = sum(path.stat().st_size for path in parts if path.exists())
    free = shutil.disk_usage(district.root).free
    told = f"{_shown(free)} free; the copy takes {_shown(size)}."
    if free > 2 * size:  # emptying writes as well
        return Ready("Disk", "good", told)
    return Ready("Disk", "bad", told, "Free some space.")


def _shown(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def archive_year(
    district: DistrictPlaces,
    settings: Settings,
    *,
    trigger: str = "manual",
    progress: Progress = lambda step: None,
) -> tuple[int, Archive]:
    """Archive the roster and empty it: checklist, freeze, copy, verify, empty.

    Killed at any point, the roster is in the Master as before, or it is in the archive and the Master
    is empty; done again, it goes on from a copy that was finished.

    Args:
        district: where its files are.
        settings: config.toml.
        trigger: manual, timer, ui or demo.
        progress: hears of each of `archiving.STEPS` as it begins.

    Returns:
        The number of the import that stands for it in the book, and the archive.

    Raises:
        Busy: a pull is running.
        NotAllowedNow: there is nothing to archive, or no room for it.
        MasterError: the disk failed or the copy is not good; the roster is as it was.
    """
    with (
        journal_of(district, settings).recording(Act.ARCHIVED, district.name) as about,
        locked(district.lock, "archive"),
        clear_errors(district.master),
        contextlib.closing(connect(district.master)) as master,
    ):
        recover(district, master, settings.accounts)
        for check in (_roster(master), _room(district)):
            if check.state == "bad":
                raise NotAllowedNow(check.message, meaning="Nothing was changed.", remedy=check.remedy)
        private_dir(district.archives)
        number = imports.begin(master, kind="archive", trigger=trigger)
        with closed_on_failure(master, district.master, number):
            made = make_copy(master, district.archives, number, user_name(), progress)
            empty_roster(master, made, number, progress)
        with contextlib.suppress(
            OSError
        ):  # the roster is archived; what is left lying goes at the next start
            drop_superseded(district, master, number)
        about |= {"import": number, "archive": made.name}
        return number, made


def archives_of(district: DistrictPlaces) -> list[Archive]:
    """The district's archives, newest first."""
    return archives.archives(district.archives)


def verify_archive(district: DistrictPlaces, name: str) -> list[str]:
    """What is wrong with an archive, read from its first byte to its last; an empty list is good.

    One of an older layout is brought up on a copy, to see that it can be.

    Raises:
        NotFound: there is none of that name.
        MasterError: it is as it was made, but this program does not know its layout.
    """
    archive = archives.get(district.archives, name)
    wrong = archives.verify(archive)
    if not wrong:
        with archives.readable(archive):
            pass
    return wrong


def archive_file(district: DistrictPlaces, name: str) -> tuple[Path, int]:
    """The District Master inside an archive, to be opened read-only, and the number of its layout.

    Raises:
        NotFound: there is none of that name.
        MasterError: this program does not know its layout.
    """
    archive = archives.get(district.archives, name)
    return archive.path, archives.number_of(archive)


def plan_restore(district: DistrictPlaces, settings: Settings, name: str, *, trigger: str = "manual") -> int:
    """Plan to make the roster what an archive holds, row for row; the plan waits for a person.

    Approved, it is an import like any other, and can be undone like any other. Mapping and accounts
    stay as they are.

    Returns:
        The number of the import, which is held.

    Raises:
        NotFound: there is no such archive.
        MasterError: the archive is not as it was made, or this program does not know its layout.
        Busy: a pull is running.
    """
    archive = archives.get(district.archives, name)
    with (
        journal_of(district, settings).recording(Act.RESTORED, district.name, {"archive": name}) as about,
        locked(district.lock, "restore"),
        clear_errors(district.master),
        contextlib.closing(connect(district.master)) as master,
    ):
        recover(district, master, settings.accounts)
        _refuse_damaged(archive)
        archives.number_of(archive)
        number = imports.begin(master, kind="restore", trigger=trigger)
        with closed_on_failure(master, district.master, number):
            imports.set_source(master, number, archive.school_year, "")
            imports.add_notes(master, number, begin_folder(district, number)[1])
            path = plan_file(district, number)
            with new_plan(path, district.master) as plan:
                _fill(plan, settings, archive, number)
            with attached(master, path), immediate(master):
                copy_books(master, number)
            imports.close(master, number, Outcome.HELD)
        about["import"] = number
        return number


def _refuse_damaged(archive: Archive) -> None:
    wrong = archives.verify(archive)
    if wrong:
        raise MasterError(
            f"The archive {archive.name} is not as it was made: {wrong[0]}",
            meaning="Nothing was changed.",
            remedy="Bring the archive's files back from your backup.",
        )


def _fill(plan: Plan, settings: Settings, archive: Archive, number: int) -> None:
    with archives.readable(archive) as path, attached_archive(plan.connection, path):
        for kind in KINDS:
            plan_restore_kind(plan.connection, kind)
            count_taken_back(plan, kind)
        plan_kept_handovers(plan.connection)
    about = archive.school_year or "an unknown school year"
    asked = Reason(
        Code.RUN_HELD_RESTORE, f"The roster would become that of the archive {archive.name} ({about})."
    )
    years = (plan.school_year(), archive.school_year)
    write_reasons(plan, [asked, *guard(plan, settings.guard, frozenset(), years)])
    plan.write_about("import_id", number)
