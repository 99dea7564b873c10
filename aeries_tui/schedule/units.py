"""The text of the systemd timer and of its service; pure functions."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

from aeries_tui.schedule.carried import require_carried
from aeries_tui.schedule.daily_import import CARRIED, DailyImport
from aeries_tui.schedule.times import runs_in_gaps
from aeries_tui.settings import Places
from aeries_tui.settings.machine import MACHINE, SERVICE_USER, STATUS_DIR, secrets_dir

Scope = Literal["user", "system"]

_DATED = re.compile(r"^OnCalendar=\d{4}-.*\n", re.MULTILINE)
_CARRIED_LINE = re.compile(rf'^Environment="?({"|".join(CARRIED)})=.*\n', re.MULTILINE)
_EXEC_LINE = re.compile(r"^ExecStart=.*\n", re.MULTILINE)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_./:=@,+-]+")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))

_HARDENED_ANYWHERE = """\
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
"""

_HARDENED_SYSTEM = """\
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
MemoryDenyWriteExecute=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
"""


def timer_unit(wanted: DailyImport, today: dt.date) -> str:
    """The timer: once a day in the district's own zone, whatever the machine's.

    Args:
        wanted: the daily import.
        today: from when on daylight-saving days are looked for.
    """
    require_carried(wanted, "a systemd unit")
    calendar = [f"OnCalendar=*-*-* {wanted.begin:%H:%M}:00 {wanted.zone}"]
    calendar += [
        f"OnCalendar={run:%Y-%m-%d %H:%M}:00 {wanted.zone}"
        for run in runs_in_gaps(wanted.begin, wanted.zone, today)
    ]
    return f"""\
{_head(wanted)}
[Unit]
Description=Daily import from Aeries, {wanted.whose}

[Timer]
{_lines(calendar)}Persistent={_yes(wanted.make_up)}
RandomizedDelaySec={wanted.delay_minutes}min
AccuracySec=1min

[Install]
WantedBy=timers.target
"""


def service_unit(wanted: DailyImport, scope: Scope) -> str:
    """The service of one run; a second does not start while one runs.

    Completed with ERROR (4) and another pull at work (75) are no failures of the service;
    ERROR (5) and Held for review (3) are, and so stand in `systemctl --failed`.
    """
    # $$ is one $ in an argument, but not in the path of the program.
    require_carried(wanted, "a systemd unit", but_in_program="$")
    network = "Wants=network-online.target\nAfter=network-online.target\n" if scope == "system" else ""
    account = f"User={SERVICE_USER}\nGroup={SERVICE_USER}\n" if scope == "system" else ""
    return f"""\
{_head(wanted)}
[Unit]
Description=Import from Aeries, {wanted.whose}
{network}
[Service]
Type=oneshot
ExecStart={" ".join(word_of(word) for word in wanted.argv)}
SuccessExitStatus=4 75
TimeoutStartSec={wanted.longest_seconds}s
Nice=5
{account}{_environment(wanted)}
{hardened(scope, wanted.places, wanted.program, wanted.writes)}"""


def undated(text: str) -> str:
    """A timer's text without the runs that are named one by one for daylight-saving days."""
    return _DATED.sub("", text)


def first_dated(text: str) -> str:
    """The first run of a timer that is named by its date; blank when there is none."""
    match = _DATED.search(text)
    return match[0] if match else ""


def credential_files(wanted: DailyImport) -> dict[str, Path]:
    """The credentials that systemd hands out, by name, each with its file; none where all secrets live elsewhere."""
    return {name: secrets_dir(wanted.places) / f"{name}.secret" for name in wanted.systemd_secrets}


def without_shell(text: str) -> str:
    """A service's text without the variables of the shell that it was installed from: another shell makes no other timer."""
    return _CARRIED_LINE.sub("", text)


def carried_in(text: str) -> frozenset[str]:
    """The names of those variables in a service's text."""
    return frozenset(_CARRIED_LINE.findall(text))


def trial_unit(service: str, argv: tuple[str, ...], answer: Path) -> str:
    """A service as it stands, but it runs another command, whose output goes into a file: what would become of a run?

    Args:
        service: the service's text.
        argv: the command.
        answer: an absolute path that needs no quotes.
    """
    line = f"ExecStart={' '.join(word_of(word) for word in argv)}\nStandardOutput=truncate:{answer}\nStandardError=journal\n"
    return _EXEC_LINE.sub(lambda _: line, service)


def _head(wanted: DailyImport) -> str:
    flag = " --system" if wanted.places == MACHINE else ""
    whose = f"the district {wanted.district}"
    if wanted.window is not None:
        flag, whose = f" --all{flag}", wanted.whose
    return (
        f"# Made by aeries-tui for {whose}; made anew by `aeries-tui schedule install{flag}`,\n"
        f"# taken away by `aeries-tui schedule remove{flag}`. Changes of your own belong in a drop-in."
    )


def _environment(wanted: DailyImport) -> str:
    """Variables and, where a secret needs it, the file or the credential that holds it."""
    lines = [f"Environment={quoted(f'{name}={value}')}" for name, value in wanted.environment.items()]
    if wanted.environment_file:
        # It is a pattern of file names, in which a backslash keeps the next letter as it is; quotes mean nothing.
        plain = re.sub(r"[\\*?\[\]]", r"\\\g<0>", str(wanted.environment_file))
        lines.append(f"EnvironmentFile={_escaped(plain)}")
    lines += [
        f"LoadCredential={name}:{_escaped(str(file))}" for name, file in credential_files(wanted).items()
    ]
    return _lines(lines)


def hardened(scope: Scope, places: Places, program: tuple[str, ...], writes: tuple[Path, ...] = ()) -> str:
    """What a service may not do.

    Args:
        scope: what only the system's own manager can promise is left out of a user's.
        places: the data directory is written to.
        program: the command that it runs.
        writes: further directories that it writes to.
    """
    return _HARDENED_ANYWHERE + (_system_only(places, program, writes) if scope == "system" else "")


def _system_only(places: Places, program: tuple[str, ...], writes: tuple[Path, ...]) -> str:
    """What only the system's own manager can promise: a read-only system, the data directory excepted."""
    data = places.data_dir
    below = data.relative_to("/var/lib") if data.is_relative_to("/var/lib") else None
    lines = []
    # There a colon and a backslash have a meaning, and not the same in every systemd.
    if below is not None and below.parts and _PLAIN_WORD.fullmatch(str(below)) and ":" not in str(below):
        lines += [f"StateDirectory={below}", "StateDirectoryMode=0700"]
    else:
        lines.append(f"ReadWritePaths={quoted(str(data))}")
    lines += [f"ReadWritePaths={quoted('-' + str(path))}" for path in (*writes, STATUS_DIR)]
    used = [Path(program[0]), places.config_dir, data, *writes]
    at_home = any(path.is_relative_to(home) for path in used for home in _HOMES)
    lines.append(f"ProtectHome={'read-only' if at_home else 'yes'}")
    return _HARDENED_SYSTEM + _lines(lines)


def word_of(word: str) -> str:
    """A word of a command line as systemd reads it back; `$` would be a variable there."""
    return quoted(word).replace("$", "$$")


def quoted(text: str) -> str:
    """A value as systemd reads it back."""
    escaped = _escaped(text)
    if _PLAIN_WORD.fullmatch(text):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    """`%` begins a specifier in a unit."""
    return text.replace("%", "%%")


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _yes(value: bool) -> str:
    return "true" if value else "false"
