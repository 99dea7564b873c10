"""What stands where the program has a file or a folder of its own is named with its kind and its place; nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.errors import ConfigurationError
from aeries_tui.settings.documents import read_toml_text

from .conftest import Desk


def file_at(path: Path) -> str:
    path.write_text("somebody's")
    return f"a file stands in the place of the folder {path}"


def folder_at(path: Path) -> str:
    path.mkdir()
    return "a folder stands in the place of the file"


def link_at(path: Path) -> str:
    path.symlink_to("/nonexistent/there")
    return f"the link {path} leads to /nonexistent/there, which is not there"


def pipe_at(path: Path) -> str:
    os.mkfifo(path)
    return "a device or a pipe stands in the place of the f"


FOLDERS = (
    ("data", ("pull",)),
    ("data/demo", ("pull",)),
    ("data/demo/pulls", ("pull",)),
    ("data/demo/imports", ("pull",)),
    ("data/demo/archives", ("archive", "create", "--yes")),
    ("data/audit", ("audit", "list")),
    ("data/dispositions", ("people", "erase", "student", "7000", "--reason", "x", "--yes")),
    ("config", ("credentials", "list")),
    ("out", ("export", "oneroster", "--version", "1.2", "--to", "out")),
    ("out", ("feeds", "run", "clever", "--to", "out")),
)
FILES = (
    ("data/demo/master.sqlite3", ("pull",)),
    ("data/demo/master.sqlite3", ("results",)),
    ("config/config.toml", ("pull",)),
    ("config/credentials.toml", ("credentials", "list")),
)
TABLE = [
    *((place, words, kind) for place, words in FOLDERS for kind in (file_at, link_at, pipe_at)),
    *((place, words, kind) for place, words in FILES for kind in (folder_at, link_at, pipe_at)),
    ("data/demo/pull.lock", ("pull",), folder_at),
    ("data/demo/pull.lock", ("pull",), link_at),
]


def test_each_place_is_named_with_what_stands_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    root = desk.station.places.data_dir.parent
    monkeypatch.chdir(root)
    before = desk.station.contents()
    for name, words, stand in TABLE:
        place = root / name if not name.startswith("out") else Path(name)
        kept = place.with_name("kept")
        if there := place.exists():
            place.rename(kept)
        said = desk(*words) if (what := stand(place)) else None
        assert said is not None
        if (words, stand) == (("results",), link_at):
            assert "There is no District Master" in said.err, said  # to a reader it is not there yet
        else:
            assert said.status in {2, 5}, (name, words, stand, said)
            assert what in said.err, (name, words, stand, said)
        assert "defect" not in said.err
        if place.is_dir():
            place.rmdir()
        else:
            place.unlink()
        if there:
            kept.rename(place)
    assert desk.station.contents() == before
    assert desk("pull").status == 0


@pytest.mark.parametrize("stand", [folder_at, link_at, pipe_at])
def test_settings_that_lead_nowhere_are_not_taken_for_none(
    tmp_path: Path, stand: Callable[[Path], str]
) -> None:
    what = stand(tmp_path / "config.toml")
    with pytest.raises(ConfigurationError) as told:
        read_toml_text(tmp_path / "config.toml")
    assert what in told.value.message
    assert told.value.remedy
    assert read_toml_text(tmp_path / "nothing" / "config.toml") is None
