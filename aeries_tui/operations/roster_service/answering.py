"""Whether anything answers the products of a district: a service that runs, or a socket of systemd's that starts one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aeries_tui import processes
from aeries_tui.errors import MasterError
from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service.sockets import socket_of
from aeries_tui.pull.lock import holder
from aeries_tui.schedule.socket_unit import SocketUnit
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.settings.machine import MACHINE

Answers = Literal["runs", "listens", "differs", "stopped", "absent"]


@dataclass(frozen=True)
class Answering:
    """Whether anything answers.

    Attributes:
        state: `runs`: a service does; `listens`: systemd does, and starts one when a product asks; `differs`: the same,
            otherwise than the settings say; `stopped`: it is installed, and systemd does not listen; `absent`: nothing is.
        where: the address and port on this machine; blank for none.
        since: when the service began that runs, in UTC; None where none does.
        is_installed: systemd has a socket for it.
    """

    state: Answers
    where: str = ""
    since: str | None = None
    is_installed: bool = False

    @property
    def is_well(self) -> bool:
        """Whether products are answered as the settings say."""
        return self.state in {"runs", "listens"}

    @property
    def sentence(self) -> str:
        """The same in words."""
        match self.state:
            case "runs":
                return f"It answers on {self.where}."
            case "listens":
                return f"systemd listens on {self.where} and starts it when a product asks."
            case "differs":
                return f"systemd listens on {self.where}, otherwise than the settings say: install it again."
            case "stopped":
                return f"Nothing answers: it is installed on {self.where}, and systemd does not listen there."
            case "absent":
                return "Nothing answers: no service runs, and none is installed."


def answering(district: District, run: processes.Runner = processes.run) -> Answering:
    """Whether anything answers; asks systemd where a socket is installed.

    Args:
        district: whose service.
        run: what runs systemctl.
    """
    is_the_machines = district.places == MACHINE
    scope: Literal["system", "user"] = "system" if is_the_machines else "user"
    unit = SocketUnit(scope, directories(scope), run)
    where = unit.listens_on(district.name)
    try:
        held = holder(district.files.serving)
    except MasterError:
        held = None
    # What root wanted of the machine's is not to be known here.
    differs = where is not None and not is_the_machines and not unit.agrees(socket_of(district)[1])
    if held is not None and not differs:
        return Answering("runs", held.what, held.since, where is not None)
    if where is None:
        return Answering("absent")
    if not unit.is_listening(district.name):
        return Answering("stopped", where, is_installed=True)
    return Answering("differs" if differs else "listens", where, is_installed=True)
