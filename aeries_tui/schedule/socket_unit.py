"""The roster service behind a socket of systemd's: nothing runs until a product asks, and nothing once none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.errors import WrongUse
from aeries_tui.schedule.daily_import import job_name
from aeries_tui.schedule.job import Planned
from aeries_tui.schedule.unit_pair import Directories, Systemctl, UnitPair, content_of
from aeries_tui.schedule.units import Scope, hardened, quoted, word_of
from aeries_tui.settings import Places
from aeries_tui.settings.machine import SERVICE_USER
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

IDLE_SECONDS = 600
"""The service ends after so long without a request; the socket starts it again."""

_MADE_FOR = re.compile(r"^# Made by .* for the district (.+); taken away by ")


@dataclass(frozen=True)
class WantedSocket:
    """The service of one district.

    Attributes:
        district: its name.
        address, port: where systemd listens for it.
        places: the configuration and data it uses.
        program: the command that is aeries-tui, absolute.
    """

    district: str
    address: str
    port: int
    places: Places
    program: tuple[str, ...]


@dataclass(frozen=True)
class SocketUnit:
    """Writes, starts and removes the socket and its service.

    Attributes:
        scope: the user's own manager, or the system's (needs root).
        where: the directories of that manager.
        run: what runs systemctl.
    """

    scope: Scope
    where: Directories
    run: processes.Runner = processes.run

    def preview(self, wanted: WantedSocket) -> tuple[Planned, ...]:
        """The two units; nothing is touched."""
        return self._pair(wanted.district).planned(
            _socket_text(wanted, self.scope), _service_text(wanted, self.scope)
        )

    def install(self, wanted: WantedSocket) -> None:
        """Write both, enable and start the socket.

        Raises:
            WrongUse: any free port is wanted, which products could not know.
            ScheduleError, MasterError: as `UnitPair.install`.
        """
        if wanted.port == 0:
            raise WrongUse(
                "What systemd listens on needs a port of its own: 0 is any free one.",
                meaning="Nothing was changed.",
                remedy="Name one: serve.port in config.toml, or --port with --system.",
            )
        self._pair(wanted.district).install(self.preview(wanted))

    def remove(self, district: str) -> bool:
        """Stop both and delete them; False where nothing was there. Raises ScheduleError."""
        return self._pair(district).remove()

    def listens_on(self, district: str) -> str | None:
        """The address and port that the installed socket names; None where none is installed."""
        found = re.search(r"^ListenStream=(.*)$", self._pair(district).texts[0] or "", re.MULTILINE)
        return found[1] if found else None

    def is_listening(self, district: str) -> bool:
        """Whether systemd holds the socket open."""
        return self._pair(district).is_told("is-active")

    def agrees(self, wanted: WantedSocket) -> bool:
        """Whether both units are what is wanted."""
        return self._pair(wanted.district).texts == tuple(one.text for one in self.preview(wanted))

    def state(self, wanted: WantedSocket) -> str:
        """How it stands, in a few words."""
        if not any(self._pair(wanted.district).texts):
            return "not installed"
        if not self.agrees(wanted):
            return "installed otherwise than the settings say; install it again"
        return "listening" if self.is_listening(wanted.district) else "installed, but not listening"

    def _pair(self, district: str) -> UnitPair:
        return UnitPair(_name(district, self.scope), "socket", self.where, Systemctl(self.scope, self.run))


def machine_districts(units: Path) -> Iterator[str]:
    """The districts whose service is the machine's, by the first line of its socket in the directory of units."""
    for path in sorted(units.glob("aeries-tui-serve-machine-*.socket")):
        made_for = _MADE_FOR.match(content_of(path) or "")
        if made_for:
            yield made_for[1]


def _head(wanted: WantedSocket, scope: Scope) -> str:
    flag = " --system" if scope == "system" else ""
    return (
        f"# Made by `aeries-tui serve install{flag}` for the district {wanted.district}; taken away by "
        f"`aeries-tui serve remove{flag}`.\n# Changes of your own belong in a drop-in."
    )


def _socket_text(wanted: WantedSocket, scope: Scope) -> str:
    host = f"[{wanted.address}]" if ":" in wanted.address else wanted.address
    return f"""\
{_head(wanted, scope)}
[Unit]
Description=Roster service, {wanted.district}

[Socket]
ListenStream={host}:{wanted.port}

[Install]
WantedBy=sockets.target
"""


def _service_text(wanted: WantedSocket, scope: Scope) -> str:
    argv = (*wanted.program, "serve", "--district", wanted.district, "--idle-exit", str(IDLE_SECONDS))
    account = f"User={SERVICE_USER}\nGroup={SERVICE_USER}\n" if scope == "system" else ""
    places = {
        CONFIG_DIR_VARIABLE: str(wanted.places.config_dir),
        DATA_DIR_VARIABLE: str(wanted.places.data_dir),
    }
    variables = "".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in places.items())
    return f"""\
{_head(wanted, scope)}
[Unit]
Description=Roster service, {wanted.district}
Requires={_name(wanted.district, scope)}.socket
After={_name(wanted.district, scope)}.socket

[Service]
ExecStart={" ".join(word_of(word) for word in argv)}
{account}{variables}{hardened(scope, wanted.places, wanted.program)}"""


def _name(district: str, scope: Scope) -> str:
    """Not among the names of timers, of which some are looked for."""
    own = job_name(district, machine=scope == "system").removeprefix("aeries-tui-")
    return f"aeries-tui-serve-{own}"
