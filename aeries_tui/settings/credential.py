"""One district's credential, and its table in credentials.toml."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError
from aeries_tui.secret import Secret
from aeries_tui.settings.certificate import (
    CertificateSource,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    resolve_certificate,
    valid_systemd_name,
    valid_variable,
)
from aeries_tui.settings.fields import Unfit, command, switch, text
from aeries_tui.trust import run_named

DEFAULT_TIMEZONE = "America/Chicago"
"""The zone of the daily import unless another is chosen; shown as CST."""


@dataclass(frozen=True)
class LastTest:
    """How the last test of a credential went.

    Attributes:
        at: when, in UTC.
        ok: Aeries accepted the certificate and granted what a pull needs.
        summary: one line for the list of credentials; no certificate, no name.
    """

    at: dt.datetime
    ok: bool
    summary: str


@dataclass(frozen=True)
class Credential:
    """One district: its Aeries, its certificate, its daily import.

    Attributes:
        name: the district's name here, and of its directory.
        url: the Instance URL as entered; the source normalises it.
        source: where the certificate lives.
        daily_import: the time of day from which the daily import may begin; None when it is off.
        timezone: the IANA zone of that time.
        last_test: how the last test went; None when there was none since the credential changed.
    """

    name: str
    url: str
    source: CertificateSource
    daily_import: dt.time | None = None
    timezone: str = DEFAULT_TIMEZONE
    last_test: LastTest | None = None

    def resolve(self, *, env: Mapping[str, str] | None = None, run: processes.Runner = run_named) -> Secret:
        """The certificate, from where it lives; raises ConfigurationError (see `resolve_certificate`)."""
        return resolve_certificate(self.name, self.source, env=env, run=run)


def time_of_day(value: object) -> dt.time:
    """A time as `HH:MM`, or TOML's own to the minute; Unfit otherwise."""
    if isinstance(value, str) and (match := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value.strip())):
        return dt.time(int(match[1]), int(match[2]))
    if isinstance(value, dt.time) and value == value.replace(second=0, microsecond=0):
        return value
    raise Unfit('a time of day like "03:30"')


def zone_name(value: object) -> str:
    """The name of a zone this system knows; Unfit otherwise."""
    if isinstance(value, str) and value.strip():
        try:
            return zoneinfo.ZoneInfo(value.strip()).key
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise Unfit('the name of a time zone like "America/Los_Angeles"')


def address(value: object) -> str:
    """Something to call; what it leads to is the source's business."""
    checked = text(value).strip()
    if not checked:
        raise Unfit("the address of Aeries, up to /Login.aspx")
    return checked


def variable_source(value: object) -> InEnvironment:
    """The name of an environment variable, as where a secret lives."""
    if not isinstance(value, str) or not valid_variable(value):
        raise Unfit('the name of an environment variable like "AERIES_CERTIFICATE"')
    return InEnvironment(value)


def systemd_source(value: object) -> FromSystemd:
    """The name of a systemd credential, as where a secret lives."""
    if not isinstance(value, str) or not valid_systemd_name(value):
        raise Unfit('the name of a systemd credential like "aeries-certificate"')
    return FromSystemd(value)


def command_source(value: object) -> FromCommand:
    """A command, as where a secret comes from."""
    words = command(value)
    if not words:
        raise Unfit('a command like "pass show aeries"')
    return FromCommand(words)


def _keyring(value: object) -> InKeyring:
    if not switch(value):
        raise Unfit("true, or left out")
    return InKeyring()


def _in_file(value: object) -> InFile:
    if not isinstance(value, str) or not value.strip():
        raise Unfit("the certificate in quotes")
    return InFile(Secret(value.strip()))


_SOURCES: dict[str, Callable[[object], CertificateSource]] = {
    "certificate": _in_file,
    "certificate_env": variable_source,
    "certificate_command": command_source,
    "certificate_keyring": _keyring,
    "certificate_systemd": systemd_source,
}


def _last_test(value: object) -> LastTest:
    fits = isinstance(value, dict) and set(value) == {"at", "ok", "summary"}
    if not fits or not isinstance(value, dict) or not isinstance(value["at"], dt.datetime):
        raise Unfit("a table of at, ok and summary; it is the program's own and may be deleted")
    at = value["at"] if value["at"].tzinfo else value["at"].replace(tzinfo=dt.UTC)
    return LastTest(at.astimezone(dt.UTC), switch(value["ok"]), text(value["summary"]))


_PLAIN: dict[str, Callable[[object], Any]] = {
    "url": address,
    "daily_import": time_of_day,
    "timezone": zone_name,
    "last_test": _last_test,
}

KEYS: tuple[str, ...] = ("url", *_SOURCES, "daily_import", "timezone", "last_test")
"""Every key of a district's table."""


class WrongTable(ValueError):
    """A district's table is wrong at `key` (blank: as a whole); `what` says how, without the value."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key} {what}")
        self.key = key
        self.what = what


def credential_from_table(name: str, table: Mapping[str, object]) -> Credential:
    """The credential of one table; WrongTable for a key or value that is not allowed or is missing."""
    for key in table:
        if key not in KEYS:
            raise WrongTable(key, "is no setting")
    sources = [key for key in _SOURCES if key in table]
    if len(sources) != 1:
        found = " and ".join(sources) if sources else "none"
        raise WrongTable("", f"needs exactly one of {', '.join(_SOURCES)}; there is {found}")
    if "url" not in table:
        raise WrongTable("", "needs a url")
    read: dict[str, Any] = {}
    for key, value in table.items():
        try:
            if key in _SOURCES:
                read["source"] = _SOURCES[key](value)
            else:
                read[key] = _PLAIN[key](value)
        except Unfit as error:
            raise WrongTable(key, f"must be {error}") from None
    return Credential(name=name, **read)


def table_from_credential(credential: Credential) -> dict[str, Any]:
    """The table that `credential_from_table` reads back as the same credential."""
    table: dict[str, Any] = {"url": credential.url}
    match credential.source:
        case InFile(certificate):
            table["certificate"] = certificate.reveal()
        case InEnvironment(variable):
            table["certificate_env"] = variable
        case FromCommand(words):
            table["certificate_command"] = list(words)
        case InKeyring():
            table["certificate_keyring"] = True
        case FromSystemd(systemd_name):
            table["certificate_systemd"] = systemd_name
    if credential.daily_import is not None:
        table["daily_import"] = credential.daily_import.strftime("%H:%M")
    table["timezone"] = credential.timezone
    if credential.last_test is not None:
        test = credential.last_test
        table["last_test"] = {"at": test.at, "ok": test.ok, "summary": test.summary}
    return table


def checked(credential: Credential) -> Credential:
    """`credential` if the file would take it back; ConfigurationError naming what it would not."""
    try:
        return credential_from_table(credential.name, table_from_credential(credential))
    except WrongTable as error:
        what = f"{error.key or 'the credential'} {error.what}"
        raise ConfigurationError(f"{credential.name}: {what}.", meaning="Nothing was changed.") from None
