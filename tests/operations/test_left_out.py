"""Whom a pull read and left out is found by name, and why is said."""

from __future__ import annotations

import pytest

from aeries_tui.left_out import RULES, Rule, words_of
from aeries_tui.master.imports import imports, retention
from aeries_tui.master.lists.people import find_people, people_source
from aeries_tui.operations.archive_year import archive_year
from engine import PaperAeries, Station, student
from engine.rows import staff


@pytest.fixture
def district(station: Station) -> Station:
    """Schools 7 and 9 are mapped, 8 with its teachers 80 and 900 is not; of each rule there is one whom it leaves out."""
    aeries = station.aeries = PaperAeries.usual(students=2)
    aeries.lists["7/students"] += [
        student(7, 7101, LastName="O'Brien", FirstName="Gone", InactiveStatusCode="I"),
        student(7, 7102, LastName="Nextyear", FirstName="Ann", InactiveStatusCode="*"),
        student(7, 7103, LastName="", FirstName=""),
        student(7, 7104, LastName="Unreadable", FirstName="Bo", InactiveStatusCode={"a": 1}),
    ]
    aeries.lists["8/students"].append(student(8, 7105, LastName="Elsewhere", FirstName="Al"))
    aeries.lists["staff"] += [
        staff(801, LastName="Idle", FirstName="Ida"),
        staff(802, LastName="Retired", FirstName="Rex", InactiveStatusCode="I"),
    ]
    station.map(7, 9)
    return station


def kept(station: Station, number: int) -> dict[tuple[str, int], tuple[str, str | None]]:
    rows = station.query("SELECT kind, person, rule, code FROM left_out WHERE import_id = ?", number)
    return {(kind, person): (rule, code) for kind, person, rule, code in rows if person not in {80, 900}}


EVERYBODY = {
    ("student", 7101): ("inactive", None),
    ("student", 7102): ("pre_enrolled", None),
    ("student", 7103): ("rejected", "REC-REQUIRED"),
    ("student", 7104): ("rejected", "REC-TYPE"),
    ("staff", 801): ("not_teaching", None),
    ("staff", 802): ("inactive", None),
}


def test_each_person_left_out_is_kept_with_the_rule(district: Station) -> None:
    number = district.pull()["import"]
    assert kept(district, number) == EVERYBODY
    assert district.query("SELECT last_name, first_name, school FROM left_out WHERE person = 7101") == [
        ("O'Brien", "Gone", 7)
    ]


def test_who_is_in_at_another_school_is_not_left_out(district: Station) -> None:
    district.aeries.lists["9/students"].append(student(9, 7101))
    assert ("student", 7101) not in kept(district, district.pull()["import"])


def test_who_keeps_a_last_good_version_is_not_left_out(district: Station) -> None:
    district.pull()
    district.aeries.lists["7/students"][0]["InactiveStatusCode"] = {"a": 1}
    assert kept(district, district.pull()["import"]) == EVERYBODY


def test_a_pull_that_finds_the_same_keeps_the_same(district: Station) -> None:
    district.pull()
    document = district.pull()
    (notes,) = district.query("SELECT notes FROM import WHERE id = ?", document["import"])[0]
    assert "its check was not made anew" in notes
    assert kept(district, document["import"]) == EVERYBODY


def test_a_plan_that_waits_says_whom_it_leaves_out(district: Station) -> None:
    document = district.pull(plan_only=True)
    assert document["outcome"] == "held"
    assert kept(district, document["import"]) == EVERYBODY
    assert [one.id for one in find_people(district.district.master, "student", "nextyear")] == [7102]
    district.approve(document["import"])
    assert kept(district, document["import"]) == EVERYBODY


@pytest.mark.parametrize("text", ["o'brien", "OBRIEN", "gone o\u2019brien", "7101"])
def test_people_are_found_by_name_with_the_reason(district: Station, text: str) -> None:
    district.pull()
    (one,) = find_people(district.district.master, "student", text)
    assert (one.id, one.name, one.schools, one.state) == (7101, "O'Brien, Gone", "7", "left out: inactive")


