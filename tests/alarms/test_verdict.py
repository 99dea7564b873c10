"""A monitor gets one state, one sentence and the documented exit status."""

import datetime as dt

import msgspec
import pytest

from aeries_tui.alarms import State, Verdict, parse_age, verdict, worst
from aeries_tui.errors import WrongUse
from aeries_tui.outcome import Outcome

NOW = dt.datetime(2026, 8, 2, 12, 0, tzinfo=dt.UTC)
GOOD, WITH_ERROR = Outcome.COMPLETED, Outcome.COMPLETED_WITH_ERROR


def judged(latest: Outcome | None, last_good: Outcome | None = None, hours: float | None = None) -> Verdict:
    at = None if hours is None else NOW - dt.timedelta(hours=hours)
    return verdict(
        "Lincoln",
        latest=latest,
        last_good=last_good,
        last_good_at=at,
        now=NOW,
        max_age=dt.timedelta(hours=26),
    )


@pytest.mark.parametrize(
    ("latest", "last_good", "hours", "state", "status"),
    [
        (GOOD, GOOD, 8, State.OK, 0),
        (GOOD, GOOD, 26, State.OK, 0),
        (GOOD, GOOD, 26.1, State.LATE, 6),
        (WITH_ERROR, WITH_ERROR, 8, State.WITH_ERRORS, 4),
        (WITH_ERROR, WITH_ERROR, 40, State.LATE, 6),
        (Outcome.ERROR, GOOD, 8, State.FAILED, 5),
        (Outcome.ERROR, None, None, State.FAILED, 5),
        (Outcome.INTERRUPTED, GOOD, 8, State.FAILED, 5),
        (Outcome.HELD, GOOD, 40, State.HELD, 3),
        (Outcome.RUNNING, GOOD, 8, State.OK, 0),
        (Outcome.RUNNING, None, None, State.NEVER, 6),
        (Outcome.CANCELLED, WITH_ERROR, 8, State.WITH_ERRORS, 4),
        (Outcome.DISCARDED, GOOD, 40, State.LATE, 6),
        (Outcome.SUPERSEDED, GOOD, 40, State.LATE, 6),
        (None, None, None, State.NEVER, 6),
    ],
)
def test_a_district_stands_as_its_imports_say(
    latest: Outcome | None, last_good: Outcome | None, hours: float | None, state: State, status: int
) -> None:
    found = judged(latest, last_good, hours)
    assert (found.state, found.exit_status) == (state, status)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (judged(GOOD, GOOD, 0.5), "Completed; the last good import is 30 minutes old."),
        (judged(GOOD, GOOD, 2 / 60), "Completed; the last good import is 2 minutes old."),
        (judged(Outcome.ERROR, GOOD, 80), "The last pull failed; the last good import is 3 days old."),
        (judged(Outcome.ERROR), "The last pull failed; there is no good import yet."),
        (
            judged(Outcome.INTERRUPTED, GOOD, 80),
            "The last pull was interrupted; the last good import is 3 days old.",
        ),
        (judged(GOOD, GOOD, 30), "Too old: the last good import is 30 hours old, more than 26 hours."),
    ],
)
def test_the_sentence_says_how_old(found: Verdict, sentence: str) -> None:
    assert found.sentence.startswith(sentence)


def test_the_command_that_says_more_names_the_district() -> None:
    assert judged(Outcome.ERROR).sentence.endswith(" See: aeries-tui results --district Lincoln")
    assert judged(GOOD, GOOD, 30).sentence.endswith(" See: aeries-tui schedule show --district Lincoln")
    assert "See" not in judged(GOOD, GOOD, 8).sentence


def test_the_gravest_district_counts() -> None:
    assert worst([]) == 0
    good, errors, held = judged(GOOD, GOOD, 1), judged(WITH_ERROR, WITH_ERROR, 1), judged(Outcome.HELD)
    late, failed = judged(GOOD, GOOD, 99), judged(Outcome.ERROR)
    assert worst([good]) == 0
    assert worst([good, errors]) == 4
    assert worst([held, errors]) == 3
    assert worst([late, held]) == 6
    assert worst([failed, late, good]) == 5


def test_the_document_is_for_machines() -> None:
    assert msgspec.to_builtins(judged(GOOD, GOOD, 8.5).standing({"clever": "ok"})) == {
        "format_version": 1,
        "district": "Lincoln",
        "state": "ok",
        "sentence": "Completed; the last good import is 8 hours old.",
        "hours_since_good": 8.5,
        "exit_status": 0,
        "deliveries": {"clever": "ok"},
        "roster_service": None,
        "running": None,
    }
    assert judged(None).standing({}).hours_since_good is None


@pytest.mark.parametrize(
    ("text", "hours"), [("26h", 26), ("90m", 1.5), ("2d", 48), ("26", 26), (" 1.5H ", 1.5), ("0", 0)]
)
def test_an_age_is_typed_in_hours_minutes_or_days(text: str, hours: float) -> None:
    assert parse_age(text) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "h", "-1h", "1w", "1 h", "nan", "1e9", "9999999999"])
def test_anything_else_is_no_age(text: str) -> None:
    with pytest.raises(WrongUse, match="is no age"):
        parse_age(text)
