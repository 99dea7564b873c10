"""Every list is read, every failure is told apart, and the certificate goes to one host only."""

from __future__ import annotations

import asyncio
import pickle
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from aeries_tui.aeries import (
    AeriesClient,
    AeriesError,
    CertificateRefused,
    ClientOptions,
    ConnectionLost,
    Event,
    Feed,
    GaveUp,
    Limits,
    NotThere,
    PagingShifted,
    PermissionMissing,
    ReadAgain,
    RequestDone,
    RequestRefused,
    ServerBroken,
    SignInPage,
    Single,
    Slowed,
    StudentPage,
    Throttled,
    TimedOut,
    TooLarge,
    Truncated,
    UnknownYear,
    Unreachable,
    Waiting,
    WindowsAuthentication,
    WrongAddress,
    normalise_address,
)
from aeries_tui.aeries.auth import HEADER
from aeries_tui.aeries.endpoints import CLASSES, COURSES, SECTIONS, STAFF, TEACHERS
from aeries_tui.secret import Secret
from in_memory import InMemory

from .conftest import ADDRESS, CERTIFICATE, Clock, FakeAeries, rows, says

ABBOTT = rows({"ID": 5, "LastName": "Abbott"})
HTML = httpx.Response(200, html="<!DOCTYPE html><html><form>Sign in</form></html>")


# --- requests ---


