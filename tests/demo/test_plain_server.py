"""The simulated district as the program ships it: the API, nothing to steer it by."""

from __future__ import annotations

import httpx

from aeries_tui.demo.served import ServedDistrict
from simulator.district import EditedDistrict


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


def test_nothing_steers_it() -> None:
    with ServedDistrict.as_process(1) as served:
        host = f"http://127.0.0.1:{served.port}"
        for path in ("truth", "faults", "requests", "schools"):
            assert httpx.get(f"{host}/control/{path}").status_code == 404
        assert httpx.post(f"{host}/control/day", json={"day": 1}).status_code == 404
