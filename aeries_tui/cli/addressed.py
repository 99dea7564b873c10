"""Commands in what is said of one of several districts: each names it, so that it can be typed as it stands."""

from __future__ import annotations

import argparse
import functools
import re
import shlex
from collections.abc import Iterator

from aeries_tui.cli.words import commands_of

_NAMED = r"(?!(?:(?!aeries-tui |\. )[^;\n])*? --(?:district|all)\b)"
"""What a command that says for whom it is has behind it, before the next command and the end of the sentence."""


def addressed(text: str, district: str) -> str:
    """The text with `--district NAME` in each command that is for one district and names none."""
    if "aeries-tui " not in text:
        return text
    flag = f" --district {shlex.quote(district)}"
    return _commands().sub(lambda found: found[0] + flag, text)


@functools.cache
def _commands() -> re.Pattern[str]:
    from aeries_tui.cli.parser import make_parser

    names = "|".join(map(re.escape, _for_a_district(make_parser())))
    return re.compile(rf"\b(?:{names})(?![\w-]){_NAMED}")


def _for_a_district(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The commands below a parser that take `--district`, as one types them."""
    for command, _ in commands_of(parser):
        if any("--district" in action.option_strings for action in command._actions):
            yield command.prog
        yield from _for_a_district(command)