async def test_a_list_is_read_with_the_certificate_and_as_json(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["staff"] = ABBOTT
    answer = await client.read_list(STAFF)
    assert [one.id for one in answer.records] == [5]
    assert (answer.received, answer.traffic.requests, answer.traffic.retries) == (1, 1, 0)
    (request,) = aeries.requests
    assert str(request.url) == f"{ADDRESS}/api/v5/staff"
    assert request.headers[HEADER] == CERTIFICATE
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"].startswith("aeries-tui/")
    assert CERTIFICATE not in str(request.url)


@pytest.mark.parametrize(
    ("call", "path", "row"),
    [
        (("schools", ()), "schools", {"SchoolCode": 1}),
        (("read_list", (COURSES,)), "courses", {"ID": "0001"}),
        (("read_list", (TEACHERS, 994)), "schools/994/teachers", {"SchoolCode": 994, "TeacherNumber": 6}),
        (("read_list", (SECTIONS, 994)), "schools/994/sections", {"SchoolCode": 994, "SectionNumber": 6}),
        (("read_list", (CLASSES, 994)), "schools/994/classes",
         {"StudentID": 1, "SchoolCode": 994, "SectionNumber": 6}),
        (("student_records", (1, 994)), "schools/994/students/1", {"StudentID": 1, "SchoolCode": 994}),
    ],
)  # fmt: skip
async def test_each_list_has_its_path(
    client: AeriesClient,
    aeries: FakeAeries,
    call: tuple[str, tuple[Any, ...]],
    path: str,
    row: dict[str, Any],
) -> None:
    method, arguments = call
    aeries.answers[path] = rows(row)
    assert (await getattr(client, method)(*arguments)).received == 1


@pytest.mark.parametrize(
    ("call", "path", "row"),
    [
        (("section", (994, 6)), "schools/994/sections/6", {"SchoolCode": 994, "SectionNumber": 6}),
        (("school", (994,)), "schools/994", {"SchoolCode": 994}),
        (("course", ("A/1",)), "courses/A/1", {"ID": "A/1"}),
    ],
)
async def test_a_single_record_is_there_or_is_none(
    client: AeriesClient,
    aeries: FakeAeries,
    call: tuple[str, tuple[Any, ...]],
    path: str,
    row: dict[str, Any],
) -> None:
    method, arguments = call
    assert await getattr(client, method)(*arguments) is None
    aeries.answers[path] = httpx.Response(200, json=row)
    assert await getattr(client, method)(*arguments) is not None
    assert b"A%2F1" in aeries.requests[-1].url.raw_path or method != "course"


async def test_a_single_record_that_cant_be_read_is_not_taken_for_absent(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["schools/7/sections/5"] = httpx.Response(
        200, json={"SchoolCode": 7, "SectionNumber": 5, "LowGrade": "x"}
    )
    with pytest.raises(RequestRefused, match="LowGrade"):
        await client.section(7, 5)


async def test_a_member_of_staff_is_there_or_absent_or_unreadable(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    assert (await client.staff_member(5)).received == 0
    aeries.answers["staff/5"] = httpx.Response(200, json={"ID": 5})
    assert [member.id for member in (await client.staff_member(5)).records] == [5]
    aeries.answers["staff/5"] = httpx.Response(200, json={"ID": 5, "InactiveStatusCode": []})
    answer = await client.staff_member(5)
    assert (answer.records, [bad.field for bad in answer.bad]) == ([], ["InactiveStatusCode"])


@pytest.mark.parametrize("feed", Feed)
async def test_the_change_feeds_take_the_time_in_their_path(
    client: AeriesClient, aeries: FakeAeries, feed: Feed
) -> None:
    row = {"ID": "1" if feed is Feed.COURSES else 1, "StudentID": 1, "SchoolCode": 2, "SectionNumber": 3}
    aeries.answers[f"{feed.value}/2021/03/03/09/05"] = rows(row)
    assert (await client.changes(feed, datetime(2021, 3, 3, 9, 5))).received == 1


async def test_the_year_is_asked_for_and_another_one_noticed(
    options: ClientOptions, aeries: FakeAeries
) -> None:
    address = normalise_address(ADDRESS)
    async with AeriesClient(address, Secret(CERTIFICATE), replace(options, year=2020)) as client:
        info = await client.system_info()
        assert info is not None
        assert info.database_year == "2020-2021"
        assert aeries.requests[0].url.params["DatabaseYear"] == "2020"
    async with AeriesClient(address, Secret(CERTIFICATE), replace(options, year=2024)) as client:
        with pytest.raises(UnknownYear, match="2020, not 2024"):
            await client.system_info()


async def test_the_year_that_aeries_told_is_named_from_then_on(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    await client.system_info()
    await client.schools()
    assert [request.url.params.get("DatabaseYear") for request in aeries.requests] == [None, "2020"]


async def test_a_server_too_old_for_systeminfo_has_none(client: AeriesClient, aeries: FakeAeries) -> None:
    del aeries.answers["systeminfo"]
    assert await client.system_info() is None


async def test_another_api_at_the_address_is_not_taken_for_aeries(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["systeminfo"] = httpx.Response(200, json={"AvailableDatabaseYears": []})
    with pytest.raises(WrongAddress):
        await client.system_info()


# --- failures told apart ---


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HTML, SignInPage),
        (httpx.Response(200, content=b"<html>"), SignInPage),
        (httpx.Response(302, headers={"location": "/aeries/Login.aspx?ReturnUrl=x"}), SignInPage),
        (httpx.Response(302, headers={"location": "https://login.example/oauth2"}), SignInPage),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/aeries"}), WrongAddress),
        (httpx.Response(301, headers={"location": "http://demo.example/aeries/api/v5/staff"}), WrongAddress),
        (httpx.Response(301, headers={"location": "https://demo.example:8443/staff"}), WrongAddress),
        (httpx.Response(302, headers={"location": "/aeries/api/v5/staff"}), WrongAddress),
        (httpx.Response(302, headers={"location": "https://[bad"}), WrongAddress),
        (httpx.Response(302), WrongAddress),
        (
            httpx.Response(401, html="<html>", headers={"www-authenticate": "Negotiate"}),
            WindowsAuthentication,
        ),
        (httpx.Response(401, html="<html>", headers={"www-authenticate": "NTLM"}), WindowsAuthentication),
        (httpx.Response(404), NotThere),
        (httpx.Response(400, json={"Message": "x"}), RequestRefused),
        (httpx.Response(501), RequestRefused),
        (httpx.Response(408), TimedOut),
        (httpx.Response(429), Throttled),
        (httpx.Response(500, html="<html>"), ServerBroken),
        (httpx.Response(503, html="<html>"), ServerBroken),
        (httpx.Response(200, content=b"[{"), Truncated),
        (httpx.Response(200, content=b""), Truncated),
        (httpx.Response(200, content=b'<?xml version="1.0"?><a/>'), Truncated),
        (httpx.Response(200, json={"Message": "x"}), ServerBroken),
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout("slow"), TimedOut),
        (httpx.ReadTimeout("slow"), TimedOut),
        (httpx.ReadError("reset"), ConnectionLost),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), ConnectionLost),
        (
            httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
            Truncated,
        ),
        (httpx.ProxyError("407"), Unreachable),
    ],
)
async def test_each_failure_is_an_error_of_its_own(
    client: AeriesClient, aeries: FakeAeries, answer: Any, error: type[AeriesError]
) -> None:
    aeries.answers["staff"] = answer
    with pytest.raises(error) as caught:
        await client.read_list(STAFF)
    assert caught.value.code
    assert caught.value.meaning == "Nothing was changed."
    assert caught.value.remedy
    assert caught.value.__context__ is None


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_of_the_list_of_schools_is_the_certificate(
    client: AeriesClient, aeries: FakeAeries, status: int
) -> None:
    aeries.answers["schools"] = aeries.answers["staff"] = says(status)
    with pytest.raises(CertificateRefused):
        await client.schools()
    with pytest.raises(CertificateRefused):
        await client.read_list(STAFF)
    assert not client.certificate_proven


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_of_another_list_is_its_permission(
    client: AeriesClient, aeries: FakeAeries, status: int
) -> None:
    aeries.answers["schools/994/classes"] = says(status)
    with pytest.raises(PermissionMissing) as caught:
        await client.read_list(CLASSES, 994)
    assert caught.value.area == "Class Schedules/History"
    assert "tick Read for Class Schedules/History" in caught.value.remedy
    assert "school 994" in caught.value.message
    assert client.certificate_proven


