"""Whose districts a process works with: what is named, one's own, or the machine's; and as whom root works on them."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from aeries_tui.errors import NotFound
from aeries_tui.operations.district import find_district
from aeries_tui.settings import Places, find_places, machine
from aeries_tui.settings.machine import Account, hint_of_machine, owner_to_become

SERVICE = Account("aeries-tui", 4711, 4711, "/var/lib/aeries-tui")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A machine that was set up; its places."""
    made = Places(tmp_path / "etc", tmp_path / "var")
    made.config_dir.mkdir()
    monkeypatch.setattr(machine, "MACHINE", made)
    monkeypatch.setattr(machine, "service_account", lambda: SERVICE)
    monkeypatch.setattr(machine, "_owner", lambda path: SERVICE.uid if path == made.config_dir else 0)
    return made


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("AERIES_TUI_CONFIG_DIR", "AERIES_TUI_DATA_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return {"HOME": str(tmp_path / "home")}


def own(env: dict[str, str]) -> Path:
    return Path(env["HOME"], ".config", "aeries-tui", "credentials.toml")


@pytest.mark.parametrize(("uid", "is_machines"), [(0, True), (SERVICE.uid, True), (1000, False)])
def test_root_and_the_service_work_with_the_machines_districts(
    places: Places, env: dict[str, str], monkeypatch: pytest.MonkeyPatch, uid: int, is_machines: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert (find_places(env) == places) is is_machines


def test_root_with_districts_of_its_own_works_with_those(
    places: Places, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    own(env).parent.mkdir(parents=True)
    own(env).touch()
    assert find_places(env).credentials_file == own(env)
    assert str(places.config_dir) in hint_of_machine(find_places(env))


def test_what_the_environment_names_comes_first(
    places: Places, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert find_places(env | {"AERIES_TUI_CONFIG_DIR": "/here"}).config_dir == Path("/here")


def test_who_has_no_district_is_told_of_the_machines(
    places: Places, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(NotFound) as caught:
        find_district(None)
    assert "credentials add" in caught.value.remedy
    assert f"This machine has districts too, in {places.config_dir}: sudo aeries-tui" in caught.value.remedy


def test_a_machine_that_was_not_set_up_is_not_spoken_of(env: dict[str, str]) -> None:
    assert hint_of_machine(find_places(env)) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_becomes_the_owner_of_the_configuration(tmp_path: Path) -> None:
    places = Places(tmp_path / "config", tmp_path / "data")
    assert owner_to_become(places) is None, "there is nothing yet"
    places.config_dir.mkdir()
    assert owner_to_become(places) is None, "it is root's own"
    os.chown(places.config_dir, 54321, 54322)
    assert owner_to_become(places) == Account("", 54321, 54322, str(places.data_dir))
    os.chown(places.config_dir, pwd.getpwnam("nobody").pw_uid, 0)
    account = owner_to_become(places)
    assert account is not None
    assert account.name == "nobody"
