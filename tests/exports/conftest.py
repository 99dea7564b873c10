from __future__ import annotations

from pathlib import Path

import pytest
from engine import Station, fast_directory
from engine.served import Roster

from aeries_tui.exports.oneroster import Version, write_bundle
from exports.bundles import Files, read


@pytest.fixture(scope="session")
def good(rosters: dict[str, Roster], tmp_path_factory: pytest.TempPathFactory) -> dict[Version, Path]:
    """Both bundles of a simulated district, with demographics."""
    folder = tmp_path_factory.mktemp("bundles")
    with fast_directory(tmp_path_factory.mktemp("district")) as root:
        roster = rosters["700"]
        roster.reset()
        station = roster.station(root)
        station.pull_over_http()
        with station.master() as db:
            versions: tuple[Version, ...] = ("1.1", "1.2")
            return {
                version: write_bundle(db, version, folder, demographics=True).path for version in versions
            }


def bundle_of(station: Station, version: Version = "1.1", *, demographics: bool = False) -> Files:
    """The files of the bundle of a station's roster."""
    with station.master() as db:
        report = write_bundle(db, version, station.district.root / "out", demographics=demographics)
    return read(report.path)
