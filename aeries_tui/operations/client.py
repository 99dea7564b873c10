"""Clients for a single question to Aeries beside the pulls, with which they share what its server bears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aeries_tui.aeries import AeriesClient
from aeries_tui.aeries.permission_test import CHECK_LIMITS
from aeries_tui.pull.client import client_limits, new_client
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, Settings

_TURN = 300.0
"""Seconds for which a request waits where others ask the same server; a pause that it asked for is over by then."""


def asking_client(credential: Credential, settings: Settings, host_slots: Path) -> AeriesClient:
    """A client as patient as a pull's, but for the turns of others; for the arguments see `new_client`."""
    return new_client(
        credential, settings.source, replace(client_limits(settings.source), turn=_TURN),
        year=settings.pull.school_year, host_slots=host_slots,
    )  # fmt: skip


def checking_client(
    credential: Credential, settings: Settings, host_slots: Path, secret: Secret | None = None
) -> AeriesClient:
    """A client for a person who waits for a test: fewer tries.

    Args:
        credential: whose address is tested.
        settings: config.toml.
        host_slots: see `new_client`.
        secret: the certificate where it is not saved yet; None for the credential's own.
    """
    return new_client(
        credential, settings.source, CHECK_LIMITS, secret,
        year=settings.pull.school_year, host_slots=host_slots,
    )  # fmt: skip
