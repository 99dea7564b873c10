"""The simulated district as the program ships it: the API, nothing to steer it by."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from aeries_tui.demo.served import ServedDistrict
from simulator.district import EditedDistrict
from simulator.served import ServedDistrict as SteeredDistrict


@pytest.fixture(scope="module")
def steered() -> Iterator[SteeredDistrict]:
    with SteeredDistrict.in_this_process(1) as district:
        yield district


def test_it_serves_the_same_district_as_the_one_that_tests_steer() -> None:
    with (
        ServedDistrict.as_process(30) as served,
        httpx.Client(
            base_url=f"{served.url}/api/v5/", headers={"AERIES-CERT": served.certificate}, timeout=10
        ) as api,
    ):
        district = EditedDistrict(30)
        assert api.get("schools").json() == district.schools()
        assert api.get("staff").json() == list(district.staff())
        assert api.get("schools/994/students").json() == list(district.students(994))
        assert api.get("systeminfo", headers={"AERIES-CERT": ""}).status_code == 200
        assert api.get("schools", headers={"AERIES-CERT": "another"}).status_code == 401
        assert api.post("schools").status_code == 405
        assert api.get("nothing").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]"}, 200),
        ({"Origin": "http://127.0.0.1:3000"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "evil.example:80", "Origin": "http://localhost"}, 421),
        ({"Host": "127.0.0.1@evil.example"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "["}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/aeries/api/v5/systeminfo", "/control/truth"])
def test_no_web_page_can_have_a_browser_ask_it(
    steered: SteeredDistrict, headers: dict[str, str], status: int, path: str
) -> None:
    key = {"Authorization": f"Bearer {steered.keys['token']}"}
    assert httpx.get(f"http://127.0.0.1:{steered.port}{path}", headers=headers | key).status_code == status


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer mallory", "Basic x", "Bearer \xe9"])
def test_nobody_steers_it_without_the_token(steered: SteeredDistrict, key: str) -> None:
    headers = {"Authorization": key.encode("latin-1")} if key else {}
    for path, told in (("certificate", {"certificate": "mallory"}), ("day", {"day": 1}), ("nothing", {})):
        answer = httpx.post(f"http://127.0.0.1:{steered.port}/control/{path}", json=told, headers=headers)
        assert answer.status_code in {401, 404}
    assert steered.control("GET", "truth")["date"]


def test_nothing_steers_it() -> None:
    with ServedDistrict.as_process(1) as served:
        host = f"http://127.0.0.1:{served.port}"
        for path in ("truth", "faults", "requests", "schools"):
            assert httpx.get(f"{host}/control/{path}").status_code == 404
        assert httpx.post(f"{host}/control/day", json={"day": 1}).status_code == 404
