"""Root steps down to whom a configuration belongs to before it reads anything of theirs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aeries_tui.cli import account
from aeries_tui.cli.parser import make_parser
from aeries_tui.errors import ConfigurationError
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.settings import Places
from aeries_tui.settings.machine import Account


class Become(Exception):
    """What takes the place of the process."""


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """The processes that were begun anew, each with its environment; none is."""
    found: list[tuple[list[str], dict[str, str]]] = []

    def begin(program: str, argv: list[str], env: dict[str, str]) -> None:
        found.append((argv, env))
        raise Become

    for name in ("initgroups", "setgroups", "setgid", "setuid", "umask"):
        monkeypatch.setattr(account.os, name, lambda *given: None)
    monkeypatch.setattr(account.os, "execve", begin)
    monkeypatch.setattr(
        account, "find_places", lambda: Places(Path("/etc/aeries-tui"), Path("/var/lib/aeries-tui"))
    )
    monkeypatch.setattr(
        account, "owner_to_become", lambda places: Account("aeries-tui", 4711, 4711, "/var/lib/aeries-tui")
    )
    return found


def test_the_command_begins_anew_as_the_owner(
    began: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/root/elsewhere")
    monkeypatch.setenv("PEX_ROOT", "/root/.pex")
    with pytest.raises(Become):
        account.step_down(make_parser().parse_args(["results"]))
    ((argv, env),) = began
    assert argv == [*this_program(), *sys.argv[1:]]
    assert env["AERIES_TUI_CONFIG_DIR"] == "/etc/aeries-tui"
    assert (env["HOME"], env["LOGNAME"]) == ("/var/lib/aeries-tui", "aeries-tui")
    assert not {"XDG_CONFIG_HOME", "PEX_ROOT"} & set(env)
    assert capsys.readouterr().err == "Working as aeries-tui, whose districts these are: /etc/aeries-tui\n"


@pytest.mark.parametrize(
    "words",
    [
        ["help", "server"], ["demo"], ["completion", "bash"], ["manual"], ["setup", "--system"],
        ["schedule", "install", "--system"], ["schedule", "remove", "--system"],
    ],
)  # fmt: skip
def test_what_needs_root_or_reads_nothing_stays(
    began: list[tuple[list[str], dict[str, str]]], words: list[str]
) -> None:
    account.step_down(make_parser().parse_args(words))
    assert began == []


@pytest.mark.parametrize("words", [["doctor"], ["schedule", "show"]])
def test_root_tries_the_services_first_and_hands_on_what_came_of_it(
    began: list[tuple[list[str], dict[str, str]]], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aeries_tui.operations.machine_import.tried", lambda district: {"lincoln": None})
    with pytest.raises(Become):
        account.step_down(make_parser().parse_args(words))
    assert began[0][1]["AERIES_TUI_TRIED"] == '{"lincoln": null}'


def test_root_takes_the_timer_of_a_removed_district_away(
    began: list[tuple[list[str], dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    removed: list[str] = []

    def remove(name: str) -> list[str]:
        removed.append(name)
        return ["a systemd timer of this machine"]

    monkeypatch.setattr("aeries_tui.operations.machine_import.remove", remove)
    with pytest.raises(Become):
        account.step_down(make_parser().parse_args(["credentials", "remove", "lincoln"]))
    assert removed == ["lincoln"]
    assert "Removed: a systemd timer of this machine for lincoln." in capsys.readouterr().err


def test_a_program_that_the_owner_can_not_read_is_said(
    began: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account.os, "access", lambda path, mode: False)
    with pytest.raises(ConfigurationError, match="aeries-tui can't run this program") as caught:
        account.step_down(make_parser().parse_args(["results"]))
    assert "/opt/aeries-tui" in caught.value.remedy
    assert began == []
