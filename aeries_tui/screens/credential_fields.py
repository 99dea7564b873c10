"""What stands in the form of a credential, read and judged: pure text in, a credential or a sentence out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from aeries_tui.aeries import normalise_address
from aeries_tui.errors import AeriesTuiError, WrongUse
from aeries_tui.screens.wrong_field import WrongField, in_field
from aeries_tui.secret import Secret
from aeries_tui.settings import (
    Credential,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    check_certificate,
)
from aeries_tui.settings.certificate import CertificateSource, valid_systemd_name, valid_variable
from aeries_tui.settings.credential import time_of_day
from aeries_tui.settings.district_names import check_district_name, check_new_district_name
from aeries_tui.settings.fields import Unfit

KEPT: tuple[tuple[str, str], ...] = (
    ("file", "in the credentials file, for you alone (0600)"),
    ("keyring", "in the keyring of this desktop"),
    ("env", "in an environment variable"),
    ("command", "a command prints it (pass show …)"),
    ("systemd", "systemd hands it to the service"),
)
"""Where a certificate can be kept."""

TYPED = frozenset({"file", "keyring"})
"""Places into which the certificate is typed here; the others only name where it is."""

PLACE_LABELS = {"env": "Variable", "command": "Command", "systemd": "Credential name"}


@dataclass(frozen=True)
class Fields:
    """The texts of the form as they stand.

    Attributes:
        name: of the district.
        url: the Instance URL.
        kept: a key of `KEPT`.
        certificate: as typed; blank keeps the one there is.
        place: the variable, command or systemd name.
        daily: the daily import is to be initiated.
        time: from when, HH:MM.
        zone: an IANA zone.
    """

    name: str
    url: str
    kept: str
    certificate: str
    place: str
    daily: bool
    time: str
    zone: str


def kept_of(source: CertificateSource) -> tuple[str, str]:
    """The key of `KEPT` of a source, and what stands in its place field."""
    match source:
        case InFile():
            return "file", ""
        case InKeyring():
            return "keyring", ""
        case InEnvironment(variable):
            return "env", variable
        case FromCommand(command):
            return "command", shlex.join(command)
        case FromSystemd(name):
            return "systemd", name


def address_line(text: str) -> tuple[str, bool]:
    """What becomes of an address as it is typed, and whether it can be one."""
    if not text.strip():
        return "The address of Aeries up to /Login.aspx, e.g. https://NAME.aeries.net/admin", True
    try:
        address = normalise_address(text)
    except AeriesTuiError as error:
        return error.message, False
    warning = " - not encrypted!" if address.is_plain_http and not address.is_loopback else ""
    return f"Aeries is asked at {address.api}{warning}", not warning


def certificate_line(text: str, old: Secret | None, *, stored: bool) -> tuple[str, bool]:
    """The details of the certificate without showing it, and whether it looks like one.

    Args:
        text: as typed.
        old: the one that is kept now, where it is known.
        stored: there is one already.
    """
    if not text.strip():
        if stored:
            return f"stays as it is{f' ({old.masked})' if old else ''}", True
        return "32 letters and digits, from Security > API Security", True
    try:
        secret = check_certificate(text)
    except AeriesTuiError as error:
        return error.message, False
    length = len(secret.reveal())
    shown = f", ends in {secret.last_four}" if secret.last_four else ""
    usual = "" if length == 32 else " (Aeries' own have 32)"
    return f"{length} characters{shown}{usual}", length == 32


def credential_of(fields: Fields, old: Credential | None) -> tuple[Credential, Secret | None]:
    """The credential that the form describes, and its certificate where one was typed.

    Args:
        fields: the form.
        old: the credential that is changed; None for a new one.

    Raises:
        WrongField: names the field and what is wrong with it.
    """
    name = fields.name.strip()
    check = check_new_district_name if old is None else check_district_name
    in_field("name", lambda: check(name))
    url = in_field("url", lambda: normalise_address(fields.url)).display
    source, secret = _source(fields, old)
    try:
        time = time_of_day(fields.time) if fields.daily else None
    except Unfit as error:
        raise WrongField("time", WrongUse(f"The time of the daily import must be {error}.")) from None
    changed = old is None or url != old.url or source != old.source or secret is not None
    test = None if changed or old is None else old.last_test
    return Credential(name, url, source, time, fields.zone, test), secret


def _source(fields: Fields, old: Credential | None) -> tuple[CertificateSource, Secret | None]:
    place = fields.place.strip()
    match fields.kept:
        case "env":
            if not valid_variable(place):
                raise WrongField("place", WrongUse("That can't be the name of an environment variable."))
            return InEnvironment(place), None
        case "command":
            try:
                words = tuple(shlex.split(place))
            except ValueError as error:
                raise WrongField("place", WrongUse(f"The command can't be read: {error}.")) from None
            if not words:
                raise WrongField("place", WrongUse("Give the command that prints the certificate."))
            return FromCommand(words), None
        case "systemd":
            if not valid_systemd_name(place):
                raise WrongField("place", WrongUse("That can't be the name of a systemd credential."))
            return FromSystemd(place), None
    keeps = InFile if fields.kept == "file" else InKeyring
    if not fields.certificate.strip() and old is not None and isinstance(old.source, keeps):
        return old.source, None
    if not fields.certificate.strip() and old is not None:
        what = "Enter the certificate, since it is to be kept in another place."
        raise WrongField("certificate", WrongUse(what))
    secret = in_field("certificate", lambda: check_certificate(fields.certificate))
    return (InFile(secret) if fields.kept == "file" else InKeyring()), secret
