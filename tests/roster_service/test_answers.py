"""Answers: the standard's envelopes, required fields and no others, errors in its form, headers that keep them private."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, unquote

import httpx
import pytest

from aeries_tui.exports.oneroster.tables import Version
from engine import Station, student
from roster_service.serving import ROOT, V11, V12, Client, Serving, serving
from roster_service.standard import LINK, SINGLE, faults

VERSION_OF: dict[str, Version] = {V11: "1.1", V12: "1.2"}
LISTS = {
    "academicSessions": "academicSessions", "terms": "academicSessions", "gradingPeriods": "academicSessions",
    "orgs": "orgs", "schools": "orgs", "courses": "courses", "classes": "classes", "users": "users",
    "students": "users", "teachers": "users", "enrollments": "enrollments", "demographics": "demographics",
    "schools/7/classes": "classes", "schools/7/courses": "courses", "schools/7/enrollments": "enrollments",
    "schools/7/students": "users", "schools/7/teachers": "users", "schools/7/terms": "academicSessions",
    "schools/7/classes/7_1/enrollments": "enrollments", "schools/7/classes/7_1/students": "users",
    "schools/7/classes/7_1/teachers": "users", "classes/7_1/students": "users", "classes/7_1/teachers": "users",
    "courses/0100/classes": "classes", "terms/7_Y/classes": "classes", "terms/7_Y/gradingPeriods": "academicSessions",
    "students/7000/classes": "classes", "teachers/TCH_70/classes": "classes", "users/7000/classes": "classes",
}  # fmt: skip
EMPTY = {"gradingPeriods", "terms/7_Y/gradingPeriods"}


def refs(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        return [value] if "href" in value else [one for below in value.values() for one in refs(below)]
    return [one for below in value for one in refs(below)] if isinstance(value, list) else []


@pytest.mark.parametrize("base", [V11, V12])
async def test_every_list_has_its_records_under_the_models_name(reading: Client, base: str) -> None:
    reading.base = base
    for path, file in LISTS.items():
        found = await reading.get(f"/{path}", limit=1_000)
        assert found.status_code == 200, path
        assert set(found.json()) == {file}
        records = found.json()[file]
        assert bool(records) == (path not in EMPTY), path
        assert found.headers["x-total-count"] == str(len(records))
        assert faults(VERSION_OF[base], file, found.json()) == [], path
        for record in records if file == "users" and base == V12 else []:
            assert record["primaryOrg"]["sourcedId"] in [role["org"]["sourcedId"] for role in record["roles"]]
        if records and "/" not in path:
            one = await reading.get(f"/{path}/{records[0]['sourcedId']}")
            assert one.json() == {SINGLE[file]: records[0]}
            assert faults(VERSION_OF[base], file, one.json(), is_list=False) == [], path


@pytest.mark.parametrize("base", [V11, V12])
@pytest.mark.parametrize("schools", [(), (7,)])
async def test_whatever_a_district_holds_every_answer_is_as_the_standard_says(
    spoiled: Station, base: str, schools: tuple[int, ...]
) -> None:
    version = VERSION_OF[base]
    async with serving(spoiled) as served:
        client = served.client(f"of-{version[-1]}-{len(schools)}", schools=schools)
        client.base = base
        gone = 0
        for path, file in LISTS.items():
            for query in (
                {}, {"limit": 2, "offset": 1}, {"filter": "dateLastModified>'2000-01-01'"}, {"filter": "status!='active'"},
                {"sort": "sourcedId", "orderBy": "desc"},
            ):  # fmt: skip
                found = await client.get(f"/{path}", **query)
                assert faults(version, file, found.json()) == [], (path, query)
                assert all(LINK.fullmatch(part) for part in found.headers["link"].split(", "))
                for record in found.json()[file] if "/" not in path else []:
                    gone += record["status"] == "tobedeleted"
                    one = await client.get(f"/{path}/{record['sourcedId']}")
                    assert one.json() == {SINGLE[file]: record}
            some = await client.get(f"/{path}", fields="sourcedId,status")
            assert faults(version, file, some.json(), is_selection=True) == []
        assert gone >= 8
        if not schools:
            assert {one["givenName"] for one in await client.all("/teachers")} >= {
                'O\'Hara "x"',
                "=1+1",
                "עברית",
            }


async def test_lists_below_others_hold_what_belongs_there(reading: Client) -> None:
    members = ["7000", "7001", "7002"]
    for path, wanted in {
        "/schools/7/students": [*members, "7777"], "/schools/7/teachers": ["TCH_70", "TCH_500"],
        "/classes/7_1/students": members, "/classes/7_1/teachers": ["TCH_70"],
        "/schools/7/classes/7_1/students": members, "/schools/8/classes/7_1/students": [],
        "/students/7000/classes": ["7_1"], "/teachers/7000/classes": [], "/students/TCH_70/classes": [],
        "/users/TCH_500/classes": ["7_3", "8_3"], "/schools/nowhere/classes": [], "/schools/0/students": [],
        "/courses/nothing/classes": [], "/terms/0_Y/classes": [], "/schools/9/classes": ["9_TN_5"],
        "/schools/9/courses": ["TCH_90"],
    }.items():  # fmt: skip
        assert sorted(await reading.ids(path)) == sorted(wanted), path


@pytest.mark.parametrize("base", [V11, V12])
async def test_every_reference_can_be_fetched(reading: Client, base: str) -> None:
    reading.base = base
    seen: dict[str, str] = {}
    for file, rows in (await reading.everything()).items():
        assert rows, file
        for one in refs(list(rows.values())):
            assert one["href"].startswith(ROOT + base + "/")
            seen[one["href"]] = one["sourcedId"]
    for href, name in seen.items():
        (record,) = (await reading.get(href)).json().values()
        assert record["sourcedId"] == name


async def test_fields_are_chosen(reading: Client) -> None:
    for query in (
        "fields=givenName,familyName",
        "fields=givenName&fields=familyName",
        "fields=givenName,%20familyName",
    ):
        assert {tuple(one) for one in await reading.page(f"{V12}/users?{query}")} == {
            ("givenName", "familyName")
        }
    assert (await reading.get("/users/7000", fields="sourcedId")).json() == {"user": {"sourcedId": "7000"}}
    for query in ("fields=", "fields=shoeSize", "fields=givenName,role", "fields=,"):
        found = await reading.get(f"{V12}/users?{query}")
        assert found.status_code == 400 and "invalid_selection_field" in found.text
    older = await reading.get(f"{V11}/users", fields="shoeSize,givenName")
    assert older.json()["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_selection_field"
    assert "familyName" in older.json()["users"][0]
    assert (await reading.get(f"{V11}/users", fields="")).status_code == 400
    assert "invalid_sort_field" in (await reading.get(f"{V11}/users", sort="shoeSize")).text


def told(found: httpx.Response) -> tuple[int, str]:
    document = found.json()
    assert faults("1.2", "", document) == []
    (minor,) = document["imsx_CodeMinor"]["imsx_codeMinorField"]
    return found.status_code, minor["imsx_codeMinorFieldValue"]


async def test_errors_have_the_standards_form(reading: Client) -> None:
    for base in (V11, V12):
        for path in (
            "/users/nobody", "/students/TCH_70", "/teachers/7000", "/schools/0", "/terms/0_Y", "/gradingPeriods/7_Y",
            "/nothing", "/users/7000/nothing", "/schools/7/classes/7_1/courses", "/users/", "//", "/users/%00",
            "/users/%ff", "/users/7000%2Fclasses", "/users/..%2forgs", "/schools/7/students/7000",
        ):  # fmt: skip
            assert told(await reading.get(base + path)) == (404, "unknownobject"), path
    assert told(await reading.http.get(f"{V12}/orgs")) == (401, "unauthorisedrequest")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        found = await reading.get("/users", method=method)
        assert found.status_code == 405 and found.headers["allow"] == "GET, HEAD"
    for path in (
        "/",
        "/health",
        "/metrics",
        "/ims/oneroster/v1p1",
        "/ims/oneroster/gradebook/v1p2/lineItems",
    ):
        assert (await reading.http.get(path)).status_code == 404


async def test_an_answer_is_private_and_tells_of_no_program(reading: Client) -> None:
    found = await reading.get("/users")
    assert found.headers["content-type"] == "application/json"
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert not {"server", "set-cookie", "access-control-allow-origin", "etag"} & set(found.headers)
    head = await reading.get("/users", method="HEAD")
    assert head.content == b""
    assert {name: head.headers[name] for name in ("x-total-count", "link")} == {
        name: found.headers[name] for name in ("x-total-count", "link")
    }


async def test_the_root_may_have_a_path_that_the_proxy_takes_off_or_leaves(reading: Client) -> None:
    await reading.authorize()
    headers = {"authorization": f"Bearer {reading.token}"}
    for prefix in ("https://roster.example.org", "https://roster.example.org/below"):
        assert (await reading.http.get(f"{prefix}{V12}/orgs", headers=headers)).status_code == 200
    transport: Any = reading.http._transport
    with patch.object(transport.app, "_prefix", "/ims"):
        for prefix in ("https://roster.example.org", "https://roster.example.org/ims"):
            assert (await reading.http.get(f"{prefix}{V12}/orgs", headers=headers)).status_code == 200
            assert (await reading.http.get(f"{prefix}/token")).status_code == 405


async def test_what_is_typed_into_a_filter_is_data(served: Serving) -> None:
    client = served.client()
    for text in (
        "familyName='x'' OR 1=1 --'",
        "familyName='%'",
        "email~'_'",
        "sourcedId='7000'' OR ''1''=''1'",
    ):
        assert await client.page("/users", filter=text) == []


@pytest.mark.parametrize("odd", ['a>b",;<c', "a%3Eb", "x%20y", "%zz", "a'b", "x;y=1,z"])
async def test_links_are_addresses_whatever_was_asked_for(reading: Client, odd: str) -> None:
    await reading.authorize()
    path = f"/below{V12}/schools/{odd}/classes".encode()
    scope = {
        "type": "http", "method": "GET", "path": "", "raw_path": path, "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + reading.token.encode())],
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    transport: Any = reading.http._transport
    await transport.app(scope, receive, send)
    assert sent[0]["status"] == 200
    link = dict(sent[0]["headers"])[b"link"].decode()
    for part in link.split(", "):
        assert LINK.fullmatch(part), part
    assert "/schools/" + quote(unquote(odd), safe="") + "/classes?" in link


async def test_a_defect_is_told_once_with_a_report_that_holds_no_data(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    with patch("aeries_tui.roster_service.roster.read_parameters", side_effect=KeyError("O'Hara")):
        for _ in range(3):
            found = await client.get("/users")
            assert found.status_code == 500 and "O'Hara" not in found.text
    (told,) = served.said
    path = re.search(r"with the file (\S+),", told)
    assert path is not None and "KeyError" in told and "O'Hara" not in told
    report = await asyncio.to_thread(Path(path[1]).read_text, "utf-8")
    assert "roster.py" in report and "command: serve" in report and "O'Hara" not in report


async def test_a_defect_of_making_a_state_is_told_and_the_previous_one_given(served: Serving) -> None:
    client = served.client()
    before = await client.ids("/users", limit=100)
    served.station.aeries.lists["7/students"].append(student(7, 7500))
    await served.pull()
    with patch("aeries_tui.roster_service.following.make_state", side_effect=ZeroDivisionError):
        assert await client.ids("/users", limit=100) == before
    assert [one.partition(".")[0] for one in served.said] == [
        "The service has a defect: ZeroDivisionError", "The previous state is still given",
    ]  # fmt: skip
