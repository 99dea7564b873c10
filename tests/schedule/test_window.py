"""One timer starts all districts: none before its own time of day, each at its own moment in the window."""

from __future__ import annotations

import datetime as dt

from aeries_tui.schedule.cron import CronScheduler, cron_block
from aeries_tui.schedule.daily_import import ALL, job_name
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.schedule.units import service_unit, timer_unit
from aeries_tui.schedule.window import delays, first_of, own_begin, own_delay, together

from .conftest import RememberingCron, RememberingSystemd, Want

TODAY = dt.date(2026, 11, 2)


def test_each_district_has_a_moment_of_its_own_that_stays() -> None:
    moments = {name: own_delay(name, 120) for name in map("oak-{}".format, range(60))}
    assert all(dt.timedelta() <= one < dt.timedelta(minutes=120) for one in moments.values())
    assert len(set(moments.values())) > 50
    assert moments == {name: own_delay(name, 120) for name in moments}
    assert max(moments.values()) - min(moments.values()) > dt.timedelta(minutes=90)
    assert own_delay("oak", 0) == dt.timedelta()
    late = own_begin("oak-1", dt.time(23, 59, 59), 120)
    assert late < dt.time(2, 0)


def test_nobody_begins_before_their_own_time_of_day(want: Want) -> None:
    wanted = [
        want("one", begin=dt.time(2, 0)),
        want("two", begin=dt.time(2, 0)),
        want("three", begin=dt.time(3, 30)),
        want("west", begin=dt.time(2, 0), zone="America/Los_Angeles"),
    ]
    assert delays(wanted, 0, TODAY) == {"one": 0, "two": 0, "three": 5400, "west": 7200}
    spread = delays(wanted, 60, TODAY)
    assert all(0 <= spread[name] - wait < 3600 for name, wait in delays(wanted, 0, TODAY).items())
    assert delays([], 60, TODAY) == {}


def test_a_round_begins_after_the_longest_rest_also_across_midnight(want: Want) -> None:
    evening, night, morning = (want(f"d{hour}", begin=dt.time(hour, 0), zone="UTC") for hour in (22, 1, 4))
    assert first_of([night, morning, evening], TODAY) is evening
    assert delays([night, morning, evening], 0, TODAY) == {"d1": 10800, "d4": 21600, "d22": 0}
    assert first_of([morning], TODAY) is morning


def test_the_one_timer_is_a_unit_of_its_own_that_pulls_all(want: Want) -> None:
    made = together([want("b", begin=dt.time(4, 0)), want("a", begin=dt.time(2, 30))], 90, TODAY)
    timer, service = timer_unit(made, TODAY), service_unit(made, "user")
    assert "OnCalendar=*-*-* 02:30:00 America/Chicago" in timer
    assert "RandomizedDelaySec=0min" in timer
    assert "ExecStart=/opt/aeries-tui/bin/aeries-tui pull --all --jobs auto --window 90m\n" in service
    assert "for all districts; made anew by `aeries-tui schedule install --all`" in service
    assert "Description=Import from Aeries, all districts" in service
    assert made.trial[-4:] == ("schedule", "test", "--all", "--json")
    assert job_name(ALL) not in {job_name("all"), job_name("-all"), job_name("all districts")}


def test_it_stands_beside_those_of_districts_and_is_told_from_them(want: Want) -> None:
    cron = RememberingCron("5 4 * * * backup\n")
    scheduler = CronScheduler(cron, lambda: "America/Chicago", lambda: TODAY)
    scheduler.install(want("oak"))
    made = together([want("oak"), want("elm")], 120, TODAY)
    scheduler.install(made)
    assert "pull --all --jobs auto --window 120m --quiet" in cron_block(made, "America/Chicago", TODAY)
    assert scheduler.districts() == ["oak"]
    assert scheduler.installed({"oak", "elm", ALL}) == {"oak", ALL}
    assert scheduler.agreement(ALL, made) == "agrees"
    assert scheduler.agreement(ALL, together([want("oak")], 60, TODAY)) == "differs"
    assert scheduler.remove("oak")
    assert scheduler.remove(ALL)
    assert cron.text == "5 4 * * * backup\n"


def test_systemd_knows_what_of_many_is_installed(
    want: Want, where: Directories, systemd: RememberingSystemd
) -> None:
    scheduler = SystemdScheduler("user", where, systemd)
    scheduler.install(want("oak"))
    made = together([want("oak")], 120, TODAY)
    scheduler.install(made)
    assert scheduler.installed({"oak", "elm", ALL}) == {"oak", ALL}
    assert scheduler.agreement(ALL, made) == "agrees"
    assert scheduler.remove(ALL)
    assert scheduler.installed({"oak", "elm", ALL}) == {"oak"}
