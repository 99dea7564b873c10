"""Whether the daily import of a district could do its work as this account: everything is read, and written for a try."""

from __future__ import annotations

import contextlib
import os
import secrets
import ssl
from collections.abc import Iterator
from pathlib import Path

from aeries_tui.errors import AeriesTuiError, Busy, ConfigurationError, MasterError
from aeries_tui.master.database import immediate
from aeries_tui.operations.deliveries import known_deliveries
from aeries_tui.operations.district import District
from aeries_tui.os_errors import refusal_of
from aeries_tui.processes import account_name
from aeries_tui.pull.lock import locked
from aeries_tui.settings import resolve_secret
from aeries_tui.settings.deliveries import Delivery, Folder


def require_workable(district: District) -> None:
    """Read the certificate and the secrets, load the authorities, open the Master, and write wherever a pull writes.

    Raises:
        AeriesTuiError: what a run would end with; nothing was changed.
    """
    district.credential.resolve()
    alarms = district.settings.alarms
    if alarms.webhook:
        for source in (alarms.webhook_secret, alarms.webhook_token):
            if source is not None:
                resolve_secret("secret of the webhook", source)
    _load_authorities(district)
    for directory in _written(district):
        _try_to_write(directory)
    for path in strange_files(district):
        raise MasterError(
            f"{path} belongs to another account, so {account_name()} can't delete it when its time has come.",
            meaning="Nothing was changed.",
            remedy=f"Type: chown -R --reference='{district.files.root}' '{path}'",
        )
    if district.files.master.exists():
        with (
            contextlib.suppress(Busy),
            locked(district.files.lock, "test"),
            district.writing() as db,
            immediate(db),
        ):
            pass  # a Master that takes a change would take a pull's


def strange_files(district: District) -> list[Path]:
    """What lies among a district's files and folders and is another account's, which only root could delete."""
    found: list[Path] = []
    if os.geteuid() == 0:
        return found
    for folder in (
        district.files.pulls,
        district.files.imports,
        district.files.outbox,
        district.files.comparisons,
        district.files.archives,
    ):
        with contextlib.suppress(OSError):
            found += [path for path in sorted(folder.iterdir()) if path.lstat().st_uid != os.geteuid()]
    return found


def _load_authorities(district: District) -> None:
    """What TLS trusts: the authorities of the machine or of SSL_CERT_FILE, and those of the settings."""
    ca_file = district.settings.source.ca_file
    try:
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as error:
        raise ConfigurationError(
            f"source.ca_file can't be read: {ca_file}: {error.strerror or error}.",
            meaning="Nothing was changed.",
            remedy=f"See that {account_name()} may read it, and that it is a PEM file.",
        ) from error
    given = os.environ.get("SSL_CERT_FILE")
    if given and not os.access(given, os.R_OK):
        raise ConfigurationError(
            f"SSL_CERT_FILE names {given}, which {account_name()} can't read.",
            meaning="Nothing was changed.",
            remedy="Put the file where every account can read it, or name it as source.ca_file in config.toml.",
        )


def _written(district: District) -> Iterator[Path]:
    """The folders that a pull writes to."""
    files = district.files
    yield from filter(Path.exists, (files.root, files.pulls, files.imports, files.outbox, files.archives))
    if not files.root.exists():
        yield district.places.data_dir
    if district.settings.alarms.prometheus_directory:
        yield Path(district.settings.alarms.prometheus_directory)
    for one in known_deliveries(district):
        if isinstance(one, Delivery) and isinstance(one.to, Folder):
            yield Path(one.to.path)


def _try_to_write(directory: Path) -> None:
    probe = directory / f".aeries-tui-test-{secrets.token_hex(4)}"
    try:
        descriptor = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.close(descriptor)
        probe.unlink()
    except OSError as error:
        refusal = refusal_of(error)
        raise MasterError(
            f"{account_name()} can't write to {directory}: {refusal.what}.",
            meaning="Nothing was changed.",
            remedy=refusal.remedy,
        ) from error


def problem_of(district: District) -> AeriesTuiError | None:
    """What a run would end with; None where it could work."""
    try:
        require_workable(district)
    except AeriesTuiError as error:
        return error
    return None
