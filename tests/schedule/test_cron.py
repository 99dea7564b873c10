"""The crontab line starts at the right minute in the district's zone, and leaves other lines alone."""

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.errors import ConfigurationError
from aeries_tui.schedule.cron import CronScheduler, cron_block
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.settings import Alarms, FromSystemd, InEnvironment, Places, Schedule, Settings

from .conftest import RememberingCron, Want

TODAY = dt.date(2026, 8, 1)
PLACES = Places(Path("/c"), Path("/d"))
RUN = (
    "env AERIES_TUI_CONFIG_DIR=/c AERIES_TUI_DATA_DIR=/d AERIES_TUI_TRIGGER=timer "
    "/opt/aeries-tui/bin/aeries-tui pull --district Lincoln --quiet"
)


def scheduler(cron: RememberingCron, machine: str | None = "America/Chicago") -> CronScheduler:
    return CronScheduler(cron, lambda: machine, lambda: TODAY)


def line(block: str) -> str:
    begin, middle, end, rest = block.split("\n")
    assert begin == "# aeries-tui begin: Lincoln"
    assert end == "# aeries-tui end: Lincoln"
    assert rest == ""
    return middle


@pytest.mark.parametrize("machine", ["America/Chicago", "US/Central", "America/Menominee"])
def test_where_the_machine_keeps_the_districts_time_the_line_names_it(want: Want, machine: str) -> None:
    assert line(cron_block(want(places=PLACES), machine, TODAY)) == f"30 3 * * * {RUN}"


@pytest.mark.parametrize("machine", ["UTC", "America/Denver", "Europe/Berlin"])
def test_elsewhere_it_asks_every_hour(want: Want, machine: str) -> None:
    guard = '[ "$(TZ=America/Chicago date +\\%H:\\%M)" = 03:30 ] && '
    assert line(cron_block(want(places=PLACES), machine, TODAY)) == f"30 * * * * {guard}{RUN}"


@pytest.mark.parametrize("machine", ["Asia/Kolkata", "Asia/Kathmandu", None])
def test_where_the_minutes_differ_it_asks_every_quarter(want: Want, machine: str | None) -> None:
    wanted = want(begin=dt.time(3, 20), places=PLACES)
    assert line(cron_block(wanted, machine, TODAY)).startswith("5,20,35,50 * * * * [ ")


def fires(block: str, machine: str, instant: dt.datetime) -> bool:
    """Whether a cron whose machine is in that zone starts the import at an instant, as cron and sh read the line."""
    minutes, hours, *_, command = line(block).split(" ", 5)
    local = instant.astimezone(zoneinfo.ZoneInfo(machine))
    if str(local.minute) not in minutes.split(",") or hours not in {"*", str(local.hour)}:
        return False
    guard = command.replace("\\%", "%").split(" && ")[0]
    script = f'date() {{ command date -d "@{int(instant.timestamp())}" "$@"; }}; {guard}'
    return hours != "*" or subprocess.run(["sh", "-c", script], check=False).returncode == 0


@pytest.mark.skipif(not shutil.which("date"), reason="date is not here")
@pytest.mark.parametrize("machine", ["UTC", "Asia/Kathmandu", "America/Chicago"])
@pytest.mark.parametrize("start", ["2026-03-07", "2026-10-31"])
def test_it_starts_once_a_day_over_a_change_of_clocks(want: Want, machine: str, start: str) -> None:
    block = cron_block(want(places=PLACES), machine, TODAY)
    first = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    quarters = [first + dt.timedelta(minutes=15 * number) for number in range(3 * 96)]
    started = [
        instant.astimezone(zoneinfo.ZoneInfo("America/Chicago"))
        for instant in quarters
        if fires(block, machine, instant)
    ]
    assert [f"{instant:%H:%M}" for instant in started] == ["03:30"] * 3


def test_a_certificate_in_a_variable_is_loaded_first(want: Want) -> None:
    block = cron_block(want(source=InEnvironment("V"), places=PLACES), "America/Chicago", TODAY)
    assert line(block) == f"30 3 * * * set -a && . /c/environment && set +a && {RUN}"


def test_percent_signs_and_blanks_survive(want: Want) -> None:
    block = cron_block(want(places=Places(Path("/50% off"), Path("/d"))), "America/Chicago", TODAY)
    assert "AERIES_TUI_CONFIG_DIR=/50\\%' off'" in block


