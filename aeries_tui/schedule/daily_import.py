"""What the settings ask of the schedule of one district, as plain values."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aeries_tui.settings import Credential, FromSystemd, InEnvironment, Places, Settings
from aeries_tui.settings.deliveries import Delivery, Folder, Sftp, deliveries
from aeries_tui.settings.machine import secrets_dir
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

TRIGGER_VARIABLE = "AERIES_TUI_TRIGGER"
"""Set to `timer` for a pull that the schedule starts; such a pull keeps the blackout dates."""

TRIGGER = "timer"

CARRIED = (
    "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""The variables of the shell that a timer is installed from which its runs get too: how Aeries is reached and trusted."""

ALL = "*"
"""In the place of a district's name, which none has: the one timer of all districts."""

_AFTER_DEADLINE = 900


@dataclass(frozen=True)
class DailyImport:
    """The daily import of one district.

    Attributes:
        district: its name; `ALL` for the one timer of all districts.
        begin: the time of day from which it may begin, in `zone`.
        zone: an IANA zone.
        delay_minutes: it begins up to so many minutes later, by chance.
        make_up: a run that was due while the machine was off is made up for.
        longest_seconds: it is ended after so long.
        places: the configuration and data it uses.
        program: the command that is aeries-tui, absolute.
        writes: directories besides the data directory that it writes to.
        reads_variables: a secret, or a proxy's password, stands in the file `environment` (see `secrets_dir`).
        systemd_secrets: the names of secrets that systemd hands out.
        carried: variables of the shell that a run gets too, see `CARRIED`.
        withheld: those that hold a password, which everybody could read in a unit.
        window: of the one timer of all districts, the minutes over which they are spread; None for one district.
    """

    district: str
    begin: dt.time
    zone: str
    delay_minutes: int
    make_up: bool
    longest_seconds: int
    places: Places
    program: tuple[str, ...]
    writes: tuple[Path, ...] = ()
    reads_variables: bool = False
    systemd_secrets: tuple[str, ...] = ()
    carried: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    window: int | None = None

    @property
    def argv(self) -> tuple[str, ...]:
        """The whole command of one run."""
        if self.window is not None:
            return (*self.program, "pull", "--all", "--jobs", "auto", "--window", f"{self.window}m")
        return (*self.program, "pull", "--district", self.district)

    @property
    def by_hand(self) -> str:
        """The command of one run, as a person types it."""
        return shlex.join(("aeries-tui", *self.argv[len(self.program) :]))

    @property
    def trial(self) -> tuple[str, ...]:
        """The command that looks whether a run could work."""
        which = ("--all",) if self.window is not None else ("--district", self.district)
        return (*self.program, "schedule", "test", *which, "--json")

    @property
    def whose(self) -> str:
        """For a person: the district's name, or that it is of all."""
        return self.district if self.window is None else "all districts"

    @property
    def environment(self) -> dict[str, str]:
        """The variables a run gets."""
        return {
            CONFIG_DIR_VARIABLE: str(self.places.config_dir),
            DATA_DIR_VARIABLE: str(self.places.data_dir),
            TRIGGER_VARIABLE: TRIGGER,
            **self.carried,
        }

    @property
    def environment_file(self) -> Path | None:
        """The file that sets the variables of secrets for a run; None when none lives in one."""
        return secrets_dir(self.places) / "environment" if self.reads_variables else None


def with_shell(wanted: DailyImport, env: Mapping[str, str]) -> DailyImport:
    """The daily import with the variables of the shell it is installed from, but for those that hold a password."""
    found = {name: env[name] for name in CARRIED if env.get(name, "").strip()}
    withheld = tuple(
        name for name, value in found.items() if "@" in value and name.lower().endswith("_proxy")
    )
    carried = {name: value for name, value in found.items() if name not in withheld}
    return replace(wanted, carried=carried, withheld=withheld)


def wanted_schedule(
    credential: Credential,
    settings: Settings,
    places: Places,
    program: tuple[str, ...] | None = None,
    env: Mapping[str, str] | None = None,
) -> DailyImport | None:
    """What the settings ask for; None when the credential's daily import is off.

    Args:
        credential: the district.
        settings: config.toml.
        places: where configuration and data live.
        program: the command that is aeries-tui; None for the one that runs now.
        env: the environment; None for this process's own.
    """
    if credential.daily_import is None:
        return None
    alarms = settings.alarms
    hooks = (alarms.webhook_secret, alarms.webhook_token) if alarms.webhook else ()
    targets = [
        one.to
        for one in deliveries(settings.path, settings.deliveries, credential.name, alone=True)
        if isinstance(one, Delivery)
    ]
    secrets = (credential.source, *hooks, *(to.key for to in targets if isinstance(to, Sftp)))
    folders = [to.path for to in targets if isinstance(to, Folder)]
    in_variables = any(isinstance(source, InEnvironment) for source in secrets)
    wanted = DailyImport(
        district=credential.name,
        begin=credential.daily_import,
        zone=credential.timezone,
        delay_minutes=settings.schedule.randomised_delay_minutes,
        make_up=settings.schedule.on_missed == "run",
        longest_seconds=int(settings.source.pull_deadline) + _AFTER_DEADLINE,
        places=places,
        program=this_program() if program is None else program,
        writes=tuple(map(Path, filter(None, [alarms.prometheus_directory, *folders]))),
        reads_variables=in_variables or (secrets_dir(places) / "environment").exists(),
        systemd_secrets=tuple(source.name for source in secrets if isinstance(source, FromSystemd)),
    )
    return with_shell(wanted, os.environ if env is None else env)


def this_program() -> tuple[str, ...]:
    """The absolute command that runs this program again: its script, the .pyz that it is in, or `python -m`."""
    if Path(sys.prefix, "PEX-INFO").exists() and os.environ.get("PEX"):
        # What it runs from is a cache of the .pyz, which may be emptied and has another name with each version.
        return (os.environ["PEX"],)
    script = Path(sys.argv[0])
    if script.name == "aeries-tui":
        script_path = shutil.which(sys.argv[0])
        if script_path:
            return (str(Path(script_path).absolute()),)
    return (sys.executable, "-m", "aeries_tui")


def job_name(district: str, *, machine: bool = False) -> str:
    """The name of a district's units: `aeries-tui-lincoln`; letters that are awkward there become a hyphen.

    A name that had to be changed by more than its case gets a few letters of its own, so that no two
    districts share one (names that differ only in case are refused by the store).

    Args:
        district: its name; `ALL` for the timer of all, whose name no district's has.
        machine: it is one of the machine's, not of a user's: `aeries-tui-machine-lincoln`.
    """
    if district == ALL:
        return "aeries-tui-machine--all" if machine else "aeries-tui--all"
    plain = re.sub(r"[^a-z0-9_.-]+", "-", district.lower()).strip("-.") or "district"
    if plain != district.lower():
        plain += "-" + hashlib.sha256(district.encode()).hexdigest()[:6]
    return f"aeries-tui-machine-{plain}" if machine else f"aeries-tui-{plain}"
