"""The units say what was wanted, and systemd takes them."""

import dataclasses
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest

from aeries_tui.errors import Busy, ConfigurationError
from aeries_tui.outcome import Outcome
from aeries_tui.schedule.daily_import import job_name, this_program, wanted_schedule
from aeries_tui.schedule.units import Scope, first_dated, service_unit, timer_unit, undated
from aeries_tui.settings import (
    Alarms,
    Credential,
    FromCommand,
    FromSystemd,
    InEnvironment,
    InKeyring,
    Places,
    Schedule,
    Settings,
    Source,
)

from .conftest import Want

TODAY = dt.date(2026, 8, 1)
SYSTEM = Places(Path("/etc/aeries-tui"), Path("/var/lib/aeries-tui"))


def test_no_daily_import_wants_nothing() -> None:
    assert wanted_schedule(Credential("x", "u", InKeyring()), Settings(), SYSTEM) is None


def test_the_timer_keeps_the_districts_zone_and_makes_up_for_a_missed_run(want: Want) -> None:
    timer = timer_unit(want(), TODAY)
    assert "OnCalendar=*-*-* 03:30:00 America/Chicago\nPersistent=true\nRandomizedDelaySec=10min\n" in timer
    assert first_dated(timer) == ""
    assert undated(timer) == timer


def test_the_timer_names_the_days_on_which_its_time_does_not_exist(want: Want) -> None:
    timer = timer_unit(want(begin=dt.time(2, 30)), TODAY)
    assert (
        "OnCalendar=*-*-* 02:30:00 America/Chicago\nOnCalendar=2027-03-14 03:30:00 America/Chicago\n" in timer
    )
    assert first_dated(timer) == "OnCalendar=2027-03-14 03:30:00 America/Chicago\n"
    assert undated(timer).count("OnCalendar=") == 1


def test_the_settings_of_the_schedule_are_kept(want: Want) -> None:
    settings = Settings(
        schedule=Schedule(randomised_delay_minutes=0, on_missed="skip"), source=Source(pull_deadline=3600.0)
    )
    timer = timer_unit(want(settings=settings), TODAY)
    assert "Persistent=false\nRandomizedDelaySec=0min\n" in timer
    assert "TimeoutStartSec=4500s\n" in service_unit(want(settings=settings), "user")


def test_the_service_runs_one_pull_with_its_places(want: Want) -> None:
    service = service_unit(want("Lincoln Unified", places=SYSTEM), "system")
    assert 'ExecStart=/opt/aeries-tui/bin/aeries-tui pull --district "Lincoln Unified"\n' in service
    assert "Environment=AERIES_TUI_CONFIG_DIR=/etc/aeries-tui\n" in service
    assert "Environment=AERIES_TUI_DATA_DIR=/var/lib/aeries-tui\n" in service
    assert "Environment=AERIES_TUI_TRIGGER=timer\n" in service
    assert "StateDirectory=aeries-tui\nStateDirectoryMode=0700\n" in service
    assert "User=aeries-tui\n" in service
    assert "ProtectSystem=strict\n" in service
    assert "ProtectHome=yes\n" in service


@pytest.mark.parametrize("scope", ["user", "system"])
def test_a_service_fails_by_an_error_and_not_by_what_is_no_failure(want: Want, scope: Scope) -> None:
    (line,) = [
        one for one in service_unit(want(), scope).splitlines() if one.startswith("SuccessExitStatus=")
    ]
    good = {0, *map(int, line.partition("=")[2].split())}
    assert good == {Outcome.COMPLETED.exit_status, Outcome.COMPLETED_WITH_ERROR.exit_status, Busy.exit_status}


def test_the_users_service_has_no_account_and_no_sandbox_it_could_not_have(want: Want) -> None:
    service = service_unit(want(), "user")
    assert "User=" not in service
    assert "ProtectSystem" not in service
    assert "NoNewPrivileges=yes\n" in service


