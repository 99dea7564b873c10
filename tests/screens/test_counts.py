"""What an import changed at each school, as text."""

from __future__ import annotations

from aeries_tui.listing import cell_text
from aeries_tui.master.lists.changes import Tally
from aeries_tui.master.roster.kinds import BY_NAME
from aeries_tui.screens.text.counts import SCHOOLS_SHOWN, by_school


def told(*tallies: Tally) -> str:
    return "".join(cell_text(cell) for cell in by_school(tallies))


def changed(school: int, **kinds: int) -> list[Tally]:
    return [
        Tally(BY_NAME[kind], school, f"School {school}", {"updated": count}) for kind, count in kinds.items()
    ]


def test_each_school_has_a_line_for_each_kind() -> None:
    text = told(*changed(7, student=2, section=1), *changed(8, student=3))
    assert [line.split() for line in text.splitlines() if line] == [
        ["School", "7", "7"], ["Students", "~2"], ["Sections", "~1"], ["School", "8", "8"], ["Students", "~3"],
    ]  # fmt: skip


def test_of_very_many_schools_those_with_the_most_changes_stand_there() -> None:
    schools = [changed(100 + number, student=1 + number % 300)[0] for number in range(1000)]
    text = told(*schools)
    shown = [int(line.split()[-1]) for line in text.splitlines() if line.startswith("School ")]
    assert len(shown) == SCHOOLS_SHOWN
    assert shown == sorted(shown)
    least = min(1 + (code - 100) % 300 for code in shown)
    assert sum(tally.total > least for tally in schools) <= SCHOOLS_SHOWN
    assert text.endswith("\n960 more schools with fewer changes: Changes (c) lists them.")


def test_nothing_at_any_school_is_said() -> None:
    assert told() == "Nothing was changed at any school."
