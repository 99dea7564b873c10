"""An id that stands for somebody else now: left out and asked about, decided, taken back, renumbered."""

from __future__ import annotations

from typing import Any

import pytest

from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.master import accounts
from aeries_tui.settings import Guard, GuardLimits
from engine import PaperAeries, Station, adds_up, class_row, member, staff, student
from pull.quick.changing import district, let_all_be_quick, quick

Row = dict[str, Any]
ROBIN = {
    "StateStudentID": "7777777777", "Birthdate": "2013-11-30T00:00:00", "FirstName": "Robin", "LastName": "Newcomer",
    "Gender": "M", "StudentEmailAddress": "robin@example.org",
}  # fmt: skip
MARCO = {
    "StateEducatorID": "E77",
    "FirstName": "Marco",
    "LastName": "Diaz",
    "EmailAddress": "diaz@example.org",
}


def known(row: Row) -> Row:
    number = row["StudentID"]
    return {
        **row, "StateStudentID": str(10**9 + number), "Birthdate": f"2012-01-{number % 20 + 1:02}T00:00:00",
        "Gender": "F",
    }  # fmt: skip


@pytest.fixture
def town(station: Station) -> Station:
    """A district whose students have state ids and birth dates, pulled once."""
    station.aeries = PaperAeries.usual(students=8)
    for path, rows in station.aeries.lists.items():
        if path.endswith("/students"):
            station.aeries.lists[path] = [known(row) for row in rows]
    for row in station.aeries.lists["staff"]:
        row["StateEducatorID"] = f"E{row['ID']}"
    station.begin(7, 8, 9)
    return station


def rows(town: Station, path: str = "7/students") -> list[Row]:
    return town.aeries.lists[path]


def account(town: Station, number: int, kind: str = "student") -> tuple[Any, ...]:
    found = town.query(
        "SELECT user_name, password_hash FROM account WHERE kind = ? AND person = ?", kind, number
    )
    return found[0] if found else ()


def pulled(town: Station, outcome: str = "completed") -> int:
    document = town.pull()
    assert document["outcome"] == outcome, document
    assert adds_up(document)
    return int(document["import"])


def leave(town: Station) -> Row:
    """Student 7000 goes, with the class rows; returns the record."""
    town.aeries.lists["7/classes"] = [row for row in rows(town, "7/classes") if row["StudentID"] != 7000]
    return rows(town).pop(0)


def exchange(town: Station, one: int, other: int) -> None:
    """The two ids of school 7 by mistake stand for each other's student."""
    found = {row["StudentID"]: row for row in rows(town)}
    found[one]["StudentID"], found[other]["StudentID"] = other, one


def test_a_new_child_under_an_old_id_is_left_out_and_the_last_good_version_stays(town: Station) -> None:
    before, seats = town.contents(), town.active("enrollment")
    rows(town)[0].update(ROBIN)
    rows(town, "7/classes").append(class_row(7, 2, 7000))
    number = pulled(town, "completed_with_error")
    assert town.contents() == before
    assert town.active("enrollment") == seats
    (told,) = town.descriptions(number, "REC-IDENTITY")
    assert (told.kind, told.record, told.school, told.field) == ("student", "7000", 7, "StateStudentID")
    assert "the state student id, the birth date" in told.message
    # What follows from it is not told a second time.
    assert "2 records" in told.message
    assert town.descriptions(number, "REF-STUDENT") == []
    assert town.document(number)["counts"]["student"]["rejected"] == 1
    assert not any("Robin" in line or "Newcomer" in line for line in town.log(number))


def test_one_who_is_inactive_is_compared_as_well_and_all_schools_records_are_left_out(town: Station) -> None:
    gone = leave(town)
    pulled(town)
    rows(town).append({**gone, **ROBIN})
    rows(town, "8/students").append({**gone, **ROBIN, "SchoolCode": 8})
    number = pulled(town, "completed_with_error")
    assert (7000,) not in town.active("student")
    assert not {key for key in town.active("school_enrollment") if key[1] == 7000}
    assert town.document(number)["counts"]["school_enrollment"]["rejected"] == 2
    assert len(town.descriptions(number, "REC-IDENTITY")) == 1


def test_one_who_returns_after_years_is_no_other(town: Station) -> None:
    gone = leave(town)
    pulled(town)
    rows(town).append({**gone, "LastName": "Married", "Gender": "X"})
    pulled(town)
    assert (7000,) in town.active("student")


