"""Texts that name commands, read in the screens."""

from __future__ import annotations

import pytest

from aeries_tui.actions import ACTIONS, PLACE_OF, WIDGETS_OF
from aeries_tui.cli.parser import make_parser
from aeries_tui.codes import CODES
from aeries_tui.keys import Keymap
from aeries_tui.left_out import RULES
from aeries_tui.widgets.commands import COMMANDS, in_screens


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Run a full pull: aeries-tui pull.", "Run a full pull: p on Pull (4)."),
        ("Run aeries-tui pull --resume to go on.", "Press r on Pull (4) to go on."),
        ("Type: aeries-tui schedule install", "Press m on Credentials (2)"),
        ("Make a new one with aeries-tui accounts reset.", "Make a new one with r on People (6)."),
        ("aeries-tui schools update, then aeries-tui pull.", "u on Schools (3), then p on Pull (4)."),
        ("See aeries-tui results 12. For more", "See 5 Results. For more"),
        ("aeries-tui credentials change lincoln --daily-import HH:MM", "e on Credentials (2)"),
        ("Read aeries-tui help proxy.", 'Read ^p, then "help proxy".'),
        (
            "Choose it: aeries-tui pull --year 2027, or wait.",
            "Choose it: aeries-tui pull --year 2027, or wait.",
        ),
        ("Run aeries-tui doctor.", "Run aeries-tui doctor."),
        ("ExecStart=/usr/bin/aeries-tui pull", "ExecStart=/usr/bin/aeries-tui pull"),
        ("Start `aeries-tui pull` once a day.", "Start `aeries-tui pull` once a day."),
        ("aeries-tui: Pull > Plan", "aeries-tui: Pull > Plan"),
    ],
)
def test_a_command_is_read_as_the_key_that_does_the_same(text: str, read: str) -> None:
    assert in_screens(text, Keymap()) == read


def test_a_key_of_ones_own_is_named() -> None:
    assert in_screens("aeries-tui pull", Keymap({"pull-start": "P"})) == "P on Pull (4)"


def test_every_command_there_is_a_key_for_is_one_and_every_key_is() -> None:
    known = {action.id: action for action in ACTIONS}
    words = make_parser().format_help()
    for command, action in COMMANDS.items():
        assert action in known
        assert command.split()[0] in words
    assert set(PLACE_OF) == set(WIDGETS_OF)


def test_no_remedy_names_a_command_that_a_key_does() -> None:
    stay = ("aeries-tui: ", "aeries-tui pull --year", "aeries-tui doctor", "aeries-tui status")
    texts = [part for code in CODES.values() for part in (code.sentence, code.remedy, code.page)]
    texts += [part for rule in RULES.values() for part in (rule.remedy, rule.page)]
    for text in texts:
        rest = in_screens(text, Keymap())
        for kept in stay:
            rest = rest.replace(kept, "")
        assert "aeries-tui" not in rest, text
