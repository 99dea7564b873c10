"""What is worth another try gets one, after a wait; a server that is down is left alone soon."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aeries_tui.aeries import (
    CertificateRefused,
    Limits,
    PermissionMissing,
    ServerBroken,
    Throttled,
    TimedOut,
    Truncated,
    Unreachable,
)
from aeries_tui.aeries.retry import RetryPolicy, parse_retry_after

BROKEN = ServerBroken("It is broken.")


def policy(random: float = 1.0, **limits: int) -> RetryPolicy:
    return RetryPolicy(Limits(**limits), lambda: random)


def test_waits_double_up_to_a_bound_and_the_tries_end() -> None:
    waits = [policy(tries=10).wait_before_next(BROKEN, tries) for tries in range(1, 11)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, None]


def test_a_wait_is_random_from_nothing_to_its_bound() -> None:
    assert policy(random=0.0).wait_before_next(BROKEN, 3) == 0
    assert policy(random=0.25).wait_before_next(BROKEN, 3) == 0.5


def test_five_tries_are_the_most() -> None:
    assert policy().wait_before_next(BROKEN, 4) is not None
    assert policy().wait_before_next(BROKEN, 5) is None


@pytest.mark.parametrize("error", [CertificateRefused("no"), PermissionMissing("no", area="Staff Data")])
def test_a_refusal_is_not_tried_again(error: CertificateRefused | PermissionMissing) -> None:
    assert policy().wait_before_next(error, 1) is None


@pytest.mark.parametrize("error", [TimedOut("slow"), Truncated("cut"), Throttled("much")])
def test_faults_that_pass_are_tried_again(error: TimedOut | Truncated | Throttled) -> None:
    assert policy().wait_before_next(error, 1) is not None


def test_what_the_server_asks_for_is_honoured_and_lengthened_at_random_up_to_a_limit() -> None:
    assert policy(random=0.5).wait_before_next(Throttled("much", retry_after=7), 1) == 7.5
    assert policy(random=0.5).wait_before_next(Throttled("much", retry_after=9999), 1) == 120.5


def test_a_host_that_never_answered_is_asked_twice_only() -> None:
    assert policy().wait_before_next(Unreachable("nobody"), 2) is None
    reached = policy()
    reached.succeeded()
    assert reached.wait_before_next(Unreachable("nobody"), 2) is not None


def test_the_budget_ends_the_tries_and_good_answers_fill_it_again() -> None:
    retries = policy(retry_budget=2)
    assert [retries.wait_before_next(BROKEN, 1) is not None for _ in range(3)] == [True, True, False]
    for _ in range(8):
        retries.succeeded()
    assert retries.wait_before_next(BROKEN, 1) is not None
    assert retries.wait_before_next(BROKEN, 1) is None


def test_good_answers_fill_the_budget_to_its_size_and_no_further() -> None:
    retries = policy(retry_budget=2)
    for _ in range(800):
        retries.succeeded()
    assert [retries.wait_before_next(BROKEN, 1) is not None for _ in range(3)] == [True, True, False]


def test_it_is_hopeless_only_when_nothing_has_worked_for_a_while() -> None:
    retries = policy(retry_budget=2, give_up_after=4)
    for _ in range(3):
        retries.wait_before_next(BROKEN, 1)
    assert not retries.is_hopeless
    retries.succeeded()
    for _ in range(3):
        retries.wait_before_next(BROKEN, 1)
    assert not retries.is_hopeless
    retries.wait_before_next(BROKEN, 1)
    assert retries.is_hopeless


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("99999999999999999999", 999999999),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30),
        ("Wed, 04 Mar 2026 12:00:30 -0000", 30),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("1.5", None),
        ("Wed, 04 Mar 99999999999999999999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, datetime(2026, 3, 4, 12, tzinfo=UTC)) == seconds


def test_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="at_a_time"):
        Limits(at_a_time=9, most_at_a_time=8)