def test_data_elsewhere_stays_writable(want: Want) -> None:
    settings = Settings(alarms=Alarms(prometheus_directory="/var/lib/prometheus/node-exporter"))
    places = Places(Path("/etc/aeries-tui"), Path("/srv/aeries data"))
    service = service_unit(want(places=places, settings=settings), "system")
    assert 'ReadWritePaths="/srv/aeries data"\n' in service
    assert "ReadWritePaths=-/var/lib/prometheus/node-exporter\n" in service
    assert "StateDirectory" not in service


def test_where_deliveries_go_is_writable_and_their_keys_are_handed_out(want: Want) -> None:
    to = {"host": "h", "user": "u", "key": {"systemd": "clever-key"}, "host_key": "ssh-ed25519 " + "A" * 68}
    tables = (
        {"name": "a", "feeds": ["clever"], "to": "/home/vendor/in"},
        {"name": "b", "feeds": ["clever"], "to": to},
        {"name": "c", "feeds": ["clever"], "to": "/elsewhere", "district": "another"},
    )
    service = service_unit(want(settings=Settings(deliveries=tables), places=SYSTEM), "system")
    assert "ReadWritePaths=-/home/vendor/in\n" in service and "/elsewhere" not in service
    assert "ProtectHome=read-only\n" in service
    assert "LoadCredential=clever-key:" in service


def test_a_program_in_a_home_stays_readable(want: Want) -> None:
    service = service_unit(want(program=("/home/ann/aeries/bin/aeries-tui",), places=SYSTEM), "system")
    assert "ProtectHome=read-only\n" in service


def test_the_certificate_comes_by_credential_or_file_and_stands_in_no_unit(want: Want) -> None:
    by_systemd = service_unit(want(source=FromSystemd("aeries-certificate"), places=SYSTEM), "system")
    assert (
        "LoadCredential=aeries-certificate:/etc/aeries-tui-secrets/aeries-certificate.secret\n" in by_systemd
    )
    by_variable = service_unit(want(source=InEnvironment("LINCOLN"), places=SYSTEM), "system")
    assert "EnvironmentFile=/etc/aeries-tui-secrets/environment\n" in by_variable
    for scope in ("user", "system"):
        in_file = service_unit(want(places=SYSTEM), scope)
        assert "cccc" not in in_file
        assert "LoadCredential" not in in_file
        assert "EnvironmentFile" not in in_file


def test_awkward_paths_are_quoted(want: Want) -> None:
    places = Places(Path('/etc/100% "own"/x'), Path("/srv/a\\b"))
    service = service_unit(want(places=places, program=("/opt/my own/python", "-m", "my $HOME")), "user")
    assert 'Environment="AERIES_TUI_CONFIG_DIR=/etc/100%% \\"own\\"/x"\n' in service
    assert 'Environment="AERIES_TUI_DATA_DIR=/srv/a\\\\b"\n' in service
    assert 'ExecStart="/opt/my own/python" -m "my $$HOME" pull' in service


def test_a_file_of_variables_is_a_pattern_without_a_meaning(want: Want) -> None:
    places = Places(Path('/etc/a [1]*?\\"b"%h'), Path("/srv/x"))
    service = service_unit(want(source=InEnvironment("V"), places=places), "user")
    assert 'EnvironmentFile=/etc/a \\[1\\]\\*\\?\\\\"b"%%h/environment\n' in service


@pytest.mark.parametrize("below", ["a b", "a:b", "a\\b"])
def test_a_data_directory_with_an_awkward_name_is_no_state_directory(want: Want, below: str) -> None:
    service = service_unit(want(places=Places(Path("/etc/x"), Path("/var/lib", below))), "system")
    assert "StateDirectory" not in service
    assert f"/var/lib/{below}".replace("\\", "\\\\") in service


