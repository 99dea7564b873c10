"""Machines for the screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Station
from engine.served import Roster


@pytest.fixture
def pulled(rosters: dict[str, Roster], tmp_path: Path) -> Station:
    """A machine whose district was pulled twice."""
    return rosters["300"].pulled(tmp_path, 2)
