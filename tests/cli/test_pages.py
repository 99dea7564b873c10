"""What README and the pages of help tell people to type is a command that there is, and does what the page says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from aeries_tui.cli.parser import make_parser
from aeries_tui.codes import CODES
from aeries_tui.topics import TOPICS, topic
from cli.conftest import Machine
from pages import lines, quoted

ROOT = Path(__file__).parents[2]
PAGES = {"README": (ROOT / "README.md").read_text("utf-8"), **{name: topic(name) for name in TOPICS}}

_PLACEHOLDERS = {"N": "1", "NAME": "lincoln", "FILE.csv": "ali.csv"}
_ALTERNATIVES = re.compile(r"[{…|]|\.\.\.")


def commands(page: str) -> Iterator[list[str]]:
    """The words after `aeries-tui` of each command of a page: its indented lines, and what stands in backquotes."""
    inline = [words for words in quoted(page) if words.removeprefix("sudo ").startswith("aeries-tui")]
    for line in [*lines(page), *inline]:
        if "aeries-tui" not in line or _ALTERNATIVES.search(line.partition("#")[0]):
            continue
        words = shlex.split(line, comments=True)
        at = next(
            (
                place
                for place, word in enumerate(words)
                if word.rpartition("/")[2] == "aeries-tui" and "=" not in word
            ),
            None,
        )
        before = words[:at]
        is_run = at is not None and all(word == "sudo" or "=" in word for word in before)
        if is_run and at is not None:
            own = takewhile(lambda word: word not in {"<", ">", "|"}, words[at + 1 :])
            yield [_PLACEHOLDERS.get(word, word) for word in own]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_a_page_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser()
    refused = []
    for words in commands(PAGES[name]):
        try:
            parser.parse_args(words)
        except SystemExit as end:
            if end.code:
                refused.append((shlex.join(words), capsys.readouterr().err.splitlines()[-1]))
    assert refused == []


def test_a_command_is_found_wherever_it_stands() -> None:
    page = "Do `aeries-tui doctor`\n\n    sudo aeries-tui pull --plan  # or\n    X=/opt/aeries-tui /opt/a/bin/aeries-tui log N < x\n    rm x\n"
    assert list(commands(page)) == [["pull", "--plan"], ["log", "1"], ["doctor"]]


def test_every_code_of_a_page_is_one() -> None:
    families = "|".join(sorted({str(code).partition("-")[0] for code in CODES}))
    named = {
        found for page in PAGES.values() for found in re.findall(rf"\b(?:{families})-[A-Z-]+[A-Z]\b", page)
    }
    assert named - {str(code) for code in CODES} == set()
    assert len(named) > 5


def unnamed(root: Path, page: str) -> list[str]:
    """The files below a directory of the program that a page names neither themselves nor by a folder they are in."""
    left = []
    for path in root.rglob("*"):
        parts = [
            "DISTRICT" if part == "demo" else re.sub(r"^[0-9]+$", "N", part)
            for part in path.relative_to(root).parts
        ]
        folders = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]
        name = re.sub(r"-(wal|shm)$", "", path.name)
        of_its_kind = {"/".join(parts), "/".join([*parts[:-1], name]), name, f"*{path.suffix}"}
        if path.is_file() and not any(f"`{one}`" in page for one in [*folders, *of_its_kind]):
            left.append("/".join(parts))
    return left


def test_the_page_on_troubleshooting_is_followed_word_by_word(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    machine("pull")
    machine("pull", "--plan")
    expected = {"check": {0}, "status": {3}, "doctor": {0, 5}, "discard": {2, 5}, "explain": {0, 5}}
    for words in commands(topic("troubleshooting")):
        if words[0] in {"credentials", "help"}:
            continue
        said = machine(*words)
        assert said.status in expected.get(words[0], {0, 4}), (words, said.err)
        assert "defect" not in said.err
    for folder in ("config", "data"):
        assert unnamed(machine.root / folder, topic("privacy")) == []
    (machine.root / "data" / "demo" / "copy.csv").touch()
    assert unnamed(machine.root / "data", topic("privacy")) == ["DISTRICT/copy.csv"]
