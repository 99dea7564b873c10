"""Pages: any walk gives one state of a list, each record once, whatever is imported meanwhile."""

from __future__ import annotations

import json
import re
from array import array
from unittest.mock import patch

import pytest

from aeries_tui.master.served.file import served as open_served_file
from aeries_tui.roster_service.lists import Asked, Lists
from aeries_tui.roster_service.operations import find_operation
from aeries_tui.roster_service.parameters import read_parameters
from aeries_tui.roster_service.records import View
from engine import student
from roster_service.serving import V11, V12, Client, Record, Serving


def links(found_in: str) -> dict[str, str]:
    return {name: to for to, name in re.findall(r'<([^>]*)>; rel="(\w+)"', found_in)}


async def an_import(served: Serving) -> None:
    """One goes from the front, one comes, one changes."""
    rows = served.station.aeries.lists["7/students"]
    rows.pop(0)
    rows.append(student(7, 7500))
    rows[0]["Grade"] = 3
    await served.pull()


async def by_offset(client: Client, path: str, limit: int, served: Serving) -> list[Record]:
    found = await client.page(path, limit=limit, offset=0)
    await an_import(served)
    while page := await client.page(path, limit=limit, offset=len(found)):
        found += page
    return found


@pytest.mark.parametrize("path", ["/users", "/schools/7/students", "/classes/7_1/students"])
async def test_a_walk_by_links_is_of_the_state_it_began_with(served: Serving, path: str) -> None:
    client = served.client()
    before = await client.page(path, limit=10_000)
    first = await client.get(path, limit=2)
    await an_import(served)
    walked, following = first.json()["users"], links(first.headers["link"])
    while "next" in following:
        page = await client.get(following["next"])
        walked, following = walked + page.json()["users"], links(page.headers["link"])
    assert walked == before
    assert "7000" not in await client.ids(path, limit=10_000)


async def test_a_walk_by_bare_offsets_is_too(served: Serving) -> None:
    client = served.client()
    before = await client.page("/users", limit=10_000)
    assert await by_offset(client, "/users", 3, served) == before


async def test_another_consumers_walk_is_its_own(served: Serving) -> None:
    client, other = served.client(), served.client("other")
    await client.page("/users", limit=2)
    await an_import(served)
    assert "7500" in await other.ids("/users", limit=10_000)
    assert "7500" not in await client.ids("/users", limit=10_000, offset=2)
    assert "7500" in await client.ids("/users", limit=10_000)


async def test_after_an_hour_a_walk_is_to_begin_anew(served: Serving) -> None:
    client = served.client()
    first = await client.get("/users", limit=2)
    await an_import(served)
    await client.page("/users", limit=2)
    with patch("aeries_tui.master.served.states.KEPT_SECONDS", -1.0):
        late = await client.get(links(first.headers["link"])["next"])
        assert late.status_code == 400
    assert (await client.get("/users", state=99)).status_code == 400


async def test_pages_are_exact_and_counted(reading: Client) -> None:
    client = reading
    every = await client.ids("/users", limit=10_000)
    for offset in range(0, len(every) + 2, 3):
        page = await client.get("/users", limit=3, offset=offset)
        assert [one["sourcedId"] for one in page.json()["users"]] == every[offset : offset + 3]
        assert page.headers["x-total-count"] == str(len(every))
        told = links(page.headers["link"])
        assert ("next" in told) == (offset + 3 < len(every)) and ("prev" in told) == (offset > 0)
        assert f"offset={(len(every) - 1) // 3 * 3}&" in told["last"] and "offset=0&" in told["first"]
        assert all(to.startswith("https://roster.example.org/below/ims/") for to in told.values())


async def test_a_large_page_comes_in_pieces_and_is_the_same(reading: Client) -> None:
    client = reading
    for query in ({}, {"fields": "sourcedId,role"}, {"filter": "role='nobody'"}):
        whole = await client.get("/enrollments", limit=10_000, **query)
        with (
            patch("aeries_tui.roster_service.roster._WHOLE", 4),
            patch("aeries_tui.roster_service.roster._PIECE", 4),
        ):
            pieces = await client.get("/enrollments", limit=10_000, **query)
        assert pieces.json() == whole.json()
        assert pieces.headers["x-total-count"] == whole.headers["x-total-count"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=1e3", "limit=1.5", "limit=x", "limit=", "limit=1&limit=2", "offset=-1",
        "offset=99999999999", "limit=2147483648", "limit=%D9%A1", "limit=+1", "orderBy=up", "state=0", "offset=%zz",
        "limit=%ff",
    ],
)  # fmt: skip
async def test_a_wrong_value_is_refused(reading: Client, query: str) -> None:
    found = await reading.get(f"{V12}/users?{query}")
    assert found.status_code == 400
    assert found.json()["imsx_codeMajor"] == "failure"


async def test_what_is_unknown_is_passed_over_and_a_large_limit_cut(reading: Client) -> None:
    client = reading
    every = await client.ids("/users", limit=10_000)
    for query in ("limit%20=1", "wanted=1", "limit=2147483647", "sort=shoeSize&limit=500"):
        assert [one["sourcedId"] for one in await client.page(f"{V12}/users?{query}")] == every


@pytest.mark.parametrize("base", [V11, V12])
async def test_sorted_pages_neither_repeat_nor_lose(reading: Client, base: str) -> None:
    client = reading
    client.base = base
    walked = await client.all("/users", limit=2, sort="givenName", orderBy="desc")
    names = [one["givenName"] for one in walked]
    assert names == sorted(names, reverse=True)
    assert len({one["sourcedId"] for one in walked}) == len(await client.all("/users"))


async def test_a_long_answer_stays_json_where_people_are_erased_while_it_is_given(served: Serving) -> None:
    client = served.client()
    every = await client.all("/users")
    path, token = f"{V12}/users", client.token
    operation = find_operation(path)
    assert operation is not None
    long = (
        patch("aeries_tui.roster_service.roster._WHOLE", 1),
        patch("aeries_tui.roster_service.roster._PIECE", 1),
    )
    for gone in (every[0], every[5], every[-1]):
        with long[0], long[1]:
            answer = await served.service.roster(operation, path, b"limit=10000", token)
        with open_served_file(served.station.district.served) as db:
            db.execute("DELETE FROM record WHERE sourced_id = ?", (gone["sourcedId"],))
        body = b"".join([piece async for piece in served.service.more(answer)])
        every.remove(gone)
        assert json.loads(body)["users"] == every


def test_short_lists_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aeries_tui.roster_service.lists._MOST_LISTS", 3)
    operation = find_operation(f"{V12}/users")
    assert operation is not None
    lists = Lists()
    asked = [
        Asked(
            operation,
            read_parameters(f"filter=email='{one}'".encode(), operation),
            View("1.2", "", None, {1: 1}),
            1,
        )
        for one in range(5)
    ]
    for one in asked:
        lists.keep(one, array("I"))
    assert [lists.get(one) is not None for one in asked] == [False, False, True, True, True]
