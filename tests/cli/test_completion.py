"""Completion as the shells themselves do it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Machine
from tui.pty_app import PtyApp

WORDS = """
eval "$(aeries-tui completion bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_shtab_aeries_tui 2>/dev/null  # compopt wants a completion that readline began
((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def place(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody types: two districts, some files, the program on the PATH."""
    for name in ("Oak Grove", "zebra"):
        added = machine(
            "credentials", "add", name, "--url", "https://zebra.example/aeries", "--certificate-stdin",
            typed="0123456789abcdef0123456789abcdef\n",
        )  # fmt: skip
        assert added.status == 0
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "typed").mkdir()
    (tmp_path / "typed" / "our schools.csv").touch()
    (tmp_path / "typed" / "ali.csv").touch()
    return tmp_path / "typed"


def in_bash(place: Path, *words: str) -> set[str]:
    """What bash offers for the last of these words."""
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", WORDS, "bash", "aeries-tui", *words],
        capture_output=True, text=True, check=True, cwd=place,
    )  # fmt: skip
    return set(done.stdout.splitlines())


def test_what_is_made_for_a_shell_changes_nothing_for_the_next_command(machine: Machine) -> None:
    assert machine("completion", "bash").status == 0
    assert machine("schema").status == 0


def test_bash_completes_the_names_of_consumers(place: Path, machine: Machine) -> None:
    assert machine("credentials", "remove", "zebra", "--yes").status == 0
    for name in ("sds", "library"):
        assert machine("consumers", "add", name).status == 0
    assert in_bash(place, "consumers", "rotate", "") == {"sds", "library"}
    assert in_bash(place, "consumers", "revoke", "li") == {"library"}


def test_bash_completes_commands_options_values_and_files_after_the_district_as_well(place: Path) -> None:
    assert in_bash(place, "sch") == {"schools", "schedule", "schema"}
    assert in_bash(place, "--district", "zebra", "pull", "--pl") == {"--plan"}
    assert in_bash(place, "--district", "zebra", "schools", "im") == {"import-ali"}
    assert in_bash(place, "schools", "import-ali", "") == {"ali.csv", "our schools.csv"}
    assert in_bash(place, "descriptions", "3", "--csv", "al") == {"ali.csv"}
    assert in_bash(place, "export", "oneroster", "--version", "") == {"1.1", "1.2"}
    assert in_bash(place, "log", "3", "--level", "w") == {"warning"}
    assert in_bash(place, "changes", "3", "--kind", "st") == {"student", "staff"}
    assert in_bash(place, "help", "t") == {"timers", "terminals", "troubleshooting"}
    assert in_bash(place, "schema", "plan", "sho") == {"show"}
    assert in_bash(place, "serve", "in") == {"install"}
    assert in_bash(place, "consumers", "add", "x", "--scopes", "core,roster,") == {"core,roster,demographics"}
    assert in_bash(place, "descriptions", "3", "--code", "STUDENT-NO-E") == {"STUDENT-NO-EMAIL"}


def test_bash_completes_the_names_of_districts_as_one_types_them(place: Path) -> None:
    assert in_bash(place, "--district", "") == {"Oak\\ Grove", "zebra"}
    assert in_bash(place, "pull", "--district", "Oak\\ G") == {"Oak\\ Grove"}
    assert in_bash(place, "credentials", "remove", "z") == {"zebra"}
    assert in_bash(place, "credentials", "add", "z") == set()


def in_fish(place: Path, typed: str) -> set[str]:
    """What fish offers for the end of a line."""
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"aeries-tui completion fish | source; complete -C '{typed}'"],
        capture_output=True, text=True, check=True, cwd=place,
    )  # fmt: skip
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_completes_the_same(place: Path) -> None:
    assert in_fish(place, "aeries-tui --district zebra pull --pl") == {"--plan"}
    assert in_fish(place, "aeries-tui pull --district ") == {"Oak Grove", "zebra"}
    assert in_fish(place, "aeries-tui schools import-ali ") == {"ali.csv", "our schools.csv"}
    assert in_fish(place, "aeries-tui changes 3 --kind st") == {"student", "staff"}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_completes_the_same_at_its_prompt(place: Path) -> None:
    environment = {**os.environ, "TERM": "dumb", "PS1": "% ", "HOME": str(place.parent)}
    ready = 'autoload -U compinit && compinit -u -D; eval "$(aeries-tui completion zsh)"; print re""ady\r'
    with PtyApp(["zsh", "-f", "-i"], 120, 24, environment) as zsh:
        zsh.send(f"cd '{place}'; {ready}")
        zsh.read_until(lambda text: "ready" in text)
        for typed, offered in (
            ("--district zebra pull --a", ("--acknowledge", "--all")),
            ("pull --district ", ("Oak\\ Grove", "zebra")),
            ("schools import-ali ", ("ali.csv", "our\\ schools.csv")),
            ("changes 3 --kind st", ("student", "staff")),
            ("help ", ("timers", "privacy")),
        ):
            since = len(zsh.output)
            zsh.send(f"aeries-tui {typed}\t")
            zsh.read_until(lambda text, offered=offered: all(one in text for one in offered), since=since)
            zsh.send("\x15\r")


def test_the_numbers_of_imports_are_offered(machine: Machine, place: Path) -> None:
    for name in ("Oak Grove", "zebra"):
        assert machine("credentials", "remove", name).status == 0
    machine.map_all()
    machine("pull", "--acknowledge")
    machine("pull")
    assert in_bash(place, "results", "") == {"1", "2"}
    if shutil.which("fish"):
        assert in_fish(place, "aeries-tui undo ") == {"1", "2"}
