"""Machines for the screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Station
from engine.served import Roster


@pytest.fixture
def pulled(rosters: dict[str, Roster], tmp_path: Path) -> Station:
    """A machine whose district was pulled twice."""
    station = rosters["300"].station(tmp_path)
    station.pull_over_http()
    station.pull_over_http()
    return station
