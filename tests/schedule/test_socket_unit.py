"""The roster service behind a socket: previewed, installed whole or not at all, removed without a trace."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.socket_unit import SocketUnit, WantedSocket
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.schedule.units import Scope
from aeries_tui.settings import Places

from .conftest import RememberingSystemd


@pytest.fixture
def where(tmp_path: Path) -> Directories:
    return Directories(tmp_path / "units", tmp_path / "stamps")


@pytest.fixture
def systemd(where: Directories) -> RememberingSystemd:
    return RememberingSystemd(where)


def wanted(tmp_path: Path, **more: object) -> WantedSocket:
    places = Places(tmp_path / "etc", tmp_path / "var")
    return WantedSocket(
        **{"district": "Lincoln", "address": "127.0.0.1", "port": 8480, "places": places,
           "program": ("/opt/aeries-tui/bin/aeries-tui",), **more}
    )  # type: ignore[arg-type]  # fmt: skip


def section(text: str, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return dict(parser[name])


@pytest.mark.parametrize("scope", ["user", "system"])
def test_a_preview_says_what_is_written_and_touches_nothing(
    where: Directories, systemd: RememberingSystemd, tmp_path: Path, scope: Scope
) -> None:
    sock, service = SocketUnit(scope, where, systemd).preview(wanted(tmp_path))
    assert section(sock.text, "Socket") == {"ListenStream": "127.0.0.1:8480"}
    told = section(service.text, "Service")
    assert told["ExecStart"] == "/opt/aeries-tui/bin/aeries-tui serve --district Lincoln --idle-exit 600"
    assert told["NoNewPrivileges"] == "yes"
    assert ("User" in told) == ("ProtectSystem" in told) == (scope == "system")
    assert not list(tmp_path.rglob("*")) and systemd.calls == []
    assert "[::1]:9" in SocketUnit(scope, where).preview(wanted(tmp_path, address="::1", port=9))[0].text


def test_it_is_installed_seen_and_removed(
    where: Directories, systemd: RememberingSystemd, tmp_path: Path
) -> None:
    unit, one = SocketUnit("user", where, systemd), wanted(tmp_path)
    assert unit.state(one) == "not installed"
    unit.install(one)
    assert systemd.calls[-1] == "systemctl --user restart aeries-tui-serve-lincoln.socket"
    assert unit.state(one) == "listening"
    assert "otherwise" in unit.state(wanted(tmp_path, port=8481))
    assert unit.remove("Lincoln")
    assert not list(where.units.glob("aeries-tui*"))
    assert not unit.remove("Lincoln")


def test_what_systemd_refuses_leaves_what_was_there(
    where: Directories, systemd: RememberingSystemd, tmp_path: Path
) -> None:
    unit = SocketUnit("user", where, systemd)
    unit.install(wanted(tmp_path))
    before = {path: path.read_text() for path in where.units.glob("aeries-tui*")}
    systemd.refuses = "enable"
    with pytest.raises(ScheduleError):
        unit.install(wanted(tmp_path, port=8481))
    assert {path: path.read_text() for path in where.units.glob("aeries-tui*")} == before
    unit.remove("Lincoln")
    with pytest.raises(ScheduleError):
        unit.install(wanted(tmp_path))
    assert not list(where.units.glob("aeries-tui*"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("scope", ["user", "system"])
def test_systemd_takes_the_units(where: Directories, tmp_path: Path, scope: Scope) -> None:
    one = wanted(tmp_path, district="Lincoln Unified", address="::1", program=("/bin/true",))
    where.units.mkdir()
    planned = SocketUnit(scope, where).preview(one)
    for unit in planned:
        Path(unit.place).write_text(unit.text)
    ended = subprocess.run(
        ["systemd-analyze", "verify", f"--{scope}", "--man=no", *(unit.place for unit in planned)],
        capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert [line for line in ended.stderr.splitlines() if "aeries-tui" in line] == []
    assert ended.returncode == 0, ended.stderr


def test_root_is_told_of_the_machines_own_service_where_it_has_no_session(
    where: Directories, systemd: RememberingSystemd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    systemd.refuses = "daemon-reload"
    with pytest.raises(ScheduleError) as caught:
        SocketUnit("user", where, systemd).install(wanted(tmp_path))
    assert "aeries-tui serve install --system" in caught.value.remedy