def test_a_list_that_is_not_searched_holds_the_roster_alone(district: Station) -> None:
    district.pull()
    source = people_source(district.district.master, "student")
    everybody = source.count()
    assert everybody == len(district.query("SELECT 1 FROM student"))
    searched = source.with_filter("nextyear")
    assert [row.key for row in searched.rows(0, 9)] == [7102]
    assert searched.with_filter("").count() == everybody
    assert source.with_sort("name").count() == everybody
    source.close()


def test_staff_and_both_find_them_too(district: Station) -> None:
    district.pull()
    (one,) = find_people(district.district.master, "staff", "ida idle")
    assert (one.id, one.state) == (801, "left out: teaches nowhere")
    both = people_source(district.district.master, "both")
    assert [row.key for row in both.with_filter("idle").rows(0, 9)] == ["staff:801"]
    both.close()


def test_somebody_under_anothers_id_is_found_by_the_name_that_came(district: Station) -> None:
    row, teacher = (
        next(row for row in district.aeries.lists[path] if row[key] == number)
        for path, key, number in (("7/students", "StudentID", 7000), ("staff", "ID", 70))
    )
    row.update(StateStudentID="1", Birthdate="2012-01-01T00:00:00")
    teacher.update(StateEducatorID="E1")
    district.pull()
    row.update(StateStudentID="2", Birthdate="2013-01-01T00:00:00", FirstName="Robin", LastName="New'comer")
    teacher.update(StateEducatorID="E2", FirstName="Marco", LastName="Diaz")
    district.pull()
    master = district.district.master
    (one,) = find_people(master, "student", "New\u2019comer, Robin")
    assert (one.id, one.name, one.state) == (
        7000,
        "Lastname7000, Firstname7000",
        "active; now New'comer, Robin?",
    )
    assert [one.id for one in find_people(master, "student", "firstname7000")] == [7000]
    (other,) = find_people(master, "staff", "marco")
    assert (other.id, other.state) == (70, "active; now Diaz, Marco?")
    district.decide("student", 7000, "same")
    district.pull()
    assert [one.state for one in find_people(master, "student", "robin")] == ["active"]


def test_those_left_out_are_a_list_of_their_own(district: Station) -> None:
    district.pull()
    source = people_source(district.district.master, "left_out")
    keys = {row.key for row in source.rows(0, 99)} - {"staff:80", "staff:900"}
    assert keys == {7101, 7102, 7103, 7104, "staff:801", "staff:802"}
    source.close()


def test_who_was_in_once_is_found_once(district: Station) -> None:
    district.pull()
    district.aeries.lists["7/students"][0]["InactiveStatusCode"] = "I"
    document = district.pull()
    if document["outcome"] == "held":
        district.approve(document["import"])
    who = district.aeries.lists["7/students"][0]["StudentID"]
    assert [one.state for one in find_people(district.district.master, "student", str(who))] == ["inactive"]
    said = district.explain("student", who)
    assert said["left_out"].rule == "inactive"


def test_retention_drops_them_with_the_descriptions(district: Station) -> None:
    first = district.pull()["import"]
    district.pull()
    last = district.pull()["import"]
    with district.master() as db:
        assert first in retention.drop_imports(db, 1)
    assert kept(district, first) == {}
    assert kept(district, last) == EVERYBODY


