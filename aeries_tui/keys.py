"""Keys: how they are spelled and shown, a person's own keys, clashes, and the table as text."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import replace

from aeries_tui.actions import ACTIONS, DIALOG, GLOBAL, MARKING, MARKS, TEXT, WIDGETS_OF, Action
from aeries_tui.errors import ConfigurationError

_SIGNS: dict[str, str] = {
    "/": "slash", "?": "question_mark", "<": "less_than_sign", ">": "greater_than_sign", "+": "plus",
    "-": "minus", "*": "asterisk", ".": "full_stop", ":": "colon", ";": "semicolon", "#": "number_sign",
    "!": "exclamation_mark", "=": "equals_sign", "'": "apostrophe", "[": "left_square_bracket",
    "]": "right_square_bracket", "(": "left_parenthesis", ")": "right_parenthesis", "_": "underscore",
    "&": "ampersand", "%": "percent_sign", "$": "dollar_sign", "@": "at", "~": "tilde", "|": "vertical_line",
    '"': "quotation_mark", "\\": "backslash", "^": "circumflex_accent", "`": "grave_accent",
    "{": "left_curly_bracket", "}": "right_curly_bracket", " ": "space",
}  # fmt: skip
_NAMED: dict[str, str] = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "tab": "Tab", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End", "up": "↑", "down": "↓", "left": "←", "right": "→", "insert": "Ins",
    "delete": "Del", "backspace": "Backspace",
}  # fmt: skip
_SHOWN = {name: sign for sign, name in _SIGNS.items() if sign != " "} | _NAMED
_FUNCTION = frozenset(f"f{number}" for number in range(1, 13))
_CONTROL = frozenset(f"ctrl+{letter}" for letter in string.ascii_lowercase if letter not in "abchijmqsz")


def spelled(key: str) -> str:
    """A key as Textual spells it: `?` is `question_mark`, a letter is itself."""
    bare = key if len(key) == 1 else key.strip()
    return _SIGNS.get(bare, bare if len(bare) == 1 else bare.lower())


def shown(key: str) -> str:
    """A key as a person reads it: `question_mark` is `?`, `ctrl+p` is `^p`."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+")
    return _SHOWN.get(key, key.upper() if key in _FUNCTION else key)


def keys_of(action: Action) -> tuple[str, ...]:
    """The keys of an action as Textual spells them, the one that is shown first."""
    return tuple(spelled(key) for key in action.key.split(","))


def is_move(action: Action) -> bool:
    """Whether it only moves the cursor, or what is in sight."""
    return "-move-" in action.id


def _usable(key: str) -> bool:
    if len(key) == 1:
        return key.isalnum() and key.isascii()
    return key in _SHOWN or key in _FUNCTION or key in _CONTROL


class Keymap:
    """The table with a person's own keys in it.

    Args:
        overrides: action id to key, or keys after commas, as `[keys]` of config.toml has them.

    Raises:
        ConfigurationError: an id is unknown or fixed, a key does not travel through a terminal, or
            two actions of one screen have the same key.
    """

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        self.overrides = dict(overrides or {})
        known = {action.id: action for action in ACTIONS}
        for name, key in self.overrides.items():
            _check_override(known.get(name), name, key)
        self.actions = tuple(
            replace(action, key=self.overrides[action.id]) if action.id in self.overrides else action
            for action in ACTIONS
        )
        _refuse_clashes(self.actions)
        self._by_id = {action.id: action for action in self.actions}

    def action(self, name: str) -> Action:
        """The action with this id."""
        return self._by_id[name]

    def shown(self, name: str) -> str:
        """The key of an action as a person reads it, for sentences such as `Press p to pull`."""
        return shown(keys_of(self._by_id[name])[0])

    def group(self, group: str) -> list[Action]:
        """The actions of one group, in the order of the table."""
        return [action for action in self.actions if action.group == group]

    def listed(self, screen: str) -> dict[str, list[Action]]:
        """What `?` lists on a screen: its own actions, those of its lists and logs, and those of everywhere; moves last.

        Args:
            screen: its name; blank for what is listed everywhere.
        """
        own = [screen] if screen in WIDGETS_OF else []
        return {
            group: sorted(
                (one for one in self.group(group) if one.id not in MARKS or screen in MARKING),
                key=is_move,
            )
            for group in (*own, *WIDGETS_OF.get(screen, ()), GLOBAL)
        }

    def textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes: binding id to keys, only for those that differ."""
        return {name: ",".join(keys_of(self._by_id[name])) for name in self.overrides}


def _check_override(action: Action | None, name: str, key: str) -> None:
    where = f"[keys] {name} in config.toml"
    if action is None:
        raise ConfigurationError(
            f"{where} names no action.", remedy="Run aeries-tui and press ? for the names of all actions."
        )
    if action.fixed:
        raise ConfigurationError(
            f"{where} can't be changed: {shown(keys_of(action)[0])} stays {action.label}.",
            remedy="Take the line out.",
        )
    for part in key.split(","):
        if not _usable(spelled(part)):
            raise ConfigurationError(
                f'{where}: the key "{part.strip()}" does not reach a program through every terminal.',
                remedy="Use a letter, a digit, a sign, a function key (f1 to f12), or ctrl with a letter "
                "other than a, b, c, h, i, j, m, q, s, z.",
            )


def _together(actions: Iterable[Action]) -> Iterable[list[Action]]:
    table = list(actions)
    for screen, widgets in WIDGETS_OF.items():
        for alive in ((screen, *widgets, GLOBAL), (screen, TEXT, GLOBAL)):
            yield [action for action in table if action.group in alive]
    yield [action for action in table if action.group in {DIALOG, TEXT}]


def _refuse_clashes(actions: Iterable[Action]) -> None:
    for alive in _together(actions):
        taken: dict[str, Action] = {}
        for action in alive:
            for key in keys_of(action):
                other = taken.setdefault(key, action)
                # Esc first ends a search or a filter, and only then goes back.
                if other is not action and key != "escape":
                    raise ConfigurationError(
                        f'[keys] in config.toml: "{shown(key)}" is both {other.id} ({other.label}) '
                        f"and {action.id} ({action.label}).",
                        remedy="Give one of the two another key.",
                    )
