from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui.pictures import FOLDER, PICTURES, README, SIZES, file_of, make, readme_with
from tui.scenes import Scenes, all_scenes
from tui.stage import still_machine

REMADE = ("home-new", "home-setup", "schools", "credential-form", "home", "archive", "end-of-year", "results")
"""Pictures that tests make again."""


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with still_machine() as travel, all_scenes(travel) as made:
        yield made


@pytest.mark.parametrize("name", REMADE)
def test_a_picture_is_what_the_screen_looks_like(scenes: Scenes, name: str) -> None:
    picture = next(one for one in PICTURES if one.name == name)
    kept = file_of(picture, SIZES[0])
    assert make(picture, scenes, SIZES[0]) == kept.read_text(encoding="utf-8"), (
        f"{kept.name} is old: python -m tests.tui.pictures"
    )


def test_every_picture_is_there_in_both_sizes_and_no_other() -> None:
    wanted = {file_of(picture, size).name for picture in PICTURES for size in SIZES}
    assert {path.name for path in FOLDER.glob("*.svg")} == wanted


def test_no_picture_shows_a_certificate_or_where_it_was_made() -> None:
    for path in FOLDER.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "/dev/shm" not in text, path
        assert "/tmp/" not in text, path
        assert "127.0.0.1" not in text, path
        assert "6JlQSHPYMVe8o1x9Q7GPH5khXGvCoMjU" not in text, path


def test_the_readme_shows_every_picture_and_every_key() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == readme_with(text), "old: python -m tests.tui.pictures"
    assert "<!-- screens -->" in text
    assert "<!-- keys -->" in text
