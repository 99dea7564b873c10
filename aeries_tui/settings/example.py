"""The text of config.example.toml, made from the settings themselves."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import tomli_w

from aeries_tui.kinds import KIND_NAMES
from aeries_tui.settings.config import sections, settings_in

_WIDTH = 100

_HEAD = """\
# The settings of aeries-tui, each with its default. Copy what you change to config.toml in the
# configuration directory (`aeries-tui paths` names it). The program never writes that file.
# A key that is not known, or a value that does not fit, is an error that names it.
"""

_GUARD_TAIL = f"""\
# A kind of record can have limits of its own; what it leaves out is as above. The kinds:
# {", ".join(KIND_NAMES)}.
# [guard.course]
# loss_percent = 30.0
"""

_KEYS = """\
[keys]
# Other keys for the actions of the screens: the action's id, then the key. `?` on any screen
# shows every action with its id.
# ACTION = "f5"
"""


def render_example() -> str:
    """The whole text of config.example.toml."""
    parts = [_HEAD]
    for name, section in sections().items():
        parts.append("".join(_section(name, section)))
        if name == "guard":
            parts.append(_GUARD_TAIL)
        if name == "ui":
            parts.append(_KEYS)
    return "\n".join(parts)


def _section(name: str, section: type[Any]) -> Iterator[str]:
    """A section's header and its settings, each with its sentence above it."""
    yield f"[{name}]\n"
    yield _comment(str(section.__doc__))
    for key, default, described in settings_in(section):
        yield "\n" + _comment(described.doc)
        if described.example:
            yield f"# {key} = {described.example}\n"
        if default is not None:
            yield tomli_w.dumps({key: list(default) if isinstance(default, tuple) else default}, indent=2)


def _comment(sentence: str) -> str:
    return textwrap.fill(sentence, _WIDTH, initial_indent="# ", subsequent_indent="# ") + "\n"


if __name__ == "__main__":
    sys.stdout.write(render_example())
