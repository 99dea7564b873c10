"""What a pull only keeps to save work, and can't read any more, is done without and named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.master.sqlite_errors import clear_errors
from engine import PaperAeries, Station

BROKEN = httpx.Response(500, json={"Message": "Broken."})


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    return station


def folder_at(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    (path / "somebody's").write_text("work")


@pytest.mark.parametrize(
    "name",
    ["1/pages.sqlite3", "1/known.sqlite3", "1/log.sqlite3", "2/plan.sqlite3", "2/plan.sqlite3-wal", "2/log.sqlite3",
     "2/known.sqlite3.part", "9/pages-quick.sqlite3"],
)  # fmt: skip
def test_a_folder_in_the_place_of_a_file_is_moved_beside_and_named(pulled: Station, name: str) -> None:
    place = pulled.district.pulls / name
    folder_at(place)
    assert pulled.pull()["outcome"] == "completed"
    assert any(str(place) in note and f"aside-1-{place.name}" in note for note in pulled.notes())
    assert (place.with_name(f"aside-1-{place.name}") / "somebody's").read_text() == "work"


def test_a_second_folder_there_leaves_the_first_alone(pulled: Station) -> None:
    place = pulled.district.pulls / "1" / "pages.sqlite3"
    for _ in range(2):
        folder_at(place)
        assert pulled.pull()["outcome"] == "completed"
    assert {path.name for path in place.parent.glob("aside-*")} == {
        f"aside-{n}-pages.sqlite3" for n in (1, 2)
    }


def test_of_many_files_the_one_that_is_a_folder_is_named(tmp_path: Path) -> None:
    folder_at(tmp_path / "known.sqlite3")
    with pytest.raises(MasterError) as told, clear_errors(tmp_path / "master.sqlite3"):
        (tmp_path / "known.sqlite3").unlink()
    assert told.value.message == f"{tmp_path / 'known.sqlite3'}: a folder stands in the place of the file."


def write_meta(station: Station, name: str, value: object) -> None:
    with station.master() as db:
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


DAMAGED = ["{", "[]", '{"import_id": 1}', b"\xff\xfe", 3]


@pytest.mark.parametrize("value", DAMAGED)
def test_a_damaged_watermark_stops_a_quick_pull_alone_and_is_named(pulled: Station, value: object) -> None:
    write_meta(pulled, "mark", value)
    with pytest.raises(NotAllowedNow, match="can't be read: it is damaged"):
        pulled.pull(quick=True)
    assert pulled.pull()["outcome"] == "completed"
    assert any("can't be read: it is damaged" in note for note in pulled.notes())
    pulled.pull()
    assert not any("damaged" in note for note in pulled.notes())


@pytest.mark.parametrize("value", DAMAGED)
def test_a_damaged_watermark_is_no_obstacle_to_a_pull_that_sets_none(pulled: Station, value: object) -> None:
    write_meta(pulled, "mark", value)
    pulled.aeries.faults["7/students"] = BROKEN
    assert pulled.pull()["outcome"] == "completed_with_error"


@pytest.mark.parametrize("value", ["{", "[1]", '{"a": 1}', '[["a"]]', '[["nonsense", 7, "x"]]', b"\xff", 3])
def test_damaged_needs_make_a_quick_pull_a_full_one(pulled: Station, value: object) -> None:
    write_meta(pulled, "carried", value)
    assert pulled.pull(quick=True)["outcome"] == "completed"
    assert any("A full pull was made instead." in note and "damaged" in note for note in pulled.notes())


def file_at(path: Path) -> None:
    path.write_text("work")


def link_at(path: Path) -> None:
    path.symlink_to("/nonexistent/there")


@pytest.mark.parametrize("stand", [file_at, link_at, os.mkfifo])
@pytest.mark.parametrize("folder", ["pulls", "imports"])
def test_what_stands_in_the_place_of_the_next_imports_folder_is_moved_beside_and_named(
    pulled: Station, folder: str, stand: Callable[[Path], None]
) -> None:
    place = pulled.district.root / folder / "2"
    stand(place)
    assert pulled.pull()["outcome"] == "completed"
    assert any(str(place) in note and "aside-1-2" in note for note in pulled.notes())
    assert os.path.lexists(place.with_name("aside-1-2"))
    assert place.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_this_account_can_not_write_is_moved_beside_and_named(pulled: Station) -> None:
    place = pulled.district.pulls / "2"
    place.mkdir(mode=0o500)
    assert pulled.pull()["outcome"] == "completed"
    assert any(str(place) in note and "aside-1-2" in note for note in pulled.notes())
