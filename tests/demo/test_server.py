import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from aeries_tui.errors import AeriesTuiError
from simulator.serve import main
from simulator.served import ServedDistrict
from simulator.state import AREAS, Manners
from tests.demo.conftest import client_of


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["StudentID"] for row in rows]


def test_system_info_needs_no_certificate(served: ServedDistrict) -> None:
    answer = httpx.get(f"{served.url}/api/v5/systeminfo")
    assert answer.status_code == 200
    assert answer.json()["CurrentDateTime"] == "2026-10-14T11:13:38.9539491-07:00"


@pytest.mark.parametrize("path", ["schools", "schools/994/students", "staff", "codes/Student/Grade"])
@pytest.mark.parametrize("certificate", [None, "wrong", "swapped case"])
def test_everything_else_refuses_a_wrong_certificate(
    served: ServedDistrict, path: str, certificate: str | None
) -> None:
    sent = served.certificate.swapcase() if certificate == "swapped case" else certificate
    answer = httpx.get(f"{served.url}/api/v5/{path}", headers={"AERIES-CERT": sent} if sent else {})
    assert answer.status_code == 401 and set(answer.json()) == {"Message"}


def test_the_certificate_can_be_changed_while_the_server_runs(
    served: ServedDistrict, api: httpx.Client
) -> None:
    served.set_certificate("another")
    assert api.get("schools").status_code == 401
    assert api.get("schools", headers={"AERIES-CERT": "another"}).status_code == 200


PATHS = {
    "Student Data": ("schools/994/students", "schools/994/students/99400001", "schools/994/students/grade/9"),
    "Class Schedules/History": ("schools/994/classes", "schools/994/sections/1001/students"),
    "Teacher Data": ("schools/994/teachers", "staff/994001/teachers"),
    "Staff Data": ("staff", "staff/994001", "StaffDataChanges/2026/10/14/0/0"),
    "Master Schedule": ("schools/994/sections", "staff/994001/classes", "SectionDataChanges/2026/10/14/0/0"),
    "Course Data": ("courses", "CourseDataChanges/2026/10/14/0/0"),
}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_permission_taken_away_closes_its_own_end_points_only(
    served: ServedDistrict, api: httpx.Client, area: str, status: int
) -> None:
    served.grant(area, str(status))
    for other, paths in PATHS.items():
        for path in paths:
            assert api.get(path).status_code == (status if other == area else 200), path
    assert area in api.get(PATHS[area][0]).json()["Message"]
    served.grant(area)
    assert api.get(PATHS[area][0]).status_code == 200


def test_pages_of_students_are_inclusive_at_both_ends(api: httpx.Client) -> None:
    whole = ids(api.get("schools/994/students").json())
    page = api.get("schools/994/students", params={"StartingRecord": 11, "EndingRecord": 20}).json()
    assert ids(page) == whole[10:20]
    rest = api.get("schools/994/students", params={"StartingRecord": 201, "EndingRecord": 9999}).json()
    assert ids(rest) == whole[200:]
    assert api.get("schools/994/students", params={"StartingRecord": 9001, "EndingRecord": 9100}).json() == []


def test_other_lists_know_no_pages(api: httpx.Client) -> None:
    paged = api.get("schools/994/classes", params={"StartingRecord": 1, "EndingRecord": 2})
    assert paged.json() == api.get("schools/994/classes").json()


def test_a_student_lookup_ignores_the_school(api: httpx.Client) -> None:
    everybody = [row for code in (990, 991, 993) for row in api.get(f"schools/{code}/students").json()]
    twice = next(number for number in ids(everybody) if ids(everybody).count(number) > 1)
    rows = api.get(f"schools/994/students/{twice}").json()
    assert len(rows) == 2 and len({row["SchoolCode"] for row in rows}) == 2


def test_students_are_found_by_grade_and_number(api: httpx.Client) -> None:
    whole = api.get("schools/990/students").json()
    for grade in (-1, 3):
        found = api.get(f"schools/990/students/grade/{grade}").json()
        assert ids(found) == [row["StudentID"] for row in whole if row["Grade"] == grade]
    assert ids(api.get("schools/990/students/sn/5").json()) == [99000005]
    assert api.get("schools/990/students/0").json() == whole


SINGLES = (
    "schools/994",
    "schools/994/sections/1001",
    "schools/994/teachers/401",
    "staff/994001",
    "courses/0001",
)


@pytest.mark.parametrize("path", SINGLES)
def test_a_single_record_is_an_object(api: httpx.Client, path: str) -> None:
    assert isinstance(api.get(path).json(), dict)


