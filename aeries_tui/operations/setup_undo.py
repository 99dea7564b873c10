"""Taking back exactly what setup made on a machine; the districts go to root's own places, with all their data."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from aeries_tui.errors import NotAllowedNow
from aeries_tui.operations.machine_import import installed_districts
from aeries_tui.operations.move_places import move_all, move_secrets, root_entries
from aeries_tui.operations.setup_record import SBIN_PATH, Ground, Record, Step, require_idle
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.daily_import import ALL
from aeries_tui.schedule.socket_unit import SocketUnit, machine_districts
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import Directories, directories
from aeries_tui.settings.machine import SERVICE_USER


@dataclass(frozen=True)
class Undoing:
    """A machine that was prepared, to be as it was before."""

    ground: Ground

    def plan(self) -> list[Step]:
        """What takes back exactly what setup made; the machine's districts go to root's own places, with all their data.

        Raises:
            NotAllowedNow: nothing was made here, or a pull or a roster service runs.
            ConfigurationError: the record can't be read.
        """
        if not self.ground.record.exists():
            raise NotAllowedNow(
                f"There is no {self.ground.record}: setup has made nothing on this machine.",
                meaning="Nothing was changed.",
            )
        record = self.ground.read()
        steps = [*self._service_steps(), *self._timer_steps()]
        steps += self._home_steps(record)
        for text in record.files:
            steps.append(Step(f"remove {text}", partial(self._drop_file, Path(text))))
        for text in record.links:
            steps.append(Step(f"remove the link {text}", partial(self._drop_link, Path(text))))
        if record.owners:
            steps.append(Step(f"give {', '.join(record.owners)} back to whom they belonged", self._give_back))
        for text in reversed(record.directories):
            steps.append(Step(f"remove the directory {text}", partial(self._drop_directory, Path(text))))
        if record.account:
            steps.append(Step(f"remove the account {SERVICE_USER}", self._drop_account))
        steps.append(Step(f"remove {self.ground.record}", self.ground.record.unlink))
        return steps

    def _service_steps(self) -> Iterator[Step]:
        for name in machine_districts(self.ground.units):
            yield Step(f"remove the roster service of {name}", partial(self._remove_service, name))

    def _timer_steps(self) -> Iterator[Step]:
        for name in installed_districts(self.ground.units):
            yield Step(f"remove the timer of {name}", partial(self._remove_timers, name))
        if SystemdScheduler(
            "system", Directories(self.ground.units, Path("/var/lib/systemd/timers"))
        ).installed([ALL]):
            yield Step("remove the timer of all districts", partial(self._remove_timers, ALL))
        if self.ground.account() is not None and shutil.which("crontab"):
            cron = CronScheduler(self.ground.run, user=SERVICE_USER)
            if cron.districts() or cron.installed([ALL]):
                yield Step(f"remove the lines of aeries-tui from {cron.mechanism}", cron.remove_blocks)

    def _home_steps(self, record: Record) -> Iterator[Step]:
        ours = [
            path
            for path in (self.ground.machine.config_dir, self.ground.machine.data_dir)
            if str(path) in record.directories
        ]
        if not any(root_entries(path) for path in ours):
            return
        require_idle(self.ground.machine)
        there = [*root_entries(self.ground.own.config_dir), *root_entries(self.ground.own.data_dir)]
        if there:
            raise NotAllowedNow(
                f"The machine's districts can't go to root's own place: {there[0]} is there already.",
                meaning="Nothing was changed.",
                remedy="Move it away, or remove the machine's districts first: aeries-tui credentials remove NAME, then "
                f"delete what is left in {self.ground.machine.config_dir} and {self.ground.machine.data_dir}.",
            )
        yield Step(
            f"move the machine's districts and their data to {self.ground.own.config_dir} and {self.ground.own.data_dir} "
            "(look at config.toml there before root works with it: the commands that it names are then root's)",
            self._move_home,
        )

    def _move_home(self) -> None:
        move_all(self.ground.machine, self.ground.own, 0, 0)
        move_secrets(self.ground.secrets, self.ground.own.config_dir, 0)

    def _remove_timers(self, name: str) -> None:
        SystemdScheduler("system", directories("system"), self.ground.run).remove(name)

    def _remove_service(self, name: str) -> None:
        where = replace(directories("system"), units=self.ground.units)
        SocketUnit("system", where, self.ground.run).remove(name)

    def _drop_file(self, path: Path) -> None:
        if self.ground.is_as_written(path):
            path.unlink(missing_ok=True)
        self.ground.note(lambda record: record.files.pop(str(path), None))

    def _drop_link(self, path: Path) -> None:
        target = self.ground.read().links.get(str(path))
        with contextlib.suppress(OSError):
            if str(path.readlink()) == target:
                path.unlink()
        self.ground.note(lambda record: record.links.pop(str(path), None))

    def _give_back(self) -> None:
        for text, (uid, gid, mode) in self.ground.read().owners.items():
            path = Path(text)
            with contextlib.suppress(FileNotFoundError):
                os.chown(path, uid, gid, follow_symlinks=False)
                if not path.is_symlink():
                    path.chmod(mode)
        self.ground.note(lambda record: record.owners.clear())

    def _drop_directory(self, path: Path) -> None:
        if path == self.ground.status_dir:
            for file in path.glob("*.json"):
                file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # what somebody else put there stays
            path.rmdir()
        self.ground.note(lambda record: record.directories.remove(str(path)))

    def _drop_account(self) -> None:
        userdel = shutil.which("userdel", path=SBIN_PATH) or "userdel"
        if self.ground.account() is not None:
            self.ground.checked([userdel, SERVICE_USER])
        self.ground.note(lambda record: setattr(record, "account", False))
