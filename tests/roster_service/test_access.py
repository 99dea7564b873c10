"""Who may read what: tokens, scopes, schools, rates; nothing is told to others."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sqlite3
from contextlib import closing
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from aeries_tui.errors import MasterError, NotAllowedNow, NotFound, WrongUse
from aeries_tui.master.served.consumers import give_token
from aeries_tui.master.served.file import open_served
from aeries_tui.operations.roster_service import (
    add_consumer,
    all_consumers,
    revoke_consumer,
    rotate_secret,
    service_standing,
)
from engine import Station
from roster_service.serving import V11, V12, Client, Serving, serving

CORE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"
ROSTER = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster.readonly"
GRADES = "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly"


async def ask(served: Serving, form: dict[str, str] | bytes, **headers: str) -> httpx.Response:
    if isinstance(form, dict):
        return await served.http.post("/token", data=form, headers=headers)
    return await served.http.post("/token", content=form, headers=headers)


async def test_a_token_is_given_by_either_way_and_says_what_for(served: Serving) -> None:
    client = served.client(scopes=("core", "roster"))
    found = await client.authorize()
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    told = found.json()
    assert told["token_type"] == "bearer" and told["expires_in"] == 3600
    assert set(told["scope"].split()) >= {CORE, ROSTER} and "demographics" not in told["scope"]
    posted = await ask(
        served, {"grant_type": "client_credentials", "client_id": client.name, "client_secret": client.secret}
    )
    assert posted.status_code == 200
    both = await client.authorize(f"{GRADES} {CORE}")
    assert both.json()["scope"] == CORE
    assert (await client.get("/users")).status_code == 200
    assert (await client.get("/schools/7/students")).status_code == 403
    assert (await client.authorize(GRADES)).json() == {"error": "invalid_scope"}


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "product", "client_secret": "no"}, 400, "invalid_request"),
        (b"grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
        (b"grant_type=%ff", 400, "invalid_request"),
        (b"x" * 9_000, 413, "invalid_request"),
    ],
)  # fmt: skip
async def test_a_wrong_request_for_a_token_is_refused(
    served: Serving, form: dict[str, str] | bytes, status: int, error: str
) -> None:
    client = served.client()
    basic = base64.b64encode(f"{client.name}:{client.secret}".encode()).decode()
    form_type = {"content-type": "application/x-www-form-urlencoded"}
    found = await ask(served, form, authorization=f"basic {basic}", **form_type)
    assert (found.status_code, found.json()) == (status, {"error": error})
    wrong_type = await ask(served, b"{}", authorization=f"Basic {basic}")
    assert wrong_type.json() == {"error": "invalid_request"}
    assert (await served.http.get("/token")).status_code == 405


async def test_an_unknown_client_and_a_wrong_secret_are_answered_alike(served: Serving) -> None:
    client = served.client()
    answers = []
    for name, secret in ((client.name, "wrong"), ("unknown", client.secret), ("\xff", ""), (client.name, "")):
        found = await Client(served.http, name, secret).authorize()
        answers.append((found.status_code, found.content, found.headers["www-authenticate"]))
    assert set(answers) == {(401, b'{"error":"invalid_client"}', 'Basic realm="roster"')}


async def test_each_refusal_names_the_way_in(served: Serving) -> None:
    client = served.client()
    posted = {"grant_type": "client_credentials", "client_id": client.name}
    for form in ({**posted, "client_secret": "wrong"}, posted):
        found = await ask(served, form)
        assert (found.status_code, found.headers["www-authenticate"]) == (401, 'Basic realm="roster"')
    await client.authorize(CORE)
    found = await client.get("/schools/7/students")
    assert found.status_code == 403
    assert found.headers["www-authenticate"] == 'Bearer realm="roster", error="insufficient_scope"'


async def test_the_greater_scope_holds_the_lesser(served: Serving) -> None:
    """Longsight's client asks for both, and takes no token that lacks one."""
    client = served.client(scopes=("roster",))
    both = f"{CORE} {ROSTER}"
    assert (await client.authorize(both)).json()["scope"] == both
    assert (await client.authorize(CORE)).json()["scope"] == CORE
    assert (await client.get("/users")).status_code == 200
    assert (await client.get("/schools/7/students")).status_code == 403


async def test_wrong_secrets_are_slowed_and_keep_no_right_one_waiting(served: Serving) -> None:
    client, wrong = served.client(), Client(served.http, "product", "wrong")
    statuses = [(await wrong.authorize()).status_code for _ in range(70)]
    assert statuses[0] == 401 and statuses[-1] == 429
    assert (await client.authorize()).status_code == 200