@pytest.mark.parametrize(
    "path", ["schools/777", "schools/777/students", "schools/0/students", "staff/1", "courses/nope",
             "schools/994/sections/5", "schools/994/teachers/5"],
)  # fmt: skip
def test_what_does_not_exist_is_404_with_a_message(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404 and set(answer.json()) == {"Message"}


def test_the_lists_by_person_student_and_section_agree_with_the_whole_lists(api: httpx.Client) -> None:
    classes = api.get("schools/994/classes").json()
    sections = api.get("schools/994/sections").json()
    mine = api.get("schools/994/classes/99400001").json()
    assert mine == [row for row in classes if row["StudentID"] == 99400001]
    roster = api.get("schools/994/sections/1001/students").json()
    assert roster == [row for row in classes if row["SectionNumber"] == 1001]
    taught = {row["SectionNumber"] for row in api.get("staff/994001/classes").json()}
    assert taught == {
        row["SectionNumber"]
        for row in sections
        if 994001 in [member["StaffID"] for member in row["SectionStaffMembers"]]
    }
    assert {row["TeacherNumber"] for row in api.get("staff/994001/teachers").json()} >= {401}


def test_terms_are_those_of_the_school(api: httpx.Client) -> None:
    assert api.get("schools/994/terms").json() == api.get("schools/994").json()["Terms"]


def test_paths_are_read_in_any_case_and_unknown_ones_give_a_web_page(api: httpx.Client) -> None:
    assert api.get("SCHOOLS/994/Students/99400001").status_code == 200
    answer = api.get("nothing/of/this")
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")


def test_around_the_api_there_is_a_sign_in_page(served: ServedDistrict) -> None:
    assert "portalAccountPassword" in httpx.get(f"{served.url}/Login.aspx").text
    assert httpx.get(served.url).headers["location"] == "/aeries/Login.aspx"
    assert httpx.get(f"http://127.0.0.1:{served.port}/admin/api/v5/systeminfo").status_code == 404


def test_the_server_answers_under_several_roots() -> None:
    with ServedDistrict.in_this_process(1, roots=("/admin", "")) as served:
        base = f"http://127.0.0.1:{served.port}"
        assert served.url == f"{base}/admin"
        for root in ("/admin", ""):
            assert httpx.get(f"{base}{root}/api/v5/systeminfo").status_code == 200


def test_an_unknown_year_is_silently_the_default_one(api: httpx.Client) -> None:
    years = {
        asked: api.get("systeminfo", params={"DatabaseYear": asked}).json()["DatabaseYear"]
        for asked in ("2026", "2025", "2019", "next")
    }
    assert years == {"2026": "2026-2027", "2025": "2025-2026", "2019": "2026-2027", "next": "2026-2027"}
    old = api.get("schools/994/terms", params={"DatabaseYear": "2025"}).json()
    assert old[0]["StartDate"] == "2025-08-12T00:00:00"


def test_a_reset_undoes_everything(served: ServedDistrict, api: httpx.Client) -> None:
    before = api.get("schools/994/students").json()
    served.set_day(4, 30)
    served.edit({"endpoint": "students", "school": 994, "id": 99400001, "remove": True})
    served.fault("status")
    served.grant("Staff Data", "403")
    served.set_certificate("another")
    served.behave(default_year=2030, gzip=False)
    served.reset()
    assert api.get("schools/994/students").json() == before
    assert api.get("staff").headers["content-encoding"] == "gzip"
    assert api.get("systeminfo").json()["DatabaseYear"] == "2026-2027"


def test_the_default_year_and_the_date_can_be_changed() -> None:
    with ServedDistrict.in_this_process(1) as served, client_of(served) as api:
        served.behave(default_year=2027, now="2027-09-01")
        info = api.get("systeminfo").json()
    assert info["DatabaseYear"] == "2027-2028" and info["CurrentDateTime"].startswith("2027-09-01T")


def test_answers_are_packed_for_those_who_take_it(served: ServedDistrict, api: httpx.Client) -> None:
    packed = api.get("staff")
    plain = api.get("staff", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    served.behave(gzip=False)
    assert "content-encoding" not in api.get("staff").headers


def test_the_log_says_what_was_asked_but_never_the_certificate(
    served: ServedDistrict, api: httpx.Client
) -> None:
    api.get("schools/994/students", params={"StartingRecord": 1, "EndingRecord": 5})
    httpx.get(f"{served.url}/api/v5/systeminfo", params={"cert": served.certificate})
    log = served.requests()
    assert log["count"] == 2 and log["by_endpoint"] == {"students": 1, "systeminfo": 1}
    first, second = log["requests"]
    assert first["certificate"] and first["certificate_right"] and not first["certificate_in_query"]
    assert first["school"] == 994 and first["query"] == {"StartingRecord": "1", "EndingRecord": "5"}
    assert not second["certificate"] and second["certificate_in_query"]
    assert served.certificate not in json.dumps(log)
    served.forget_requests()
    assert served.requests()["count"] == 0


def test_the_number_of_requests_at_once_is_measured(served: ServedDistrict, api: httpx.Client) -> None:
    served.behave(latency_ms=50)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: api.get("systeminfo"), range(3)))
    assert 2 <= served.requests()["at_once"] <= 3


