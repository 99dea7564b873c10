"""Who may read the roster of a district: added, given another secret, revoked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.master.schools import schools as schools_of
from aeries_tui.master.schools import schools_table
from aeries_tui.master.served import consumers
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.master.served.file import served
from aeries_tui.operations.district import District
from aeries_tui.secret import Secret

SCOPES = ("core", "roster", "demographics")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Consumers:
    """Who may read, and who might once.

    Attributes:
        all: by name.
        former: until when the old secret stays valid, in UTC, by the name of each that was given a new one.
    """

    all: tuple[Consumer, ...] = ()
    former: Mapping[str, str] = field(default_factory=dict)


def all_consumers(district: District) -> Consumers:
    """Who may read, and who might once; nobody where none was ever added. Raises MasterError."""
    if not district.files.served.exists():
        return Consumers()
    with served(district.files.served) as db:
        return Consumers(tuple(consumers.consumers(db)), consumers.former_secrets(db))


def add_consumer(
    district: District, name: str, scopes: Collection[str], schools: Collection[int], expires: str | None
) -> Secret:
    """Let a product read; returns its secret, which can be shown only now.

    Args:
        district: whose roster.
        name: its client id.
        scopes: of `SCOPES`.
        schools: the codes of the only schools that it may see; none for all.
        expires: the last moment, in UTC; None for no end.

    Raises:
        WrongUse: the name or a scope is not one.
        NotFound: there is no such school.
        NotAllowedNow: there is one of that name.
    """
    check_consumer_name(name)
    strange = sorted(set(scopes) - set(SCOPES))
    if strange or not scopes:
        raise WrongUse(
            f"{', '.join(strange) or 'Nothing'} is no scope.", meaning="Nothing was changed.",
            remedy=f"Choose among {', '.join(SCOPES)}.",
        )  # fmt: skip
    _refuse_strange_schools(district, schools)
    about = {"consumer": name, "what": "added", "scopes": sorted(scopes), "schools": sorted(schools) or None}
    with (
        district.journal.recording(Act.CONSUMER, district.name, about),
        served(district.files.create().served) as db,
    ):
        return consumers.add(db, name, scopes, [str(code) for code in schools], expires)


def check_consumer_name(name: str) -> str:
    """A name that a consumer can have; raises WrongUse for another."""
    if not _NAME.fullmatch(name):
        raise WrongUse(
            "The name of a consumer is made of up to 64 letters, digits, hyphens and underscores.",
            meaning="Nothing was changed.",
        )
    return name


def last_moment(day: dt.date) -> str:
    """The last moment of a consumer whose last day is given, in UTC: the day belongs to it. Raises WrongUse for one that is over."""
    if day < dt.datetime.now(dt.UTC).date():
        raise WrongUse(
            f"{day} is over.",
            meaning="Nothing was changed.",
            remedy="Name the last day on which it may read.",
        )
    return f"{day.isoformat()}T23:59:59Z"


def _refuse_strange_schools(district: District, schools: Collection[int]) -> None:
    if not schools:
        return
    with district.reading() as db:
        listed = {school.code for school in schools_table.aeries_schools(db)}
        mapped = schools_of.mapped_codes(db)
    for code in schools:
        if code not in mapped:
            why = "takes no part in pulls: it is not mapped" if code in listed else "is not in the list"
            raise NotFound(
                f"The school {code} {why}.",
                meaning="Nothing was changed.",
                remedy="See aeries-tui schools list.",
            )


def rotate_secret(district: District, name: str) -> tuple[Secret, str]:
    """Make a new secret; returns it, and until when the old one stays valid; raises as `consumers.rotate`."""
    with (
        district.journal.recording(Act.CONSUMER, district.name, {"consumer": name, "what": "rotated"}),
        served(_there(district)) as db,
    ):
        return consumers.rotate(db, name)


def revoke_consumer(district: District, name: str) -> None:
    """Let a product read no more; raises as `consumers.revoke`."""
    with (
        district.journal.recording(Act.CONSUMER, district.name, {"consumer": name, "what": "revoked"}),
        served(_there(district)) as db,
    ):
        consumers.revoke(db, name)


def _there(district: District) -> Path:
    path = district.files.served
    if not path.exists():
        raise NotFound("There is no consumer yet.", remedy="Add one: aeries-tui consumers add NAME.")
    return path
