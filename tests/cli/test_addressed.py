"""What is said of one of several districts can be typed as it stands."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aeries_tui.cli.addressed import addressed
from aeries_tui.cli.output import about, say
from aeries_tui.cli.parser import make_parser
from cli.conftest import Machine


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Run aeries-tui pull.", "Run aeries-tui pull --district 'c d'."),
        ("Run aeries-tui pull --resume, or raise it.", "Run aeries-tui pull --district 'c d' --resume, or raise it."),
        ("Then: aeries-tui results 3", "Then: aeries-tui results --district 'c d' 3"),
        (
            "Run aeries-tui schools update; then see aeries-tui schools list.",
            "Run aeries-tui schools update --district 'c d'; then see aeries-tui schools list --district 'c d'.",
        ),
        ("aeries-tui checks list names them.", "aeries-tui checks list --district 'c d' names them."),
        # For no district, for all of them, and for one that is named.
        ("See aeries-tui help deliveries.", "See aeries-tui help deliveries."),
        ("Add one: aeries-tui credentials add NAME", "Add one: aeries-tui credentials add NAME"),
        ("Type: aeries-tui schedule install --all", "Type: aeries-tui schedule install --all"),
        ("Type: aeries-tui pull --resume --district x.", "Type: aeries-tui pull --resume --district x."),
    ],
)  # fmt: skip
def test_a_command_for_one_district_names_it(said: str, named: str) -> None:
    assert addressed(said, "c d") == named


@given(st.text(min_size=1))
def test_a_named_district_is_read_back_and_not_named_twice(name: str) -> None:
    assume(not name.startswith("-"))
    text = addressed("aeries-tui results 3", name)
    assert make_parser().parse_args(shlex.split(text)[1:]).district == name
    assert addressed(text, name) == text


def test_only_what_is_said_about_a_district_names_one(capsys: pytest.CaptureFixture[str]) -> None:
    with about("two"):
        with about(None):
            say("Run aeries-tui pull.")
        say("Run aeries-tui pull.")
    say("Run aeries-tui pull.")
    alone = "Run aeries-tui pull."
    assert capsys.readouterr().err.splitlines() == [alone, "Run aeries-tui pull --district two.", alone]


def test_of_several_districts_each_is_told_what_to_type_for_it(machine: Machine) -> None:
    def added(name: str) -> str:
        url = f"https://{name}.invalid"
        words = ("credentials", "add", name, "--url", url, "--certificate-stdin")
        return machine(*words, typed=machine.served.certificate).err.rstrip()

    assert added("one").endswith("aeries-tui check")
    assert added("two").endswith("aeries-tui check --district two")
    for words in (["--all"], ["--all", "--jobs", "2"]):
        told = machine("pull", *words).err
        assert "aeries-tui schools update --district one, " in told
        assert "aeries-tui schools update --district two, " in told
    assert "aeries-tui schools update --district two, " in machine("pull", "--district", "two").err


def test_of_two_commands_in_a_sentence_each_names_its_district() -> None:
    said = "Run aeries-tui pull, then aeries-tui results --district x."
    assert addressed(said, "y") == "Run aeries-tui pull --district y, then aeries-tui results --district x."
    assert (
        addressed("aeries-tui compare list.csv --district x", "y")
        == "aeries-tui compare list.csv --district x"
    )