async def test_the_schools_are_asked_once_to_tell_them_apart(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    for school in (1, 2, 3):
        aeries.answers[f"schools/{school}/classes"] = says(401)
        with pytest.raises(PermissionMissing):
            await client.read_list(CLASSES, school)
    assert aeries.asked("schools") == 1


async def test_a_certificate_revoked_in_the_middle_is_noticed(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    await client.schools()
    aeries.answers["schools"] = aeries.answers["staff"] = says(401)
    with pytest.raises(CertificateRefused):
        await client.read_list(STAFF)


async def test_a_windows_header_on_a_missing_permission_misleads_nobody(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["staff"] = httpx.Response(401, headers={"www-authenticate": "Negotiate"})
    await client.schools()
    with pytest.raises(PermissionMissing):
        await client.read_list(STAFF)
    aeries.answers["courses"] = says(401, www_authenticate="Negotiate")
    with pytest.raises(PermissionMissing):
        await client.read_list(COURSES)


async def test_no_list_of_schools_is_no_aeries(client: AeriesClient, aeries: FakeAeries) -> None:
    del aeries.answers["schools"]
    with pytest.raises(WrongAddress):
        await client.schools()


async def test_a_redirect_within_the_host_is_followed(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["staff"] = httpx.Response(307, headers={"location": "/aeries/api/v5/people"})
    aeries.answers["people"] = ABBOTT
    assert (await client.read_list(STAFF)).received == 1
    assert aeries.requests[-1].headers[HEADER] == CERTIFICATE


async def test_a_redirect_to_another_host_gets_no_request_at_all(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["staff"] = httpx.Response(
        302, headers={"location": "https://evil.example/aeries/api/v5/staff"}
    )
    with pytest.raises(WrongAddress, match=r"evil\.example"):
        await client.read_list(STAFF)
    assert {request.url.host for request in aeries.requests} == {"demo.example"}


async def test_an_answer_larger_than_the_limit_is_refused(options: ClientOptions, aeries: FakeAeries) -> None:
    aeries.answers["staff"] = httpx.Response(200, content=b"[" + b" " * 2_000_000 + b"]")
    limited = replace(options, limits=Limits(answer_bytes=1024 * 1024))
    async with AeriesClient(normalise_address(ADDRESS), Secret(CERTIFICATE), limited) as client:
        with pytest.raises(TooLarge, match="1 MB"):
            await client.read_list(STAFF)
    assert aeries.asked("staff") == 1


class Endless(httpx.AsyncByteStream):
    """A body that never ends."""

    def __init__(self, begun: asyncio.Semaphore | None = None) -> None:
        self.begun = begun

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"["
        if self.begun:
            self.begun.release()
        await asyncio.Event().wait()


async def test_a_request_has_a_deadline(options: ClientOptions) -> None:
    slow = InMemory(lambda request: httpx.Response(200, stream=Endless()))
    limits = Limits(request=0.01, tries=1)
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, transport=slow, limits=limits)
    ) as client:
        with pytest.raises(TimedOut):
            await client.read_list(STAFF)


class Held:
    """What several answers have sent and what of it was taken to its end, a thousand bytes at a time."""

    def __init__(self) -> None:
        self.now: dict[int, int] = {}
        self.most = 0

    def answer(self, size: int, number: int) -> httpx.Response:
        held = self

        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                row = b'{"ID": 1, "FirstName": "' + b"a" * 972 + b'"}'
                yield b"["
                for _ in range(size // 1000):
                    held.now[number] = held.now.get(number, 0) + 1000
                    held.most = max(held.most, sum(held.now.values()))
                    yield row + b","
                    await asyncio.sleep(0)
                yield row + b"]"

        return httpx.Response(200, stream=Body())


@pytest.mark.parametrize("refused", [False, True])
async def test_answers_that_come_at_once_hold_less_than_twice_the_largest_together(
    options: ClientOptions, refused: bool
) -> None:
    held, most = Held(), 400_000
    # Each is as large as one may be, or larger, which refuses it.
    size = most + 50_000 if refused else most - 50_000
    numbers = iter(range(100))
    limits = Limits(at_a_time=8, most_at_a_time=8, tries=1, answer_bytes=most, retry_budget=100)
    network = InMemory(lambda request: held.answer(size, next(numbers)))
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, transport=network, limits=limits)
    ) as client:

        async def read() -> int:
            try:
                return (await client.read_list(STAFF)).received
            except TooLarge:
                return 0
            finally:
                # Only one is beyond its share, so the one that just ended is the largest.
                held.now.pop(max(held.now, key=lambda number: held.now[number]), None)

        received = await asyncio.gather(*(read() for _ in range(12)))
    assert received == [0 if refused else size // 1000 + 1] * 12
    assert held.most < 2 * most
    assert held.most > most // 2


# --- tries ---


async def test_what_fails_for_a_moment_is_tried_again_and_counted(
    client: AeriesClient, aeries: FakeAeries, clock: Clock, events: list[Event]
) -> None:
    aeries.answers["staff"] = [
        httpx.Response(500),
        httpx.Response(200, content=b"[{"),
        httpx.ReadError("x"),
        ABBOTT,
    ]
    answer = await client.read_list(STAFF)
    assert (answer.traffic.requests, answer.traffic.retries) == (4, 3)
    assert clock.slept == [0.25, 0.5, 1.0]
    assert [type(one) for one in events if isinstance(one, Waiting)] == [Waiting] * 3
    assert [one.code for one in events if isinstance(one, RequestDone)] == [
        "SRC-SERVER",
        "SRC-TRUNCATED",
        "SRC-SERVER",
        "",
    ]


async def test_five_tries_are_the_most(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["staff"] = httpx.Response(500)
    with pytest.raises(ServerBroken):
        await client.read_list(STAFF)
    assert aeries.asked("staff") == 5


async def test_retry_after_holds_every_request_and_slows_all(
    client: AeriesClient, aeries: FakeAeries, clock: Clock, events: list[Event]
) -> None:
    aeries.answers["staff"] = [httpx.Response(429, headers={"retry-after": "20"}), ABBOTT]
    aeries.answers["courses"] = rows({"ID": "1"})

    async def later() -> float:
        await asyncio.sleep(0.01)
        await client.read_list(COURSES)
        return clock.now

    _, when = await asyncio.gather(client.read_list(STAFF), later())
    assert when >= 20
    assert Waiting("staff", None, "SRC-THROTTLED", 20.5, everybody=True) in events
    assert Slowed(2, "SRC-THROTTLED") in events


async def test_a_dead_server_gives_one_clear_failure_soon(client: AeriesClient, aeries: FakeAeries) -> None:
    await client.schools()
    for school in range(200):
        aeries.answers[f"schools/{school}/classes"] = httpx.Response(500)
    ends: list[AeriesError] = []
    for school in range(200):
        try:
            await client.read_list(CLASSES, school)
        except AeriesError as error:
            ends.append(error)
            if error.fatal:
                break
    assert isinstance(ends[-1], GaveUp)
    assert ends[-1].code == "SRC-SERVER"
    assert len(aeries.requests) < 40


async def test_one_broken_list_per_school_does_not_end_the_pull(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    failed = 0
    for school in range(60):
        aeries.answers[f"schools/{school}/classes"] = rows()
        aeries.answers[f"schools/{school}/teachers"] = httpx.Response(500)
        await client.read_list(CLASSES, school)
        with pytest.raises(ServerBroken):
            await client.read_list(TEACHERS, school)
        failed += 1
    assert failed == 60
    assert aeries.asked("schools/59/teachers") == 1


async def test_a_cancelled_request_leaves_its_place_to_others(options: ClientOptions) -> None:
    begun = asyncio.Semaphore(0)
    never = InMemory(lambda request: httpx.Response(200, stream=Endless(begun)))
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, transport=never)
    ) as client:
        tasks = [asyncio.create_task(client.read_list(STAFF)) for _ in range(6)]
        for _ in range(4):
            await begun.acquire()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert client._asker.running == 0


# --- paging ---


def school_of(count: int) -> list[dict[str, Any]]:
    return [{"SchoolCode": 994, "StudentID": number, "LastName": "x"} for number in range(1, count + 1)]


def paged(people: list[dict[str, Any]]) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        first = int(request.url.params.get("StartingRecord", 1))
        last = int(request.url.params.get("EndingRecord", len(people)))
        return rows(*people[first - 1 : last])

    return answer


async def pages_of(client: AeriesClient, **options: Any) -> list[StudentPage]:
    return [page async for page in client.students(994, **options)]


async def test_students_come_in_pages_none_twice(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["schools/994/students"] = paged(school_of(23))
    pages = await pages_of(client, page_size=10)
    assert [one.student_id for page in pages for one in page.answer.records] == list(range(1, 24))
    assert [(page.attempt, page.number, page.answer.received) for page in pages] == [
        (1, 1, 10),
        (1, 2, 10),
        (1, 3, 3),
    ]
    assert [dict(request.url.params) for request in aeries.requests] == [
        {"StartingRecord": "1", "EndingRecord": "10"},
        {"StartingRecord": "10", "EndingRecord": "20"},
        {"StartingRecord": "20", "EndingRecord": "30"},
        {"StartingRecord": "23", "EndingRecord": "33"},
    ]


async def test_a_bad_record_at_the_seam_is_described_once(client: AeriesClient, aeries: FakeAeries) -> None:
    people = school_of(20)
    people[9] = {"SchoolCode": 994, "LastName": "no id"}
    aeries.answers["schools/994/students"] = paged(people)
    pages = await pages_of(client, page_size=10)
    assert sum(page.answer.received for page in pages) == 20
    assert sum(len(page.answer.bad) for page in pages) == 1


async def test_an_empty_school_gives_one_empty_page(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["schools/994/students"] = rows()
    (page,) = await pages_of(client)
    assert (page.answer.received, page.is_last) == (0, True)


async def test_a_school_whose_list_is_not_there_is_not_empty(client: AeriesClient) -> None:
    with pytest.raises(NotThere):
        await pages_of(client)


async def test_a_404_past_the_last_page_is_the_end(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["schools/994/students"] = [rows(*school_of(3)), says(404)]
    assert [page.answer.received for page in await pages_of(client)] == [3]


async def test_reading_goes_on_from_a_safe_page(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["schools/994/students"] = paged(school_of(23))
    first = await anext(client.students(994, page_size=10))
    rest = await pages_of(client, page_size=10, resume=first.resume_point)
    assert [one.student_id for page in rest for one in page.answer.records] == list(range(11, 24))
    assert [page.number for page in rest] == [2, 3]


async def test_rows_that_move_once_are_read_again(
    client: AeriesClient, aeries: FakeAeries, events: list[Event]
) -> None:
    people = school_of(23)
    answer = paged(people)

    def moving(request: httpx.Request) -> httpx.Response:
        if len(aeries.requests) == 2:
            del people[0]
        return answer(request)

    aeries.answers["schools/994/students"] = moving
    pages = await pages_of(client, page_size=10)
    last = [page for page in pages if page.attempt == 2]
    assert [one.student_id for page in last for one in page.answer.records] == list(range(2, 24))
    assert ReadAgain("students", 994, 2) in events


async def test_rows_that_never_stand_still_are_read_in_one_answer_or_not_at_all(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    people = school_of(23)
    whole: Any = rows(*people)

    def turning(request: httpx.Request) -> httpx.Response:
        if not request.url.params:
            return whole
        people.append(people.pop(0))
        return paged(people)(request)

    aeries.answers["schools/994/students"] = turning
    pages = await pages_of(client, page_size=10)
    assert (pages[-1].attempt, pages[-1].answer.received, pages[-1].is_last) == (3, 23, True)
    whole = httpx.Response(400)
    with pytest.raises(PagingShifted):
        await pages_of(client, page_size=10)


# --- the certificate ---


async def test_the_certificate_shows_nowhere(
    client: AeriesClient, aeries: FakeAeries, events: list[Event]
) -> None:
    aeries.answers["staff"] = says(500, f"bad certificate {CERTIFICATE}")
    aeries.answers["courses"] = says(403, f"bad certificate {CERTIFICATE}")
    aeries.answers["schools/1/classes"] = httpx.ReadError(f"reset {CERTIFICATE}")
    shown = [
        repr(client),
        repr(client.options),
        repr(vars(client)),
        repr(vars(client._asker)),
        repr(client._asker._transport._auth),
    ]
    for call in (client.read_list(STAFF), client.read_list(COURSES), client.read_list(CLASSES, 1)):
        with pytest.raises(AeriesError) as caught:
            await call
        shown += caught.value.lines()
        shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        assert caught.value.__cause__ is None
    shown += map(repr, events)
    assert CERTIFICATE not in "".join(shown)
    with pytest.raises(TypeError):
        pickle.dumps(client._certificate)


@pytest.mark.parametrize("allowed", [True, False])
def test_plain_http_is_for_the_loopback_unless_allowed(options: ClientOptions, allowed: bool) -> None:
    secret = Secret(CERTIFICATE)
    AeriesClient(normalise_address("http://127.0.0.1:8000/aeries"), secret, options)
    address = normalise_address("http://demo.example/aeries")
    if allowed:
        AeriesClient(address, secret, replace(options, allow_plain_http=True))
        return
    with pytest.raises(WrongAddress, match="plain http"):
        AeriesClient(address, secret, options)


def test_a_client_for_another_host_is_not_made_from_this_one(client: AeriesClient) -> None:
    with pytest.raises(WrongAddress):
        client.at(normalise_address("https://other.example/aeries"))


async def test_cookies_are_not_kept(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["staff"] = httpx.Response(
        200, json=[], headers={"set-cookie": "ASP.NET_SessionId=1; path=/"}
    )
    await client.read_list(STAFF)
    await client.read_list(STAFF)
    assert "cookie" not in aeries.requests[-1].headers


async def test_a_cookie_that_a_load_balancer_demands_is_kept_for_the_life_of_the_client(
    client: AeriesClient, aeries: FakeAeries, options: ClientOptions
) -> None:
    def balanced(request: httpx.Request) -> httpx.Response:
        if "lb=node2" in request.headers.get("cookie", ""):
            return ABBOTT
        headers = {"location": str(request.url), "set-cookie": "lb=node2; Path=/; HttpOnly"}
        return httpx.Response(302, headers=headers)

    aeries.answers["staff"] = balanced
    assert (await client.read_list(STAFF)).received == 1
    assert (await client.read_list(STAFF)).received == 1
    assert aeries.asked("staff") == 3
    async with AeriesClient(normalise_address(ADDRESS), Secret(CERTIFICATE), options) as another:
        await another.schools()
    assert "cookie" not in aeries.requests[-1].headers


async def test_a_cookie_for_another_host_is_not_kept(client: AeriesClient, aeries: FakeAeries) -> None:
    headers = {"location": "/aeries/api/v5/people", "set-cookie": "lb=1; Domain=elsewhere.example"}
    aeries.answers["staff"] = httpx.Response(302, headers=headers)
    aeries.answers["people"] = ABBOTT
    await client.read_list(STAFF)
    assert "cookie" not in aeries.requests[-1].headers


async def test_a_downgrading_redirect_is_never_advised(client: AeriesClient, aeries: FakeAeries) -> None:
    for location in (
        "http://demo.example/aeries/x", "ftp://demo.example/x", "http://demo.example:443/", "HTTP://DEMO.example./",
        "http://evil.example/", "ftp://evil.example/", "ws://demo.example/", "file:///etc/passwd", "javascript:x",
    ):  # fmt: skip
        aeries.answers["staff"] = httpx.Response(301, headers={"location": location})
        with pytest.raises(WrongAddress) as caught:
            await client.read_list(STAFF)
        assert "://" not in caught.value.remedy
        assert "enter its address" not in caught.value.remedy, location


@pytest.mark.parametrize(
    "location",
    ["javascript:x", "mailto:a@demo.example", "file:///etc/passwd", "http://[", "https://xn--/", "https://xn--a.demo.example/"],
)  # fmt: skip
async def test_a_redirect_to_what_can_be_no_host_is_told_once_as_that(
    client: AeriesClient, aeries: FakeAeries, location: str
) -> None:
    aeries.answers["staff"] = httpx.Response(302, headers={"location": location})
    with pytest.raises(AeriesError) as caught:
        await client.read_list(STAFF)
    assert isinstance(caught.value, WrongAddress)
    assert "redirects to" in caught.value.message
    assert aeries.asked("staff") == 1


async def test_a_redirect_is_shown_without_the_user_in_it(client: AeriesClient, aeries: FakeAeries) -> None:
    headers = {"location": "https://www.demo.example@demo.example:8443/aeries"}
    aeries.answers["staff"] = httpx.Response(301, headers=headers)
    with pytest.raises(WrongAddress, match=r"redirects to https://demo\.example:8443 in place") as caught:
        await client.read_list(STAFF)
    assert "@" not in caught.value.remedy


@pytest.mark.parametrize(
    ("what", "path"), [("seats", "schools/994/classes/5"), ("roster", "schools/994/sections/5/students")]
)
async def test_a_single_thing_that_a_quick_pull_needs_has_its_path(
    client: AeriesClient, aeries: FakeAeries, what: str, path: str
) -> None:
    aeries.answers[path] = rows({"StudentID": 5, "SchoolCode": 994, "SectionNumber": 5})
    assert (await client.single(Single[what.upper()], 5, 994)).received == 1


# --- what is told of a list ---


async def test_a_suspicious_list_is_told(client: AeriesClient, aeries: FakeAeries) -> None:
    aeries.answers["staff"] = ABBOTT
    assert not (await client.read_list(STAFF)).is_suspicious
    aeries.answers["staff"] = httpx.Response(200, content=b'[{"ID":1},{"ID":2,"LastName":"O"B","X":"c"d"}]')
    answer = await client.read_list(STAFF)
    assert (answer.is_suspicious, answer.received, len(answer.records)) == (True, 2, 1)


@pytest.mark.parametrize("limits", [Limits(answer_rows=2), Limits(answer_bad_rows=2)])
async def test_a_list_past_its_limits_is_not_read_and_not_asked_for_again(
    options: ClientOptions, aeries: FakeAeries, limits: Limits
) -> None:
    aeries.answers["staff"] = rows({}, {}, {})
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, limits=limits)
    ) as client:
        with pytest.raises(AeriesError, match="ore than 2 rows"):
            await client.read_list(STAFF)
    assert aeries.asked("staff") == 1


async def test_decoding_ends_at_the_deadline_and_lets_others_go_on(
    options: ClientOptions, aeries: FakeAeries
) -> None:
    aeries.answers["staff"] = httpx.Response(200, content=b"[" + b",".join([b"{}"] * 400_000) + b"]")
    limits = Limits(request=0.3, tries=1, answer_bad_rows=400_000)
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, limits=limits)
    ) as client:
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimedOut):
            await client.read_list(STAFF)
        assert asyncio.get_running_loop().time() - began < 2


async def test_decoding_can_be_cancelled(options: ClientOptions, aeries: FakeAeries) -> None:
    asked = asyncio.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.set()
        return httpx.Response(200, content=b"[" + b",".join([b"{}"] * 400_000) + b"]")

    aeries.answers["staff"] = answer
    limits = Limits(answer_bad_rows=400_000)
    async with AeriesClient(
        normalise_address(ADDRESS), Secret(CERTIFICATE), replace(options, limits=limits)
    ) as client:
        task = asyncio.create_task(client.read_list(STAFF))
        await asked.wait()
        began = asyncio.get_running_loop().time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() - began < 2
