"""What all commands of the command line are made with: options that a family shares, and modules that load late."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

Run = Callable[[argparse.Namespace], int]


def lazy(module: str, function: str) -> Run:
    """The command `function` of `aeries_tui.cli.MODULE`, imported when it is called: --help stays fast."""

    def run(options: argparse.Namespace) -> int:
        from importlib import import_module

        status = getattr(import_module(f"aeries_tui.cli.{module}"), function)(options)
        assert isinstance(status, int)
        return status

    run.__name__ = f"{module}.{function}"
    return run


def lazy_first(function: str) -> Callable[[argparse.Namespace], dict[str, str]]:
    """What root does before it steps down, `aeries_tui.cli.account.FUNCTION`; gives variables for what comes after."""

    def run(options: argparse.Namespace) -> dict[str, str]:
        from aeries_tui.cli import account

        found: dict[str, str] = getattr(account, function)(options)
        return found

    return run


class Words:
    """Adds commands to the parser, each with the options that all of its family share."""

    def __init__(self, parent: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        self._parent = parent

    def command(
        self,
        name: str,
        help_text: str,
        run: Run,
        *,
        json: bool = True,
        district: bool = True,
        has_own_status: bool = False,
    ) -> argparse.ArgumentParser:
        """A command; `json` and `district` say whether it takes those options.

        One that `has_own_status` tells by it what became of an import: lost output does not change it.
        """
        parser = self._parent.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        if district:
            parser.add_argument(
                "--district",
                metavar="NAME",
                default=argparse.SUPPRESS,
                help="the district; may be left out when there is one",
            )
        if json:
            parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.set_defaults(run=run, has_own_status=has_own_status)
        return parser

    def family(self, name: str, help_text: str) -> Words:
        """A command with commands of its own."""
        parser = self._parent.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        return Words(parser.add_subparsers(metavar="COMMAND", required=True, dest=f"{name}_command"))


def commands_of(parser: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """The commands of a parser, each with its sentence."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield action.choices[choice.dest], str(choice.help)
