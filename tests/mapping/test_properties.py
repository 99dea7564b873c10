from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aeries_tui.mapping import Decision, School, map_schools

PLACES = st.sampled_from(
    ["Lincoln", "Salinas", "North Salinas", "First Street", "St. Helena", "Oak Park", "Adams (John Q.)"]
)
KINDS = st.sampled_from(
    ["Elementary", "Elem.", "Middle", "High", "H.S.", "Jr. High", "K-8", "", "Academy", "Continuation"]
)
NAMES = st.builds(lambda place, kind: f"{place} {kind}".strip(), PLACES, KINDS) | st.text(max_size=30)
CODES = st.sampled_from([(), ("6071351",), ("19642126071351",), ("6071352",), ("060162000014",)])
GRADES = st.sampled_from(["", "PK", "K", "5", "6", "8", "9", "12", "AD", "-1", "13"])


def lists(prefix: str) -> st.SearchStrategy[list[School]]:
    row = st.tuples(NAMES, CODES, GRADES, GRADES)
    return st.lists(row, max_size=8).map(
        lambda rows: [School(f"{prefix}{place}", *row) for place, row in enumerate(rows)]
    )


def told(decisions: list[Decision], aeries: list[School], ali: list[School]) -> dict[str, object]:
    """What was decided, told in contents instead of ids."""
    contents = {s.id: (s.name, s.codes, s.low_grade, s.high_grade) for s in (*aeries, *ali)}
    return {
        decision.aeries_id: (
            contents[decision.ali_id] if decision.ali_id else None,
            decision.match,
            decision.score,
            decision.reasons,
            [(contents[s.ali_id], s.score, s.reasons) for s in decision.suggestions],
        )
        for decision in decisions
    }


@given(lists("x"), lists("y"), st.randoms())
@settings(deadline=None)
def test_neither_the_order_of_the_rows_nor_the_ids_matter(
    aeries: list[School], ali: list[School], random: object
) -> None:
    first = told(map_schools(aeries, ali), aeries, ali)
    shuffled, renamed = (
        list(aeries),
        [School(f"z{9 - n}", s.name, s.codes, s.low_grade, s.high_grade) for n, s in enumerate(ali)],
    )
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(renamed)  # type: ignore[attr-defined]
    assert told(map_schools(shuffled, renamed), shuffled, renamed) == first


@given(lists("x"), lists("y"))
@settings(deadline=None)
def test_every_school_gets_one_decision_and_no_ali_school_is_given_twice(
    aeries: list[School], ali: list[School]
) -> None:
    decisions = map_schools(aeries, ali)
    assert [decision.aeries_id for decision in decisions] == [school.id for school in aeries]
    given_away = [decision.ali_id for decision in decisions if decision.ali_id]
    assert len(given_away) == len(set(given_away))
    known = {school.id for school in ali}
    for decision in decisions:
        suggested = [suggestion.ali_id for suggestion in decision.suggestions]
        assert len(suggested) == len(set(suggested)) <= 10
        assert set(suggested) <= known - set(given_away)
        assert 0 <= decision.score <= 100
        assert (decision.match is None) == (decision.ali_id is None)
        assert decision.reasons


@given(lists("x"), lists("y"), st.data())
@settings(deadline=None)
def test_what_a_person_decided_always_stays(
    aeries: list[School], ali: list[School], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(aeries), unique=True)) if aeries else []
    free = [school.id for school in ali]
    decided = {school.id: free.pop() if free and data.draw(st.booleans()) else None for school in chosen}
    decisions = {d.aeries_id: d for d in map_schools(aeries, ali, decided=decided)}
    taken = {ali_id for ali_id in decided.values() if ali_id}
    for school in aeries:
        if school.id in decided:
            assert decisions[school.id].ali_id == decided[school.id]
        else:
            assert decisions[school.id].ali_id not in taken


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
@settings(deadline=None)
def test_a_list_mapped_to_itself_gives_every_school_itself_or_nothing(names: list[str]) -> None:
    schools = [School(str(place), name) for place, name in enumerate(names)]
    assert all(decision.ali_id in (decision.aeries_id, None) for decision in map_schools(schools, schools))
