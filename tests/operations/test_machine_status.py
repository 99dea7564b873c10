"""How the machine's districts stand can be read by everybody on it, and holds nobody's data."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from aeries_tui.alarms import State
from aeries_tui.errors import MasterError, NotFound
from aeries_tui.operations import kept_status, machine_status
from aeries_tui.operations.district import District
from aeries_tui.operations.kept_status import forget_status, keep_status
from aeries_tui.operations.machine_status import told_districts
from documents import faults
from engine import PaperAeries, Station


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the machine's districts tell how they stand."""
    directory = tmp_path / "told"
    directory.mkdir()
    for module in (kept_status, machine_status):
        monkeypatch.setattr(module, "STATUS_DIR", directory)
    return directory


@pytest.fixture
def district(station: Station, told: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    """One of the machine's districts, with an import."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    monkeypatch.setattr(kept_status, "MACHINE", station.places)
    return station.as_district()


def test_the_file_is_everybodys_and_names_nobody(district: District, told: Path) -> None:
    assert keep_status(district) == []
    (file,) = told.iterdir()
    assert file.stat().st_mode & 0o777 == 0o644
    document = json.loads(file.read_text())
    assert not faults("status file", document)
    assert document["district"] == "demo"
    assert document["latest_import"] == 1
    assert document["active"]["student"] > 0
    with district.reading() as db:
        people = [
            str(value)
            for row in db.execute("SELECT student_id, first_name, last_name FROM student")
            for value in row
        ]
    words = set(re.findall(r"\w+", file.read_text()))
    assert people
    assert not words & set(people)
    assert district.credential.url not in file.read_text()


def test_the_standing_is_the_same_for_who_can_not_look(district: District, told: Path) -> None:
    keep_status(district)
    (found,) = told_districts(None, every=False)
    now = dt.datetime.now(dt.UTC)
    verdict = found.verdict(now)
    assert verdict.district == "demo"
    assert verdict.state in {State.OK, State.WITH_ERRORS}
    assert found.verdict(now, dt.timedelta()).state is State.LATE
    with pytest.raises(NotFound, match="The machine tells of these districts: demo"):
        told_districts("oak", every=False)
    forget_status(district.places, "demo")
    forget_status(district.places, "demo")
    assert list(told.iterdir()) == []
    assert list(district.places.statuses.iterdir()) == []
    with pytest.raises(NotFound, match="none yet"):
        told_districts(None, every=True)


def test_a_users_own_district_tells_the_machine_nothing(
    district: District, told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_status, "MACHINE", None)
    assert keep_status(district) == []
    assert list(told.iterdir()) == []


def test_a_file_that_can_not_be_written_is_said_and_one_that_is_not_whole(
    district: District, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (told / "demo.json").write_text("{")
    with pytest.raises(MasterError, match="it is not whole"):
        told_districts(None, every=True)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    (said,) = keep_status(district)
    assert "the disk is full" in said
