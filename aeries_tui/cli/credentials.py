"""`credentials`."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import getpass
import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from aeries_tui.audit import Journal, journal_of
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import about, line, say, table, tell
from aeries_tui.documents import Document
from aeries_tui.errors import WrongUse
from aeries_tui.operations.district import find_district
from aeries_tui.settings import (
    Credential,
    CredentialStore,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InFile,
    InKeyring,
    find_places,
    load_settings,
)
from aeries_tui.settings.certificate import (
    CertificateSource,
    check_certificate,
    unusual_length,
    where,
)
from aeries_tui.settings.credential import time_of_day, zone_name
from aeries_tui.settings.fields import Unfit
from aeries_tui.settings.machine import hint_of_machine

if TYPE_CHECKING:
    from aeries_tui.aeries import CheckReport
    from aeries_tui.secret import Secret

_MOST_READ = 100_000
"""Characters of standard input that are looked at."""


class LastTest(msgspec.Struct, frozen=True):
    """The last test of a credential.

    Attributes:
        at: when.
        ok: all was well.
        summary: what it found, in a few words.
    """

    at: str
    ok: bool
    summary: str


class ShownCredential(Document, frozen=True):
    """A district and how it is reached.

    Attributes:
        name: of the district.
        url: the Instance URL.
        certificate: masked; null where it does not lie in the file.
        certificate_from: where it is kept.
        daily_import: the time of day, `HH:MM`; null where it is off.
        timezone: of that time.
        last_test: null where there was none.
    """

    name: str
    url: str
    certificate: str | None
    certificate_from: str
    daily_import: str | None
    timezone: str
    last_test: LastTest | None


class Credentials(Document, frozen=True):
    """All districts.

    Attributes:
        credentials: of each, by name.
    """

    credentials: Sequence[ShownCredential]


class Removed(Document, frozen=True):
    """A district whose credential was removed.

    Attributes:
        removed: its name.
        data: where its data stays.
    """

    removed: str
    data: str


def _store() -> CredentialStore:
    return CredentialStore(find_places().credentials_file)


def _journal() -> Journal:
    places = find_places()
    return journal_of(places, load_settings(places.config_file))


def add(options: argparse.Namespace) -> int:
    """Add a district; `check` tests it."""
    source, secret = _source(options)
    if source is None:
        secret = _typed_certificate()
        source = InFile(secret)
    credential = _with_schedule(options, Credential(options.name, _address(options.url), source))
    from aeries_tui.operations.credentials import save_tested

    credential = save_tested(_journal(), _store(), credential, secret, None, new=True)
    with about(credential.name if len(_store().all()) > 1 else None):
        say(f"The district {credential.name} is added. Test it: aeries-tui check")
    if options.json:
        print_document(_shown(credential))
    return 0


def change(options: argparse.Namespace) -> int:
    """Change a district; what is not named stays. A new certificate or address is tested before it replaces the old."""
    old = _store().get(options.name)
    source, secret = _source(options)
    new = dataclasses.replace(
        _with_schedule(options, old),
        url=_address(options.url) if options.url else old.url,
        source=source or old.source,
    )
    from aeries_tui.operations.credentials import change_credential

    is_tested = not options.no_test and (new.url != old.url or source is not None)
    if is_tested and isinstance(new.source, FromSystemd) and "CREDENTIALS_DIRECTORY" not in os.environ:
        say("It is not tested: systemd gives the certificate to the service alone. "
            "aeries-tui schedule install and, as root, aeries-tui doctor try the service.")  # fmt: skip
        is_tested = False
    places = find_places()
    settings = load_settings(places.config_file)
    report = asyncio.run(
        change_credential(_journal(), _store(), settings, places.host_slots, new, secret, test=is_tested)
    )
    if report is not None:
        _tell(report)
    say(f"The district {new.name} is changed.")
    if options.json:
        print_document(_shown(_store().get(new.name)))
    return 0


def _tell(report: CheckReport) -> None:
    """What a test found, for somebody who is adding a district."""
    if report.problem is not None:
        tell(report.problem)
    else:
        say(f"{report.address} answers; the certificate is accepted and every permission is granted.")


def _address(text: str) -> str:
    from aeries_tui.aeries import normalise_address

    return normalise_address(text).display


def _source(options: argparse.Namespace) -> tuple[CertificateSource | None, Secret | None]:
    """Where the certificate is to live, and the certificate itself where it was typed or piped in."""
    if options.certificate_stdin:
        secret = _read_certificate()
        return InFile(secret), secret
    if options.certificate_keyring:
        return InKeyring(), _typed_certificate()
    if options.certificate_env:
        return InEnvironment(options.certificate_env), None
    if options.certificate_command:
        try:
            return FromCommand(tuple(shlex.split(options.certificate_command))), None
        except ValueError as error:
            raise WrongUse(f"--certificate-command: {error}.", meaning="Nothing was changed.") from error
    if options.certificate_systemd:
        return FromSystemd(options.certificate_systemd), None
    return None, None


def _typed_certificate() -> Secret:
    """The certificate, typed unseen at a terminal, or from standard input when that is none."""
    if not sys.stdin.isatty():
        return _read_certificate()
    return _checked(getpass.getpass("API certificate (not shown): "), "the input")


def _read_certificate() -> Secret:
    """The certificate from standard input: a line at a terminal, otherwise all there is."""
    text = sys.stdin.readline() if sys.stdin.isatty() else sys.stdin.read(_MOST_READ)
    return _checked(text, "standard input")


def _checked(text: str, what: str) -> Secret:
    secret = check_certificate(text, what)
    if unusual := unusual_length(secret):
        say(unusual)
    return secret


def _with_schedule(options: argparse.Namespace, credential: Credential) -> Credential:
    try:
        if options.daily_import is not None:
            off = options.daily_import.lower() in {"off", "no", "none"}
            time = None if off else time_of_day(options.daily_import)
            credential = dataclasses.replace(credential, daily_import=time)
        if options.timezone is not None:
            credential = dataclasses.replace(credential, timezone=zone_name(options.timezone))
    except Unfit as error:
        raise WrongUse(
            f"--daily-import and --timezone: give {error}.", meaning="Nothing was changed."
        ) from error
    return credential


def _shown(credential: Credential) -> ShownCredential:
    secret = credential.source.certificate.masked if isinstance(credential.source, InFile) else None
    test = credential.last_test
    return ShownCredential(
        credential.name, credential.url, secret, where(credential.source),
        f"{credential.daily_import:%H:%M}" if credential.daily_import else None, credential.timezone,
        LastTest(test.at.isoformat(), test.ok, test.summary) if test else None,
    )  # fmt: skip


def list_all(options: argparse.Namespace) -> int:
    """List the districts."""
    if options.names and not options.json:
        for credential in _store().all():
            line(credential.name)
        return 0
    shown = [_shown(credential) for credential in _store().all()]
    if options.json:
        print_document(Credentials(shown))
    elif not shown:
        say("There is no district yet. Add one: aeries-tui credentials add NAME --url URL")
        hint = hint_of_machine(find_places())
        if hint:
            say(hint)
    else:
        table(
            ("name", "url", "certificate", "daily import", "last test"),
            [
                (one.name, one.url, one.certificate or one.certificate_from,
                 f"{one.daily_import} {one.timezone}" if one.daily_import else "off",
                 one.last_test.summary if one.last_test else "never")
                for one in shown
            ],
        )  # fmt: skip
    return 0


def show(options: argparse.Namespace) -> int:
    """Show a district."""
    shown = _shown(_store().get(options.name))
    if options.json:
        print_document(shown)
    else:
        test = shown.last_test
        for name in ("name", "url", "certificate_from", "certificate", "daily_import", "timezone"):
            value = getattr(shown, name)
            line(f"{name.replace('_', ' ') + ':':<18}{value if value is not None else '-'}")
        line(f"{'last test:':<18}{f'{test.at}, {test.summary}' if test else 'never'}")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Remove a district's credential; its data stays, or all of it is erased with `--data`."""
    if options.data:
        return _remove_all(options)
    from aeries_tui.operations.credentials import remove_credential

    places = find_places()
    remove_credential(places, load_settings(places.config_file), options.name)
    root = places.district(options.name).root
    say(f"The credential of {options.name} is removed. Its data stays in {root}.")
    if options.json:
        print_document(Removed(options.name, str(root)))
    return 0


def _remove_all(options: argparse.Namespace) -> int:
    from aeries_tui.cli.erase import ask, tell_done
    from aeries_tui.operations.erase_district import erase_district

    district = find_district(options.name)
    if not options.yes:
        say(
            f"This erases all that is kept of {district.name} in {district.files.root}, its archives as well."
        )
        ask("Type the district's name to erase it", district.name, "--yes")
    tell_done(options, erase_district(district, options.reason))
    return 0
