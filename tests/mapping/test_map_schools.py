from __future__ import annotations

import pytest

from aeries_tui.mapping import Decision, School, map_schools


def named(prefix: str, *names: str) -> list[School]:
    return [School(f"{prefix}{place}", name) for place, name in enumerate(names)]


def mapped(aeries: list[School], ali: list[School]) -> dict[str, str | None]:
    """Aeries name → ALI name of what is mapped; the names are unique."""
    names = {school.id: school.name for school in ali}
    by_id = {school.id: school.name for school in aeries}
    return {by_id[d.aeries_id]: names[d.ali_id] if d.ali_id else None for d in map_schools(aeries, ali)}


def one(aeries: School, *ali: School) -> Decision:
    return map_schools([aeries], list(ali))[0]


@pytest.mark.parametrize(
    ("aeries", "ali"),
    [
        ("Lincoln Middle", "Lincoln High"),
        ("Lincoln Elementary", "Lincoln Adult School"),
        ("First Street Elementary", "Sixty-First Street Elementary"),
        ("Salinas High", "North Salinas High"),
        ("P.S. 020", "P.S. 120"),
        ("P.S. 020 Lincoln", "P.S. 021 Lincoln"),
        ("Sierra High", "Sierra Continuation High"),
        ("Adams Elementary", "Grant Elementary"),
        ("Thomas Kelly Elementary", "Thomas Page Elementary"),
        ("Academy of Arts and Science", "Academy of Health and Science"),
        ("Oak Elementary", "Elementary"),
        ("Edison-McNair Academy", "Edison-Brentwood Academy"),
    ],
)
def test_a_school_that_only_sounds_like_another_is_left_to_a_person(aeries: str, ali: str) -> None:
    decision = one(School("1", aeries), School("a", ali))
    assert decision.ali_id is None
    assert decision.match is None


def test_schools_of_one_place_are_told_apart_by_kind_number_and_direction() -> None:
    aeries = named(
        "1", "LINCOLN ELEM.", "LINCOLN MIDDLE", "FIRST ST. ELEM.", "SIXTY-FIRST ST. ELEM.", "SALINAS HIGH"
    )
    ali = named(
        "a",
        "North Salinas High School",
        "Salinas High School",
        "Lincoln High School",
        "Lincoln Elementary School",
        "61st Street Elementary",
        "1st Street Elementary",
    )
    assert mapped(aeries, ali) == {
        "LINCOLN ELEM.": "Lincoln Elementary School",
        "LINCOLN MIDDLE": None,
        "FIRST ST. ELEM.": "1st Street Elementary",
        "SIXTY-FIRST ST. ELEM.": "61st Street Elementary",
        "SALINAS HIGH": "Salinas High School",
    }


@pytest.mark.parametrize(
    ("aeries", "ali", "match"),
    [
        ("Dana (Richard Henry) Elementar", "Richard Henry Dana Elementary", "same"),
        ("JIMENEZ (FRANCISCO) ELEM.", "Francisco Jiménez Elementary", "same"),
        ("P.S. 020 ANNA SILVER", "PS 20 Anna Silver School", "same"),
        ("DILWORTH ELEM.", "Nelson S. Dilworth Elementary", "similar"),
        ("ENDEAVOR ELEM.", "Endeavour Elementary", "similar"),
        ("STERLING MIDDLE", "Sterling Middle School of Science", "similar"),
        ("GARDEN VALLEY", "Garden Valley Elementary", "similar"),
    ],
)
def test_the_same_school_is_mapped_among_others(aeries: str, ali: str, match: str) -> None:
    others = ("Adams Elementary", "Monroe Elementary", "Grant Middle", "Taft High")
    decisions = map_schools(named("1", aeries, *others), named("a", *others, ali))
    assert (decisions[0].ali_id, decisions[0].match) == ("a4", match)
    assert decisions[0].score == 100 if match == "same" else 90 < decisions[0].score < 100


