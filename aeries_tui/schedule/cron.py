"""The daily import as a line of the user's crontab, where there is no systemd."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import zoneinfo
from collections.abc import Callable, Collection
from dataclasses import dataclass

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError
from aeries_tui.schedule.carried import require_carried
from aeries_tui.schedule.daily_import import ALL, CARRIED, DailyImport
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import SHORT, TRIAL_SECONDS, Agreement, Planned, Today, said, withheld_notes
from aeries_tui.schedule.times import machine_zone, runs_in_gaps, shown_zone

_DAYS_COMPARED = 400
_ANY_BLOCK = re.compile(r"^# aeries-tui begin: (.+)\n(?:.*\n)*?# aeries-tui end: \1\n", re.MULTILINE)
_CARRIED_WORD = re.compile(rf""" (?='?(?:{"|".join(CARRIED)})=)(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+""")


def cron_block(wanted: DailyImport, machine: str | None, today: dt.date) -> str:
    """The lines of a crontab between their two marks.

    cron knows one zone, the machine's; CRON_TZ is not understood everywhere (Debian's cron has none).
    Where the district's zone runs alike, the line names the time itself. Elsewhere it wakes every hour and
    asks `date` in the district's zone whether the time has come, which every cron understands and
    which is right on every day of the year that has the time at all.

    Args:
        wanted: the daily import.
        machine: the machine's zone; None when it is not known.
        today: from when on the two zones are compared.
    """
    require_carried(wanted, "a crontab")
    minute, hour = f"{wanted.begin:%M}".lstrip("0") or "0", str(wanted.begin.hour)
    shift = _shifts(wanted, machine, today)
    if shift == {0}:
        when, guard = f"{minute} {hour} * * *", ""
    else:
        steps = (0,) if shift and all(minutes % 60 == 0 for minutes in shift) else (0, 15, 30, 45)
        minutes = ",".join(
            str(value) for value in sorted((wanted.begin.minute + step) % 60 for step in steps)
        )
        when = f"{minutes} * * * *"
        guard = f'[ "$(TZ={shlex.quote(wanted.zone)} date +\\%H:\\%M)" = {wanted.begin:%H:%M} ] && '
    begin, end = _marks(wanted.district)
    return f"{begin}\n{when} {guard}{_command(wanted, (*wanted.argv, '--quiet'))}\n{end}\n"


def _shifts(wanted: DailyImport, machine: str | None, today: dt.date) -> set[int]:
    """By how many minutes the machine's clock differs from the district's over a year; empty if unknown."""
    if machine is None:
        return set()
    shifts = set()
    for number in range(_DAYS_COMPARED):
        day = dt.datetime.combine(today + dt.timedelta(days=number), wanted.begin)
        in_district = day.replace(tzinfo=zoneinfo.ZoneInfo(wanted.zone)).utcoffset()
        on_machine = day.replace(tzinfo=zoneinfo.ZoneInfo(machine)).utcoffset()
        assert in_district is not None
        assert on_machine is not None
        shifts.add(int((on_machine - in_district).total_seconds() // 60))
    return shifts


def _command(wanted: DailyImport, argv: tuple[str, ...]) -> str:
    """The command as the shell reads it. It is quiet about an import in the books, so cron mails what no import tells."""
    if wanted.systemd_secrets:
        raise ConfigurationError(
            f"The certificate of {wanted.whose}, or a secret of the alarms' webhook, is a systemd credential "
            f"({wanted.systemd_secrets[0]}), which cron can't hand out.",
            meaning="Nothing was installed.",
            remedy="Keep it in a file or a variable, or install a systemd timer.",
        )
    load = ""
    if wanted.environment_file:
        load = f"set -a && . {_word(str(wanted.environment_file))} && set +a && "
    variables = [f"{name}={value}" for name, value in wanted.environment.items()]
    return load + " ".join(_word(word) for word in ("env", *variables, *argv))


def trial_command(wanted: DailyImport) -> str:
    """What a shell runs to see whether a run from the crontab could work: the line's own command, but it only looks."""
    return _command(wanted, wanted.trial)


def _word(word: str) -> str:
    """A word as the shell reads it back, whichever cron it comes through.

    `%` ends the command there unless it follows a backslash, which most crons take away, while others (busybox) leave
    it to the shell: so it stands outside of all quotes. Some make one of two backslashes: no two stand together.
    """
    pieces = re.findall(r"%|[^%\\]*\\|[^%\\]+", word)
    return "".join("\\%" if piece == "%" else shlex.quote(piece) for piece in pieces)


def _marks(district: str) -> tuple[str, str]:
    return f"# aeries-tui begin: {district}", f"# aeries-tui end: {district}"


def _plain(block: str) -> str:
    """A block without the variables of the shell that it was installed from: another shell makes no other timer."""
    return _CARRIED_WORD.sub("", block)


@dataclass(frozen=True)
class CronScheduler:
    """Keeps a block of lines for each district in an account's crontab; all other lines stay as they are.

    Attributes:
        run: what runs `crontab`.
        machine: the machine's zone; None when it is not known.
        today: the day from which daylight-saving days are looked for.
        user: whose crontab, which only root may name; None for this user's own.
    """

    run: processes.Runner = processes.run
    machine: Callable[[], str | None] = machine_zone
    today: Today = dt.date.today
    user: str | None = None

    @property
    def mechanism(self) -> str:
        """For a person."""
        return f"the crontab of {self.user or processes.account_name()}"

    def preview(self, wanted: DailyImport) -> tuple[Planned, ...]:
        """The block of lines."""
        return (Planned(self.mechanism, cron_block(wanted, self.machine(), self.today())),)

    def install(self, wanted: DailyImport) -> None:
        """Put the block into the crontab in the place of an older one; ScheduleError when cron refuses."""
        (planned,) = self.preview(wanted)
        others, _ = self._split(wanted.district)
        if others and not others.endswith("\n"):
            others += "\n"
        self._write(others + planned.text)

    def remove(self, district: str) -> bool:
        """Take the block out; a crontab that is then empty is removed."""
        others, block = self._split(district)
        if not block:
            return False
        self._write_or_drop(others)
        return True

    def agreement(self, district: str, wanted: DailyImport | None) -> Agreement:
        """Compare the installed block with the wanted one."""
        _, block = self._split(district)
        if wanted is None:
            return "left_over" if block else "off"
        if not block:
            return "missing"
        return "agrees" if _plain(block) == _plain(self.preview(wanted)[0].text) else "differs"

    def districts(self) -> list[str]:
        """The districts that have a block of their own."""
        return [str(name) for name in _ANY_BLOCK.findall(self._text()) if name != ALL]

    def installed(self, districts: Collection[str]) -> frozenset[str]:
        """Those that have a block."""
        return frozenset(map(str, _ANY_BLOCK.findall(self._text()))).intersection(districts)

    def remove_blocks(self) -> None:
        """Take the blocks of all districts out; a crontab that is then empty is removed."""
        self._write_or_drop(_ANY_BLOCK.sub("", self._text()))

    def notes(self, wanted: DailyImport) -> tuple[str, ...]:
        """What cron can't do."""
        notes = list(withheld_notes(wanted))
        if wanted.window is None:
            notes.append(
                "cron begins at that minute exactly: schedule.randomised_delay_minutes has no effect."
            )
        if wanted.make_up:
            notes.append("cron does not make up for a run that was due while the machine was off.")
        gap = next(runs_in_gaps(wanted.begin, wanted.zone, self.today()), None)
        if gap is not None:
            zone = shown_zone(wanted.zone)
            notes.append(
                f"On {gap:%Y-%m-%d} the clocks go forward and there is no {wanted.begin:%H:%M} ({zone}): "
                "cron may leave that day's import out. A time outside that hour avoids it."
            )
        return tuple(notes)

    def _split(self, district: str) -> tuple[str, str]:
        """The crontab without the district's block, and the block; blank where there is none."""
        text = self._text()
        begin, end = (re.escape(mark) for mark in _marks(district))
        block = re.compile(rf"^{begin}\n(?:.*\n)*?{end}\n", re.MULTILINE)
        return block.sub("", text), "".join(block.findall(text))

    def try_out(self, wanted: DailyImport, account: tuple[int, int], home: str) -> str:
        """Run what a line would run, but it only looks; as the account and with the little that cron's shells have.

        Args:
            wanted: the daily import.
            account: user and group of the crontab's owner.
            home: the owner's home directory.

        Returns:
            What the command printed.

        Raises:
            ScheduleError: it could not be started, or printed nothing.
        """
        env = {"HOME": home, "LOGNAME": self.user or "", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
        ended = processes.run(
            ["/bin/sh", "-c", trial_command(wanted)], timeout=TRIAL_SECONDS, env=env, account=account
        )
        if not ended.stdout.strip():
            remedy = "Install the program where every account can read it: see aeries-tui help server."
            if wanted.environment_file and str(wanted.environment_file) in said(ended):
                remedy = f"As root: chown root:{self.user} {wanted.environment_file} && chmod 640 {wanted.environment_file}"
            raise ScheduleError(
                f"{self.user} can't run aeries-tui: {said(ended)}",
                meaning="Nothing was installed and nothing was changed.",
                remedy=remedy,
            )
        return ended.stdout.decode("utf-8", "replace")

    def carries(self, district: str) -> frozenset[str]:
        """The names of the shell's variables that the installed line has."""
        words = _CARRIED_WORD.findall(self._split(district)[1])
        return frozenset(word.strip(" '").partition("=")[0] for word in words)

    def _argv(self, what: str) -> list[str]:
        return ["crontab", *(["-u", self.user] if self.user else []), what]

    def _text(self) -> str:
        ended = self.run(self._argv("-l"), timeout=SHORT)
        if not ended.ok and b"no crontab" not in ended.stderr.lower():
            self._checked(ended)
        return ended.stdout.decode("utf-8", "surrogateescape") if ended.ok else ""

    def _write_or_drop(self, text: str) -> None:
        if text.strip():
            self._write(text)
        else:
            self._checked(self.run(self._argv("-r"), timeout=SHORT))

    def _write(self, text: str) -> None:
        ended = self.run(self._argv("-"), timeout=SHORT, stdin=text.encode("utf-8", "surrogateescape"))
        self._checked(ended)

    def _checked(self, ended: processes.Finished) -> None:
        if not ended.ok:
            raise ScheduleError(
                f"cron refused: {said(ended)}",
                meaning="The crontab is as it was before.",
                remedy="See that cron is installed and that you may have a crontab (cron.allow, cron.deny).",
            )