AWKWARD = (
    "/50% off",
    "/a%%b",
    '/it\'s "own"',
    "/$HOME/`id`",
    "/back\\slash",
    "/two\\\\more\\%\\",
    "/a;b&c|d>e",
    "/ü #x",
)


def vixie(command: str) -> str:
    """How Vixie's cron, Debian's, hands a command to the shell: a backslash keeps a percent sign and a backslash."""
    return re.sub(r"\\([%\\])", r"\1", command)


def cronie(command: str) -> str:
    """How cronie, Red Hat's, does: a backslash keeps a percent sign, and the letter after it is passed over."""
    return re.sub(r"\\(.)", lambda two: "%" if two[1] == "%" else two[0], command)


def busybox(command: str) -> str:
    """How BusyBox does: as it stands."""
    return command


@pytest.mark.parametrize("cron", [vixie, cronie, busybox])
@pytest.mark.parametrize("path", AWKWARD)
def test_the_shell_reads_back_what_was_meant_through_every_cron(
    want: Want, cron: Callable[[str], str], path: str
) -> None:
    program = (
        sys.executable,
        "-c",
        "import os, sys; sys.stderr.write(os.environ['AERIES_TUI_DATA_DIR'])",
        path,
    )
    block = cron_block(want(places=Places(Path("/c"), Path(path)), program=program), "UTC", TODAY)
    command = line(block).split(" && ")[-1]
    assert not re.search(r"(?<!\\)%", command), "it would end there"
    ended = subprocess.run(["sh", "-c", cron(command)], check=True, capture_output=True)
    assert ended.stderr.decode() == path
    assert cron(line(block)).count("date +%H:%M") + cron(line(block)).count("date +\\%H:\\%M") == 1


@pytest.mark.parametrize("bad", ["/a\nb", "/a\rb", "/a\tb", "/a\x7f", "/\udcff", "relative"])
def test_what_no_line_can_hold_is_refused_by_name(want: Want, bad: str) -> None:
    cron = RememberingCron("0 1 * * * backup\n")
    with pytest.raises(ConfigurationError, match="The data directory can't stand in a crontab") as caught:
        scheduler(cron).install(want(places=Places(Path("/c"), Path(bad))))
    assert "\n" not in caught.value.message
    assert "AERIES_TUI_DATA_DIR" in caught.value.remedy
    assert cron.text == "0 1 * * * backup\n"


def test_a_webhooks_secret_in_a_variable_is_loaded_and_a_systemd_credential_refused(want: Want) -> None:
    alarms = Alarms(webhook="https://x.org", webhook_secret=InEnvironment("HOOK"))
    block = cron_block(want(settings=Settings(alarms=alarms), places=PLACES), "America/Chicago", TODAY)
    assert ". /c/environment && " in block
    alarms = Alarms(webhook="https://x.org", webhook_token=FromSystemd("hook"))
    with pytest.raises(
        ConfigurationError, match=r"a secret of the alarms' webhook, is a systemd credential \(hook\)"
    ):
        cron_block(want(settings=Settings(alarms=alarms)), "America/Chicago", TODAY)


def test_cron_can_not_hand_out_a_systemd_credential(want: Want) -> None:
    cron = RememberingCron()
    with pytest.raises(ConfigurationError, match="which cron can't hand out"):
        scheduler(cron).install(want(source=FromSystemd("x")))
    assert cron.text is None


@pytest.mark.parametrize("before", [None, "", "# mine\n0 1 * * * backup\n", "0 1 * * * backup"])
def test_other_lines_stay_as_they_are(want: Want, before: str | None) -> None:
    cron = RememberingCron(before)
    here = scheduler(cron)
    here.install(want())
    here.install(want("Adams"))
    here.install(want(begin=dt.time(4, 0)))
    assert cron.text is not None
    assert cron.text.count("\n0 4 * * * env") == 1
    assert cron.text.count("aeries-tui begin: ") == 2
    assert here.agreement("Adams", want("Adams")) == "agrees"
    assert here.remove("Adams")
    assert here.remove("Lincoln")
    assert not here.remove("Lincoln")
    assert (cron.text or "").strip() == (before or "").strip()
    assert before or cron.text is None