def test_a_server_with_too_much_to_do_sheds() -> None:
    manners = Manners(latency_ms=100, capacity=1, shed_above=2)
    with ServedDistrict.in_this_process(1, manners=manners) as served, client_of(served) as api:
        start = threading.Barrier(6)

        def ask(_: int) -> int:
            start.wait()
            return api.get("systeminfo").status_code

        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(ask, range(6)))
    assert set(statuses) == {200, 429}


def test_edits_are_seen_at_once(served: ServedDistrict, api: httpx.Client) -> None:
    before = api.get("schools/990/students").json()
    served.edit({"endpoint": "students", "school": 990, "id": 99000001, "set": {"Grade": 4}})
    assert api.get("schools/990/students").json()[0]["Grade"] == 4
    served.clear_edits()
    assert api.get("schools/990/students").json() == before


def test_days_go_by_when_told(served: ServedDistrict, api: httpx.Client) -> None:
    before = api.get("schools/994/classes").json()
    served.set_day(3, 10)
    assert api.get("systeminfo").json()["CurrentDateTime"].startswith("2026-10-17")
    assert api.get("schools/994/classes").json() != before


def test_the_truth_is_told_for_the_mapped_schools(served: ServedDistrict) -> None:
    whole, part = served.truth(), served.truth([994])
    assert 0 < part["student"] < whole["student"]
    assert len(served.true_ids([994])["student"]) == part["student"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("faults", {"kind": "nothing"}),
        ("faults", {"kind": "status", "args": {"nope": 1}}),
        ("faults", [1]),
        ("permissions", {"Student Data": "maybe"}),
        ("day", {"day": -1}),
        ("edit", {"endpoint": "nothing"}),
        ("server", {"speed": 9}),
        ("certificate", {}),
    ],
)
def test_control_refuses_what_it_does_not_understand(served: ServedDistrict, path: str, told: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        served.control("POST", path, told)


def test_a_server_of_its_own_ends_cleanly_and_says_nothing_but_its_ready_line() -> None:
    with ServedDistrict.as_process(30, 1, "--fault", '{"kind": "status", "endpoint": "staff"}') as served:
        assert served.process is not None
        with client_of(served) as api:
            assert api.get("schools").status_code == 200
            assert api.get("staff").status_code == 500
        output = served.process.stdout
        served.process.terminate()
        assert output is not None and output.read() == ""
    assert served.process.returncode == 0


def test_ready_made_bodies_are_the_same_as_fresh_ones() -> None:
    paths = ("staff", "schools/994/students?StartingRecord=1&EndingRecord=100", "schools/994/classes")
    made = ServedDistrict.as_process(300, 1, "--ready-made", "--page-size", "100")
    fresh = ServedDistrict.in_this_process(300)
    with made, fresh, client_of(made) as api, client_of(fresh) as other:
        for path in paths:
            right = other.get(path).json()
            assert api.get(path).json() == right
            assert api.get(path, headers={"Accept-Encoding": "identity"}).json() == right
        for district in (made, fresh):
            district.set_day(1, 50)
        assert api.get(paths[2]).json() == other.get(paths[2]).json()


def test_a_taken_port_is_said_so(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = str(line.getsockname()[1])
        with pytest.raises(AeriesTuiError):
            ServedDistrict.as_process(1, 1, "--port", port)
    assert "in use" in capfd.readouterr().err


def test_a_district_of_an_impossible_size_is_wrong_use(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--students", "0"]) == 2
    assert "2,000,000" in capfd.readouterr().err


def test_a_server_can_stop_while_somebody_waits_for_an_answer() -> None:
    served = ServedDistrict.in_this_process(1)
    served.fault("timeout")
    failures: list[str] = []

    def ask() -> None:
        try:
            httpx.get(f"{served.url}/api/v5/systeminfo", timeout=20)
        except httpx.TransportError as error:
            failures.append(type(error).__name__)

    asker = threading.Thread(target=ask)
    asker.start()
    while served.requests()["count"] == 0:
        pass
    served.close()
    asker.join(10)
    assert failures in (["ReadError"], ["RemoteProtocolError"])
