"""Of what there are JSON Schemas: each command that takes --json, by its words, and what is written besides."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

WRITTEN = {
    "alarm": "What an alarm's command reads and a webhook of the style json gets.",
    "status file": "How a district stands, in a file in the data directory; the machine's have one for everybody as well.",
    "service ready": "The line that serve prints once it answers.",
    "certificate": "The certificate of disposition that an erasure leaves.",
    "error": "What stands in place of any other document where a command is refused or fails.",
}
"""What no command's --json prints, by name."""


def schema_names(parser: argparse.ArgumentParser) -> dict[str, str]:
    """All of them, each with a sentence.

    Args:
        parser: the whole command line.
    """
    return dict(_of_commands(parser, "")) | WRITTEN


def _of_commands(parser: argparse.ArgumentParser, words: str) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from _of_commands(command, f"{words} {name}".strip())
        elif "--json" in action.option_strings:
            yield words, parser.description or ""
