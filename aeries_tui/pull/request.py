"""What a pull is asked to do, and what must be so before it reads anything."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from aeries_tui.audit import Act, journal_of
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.watermark import read_watermark, watermark_trouble
from aeries_tui.master.schools import schools
from aeries_tui.settings import Credential, DistrictPlaces, Settings
from aeries_tui.who import user_name

PREREQUISITES = (
    "A pull may delete, overwrite or alter what is in the District Master. "
    "If it holds data of an earlier school year, run the end-of-year archive first."
)


@dataclass(frozen=True)
class PullRequest:
    """One pull as it was asked for.

    Attributes:
        district: where the district's files are.
        credential: its credential.
        settings: config.toml.
        trigger: manual, timer, ui or demo.
        plan_only: stop at the plan and let it wait.
        resume: go on from the staged pages of the last pull that was stopped.
        quick: only what the change feeds name.
        year: the school year to ask for, such as `2026-2027`; blank for that of the settings, or else for Aeries'
            default.
        acknowledge: acknowledge the prerequisites now, in this user's name.
    """

    district: DistrictPlaces
    credential: Credential
    settings: Settings
    trigger: str = "manual"
    plan_only: bool = False
    resume: bool = False
    quick: bool = False
    year: str = ""
    acknowledge: bool = False


def as_asked_before(request: PullRequest, stopped: imports.Import | None) -> PullRequest:
    """The request with what the pull that was stopped had been asked to be, where it goes on from one.

    A plan-only pull stays one, whoever goes on with it, and whether or not what it had read can be used again.
    """
    year = request.year or request.settings.pull.school_year
    if not request.resume or stopped is None:
        return replace(request, year=year)
    year = request.year or stopped.asked_year or year
    return replace(request, plan_only=request.plan_only or stopped.plan_only, year=year)


def ready_to_pull(db: sqlite3.Connection, request: PullRequest) -> frozenset[int]:
    """The codes of the mapped schools, once everything that must be so is so.

    Raises:
        NotAllowedNow: no school is mapped, the prerequisites were not acknowledged, or a quick pull has
            nothing to go on from; nothing was read.
        WrongUse: quick and resume at once.
    """
    mapped = schools.mapped_codes(db)
    if not mapped:
        raise NotAllowedNow(
            f"No school of {request.district.name} is mapped.",
            meaning="Nothing was read and nothing was changed.",
            remedy="Run aeries-tui schools update, load the ALI schools, and map at least one school.",
        )
    if request.quick:
        _ready_to_be_quick(db, request)
    if schools.acknowledgement(db) is None:
        if not request.acknowledge:
            raise NotAllowedNow(
                "The prerequisites of the first pull have not been acknowledged. " + PREREQUISITES,
                meaning="Nothing was read and nothing was changed.",
                remedy="If that is understood: aeries-tui pull --acknowledge.",
            )
        acknowledge(db, request.district, request.settings)
    return mapped


def acknowledge(db: sqlite3.Connection, files: DistrictPlaces, settings: Settings) -> None:
    """Acknowledge the prerequisites in this user's name; raises MasterError."""
    with journal_of(files, settings).recording(Act.ACKNOWLEDGED, files.name):
        schools.acknowledge(db, user_name(), schools.school_year(db))


def _ready_to_be_quick(db: sqlite3.Connection, request: PullRequest) -> None:
    if request.resume:
        raise WrongUse(
            "--quick and --resume do not go together: a quick pull is begun anew.",
            meaning="Nothing was read and nothing was changed.",
            remedy="Leave one of them out.",
        )
    if read_watermark(db) is None:
        unread = [f"{one.where} ({one.code})" for one in result.stale(db)]
        why = (
            f" Not read well: {', '.join(unread[:3])}{' and others' if len(unread) > 3 else ''}."
            if unread
            else ""
        )
        damaged = watermark_trouble(db)
        raise NotAllowedNow(
            f"No quick pull is possible. {damaged}"
            if damaged
            else "No quick pull is possible: there is no complete pull to go on from, or an import was taken back "
            f"since.{why}",
            meaning="Nothing was read and nothing was changed.",
            remedy="Run a full pull: aeries-tui pull.",
        )
