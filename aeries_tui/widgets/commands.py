"""Texts that name commands, as they are read in the screens: with the keys that do the same."""

from __future__ import annotations

import re

from aeries_tui.actions import GLOBAL, PLACE_OF, TITLES
from aeries_tui.keys import Keymap

COMMANDS: dict[str, str] = {
    "pull --resume": "pull-resume",
    "pull --plan": "pull-plan-only",
    "pull --quick": "pull-quick",
    "pull": "pull-start",
    "approve": "plan-approve",
    "discard": "plan-discard",
    "check": "credentials-test",
    "credentials add": "credentials-add",
    "credentials change": "credentials-edit",
    "schedule install": "credentials-install",
    "schools update": "schools-update",
    "schools list": "go-schools",
    "schools import-ali": "schools-import-csv",
    "schools create-ali": "schools-create",
    "results": "go-results",
    "descriptions": "results-descriptions",
    "troubleshooting": "results-troubleshooting",
    "changes": "results-changes",
    "undo": "results-undo",
    "log": "results-log",
    "explain": "explain",
    "people same|another": "person-same",
    "people same": "person-same",
    "people another": "person-another",
    "accounts find": "go-people",
    "accounts reset": "people-reset-password",
    "accounts test": "people-test-login",
    "accounts sso": "people-sign-on",
    "archive create": "archive-create",
    "archive list": "go-archive",
    "consumers add": "consumers-add",
    "consumers list": "credentials-consumers",
    "consumers rotate": "consumers-rotate",
    "consumers revoke": "consumers-revoke",
    "serve install": "consumers-install",
    "help": "palette",
}
"""The beginning of a command, after `aeries-tui`, and the action that does the same. What is not here is a command in
the screens as well."""

_ARGUMENTS = (
    r"(?: (?:--live|--all|--acknowledge|--follow|--reason TEXT|(?:[\w-]+ )?--daily-import HH:MM|--district \S+|student\|staff|"
    r"student|staff|ID|N|NAME|\d+(?![\w:.]*\w)))*"
)
_CALL = re.compile(
    r"(?:\b(R|r)un |\b(T|t)ype:? )?(?<![\w/`-])aeries-tui ("
    + "|".join(re.escape(command) for command in sorted(COMMANDS, key=len, reverse=True))
    + r")(?![\w|-])((?<=help) [a-z]+)?"
    + _ARGUMENTS
    + r"(?! (?:--|\{))"
)


def in_screens(text: str, keymap: Keymap) -> str:
    """A text with the keys in the place of the commands that they do the same as.

    A command with an option that no key has stays a command; so does one in backticks or with its
    directory, which is for something else to run: a timer, a line of a file that is shown.

    Args:
        text: what a person reads.
        keymap: their keys.
    """
    if "aeries-tui " not in text:
        return text
    return _CALL.sub(lambda call: _verb(call[1] or call[2]) + _keys(call[3], call[4] or "", keymap), text)


def _verb(letter: str | None) -> str:
    """What one does with a key where the text says what one does with a command: none, or in its case."""
    if not letter:
        return ""
    return "Press " if letter.isupper() else "press "


def _keys(command: str, topic: str, keymap: Keymap) -> str:
    action = keymap.action(COMMANDS[command])
    key = keymap.shown(action.id)
    if topic:
        return f'{key}, then "help{topic}"'
    if action.group == GLOBAL:
        return f"{key} {action.label}"
    return f"{key} on {TITLES[action.group]} ({keymap.shown('go-' + PLACE_OF[action.group])})"
