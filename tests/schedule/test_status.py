"""`show` tells the next runs, the last, whether timer and setting agree; a blackout date is kept by the timer only."""

import datetime as dt
from pathlib import Path

import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.schedule import by_timer, choose, installed_in, rests, schedule_status, schedulers, together
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.status import ToldRun
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.settings import Places, Pull
from aeries_tui.settings.fields import DateRange
from aeries_tui.settings.machine import MACHINE

from .conftest import RememberingCron, RememberingSystemd, Want

NOW = dt.datetime(2026, 12, 22, 18, 0, tzinfo=dt.UTC)
PULL = Pull(blackout_dates=(DateRange(dt.date(2026, 12, 24), dt.date(2026, 12, 25)),))


@pytest.fixture
def scheduler(tmp_path: Path) -> SystemdScheduler:
    where = Directories(tmp_path / "units", tmp_path / "stamps")
    return SystemdScheduler("user", where, RememberingSystemd(where))


def test_the_next_five_runs_are_told_with_the_days_of_rest(scheduler: SystemdScheduler, want: Want) -> None:
    last = NOW - dt.timedelta(days=1)
    status = schedule_status("Lincoln", want(), scheduler, PULL, now=NOW, last_run=last)
    assert [f"{run.at:%m-%d %H:%M}{' rests' if run.blackout else ''}" for run in status.next_runs] == [
        "12-23 03:30",
        "12-24 03:30 rests",
        "12-25 03:30 rests",
        "12-26 03:30",
        "12-27 03:30",
    ]
    assert status.begin == "03:30 CST"
    assert status.agreement == "missing"
    assert "schedule install" in status.sentence
    document = status.document()
    assert document.next_runs[0] == ToldRun("2026-12-23T03:30:00-06:00", blackout=False)
    assert document.last_run == "2026-12-21T18:00:00+00:00"


def test_an_import_that_is_off_has_no_runs(scheduler: SystemdScheduler) -> None:
    status = schedule_status("Lincoln", None, scheduler, PULL, now=NOW)
    assert (status.begin, status.next_runs, status.agreement, status.notes) == ("", (), "off", ())
    assert status.document().begin is None


def test_a_machine_without_any_way_says_so(want: Want) -> None:
    assert schedule_status("Lincoln", want(), None, PULL, now=NOW).agreement == "missing"
    assert schedule_status("Lincoln", None, None, PULL, now=NOW).agreement == "off"
    assert installed_in("Lincoln", ()) is None


def test_what_is_installed_is_found_wherever_it_is(scheduler: SystemdScheduler, want: Want) -> None:
    cron = CronScheduler(RememberingCron(), lambda: None)
    assert installed_in("Lincoln", (scheduler, cron)) is scheduler
    cron.install(want())
    assert installed_in("Lincoln", (scheduler, cron)) is cron


def test_a_user_who_may_have_no_crontab_has_nothing_in_it(scheduler: SystemdScheduler) -> None:
    denied = RememberingCron()
    denied.denied = True
    assert installed_in("Lincoln", (scheduler, CronScheduler(denied))) is scheduler


def test_only_the_timer_keeps_a_blackout_date() -> None:
    timer = {"AERIES_TUI_TRIGGER": "timer"}
    at_night = dt.datetime(2026, 12, 25, 5, 59, tzinfo=dt.UTC)
    assert by_timer(timer)
    assert rests(PULL, "America/Chicago", at_night, timer)
    assert not rests(PULL, "America/Chicago", at_night, {})
    assert not rests(PULL, "America/Chicago", dt.datetime(2026, 12, 26, 6, 0, tzinfo=dt.UTC), timer)
    assert rests(PULL, "America/Chicago", dt.datetime(2026, 12, 26, 5, 59, tzinfo=dt.UTC), timer)
    assert not rests(PULL, "America/Chicago", dt.datetime(2026, 12, 24, 5, 59, tzinfo=dt.UTC), timer)


OWN = Places(Path("/h/.config/aeries-tui"), Path("/h/.local/share/aeries-tui"))


@pytest.mark.parametrize(
    ("systemd", "cron", "places", "chosen"),
    [
        (True, True, OWN, "a systemd timer of this user"),
        (True, False, MACHINE, "a systemd timer of this machine"),
        (False, True, OWN, "the crontab of "),
        (False, True, MACHINE, "the crontab of aeries-tui"),
    ],
)
def test_systemd_is_chosen_where_it_runs_and_nobody_touches_the_jobs_of_others(
    monkeypatch: pytest.MonkeyPatch, want: Want, systemd: bool, cron: bool, places: Places, chosen: str
) -> None:
    monkeypatch.setattr("aeries_tui.schedule.choice.systemd_runs", lambda: systemd)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if cron else None)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert choose(places, want(), env={"HOME": "/h"}).mechanism.startswith(chosen)
    assert len(schedulers(places, {"HOME": "/h"})) == systemd + cron


def test_a_machine_with_neither_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, want: Want) -> None:
    monkeypatch.setattr("aeries_tui.schedule.choice.systemd_runs", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(NotAllowedNow, match="This machine has no systemd at work") as caught:
        choose(OWN, want())
    assert "`aeries-tui pull --district Lincoln`" in caught.value.remedy
    with pytest.raises(NotAllowedNow) as caught:
        choose(OWN, together([want(), want("Elm")], 120, NOW.date()))
    assert "`aeries-tui pull --all --jobs auto --window 120m`" in caught.value.remedy
