"""Who is behind an id: the table of cases in docs/design.md, section 4, and what holds of all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aeries_tui.identity import Facts, compare, digest, exchanged, is_back, same_person

ANA = Facts(
    kind="student", state_id="1234567890", second_id="2012-03-04", last_name="García", first_name="Ana María",
    middle_name="Sofía", preferred_first_name="Annie", gender="F",
)  # fmt: skip
ROBIN = Facts(
    kind="student", state_id="7777777777", second_id="2013-11-30", last_name="Newcomer", first_name="Robin",
    gender="M",
)  # fmt: skip
MRS_LEE = Facts(kind="staff", state_id="E1", second_id="H1", last_name="Lee", first_name="Elizabeth")
MR_DIAZ = Facts(kind="staff", state_id="E2", second_id="H2", last_name="Diaz", first_name="Marco")

SAME: dict[str, tuple[Facts, Facts]] = {
    "marriage": (ANA, replace(ANA, last_name="Okafor")),
    "a double name": (replace(ANA, state_id=None), replace(ANA, state_id=None, last_name="Garcia-Lopez", second_id="2012-03-05")),
    "adoption, with a state id": (ANA, replace(ANA, last_name="Okafor", first_name="Joy", middle_name=None)),
    "a corrected birth date": (ANA, replace(ANA, second_id="2012-04-03")),
    "a corrected birth date, no state id": (replace(ANA, state_id=None), replace(ANA, state_id=None, second_id="2012-04-03")),
    "a state id that arrives late": (replace(ANA, state_id=None), ANA),
    "a state id that is corrected": (ANA, replace(ANA, state_id="1234567891")),
    "everything but the state id": (ANA, replace(ROBIN, state_id=ANA.state_id)),
    "transition of gender and first name": (
        replace(ANA, state_id=None), replace(ANA, state_id=None, first_name="Leo", middle_name=None, preferred_first_name=None, gender="M")),
    "all caps": (ANA, replace(ANA, last_name="GARCIA", first_name="ANA MARIA")),
    "an apostrophe": (replace(ANA, last_name="O'Neil"), replace(ANA, last_name="O\u2019NEIL", state_id="9")),
    "called by the preferred name": (replace(ANA, state_id=None), replace(ANA, state_id=None, first_name="Annie", second_id="2012-03-05")),
    "called by the middle name": (replace(ANA, state_id=None), replace(ANA, state_id=None, first_name="Sofia", second_id="2012-03-05")),
    "a short form": (replace(ANA, state_id="1"), replace(ANA, state_id="2", first_name="Ana")),
    "nothing known but a name": (Facts(kind="student", last_name="Lee"), Facts(kind="student", first_name="Kim")),
    "staff marries": (replace(MRS_LEE, state_id=None), replace(MRS_LEE, state_id=None, last_name="Wong")),
    "staff is called Liz": (replace(MRS_LEE, state_id="E9"), replace(MRS_LEE, state_id="E8")),
}  # fmt: skip
ANOTHER: dict[str, tuple[Facts, Facts]] = {
    "the number is given to a new child": (ANA, ROBIN),
    "to one without a state id": (ANA, replace(ROBIN, state_id=None)),
    "twins under one id, by their state ids": (ANA, replace(ANA, state_id="2", first_name="Ben", gender="M", middle_name=None)),
    "no state id, another day and last name": (
        replace(ANA, state_id=None), replace(ANA, state_id=None, second_id="2010-01-01", last_name="Okafor")),
    "no birth date, another name": (
        replace(ANA, state_id=None, second_id=None), replace(ROBIN, state_id=None)),
    "born on the same day, else another": (
        replace(ANA, state_id=None), replace(ROBIN, state_id=None, second_id=ANA.second_id)),
    "staff": (MRS_LEE, MR_DIAZ),
    "staff, the record written over": (replace(MRS_LEE, state_id=None), replace(MR_DIAZ, state_id=None, second_id="H1")),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_an_ordinary_correction_is_the_same_person(case: str) -> None:
    before, after = SAME[case]
    assert not compare(before, after).is_another
    assert not compare(after, before).is_another


@pytest.mark.parametrize("case", ANOTHER)
def test_facts_that_say_so_together_are_those_of_another_person(case: str) -> None:
    before, after = ANOTHER[case]
    assert compare(before, after).is_another
    assert compare(after, before).is_another


def test_what_differs_is_named() -> None:
    assert compare(ANA, ROBIN).differing == ("state_id", "second_id", "first_name", "last_name", "gender")
    assert compare(ANA, replace(ANA, state_id="2", second_id="2011-01-01")).differing == (
        "state_id",
        "second_id",
    )


def test_twins_whose_ids_are_exchanged_are_seen_though_one_fact_differs() -> None:
    anna = Facts(kind="student", second_id="2012-01-01", last_name="Lee", first_name="Anna", gender="F")
    emma = replace(anna, first_name="Emma")
    assert not compare(anna, emma).is_another
    assert exchanged({1: (anna, emma), 2: (emma, anna)}) == {1: 2, 2: 1}
    assert exchanged({1: (anna, emma)}) == {}
    assert exchanged({1: (replace(anna, state_id="1"), replace(emma, state_id="1")), 2: (emma, anna)}) == {
        2: 1
    }


def test_somebody_under_a_new_id_is_known_by_state_id_birth_date_and_a_name() -> None:
    assert same_person(ANA, replace(ANA, last_name="Okafor"))
    assert not same_person(ANA, replace(ANA, second_id="2012-04-03"))
    assert not same_person(ANA, replace(ANA, state_id=None))
    assert not same_person(ANA, replace(ROBIN, state_id=ANA.state_id, second_id=ANA.second_id))
    assert same_person(replace(MRS_LEE, second_id=None), MRS_LEE)


def test_who_had_the_id_before_is_known_again() -> None:
    assert is_back(ANA, replace(ANA, last_name="Okafor"))
    assert not is_back(ANA, ROBIN)
    assert not is_back(Facts(kind="student"), Facts(kind="student", first_name="Ana"))


def test_a_decision_is_about_these_facts_of_this_id() -> None:
    assert digest(1, ANA, ROBIN) == digest(1, ANA, replace(ROBIN, last_name="NEWCOMER"))
    assert (
        len({digest(1, ANA, ROBIN), digest(2, ANA, ROBIN), digest(1, ROBIN, ANA), digest(1, ANA, ROBIN, 5)})
        == 4
    )


words = st.text("abcdeéÉ '-", min_size=3, max_size=8).filter(lambda name: name.strip(" '-") != "")
days = st.dates().map(str)
people = st.builds(
    Facts, kind=st.just("student"), state_id=st.integers(1, 9).map(str) | st.none(), second_id=days | st.none(),
    last_name=words, first_name=words, gender=st.sampled_from(["M", "F", None]),
)  # fmt: skip
corrections = st.fixed_dictionaries(
    {},
    optional={"state_id": st.text("123", min_size=1), "second_id": days, "last_name": words, "first_name": words,
              "gender": st.sampled_from(["M", "F", "X"])},
)  # fmt: skip


@given(people, corrections, st.data())
def test_a_correction_of_one_fact_never_asks(
    person: Facts, others: dict[str, str], data: st.DataObject
) -> None:
    assume(others)
    name = data.draw(st.sampled_from(sorted(others)))
    assert not compare(person, replace(person, **{name: others[name]})).is_another


@given(people, people)
def test_it_does_not_matter_which_facts_came_first(one: Facts, other: Facts) -> None:
    assert compare(one, other).is_another == compare(other, one).is_another


@given(st.lists(people, min_size=2, max_size=4, unique_by=lambda one: one.exchange_key))
def test_ids_moved_round_are_always_asked_about(persons: list[Facts]) -> None:
    # A state id is one person's; where it is unknown to one side only, it says nothing.
    persons = [
        p if p.state_id is None else replace(p, state_id=f"{n}-{p.state_id}") for n, p in enumerate(persons)
    ]
    moved = dict(enumerate(zip(persons, persons[1:] + persons[:1], strict=True)))
    found = exchanged(moved)
    assert set(found) == set(moved)
    assert all(found[number] == (number + 1) % len(persons) for number in moved)
