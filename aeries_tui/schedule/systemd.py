"""The daily import as a systemd timer, of the user or of the system."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.schedule.daily_import import ALL, DailyImport, job_name, this_program
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import SHORT, TRIAL_SECONDS, Agreement, Planned, Today, said, withheld_notes
from aeries_tui.schedule.units import (
    Scope,
    carried_in,
    credential_files,
    first_dated,
    service_unit,
    timer_unit,
    trial_unit,
    undated,
    without_shell,
)
from aeries_tui.settings import private_writer
from aeries_tui.settings.machine import SERVICE_USER, service_account
from aeries_tui.settings.places import home_directory

AS_ROOT = (
    "A timer of root's own needs a session of root's. For the machine: aeries-tui setup --system, then "
    "aeries-tui schedule install --system"
)
"""What root is told who installs without `--system`."""

_RUNNING_MARK = Path("/run/systemd/system")


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


def systemd_runs(mark: Path = _RUNNING_MARK) -> bool:
    """Whether this machine was started by systemd (sd_booted(3))."""
    return mark.is_dir()


def account_is_there() -> bool:
    """Whether this machine has the account of system-wide services."""
    return service_account() is not None


@dataclass(frozen=True)
class SystemdScheduler:
    """Writes, enables and removes the two units of a district.

    Attributes:
        scope: the user's own manager, or the system's (needs root).
        where: the directories of that manager.
        run: what runs systemctl and loginctl.
        today: the day from which daylight-saving days are looked for.
        account_exists: whether the account of system-wide services exists.
        transient: where a unit for once is written.
    """

    scope: Scope
    where: Directories
    run: processes.Runner = processes.run
    today: Today = dt.date.today
    account_exists: Callable[[], bool] = account_is_there
    transient: Path = Path("/run/systemd/system")

    @property
    def mechanism(self) -> str:
        """For a person."""
        return "a systemd timer of this user" if self.scope == "user" else "a systemd timer of this machine"

    def preview(self, wanted: DailyImport) -> tuple[Planned, ...]:
        """The two units."""
        timer, service = self._files(wanted.district)
        return (
            Planned(str(timer), timer_unit(wanted, self.today())),
            Planned(str(service), service_unit(wanted, self.scope)),
        )

    def install(self, wanted: DailyImport) -> None:
        """Write both units, enable and start the timer; on failure what was there before is put back.

        Raises:
            NotAllowedNow: the account of a system-wide service is missing.
            ScheduleError: systemd refused.
            MasterError: the files can't be written.
        """
        self._require_account()
        before = {path: content_of(path) for path in self._files(wanted.district)}
        try:
            self.where.units.mkdir(parents=True, exist_ok=True)
            for planned in self.preview(wanted):
                write_unit(Path(planned.place), planned.text)
            self._systemctl("daemon-reload")
            self._systemctl("enable", self._timer(wanted.district))
            self._systemctl("restart", self._timer(wanted.district))
        except (OSError, MasterError, ScheduleError) as error:
            self._put_back(wanted.district, before)
            if isinstance(error, OSError):
                raise ScheduleError(
                    f"{self.where.units} can't be made: {error.strerror}.",
                    meaning="Nothing was installed.",
                    remedy="See that you may write there; a system-wide timer needs root.",
                ) from error
            raise

    def remove(self, district: str) -> bool:
        """Stop and disable the timer and delete its units, links and time stamp.

        Raises ScheduleError when a file can't be deleted; systemctl's own refusal is no reason to stop.
        """
        return self._remove(self._name(district))

    def _remove(self, name: str) -> bool:
        timer, service = self.where.units / f"{name}.timer", self.where.units / f"{name}.service"
        link = self.where.units / "timers.target.wants" / timer.name
        traces = (timer, service, link, self.where.stamps / f"stamp-{timer.name}")
        if not any(path.is_symlink() or path.exists() for path in traces):
            return False
        self._try("disable", "--now", timer.name)
        try:
            for path in traces:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ScheduleError(
                f"{error.filename} can't be deleted: {error.strerror}.",
                meaning="The timer is stopped as far as systemd allowed; its files are partly still there.",
                remedy="Remove it as the user who installed it; a system-wide timer needs root.",
            ) from error
        with contextlib.suppress(OSError):
            link.parent.rmdir()  # only when nothing else is in it
        self._try("daemon-reload")
        self._try("reset-failed", timer.name, service.name)
        return True

    def agreement(self, district: str, wanted: DailyImport | None) -> Agreement:
        """Compare the installed units with the wanted ones, and ask systemd whether the timer is on."""
        timer, service = (content_of(path) for path in self._files(district))
        if wanted is None:
            return "off" if timer is None and service is None else "left_over"
        if timer is None or service is None:
            return "missing"
        want_timer, want_service = (planned.text for planned in self.preview(wanted))
        if undated(timer) != undated(want_timer) or without_shell(service) != without_shell(want_service):
            return "differs"
        if first_dated(want_timer) not in timer:
            return "differs"
        for question in ("is-enabled", "is-active"):
            if not self._try(question, "--quiet", self._timer(district)).ok:
                return "not_enabled"
        return "agrees"

    def notes(self, wanted: DailyImport) -> tuple[str, ...]:
        """Lingering, the account, the files that must be there."""
        notes = []
        if self.scope == "user" and not self._lingers():
            notes.append(
                "It runs only while you are logged in, until you type: "
                f"loginctl enable-linger {processes.account_name()}"
            )
        notes += [
            f"The service reads a secret from {path} (0600), which is not there yet."
            for path in (*credential_files(wanted).values(), wanted.environment_file)
            if path is not None and _is_missing(path)
        ]
        notes += withheld_notes(wanted)
        return tuple(notes)

    def installed(self, districts: Collection[str]) -> frozenset[str]:
        """Those that have a timer or a service."""
        return frozenset(name for name in districts if any(path.exists() for path in self._files(name)))

    def carries(self, district: str) -> frozenset[str]:
        """The names of the shell's variables that the installed service has."""
        return carried_in(content_of(self._files(district)[1]) or "")

    def try_out(self, service: str, district: str) -> str:
        """Start a service for once, exactly as it stands but with the command that looks whether a pull could work.

        Args:
            service: its text.
            district: the district it is about, or `ALL`.

        Returns:
            What the command printed; blank where systemd could not even start it.

        Raises:
            ScheduleError: systemd could not start it; says what it said.
            MasterError: the unit for once can't be written.
        """
        name = f"{job_name(district, machine=True)}-trial-{os.getpid()}"
        unit, answer = self.transient / f"{name}.service", self.transient / f"{name}.out"
        which = ("--all",) if district == ALL else ("--district", district)
        argv = (*this_program(), "schedule", "test", *which, "--json")
        try:
            write_unit(unit, trial_unit(service, argv, answer))
            self._systemctl("daemon-reload")
            ended = self.run(self._argv("start", unit.name), timeout=TRIAL_SECONDS)
            told = content_of(answer) or ""
            if not ended.ok and not told.strip():
                why = self._try(
                    "show", "--property=Result,ExecMainCode,ExecMainStatus", unit.name
                ).stdout.decode()
                raise ScheduleError(
                    f"systemd could not start the service: {', '.join(why.split()) or said(ended)}",
                    meaning="Nothing was installed and nothing was changed.",
                    remedy=f"See: journalctl -u {unit.name}",
                )
            return told
        finally:
            for path in (unit, answer):
                path.unlink(missing_ok=True)
            self._try("daemon-reload")
            self._try("reset-failed", unit.name)

    def service_text(self, district: str) -> str | None:
        """The installed service; None where there is none."""
        return content_of(self._files(district)[1])

    def remove_older(self, district: str, config_dir: Path) -> bool:
        """Take away a timer of the machine under the name that users' timers have, as older versions installed it.

        Args:
            district: whose.
            config_dir: only one that reads the configuration there; others are somebody else's.
        """
        name = job_name(district)
        service = content_of(self.where.units / f"{name}.service") or ""
        if f"={config_dir}\n" not in service.replace('"', ""):
            return False
        return self._remove(name)

    def _files(self, district: str) -> tuple[Path, Path]:
        name = self._name(district)
        return self.where.units / f"{name}.timer", self.where.units / f"{name}.service"

    def _timer(self, district: str) -> str:
        return f"{self._name(district)}.timer"

    def _name(self, district: str) -> str:
        return job_name(district, machine=self.scope == "system")

    def _require_account(self) -> None:
        if self.scope == "system" and not self.account_exists():
            raise NotAllowedNow(
                f"The service runs as the user {SERVICE_USER}, who does not exist on this machine.",
                meaning="Nothing was installed.",
                remedy="Type: aeries-tui setup --system",
            )

    def _put_back(self, district: str, before: Mapping[Path, str | None]) -> None:
        """Undo a failed installation; what can't be undone is left to the error that is on its way."""
        if all(content is None for content in before.values()):
            with contextlib.suppress(ScheduleError):
                self.remove(district)
            return
        with contextlib.suppress(OSError, MasterError):
            for path, content in before.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    write_unit(path, content)
        self._try("daemon-reload")
        self._try("restart", self._timer(district))

    def _lingers(self) -> bool:
        """Whether the user's manager runs while nobody is logged in; doubt counts as yes."""
        ended = self.run(
            ["loginctl", "show-user", processes.account_name(), "--property=Linger", "--value"], timeout=SHORT
        )
        return ended.stdout.strip() != b"no"

    def _systemctl(self, *words: str) -> None:
        """Run systemctl; ScheduleError with what it said when it refuses."""
        ended = self._try(*words)
        if not ended.ok:
            by_hand = " ".join(self._argv(*words))
            raise ScheduleError(
                f"systemd refused: {said(ended)}",
                meaning="Nothing was installed.",
                remedy=AS_ROOT
                if self.scope == "user" and os.geteuid() == 0
                else f"Try by hand: {by_hand}. Without systemd, use a crontab line.",
            )

    def _try(self, *words: str) -> processes.Finished:
        return self.run(self._argv(*words), timeout=SHORT)

    def _argv(self, *words: str) -> list[str]:
        return ["systemctl", *(["--user"] if self.scope == "user" else []), *words]


def _is_missing(path: Path) -> bool:
    """Whether a file is not there; where nobody may look, doubt counts as there."""
    try:
        return not path.exists()
    except OSError:
        return False


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
