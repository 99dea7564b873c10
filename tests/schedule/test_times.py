"""The next runs are right on every day of the year, also those on which the clocks change."""

import datetime as dt
import itertools
import shutil
import subprocess
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.schedule.times import machine_zone, next_runs, run_at, runs_in_gaps, shown_zone

CHICAGO = "America/Chicago"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def shown(runs: list[dt.datetime]) -> list[str]:
    return [f"{run:%m-%d %H:%M %Z}" for run in runs]


def test_a_run_is_at_its_local_time_in_winter_and_in_summer() -> None:
    assert shown(next_runs(dt.time(3, 30), CHICAGO, utc("2026-03-06 12:00"), 3)) == [
        "03-07 03:30 CST",
        "03-08 03:30 CDT",
        "03-09 03:30 CDT",
    ]


def test_a_time_that_does_not_exist_is_taken_as_late_as_the_clocks_jump() -> None:
    assert shown(next_runs(dt.time(2, 30), CHICAGO, utc("2026-03-07 00:00"), 3)) == [
        "03-07 02:30 CST",
        "03-08 03:30 CDT",
        "03-09 02:30 CDT",
    ]


def test_a_time_that_comes_twice_is_taken_once_the_first_time() -> None:
    assert shown(next_runs(dt.time(1, 30), CHICAGO, utc("2026-10-31 00:00"), 3)) == [
        "10-31 01:30 CDT",
        "11-01 01:30 CDT",
        "11-02 01:30 CST",
    ]


def test_between_the_two_times_of_a_doubled_hour_the_next_run_is_tomorrow() -> None:
    assert shown(next_runs(dt.time(1, 30), CHICAGO, utc("2026-11-01 07:10"), 1)) == ["11-02 01:30 CST"]


def test_the_instant_of_a_run_itself_is_not_next() -> None:
    run = run_at(dt.date(2026, 8, 1), dt.time(3, 30), CHICAGO)
    assert next_runs(dt.time(3, 30), CHICAGO, run, 1)[0] == run + dt.timedelta(days=1)


def test_a_zone_far_from_the_machines_has_its_own_days() -> None:
    runs = next_runs(dt.time(0, 15), "Pacific/Auckland", utc("2026-08-01 12:00"), 2)
    assert shown(runs) == ["08-02 00:15 NZST", "08-03 00:15 NZST"]


zones = st.sampled_from(
    [
        CHICAGO,
        "America/Los_Angeles",
        "America/Havana",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "UTC",
        "Asia/Kolkata",
    ]
)
times = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2032, 1, 1), timezones=st.just(dt.UTC))


@given(times, zones, moments)
def test_there_is_exactly_one_run_a_day(begin: dt.time, zone: str, after: dt.datetime) -> None:
    runs = next_runs(begin, zone, after, 400)
    assert runs[0] > after
    assert runs[0] - after <= dt.timedelta(hours=25)
    apart = {later.astimezone(dt.UTC) - run.astimezone(dt.UTC) for run, later in itertools.pairwise(runs)}
    assert apart <= {dt.timedelta(minutes=minutes) for minutes in (23 * 60, 23 * 60 + 30, 1440, 1470, 1500)}
    late = [run for run in runs if run.time() != begin]
    assert len(late) <= 2


@given(times, zones)
def test_only_runs_in_gaps_are_named_one_by_one(begin: dt.time, zone: str) -> None:
    for run in runs_in_gaps(begin, zone, dt.date(2026, 1, 1)):
        assert run.time() != begin
        assert run.astimezone(dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).time() == run.time()


def test_the_gaps_of_a_usual_zone_are_known_for_ten_years() -> None:
    gaps = list(runs_in_gaps(dt.time(2, 30), CHICAGO, dt.date(2026, 1, 1)))
    assert [f"{run:%Y-%m-%d %H:%M}" for run in gaps][:2] == ["2026-03-08 03:30", "2027-03-14 03:30"]
    assert len(gaps) == 10
    assert list(runs_in_gaps(dt.time(3, 30), CHICAGO, dt.date(2026, 1, 1))) == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("begin", [dt.time(1, 30), dt.time(2, 0), dt.time(2, 30), dt.time(3, 0)])
@pytest.mark.parametrize("start", ["2026-03-07 00:00:00", "2026-10-31 00:00:00"])
def test_systemd_runs_when_we_say_but_for_the_gap(begin: dt.time, start: str) -> None:
    argv = ["systemd-analyze", "calendar", f"--base-time={start} UTC", "--iterations=4"]
    argv.append(f"*-*-* {begin:%H:%M}:00 {CHICAGO}")
    output = subprocess.run(
        argv, capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"}
    )
    said = [
        line.split(": ", 1)[1] for line in output.stdout.splitlines() if "elapse:" in line or "Iter" in line
    ]
    theirs = [dt.datetime.strptime(line, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=dt.UTC) for line in said]
    gaps = {run.astimezone(dt.UTC) for run in runs_in_gaps(begin, CHICAGO, dt.date(2026, 1, 1))}
    runs = [run.astimezone(dt.UTC) for run in next_runs(begin, CHICAGO, utc(start), 5)]
    ours = [run for run in runs if run not in gaps]
    assert theirs == ours[:4]


@pytest.mark.parametrize(
    ("zone", "letters"),
    [
        (CHICAGO, "CST"),
        ("America/Los_Angeles", "PST"),
        ("America/Phoenix", "MST"),
        ("Pacific/Honolulu", "HST"),
        ("Australia/Sydney", "AEST"),
        ("UTC", "UTC"),
        ("America/Sao_Paulo", "America/Sao_Paulo"),
    ],
)
def test_a_zone_is_shown_by_its_standard_time(zone: str, letters: str) -> None:
    assert shown_zone(zone) == letters


def test_the_machines_zone_is_found(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Denver")
    assert machine_zone({}, link) == "America/Denver"
    assert machine_zone({"TZ": ":America/New_York"}, link) == "America/New_York"
    assert machine_zone({"TZ": "EST5EDT4,M3.2.0,M11.1.0"}, link) is None
    link.unlink()
    assert machine_zone({}, link) is None
