from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from aeries_tui.widgets.theme import DARK, LIGHT
from engine.forms import LONG
from tui.contrast import faint_texts
from tui.harness import resize
from tui.pictures import (
    FOLDER,
    PICTURES,
    SIZES,
    TOUR,
    Picture,
    all_files,
    file_of,
    make,
    pages,
    shown_at_rest,
    stage_for,
)
from tui.scenes import Scenes, all_scenes
from tui.stage import still_machine
from tui.tour import LARGEST, STOPS, tour

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


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_every_text_of_every_screen_can_be_read_in_both_themes(scenes: Scenes, picture: Picture) -> None:
    async def read() -> None:
        async with shown_at_rest(picture, stage, SIZES[0]) as at:
            # The middle size is the one with panes; the others are looked at in the long form.
            for size in SIZES if LONG else SIZES[1:2]:
                await resize(at.pilot, *size)
                for theme in (LIGHT, DARK):
                    at.app.show_theme(theme)
                    await at.pilot.pause()
                    assert faint_texts(at.app) == [], (size, theme)

    with stage_for(picture, scenes) as stage:
        asyncio.run(read())


def test_every_picture_is_there_in_both_sizes_and_no_other() -> None:
    assert set(FOLDER.glob("*.svg")) == {TOUR, *all_files()}


def test_the_tour_is_made_of_the_pictures_that_are_there_and_fetches_nothing() -> None:
    text = TOUR.read_text(encoding="utf-8")
    assert text == tour(FOLDER), "old: python -m tests.tui.pictures"
    assert len(text.encode()) <= LARGEST
    assert text.count('<g class="p ') == len(STOPS)
    assert not re.search(r"<script|<image|<foreignObject|url\(|href=|@import", text)
    ElementTree.fromstring(text)  # noqa: S314 - our own file


def test_no_picture_shows_a_certificate_or_where_it_was_made() -> None:
    for path in FOLDER.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "/dev/shm" not in text, path
        assert "/tmp/" not in text, path
        assert "127.0.0.1" not in text, path
        assert "6JlQSHPYMVe8o1x9Q7GPH5khXGvCoMjU" not in text, path


def test_the_pages_show_every_picture_and_every_key() -> None:
    for page, text in pages().items():
        assert page.read_text(encoding="utf-8") == text, f"{page.name} is old: python -m tests.tui.pictures"
        assert len(text) > 1_000
