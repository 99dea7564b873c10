"""The roster service behind a socket of systemd's: nothing runs until a product asks, and nothing once none does."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.errors import MasterError
from aeries_tui.schedule.daily_import import job_name
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import SHORT, Planned, said
from aeries_tui.schedule.systemd import Directories, content_of, write_unit
from aeries_tui.schedule.units import Scope, hardened, quoted, word_of
from aeries_tui.settings import Places
from aeries_tui.settings.machine import SERVICE_USER
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

IDLE_SECONDS = 600
"""The service ends after so long without a request; the socket starts it again."""


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
        sock, service = self._files(wanted.district)
        return (
            Planned(str(sock), _socket_text(wanted, self.scope)),
            Planned(str(service), _service_text(wanted, self.scope)),
        )

    def install(self, wanted: WantedSocket) -> None:
        """Write both, enable and start the socket; on failure what was there before is put back.

        Raises:
            ScheduleError: systemd refused, or the directory can't be made.
            MasterError: the files can't be written.
        """
        sock, service = self._files(wanted.district)
        before = {path: content_of(path) for path in (sock, service)}
        try:
            self.where.units.mkdir(parents=True, exist_ok=True)
            for planned in self.preview(wanted):
                write_unit(Path(planned.place), planned.text)
            self._systemctl("daemon-reload")
            self._systemctl("enable", sock.name)
            # A socket does not move while its service runs.
            self._try("stop", service.name)
            self._systemctl("restart", sock.name)
        except OSError as error:
            raise ScheduleError(
                f"{self.where.units} can't be made: {error.strerror}.",
                meaning="Nothing was installed.",
                remedy="See that you may write there; a service of the machine needs root.",
            ) from error
        except (MasterError, ScheduleError):
            self._put_back(wanted.district, before)
            raise

    def remove(self, district: str) -> bool:
        """Stop both and delete them; False where nothing was there. Raises ScheduleError."""
        sock, service = self._files(district)
        link = self.where.units / "sockets.target.wants" / sock.name
        traces = (sock, service, link)
        if not any(path.is_symlink() or path.exists() for path in traces):
            return False
        self._try("disable", "--now", sock.name)
        self._try("stop", service.name)
        try:
            for path in traces:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ScheduleError(
                f"{error.filename} can't be deleted: {error.strerror}.",
                meaning="The service is stopped as far as systemd allowed; its files are partly still there.",
                remedy="Remove it as the user who installed it; a service of the machine needs root.",
            ) from error
        with contextlib.suppress(OSError):
            link.parent.rmdir()  # only when nothing else is in it
        self._try("daemon-reload")
        self._try("reset-failed", sock.name, service.name)
        return True

    def state(self, wanted: WantedSocket) -> str:
        """How it stands, in a few words."""
        planned = self.preview(wanted)
        found = [content_of(Path(one.place)) for one in planned]
        if not any(found):
            return "not installed"
        if found != [one.text for one in planned]:
            return "installed otherwise than the settings say; install it again"
        if not self._try("is-active", "--quiet", Path(planned[0].place).name).ok:
            return "installed, but not listening"
        return "listening"

    def _files(self, district: str) -> tuple[Path, Path]:
        name = _name(district, self.scope)
        return self.where.units / f"{name}.socket", self.where.units / f"{name}.service"

    def _put_back(self, district: str, before: Mapping[Path, str | None]) -> None:
        with contextlib.suppress(OSError, MasterError, ScheduleError):
            if not any(before.values()):
                self.remove(district)
                return
            for path, content in before.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    write_unit(path, content)
        self._try("daemon-reload")
        self._try("restart", self._files(district)[0].name)

    def _systemctl(self, *words: str) -> None:
        ended = self._try(*words)
        if not ended.ok:
            raise ScheduleError(
                f"systemd refused: {said(ended)}",
                meaning="Nothing was installed.",
                remedy=f"Try by hand: {' '.join(self._argv(*words))}. Without systemd, run aeries-tui serve.",
            )

    def _try(self, *words: str) -> processes.Finished:
        return self.run(self._argv(*words), timeout=SHORT)

    def _argv(self, *words: str) -> list[str]:
        return ["systemctl", *(["--user"] if self.scope == "user" else []), *words]


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
