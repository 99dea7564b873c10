"""The man page, made from the parser: every command with its options, so that it says what --help says."""

from __future__ import annotations

import argparse
import re
from collections.abc import Container, Iterator

from aeries_tui import __version__
from aeries_tui.cli.parser import make_parser
from aeries_tui.cli.words import commands_of
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE
from aeries_tui.topics import TOPICS

_NAME = "pull a school district's roster out of Aeries"

_SHARED = (
    "Most commands take --district NAME, which may be left out when there is one district, "
    "and --json, to print one JSON document and nothing else on standard output."
)

_EXIT_STATUSES = {
    "0": "Completed; for a command that is no import: done.",
    "1": "A defect of the program; the file that it names has no data in it.",
    "2": "Wrong use or configuration; nothing was changed.",
    "3": "Held for review: nothing was changed, a plan waits.",
    "4": "Completed with ERROR: records were left out or lists not read, everybody else is in.",
    "5": "ERROR: nothing was changed.",
    "6": "Of status alone: no good import since too long, or ever.",
    "75": "Another pull of the district is running.",
    "130": "Cancelled: nothing was changed.",
}

_ENVIRONMENT = {
    CONFIG_DIR_VARIABLE: "The directory of config.toml and credentials.toml.",
    DATA_DIR_VARIABLE: "The directory of the District Masters.",
    "HTTPS_PROXY, ALL_PROXY, NO_PROXY": "The proxy on the way to Aeries; see aeries-tui help proxy.",
    "NO_COLOR": "Where it is set, the terminal UI has no colors.",
}

_FILES = {
    "~/.config/aeries-tui/config.toml": "Settings; aeries-tui config example prints them all with their defaults.",
    "~/.config/aeries-tui/credentials.toml": "Districts and their certificates, for the owner alone.",
    "~/.local/share/aeries-tui/": "A directory for each district: its Master, imports, logs and archives.",
}


def manual() -> str:
    """The page aeries-tui(1), as roff with the macros of man(7)."""
    parser = make_parser()
    lines = [
        f'.TH AERIES\\-TUI 1 "" "aeries\\-tui {_roff(__version__)}" "User Commands"',
        ".SH NAME",
        rf"aeries\-tui \- {_roff(_NAME)}",
        ".SH SYNOPSIS",
        f".B {_roff(parser.prog)}",
        _words_of_usage(parser),
        ".SH DESCRIPTION",
        _roff(str(parser.description)),
        ".SH OPTIONS",
        *_options(parser),
        ".SH COMMANDS",
        _roff(_SHARED),
        *_commands(parser),
    ]
    sections = {"EXIT STATUS": _EXIT_STATUSES, "ENVIRONMENT": _ENVIRONMENT, "FILES": _FILES}
    for heading, entries in sections.items():
        lines.append(f".SH {heading}")
        for term, text in entries.items():
            lines += [".TP", f".B {_roff(term)}", _roff(text)]
    lines += [".SH SEE ALSO", "Pages of help, printed by the program:"]
    for topic, what in TOPICS.items():
        lines += [".TP", f".B {_roff(f'aeries-tui help {topic}')}", _roff(what)]
    return "\n".join(lines) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Each command that can be run, those of a family under its heading."""
    for command, what in commands_of(parser):
        yield f".SS {_roff(command.prog.removeprefix(f'{parser.prog} '))}"
        yield _roff(what)
        family = list(commands_of(command))
        if not family:
            yield from _usage(command)
        for member, its_help in family:
            yield from _usage(member)
            yield ".br"
            yield _roff(its_help)
            yield from _own_options(member)
        if not family:
            yield from _own_options(command)


def _usage(command: argparse.ArgumentParser) -> Iterator[str]:
    yield ".PP"
    yield f".B {_roff(command.prog)}"
    yield _words_of_usage(command)


def _own_options(command: argparse.ArgumentParser) -> Iterator[str]:
    """The options of one command, without those that the page names once."""
    yield from _options(command, without=("district", "json"))


def _words_of_usage(parser: argparse.ArgumentParser) -> str:
    """What follows the name of a command, on one line; how --help breaks it is for a terminal."""
    usage = re.sub(r"\x1b\[[0-9;]*m", "", parser.format_usage())  # Python 3.14 colors it on a terminal
    words = " ".join(usage.split()).removeprefix(f"usage: {parser.prog}").strip()
    return _roff(words.removeprefix("[-h]").strip())


def _options(parser: argparse.ArgumentParser, without: Container[str] = ()) -> Iterator[str]:
    """Options and arguments with what --help says of each; arguments without a word are in the usage."""
    for action in parser._actions:
        is_shown = action.help and action.help != argparse.SUPPRESS and action.dest != "help"
        if not is_shown or action.dest in without or isinstance(action, argparse._SubParsersAction):
            continue
        value = "" if action.nargs == 0 else _value(action)
        names = ", ".join(action.option_strings)
        yield ".TP"
        yield f".B {_roff(f'{names} {value}'.strip())}"
        yield _roff(str(action.help))


def _value(action: argparse.Action) -> str:
    if action.metavar is None and action.choices is not None:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _roff(text: str) -> str:
    """Text as roff takes it: hyphens stay those one types, and no line begins with a control character."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("%%", "%")
    return re.sub(r"^\.", r"\\&.", escaped)
