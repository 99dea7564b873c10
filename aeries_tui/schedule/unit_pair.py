"""A pair of systemd units, of which one starts the other: written, enabled, started and taken away in one place."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aeries_tui import processes
from aeries_tui.errors import MasterError
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import SHORT, Planned, said
from aeries_tui.schedule.units import Scope
from aeries_tui.settings import private_writer
from aeries_tui.settings.places import home_directory

AS_ROOT = (
    "A timer of root's own needs a session of root's. For the machine: aeries-tui setup --system, then "
    "aeries-tui schedule install --system"
)
"""What root is told who installs without `--system`."""

_AS_ROOT_SOCKET = (
    "A service of root's own needs a session of root's. For the machine: aeries-tui setup --system, then "
    "aeries-tui serve install --system --district NAME"
)


@dataclass(frozen=True)
class Directories:
    """Where systemd looks for units and keeps when a timer last ran."""

    units: Path
    stamps: Path


def directories(scope: Scope, env: Mapping[str, str] | None = None) -> Directories:
    """The directories of a scope; a user's follow XDG_CONFIG_HOME and XDG_DATA_HOME."""
    if scope == "system":
        return Directories(Path("/etc/systemd/system"), Path("/var/lib/systemd/timers"))
    env = os.environ if env is None else env
    config = Path(env.get("XDG_CONFIG_HOME") or home_directory(env) / ".config")
    data = Path(env.get("XDG_DATA_HOME") or home_directory(env) / ".local" / "share")
    return Directories(config / "systemd" / "user", data / "systemd" / "timers")


@dataclass(frozen=True)
class Systemctl:
    """Asks the manager of a scope.

    Attributes:
        scope: the user's own manager, or the system's (needs root).
        run: what runs systemctl.
    """

    scope: Scope
    run: processes.Runner = processes.run

    def argv(self, *words: str) -> list[str]:
        """The command."""
        return ["systemctl", *(["--user"] if self.scope == "user" else []), *words]

    def try_to(self, *words: str) -> processes.Finished:
        """Run it; how it ended is the caller's business."""
        return self.run(self.argv(*words), timeout=SHORT)

    def must(self, *words: str, without: str, as_root: str) -> None:
        """Run it.

        Args:
            words: of the command.
            without: what goes without systemd: `use a crontab line`.
            as_root: what root is told that has no session of its own.

        Raises:
            ScheduleError: with what it said when it refuses.
        """
        ended = self.try_to(*words)
        if ended.ok:
            return
        by_hand = f"Try by hand: {' '.join(self.argv(*words))}. Without systemd, {without}."
        raise ScheduleError(
            f"systemd refused: {said(ended)}",
            meaning="Nothing was installed.",
            remedy=as_root if self.scope == "user" and os.geteuid() == 0 else by_hand,
        )


@dataclass(frozen=True)
class UnitPair:
    """A timer or a socket, and the service that it starts.

    Attributes:
        name: of both, without what follows the dot.
        starter: which of the two kinds starts the service.
        where: the directories of the manager.
        systemctl: asks that manager.
    """

    name: str
    starter: Literal["timer", "socket"]
    where: Directories
    systemctl: Systemctl

    @property
    def files(self) -> tuple[Path, Path]:
        """The unit that starts, and the service."""
        return self.where.units / f"{self.name}.{self.starter}", self.where.units / f"{self.name}.service"

    @property
    def texts(self) -> tuple[str | None, str | None]:
        """Both as they are installed; None for one that is not."""
        starter, service = self.files
        return content_of(starter), content_of(service)

    @property
    def is_there(self) -> bool:
        """Whether either is installed."""
        return any(path.exists() for path in self.files)

    @property
    def _thing(self) -> str:
        return "timer" if self.starter == "timer" else "service"

    def planned(self, starter: str, service: str) -> tuple[Planned, Planned]:
        """Both with these texts, as installing would write them."""
        files = self.files
        return Planned(str(files[0]), starter), Planned(str(files[1]), service)

    def install(self, units: Sequence[Planned]) -> None:
        """Write both, enable and start the one that starts; on failure what was there before is put back.

        Raises:
            ScheduleError: systemd refused, or the directory can't be made.
            MasterError: the files can't be written.
        """
        before = dict(zip(self.files, self.texts, strict=True))
        starter = self.files[0].name
        try:
            self.where.units.mkdir(parents=True, exist_ok=True)
            for planned in units:
                write_unit(Path(planned.place), planned.text)
            self._must("daemon-reload")
            self._must("enable", starter)
            self._stop_service()
            self._must("restart", starter)
        except (OSError, MasterError, ScheduleError) as error:
            self._put_back(before)
            if isinstance(error, OSError):
                raise ScheduleError(
                    f"{self.where.units} can't be made: {error.strerror}.",
                    meaning="Nothing was installed.",
                    remedy=f"See that you may write there; a system-wide {self._thing} needs root.",
                ) from error
            raise

    def remove(self) -> bool:
        """Stop and disable the one that starts, and delete both, their link and time stamp; False where nothing was there.

        Raises ScheduleError when a file can't be deleted; systemctl's own refusal is no reason to stop.
        """
        starter, service = self.files
        link = self.where.units / f"{self.starter}s.target.wants" / starter.name
        traces = (starter, service, link, self.where.stamps / f"stamp-{starter.name}")
        if not any(path.is_symlink() or path.exists() for path in traces):
            return False
        self.systemctl.try_to("disable", "--now", starter.name)
        self._stop_service()
        try:
            for path in traces:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ScheduleError(
                f"{error.filename} can't be deleted: {error.strerror}.",
                meaning=f"The {self._thing} is stopped as far as systemd allowed; its files are partly still there.",
                remedy=f"Remove it as the user who installed it; a system-wide {self._thing} needs root.",
            ) from error
        with contextlib.suppress(OSError):
            link.parent.rmdir()  # only when nothing else is in it
        self.systemctl.try_to("daemon-reload")
        self.systemctl.try_to("reset-failed", starter.name, service.name)
        return True

    def is_told(self, *questions: str) -> bool:
        """Whether systemd says yes to `is-enabled` or `is-active` of the one that starts."""
        return all(self.systemctl.try_to(one, "--quiet", self.files[0].name).ok for one in questions)

    def _stop_service(self) -> None:
        """A socket does not move, nor go, while its service holds it; a pull that a timer started goes on."""
        if self.starter == "socket":
            self.systemctl.try_to("stop", self.files[1].name)

    def _put_back(self, before: Mapping[Path, str | None]) -> None:
        """Undo a failed installation; what can't be undone is left to the error that is on its way."""
        if all(content is None for content in before.values()):
            with contextlib.suppress(ScheduleError):
                self.remove()
            return
        with contextlib.suppress(OSError, MasterError):
            for path, content in before.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    write_unit(path, content)
        self.systemctl.try_to("daemon-reload")
        self.systemctl.try_to("restart", self.files[0].name)

    def _must(self, *words: str) -> None:
        is_timer = self.starter == "timer"
        without = "use a crontab line" if is_timer else "run aeries-tui serve"
        self.systemctl.must(*words, without=without, as_root=AS_ROOT if is_timer else _AS_ROOT_SOCKET)


def content_of(path: Path) -> str | None:
    """A unit's text; None when it is not there or can't be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return None


def write_unit(path: Path, text: str) -> None:
    """A unit holds no secret, and systemd reads it as another user."""
    with private_writer(path, mode=0o644) as file:
        file.write(text.encode())
