"""What the settings ask of the schedule of one district, as plain values."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.settings import CertificateSource, Credential, InEnvironment, Places, SecretSource, Settings
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

TRIGGER_VARIABLE = "AERIES_TUI_TRIGGER"
"""Set to `timer` for a pull that the schedule starts; such a pull keeps the blackout dates."""

TRIGGER = "timer"

_AFTER_DEADLINE = 900


@dataclass(frozen=True)
class DailyImport:
    """The daily import of one district.

    Attributes:
        district: its name.
        begin: the time of day from which it may begin, in `zone`.
        zone: an IANA zone.
        delay_minutes: it begins up to so many minutes later, by chance.
        make_up: a run that was due while the machine was off is made up for.
        longest_seconds: it is ended after so long.
        source: where the certificate lives.
        places: the configuration and data it uses.
        program: the command that is aeries-tui, absolute.
        writes: directories besides the data directory that it writes to.
        alarm_secrets: where the secrets of its alarms live.
    """

    district: str
    begin: dt.time
    zone: str
    delay_minutes: int
    make_up: bool
    longest_seconds: int
    source: CertificateSource
    places: Places
    program: tuple[str, ...]
    writes: tuple[Path, ...] = ()
    alarm_secrets: tuple[SecretSource, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """The whole command of one run."""
        return (*self.program, "pull", "--district", self.district)

    @property
    def environment(self) -> dict[str, str]:
        """The variables a run gets."""
        return {
            CONFIG_DIR_VARIABLE: str(self.places.config_dir),
            DATA_DIR_VARIABLE: str(self.places.data_dir),
            TRIGGER_VARIABLE: TRIGGER,
        }

    @property
    def environment_file(self) -> Path | None:
        """The file that sets the variables of secrets for a run; None when none lives in one."""
        in_variables = any(isinstance(source, InEnvironment) for source in (self.source, *self.alarm_secrets))
        return self.places.config_dir / "environment" if in_variables else None


def wanted_schedule(
    credential: Credential, settings: Settings, places: Places, program: tuple[str, ...] | None = None
) -> DailyImport | None:
    """What the settings ask for; None when the credential's daily import is off.

    Args:
        credential: the district.
        settings: config.toml.
        places: where configuration and data live.
        program: the command that is aeries-tui; None for the one that runs now.
    """
    if credential.daily_import is None:
        return None
    alarms = settings.alarms
    secrets = (alarms.webhook_secret, alarms.webhook_token) if alarms.webhook else ()
    return DailyImport(
        district=credential.name,
        begin=credential.daily_import,
        zone=credential.timezone,
        delay_minutes=settings.schedule.randomised_delay_minutes,
        make_up=settings.schedule.on_missed == "run",
        longest_seconds=int(settings.source.pull_deadline) + _AFTER_DEADLINE,
        source=credential.source,
        places=places,
        program=this_program() if program is None else program,
        writes=(Path(alarms.prometheus_directory),) if alarms.prometheus_directory else (),
        alarm_secrets=tuple(source for source in secrets if source is not None),
    )


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


def job_name(district: str) -> str:
    """The name of a district's units: `aeries-tui-lincoln`; letters that are awkward there become a hyphen.

    A name that had to be changed by more than its case gets a few letters of its own, so that no two
    districts share one (names that differ only in case are refused by the store).
    """
    plain = re.sub(r"[^a-z0-9_.-]+", "-", district.lower()).strip("-.") or "district"
    if plain != district.lower():
        plain += "-" + hashlib.sha256(district.encode()).hexdigest()[:6]
    return f"aeries-tui-{plain}"
