import json
import time
from typing import Any

import httpx
import pytest

from aeries_tui.demo.routes import Call
from simulator.faults import KINDS, Fault
from simulator.served import ServedDistrict

PATH = "schools/994/students"
QUICK = {"big": {"bytes": 100_000}, "slow_drip": {"seconds": 0.001}, "deep_nesting": {"depth": 500}}


def ids(answer: httpx.Response) -> list[Any]:
    return [row["StudentID"] for row in answer.json()]


def page(api: httpx.Client, first: int, last: int) -> httpx.Response:
    return api.get(PATH, params={"StartingRecord": first, "EndingRecord": last})


@pytest.mark.parametrize("kind", ["reset_before_headers", "reset_in_body"])
def test_a_reset_breaks_the_connection(served: ServedDistrict, api: httpx.Client, kind: str) -> None:
    served.fault(kind, "students", times=1)
    with pytest.raises(httpx.ReadError):
        api.get(PATH)
    assert api.get(PATH).status_code == 200


def test_after_a_reset_in_the_body_the_headers_had_come(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("reset_in_body", "students")
    with api.stream("GET", PATH) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadError):
            answer.read()


def test_a_truncated_body_is_shorter_than_promised(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("truncated", "students")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        api.get(PATH)


def test_a_body_can_be_cut_with_the_right_length(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("truncated_right_length", "students")
    with pytest.raises(json.JSONDecodeError):
        api.get(PATH).json()


@pytest.mark.parametrize("kind", ["timeout", "stalled_body"])
def test_some_answers_never_come(served: ServedDistrict, api: httpx.Client, kind: str) -> None:
    served.fault(kind, "students", times=1)
    with pytest.raises(httpx.ReadTimeout):
        api.get(PATH, timeout=0.2)
    assert api.get(PATH).status_code == 200


def test_an_answer_can_drip(served: ServedDistrict, api: httpx.Client) -> None:
    whole = api.get(PATH).json()
    served.fault("slow_drip", "students", args={"seconds": 0.02, "chunks": 5})
    began = time.monotonic()
    assert api.get(PATH).json() == whole
    assert time.monotonic() - began >= 0.07


@pytest.mark.parametrize("status", [401, 403, 404, 500, 501, 502, 503, 504])
def test_any_status_can_be_given(served: ServedDistrict, api: httpx.Client, status: int) -> None:
    served.fault("status", "students", args={"status": status})
    assert api.get(PATH).status_code == status
    assert api.get("schools/994/teachers").status_code == 200


@pytest.mark.parametrize(
    ("args", "pattern"),
    [({}, None), ({"retry_after": 7}, "7"), ({"date_in": 3}, "GMT")],
)
def test_throttling_says_when_to_come_back_or_not(
    served: ServedDistrict, api: httpx.Client, args: dict[str, int], pattern: str | None
) -> None:
    served.fault("throttled", "students", args=args)
    answer = api.get(PATH)
    assert answer.status_code == 429
    told = answer.headers.get("retry-after")
    assert told is None if pattern is None else pattern in told


def test_a_site_behind_windows_authentication(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("ntlm")
    answer = api.get("systeminfo")
    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate") == ["Negotiate", "NTLM"]


def test_a_sign_in_page_in_place_of_data(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("html_200", "staff")
    answer = api.get("staff")
    assert answer.status_code == 200 and "Login.aspx" in answer.text


def test_redirects_to_the_sign_in_page_and_to_another_host(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("redirect_signin_same_host", "staff")
    served.fault("redirect_other_host", "courses", args={"url": "http://localhost:1/there"})
    assert api.get("staff").headers["location"].startswith("/aeries/Login.aspx")
    assert api.get("courses").headers["location"] == "http://localhost:1/there"


def test_an_error_can_repeat_the_certificate(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("echo_certificate", "staff", args={"status": 403})
    answer = api.get("staff")
    assert answer.status_code == 403 and served.certificate in answer.text


@pytest.mark.parametrize(("kind", "body"), [("empty_body", ""), ("null_body", "null"), ("null_list", "null")])
def test_nothing_in_place_of_a_list(served: ServedDistrict, api: httpx.Client, kind: str, body: str) -> None:
    served.fault(kind, "students")
    answer = api.get(PATH)
    assert answer.status_code == 200 and answer.text == body


def test_a_byte_order_mark_and_broken_json(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("bom", "students")
    served.fault("invalid_json", "teachers")
    assert api.get(PATH).content.startswith(b"\xef\xbb\xbf[")
    with pytest.raises(json.JSONDecodeError):
        api.get("schools/994/teachers").json()


def test_deep_nesting(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("deep_nesting", "students", args={"depth": 5000})
    assert api.get(PATH).text == "[" * 5000 + "]" * 5000


def test_a_big_answer_holds_the_same_records(served: ServedDistrict, api: httpx.Client) -> None:
    whole = ids(api.get(PATH))
    served.fault("big", "students", args={"bytes": 3_000_000})
    answer = api.get(PATH)
    assert len(answer.content) >= 2_900_000 and ids(answer) == whole


def test_records_can_be_spoiled(served: ServedDistrict, api: httpx.Client) -> None:
    whole = api.get(PATH).json()
    spoiled = {}
    for kind in (
        "wrong_types",
        "missing_ids",
        "unknown_fields",
        "duplicate_rows",
        "object_list",
        "empty_list",
    ):
        served.fault(kind, "students")
        spoiled[kind] = api.get(PATH).json()
        served.heal()
    assert all(
        row["StudentID"] == [good["StudentID"]]
        for row, good in zip(spoiled["wrong_types"], whole, strict=True)
    )
    assert all("StudentID" not in row for row in spoiled["missing_ids"])
    assert all(good.items() <= row.items() and len(row) > len(good) for row, good in zip(spoiled["unknown_fields"], whole, strict=True))  # fmt: skip
    assert spoiled["duplicate_rows"][::2] == spoiled["duplicate_rows"][1::2] == whole
    assert spoiled["object_list"] == whole[0]
    assert spoiled["empty_list"] == []


def test_the_records_of_another_school(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("other_school", "students", school=994, args={"school": 990})
    assert {row["SchoolCode"] for row in api.get(PATH).json()} == {990}
    assert {row["SchoolCode"] for row in api.get("schools/991/students").json()} == {991}


def test_one_bad_record_in_every_nth_answer(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("one_bad_record", "students", args={"every": 2})
    bad = [isinstance(ids(page(api, 1, 5))[0], str) for _ in range(4)]
    assert bad == [False, True, False, True]


def test_paging_can_be_ignored(served: ServedDistrict, api: httpx.Client) -> None:
    whole = ids(api.get(PATH))
    served.fault("paging_ignored", "students")
    assert ids(page(api, 51, 100)) == whole


@pytest.mark.parametrize(("args", "begin"), [({"remove": 3}, 53), ({"insert": 2}, 48)])
def test_rows_can_shift_between_pages(
    served: ServedDistrict, api: httpx.Client, args: dict[str, int], begin: int
) -> None:
    whole = ids(api.get(PATH))
    served.fault("paging_shift", "students", args=args)
    assert ids(page(api, 1, 50)) == whole[:50]
    assert ids(page(api, 51, 100)) == whole[begin : begin + 50]


def test_pages_can_have_a_cap_and_an_end(served: ServedDistrict, api: httpx.Client) -> None:
    whole = ids(api.get(PATH))
    served.fault("page_cap", "students", args={"rows": 30})
    assert ids(page(api, 1, 100)) == whole[:30]
    assert ids(api.get(PATH)) == whole[:30]
    served.heal()
    served.fault("past_end_404", "students")
    assert page(api, 5001, 5100).status_code == 404
    assert page(api, 1, 100).status_code == 200


def test_a_fault_befalls_the_requests_it_is_told_to() -> None:
    def befallen(**told: Any) -> list[int]:
        fault = Fault.read({"kind": "status", **told})
        return [number for number in range(1, 7) if fault.befalls(Call("students", 994))]

    assert befallen() == [1, 2, 3, 4, 5, 6]
    assert befallen(nth=3) == [3]
    assert befallen(until=2) == [1, 2]
    assert befallen(**{"from": 4}) == [4, 5, 6]
    assert befallen(**{"from": 2, "times": 2}) == [2, 3]
    assert befallen(school=990) == befallen(endpoint="staff") == []
    assert befallen(endpoint="students", school=994, nth=1) == [1]


def test_faults_in_force_are_listed_with_what_they_did(served: ServedDistrict, api: httpx.Client) -> None:
    served.fault("status", "students", nth=2)
    for _ in range(3):
        api.get(PATH)
    (fault,) = served.control("GET", "faults")["faults"]
    assert (fault["seen"], fault["done"]) == (3, 1)


@pytest.mark.parametrize(
    "endpoint", ["systeminfo", "schools", "staff", "courses", "teachers", "sections", "classes"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_can_befall_every_list(
    served: ServedDistrict, api: httpx.Client, endpoint: str, kind: str
) -> None:
    path = (
        endpoint if endpoint in ("systeminfo", "schools", "staff", "courses") else f"schools/994/{endpoint}"
    )
    served.fault(kind, endpoint, times=1, args=QUICK.get(kind, {}))
    try:
        answer = api.get(path, timeout=0.15)
    except httpx.TransportError:
        pass
    else:
        assert answer.status_code < 600
    assert served.requests()["requests"][-1]["fault"] == kind
    assert api.get(path).status_code == 200
