"""The filter: what fits is given, all of it; what is not understood is an error and never left out."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.roster_service.bodies import Collection
from aeries_tui.roster_service.filters import Unfit, parse_filter
from roster_service.serving import V11, V12, Client, Record

SIGNS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip

FITS: list[tuple[str, str, Callable[[Record], bool]]] = [
    ("/users", "status='active'", lambda one: True),
    ("/users", "familyName='O''Hara'", lambda one: one["familyName"] == "O'Hara"),
    ("/users", "username='T500@EXAMPLE.ORG'", lambda one: one["sourcedId"] == "TCH_500"),
    ("/users", "username='nobody' OR email~'T50'", lambda one: "t50" in one.get("email", "")),
    ("/users", "givenName='Firstname7000' AND familyName='Lastname7000'", lambda one: one["sourcedId"] == "7000"),
    ("/users", "roles.role='teacher'", lambda one: one["roles"][0]["role"] == "teacher"),
    ("/users", "roles.org.sourcedId='8'", lambda one: any(r["org"]["sourcedId"] == "8" for r in one["roles"])),
    ("/users", "grades~'0'", lambda one: "0" in "".join(one.get("grades", []))),
    ("/users", "identifier='7001'", lambda one: one["identifier"] == "7001"),
    ("/users", "sourcedId='7777'", lambda one: one["sourcedId"] == "7777"),
    ("/users", "sourcedId!='7777'", lambda one: one["sourcedId"] != "7777"),
    ("/users", "middleName!='x'", lambda one: True),
    ("/users", "email~'_'", lambda one: False),
    ("/users", "roles.role='guardian'", lambda one: False),
    ("/teachers", "email='t500@example.org'", lambda one: one["sourcedId"] == "TCH_500"),
    ("/orgs", "identifier='7'", lambda one: one["identifier"] == "7"),
    ("/orgs", "parent.sourcedId='0'", lambda one: one["type"] == "school"),
    ("/courses", "title='Course 0100'", lambda one: one["title"] == "Course 0100"),
    ("/classes", "terms.sourcedId='7_Y'", lambda one: one["school"]["sourcedId"] == "7"),
    ("/classes", "school.sourcedId='7' and classType = 'scheduled'", lambda one: one["school"]["sourcedId"] == "7"),
    ("/academicSessions", "schoolYear='2027' AND status='active'", lambda one: True),
    ("/academicSessions", "startDate>'2026-08-11T00:00:00Z'", lambda one: one["startDate"] > "2026-08-11"),
    ("/enrollments", "class.sourcedId='7_1'", lambda one: one["class"]["sourcedId"] == "7_1"),
    ("/enrollments", "user.sourcedId='TCH_500' AND role='teacher'", lambda one: one["user"]["sourcedId"] == "TCH_500"),
    ("/enrollments", "role='student'", lambda one: one["role"] == "student"),
    ("/enrollments", "primary='true' OR role='student'", lambda one: one["primary"] == "true" or one["role"] == "student"),
    ("/schools/7/enrollments", "role='student' AND dateLastModified>'2020-01-01'",
     lambda one: one["role"] == "student" and one["school"]["sourcedId"] == "7"),
    ("/demographics", "birthDate='2012-03-04'", lambda one: one.get("birthDate") == "2012-03-04"),
    ("/demographics", "sex='female'", lambda one: one.get("sex") == "female"),
]  # fmt: skip


async def test_what_fits_is_given(reading: Client) -> None:
    client = reading
    for base, role in ((V12, "roles.role"), (V11, "role")):
        client.base = base
        for path, text, fits in FITS:
            if base == V11 and "roles" in text:
                continue
            wanted = [one["sourcedId"] for one in await client.all(path) if fits(one)]
            assert [one["sourcedId"] for one in await client.all(path, filter=text)] == wanted, (base, text)
        students = await client.ids("/students", limit=500)
        assert await client.ids("/users", filter=f"{role}='student'", limit=500) == students
        assert await client.ids("/users", filter=f"{role}='guardian'") == []


async def test_each_sign_says_what_it_means(reading: Client) -> None:
    client = reading
    every = await client.all("/users")
    for sign, compare in SIGNS.items():
        found = await client.ids("/users", filter=f"familyName{sign}'Lastname7777'", limit=500)
        assert found == [one["sourcedId"] for one in every if compare(one["familyName"], "Lastname7777")], (
            sign
        )


async def test_moments_are_compared_as_moments(reading: Client) -> None:
    client = reading
    every = await client.all("/orgs")
    stamp = every[0]["dateLastModified"]
    later = stamp.replace("Z", "+00:00")
    for text, count in (
        (f"dateLastModified>='{stamp}'", len(every)), (f"dateLastModified>'{stamp}'", 0),
        (f"dateLastModified='{later}'", len(every)), (f"dateLastModified<='{stamp}'", len(every)),
        (f"dateLastModified!='{stamp}'", 0), (f"dateLastModified>'{stamp[:10]}'", len(every)),
        (f"dateLastModified<'{stamp[:10]}'", 0), (f"dateLastModified>'{stamp}' OR name~'school'", 4),
        (f"dateLastModified>'{stamp}' AND name~'school'", 0), ("dateLastModified>'2000-01-01' AND type='school'", 3),
    ):  # fmt: skip
        assert len(await client.all("/orgs", filter=text)) == count, text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "status", "status=", "status=active", 'status="active"', "status='active", "status='a'b'", "='x'",
        "status=='active'", "status='active' AND", "status='active' XOR role='x'", "shoeSize='9'", "roles='x'",
        "school.name='x'", "status='active' AND status='active' OR status='active'", "status='active'role='x'",
        "dateLastModified>'yesterday'", "dateLastModified>''", "birthDate='x'", "status='\0'", f"status='{'x' * 251}'",
        " AND ".join(["status='active'"] * 21), "(status='active')", "status LIKE 'a'", "status='active';--",
        "status='active' OR '1'='1'", "class.sourcedId.x='1'", "password.x='1'",
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_refused(reading: Client, text: str) -> None:
    for base in (V11, V12):
        found = await reading.get(f"{base}/users", filter=text)
        assert found.status_code == 400
        (told,) = found.json()["imsx_CodeMinor"]["imsx_codeMinorField"]
        assert told["imsx_codeMinorFieldValue"] == "invalid_filter_field"


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    for version in ("1.1", "1.2"):
        for collection in Collection:
            try:
                parse_filter(text, version, collection)
            except Unfit as unfit:
                assert str(unfit)


@given(st.text(max_size=250).filter(lambda text: "\0" not in text))
def test_a_value_is_taken_as_it_is(value: str) -> None:
    found = parse_filter("title='" + value.replace("'", "''") + "'", "1.2", Collection.COURSES)
    assert [clause.value for clause in found.clauses] == [value]
