"""What was staged is found as quickly in a district of thousands of lists as in one of ten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aeries_tui.pull.staging import STAGED, Staging, open_staging


def steps(staging: Staging, school: int | None) -> int:
    """How many steps SQLite takes to find a list that is there."""
    taken: list[int] = []
    staging.open_list("students", school)
    staging.connection.set_progress_handler(lambda: taken.append(1), 1)
    staging.open_list("students", school)
    staging.connection.set_progress_handler(None, 1)
    return len(taken)


def test_a_list_is_found_among_thousands_as_among_ten(tmp_path: Path) -> None:
    with open_staging(tmp_path / "pages.sqlite3") as staging:
        few = [steps(staging, 1), steps(staging, None)]
        assert staging.open_list("students", 1) != staging.open_list("students", None)
        for school in range(2, 2_000):
            staging.open_list("students", school)
        assert [steps(staging, 1_999), steps(staging, None)] == few


@pytest.mark.parametrize("endpoint", STAGED)
def test_records_are_bound_by_their_place_alone_which_no_python_warns_of(endpoint: str) -> None:
    assert re.findall(r"[?:@$]\w+", STAGED[endpoint].insert(2)) == []
