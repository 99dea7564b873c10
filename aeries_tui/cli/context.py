"""What most commands begin with: places, settings, the district that is meant, its Master."""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.errors import NotFound
from aeries_tui.settings import (
    Credential,
    CredentialStore,
    DistrictPlaces,
    Places,
    Settings,
    find_places,
    load_settings,
)


@dataclass(frozen=True)
class Context:
    """A district and everything a command needs to work on it."""

    places: Places
    settings: Settings
    credential: Credential
    district: DistrictPlaces

    @contextlib.contextmanager
    def master(self, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
        """The District Master, made when it may be; raises MasterError, or NotFound for reading where there is none."""
        from aeries_tui.master.database import connect

        if read_only and not self.district.master.exists():
            raise NotFound(
                f"There is no District Master of {self.district.name} yet.",
                remedy="Run aeries-tui schools update, then aeries-tui pull.",
            )
        if not read_only:
            self.district.create()
        with contextlib.closing(connect(self.district.master, read_only=read_only)) as connection:
            yield connection


def settle(here: Context, db: sqlite3.Connection) -> None:
    """Put a pull that was killed into the books, so that nobody reads of it that it runs.

    Args:
        here: the district.
        db: its Master, open for reading; what is read after this sees what was done.
    """
    from aeries_tui.master.imports import imports

    if imports.latest(db, "outcome = 'running'") is None:
        return
    from aeries_tui.pull.recovery import put_right

    put_right(here.district, here.settings.accounts)


def context(options: argparse.Namespace) -> Context:
    """The district that `--district` names, or the only one.

    Raises:
        ConfigurationError: config.toml or credentials.toml can't be used.
        NotFound: there is no such district, or none was named and there are several.
    """
    return context_of(getattr(options, "district", None))


def context_of(name: str | None) -> Context:
    """The same for a name."""
    places = find_places()
    settings = load_settings(places.config_file)
    credential = CredentialStore(places.credentials_file).get(name)
    return Context(places, settings, credential, places.district(credential.name))


def all_contexts() -> list[Context]:
    """Every district, by name."""
    places = find_places()
    settings = load_settings(places.config_file)
    found = CredentialStore(places.credentials_file).all()
    return [Context(places, settings, one, places.district(one.name)) for one in found]
