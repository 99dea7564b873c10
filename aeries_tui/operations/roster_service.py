"""The roster service of a district: who may read, and running it."""

from __future__ import annotations

import asyncio
import re
import shlex
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.alarms.verdict import RosterService, ServiceReader
from aeries_tui.audit import Act
from aeries_tui.errors import NotAllowedNow, NotFound, WrongUse
from aeries_tui.master.schools import schools_table
from aeries_tui.master.served import consumers, states
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.master.served.file import served
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import must_be_the_machines
from aeries_tui.roster_service.times import stamp_text
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.schedule.socket_unit import SocketUnit, WantedSocket
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.secret import Secret
from aeries_tui.settings import Places, Serve
from aeries_tui.settings.district_names import check_district_name
from aeries_tui.settings.machine import MACHINE
from aeries_tui.text import in_number

SCOPES = ("core", "roster", "demographics")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Ready:
    """What the service says once it answers.

    Attributes:
        url: the root, as products see it.
        token_url: where they get tokens.
        listening: the address and port on this machine.
    """

    url: str
    token_url: str
    listening: str


@dataclass(frozen=True)
class ServiceStanding:
    """How the roster service of a district stands.

    Attributes:
        state: the number of the state that is given; None before the first.
        import_id: the newest import in it.
        since: when it could first be read, in UTC.
        is_held: the roster was emptied for a new year, so the last state is given until its first import.
        left_out: ids of records that the standard does not allow.
        consumers: who may read.
    """

    state: int | None
    import_id: int | None
    since: str | None
    is_held: bool
    left_out: tuple[str, ...]
    consumers: tuple[Consumer, ...]

    @property
    def sentence(self) -> str:
        """The same in words."""
        given = f"gives import {self.import_id} since {self.since}" if self.state else "was not asked yet"
        held = ", held until the new year's first import" if self.is_held else ""
        seen = max((one.last_seen for one in self.consumers if one.last_seen), default="never")
        left = f"; {in_number(len(self.left_out), 'record')} left out" if self.left_out else ""
        return f"{given}{held}; {in_number(len(self.consumers), 'consumer')}, last seen {seen}{left}"

    def document(self) -> RosterService:
        """The same as JSON documents give it."""
        readers = [
            ServiceReader(one.name, one.last_seen, one.requests, one.records, one.state)
            for one in self.consumers
        ]
        return RosterService(self.state, self.import_id, self.since, self.is_held, self.left_out, readers)


def service_standing(district: District) -> ServiceStanding | None:
    """How the service stands; None where no consumer was ever added. Raises MasterError."""
    if not district.files.served.exists():
        return None
    with served(district.files.served) as db:
        now = states.shown(db)
        left_out = tuple(states.left_out(db, now.number)) if now else ()
        allowed = tuple(one for one in consumers.consumers(db) if one.is_allowed)
    is_held = False
    if now is not None and district.files.master.exists():
        with district.reading() as master:
            is_held = not mark_of(master).is_roster
    return ServiceStanding(
        now.number if now else None, now.import_id if now else None, stamp_text(now.stamp) if now else None, is_held,
        left_out, allowed,
    )  # fmt: skip


def all_consumers(district: District) -> list[Consumer]:
    """Who may read, and who might once."""
    if not district.files.served.exists():
        return []
    with served(district.files.served) as db:
        return consumers.consumers(db)


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
    if not _NAME.fullmatch(name):
        raise WrongUse(
            "The name of a consumer is made of up to 64 letters, digits, hyphens and underscores.",
            meaning="Nothing was changed.",
        )
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


def _refuse_strange_schools(district: District, schools: Collection[int]) -> None:
    if not schools:
        return
    with district.reading() as db:
        known = {school.code for school in schools_table.aeries_schools(db)}
    for code in schools:
        if code not in known:
            raise NotFound(
                f"There is no Aeries school {code}.", meaning="Nothing was changed.",
                remedy="See aeries-tui schools list.",
            )  # fmt: skip


def rotate_secret(district: District, name: str) -> tuple[Secret, str]:
    """Make a new secret; returns it, and until when the one of before goes on; raises as `consumers.rotate`."""
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


def serve(district: District, port: int | None, idle_seconds: float | None, say: Callable[[str], None], ready: Callable[[Ready], None]) -> None:  # fmt: skip
    """Answer products until the process is asked to end, or nobody asked for long enough.

    Args:
        district: whose roster.
        port: in place of `serve.port`; 0 for any free one.
        idle_seconds: see `server.Running`.
        say: tells a sentence to whoever runs it.
        ready: called once it answers.

    Raises:
        WrongUse: it can't listen there.
        MasterError: its file can't be used.
    """
    from aeries_tui.roster_service.server import Running, listen, passed_socket, run
    from aeries_tui.roster_service.service import Options, Service

    settings = district.settings.serve
    with served(district.files.create().served):
        pass
    listening = passed_socket() or listen(settings.address, settings.port if port is None else port)
    here = _address_of(listening)
    root = settings.public_url.rstrip("/") or here
    options = Options(
        district.name, district.files.master, district.files.served, root, settings.tombstone_days,
        settings.requests_per_minute, say,
    )  # fmt: skip

    async def main() -> None:
        told = Ready(root, f"{root}/token", here)
        await run(Service(options, district.journal), Running(listening, idle_seconds, lambda: ready(told)))

    asyncio.run(main())


def _address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _there(district: District) -> Path:
    path = district.files.served
    if not path.exists():
        raise NotFound("There is no consumer yet.", remedy="Add one: aeries-tui consumers add NAME.")
    return path


def socket_of(district: District) -> tuple[SocketUnit, WantedSocket]:
    """The socket of this user's systemd for a district, as the settings say.

    Raises:
        NotAllowedNow: these are the machine's districts, of which root does it.
    """
    if district.places == MACHINE:
        raise NotAllowedNow(
            f"These are the machine's districts ({MACHINE.config_dir}), whose service is the machine's.",
            meaning="Nothing was changed.",
            remedy=f"Type: sudo aeries-tui serve install --system --district {shlex.quote(district.name)}",
        )
    settings = district.settings.serve
    wanted = WantedSocket(district.name, settings.address, settings.port, district.places, this_program())
    return SocketUnit("user", directories("user")), wanted


def socket_of_machine(
    places: Places, district: str | None, port: int | None
) -> tuple[SocketUnit, WantedSocket]:
    """The socket of the machine's systemd for one of its districts.

    Root, which installs it, reads nothing of the service's account: district and port are said by whoever types it.

    Raises:
        NotAllowedNow: these are no districts of the machine, or whoever asks is not root.
        WrongUse: no district is named.
    """
    must_be_the_machines(places)
    if district is None:
        raise WrongUse("Name the district: --district NAME.", meaning="Nothing was changed.")
    own = port if port is not None else Serve().port
    wanted = WantedSocket(check_district_name(district), Serve().address, own, MACHINE, this_program())
    return SocketUnit("system", directories("system")), wanted