def test_ordinary_corrections_stay_updates(town: Station) -> None:
    for row, change in zip(
        rows(town),
        ({"LastName": "Married"}, {"Birthdate": "2012-09-09T00:00:00"}, {"StateStudentID": "5"}, {"FirstName": "Jo"}),
        strict=False,
    ):  # fmt: skip
        row.update(change)
    assert town.document(pulled(town))["counts"]["student"]["updated"] == 4


def test_the_same_person_is_taken_at_the_next_pull(town: Station) -> None:
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    kept = account(town, 7000)
    assert "correction" in town.decide("student", 7000, "same")[0]
    pulled(town)
    assert town.query("SELECT first_name FROM student WHERE student_id = 7000") == [("Robin",)]
    assert account(town, 7000) == kept
    # It is asked no more, and the decision holds for those facts only.
    with pytest.raises(NotAllowedNow, match="Nothing is asked"):
        town.decide("student", 7000, "same")
    rows(town)[0].update(known(student(7, 7000)), StateStudentID="1", FirstName="Third")
    pulled(town, "completed_with_error")


def test_another_person_gets_an_account_of_their_own_and_the_old_one_is_closed(town: Station) -> None:
    with town.master() as db:
        old = accounts.account_of(db, "student", 7000)
        assert old is not None
        password = accounts.reset(db, old.user_name).password
    closed = account(town, 7000)
    rows(town)[0].update(
        ROBIN, StudentEmailAddress=town.query("SELECT email FROM student WHERE student_id = 7000")[0][0]
    )
    pulled(town, "completed_with_error")
    assert account(town, 7000) == closed
    assert "account of their own" in town.decide("student", 7000, "another")[1]
    before = town.roster()
    number = pulled(town)
    new = account(town, 7000)
    assert new and new[0] != closed[0] and new[1] != closed[1]
    with town.master() as db:
        verdict = accounts.test_login(db, town.settings.accounts, closed[0], password)
    assert not verdict.logs_in and "closed" in verdict.reasons[0].message
    # The user name stays taken: nobody else gets it.
    rows(town).append(known(student(7, 7100, StudentEmailAddress=closed[0], NetworkLoginID=closed[0])))
    later = pulled(town)
    assert account(town, 7100)[0] not in {closed[0], new[0]}
    town.undo(later)

    # Undo gives the old person their account back; and again forward.
    undone = town.undo(number)
    assert undone["outcome"] == "completed"
    assert town.roster() == before
    assert account(town, 7000) == closed
    town.undo(undone["import"])
    assert account(town, 7000) == new
    assert town.query("SELECT first_name FROM student WHERE student_id = 7000") == [("Robin",)]


def test_another_person_takes_over_no_value_of_the_one_before(town: Station) -> None:
    rows(town)[0].update(ROBIN, Birthdate="", Gender=None, LastName=" ", Grade=99, SchoolEnterDate="soon")
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    number = pulled(town)
    assert town.query("SELECT last_name, birthdate, gender, grade FROM student WHERE student_id = 7000") == [
        (None, None, None, None)
    ]
    assert not any("last good value" in told.message for told in town.descriptions(number, "REC-MISSING"))


def test_a_pull_after_the_undo_brings_the_same_account_back_or_what_was_decided_since(town: Station) -> None:
    old = account(town, 7000)
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    number = pulled(town)
    new = account(town, 7000)
    town.undo(number)
    again = pulled(town)
    assert account(town, 7000) == new
    town.undo(again)
    town.decide("student", 7000, "same")
    pulled(town)
    assert account(town, 7000) == old


def test_who_had_the_id_first_comes_back_to_their_own_account(town: Station) -> None:
    first = dict(rows(town)[0])
    old = account(town, 7000)
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    pulled(town)
    rows(town)[0].update(first)
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    pulled(town)
    assert account(town, 7000) == old


def test_a_plan_that_waits_knows_nothing_of_a_decision_made_since(town: Station) -> None:
    rows(town)[0].update(ROBIN)
    held = town.pull(plan_only=True)
    town.decide("student", 7000, "another")
    with pytest.raises(NotAllowedNow, match="earlier state"):
        town.approve(held["import"])