def test_two_schools_of_one_name_are_left_to_a_person_on_either_side() -> None:
    twins = map_schools(named("1", "Lincoln Elementary", "LINCOLN ELEM."), named("a", "Lincoln Elementary"))
    assert [decision.ali_id for decision in twins] == [None, None]
    chosen = one(School("1", "Lincoln Elementary"), *named("a", "Lincoln Elementary", "Lincoln Elem."))
    assert chosen.ali_id is None
    assert {suggestion.ali_id for suggestion in chosen.suggestions} == {"a0", "a1"}


def test_a_near_tie_is_left_to_a_person() -> None:
    decision = one(
        School("1", "Hidden Valley Elementary"), *named("a", "Hidden Valley East", "Hidden Valley West")
    )
    assert decision.ali_id is None
    assert len(decision.suggestions) == 2


def test_a_school_on_one_side_only_stays_unmapped_and_takes_nothing() -> None:
    aeries = named("1", "Harvest Park Middle", "Walnut Grove Elementary")
    ali = named("a", "Walnut Grove Elementary", "Donlon Elementary")
    assert mapped(aeries, ali) == {
        "Harvest Park Middle": None,
        "Walnut Grove Elementary": "Walnut Grove Elementary",
    }
    assert map_schools(aeries, ali)[0].suggestions[0].ali_id == "a1"


def test_a_code_beats_the_name() -> None:
    aeries = [School("1", "Bolsa Knolls Middle", ("6071351",)), School("2", "John Gutierrez Middle")]
    ali = [School("a", "John Gutierrez Middle", ("19-64212-6071351",)), School("b", "Bolsa Knolls Middle")]
    decisions = map_schools(aeries, ali)
    assert (decisions[0].ali_id, decisions[0].match, decisions[0].score) == ("a", "code", 100)
    assert decisions[0].reasons == ("code 6071351 equal",)
    assert decisions[1].ali_id is None
    assert decisions[1].suggestions[0].ali_id == "b"


def test_different_codes_keep_equal_names_apart() -> None:
    decision = one(
        School("1", "Lincoln Elementary", ("19642126071351",)),
        School("a", "Lincoln Elementary", ("6071352",)),
    )
    assert decision.ali_id is None
    assert decision.suggestions[0].ali_id == "a"


def test_codes_of_different_numberings_say_nothing() -> None:
    decision = one(
        School("1", "Lincoln Elementary", ("19642126071351",)),
        School("a", "Lincoln Elementary", ("060162000014",)),
    )
    assert (decision.ali_id, decision.match) == ("a", "same")


def test_a_code_on_two_schools_decides_nothing() -> None:
    ali = [School("a", "Adams High", ("6071351",)), School("b", "Grant High", ("6071351",))]
    decision = one(School("1", "Adams High", ("6071351",)), *ali)
    assert decision.ali_id is None
    assert decision.reasons[0] == "its codes point to different schools"


def test_codes_that_point_to_two_schools_are_left_to_a_person() -> None:
    ali = [School("a", "Adams High", ("6071351",)), School("b", "Grant High", ("060162000014",))]
    decision = one(School("1", "Adams High", ("6071351", "060162000014")), *ali)
    assert decision.ali_id is None
    assert {suggestion.ali_id for suggestion in decision.suggestions} == {"a", "b"}


def test_what_a_person_decided_is_kept_and_not_given_away() -> None:
    aeries = named("1", "Adams High", "Grant High", "Taft High")
    ali = named("a", "Adams High", "Grant High", "Taft High")
    decisions = map_schools(aeries, ali, decided={"10": "a1", "12": None})
    assert [decision.ali_id for decision in decisions] == ["a1", None, None]
    assert all("a1" not in {s.ali_id for s in decision.suggestions} for decision in decisions)
    assert decisions[0].reasons == ("decided by a person",)
    assert decisions[2].reasons == ("left out by a person",)