def test_setting_and_line_are_compared(want: Want) -> None:
    here = scheduler(RememberingCron())
    assert here.agreement("Lincoln", None) == "off"
    assert here.agreement("Lincoln", want()) == "missing"
    here.install(want())
    assert here.agreement("Lincoln", want()) == "agrees"
    assert here.agreement("Lincoln", want(begin=dt.time(4, 0))) == "differs"
    assert here.agreement("Lincoln", None) == "left_over"


def test_a_preview_is_what_is_installed(want: Want) -> None:
    cron = RememberingCron("")
    (planned,) = scheduler(cron).preview(want())
    assert cron.text == ""
    scheduler(cron).install(want())
    assert str(cron.text) == planned.text
    assert planned.place.startswith("the crontab of ")


def test_a_user_who_may_not_is_told_and_nothing_is_lost(want: Want) -> None:
    cron = RememberingCron("0 1 * * * backup\n")
    cron.denied = True
    with pytest.raises(ScheduleError, match=r"cron refused: You .* are not allowed") as caught:
        scheduler(cron).install(want())
    assert caught.value.meaning == "The crontab is as it was before."
    assert cron.text == "0 1 * * * backup\n"


def test_what_cron_can_not_do_is_said(want: Want) -> None:
    here = scheduler(RememberingCron())
    notes = here.notes(want(begin=dt.time(2, 30)))
    assert any("does not make up" in note for note in notes)
    assert any("On 2027-03-14 the clocks go forward and there is no 02:30 (CST)" in note for note in notes)
    skip = Settings(schedule=Schedule(on_missed="skip"))
    assert len(here.notes(want(settings=skip))) == 1


@pytest.mark.parametrize("exceptions", ["localhost", "10.0.0.0/8, *.example [::1] it's 50%"])
def test_the_shells_proxy_comes_along_and_another_shell_makes_no_other_line(
    want: Want, monkeypatch: pytest.MonkeyPatch, exceptions: str
) -> None:
    here = scheduler(RememberingCron())
    plain = want(places=PLACES)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", exceptions)
    wanted = want(places=PLACES)
    here.install(wanted)
    assert " HTTPS_PROXY=http://proxy.example:3128 " in here.preview(wanted)[0].text
    assert here.agreement("Lincoln", wanted) == here.agreement("Lincoln", plain) == "agrees"
    assert here.agreement("Lincoln", want(places=PLACES, begin=dt.time(4, 0))) == "differs"
    assert here.carries("Lincoln") == {"HTTPS_PROXY", "NO_PROXY"}
    here.install(plain)
    assert here.carries("Lincoln") == frozenset()


def test_the_lines_of_all_districts_are_taken_out_and_no_other(want: Want) -> None:
    cron = RememberingCron("0 1 * * * backup\n")
    here = scheduler(cron)
    assert here.districts() == []
    here.install(want())
    here.install(want("Adams"))
    assert here.districts() == ["Lincoln", "Adams"]
    here.remove_blocks()
    assert cron.text == "0 1 * * * backup\n"


def test_what_would_become_of_a_run_is_asked_by_the_shell_of_the_line(want: Want, tmp_path: Path) -> None:
    program = (sys.executable, "-c", "import os, sys; print(sys.argv[1:], os.environ['AERIES_TUI_TRIGGER'])")
    told = scheduler(RememberingCron()).try_out(
        want(program=program), (os.geteuid(), os.getegid()), str(tmp_path)
    )
    assert told == "['schedule', 'test', '--district', 'Lincoln', '--json'] timer\n"
    with pytest.raises(ScheduleError, match="can't run aeries-tui"):
        scheduler(RememberingCron()).try_out(
            want(program=("/not/there",)), (os.geteuid(), os.getegid()), str(tmp_path)
        )


def test_a_file_of_variables_that_the_account_may_not_read_is_named_with_what_to_type(
    want: Want, tmp_path: Path
) -> None:
    places = Places(tmp_path / "config", tmp_path / "data")
    with pytest.raises(ScheduleError) as told:
        scheduler(RememberingCron()).try_out(
            replace(want(places=places), reads_variables=True), (os.geteuid(), os.getegid()), str(tmp_path)
        )
    variables = places.config_dir / "environment"
    assert str(variables) in told.value.message
    assert f"&& chmod 640 {variables}" in told.value.remedy
