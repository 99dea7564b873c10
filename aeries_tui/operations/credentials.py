"""What is done with a credential: test it, save it once it was tested, change it, remove it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

from aeries_tui.aeries import CheckReport, check, normalise_address
from aeries_tui.alarms import remove_metrics
from aeries_tui.audit import Act, Journal, journal_of
from aeries_tui.errors import AeriesTuiError, MasterError
from aeries_tui.operations.client import checking_client
from aeries_tui.operations.district import District
from aeries_tui.operations.kept_status import forget_status
from aeries_tui.operations.roster_service.sockets import remove_socket
from aeries_tui.schedule import ALL, ScheduleError, schedulers
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, InKeyring, LastTest, Places, Settings
from aeries_tui.settings.certificate import forget_in_keyring, keep_in_keyring
from aeries_tui.settings.machine import MACHINE


async def check_credential(
    credential: Credential, settings: Settings, host_slots: Path, secret: Secret | None = None
) -> CheckReport:
    """Ask Aeries whether address, certificate and permissions are right; see `aeries_tui.aeries.check`.

    Args:
        credential: whose address is asked.
        settings: config.toml.
        host_slots: of `Places`.
        secret: the certificate, where it is not saved yet; None for the credential's own.

    Raises:
        AeriesTuiError: Aeries can't even be asked: no certificate, no address, plain http.
    """
    async with checking_client(credential, settings, host_slots, secret) as client:
        return await check(client)


def last_test(report: CheckReport) -> LastTest:
    """A report as the credential keeps it."""
    summary = "everything granted" if report.ok else (report.problem.message if report.problem else "")
    return LastTest(dt.datetime.now(dt.UTC).replace(microsecond=0), report.ok, summary)


def save_tested(
    journal: Journal,
    store: CredentialStore,
    credential: Credential,
    secret: Secret | None,
    report: CheckReport | None,
    *,
    new: bool,
) -> Credential:
    """Store a credential with the result of its test; returns it as it was stored.

    Args:
        journal: is told what was changed, never the certificate.
        store: credentials.toml.
        credential: what to store.
        secret: its certificate where it was typed just now; None where it was not.
        report: how its test went; None where it was not tested.
        new: it is added, and does not take the place of one of the same name.

    Raises:
        AeriesTuiError: the report says that the certificate was refused; nothing was changed.
        ConfigurationError, NotFound: the store does not take it.
    """
    credential = dataclasses.replace(credential, url=normalise_address(credential.url).display)
    if report is not None:
        if report.certificate == "refused" and report.problem is not None:
            raise report.problem
        credential = dataclasses.replace(credential, last_test=last_test(report))
    told = (
        {"what": "added"}
        if new
        else {"what": "changed", "fields": _changed(store.get(credential.name), credential)}
    )
    with journal.recording(Act.CREDENTIAL, credential.name, told):
        _save(store, credential, secret if isinstance(credential.source, InKeyring) else None, new=new)
    return credential


def _changed(old: Credential, new: Credential) -> list[str]:
    """The fields of a credential that are others now, by name; a test is no change."""
    names = [field.name for field in dataclasses.fields(new) if field.name != "last_test"]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _save(store: CredentialStore, credential: Credential, to_keyring: Secret | None, *, new: bool) -> None:
    if not new:
        if to_keyring is not None:
            keep_in_keyring(credential.name, to_keyring)
        store.replace(credential)
        return
    # The name is taken first: the keyring may hold the certificate of a district of this very name.
    store.add(credential)
    try:
        if to_keyring is not None:
            keep_in_keyring(credential.name, to_keyring)
    except AeriesTuiError:
        store.remove(credential.name)
        raise


async def change_credential(
    journal: Journal,
    store: CredentialStore,
    settings: Settings,
    host_slots: Path,
    credential: Credential,
    secret: Secret | None,
    *,
    test: bool,
) -> CheckReport | None:
    """Put a credential in the place of the one of the same name, once it is known to be accepted.

    Args:
        journal: is told what was changed.
        store: credentials.toml.
        settings: config.toml.
        host_slots: of `Places`.
        credential: what to store.
        secret: its certificate where it was typed just now; None where it was not.
        test: ask Aeries first.

    Returns:
        How the test went; None where none was asked for.

    Raises:
        AeriesTuiError: the certificate was not accepted; nothing was changed.
    """
    report = await check_credential(credential, settings, host_slots, secret) if test else None
    if report is not None and report.certificate != "accepted":
        assert report.problem is not None
        raise report.problem
    save_tested(journal, store, credential, secret, report, new=False)
    return report


async def check_district(district: District) -> tuple[CheckReport, str]:
    """Test a district's credential and keep how it went; with a sentence where that could not be kept.

    Raises:
        AeriesTuiError: Aeries can't even be asked.
    """
    report = await check_credential(district.credential, district.settings, district.places.host_slots)
    try:
        district.store.record_test(district.name, last_test(report))
    except MasterError as error:
        return report, f"The test is not noted: {error.message}"
    return report, ""


def remove_credential(places: Places, settings: Settings, name: str) -> None:
    """Take a district's credential out of store, keyring, timer, roster service and metrics; its District Master stays.

    Raises:
        NotFound: there is none of that name.
        ScheduleError: all is removed but what systemd or cron refused to take out.
    """
    store = CredentialStore(places.credentials_file)
    credential = store.get(name)
    with journal_of(places, settings).recording(Act.CREDENTIAL, credential.name, {"what": "removed"}):
        store.remove(name)
    if isinstance(credential.source, InKeyring):
        forget_in_keyring(name)
    if settings.alarms.prometheus_directory:
        remove_metrics(Path(settings.alarms.prometheus_directory), name)
    forget_status(places, name)
    is_last = places != MACHINE and not store.all()  # the machine's are root's to remove
    try:
        remove_socket(places, name)
        for scheduler in schedulers(places):
            scheduler.remove(name)
            if is_last:
                scheduler.remove(ALL)
    except ScheduleError as error:
        raise ScheduleError(
            f"The credential of {name} is removed; whether it has a timer or a service could not be seen. {error.message}",
            meaning=error.meaning,
            remedy=error.remedy,
        ) from error
