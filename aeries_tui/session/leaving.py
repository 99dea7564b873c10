"""What is said on the shell when the screens are left while something goes on."""

from __future__ import annotations

from aeries_tui.errors import AeriesTuiError
from aeries_tui.session.session import Session


def what_goes_on(session: Session) -> str:
    """What goes on with the session's district, and how to see it; blank where nothing does."""
    try:
        running = session.running()
    except (AeriesTuiError, OSError):
        return ""
    if running is None:
        return ""
    district = f"--district {session.name}"
    if running.what != "pull":
        return f"{running.what.capitalize()} of {session.name} goes on. To see when it is done: aeries-tui status {district}"
    if running.number is None:
        return f"The pull of {session.name} goes on. To watch it: aeries-tui {district}"
    return (
        f"Import {running.number} of {session.name} goes on. To watch it: aeries-tui {district}, or "
        f"aeries-tui log {running.number} --follow {district}"
    )