async def test_without_a_good_token_there_is_nothing(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    for headers in (
        {}, {"authorization": "Bearer"}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {client.token}"},
        {"authorization": client.token},
    ):  # fmt: skip
        found = await served.http.get(f"{V12}/users", headers=headers)
        assert found.status_code == 401
        assert found.headers["www-authenticate"].startswith("Bearer")
        assert "users" not in found.json()
    assert (await served.http.get(f"{V12}/users?access_token={client.token}")).status_code == 401
    lower = await served.http.get(f"{V12}/users", headers={"authorization": f"bEARER {client.token}"})
    assert lower.status_code == 200


async def test_a_token_outlives_a_restart_and_ends_with_its_time(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    async with serving(served.station) as other:
        found = await other.http.get(f"{V12}/orgs", headers={"authorization": f"Bearer {client.token}"})
        assert found.status_code == 200
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3601)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with patch("aeries_tui.master.served.consumers.now_text", lambda: later):
        assert (await client.get("/orgs")).status_code == 401


async def test_tokens_that_are_over_make_room(served: Serving) -> None:
    """Some products ask for a token before each request; nothing may be imported for a whole summer."""
    served.client()
    with closing(open_served(served.station.district.served)) as db:
        for is_over in (True, False):
            for _ in range(200):
                give_token(db, "product", ["core"])
            if is_over:
                db.execute("UPDATE token SET expires_at = '2026-01-01T00:00:00Z'")
        (kept,) = db.execute("SELECT count(*) FROM token").fetchone()
    assert 200 <= kept < 230


async def test_secrets_and_tokens_are_kept_as_digests(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    assert client.secret.isalnum() and len(client.secret) >= 40
    stored = b"".join(p.read_bytes() for p in served.station.district.root.glob("service.sqlite3*"))
    journal = served.station.district.audit.joinpath("journal.jsonl").read_bytes()
    assert client.secret.encode() not in stored + journal and client.token.encode() not in stored + journal


async def test_a_secret_is_rotated_revoked_and_expires(served: Serving) -> None:
    client, district = served.client(), served.station.as_district()
    new, _ = rotate_secret(district, client.name)
    after = Client(served.http, client.name, new.reveal())
    assert [(await one.authorize()).status_code for one in (client, after)] == [200, 200]
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1, seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with patch("aeries_tui.master.served.consumers.now_text", lambda: tomorrow):
        assert [(await one.authorize()).status_code for one in (client, after)] == [401, 200]
    await after.authorize()
    revoke_consumer(district, client.name)
    assert (await after.get("/orgs")).status_code == 401
    assert (await Client(served.http, client.name, new.reveal()).authorize()).status_code == 401
    with pytest.raises(NotAllowedNow):
        rotate_secret(district, client.name)
    with pytest.raises(NotFound):
        revoke_consumer(district, "nobody")
    assert (await served.client().authorize()).status_code == 200, "it can be added anew"
    past = served.client("past", expires="2026-01-01T00:00:00Z")
    assert (await past.authorize()).status_code == 401
    with pytest.raises(NotAllowedNow, match="expired"):
        rotate_secret(district, "past")
    revoke_consumer(district, "past")


async def test_who_is_added_anew_is_not_let_in_by_a_token_from_before(served: Serving) -> None:
    """One that was asked for while the consumer was revoked is written after that."""
    client, district = served.client(), served.station.as_district()
    revoke_consumer(district, client.name)
    with closing(open_served(served.station.district.served)) as db:
        client.token = give_token(db, client.name, ["core"])
    served.client(schools=[8])
    assert (await client.get("/users")).status_code == 401


async def test_a_running_service_reads_the_file_that_stands_there_now(served: Serving) -> None:
    """Of one that was lost, moved away or brought back from a copy nobody could be added or revoked any more."""
    district, path = served.station.as_district(), served.station.district.served
    before = served.client(schools=[8])
    seen = await before.everything()
    copy = path.with_name("copy")
    with closing(open_served(path)) as db, closing(sqlite3.connect(copy)) as kept:
        db.backup(kept)
    path.rename(path.with_name("away"))
    assert (await before.get("/users")).status_code == 500
    assert not path.exists() and f"{path} is gone" in served.said[-1]
    await served.service.write_down()
    assert served.service.ledger, "it is written down once there is a file"
    after = served.client("product", schools=[7])
    every = await after.everything()
    assert set(every["orgs"]) == {"0", "7"}
    revoke_consumer(district, "product")
    assert (await after.get("/users")).status_code == 401
    for one in path.parent.glob(f"{path.name}-*"):
        one.unlink()
    copy.rename(path)
    assert await before.everything() == seen
    revoke_consumer(district, "product")
    assert (await before.get("/users")).status_code == 401


async def test_a_consumer_is_named_and_scoped_sensibly(served: Serving) -> None:
    district = served.station.as_district()
    add_consumer(district, "product", ["core"], [], None)
    for name, scopes, schools, error in (
        ("product", ["core"], [], NotAllowedNow), ("a b", ["core"], [], WrongUse), ("", ["core"], [], WrongUse),
        ("x", ["grades"], [], WrongUse), ("x", [], [], WrongUse), ("x", ["core"], [4711], NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            add_consumer(district, name, scopes, schools, None)
    assert [one.name for one in all_consumers(district).all] == ["product"]


async def test_demographics_are_open_to_their_own_scope_alone(served: Serving) -> None:
    without, only = served.client(scopes=("core", "roster")), served.client("only", scopes=("demographics",))
    assert (await without.get("/demographics")).status_code == 403
    assert (await without.get("/demographics/7000")).status_code == 403
    assert (await only.get("/demographics")).status_code == 200
    assert (await only.get("/users")).status_code == 403


def _schools_in(value: Any) -> set[str]:
    """The orgs named anywhere in a record."""
    if isinstance(value, dict):
        own = {value["sourcedId"]} if value.get("type") == "org" else set()
        return own.union(*(_schools_in(one) for one in value.values()))
    return set().union(*map(_schools_in, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("base", [V11, V12])
async def test_a_consumer_of_one_school_sees_that_school_alone(served: Serving, base: str) -> None:
    every, one = served.client(), served.client("one", schools=[7])
    every.base = one.base = base
    whole, seen = await every.everything(), await one.everything()
    assert set(seen["orgs"]) == {"0", "7"}
    assert set(seen["users"]) == {"7000", "7001", "7002", "7777", "TCH_70", "TCH_500"}
    assert set(seen["demographics"]) == {"7000", "7001", "7002", "7777"}
    assert set(seen["academicSessions"]) == {"0_Y", "7_Y"}
    assert {name.split("_")[0] for name in (*seen["classes"], *seen["enrollments"])} == {"7"}
    assert set(seen["courses"]) == {one["course"]["sourcedId"] for one in seen["classes"].values()}
    for file, rows in seen.items():
        for name, record in rows.items():
            assert _schools_in(record) <= {"0", "7"}, (file, name)
            if file != "users":
                assert record == whole[file][name]
    for path in ("/users/8000", "/orgs/8", "/classes/8_1", "/schools/8", "/demographics/8000", "/terms/8_Y"):
        assert (await one.get(path)).status_code == 404, path
    for path in (
        "/schools/8/students",
        "/classes/8_1/students",
        "/schools/8/classes/8_1/teachers",
        "/users/8000/classes",
    ):
        assert await one.page(path) == [], path
    assert await one.page("/users", filter="sourcedId='8000' OR givenName~'8'") == []
    assert await one.ids("/users/7777/classes") == []
    assert await one.ids("/teachers/TCH_500/classes") == ["7_3"]


@pytest.mark.parametrize("base", [V11, V12])
async def test_who_left_the_schools_of_a_consumer_is_gone_and_nothing_more_is_told(
    served: Serving, base: str
) -> None:
    one = served.client("one", schools=[7])
    one.base = base
    before = {one["sourcedId"]: one for one in await one.all("/users")}["7000"]
    lists = served.station.aeries.lists
    moved = lists["7/students"].pop(0) | {"SchoolCode": 8, "FirstName": "Newname", "Grade": 9, "Gender": "X"}
    lists["8/students"].append(
        moved | {"StudentEmailAddress": "new@example.org", "BirthDate": "2013-01-01T00:00:00"}
    )
    await served.pull()
    (gone,) = await one.all("/users", filter="status='tobedeleted'")
    assert gone.keys() == before.keys() - {"email", "userIds", "identifier", "grades"}
    assert (gone["sourcedId"], gone["givenName"], gone["familyName"]) == ("7000", "(gone)", "(gone)")
    assert _schools_in(gone) == {"7"} and "new@example.org" not in str(gone)
    (known,) = await one.all("/demographics", filter="status='tobedeleted'")
    assert known.keys() == {"sourcedId", "status", "dateLastModified"}
    for text in ("givenName='Newname'", "email~'new@'", "grades='09'"):
        assert await one.page("/users", filter=f"{text} AND status!='x'") == [], text
    every = served.client()
    assert (await every.get("/users/7000")).json()["user"]["givenName"] == "Newname"
    lists["8/students"][-1]["FirstName"] = "Other"
    await served.pull()
    assert (await every.get("/users/7000")).json()["user"]["givenName"] == "Other"
    assert await one.all("/users", filter="status='tobedeleted'") == [gone]
    since = f"dateLastModified>'{gone['dateLastModified']}'"
    assert await one.all("/users", filter=since) == []
    assert await one.all("/users", filter=f"{since} AND familyName!='x'") == []
    assert "7000" in {user["sourcedId"] for user in await every.all("/users", filter=since)}


async def test_who_asks_too_often_waits_and_nobody_else_does(served: Serving) -> None:
    async with serving(served.station, requests_per_minute=12) as strict:
        hasty, other = strict.client("hasty"), strict.client("other")
        found = [await hasty.get("/orgs") for _ in range(14)]
        assert found[0].status_code == 200 and found[-1].status_code == 429
        assert 1 <= int(found[-1].headers["retry-after"]) <= 60
        assert (await other.get("/orgs")).status_code == 200


async def test_who_asks_for_the_head_alone_has_read_no_record(served: Serving) -> None:
    client = served.client()
    await client.get("/users", "HEAD")
    await served.service.write_down()
    (known,) = all_consumers(served.station.as_district()).all
    assert (known.requests, known.records) == (1, 0)


async def test_each_read_is_in_the_journal_by_consumer_and_count(served: Serving) -> None:
    client = served.client()
    await client.all("/users", limit=2, filter="familyName~'Lastname'")
    await client.get("/users/7000")
    await client.get("/users/nobody-of-that-id")
    await served.service.write_down()
    text = served.station.district.audit.joinpath("journal.jsonl").read_text("utf-8")
    told = [json.loads(line)["about"] for line in text.splitlines() if '"served"' in line]
    assert {(one["consumer"], one["what"], one["status"]) for one in told} == {
        ("product", "/users", 200), ("product", "/users/{id}", 200), ("product", "/users/{id}", 404),
    }  # fmt: skip
    walk = next(one for one in told if one["what"] == "/users")
    assert walk["records"] == 10 and walk["requests"] == 5
    without_digests = json.dumps(told)
    assert not any(word in without_digests for word in ("Lastname", "7000", "nobody-of"))
    assert "Lastname" not in text and "nobody-of" not in text
    (known,) = all_consumers(served.station.as_district()).all
    assert (known.requests, known.records, known.state) == (7, 11, 1) and known.last_seen
    standing = service_standing(served.station.as_district())
    assert standing is not None and standing.document().consumers[0].records == 11


async def test_before_the_first_import_nobody_is_told_that_all_are_gone(served: Serving) -> None:
    client = served.client()
    await client.authorize()
    served.station.district.master.rename(served.station.district.root / "elsewhere")
    found = await client.get("/users")
    assert found.status_code == 503 and int(found.headers["retry-after"]) > 0


async def test_what_the_journal_could_not_take_is_in_it_later(served: Serving) -> None:
    client = served.client()
    await client.page("/users")
    refused = MasterError("The disk is full.")
    with patch.object(served.service._journal, "append", side_effect=refused):
        await served.service.write_down()
    await client.page("/users")
    await served.service.write_down()
    text = served.station.district.audit.joinpath("journal.jsonl").read_text("utf-8")
    (told,) = (json.loads(line)["about"] for line in text.splitlines() if '"served"' in line)
    assert told["requests"] == 2
    assert all_consumers(served.station.as_district()).all[0].requests == 2


async def test_a_full_disk_is_no_defect_of_the_service(served: Serving) -> None:
    client = served.client()
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode, full.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
    with patch("aeries_tui.roster_service.tokens.give_token", side_effect=full):
        assert (await client.authorize()).status_code == 500
    assert "disk is full" in served.said[-1] and "defect" not in served.said[-1]


async def test_what_was_read_is_kept_until_it_can_be_written_down(station: Station) -> None:
    """A process that was started anew is asked with tokens of the one before, so it has not opened its file to write yet."""
    async with serving(station) as before:
        client = before.client()
        await client.authorize()
    async with serving(station) as served:
        client.http = served.http
        await client.all("/users")
        with patch(
            "aeries_tui.roster_service.database_thread.open_served", side_effect=MasterError("no more files")
        ):
            await served.service.write_down()
        assert all_consumers(station.as_district()).all[0].requests == 0
        await served.service.write_down()
    assert all_consumers(station.as_district()).all[0].requests == 1


async def test_whether_there_is_a_newer_state_is_asked_again_where_the_file_could_not_be_opened(
    station: Station,
) -> None:
    async with serving(station) as served:
        following = served.service.following
        with patch(
            "aeries_tui.roster_service.database_thread.open_served", side_effect=MasterError("no more files")
        ):
            assert not await following.is_behind()
        assert await following.is_behind()
