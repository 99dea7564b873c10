"""Shell completion: shtab makes it from the parser; here is what may stand for a word that has no fixed choices."""

from __future__ import annotations

import argparse
import copy
from collections.abc import Iterator
from itertools import chain
from typing import Any

import shtab

from aeries_tui.cli.parser import make_parser
from aeries_tui.cli.schema_names import schema_names
from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.topics import TOPICS

_CHOICES: dict[str, tuple[str, ...]] = {
    "KIND": tuple(kind.name for kind in KINDS),
    "CODE": tuple(Code),
    "TOPIC": tuple(TOPICS),
    "1.1|1.2": ("1.1", "1.2"),
    "SCOPES": ("core", "core,roster", "core,roster,demographics"),
    "all|AERIES_CODE": ("all",),
}
"""By the name a value has in --help: some or all of what it may be."""

_LIST = "aeries-tui credentials list --names 2>/dev/null"
_DISTRICTS = {
    "bash": "_aeries_tui_districts",
    "zsh": "_aeries_tui_districts",
    "fish": f"({_LIST})",
    "preamble": {
        # A name may hold a blank, so it is compared and given as one would have to type it.
        "bash": f"""\
_aeries_tui_districts() {{
  local name
  {_LIST} | while IFS= read -r name; do
    name=$(printf '%q' "$name")
    [[ $name != "$1"* ]] || printf '%s\\n' "$name"
  done
}}""",
        "zsh": f"""\
_aeries_tui_districts() {{
  local -a names
  names=(${{(f)"$({_LIST})"}})
  compadd -a names
}}""",
    },
}


def _printed(name: str, command: str) -> dict[str, Any]:
    """How to complete by the words that a command prints, in its order; `name` is that of the shells' function."""
    return {
        "bash": f"_aeries_tui_{name}",
        "zsh": f"_aeries_tui_{name}",
        "fish": f"({command})",
        "preamble": {
            "bash": f"""\
_aeries_tui_{name}() {{
  compgen -W "$({command})" -- "$1"
}}""",
            "zsh": f"""\
_aeries_tui_{name}() {{
  local -a words
  words=(${{(f)"$({command})"}})
  compadd -V {name} -a words
}}""",
        },
    }


_IMPORTS = _printed("imports", "aeries-tui results --list 2>/dev/null | grep -oE '^[0-9]+'")
_CONSUMERS = _printed(
    "consumers", "aeries-tui consumers list 2>/dev/null | grep -v '^Consumer ' | grep -oE '^[A-Za-z0-9_-]+'"
)


def script(shell: str) -> str:
    """The completion script for bash, zsh or fish."""
    parser = copy.deepcopy(make_parser())  # the one of this process goes on as it is
    names = schema_names(parser)
    choices = _CHOICES | {"SCHEMA": tuple(dict.fromkeys(word for name in names for word in name.split()))}
    for action in _actions(parser):
        value = str(action.metavar)
        if action.dest == "district" or value == "DISTRICT":
            _complete(action, _DISTRICTS)
        elif value == "N" and not action.option_strings:
            _complete(action, _IMPORTS)
        elif value == "CONSUMER":
            _complete(action, _CONSUMERS)
        elif value in {"FILE", "FILE.csv", "DIR"}:
            _complete(action, shtab.FILE)
        elif action.choices is None:
            action.choices = choices.get(value)
    return shtab.complete(parser, shell)


def _complete(action: argparse.Action, how: dict[str, Any]) -> None:
    setattr(action, "complete", how)  # noqa: B010  shtab's own attribute, which argparse does not know


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every option and argument of the parser and of the commands in it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from chain.from_iterable(map(_actions, action.choices.values()))
        else:
            yield action