def test_two_ids_exchanged_are_asked_about_and_decided_as_one(town: Station) -> None:
    one, other = account(town, 7000), account(town, 7001)
    exchange(town, 7000, 7001)
    number = pulled(town, "completed_with_error")
    told = {d.record: d.message for d in town.descriptions(number, "REC-IDENTITY")}
    assert told.keys() == {"7000", "7001"}
    assert "id 7001 stood for" in told["7000"]
    assert "7000 and 7001 were exchanged" in town.decide("student", 7000, "another")[0]
    before = town.roster()
    applied = pulled(town)
    assert (account(town, 7000), account(town, 7001)) == (other, one)
    undone = town.undo(applied)
    assert town.roster() == before
    assert (account(town, 7000), account(town, 7001)) == (one, other)
    town.undo(undone["import"])
    assert (account(town, 7000), account(town, 7001)) == (other, one)


def test_twins_exchanged_without_state_ids_are_asked_about(town: Station) -> None:
    for change in ({"LastName": "Twin", "Birthdate": "2012-05-05T00:00:00"}, {"StateStudentID": ""}):
        for row in rows(town)[:2]:
            row.update(change)
        pulled(town)
    exchange(town, 7000, 7001)
    assert len(town.descriptions(pulled(town, "completed_with_error"), "REC-IDENTITY")) == 2


def test_a_member_of_staff_with_anothers_id_is_left_out_with_what_they_teach(town: Station) -> None:
    teaching, old = town.active("teaching"), account(town, 70, "staff")
    next(row for row in rows(town, "staff") if row["ID"] == 70).update(MARCO)
    rows(town, "7/sections")[1]["SectionStaffMembers"] = [member(70)]
    number = pulled(town, "completed_with_error")
    assert town.active("teaching") == teaching
    assert town.query("SELECT last_name FROM staff WHERE staff_id = 70") == [("Teacherlast70",)]
    (told,) = town.descriptions(number, "REC-IDENTITY")
    assert (told.kind, told.record) == ("staff", "70")
    assert town.descriptions(number, "REF-STAFF") == []
    town.decide("staff", 70, "another")
    pulled(town)
    assert ("7_2", 70) in town.active("teaching")
    assert account(town, 70, "staff") not in {(), old}


def test_an_id_of_staff_that_nothing_names_is_nobodys_business(town: Station) -> None:
    rows(town, "staff").append(staff(333, StateEducatorID="E333"))
    rows(town, "7/teachers").append({**rows(town, "7/teachers")[0], "TeacherNumber": 3, "StaffID1": 333})
    pulled(town)
    rows(town, "7/teachers").pop()
    pulled(town)
    rows(town, "staff")[-1].update(MARCO)
    assert town.descriptions(pulled(town), "REC-IDENTITY") == []


def test_more_of_them_than_the_guard_allows_hold_the_import_once(town: Station) -> None:
    town.settings = type(town.settings)(guard=Guard(GuardLimits(loss_percent=10, loss_minimum=3)))
    for row in rows(town)[:3]:
        row.update(ROBIN, StateStudentID=f"9{row['StudentID']}")
    document = town.pull()
    assert document["outcome"] == "held"
    assert document["problem"]["code"] == "RUN-HELD-IDENTITY"
    assert "3 ids of 24 students in the district" in document["problem"]["message"]
    # Let through, the same ids hold no other import.
    town.approve(document["import"])
    rows(town)[5]["FirstName"] = "Changed"
    pulled(town, "completed_with_error")


def test_a_check_is_not_taken_from_before_a_decision(town: Station) -> None:
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    again = pulled(town, "completed_with_error")
    assert any(
        "was not made anew" in note for note in town.query("SELECT notes FROM import WHERE id = ?", again)[0]
    )
    town.decide("student", 7000, "same")
    pulled(town)


