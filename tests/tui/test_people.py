"""People by keys: searched, explained, their accounts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from aeries_tui.master import accounts
from aeries_tui.screens.people import read_number
from engine import Station, class_row, student
from engine.served import Roster
from tui.desk import Desk, desk


@pytest.fixture(scope="module")
def read(rosters: dict[str, Roster], tmp_path_factory: pytest.TempPathFactory) -> Station:
    """A machine whose district was pulled, for tests that only read."""
    return rosters["300"].pulled(tmp_path_factory.mktemp("people"))


@contextlib.asynccontextmanager
async def at_people(station: Station, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desk]:
    async with desk(station.places, size=size) as at:
        await at.press("6")
        await at.sees("row 1 of")
        yield at


async def test_without_a_district_master_the_list_says_what_to_do(station: Station) -> None:
    async with desk(station.places) as at:
        await at.press("6")
        await at.sees("Nobody here yet.", "4 leads to Pull")


async def test_before_the_first_pull_the_list_says_what_to_do(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("6")
        await at.sees("Nobody here yet.", "4 leads to Pull")


async def test_students_staff_and_both_are_listed_by_turns(read: Station) -> None:
    students, staff = len(read.active("student")), len(read.active("staff"))
    async with at_people(read) as at:
        await at.sees(f"Students: {students}", f"row 1 of {students}")
        await at.press("v")
        await at.sees(f"Staff: {staff}", f"row 1 of {staff}")
        await at.press("v")
        await at.sees("Students and staff", f"row 1 of {students + staff}")
        await at.press("enter")
        await at.sees("Member of staff")


async def test_who_is_ready_for_single_sign_on_is_counted(read: Station) -> None:
    with read.master() as db:
        found = accounts.sso_readiness(db, read.settings.accounts)
    async with at_people(read) as at:
        await at.press("o")
        await at.sees(
            "Single sign-on", f"{sum(found.ready.values())} of {found.total} active people are ready"
        )


async def test_a_person_is_found_by_name_and_shown_with_schools_sections_account_and_history(
    read: Station,
) -> None:
    number, last, first = read.query(
        "SELECT student_id, last_name, first_name FROM student WHERE active = 1 AND student_id IN "
        "(SELECT student_id FROM enrollment WHERE active = 1) ORDER BY student_id DESC LIMIT 1"
    )[0]
    async with at_people(read, (120, 60)) as at:
        await at.press("f")
        await at.type(f"{first} {last}")
        await at.press("enter")
        await at.sees(str(number))
        await at.press("enter")
        await at.sees(f"Student {number}", f"{last}, {first}", "is active in the District Master")
        await at.sees("Record", "Schools", "Sections", "Account", "History")
        await at.press("enter")
        await at.sees("Esc Close", str(number))


async def test_explain_asks_aeries_only_when_the_key_is_pressed(
    read: Station, rosters: dict[str, Roster]
) -> None:
    served = rosters["300"].served
    async with at_people(read) as at:
        served.forget_requests()
        await at.press("enter")
        await at.sees("e asks Aeries for the record as it is now.")
        assert served.requests()["count"] == 0
        await at.press("e")
        await at.sees("Aeries now", "The next pull keeps the person active.")
        assert served.requests()["count"] > 0


async def test_somebody_who_is_not_here_is_explained_by_number(read: Station) -> None:
    async with at_people(read) as at:
        await at.press("i", *"nonsense", "enter")
        await at.sees("Nobody of this name is in the District Master")
        await at.press(*["backspace"] * 8, *"99499999")
        await at.sees("Explain student 99499999")
        await at.press("enter")
        await at.sees("Student 99499999", "has never had a student", "The next pull changes nothing")


async def test_whom_the_last_pull_left_out_is_listed_and_found_by_a_filter(read: Station) -> None:
    rows = read.query("SELECT person, last_name FROM left_out WHERE kind = 'student' AND last_name IS NOT NULL "
                      "AND person NOT IN (SELECT student_id FROM student) ORDER BY person")  # fmt: skip
    number, name = rows[0]
    async with at_people(read, (120, 40)) as at:
        await at.press("v", "v", "v")
        await at.sees("Read by the last pull and left out", "left out: ")
        await at.press("v")
        await at.sees("Students:")
        await at.press("f")
        await at.type(name)
        await at.press("enter")
        await at.sees(str(number), "left out: ")
        await at.press("enter")
        await at.sees(f"Student {number}", name, "not in the District Master")


async def test_aeries_that_can_not_be_asked_says_so_and_the_rest_stays(read: Station) -> None:
    with read.master() as db:
        number = db.execute("SELECT min(student_id) FROM student WHERE active = 1").fetchone()[0]
    async with at_people(read) as at:
        await at.press("enter")
        await at.sees(f"Student {number}")
        credential = read.credential
        at.app.session.store.remove("demo")
        try:
            await at.press("e")
            await at.sees("Aeries could not be asked")
            await at.press("escape")
            await at.sees(f"Student {number}")
        finally:
            at.app.session.store.add(credential)


async def test_a_hostile_name_is_only_text(station: Station) -> None:
    aeries = station.aeries = station.aeries.usual()
    aeries.lists["7/students"].append(
        student(7, 777, LastName="Roosevelt [/x]", FirstName="\x1b[31m[closed]")
    )
    aeries.lists["7/classes"].append(class_row(7, 1, 777))
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    async with at_people(station) as at:
        await at.press("f")
        await at.type("roosevelt")
        await at.press("enter")
        await at.sees("Roosevelt [/x], ")
        await at.press("enter")
        await at.sees("Student 777", "Roosevelt [/x]")
        assert "\x1b" not in at.screen


async def test_a_login_is_tested_and_a_new_password_is_shown_once(station: Station) -> None:
    station.aeries = station.aeries.usual()
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    async with at_people(station) as at:
        await at.press("t")
        await at.sees("to be compared")
        await at.type("not the password")
        await at.press("enter")
        await at.sees("does NOT log in with this password")
        await at.press("escape", "r")
        await at.sees("a new password?")
        await at.press("y")
        await at.sees("It is shown this once")
        shown = next(line for line in at.screen.splitlines() if "Password    " in line)
        password = shown.split("Password    ")[1].strip(" │")
        await at.press("enter", "x")
        await at.sees_no("It is shown this once")
        await at.press("t")
        await at.sees("to be compared")
        await at.type(password)
        await at.press("enter")
        await at.sees("logs in with this password")
    with station.master() as db:
        account = accounts.account_of(db, "student", 7000)
    assert account is not None and account.reset_at is not None


async def test_only_active_people_are_shown_when_asked_for(station: Station) -> None:
    aeries = station.aeries = station.aeries.usual(students=30)
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    aeries.lists["7/students"].pop()
    aeries.lists["7/classes"].pop()
    await asyncio.to_thread(station.pull)
    async with at_people(station) as at:
        await at.sees("Students: 90")
        await at.press("a")
        await at.sees("only active ones: 89", "row 1 of 89")


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("99400001", ("student", 99400001)),
        (" p 12 ", ("student", 12)),
        ("t 1001", ("staff", 1001)),
        ("T1001", ("staff", 1001)),
        ("staff 7", ("staff", 7)),
        ("", None),
        ("Smith", None),
        ("12 13", None),
        ("9" * 30, None),
        ("١٢", None),
    ],
)
def test_a_number_is_read_as_a_person_types_it(text: str, person: object) -> None:
    assert read_number(text) == person


@pytest.fixture
async def asked(station: Station) -> Station:
    """A district that asks who has the id 7000 now."""
    row = station.aeries.usual().lists["7/students"][0]
    station.aeries = station.aeries.usual()
    station.aeries.lists["7/students"][0] = row
    row.update(StateStudentID="1", Birthdate="2012-01-01T00:00:00")
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    row.update(StateStudentID="2", Birthdate="2013-03-03T00:00:00", FirstName="Robin", LastName="Newcomer")
    await asyncio.to_thread(station.pull)
    return station


async def test_who_has_an_id_now_is_decided_by_a_key_with_a_question_that_shows_both(asked: Station) -> None:
    async with at_people(asked, (100, 40)) as at:
        await at.press("f")
        await at.type("7000")
        await at.press("enter")
        await at.sees("Lastname7000")
        await at.press("enter")
        await at.sees("Firstname7000", "before, Robin Newcomer now", "m the same person, a another one")
        await at.press("a")
        await at.sees("Id 7000 before: Firstname7000 Lastname7000", "born 2012-01-01")
        await at.sees("Id 7000 now: Robin Newcomer", "gets an account of their own")
        await at.press("enter")
        await at.sees("A reason is needed")
        await at.type("given out anew")
        await at.press("enter")
        await at.sees("It was decided that this is another person")
    assert asked.query("SELECT verdict, reason FROM identity_decision") == [("another", "given out anew")]


async def test_a_person_is_erased_by_a_key_after_a_reason_and_a_question(asked: Station) -> None:
    async with at_people(asked, (100, 40)) as at:
        await at.press("f")
        await at.type("7001")
        await at.press("enter")
        await at.sees("Lastname7001")
        await at.press("enter")
        await at.sees("Student 7001")
        await at.press("x")
        await at.sees("Why is the student 7001 to be erased?", "Rows of the District Master: account 1")
        await at.sees_no("school_enrollment")
        await at.type("asked by the parents")
        await at.press("enter")
        await at.sees("Erase the student 7001 everywhere? It can't be undone.")
        await at.press("y")
        await at.sees("was erased by import", "kept out of pulls")
    assert asked.query("SELECT 1 FROM student WHERE student_id = 7001") == []
    assert len(list(asked.places.dispositions.iterdir())) == 2


async def test_where_nothing_is_asked_the_keys_decide_nothing(read: Station) -> None:
    async with at_people(read) as at:
        await at.press("enter")
        await at.sees("Student ")
        await at.press("m", "a")
        await at.sees("e asks Aeries for the record as it is now.")
    assert read.query("SELECT count(*) FROM identity_decision") == [(0,)]


async def test_why_somebody_who_was_left_out_is_missing_is_three_keys_beside_the_name_from_any_screen(
    read: Station,
) -> None:
    number, last, first = read.query(
        "SELECT person, last_name, first_name FROM left_out WHERE kind = 'student' AND last_name IS NOT NULL "
        "AND first_name IS NOT NULL AND rule = 'inactive' AND person NOT IN (SELECT student_id FROM student) "
        "ORDER BY person"
    )[0]
    for place in ("1", "3", "5", "7"):
        async with desk(read.places) as at:
            await at.press(place)
            await at.sees("? Keys")
            await at.press("ctrl+p")
            await at.sees("Go there")
            await at.type(f"{first} {last}")
            await at.press("enter")
            await at.sees(f"Student {number}", "left it out")


async def test_nobody_is_said_to_be_missing_before_a_name_was_looked_for(read: Station) -> None:
    async with at_people(read) as at:
        await at.press("i")
        await at.sees("Name or number of a student", "Two letters or digits find people.")
        await at.type("q")
        await at.sees("Two letters or digits find people.")
        await at.type("qzz")
        await at.sees("Nobody of this name is in the District Master")
        await at.press(*["backspace"] * 3)
        await at.sees("Two letters or digits find people.")


async def test_a_search_that_finds_nobody_offers_to_explain(read: Station) -> None:
    async with at_people(read) as at:
        await at.press("f", *"qqzz", "enter")
        await at.sees("No row has qqzz. i looks for qqzz among all", "Aeries by number")
        await at.press("i")
        await at.sees("Name or number of a student")
