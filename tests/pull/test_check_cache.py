"""A pull that brings nothing new takes the last check's books, and only then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeries_tui.master.schools import schools
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.settings.fields import DateRange
from engine import PaperAeries, Station, class_row, fast_directory, member, school, section, student
from engine.both_ways import each_check_made_both_ways
from engine.forms import LONG

DAY = dt.date(2026, 10, 5)
SAID = "Aeries gave exactly what import 1 was made of, so its check was not made anew."


@pytest.fixture
def pulled(station: Station) -> Station:
    """A district that was pulled once: a student of it is rejected, another has no e-mail address."""
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/students"][0].update(FirstName=None, LastName="")
    station.aeries.lists["7/students"][1]["StudentEmailAddress"] = None
    station.begin(7, 8, 9)
    return station


def test_the_same_lists_are_not_checked_anew_and_say_the_same(pulled: Station) -> None:
    before = pulled.roster()
    first = pulled.document(1)
    with each_check_made_both_ways() as made:
        second = pulled.pull()
        assert SAID in pulled.notes()
        third = pulled.pull()
        assert SAID.replace("import 1", "import 2") in pulled.notes()
    assert made == {"again": 2}
    assert pulled.roster() == before
    for document in (second, third):
        assert document["outcome"] == first["outcome"] == "completed_with_error"
        for kind, count in document["counts"].items():
            assert count["created"] == count["updated"] == count["deactivated"] == 0
            assert count["received"] == first["counts"][kind]["received"]
            assert count["active"] == first["counts"][kind]["active"]
    told = [
        [(d.code, d.kind, d.record, d.message) for d in pulled.descriptions(number)] for number in (1, 2, 3)
    ]
    assert sorted(told[0]) == sorted(told[1]) == sorted(told[2])


def test_the_files_of_such_an_import_name_everybody(pulled: Station) -> None:
    pulled.pull()
    folder = pulled.district.imports
    first, second = (
        (folder / str(n) / "student.csv").read_text().replace("created", "unchanged") for n in (1, 2)
    )
    assert first == second


def test_only_the_books_of_the_last_import_are_kept(pulled: Station) -> None:
    pulled.pull()
    assert [path.parent.name for path in pulled.district.pulls.glob("*/known.sqlite3*")] == ["2"]


def something_comes(station: Station) -> None:
    station.aeries.lists["8/students"].append(student(8, 8999))


def a_school_is_renamed(station: Station) -> None:
    station.aeries.lists["schools"][-1]["Name"] = "Another name"


def rows_change_places(station: Station) -> None:
    station.aeries.lists["8/students"].reverse()


def a_setting_changes(station: Station) -> None:
    station.set("pull", lead_days=3)


def staff_are_taken_otherwise(station: Station) -> None:
    station.set("pull", staff="school")


def nobody_may_be_deactivated(station: Station) -> None:
    station.set("pull", additions_only_dates=(DateRange(DAY, DAY),))


def a_school_is_unmapped(station: Station) -> None:
    with station.master() as db:
        schools.set_mapping(db, 8, None, by="test")


def a_school_is_mapped_otherwise(station: Station) -> None:
    with station.master() as db:
        schools.set_mapping(db, 8, "ali-7", by="test")


def the_import_is_undone(station: Station) -> None:
    station.approve(station.undo(1)["import"])


def the_books_are_damaged(station: Station) -> None:
    path = station.district.pulls / "1" / "known.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def the_books_are_no_database(station: Station) -> None:
    (station.district.pulls / "1" / "known.sqlite3").write_bytes(b"nothing of the kind" * 400)


def the_books_are_empty(station: Station) -> None:
    (station.district.pulls / "1" / "known.sqlite3").write_bytes(b"")


def the_books_are_gone(station: Station) -> None:
    (station.district.pulls / "1" / "known.sqlite3").unlink()


def the_clock_goes_back(station: Station) -> None:
    station.aeries.day = "2026-10-04"


@pytest.mark.parametrize(
    "happens",
    [
        something_comes, a_school_is_renamed, rows_change_places, a_setting_changes, staff_are_taken_otherwise,
        nobody_may_be_deactivated, a_school_is_unmapped, a_school_is_mapped_otherwise, the_import_is_undone,
        the_books_are_damaged, the_books_are_no_database, the_books_are_gone, the_books_are_empty, the_clock_goes_back,
    ],
    ids=lambda happens: happens.__name__,
)  # fmt: skip
def test_a_check_is_made_anew_when(happens: Callable[[Station], None], pulled: Station) -> None:
    happens(pulled)
    document = pulled.pull()
    assert not any("not made anew" in note for note in pulled.notes())
    assert document["outcome"] in {"completed", "completed_with_error", "held"}


@pytest.mark.parametrize("damage", [the_books_are_damaged, the_books_are_no_database, the_books_are_empty])
def test_books_that_can_not_be_read_are_named(damage: Callable[[Station], None], pulled: Station) -> None:
    damage(pulled)
    pulled.pull()
    said = "What the check of import 1 found can't be read: its file is damaged. It was made anew."
    assert said in pulled.notes()
    assert any(said in line for line in pulled.log(2))
    pulled.pull()
    assert any("so its check was not made anew" in note for note in pulled.notes()), "it was written anew"


def test_a_check_is_made_anew_when_the_program_is_another_one(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aeries_tui.pull.stages.check.cache.__version__", "99")
    assert pulled.pull() and SAID not in pulled.notes()


def test_an_unread_list_between_changes_nothing_of_what_is_known(pulled: Station) -> None:
    pulled.aeries.faults["8/teachers"] = pulled.aeries(_request("7/nothing"))
    assert pulled.pull() and SAID not in pulled.notes()
    pulled.aeries.faults.clear()
    with each_check_made_both_ways() as made:
        assert pulled.pull() and SAID in pulled.notes()
    assert made == {"again": 1}


def test_a_plan_that_waited_and_was_approved_is_known_as_well(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    number = station.pull(plan_only=True)["import"]
    station.approve(number)
    with each_check_made_both_ways() as made:
        station.pull()
    assert made == {"again": 1}


def test_a_plan_that_was_discarded_is_not_known(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    station.discard(station.pull(plan_only=True)["import"])
    assert station.pull()["counts"]["student"]["created"] == 18


def test_a_quick_pull_with_changes_makes_the_next_check_new(pulled: Station) -> None:
    something_comes(pulled)
    pulled.pull()
    pulled.aeries.lists["8/students"].pop()
    with each_check_made_both_ways() as made:
        document = pulled.pull()
    assert made == {"anew": 1}
    assert document["counts"]["student"]["deactivated"] == 1


def _request(path: str) -> object:
    import httpx

    return httpx.Request("GET", f"https://demo.example/aeries/api/v5/schools/{path}")


# --- the calendar ---

days = st.integers(-4, 8).map(lambda n: (DAY + dt.timedelta(days=n)).isoformat())
ends = st.one_of(
    st.none(),
    days,
    days.map(lambda day: f"{day}T00:00:00"),
    st.sampled_from(["9999-12-31", "2026-13-45", "x"]),
)
stays = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), days, ends), max_size=6)
members = st.lists(st.tuples(st.sampled_from([70, 90, 900]), days, ends), max_size=3)
terms = st.lists(st.tuples(st.sampled_from("YFS"), days, days), max_size=2)
walk = st.lists(st.integers(0, 3), min_size=2, max_size=7)


@settings(max_examples=400 if LONG else 16, deadline=None, suppress_health_check=list(HealthCheck))
@given(stays=stays, teach=members, terms=terms, walk=walk, lead=st.integers(0, 2))
def test_on_whatever_day_a_check_that_is_not_made_anew_would_say_the_same(
    stays: list[tuple[int, int, str, str | None]],
    teach: list[tuple[int, str, str | None]],
    terms: list[tuple[str, str, str]],
    walk: list[int],
    lead: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    aeries = PaperAeries.usual(students=4, schools=(7,))
    calendar = [{"TermCode": code, "StartDate": begin, "EndDate": end} for code, begin, end in terms]
    people = [member(number, StartDate=begin, EndDate=end) for number, begin, end in teach]
    aeries.put(
        ("schools", [school(0), school(7, Terms=calendar), school(9, "Elementary", Terms=calendar)]),
        ("7/sections", [section(7, n, *people, Semester="YFS"[n - 1]) for n in (1, 2, 3)]),
        ("7/classes", [
            class_row(7, number, 7000 + student - 1, DateStarted=begin, DateEnded=end)
            for number, student, begin, end in stays
        ]),
        ("9/sections", [section(9, 1, *people)]),
    )  # fmt: skip
    with fast_directory(tmp_path_factory.getbasetemp()) as root, each_check_made_both_ways():
        station = Station(root)
        station.aeries = aeries
        station.set("pull", lead_days=lead)
        station.map(7, 9)
        day = DAY
        for days_later in walk:
            day += dt.timedelta(days=days_later)
            aeries.day = day.isoformat()
            if station.pull()["outcome"] == "held":
                station.approve(station.query("SELECT max(id) FROM import")[0][0])


def test_whatever_else_a_rule_says_the_cache_must_agree_in() -> None:
    rules = Rules("2026-10-05", 0, False, frozenset({7, 8}))
    others: dict[str, object] = {"lead_days": 1, "mapped": frozenset({7})}
    for name in {field.name for field in fields(Rules)} - {"day"}:
        other = replace(rules, **{name: others.get(name, True)})
        assert other.but_the_day() != rules.but_the_day(), name
    assert replace(rules, day="2026-10-06").but_the_day() == rules.but_the_day()
