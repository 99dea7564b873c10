"""The daily import as a systemd timer, of the user or of the system."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.errors import NotAllowedNow
from aeries_tui.schedule.daily_import import ALL, DailyImport, job_name, this_program
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import SHORT, TRIAL_SECONDS, Agreement, Planned, Today, said, withheld_notes
from aeries_tui.schedule.unit_pair import AS_ROOT, Directories, Systemctl, UnitPair, content_of, write_unit
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
from aeries_tui.settings.machine import SERVICE_USER, service_account

_RUNNING_MARK = Path("/run/systemd/system")


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
        return self._pair(wanted.district).planned(
            timer_unit(wanted, self.today()), service_unit(wanted, self.scope)
        )

    def install(self, wanted: DailyImport) -> None:
        """Write both units, enable and start the timer; on failure what was there before is put back.

        Raises:
            NotAllowedNow: the account of a system-wide service is missing.
            ScheduleError: systemd refused.
            MasterError: the files can't be written.
        """
        self._require_account()
        self._pair(wanted.district).install(self.preview(wanted))

    def remove(self, district: str) -> bool:
        """Stop and disable the timer and delete its units, links and time stamp; raises as `UnitPair.remove`."""
        return self._pair(district).remove()

    def agreement(self, district: str, wanted: DailyImport | None) -> Agreement:
        """Compare the installed units with the wanted ones, and ask systemd whether the timer is on."""
        pair = self._pair(district)
        timer, service = pair.texts
        if wanted is None:
            return "off" if timer is None and service is None else "left_over"
        if timer is None or service is None:
            return "missing"
        want_timer, want_service = (planned.text for planned in self.preview(wanted))
        if undated(timer) != undated(want_timer) or without_shell(service) != without_shell(want_service):
            return "differs"
        if first_dated(want_timer) not in timer:
            return "differs"
        return "agrees" if pair.is_told("is-enabled", "is-active") else "not_enabled"

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
        return frozenset(name for name in districts if self._pair(name).is_there)

    def carries(self, district: str) -> frozenset[str]:
        """The names of the shell's variables that the installed service has."""
        return carried_in(self.service_text(district) or "")

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
        ctl = self._systemctl
        name = f"{job_name(district, machine=True)}-trial-{os.getpid()}"
        unit, answer = self.transient / f"{name}.service", self.transient / f"{name}.out"
        which = ("--all",) if district == ALL else ("--district", district)
        argv = (*this_program(), "schedule", "test", *which, "--json")
        try:
            write_unit(unit, trial_unit(service, argv, answer))
            ctl.must("daemon-reload", without="use a crontab line", as_root=AS_ROOT)
            ended = self.run(ctl.argv("start", unit.name), timeout=TRIAL_SECONDS)
            told = content_of(answer) or ""
            if not ended.ok and not told.strip():
                why = ctl.try_to(
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
            ctl.try_to("daemon-reload")
            ctl.try_to("reset-failed", unit.name)

    def service_text(self, district: str) -> str | None:
        """The installed service; None where there is none."""
        return self._pair(district).texts[1]

    def remove_older(self, district: str, config_dir: Path) -> bool:
        """Take away a timer of the machine under the name that users' timers have, as older versions installed it.

        Args:
            district: whose.
            config_dir: only one that reads the configuration there; others are somebody else's.
        """
        older = self._named(job_name(district))
        service = older.texts[1] or ""
        return f"={config_dir}\n" in service.replace('"', "") and older.remove()

    def _pair(self, district: str) -> UnitPair:
        return self._named(job_name(district, machine=self.scope == "system"))

    def _named(self, name: str) -> UnitPair:
        return UnitPair(name, "timer", self.where, self._systemctl)

    @property
    def _systemctl(self) -> Systemctl:
        return Systemctl(self.scope, self.run)

    def _require_account(self) -> None:
        if self.scope == "system" and not self.account_exists():
            raise NotAllowedNow(
                f"The service runs as the user {SERVICE_USER}, who does not exist on this machine.",
                meaning="Nothing was installed.",
                remedy="Type: aeries-tui setup --system",
            )

    def _lingers(self) -> bool:
        """Whether the user's manager runs while nobody is logged in; doubt counts as yes."""
        ended = self.run(
            ["loginctl", "show-user", processes.account_name(), "--property=Linger", "--value"], timeout=SHORT
        )
        return ended.stdout.strip() != b"no"


def _is_missing(path: Path) -> bool:
    """Whether a file is not there; where nobody may look, doubt counts as there."""
    try:
        return not path.exists()
    except OSError:
        return False
