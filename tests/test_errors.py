from __future__ import annotations

import pytest

from aeries_tui import errors
from aeries_tui.aeries import AeriesError
from aeries_tui.errors import AeriesTuiError, Problem, SourceError, error_of, kind_of
from aeries_tui.schedule import ScheduleError

PROBLEM = Problem("RUN-INTERRUPTED", "It stopped.", "Nothing was changed.", "Do it again.")
KINDS = [
    value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, AeriesTuiError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_goes_to_another_process_and_comes_back_as_it_was(kind: type[AeriesTuiError]) -> None:
    told = kind(PROBLEM.message, meaning=PROBLEM.meaning, remedy=PROBLEM.remedy, code=PROBLEM.code)
    back = error_of(kind_of(told), told.problem)
    assert type(back) is kind
    assert (back.problem, back.lines(), back.exit_status) == (PROBLEM, told.lines(), told.exit_status)


def test_an_error_of_a_room_comes_back_as_the_nearest_one_everybody_knows() -> None:
    assert kind_of(AeriesError("x")) == SourceError.__name__
    assert kind_of(ScheduleError("x")) == ScheduleError.__mro__[1].__name__
    assert type(error_of("NobodyKnows", PROBLEM)) is AeriesTuiError