@pytest.mark.parametrize(
    "bad", ["/a\nExecStartPre=/bin/sh -c id", "/a\rb", "/a\x1b[31m", "/a\0b", "/\udcff", "relative"]
)
@pytest.mark.parametrize(
    ("where", "said"),
    [("config", "The configuration directory"), ("data", "The data directory"),
     ("program", "The program's path"), ("metrics", "alarms.prometheus_directory")],
)  # fmt: skip
def test_what_no_unit_can_hold_is_refused_by_name(want: Want, bad: str, where: str, said: str) -> None:
    wanted = want(
        places=Places(Path(bad if where == "config" else "/c"), Path(bad if where == "data" else "/d")),
        program=(bad if where == "program" else "/x",),
    )
    wanted = dataclasses.replace(wanted, writes=(Path(bad if where == "metrics" else "/m"),))
    for make in (lambda: service_unit(wanted, "user"), lambda: timer_unit(wanted, TODAY)):
        with pytest.raises(ConfigurationError, match=f"{said} can't stand in a systemd unit: ") as caught:
            make()
        assert caught.value.message.isprintable()
        assert caught.value.remedy


def test_a_dollar_in_the_programs_path_is_refused_by_name(want: Want) -> None:
    with pytest.raises(ConfigurationError, match=r"The program's path .* holds \$"):
        service_unit(want(program=("/opt/$HOME/aeries-tui",)), "user")


def test_the_secrets_of_a_webhook_come_as_the_certificate_does(want: Want) -> None:
    alarms = Alarms(
        webhook="https://x.org", webhook_secret=FromSystemd("hook"), webhook_token=InEnvironment("TOKEN")
    )
    wanted = want(settings=Settings(alarms=alarms), places=SYSTEM)
    service = service_unit(wanted, "system")
    assert "LoadCredential=hook:/etc/aeries-tui-secrets/hook.secret\n" in service
    assert "EnvironmentFile=/etc/aeries-tui-secrets/environment\n" in service
    alarms = dataclasses.replace(alarms, webhook="")
    assert "hook" not in service_unit(want(settings=Settings(alarms=alarms), places=SYSTEM), "system")


@pytest.mark.parametrize(
    ("district", "name"),
    [("lincoln", "aeries-tui-lincoln"), ("lincoln-2.0_x", "aeries-tui-lincoln-2.0_x")],
)
def test_a_plain_name_is_kept(district: str, name: str) -> None:
    assert job_name(district) == name


def test_no_two_districts_share_a_name() -> None:
    names = [
        job_name(name)
        for name in ("Lincoln Unified", "Lincoln-Unified", "Lincoln_Unified", "Lincoln.Unified")
    ]
    assert len(set(names)) == 4
    assert all(" " not in name and name == name.lower() for name in names)


def test_the_program_is_run_again_as_it_was_run_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "aeries-tui"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(script)])
    assert this_program() == (str(script),)
    monkeypatch.setattr("sys.argv", ["/x/aeries_tui/__main__.py"])
    assert this_program()[1:] == ("-m", "aeries_tui")
    assert Path(this_program()[0]).is_absolute()


def test_the_program_in_one_file_is_run_again_by_that_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PEX", "/opt/aeries-tui.pyz")
    assert this_program() != ("/opt/aeries-tui.pyz",)  # another program's, which started this one
    (tmp_path / "PEX-INFO").touch()
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert this_program() == ("/opt/aeries-tui.pyz",)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("scope", ["user", "system"])
@pytest.mark.parametrize(
    "source",
    [None, FromSystemd("aeries-certificate"), InEnvironment("LINCOLN"), FromCommand(("pass", "show", "x"))],
    ids=["file", "systemd", "variable", "command"],
)
def test_systemd_takes_the_units(want: Want, tmp_path: Path, scope: Scope, source: object) -> None:
    units = tmp_path / "units"
    units.mkdir()
    wanted = want(
        "Lincoln Unified", begin=dt.time(2, 30), source=source, places=SYSTEM, program=("/bin/true",)
    )
    wanted = dataclasses.replace(wanted, writes=(Path("/var/lib/node exporter"),))
    name = job_name(wanted.district)
    (units / f"{name}.timer").write_text(timer_unit(wanted, TODAY))
    (units / f"{name}.service").write_text(service_unit(wanted, scope))
    ended = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            f"--{scope}",
            "--man=no",
            str(units / f"{name}.timer"),
            str(units / f"{name}.service"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    about_ours = [line for line in ended.stderr.splitlines() if name in line or str(units) in line]
    assert about_ours == []
    assert ended.returncode == 0, ended.stderr
