"""What is not Aeries' own is told as what it is, asked once more, and blamed on nobody else."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from aeries_tui.aeries import (
    AeriesClient,
    AeriesError,
    Area,
    CertificateRefused,
    ClientOptions,
    Intercepted,
    NotThere,
    PermissionMissing,
    ServerBroken,
    SignInPage,
    WrongAddress,
    check,
    normalise_address,
)
from aeries_tui.aeries.endpoints import COURSES, SECTIONS, STAFF
from aeries_tui.secret import Secret

from .conftest import CERTIFICATE, SCHOOLS, SYSTEM_INFO, FakeAeries, rows, says

ABBOTT = rows({"ID": 5, "LastName": "Abbott"})


def page(status: int, text: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, html=f"<!DOCTYPE html><html>{text}</html>", headers=named)


CHALLENGE = page(403, "<title>Just a moment...</title>", cf_mitigated="challenge", server="cloudflare")
GATEWAY = page(403, "<h1>403 Forbidden</h1>Microsoft-Azure-Application-Gateway/v2")
PLAIN = page(403, "<h1>403 - Forbidden: Access is denied.</h1>")
REJECTED = page(200, "<title>Request Rejected</title>Your support ID is: 1234567890")
MAINTENANCE = page(200, "<title>Scheduled maintenance</title>Back at 2:15 AM")
FILTERED = page(404, "IIS 10.0 Detailed Error - 404.15. The request filtering module is configured to deny")
FOREIGN = httpx.Response(403, json={"message": "Forbidden"})
IN_THE_WAY = [CHALLENGE, GATEWAY, PLAIN, REJECTED, MAINTENANCE, FILTERED, FOREIGN]
SIGN_IN = page(200, '<title>Aeries</title>Down for maintenance on Sunday <input type="password"> captcha')
NO_PAGE = httpx.Response(404, html="<html>404 - File or directory not found.</html>")


def blames_nobody(error: AeriesError) -> bool:
    words = " ".join(error.lines()).lower()
    return not any(word in words for word in ("tick read", "letter by letter", "instance url"))


@pytest.mark.parametrize("answer", IN_THE_WAY)
@pytest.mark.parametrize("path", ["systeminfo", "schools", "staff"])
async def test_what_stands_before_aeries_is_told_and_asked_once_more(
    client: AeriesClient, aeries: FakeAeries, answer: httpx.Response, path: str
) -> None:
    aeries.answers[path] = answer
    methods = {
        "systeminfo": client.system_info, "schools": client.schools, "staff": partial(client.read_list, STAFF),
    }  # fmt: skip
    with pytest.raises(Intercepted) as caught:
        await methods[path]()
    assert caught.value.code == "SRC-GATEWAY"
    assert blames_nobody(caught.value)
    assert aeries.asked(path) == 2


@pytest.mark.parametrize("path", ["systeminfo", "schools", "staff"])
@pytest.mark.parametrize("answer", [*IN_THE_WAY, SIGN_IN, page(200, "x")])
async def test_one_such_page_costs_one_retry(
    client: AeriesClient, aeries: FakeAeries, answer: httpx.Response, path: str
) -> None:
    good = {"systeminfo": SYSTEM_INFO, "schools": SCHOOLS, "staff": ABBOTT}
    aeries.answers = {**good, path: [answer, good[path]]}
    await client.system_info()
    await client.schools()
    assert (await client.read_list(STAFF)).received == 1


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("answer", ["says", "silent"])
async def test_a_refusal_of_systeminfo_which_needs_no_certificate_is_not_the_certificate(
    client: AeriesClient, aeries: FakeAeries, status: int, answer: str
) -> None:
    aeries.answers["systeminfo"] = says(status) if answer == "says" else httpx.Response(status)
    with pytest.raises(Intercepted, match="neither certificate nor permission"):
        await client.system_info()
    report = await check(client)
    assert (report.certificate, report.problem and report.problem.code) == ("unknown", "SRC-GATEWAY")


@pytest.mark.parametrize(
    "location", ["/aeries/Login.aspx", "https://status.example/maintenance", "/aeries/api/v5/staff"]
)
async def test_once_the_address_has_proven_good_no_redirect_is_blamed_on_it(
    client: AeriesClient, aeries: FakeAeries, location: str
) -> None:
    await client.schools()
    aeries.answers["staff"] = [httpx.Response(302, headers={"location": location})] * 9
    with pytest.raises(Intercepted) as caught:
        await client.read_list(STAFF)
    assert blames_nobody(caught.value)
    aeries.answers["staff"] = [httpx.Response(302, headers={"location": "/aeries/Login.aspx"}), ABBOTT]
    assert (await client.read_list(STAFF)).received == 1


async def test_a_redirect_to_a_maintenance_page_of_the_same_host_is_one(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["maintenance"] = MAINTENANCE
    aeries.answers["systeminfo"] = httpx.Response(302, headers={"location": "/aeries/api/v5/maintenance"})
    with pytest.raises(Intercepted, match="maintenance page"):
        await client.system_info()


async def test_a_sign_in_page_at_an_address_that_is_not_proven_is_the_address(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["systeminfo"] = SIGN_IN
    with pytest.raises(SignInPage):
        await client.system_info()


@pytest.mark.parametrize("server", ["cloudflare", "BigIP"])
async def test_a_gateway_that_passes_on_what_aeries_says_is_no_speaker(
    client: AeriesClient, aeries: FakeAeries, server: str
) -> None:
    aeries.answers["staff"] = says(403, server=server)
    with pytest.raises(PermissionMissing):
        await client.read_list(STAFF)
    aeries.answers["schools"] = says(401, server=server)
    with pytest.raises(CertificateRefused):
        await client.schools()
    aeries.answers["schools"] = page(404, "404 - File or directory not found.", server=server)
    with pytest.raises(WrongAddress):
        await client.schools()


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"<Error><Message>No.</Message></Error>", CertificateRefused), (b"<Error>No.</Error>", Intercepted)],
)
async def test_xml_with_a_message_is_aeries_own(
    client: AeriesClient, aeries: FakeAeries, body: bytes, error: type[AeriesError]
) -> None:
    aeries.answers["schools"] = httpx.Response(401, content=body)
    with pytest.raises(error):
        await client.schools()


async def test_a_refusal_without_a_word_is_asked_once_more_and_doubted(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["schools"] = httpx.Response(403)
    with pytest.raises(CertificateRefused) as caught:
        await client.schools()
    assert "firewall" in caught.value.remedy
    assert aeries.asked("schools") == 2
    aeries.answers["schools"] = [httpx.Response(403), SCHOOLS]
    assert (await client.schools()).received


async def test_a_gateway_behind_a_server_error_is_named_and_waited_for(
    client: AeriesClient, aeries: FakeAeries
) -> None:
    aeries.answers["staff"] = page(503, "Just a moment...", server="cloudflare")
    with pytest.raises(ServerBroken, match="challenge"):
        await client.read_list(STAFF)
    assert aeries.asked("staff") == 5


# --- a portal's address ---


@pytest.fixture
def portal(aeries: FakeAeries) -> FakeAeries:
    """The portal has schools and students, `/admin` everything."""
    missing = ["staff", "courses", "staff/0", "courses/0", "schools/994/sections", "schools/994/sections/0"]
    aeries.answers |= dict.fromkeys(missing, NO_PAGE)
    aeries.answers["schools/994/students"] = rows()
    aeries.answers["schools/994/teachers"] = rows()
    aeries.answers["schools/994/classes"] = rows()
    return aeries


@pytest.fixture
def whole_site(portal: FakeAeries, monkeypatch: pytest.MonkeyPatch) -> FakeAeries:
    usual = FakeAeries.__call__

    def answer(self: FakeAeries, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/admin/api/v5/"):
            what = request.url.path.removeprefix("/admin/api/v5/")
            known: dict[str, Any] = {"systeminfo": SYSTEM_INFO, "schools": SCHOOLS}
            return known.get(what) or rows()
        return usual(self, request)

    monkeypatch.setattr(FakeAeries, "__call__", answer)
    return portal


async def test_a_portals_address_is_told_with_the_right_one(
    client: AeriesClient, whole_site: FakeAeries
) -> None:
    report = await check(client)
    assert report.working_address == normalise_address("https://demo.example/admin")
    assert report.problem is not None
    assert (report.ok, report.problem.code, report.certificate) == (False, "SRC-URL", "accepted")
    assert "https://demo.example/admin" in report.problem.remedy


async def test_a_portals_address_without_another_is_told_all_the_same(
    client: AeriesClient, portal: FakeAeries
) -> None:
    report = await check(client)
    assert report.problem is not None
    assert (report.problem.code, report.working_address) == ("SRC-URL", None)
    assert {one.state for one in report.permissions if one.area is Area.STAFF} == {"unknown"}


async def test_a_pull_from_a_portals_address_is_told_too(
    client: AeriesClient, whole_site: FakeAeries
) -> None:
    for call in (partial(client.read_list, STAFF), partial(client.read_list, COURSES)):
        with pytest.raises(NotThere):
            await call()
    with pytest.raises(WrongAddress) as caught:
        await client.read_list(SECTIONS, 994)
    assert "https://demo.example/admin" in caught.value.remedy


async def test_one_missing_list_is_not_the_address(options: ClientOptions, portal: FakeAeries) -> None:
    portal.answers["staff"] = ABBOTT
    address = normalise_address("https://demo.example/aeries")
    async with AeriesClient(address, Secret(CERTIFICATE), options) as client:
        assert (await client.read_list(STAFF)).received == 1
        for call in (client.read_list(COURSES), client.read_list(SECTIONS, 994)):
            with pytest.raises(NotThere):
                await call
