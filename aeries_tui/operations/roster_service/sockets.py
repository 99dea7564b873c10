"""The socket of systemd that starts the roster service of a district when somebody asks."""

from __future__ import annotations

import shlex

from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import must_be_the_machines
from aeries_tui.operations.roster_service.running import check_reached
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.schedule.socket_unit import SocketUnit, WantedSocket
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.settings import Places, Serve
from aeries_tui.settings.district_names import check_district_name
from aeries_tui.settings.machine import MACHINE


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


def install_socket(district: District) -> None:
    """Have this user's systemd listen for a district.

    Raises:
        NotAllowedNow: as `socket_of`.
        WrongUse: it would listen everywhere, and is not told how products reach it.
        ScheduleError: systemd can't do it.
    """
    check_reached(district.settings.serve.address, district.settings.serve.public_url)
    unit, wanted = socket_of(district)
    unit.install(wanted)


def has_socket(places: Places, district: str) -> bool:
    """Whether this user's systemd has a socket for a district."""
    return places != MACHINE and SocketUnit("user", directories("user")).listens_on(district) is not None


def remove_socket(places: Places, district: str) -> bool:
    """Take away the socket of this user's systemd for a district; the machine's is root's. False where there is none. Raises ScheduleError."""
    return places != MACHINE and SocketUnit("user", directories("user")).remove(district)


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
