"""The check says which of address, certificate and permissions is to be mended, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from aeries_tui.aeries import (
    AeriesClient,
    Area,
    CheckReport,
    ClientOptions,
    Limits,
    School,
    check,
    normalise_address,
)
from aeries_tui.aeries.permission_test import CHECK_LIMITS, Permission, school_to_ask
from aeries_tui.secret import Secret

from .conftest import ADDRESS, CERTIFICATE, FakeAeries, rows, says

SMALL = {
    Area.STUDENTS: "schools/994/students",
    Area.CLASSES: "schools/994/sections/0/students",
    Area.TEACHERS: "schools/994/teachers/0",
    Area.STAFF: "staff/0",
    Area.SECTIONS: "schools/994/sections/0",
    Area.COURSES: "courses/0",
}
LISTS = {
    Area.CLASSES: "schools/994/classes",
    Area.TEACHERS: "schools/994/teachers",
    Area.STAFF: "staff",
    Area.SECTIONS: "schools/994/sections",
    Area.COURSES: "courses",
}
NOBODY = says(404, "Invalid ID")
SIGN_IN = httpx.Response(302, headers={"location": "/aeries/Login.aspx"})


@pytest.fixture
def granted(aeries: FakeAeries) -> FakeAeries:
    aeries.answers |= dict.fromkeys(SMALL.values(), NOBODY)
    aeries.answers[SMALL[Area.STUDENTS]] = rows({"SchoolCode": 994, "StudentID": 1})
    return aeries


def states(report: CheckReport) -> dict[Area, str]:
    return {one.area: one.state for one in report.permissions}


def code_of(report: CheckReport) -> str | None:
    return report.problem.code if report.problem else None


async def test_all_is_well(client: AeriesClient, granted: FakeAeries) -> None:
    report = await check(client)
    assert report.ok
    assert (report.address, report.aeries_version, report.school_year) == (ADDRESS, "9.21.2.25", "2020-2021")
    assert (report.certificate, report.problem) == ("accepted", None)
    assert report.permissions == tuple(Permission(area, "granted") for area in Area)


async def test_the_check_is_small(client: AeriesClient, granted: FakeAeries) -> None:
    await check(client)
    assert len(granted.requests) == 2 + len(Area)
    probe = next(one for one in granted.requests if one.url.path.endswith("/students") and one.url.params)
    assert dict(probe.url.params) == {"DatabaseYear": "2020", "StartingRecord": "1", "EndingRecord": "1"}


@pytest.mark.parametrize("area", Area)
@pytest.mark.parametrize("status", [401, 403])
async def test_a_missing_permission_is_named_with_the_box_to_tick(
    client: AeriesClient, granted: FakeAeries, area: Area, status: int
) -> None:
    granted.answers[SMALL[area]] = says(status)
    report = await check(client)
    assert [one for one, state in states(report).items() if state == "missing"] == [area]
    assert list(states(report).values()).count("granted") == len(Area) - 1
    (missing,) = [one for one in report.permissions if one.area is area]
    assert "Security > API Security" in missing.remedy
    assert area.value in missing.remedy
    assert (code_of(report), report.certificate, report.ok) == ("SRC-PERMISSION", "accepted", False)
    assert report.problem is not None
    assert area.value in report.problem.message


async def test_several_missing_permissions_are_one_problem(client: AeriesClient, granted: FakeAeries) -> None:
    granted.answers |= dict.fromkeys(SMALL.values(), says(403))
    report = await check(client)
    assert set(states(report).values()) == {"missing"}
    assert report.problem is not None
    assert all(area.value in report.problem.remedy for area in Area)


@pytest.mark.parametrize("area", LISTS)
@pytest.mark.parametrize(
    "small", [httpx.Response(500), httpx.Response(400), httpx.Response(404, html="<html>")]
)
async def test_where_the_small_request_tells_nothing_the_list_does(
    client: AeriesClient, granted: FakeAeries, area: Area, small: httpx.Response
) -> None:
    granted.answers[SMALL[area]] = small
    granted.answers[LISTS[area]] = rows()
    assert (await check(client)).ok
    granted.answers[LISTS[area]] = says(403)
    assert states(await check(client))[area] == "missing"


async def test_a_list_that_is_not_there_is_not_taken_for_granted(
    client: AeriesClient, granted: FakeAeries
) -> None:
    granted.answers[SMALL[Area.COURSES]] = says(
        404, "No HTTP resource was found that matches the request URI"
    )
    report = await check(client)
    assert states(report)[Area.COURSES] == "unknown"
    assert not report.ok


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_certificate(client: AeriesClient, aeries: FakeAeries, status: int) -> None:
    aeries.answers["schools"] = says(status)
    report = await check(client)
    assert (report.certificate, code_of(report), report.aeries_version) == (
        "refused",
        "SRC-CERTIFICATE",
        "9.21.2.25",
    )
    assert set(states(report).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, html="<html>"), "SRC-LOGIN-PAGE"),
        (SIGN_IN, "SRC-LOGIN-PAGE"),
        (httpx.Response(401, headers={"www-authenticate": "Negotiate"}), "SRC-WINDOWS-AUTH"),
        (httpx.Response(404), "SRC-URL"),
        (httpx.Response(500), "SRC-SERVER"),
        (httpx.ConnectError("refused"), "SRC-SERVER"),
        (httpx.ReadTimeout("slow"), "SRC-TIMEOUT"),
        (httpx.Response(429), "SRC-THROTTLED"),
    ],
)
async def test_what_is_in_the_way_of_the_certificate_says_nothing_about_it(
    client: AeriesClient, aeries: FakeAeries, answer: Any, code: str
) -> None:
    aeries.answers["systeminfo"] = aeries.answers["schools"] = answer
    report = await check(client)
    assert (report.certificate, code_of(report), report.working_address) == ("unknown", code, None)
    assert report.problem is not None
    assert report.problem.remedy


async def test_a_server_too_old_for_systeminfo_is_checked_all_the_same(
    client: AeriesClient, granted: FakeAeries
) -> None:
    del granted.answers["systeminfo"]
    report = await check(client)
    assert report.ok
    assert report.aeries_version is None


@pytest.mark.parametrize(
    "pasted", ["https://demo.example", "https://demo.example/aeries/deep", "https://demo.example/admin"]
)
async def test_another_root_of_the_host_that_works_is_named(
    options: ClientOptions, granted: FakeAeries, pasted: str
) -> None:
    async with AeriesClient(normalise_address(pasted), Secret(CERTIFICATE), options) as client:
        report = await check(client)
    assert report.working_address == normalise_address(ADDRESS)
    assert (report.ok, code_of(report), report.certificate) == (False, "SRC-URL", "accepted")
    assert report.problem is not None
    assert ADDRESS in report.problem.remedy
    assert {request.url.host for request in granted.requests} == {"demo.example"}


async def test_another_year_than_asked_for_is_a_problem(options: ClientOptions, granted: FakeAeries) -> None:
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, year=2024)
    ) as client:
        assert code_of(await check(client)) == "SRC-YEAR"


async def test_a_district_without_an_active_school_cant_be_checked(
    client: AeriesClient, granted: FakeAeries
) -> None:
    granted.answers["schools"] = rows({"SchoolCode": 0, "Name": "District"})
    report = await check(client)
    assert (report.ok, report.certificate) == (False, "accepted")
    assert set(states(report).values()) == {"unknown"}


def test_the_school_asked_is_a_school_as_far_as_that_shows() -> None:
    district, closed = School(school_code=0), School(school_code=1, inactive_status_code="I")
    transfer, codes = School(school_code=99, name="Transfer"), School(school_code=100, name="ZZZ Codes")
    hidden, real = (
        School(school_code=5, do_not_report=True),
        School(school_code=990, inactive_status_code=" "),
    )
    private = School(school_code=901)
    assert school_to_ask([district, closed, transfer, codes, hidden, private, real]) == 990
    assert school_to_ask([district, closed, transfer]) == 99
    assert school_to_ask([district, closed]) is None


def test_a_person_who_waits_gets_fewer_tries() -> None:
    assert CHECK_LIMITS.tries < Limits().tries
