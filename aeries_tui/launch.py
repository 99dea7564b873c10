"""Opening the terminal UI: the terminal it finds, the settings it goes by, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aeries_tui.errors import WrongUse
from aeries_tui.settings import Settings, find_places, load_settings
from aeries_tui.settings.chosen_theme import chosen_theme
from aeries_tui.widgets.garbage import look_only_when_quiet
from aeries_tui.widgets.ground import Ground, GroundQuestion

if TYPE_CHECKING:
    from aeries_tui.widgets.theme import Look


def is_remote(env: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of a line."""
    return any(env.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def look_for(
    settings: Settings,
    env: Mapping[str, str],
    mouse: bool | None,
    *,
    theme: str | None = None,
    ground: Ground | None = None,
) -> Look:
    """How the UI looks and whether it takes the mouse: the command line, then config.toml, then the terminal.

    Args:
        settings: what config.toml says.
        env: the environment.
        mouse: take the mouse; None to decide by config.toml and the terminal.
        theme: the one chosen in the screens; None for that of config.toml.
        ground: what the terminal said of its colours; None where it said nothing.

    Raises:
        ConfigurationError: config.toml names a theme that is none.
    """
    from aeries_tui.widgets.theme import choose_look, theme_names

    settings.check_theme(theme_names())
    wanted = settings.ui.mouse if mouse is None else mouse
    return choose_look(
        env,
        theme=theme if theme in theme_names() else settings.ui.theme,
        ascii_only=None if settings.ui.ascii == "auto" else bool(settings.ui.ascii),
        mouse=not is_remote(env) if wanted == "auto" else bool(wanted),
        few_bytes=is_remote(env),
        ground=ground,
    )


def run_app(district: str | None, *, mouse: bool | None, env: Mapping[str, str]) -> int:
    """Open the UI and stay in it until it is left.

    Args:
        district: the one to begin with; None for the only one, or the first.
        mouse: take the mouse; None to decide by config.toml and the terminal.
        env: the environment.

    Returns:
        The exit status.

    Raises:
        WrongUse: the terminal can't show screens, the configuration is wrong, there is no such district.
    """
    look_only_when_quiet()
    # While the terminal answers, what the screens need is loaded.
    question = GroundQuestion(env)
    try:
        return _run(district, mouse, env, question)
    finally:
        question.give_back()


def _run(district: str | None, mouse: bool | None, env: Mapping[str, str], question: GroundQuestion) -> int:
    from aeries_tui.actions import ACTIONS
    from aeries_tui.app import AeriesApp
    from aeries_tui.keys import Keymap
    from aeries_tui.session import Session
    from aeries_tui.widgets.theme import terminal_refusal

    refusal = terminal_refusal(env)
    if refusal is not None:
        raise WrongUse(refusal)
    places = find_places(env)
    settings = load_settings(places.config_file)
    settings.check_keys([action.id for action in ACTIONS])
    keymap = Keymap(settings.keys)
    theme = chosen_theme(places, settings)
    look = look_for(settings, env, mouse, theme=theme, ground=question.answer())
    session = Session(places, settings, district)
    app = AeriesApp(session, look, keymap, dict(env), question)
    try:
        app.run(mouse=look.mouse)
    finally:
        session.close()
    return app.end()
