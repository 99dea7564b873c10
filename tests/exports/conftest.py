from __future__ import annotations

from pathlib import Path

import pytest

from aeries_tui.exports.oneroster import VERSIONS, Version, check_bundle, write_bundle
from engine import Station, fast_directory
from engine.served import Roster
from exports.bundles import Files, read


def _bundles_of(roster: Roster, folders: pytest.TempPathFactory) -> dict[Version, Path]:
    """Both bundles of a simulated district, with demographics."""
    folder = folders.mktemp("bundles")
    with fast_directory(folders.mktemp("district")) as root:
        roster.reset()
        station = roster.station(root)
        station.pull_over_http()
        with station.master() as db:
            return {
                version: write_bundle(db, version, folder, demographics=True).path for version in VERSIONS
            }


@pytest.fixture(scope="session")
def good(rosters: dict[str, Roster], tmp_path_factory: pytest.TempPathFactory) -> dict[Version, Path]:
    """Good bundles of two schools, to be broken."""
    return _bundles_of(rosters["120"], tmp_path_factory)


@pytest.fixture(scope="session")
def whole(rosters: dict[str, Roster], tmp_path_factory: pytest.TempPathFactory) -> dict[Version, Path]:
    """Good bundles of schools of every kind, with the defects real districts have."""
    return _bundles_of(rosters["700"], tmp_path_factory)


def bundle_of(station: Station, version: Version = "1.1", *, demographics: bool = False) -> Files:
    """The files of the bundle of a station's roster, which the whole check finds right."""
    with station.master() as db:
        report = write_bundle(db, version, station.district.root / "out", demographics=demographics)
    assert check_bundle(report.path) == []
    return read(report.path)