def test_mapping_again_what_was_mapped_changes_nothing() -> None:
    aeries = named("1", "ADAMS H.S.", "GRANT H.S.", "Unknown Academy")
    ali = named("a", "Adams High", "Grant High", "Taft High")
    first = {d.aeries_id: d.ali_id for d in map_schools(aeries, ali) if d.ali_id}
    again = {d.aeries_id: d.ali_id for d in map_schools(aeries, ali, decided=first)}
    assert {key: value for key, value in again.items() if value} == first


def test_grades_speak_against_a_pair_that_names_alone_would_map() -> None:
    others = named("1x", "Adams Elementary", "Grant Elementary")
    bare = map_schools(
        [School("1", "Garden Valley"), *others], [School("a", "Garden Valley Elementary"), *others]
    )
    assert bare[0].ali_id == "a"
    graded = map_schools(
        [School("1", "Garden Valley", (), "9", "12"), *others],
        [School("a", "Garden Valley Elementary", (), "K", "5"), *others],
    )
    assert graded[0].ali_id is None


def test_the_reasons_are_words_for_the_user() -> None:
    others = named("x", "Adams Elementary", "Grant Elementary")
    aeries = [School("1", "STROUD ELEM.", (), "K", "5"), *others]
    ali = [School("a", "Alice N. Stroud Elementary", (), "0", "5"), *others]
    assert map_schools(aeries, ali)[0].reasons == ("same distinctive words", "both K-5")
    apart = one(School("1", "Salinas High"), School("a", "North Salinas High"))
    assert apart.reasons == ("only school with 'salinas'", "'north' in one name only", "both high")
    kinds = one(School("1", "Lincoln Middle"), School("a", "Lincoln High"))
    assert "middle and high" in kinds.reasons


def test_empty_lists_and_blank_names_are_no_trouble() -> None:
    assert map_schools([], []) == []
    assert map_schools([], named("a", "Adams High")) == []
    alone = map_schools(named("1", "Adams High", ""), [])
    assert [(d.ali_id, d.suggestions, d.reasons) for d in alone] == [
        (None, (), ("no school is like it",))
    ] * 2
    blank = map_schools(named("1", "", " "), named("a", "", "Adams High"))
    assert [decision.ali_id for decision in blank] == [None, None]


def test_hostile_names_are_text() -> None:
    aeries = named(
        "1", "Roosevelt [/x]", "\x1b[31mTaft\x00 High", "=HYPERLINK(1) Adams", "A" * 10_000, "(" * 500
    )
    ali = named("a", "Roosevelt", "Taft High", "Adams", "A" * 10_000)
    decisions = map_schools(aeries, ali)
    assert [decision.aeries_id for decision in decisions] == [school.id for school in aeries]


def test_at_most_ten_suggestions_ranked_by_score() -> None:
    decision = one(School("1", "Oak Park"), *named("a", *(f"{n} Oak Park Academy" for n in range(20, 40))))
    assert decision.ali_id is None
    assert len(decision.suggestions) == 10
    scores = [suggestion.score for suggestion in decision.suggestions]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_schools_of_one_name_none_is_mapped_by_name_however_well_its_grades_fit(turned: bool) -> None:
    two = [
        School("1", "Lincoln Middle School", (), "13", "13"),
        School("2", "Lincoln Middle School", (), "K", "8"),
    ]
    lone = [School("3", "Lincoln Middle School", (), "6", "8")]
    decisions = map_schools(lone, two) if turned else map_schools(two, lone)
    assert [decision.ali_id for decision in decisions] == [None] * len(decisions)
    best = max((one for decision in decisions for one in decision.suggestions), key=lambda one: one.score)
    assert best.score > 0, "they are suggested all the same"


def test_of_two_schools_of_one_name_a_code_decides() -> None:
    two = [School("1", "Lincoln", ("6071351",)), School("2", "Lincoln", ("6071352",))]
    found = map_schools(two, [School("a", "Lincoln", ("6071352",))])
    assert [(one.ali_id, one.match) for one in found] == [(None, None), ("a", "code")]
