from __future__ import annotations

import pytest

from aeries_tui.mapping.names import cut_length, read_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LINCREST ELEM.", "Lincrest Elementary"),
        ("Stone Avenue El", "Stone Ave. Elementary School"),
        ("First St. El", "1st Street Elementary"),
        ("Sixty-First Street Elementary", "61st St. Elem."),
        ("Yolo Jr. High", "Yolo Junior High School"),
        ("Yolo J.H.S.", "Yolo Jr High"),
        ("Anderson Valley Jr./Sr. High", "Anderson Valley Junior-Senior High"),
        ("FORT HAMILTON HS", "Ft. Hamilton H S"),
        ("San Jacinto Senior High", "San Jacinto High"),
        ("St. Helena Int", "Saint Helena Intermediate"),
        ("Mt. Whitney High", "Mount Whitney High"),
        ("P.S. 020 Anna Silver", "PS 20 ANNA SILVER"),
        ("I S 061", "I.S. 61"),
        ("JHS 054 B00KER T.WASHINGTON", "J.H.S. 054 Booker T. Washington"),
        ("PS242M Young Diplomats", "P.S. 242 Young Diplomats"),
        ("Dana (Richard Henry) Elementar", "Richard Henry Dana Elementary"),
        ("Jiménez, Roberto Elementary", "Roberto Jimenez Elementary"),
        ("Mac Arthur (Douglas) Middle", "Douglas MacArthur Middle"),
        ("Gompers K8", "Gompers K-8"),
        ("Young Women's Leadership Sch", "Young Womens Leadership School"),
        ("Sierra Vista Cont. High", "Sierra Vista High (Continuation)"),
        ("Twenty-Ninth Street Elementary", "Twentyninth Street Elementary"),
    ],
)
def test_two_spellings_of_a_name_say_the_same(one: str, other: str) -> None:
    assert read_name(one).key == read_name(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lincoln Middle", "Lincoln High"),
        ("First Street Elementary", "Sixty-First Street Elementary"),
        ("Salinas High", "North Salinas High"),
        ("Las Lomas High", "Lomas High"),
        ("Alder Grove Charter", "Alder Grove Charter 2"),
        ("Valley Center Elementary (2-3)", "Valley Center Elementary (4-5)"),
        ("Walla Walla High", "Walla High"),
        ("Special Education", "Special Education Preschool"),
    ],
)
def test_names_of_two_schools_do_not_say_the_same(one: str, other: str) -> None:
    assert read_name(one).key != read_name(other).key


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("Lincoln Elementary", {"E"}),
        ("Lincoln K-8", {"E", "M"}),
        ("Lincoln Jr. High", {"M"}),
        ("Lincoln Jr./Sr. High", {"M", "H"}),
        ("Martin Luther King Jr. High", {"H"}),
        ("High Tech Middle", {"M"}),
        ("Beaumont Middle College High", {"H"}),
        ("Lincoln", set()),
        ("El Camino Real", set()),
        ("Davis Adult", {"A"}),
    ],
)
def test_the_kind_of_school_is_read_from_its_place_in_the_name(name: str, groups: set[str]) -> None:
    assert read_name(name).groups == groups


def test_a_list_that_cuts_its_names_off_is_noticed_and_the_beginning_of_a_kind_is_read() -> None:
    names = ["Rio Americano H", "San Clemente Hi", "Stevens Creek E", "Lincoln"]
    assert cut_length(names) == 15
    assert read_name(names[0], cut_at=15).kinds == {"high"}
    assert read_name(names[2], cut_at=15).kinds == {"elementary"}
    assert read_name("Rio Americano H").initials == {"h"}


def test_a_list_with_one_longest_name_is_not_taken_for_cut() -> None:
    assert cut_length(["Lincoln Elementary", "Adams High", "Grant High"]) is None
    assert cut_length([]) is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Stroud (Alice N.) Elementary", {"alice"}),
        ("Nelson S. Dilworth Elementary", {"nelson"}),
        ("Thomas Kelly Elementary", {"thomas"}),
        ("Lincoln Elementary", set()),
        ("Kelly (Thomas) Elementary", {"thomas"}),
    ],
)
def test_given_names_are_told_from_family_names(name: str, given: set[str]) -> None:
    assert read_name(name).given == given


@pytest.mark.parametrize(
    "name", ["", " ", "!!!", "[/x]", "((((", "\x00\x1b[31m", "東京 小学校", "١٢٣", "²", "e" * 5000]
)
def test_any_text_can_be_read(name: str) -> None:
    assert read_name(name, cut_at=1).words is not None


def test_names_that_differ_only_far_beyond_any_real_length_still_differ() -> None:
    assert read_name("a " * 200 + "north").key != read_name("a " * 200 + "south").key