def test_of_older_imports_they_are_not_kept_one_by_one(
    district: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [district.pull()["import"] for _ in range(3)]
    held = district.pull(plan_only=True)["import"]
    monkeypatch.setattr(retention, "FULL_WARNINGS", 1)
    with district.master() as db:
        for _ in range(3):
            imports.begin(db, kind="undo", trigger="manual")
        retention.thin_left_out(db)
    assert [kept(district, number) for number in numbers] == [{}, {}, EVERYBODY]
    assert kept(district, held) == EVERYBODY


def test_the_end_of_the_year_leaves_nobody_behind(district: Station) -> None:
    district.pull()
    archive_year(district.district, district.settings)
    assert district.query("SELECT * FROM left_out") == []


# What explain says of them


@pytest.mark.parametrize(
    ("kind", "number", "name"),
    [("student", 7101, "O'Brien"), ("staff", 801, "Idle")],
)
def test_somebody_who_is_not_in_the_master_has_a_name(
    district: Station, kind: str, number: int, name: str
) -> None:
    live = district.explain(kind, number)  # type: ignore[arg-type]
    assert live["person"]["last_name"] == name
    district.pull()
    said = district.explain_kept(kind, number)  # type: ignore[arg-type]
    assert said["person"]["last_name"] == name
    assert said["in_master"] is False


def test_an_inactive_record_is_not_mended_by_mapping_a_school(district: Station) -> None:
    district.pull()
    for said in (district.explain("student", 7101), district.explain_kept("student", 7101)):
        assert said["rule"] == "inactive"
        assert said["codes"] == []
        assert [one["remedy"] for one in said["remedies"]] == [RULES[Rule.INACTIVE].remedy]
    district.aeries.lists["8/students"].append(student(8, 7101, InactiveStatusCode="I"))
    said = district.explain("student", 7101)
    assert (said["rule"], said["codes"]) == ("inactive", [])


def test_an_active_record_at_a_school_that_is_not_mapped_is_mended_by_mapping_it(district: Station) -> None:
    said = district.explain("student", 7105)
    assert (said["rule"], said["codes"]) == (None, ["MAP-UNMAPPED"])
    assert "which is not mapped" in said["verdict"]


def test_a_record_of_a_school_that_the_list_lacks_is_named(district: Station) -> None:
    district.pull()
    district.aeries.lists["9/students"].append(student(9, 7106))
    district.aeries.lists["schools"] = [s for s in district.aeries.lists["schools"] if s["SchoolCode"] != 9]
    document = district.pull()
    if document["outcome"] == "held":
        district.approve(document["import"])
    said = district.explain("student", 7106)
    assert "School 9 was not in the list of schools" in said["verdict"]
    assert said["codes"] == ["MAP-GONE"]


def test_somebody_idle_is_told_to_teach(district: Station) -> None:
    said = district.explain("staff", 801)
    assert (said["rule"], said["codes"]) == ("not_teaching", [])
    assert "pull.staff" in said["remedies"][0]["remedy"]


def test_each_fact_is_said_once(district: Station) -> None:
    district.aeries.lists["7/students"][0]["Grade"] = 77
    who = district.aeries.lists["7/students"][0]["StudentID"]
    district.pull()
    said = district.explain("student", who)
    assert said["verdict"].count("Grade 77 is outside") == 1
    assert "still holds" in said["verdict"]
    assert said["codes"] == ["REC-GRADE"]
    assert len(said["remedies"]) == 1


def test_warnings_of_the_last_import_are_said(district: Station) -> None:
    district.aeries.lists["7/students"][0]["StudentEmailAddress"] = "nobody"
    who = district.aeries.lists["7/students"][0]["StudentID"]
    district.pull()
    said = district.explain_kept("student", who)
    codes = {row[0] for row in district.query("SELECT code FROM description WHERE record = ?", str(who))}
    assert "REC-EMAIL-FORMAT" in said["codes"]
    assert codes <= set(said["codes"])
    assert len(said["codes"]) == len(set(said["codes"]))


def test_every_rule_has_words() -> None:
    for rule in Rule:
        assert words_of(rule, None)
        assert RULES[rule].remedy or rule is Rule.REJECTED


def test_another_person_behind_an_id_is_foreseen(district: Station) -> None:
    row = district.aeries.lists["7/students"][0]
    row |= {"StateStudentID": "111", "Birthdate": "2012-03-04T00:00:00"}
    district.pull()
    row |= {
        "StateStudentID": "999",
        "Birthdate": "2009-07-08T00:00:00",
        "FirstName": "Zoe",
        "LastName": "Quite",
    }
    said = district.explain("student", row["StudentID"])
    assert "REC-IDENTITY" in said["codes"]
    assert "keeps the last good version" in said["verdict"]
    assert "REC-IDENTITY" in district.pull()["descriptions"]


def test_an_older_import_leads_to_whom_it_left_out_itself(district: Station) -> None:
    first = district.pull()["import"]
    district.aeries.lists["7/students"][0]["InactiveStatusCode"] = "I"
    second = district.pull()["import"]

    def listed(by: int | None) -> set[object]:
        source = people_source(district.district.master, "left_out", by=by)
        keys = {row.key for row in source.rows(0, 99)}
        source.close()
        return keys

    assert listed(None) == listed(second) == listed(first) | {7000}
    assert 7000 not in listed(first)
    assert listed(99) == set()
