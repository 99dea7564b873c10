"""Bodies that are made before they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from aeries_tui.aeries.paging import Pager, Rows
from aeries_tui.demo.bodies import Page
from aeries_tui.demo.routes import Call
from simulator.bodies import ReadyBodies, pages_of_a_pull
from simulator.district import EditedDistrict


def asked_for(count: int, size: int) -> list[Page]:
    """The pages a client asks for of a list of `count` students."""
    pager, pages = Pager(size), []
    while not pager.is_done:
        window = pager.window
        assert window is not None
        pages.append(Page(window.first, window.last))
        rows = range(window.first, min(window.last, count) + 1)
        marks = (str(rows[0]), str(rows[-1])) if rows else ("", "")
        pager.take(Rows(len(rows), *marks))
    return pages


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 21, 35])
def test_just_the_pages_that_a_pull_asks_for_are_made(count: int) -> None:
    assert list(pages_of_a_pull(count, 10)) == asked_for(count, 10)


def test_a_spoiled_page_has_one_record_without_its_id(tmp_path: Path) -> None:
    district = EditedDistrict(300, 1)
    fresh, spoiled = ReadyBodies(district, [2026]), ReadyBodies(district, [2026])
    spoiled.make_ready(tmp_path, 500, spoil_every=1)
    page = Call("students", district.real_schools[0].code), Page(1, 500)
    ids = [bodies.body(*page, gzip=False).count(b'"StudentID":') for bodies in (fresh, spoiled)]
    assert ids[1] == ids[0] - 1
