"""Servers whose pages lose rows: nobody goes for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from engine import PaperAeries, Station, student
from engine.paper import as_json

Cut = Callable[[list[Any], int, int], list[Any]]
SERVERS: dict[str, Cut] = {
    "counts from 0": lambda rows, first, last: rows[first : last + 1],
    "leaves the last row out": lambda rows, first, last: rows[first - 1 : last - 1],
    "cuts each answer": lambda rows, first, last: rows[first - 1 : last][:3],
}


def served(aeries: PaperAeries, cut: Cut) -> Callable[[httpx.Request], httpx.Response]:
    """The student list of school 7 as a server with wrong pages gives it."""

    def answer(request: httpx.Request) -> httpx.Response:
        rows = aeries.lists["7/students"]
        first, last = (request.url.params.get(name) for name in ("StartingRecord", "EndingRecord"))
        return as_json(rows if first is None else cut(rows, int(first), int(last)))

    return answer


@pytest.fixture
def pulled(station: Station) -> Station:
    """A district of one mapped school with 12 students."""
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/students"] = [student(7, n) for n in range(1, 13)]
    station.set("source", page_size=5)
    station.map(7)
    station.pull()
    return station


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_loses_rows_between_pages_takes_nobody_away(pulled: Station, server: str) -> None:
    before = pulled.active("student")
    pulled.aeries.faults["7/students"] = served(pulled.aeries, SERVERS[server])
    document = pulled.pull()
    assert pulled.active("student") == before
    assert document["outcome"] != "error"


@pytest.mark.parametrize("server", SERVERS)
def test_who_is_gone_goes_at_such_a_server_too(pulled: Station, server: str) -> None:
    pulled.aeries.lists["7/students"].pop(4)
    pulled.aeries.faults["7/students"] = served(pulled.aeries, SERVERS[server])
    pulled.pull()
    assert pulled.active("student") == {(n,) for n in range(1, 13) if n != 5}


def test_a_server_that_cuts_even_the_whole_answer_is_not_believed(pulled: Station) -> None:
    before = pulled.active("student")
    pulled.aeries.faults["7/students"] = lambda request: as_json(pulled.aeries.lists["7/students"][:4])
    document = pulled.pull()
    assert pulled.active("student") == before
    assert document["outcome"] == "completed_with_error"
    assert "SRC-PAGING" in document["descriptions"]


def test_one_who_left_is_asked_for_once_and_the_list_not_read_again(pulled: Station) -> None:
    pages = pulled.aeries.asked.count("7/students")
    pulled.aeries.lists["7/students"].pop()
    pulled.aeries.asked.clear()
    pulled.pull()
    assert pulled.aeries.asked.count("7/students/12") == 1
    assert pulled.aeries.asked.count("7/students") <= pages
    assert (12,) not in pulled.active("student")


def test_an_answer_that_is_no_valid_json_takes_nobody_away(pulled: Station) -> None:
    rows = b'{"SchoolCode":7,"StudentID":1,"LastName":"O"Brien"},{"SchoolCode":7,"StudentID":2,"LastName":"O"Hara"}'
    good = b'{"SchoolCode":7,"StudentID":3,"LastName":"New","FirstName":"Name","InactiveStatusCode":""}'
    pulled.aeries.faults["7/students"] = httpx.Response(
        200, content=b"[" + rows + b"," + good + b"]", headers={"content-type": "application/json"}
    )
    before = pulled.active("student")
    document = pulled.pull()
    assert pulled.active("student") == before
    assert document["outcome"] == "completed_with_error"
    assert ("students", 7) in {row[:2] for row in pulled.query("SELECT endpoint, school FROM stale")}