def test_a_quick_pull_obeys_the_same_rule(station: Station) -> None:
    town, aeries = station, district()
    town.aeries = aeries
    town.aeries.lists["7/students"] = [known(row) for row in rows(town)]
    aeries.remember()
    town.begin(7, 8, 9, 10)
    let_all_be_quick(town)
    number = rows(town)[1]["StudentID"]
    rows(town)[1].update(ROBIN)
    before = town.contents()
    document = quick(town)
    assert document["descriptions"]["REC-IDENTITY"] == 1
    assert town.contents() == before
    # What is asked stays asked, though the next one reads nothing of it.
    aeries.remember()
    rows(town)[2]["FirstName"] = "Changed"
    assert "REC-IDENTITY" not in quick(town)["descriptions"]
    town.decide("student", number, "another")
    document = town.pull(quick=True)
    assert any(
        "who is who" in note
        for note in town.query("SELECT notes FROM import WHERE id = ?", document["import"])[0]
    )
    assert town.query("SELECT first_name FROM student WHERE student_id = ?", number) == [("Robin",)]


def renumber(town: Station) -> int:
    """Student 7000 has the id 7999 from now on."""
    rows(town)[0]["StudentID"] = 7999
    for row in rows(town, "7/classes"):
        if row["StudentID"] == 7000:
            row["StudentID"] = 7999
    return pulled(town)


def test_the_same_person_under_a_new_id_is_told_and_the_account_carried_over(town: Station) -> None:
    old = account(town, 7000)
    before = town.roster()
    number = renumber(town)
    (told,) = town.descriptions(number, "REC-RENUMBERED")
    assert (told.record, told.severity if hasattr(told, "severity") else "W") == ("7999", "W")
    assert "the id 7000" in told.message
    own = account(town, 7999)
    assert own and own != old
    # It is told again until somebody says which.
    rows(town)[3]["FirstName"] = "Changed"
    assert len(town.descriptions(pulled(town), "REC-RENUMBERED")) == 1
    assert "account of student 7000" in town.decide("student", 7999, "same")[0]
    assert (account(town, 7999), account(town, 7000)) == (old, ())
    rows(town)[3]["FirstName"] = "Again"
    latest = pulled(town)
    assert town.descriptions(latest, "REC-RENUMBERED") == []
    assert account(town, 7000) == ()
    document = town.explain("student", 7999)
    assert document["identity"]["before"] == 7000
    assert "had the id 7000 before" in document["verdict"]
    assert town.explain("student", 7000)["identity"]["since"] == 7999

    # Taken back, the old id has its account again; and again forward.
    undone = [town.undo(one)["import"] for one in range(latest, number - 1, -1)]
    assert town.roster() == before
    assert account(town, 7000) == old
    town.undo(undone[-1])
    assert (account(town, 7999), account(town, 7000)) == (old, ())


def test_somebody_else_under_a_new_id_is_told_no_more(town: Station) -> None:
    renumber(town)
    own = account(town, 7999)
    town.decide("student", 7999, "another")
    rows(town)[3]["FirstName"] = "Changed"
    assert town.descriptions(pulled(town), "REC-RENUMBERED") == []
    assert account(town, 7999) == own


def test_the_explanation_and_the_history_tell_of_it(town: Station) -> None:
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    document = town.explain("student", 7000)
    assert "Firstname7000 Lastname7000 before, Robin Newcomer now" in document["verdict"]
    assert "REC-IDENTITY" in document["codes"]
    assert document["identity"]["question"]["after"]["first_name"] == "Robin"
    town.decide("student", 7000, "another")
    assert "decided that this is another person" in town.explain("student", 7000)["verdict"]
    pulled(town)
    steps = [step["action"] for step in town.explain("student", 7000)["history"]]
    boundary = steps.index("from here on the id is another person's")
    assert steps[boundary - 1].endswith("now another person (a test)")
    assert "updated" in steps[boundary:]


def test_the_explanation_says_that_an_import_was_taken_back(town: Station) -> None:
    rows(town)[0]["StudentEmailAddress"] = "no address"
    number = pulled(town)
    assert (
        f"import {number} took it, with a warning (REC-EMAIL-FORMAT)"
        in town.explain_kept("student", 7000)["verdict"]
    )
    back = town.undo(number)["import"]
    assert (
        f"REC-EMAIL-FORMAT; import {back} took that import back"
        in town.explain_kept("student", 7000)["verdict"]
    )


def test_after_an_archive_an_id_is_compared_with_whom_its_account_is_of(town: Station) -> None:
    from aeries_tui.operations.archive_year import archive_year, plan_restore

    old = account(town, 7000)
    made = archive_year(town.district, town.settings)[1]
    rows(town)[0].update(ROBIN)
    number = pulled(town, "completed_with_error")
    assert len(town.descriptions(number, "REC-IDENTITY")) == 1
    assert town.document(number)["counts"]["student"]["created"] == 23
    town.decide("student", 7000, "another")
    pulled(town)
    assert account(town, 7000) not in {(), old}
    # The archived roster is that of the old person, and so is the account.
    town.approve(plan_restore(town.district, town.settings, made.name))
    assert account(town, 7000) == old


