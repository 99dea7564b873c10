"""Opening the terminal UI: the terminal it finds, the settings it goes by, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES

from aeries_tui.actions import ACTIONS
from aeries_tui.app import AeriesApp
from aeries_tui.errors import WrongUse
from aeries_tui.keys import Keymap
from aeries_tui.session import Session
from aeries_tui.settings import Settings, find_places, load_settings
from aeries_tui.widgets.theme import Look, choose_look, terminal_refusal


def is_remote(env: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of a line."""
    return any(env.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def look_for(settings: Settings, env: Mapping[str, str], mouse: bool | None) -> Look:
    """How the UI looks and whether it takes the mouse: the command line, then config.toml, then the terminal.

    Raises:
        ConfigurationError: config.toml names a theme that is none.
    """
    settings.check_theme(["auto", "dark", "light", *BUILTIN_THEMES])
    wanted = settings.ui.mouse if mouse is None else mouse
    return choose_look(
        env,
        theme=settings.ui.theme,
        ascii_only=None if settings.ui.ascii == "auto" else bool(settings.ui.ascii),
        mouse=not is_remote(env) if wanted == "auto" else bool(wanted),
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
    refusal = terminal_refusal(env)
    if refusal is not None:
        raise WrongUse(refusal)
    places = find_places(env)
    settings = load_settings(places.config_file)
    settings.check_keys([action.id for action in ACTIONS])
    keymap = Keymap(settings.keys)
    look = look_for(settings, env, mouse)
    session = Session(places, settings, district)
    app = AeriesApp(session, look, keymap, dict(env))
    try:
        app.run(mouse=look.mouse)
    finally:
        session.close()
    return app.end()
