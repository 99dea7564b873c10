"""What a package index and an installed person see: addresses, links that lead somewhere, the man page, the settings."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli.manual import manual
from aeries_tui.cli.parser import make_parser
from aeries_tui.settings.example import render_example
from cli.conftest import Machine

ROOT = Path(__file__).parents[2]


def load() -> Any:
    spec = importlib.util.spec_from_file_location("build_metadata", ROOT / "build_metadata.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


METADATA = load()


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://git.example.org/district/aeries-tui.git", "https://git.example.org/district/aeries-tui"),
        ("https://me:secret@git.example.org/district/aeries-tui", "https://git.example.org/district/aeries-tui"),
        ("git@git.example.org:district/aeries-tui.git", "https://git.example.org/district/aeries-tui"),
        ("ssh://git@git.example.org:2222/district/a/", "https://git.example.org/district/a"),
        ("/srv/git/aeries-tui", ""),
        ("file:///srv/git/aeries-tui", ""),
        ("server:aeries-tui", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_address_of_the_project_is_that_of_its_remote_without_a_login(remote: str, address: str) -> None:
    assert METADATA.address(remote) == address


def test_no_link_of_the_description_is_relative_with_an_address_or_without_one() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    relative = re.compile(r"\]\((?!https://|#)")
    assert len(relative.findall(readme)) > 20
    for home in ("https://git.example.org/district/aeries-tui", ""):
        assert not relative.search(METADATA.with_absolute_links(readme, home, "0" * 40))
    linked = METADATA.with_absolute_links("[a](b.md) ![c](d.svg)<br>", "https://x.example/y", "f00")
    assert linked == "[a](https://x.example/y/blob/f00/b.md) ![c](https://x.example/y/raw/f00/d.svg)<br>"
    assert METADATA.with_absolute_links("[a](b.md) ![c](d.svg)<br>e", "", "") == "a e"


def test_the_man_page_names_every_command_and_every_option() -> None:
    page = manual().replace("\\-", "-").replace("\\(aq", "'")
    parser = make_parser()
    top = next(action for action in parser._actions if action.choices and action.dest == "command")
    assert isinstance(top.choices, dict)
    for name, command in top.choices.items():
        assert f".SS {name}\n" in page
        shown = [action for action in command._actions if action.help != argparse.SUPPRESS]
        for option in (string for action in shown for string in action.option_strings):
            assert option in {"-h", "--help"} or option in page
    assert "aeries-tui credentials add" in page
    assert "HTTPS_PROXY" in page


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man-db")
def test_the_man_page_is_formatted_without_a_warning(machine: Machine, tmp_path: Path) -> None:
    page = tmp_path / "aeries-tui.1"
    page.write_text(machine("manual").out, encoding="utf-8")
    done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "aeries-tui - pull a school district's roster" in done.stdout


def test_an_installed_person_gets_the_documented_settings(machine: Machine) -> None:
    assert machine("config", "example").out == render_example()


def test_the_paths_are_told_where_the_files_can_not_be_read(machine: Machine) -> None:
    machine.add()
    credentials = machine.root / "config" / "credentials.toml"
    credentials.write_text("districts = [", encoding="utf-8")
    said = machine("paths")
    assert said.status == 0
    assert str(credentials) in said.out
    assert "is not valid TOML" in said.err
    told = machine("paths", "--json").json
    assert told["credentials"] == str(credentials)
    assert "is not valid TOML" in told["problem"]["message"]
