"""The theme that a person chose in the screens: kept in the data directory, for config.toml is theirs alone."""

from __future__ import annotations

import json

from aeries_tui.settings.config import Settings
from aeries_tui.settings.places import Places, private_dir, private_text_writer

_FILE = ".theme.json"


def chosen_theme(places: Places, settings: Settings) -> str | None:
    """The theme chosen last; None where none was, or where config.toml was given another one since."""
    try:
        found = json.loads((places.data_dir / _FILE).read_text(encoding="utf-8"))
        theme, configured = found["theme"], found["configured"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(theme) if configured == settings.ui.theme else None


def keep_chosen_theme(places: Places, settings: Settings, theme: str) -> None:
    """Keep the choice for the next start.

    Args:
        places: where the data lives.
        settings: what config.toml says now; a later change of it wins.
        theme: `auto`, `dark`, `light`, or the name of a theme.

    Raises:
        MasterError: the system refused.
    """
    private_dir(places.data_dir)
    with private_text_writer(places.data_dir / _FILE) as file:
        json.dump({"theme": theme, "configured": settings.ui.theme}, file)
