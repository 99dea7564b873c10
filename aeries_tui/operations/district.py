"""A district and everything that is needed to work on it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.audit import Journal, journal_of
from aeries_tui.errors import NotFound
from aeries_tui.master.database import connect
from aeries_tui.master.fence import SECONDS, Fence, fenced
from aeries_tui.master.imports import imports
from aeries_tui.master.sqlite_errors import clear_errors, database_errors
from aeries_tui.settings import (
    Credential,
    CredentialStore,
    DistrictPlaces,
    Places,
    Settings,
    find_places,
    load_settings,
)
from aeries_tui.settings.machine import hint_of_machine


@dataclass(frozen=True)
class District:
    """One Aeries customer, as it is set up on this machine.

    Attributes:
        places: where configuration and data live.
        settings: config.toml.
        credential: of the district.
        files: the files of the district.
    """

    places: Places
    settings: Settings
    credential: Credential
    files: DistrictPlaces

    @property
    def name(self) -> str:
        """Its name here."""
        return self.files.name

    @property
    def store(self) -> CredentialStore:
        """credentials.toml."""
        return CredentialStore(self.places.credentials_file)

    @property
    def journal(self) -> Journal:
        """Who did what, here and in the other districts of the data directory."""
        return journal_of(self.places, self.settings)

    @contextlib.contextmanager
    def reading(self, *, wait: float | None = None) -> Iterator[sqlite3.Connection]:
        """Its Master, for reading; raises MasterError, or NotFound where there is none.

        Args:
            wait: seconds for which a statement waits for others' locks; None for as long as usual.
        """
        self._refuse_without_master()
        path = self.files.master
        with database_errors(path), contextlib.closing(connect(path, read_only=True, wait=wait)) as db:
            yield db

    def _refuse_without_master(self) -> None:
        with clear_errors(self.files.master):
            is_there = self.files.master.exists()
        if not is_there:
            raise NotFound(
                f"There is no District Master of {self.name} yet.",
                remedy="Run aeries-tui schools update, then aeries-tui pull.",
            )

    @contextlib.contextmanager
    def fenced(self, *, seconds: float = SECONDS) -> Iterator[Fence]:
        """A fence round its Master for people's own SQL; raises MasterError, or NotFound where there is none.

        Args:
            seconds: how long SQLite may work on one query.
        """
        self._refuse_without_master()
        with fenced(self.files.master, seconds=seconds) as fence:
            yield fence

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Its Master, for a change, made where it is missing; raises MasterError."""
        path = self.files.create().master
        with database_errors(path), contextlib.closing(connect(path)) as db:
            yield db

    def settle(self, db: sqlite3.Connection) -> None:
        """Put a pull that was killed into the books, so that nobody reads of it that it runs.

        Args:
            db: its Master, open for reading; what is read after this sees what was done.
        """
        if imports.is_any_running(db):
            from aeries_tui.pull.recovery import put_right

            put_right(self.files, self.settings.accounts)


def find_district(name: str | None) -> District:
    """The district of that name; None for the only one.

    Raises:
        ConfigurationError: config.toml or credentials.toml can't be used.
        NotFound: there is no such district, or none was named and there are several.
    """
    places = find_places()
    settings = load_settings(places.config_file)
    try:
        credential = CredentialStore(places.credentials_file).get(name)
    except NotFound as error:
        hint = hint_of_machine(places)
        if not hint:
            raise
        raise NotFound(error.message, meaning=error.meaning, remedy=f"{error.remedy} {hint}") from error
    return _district(places, settings, credential)


def all_districts() -> list[District]:
    """Every district, by name; raises ConfigurationError."""
    places = find_places()
    settings = load_settings(places.config_file)
    store = CredentialStore(places.credentials_file)
    return [_district(places, settings, credential) for credential in store.all()]


def _district(places: Places, settings: Settings, credential: Credential) -> District:
    return District(places, settings, credential, places.district(credential.name))
