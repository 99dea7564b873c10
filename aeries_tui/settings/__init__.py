"""config.toml and credentials.toml: where they are, what may stand in them, and the certificate's place."""

from aeries_tui.settings.certificate import (
    CertificateSource,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    SecretSource,
    check_certificate,
    resolve_certificate,
    resolve_secret,
)
from aeries_tui.settings.config import Guard, Settings, load_settings
from aeries_tui.settings.credential import DEFAULT_TIMEZONE, Credential, LastTest
from aeries_tui.settings.credentials import CredentialStore
from aeries_tui.settings.machine import find_places
from aeries_tui.settings.places import (
    DistrictPlaces,
    Places,
    no_link,
    private_dir,
    private_part,
    private_text_writer,
    private_writer,
)
from aeries_tui.settings.sections import (
    Accounts,
    Alarms,
    Audit,
    Exports,
    GuardLimits,
    Pull,
    Retention,
    Schedule,
    Serve,
    Source,
    Ui,
)

__all__ = [
    "DEFAULT_TIMEZONE",
    "Accounts",
    "Alarms",
    "Audit",
    "CertificateSource",
    "Credential",
    "CredentialStore",
    "DistrictPlaces",
    "Exports",
    "FromCommand",
    "FromSystemd",
    "Guard",
    "GuardLimits",
    "InEnvironment",
    "InFile",
    "InKeyring",
    "LastTest",
    "Places",
    "Pull",
    "Retention",
    "Schedule",
    "SecretSource",
    "Serve",
    "Settings",
    "Source",
    "Ui",
    "check_certificate",
    "find_places",
    "load_settings",
    "no_link",
    "private_dir",
    "private_part",
    "private_text_writer",
    "private_writer",
    "resolve_certificate",
    "resolve_secret",
]
