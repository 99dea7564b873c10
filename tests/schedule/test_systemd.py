"""A timer is installed whole or not at all, agrees with its setting or says so, and is removed without a trace."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.processes import Finished
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.systemd import SystemdScheduler, systemd_runs
from aeries_tui.schedule.unit_pair import Directories, directories
from aeries_tui.schedule.units import Scope
from aeries_tui.settings import FromSystemd, InEnvironment

from .conftest import RememberingSystemd, Want


@pytest.fixture
def scheduler(where: Directories, systemd: RememberingSystemd) -> SystemdScheduler:
    return SystemdScheduler("user", where, systemd, lambda: dt.date(2026, 8, 1))


def everything(tmp_path: Path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir())


def test_a_preview_touches_nothing(scheduler: SystemdScheduler, want: Want, tmp_path: Path) -> None:
    timer, service = scheduler.preview(want())
    assert timer.place.endswith("/units/aeries-tui-lincoln.timer")
    assert service.place.endswith("/units/aeries-tui-lincoln.service")
    assert "OnCalendar=" in timer.text
    assert "ExecStart=" in service.text
    assert everything(tmp_path) == []


def test_installing_writes_enables_and_starts(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want
) -> None:
    scheduler.install(want())
    assert systemd.calls == [
        "systemctl --user daemon-reload",
        "systemctl --user enable aeries-tui-lincoln.timer",
        "systemctl --user restart aeries-tui-lincoln.timer",
    ]
    for planned in scheduler.preview(want()):
        assert Path(planned.place).read_text() == planned.text
        assert Path(planned.place).stat().st_mode & 0o777 == 0o644
    assert scheduler.agreement("Lincoln", want()) == "agrees"


def test_the_systems_own_manager_is_asked_for_a_system_wide_timer(
    where: Directories, systemd: RememberingSystemd, want: Want
) -> None:
    SystemdScheduler("system", where, systemd, account_exists=lambda: True).install(want())
    assert systemd.calls[0] == "systemctl daemon-reload"


def test_a_system_wide_timer_needs_its_account(
    where: Directories, systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowedNow) as caught:
        SystemdScheduler("system", where, systemd, account_exists=lambda: False).install(want())
    assert "aeries-tui setup --system" in caught.value.remedy
    assert systemd.calls == []
    assert everything(tmp_path) == []


@pytest.mark.parametrize("verb", ["daemon-reload", "enable", "restart"])
def test_a_refusal_leaves_nothing_behind(
    scheduler: SystemdScheduler,
    systemd: RememberingSystemd,
    want: Want,
    tmp_path: Path,
    verb: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    systemd.refuses = verb
    with pytest.raises(ScheduleError, match="systemd refused: Failed to connect to bus") as caught:
        scheduler.install(want())
    assert f"systemctl --user {verb}" in caught.value.remedy
    assert everything(tmp_path) == []


def test_root_is_told_of_the_machines_own_timer_where_it_has_no_session(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    systemd.refuses = "daemon-reload"
    with pytest.raises(ScheduleError) as caught:
        scheduler.install(want())
    assert "aeries-tui schedule install --system" in caught.value.remedy


def test_a_refusal_leaves_the_older_timer(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want
) -> None:
    scheduler.install(want())
    systemd.refuses = "enable"
    with pytest.raises(ScheduleError):
        scheduler.install(want(begin=dt.time(5, 0)))
    assert scheduler.agreement("Lincoln", want()) == "agrees"


def test_a_directory_that_can_not_be_made_is_said(
    systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    where = Directories(tmp_path / "file" / "units", tmp_path / "stamps")
    with pytest.raises(ScheduleError, match="can't be made"):
        SystemdScheduler("user", where, systemd).install(want())


def test_a_unit_that_can_not_be_written_is_said(
    scheduler: SystemdScheduler,
    where: Directories,
    want: Want,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MasterError, match="the disk is full"):
        scheduler.install(want())
    assert everything(tmp_path) == []


def test_removing_leaves_nothing(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    scheduler.install(want())
    assert len(everything(tmp_path)) == 4
    assert scheduler.remove("Lincoln")
    assert everything(tmp_path) == []
    assert systemd.active == set()
    assert scheduler.agreement("Lincoln", None) == "off"
    assert not scheduler.remove("Lincoln")


def test_removing_works_also_where_systemd_does_not_answer(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    scheduler.install(want())
    systemd.refuses = "disable"
    assert scheduler.remove("Lincoln")
    assert everything(tmp_path) == []


def test_removing_one_district_leaves_the_others(scheduler: SystemdScheduler, want: Want) -> None:
    scheduler.install(want())
    scheduler.install(want("Adams"))
    scheduler.remove("Lincoln")
    assert scheduler.agreement("Adams", want("Adams")) == "agrees"


def test_timer_and_setting_are_compared(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want
) -> None:
    assert scheduler.agreement("Lincoln", None) == "off"
    assert scheduler.agreement("Lincoln", want()) == "missing"
    scheduler.install(want())
    assert scheduler.agreement("Lincoln", None) == "left_over"
    assert scheduler.agreement("Lincoln", want(begin=dt.time(4, 0))) == "differs"
    assert scheduler.agreement("Lincoln", want(zone="America/Denver")) == "differs"
    assert scheduler.agreement("Lincoln", want(program=("/elsewhere/aeries-tui",))) == "differs"
    systemd.active.clear()
    assert scheduler.agreement("Lincoln", want()) == "not_enabled"


def test_a_timer_agrees_until_the_next_gap_it_does_not_name(scheduler: SystemdScheduler, want: Want) -> None:
    wanted = want(begin=dt.time(2, 30))
    scheduler.install(wanted)
    later = dataclasses.replace(scheduler, today=lambda: dt.date(2030, 1, 1))
    assert later.agreement("Lincoln", wanted) == "agrees"
    much_later = dataclasses.replace(scheduler, today=lambda: dt.date(2037, 1, 1))
    assert much_later.agreement("Lincoln", wanted) == "differs"


def test_a_user_who_does_not_linger_is_told(
    scheduler: SystemdScheduler, systemd: RememberingSystemd, want: Want
) -> None:
    assert scheduler.notes(want()) == ()
    systemd.linger = "no"
    assert "loginctl enable-linger" in scheduler.notes(want())[0]


def test_a_missing_file_of_the_certificate_is_told(scheduler: SystemdScheduler, want: Want) -> None:
    wanted = want(source=FromSystemd("aeries"))
    assert "aeries.secret (0600), which is not there yet" in scheduler.notes(wanted)[0]
    wanted.places.config_dir.mkdir()
    (wanted.places.config_dir / "aeries.secret").touch()
    assert scheduler.notes(wanted) == ()
    assert "environment (0600), which is not there yet" in scheduler.notes(want(source=InEnvironment("V")))[0]


def test_a_timer_of_the_machine_has_a_name_of_its_own(
    where: Directories, systemd: RememberingSystemd, scheduler: SystemdScheduler, want: Want
) -> None:
    machine = SystemdScheduler("system", where, systemd, account_exists=lambda: True)
    machine.install(want())
    scheduler.install(want())
    assert (where.units / "aeries-tui-machine-lincoln.timer").exists()
    assert scheduler.remove("Lincoln")
    assert machine.agreement("Lincoln", want()) == "agrees"


def test_a_timer_of_the_machine_that_an_older_version_made_is_taken_away_by_whose_it_is(
    where: Directories, systemd: RememberingSystemd, scheduler: SystemdScheduler, want: Want, tmp_path: Path
) -> None:
    scheduler.install(want())  # under the name that the machine's had before
    machine = SystemdScheduler("system", where, systemd)
    assert not machine.remove_older("Lincoln", Path("/somebody/elses"))
    assert machine.remove_older("Lincoln", want().places.config_dir)
    assert everything(tmp_path) == []


def test_another_shell_makes_no_other_timer(
    scheduler: SystemdScheduler, want: Want, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost, *.example")
    scheduler.install(want())
    monkeypatch.delenv("HTTPS_PROXY")
    assert scheduler.agreement("Lincoln", want()) == "agrees"
    assert scheduler.carries("Lincoln") == {"HTTPS_PROXY", "NO_PROXY"}


def test_a_proxy_with_a_password_stands_in_no_unit_and_where_it_may_is_said(
    scheduler: SystemdScheduler, want: Want, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://me:hush@proxy.example:3128")
    assert not any("hush" in planned.text for planned in scheduler.preview(want()))
    (note,) = scheduler.notes(want())
    assert "Write the line https_proxy=… into" in note
    file = want().places.config_dir / "environment"
    file.parent.mkdir()
    file.write_text("https_proxy=http://me:hush@proxy.example:3128\n")
    assert scheduler.notes(want()) == ()
    assert "EnvironmentFile=" in scheduler.preview(want())[1].text


def test_a_service_is_tried_as_it_stands_and_nothing_is_left_of_it(
    where: Directories, systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    transient = tmp_path / "run"
    transient.mkdir()
    seen: list[str] = []

    def run(argv: Sequence[str], *, timeout: float, **others: object) -> Finished:
        if "start" in argv:
            (unit,) = transient.glob("*.service")
            seen.append(unit.read_text())
            unit.with_suffix(".out").write_text('{"told": 1}')
        return systemd(argv, timeout=timeout)

    machine = SystemdScheduler("system", where, run, account_exists=lambda: True, transient=transient)
    service = machine.preview(want())[1].text
    assert machine.try_out(service, "Lincoln") == '{"told": 1}'
    assert list(transient.iterdir()) == []
    kept = set(service.splitlines()) - set(seen[0].splitlines())
    assert [line.partition("=")[0] for line in kept] == ["ExecStart"]
    assert " schedule test --district Lincoln --json\n" in seen[0]
    assert "\nStandardError=journal\n" in seen[0], "what is said beside the answer is not in it"


def test_a_service_that_systemd_can_not_start_is_said(
    where: Directories, systemd: RememberingSystemd, want: Want, tmp_path: Path
) -> None:
    systemd.refuses = "start"
    machine = SystemdScheduler("system", where, systemd, transient=tmp_path)
    with pytest.raises(ScheduleError, match="systemd could not start the service"):
        machine.try_out(machine.preview(want())[1].text, "Lincoln")
    assert everything(tmp_path) == []


@pytest.mark.parametrize(
    ("scope", "env", "units", "stamps"),
    [
        ("system", {}, "/etc/systemd/system", "/var/lib/systemd/timers"),
        ("user", {"HOME": "/h"}, "/h/.config/systemd/user", "/h/.local/share/systemd/timers"),
        ("user", {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"}, "/c/systemd/user", "/d/systemd/timers"),
    ],
)
def test_systemds_directories_are_known(scope: Scope, env: dict[str, str], units: str, stamps: str) -> None:
    assert directories(scope, env) == Directories(Path(units), Path(stamps))


def test_the_machine_is_asked(tmp_path: Path) -> None:
    assert systemd_runs(tmp_path)
    assert not systemd_runs(tmp_path / "none")