def test_after_the_first_import_was_taken_back_an_id_is_compared_with_whom_its_account_is_of(
    town: Station,
) -> None:
    old = account(town, 7000)
    taken_back = town.undo(1)
    town.approve(taken_back["import"])
    assert town.active("student") == set()
    rows(town)[0].update(ROBIN)
    number = pulled(town, "completed_with_error")
    assert len(town.descriptions(number, "REC-IDENTITY")) == 1
    town.decide("student", 7000, "another")
    pulled(town)
    assert account(town, 7000) not in {(), old}


def test_a_decision_needs_a_question_and_a_reason(town: Station) -> None:
    from aeries_tui.operations.identity import decide_identity

    with pytest.raises(NotAllowedNow, match="Nothing is asked about the student 7000"):
        town.decide("student", 7000, "another")
    with pytest.raises(WrongUse, match="reason"):
        decide_identity(town.as_district(), "student", 7000, "same", "  ")


def let_in_under_the_old_id(town: Station, row: Row) -> None:
    """Student 7000 is 7999 now, as was decided, and the id 7000 is somebody's again."""
    renumber(town)
    town.decide("student", 7999, "same")
    pulled(town)
    rows(town).append(row)


def let_go(town: Station, number: int) -> None:
    """A student goes, with the class rows."""
    for path in ("7/students", "7/classes"):
        town.aeries.lists[path] = [row for row in rows(town, path) if row["StudentID"] != number]


def test_who_has_the_old_id_of_one_renumbered_keeps_their_account_when_that_one_leaves(town: Station) -> None:
    old = account(town, 7000)
    let_in_under_the_old_id(town, {**rows(town)[0], **ROBIN})
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    pulled(town)
    robin = account(town, 7000)
    assert robin not in {(), old}
    let_go(town, 7999)
    pulled(town)
    assert (account(town, 7000), account(town, 7999)) == (robin, old)


def test_one_renumbered_who_has_both_ids_for_a_while_has_their_account_under_the_one_that_stays(
    town: Station,
) -> None:
    old = account(town, 7000)
    let_in_under_the_old_id(town, dict(rows(town)[0]))
    pulled(town)
    assert account(town, 7999) == old
    assert account(town, 7000) not in {(), old}
    let_go(town, 7999)
    pulled(town)
    assert account(town, 7000) == old


def test_one_renumbered_to_an_id_that_was_anothers_has_their_account_back_with_the_old_id(
    town: Station,
) -> None:
    before, roster = (account(town, 7000), account(town, 7001)), town.roster()
    let_go(town, 7000)
    town.aeries.lists["7/classes"] = [row for row in rows(town, "7/classes") if row["StudentID"] != 7001]
    rows(town)[0]["StudentID"] = 7000
    left_out = pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    number = pulled(town)
    town.decide("student", 7000, "same")
    assert (account(town, 7000), account(town, 7001)) == (before[1], ())
    undone = town.undo(number)["import"]
    again = town.undo(undone)["import"]
    assert (account(town, 7000), account(town, 7001)) == (before[1], ())
    for one in (again, left_out):
        town.undo(one)
    assert town.roster() == roster
    assert (account(town, 7000), account(town, 7001)) == before


def test_what_was_decided_can_be_decided_otherwise_while_a_plan_waits_and_after_it_was_discarded(
    town: Station,
) -> None:
    old = account(town, 7000)
    rows(town)[0].update(ROBIN)
    pulled(town, "completed_with_error")
    town.decide("student", 7000, "another")
    held = town.pull(plan_only=True)["import"]
    town.decide("student", 7000, "same")
    with pytest.raises(NotAllowedNow, match="earlier state"):
        town.approve(held)
    town.discard(held)
    town.decide("student", 7000, "another")
    town.decide("student", 7000, "same")
    pulled(town)
    assert account(town, 7000) == old
    with pytest.raises(NotAllowedNow, match="Nothing is asked"):
        town.decide("student", 7000, "another")
