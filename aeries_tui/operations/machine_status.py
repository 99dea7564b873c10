"""How the machine's districts stand, as they told everybody on it, for somebody who has no district of their own."""

from __future__ import annotations

from aeries_tui.alarms.status_file import read_statuses
from aeries_tui.errors import NotFound
from aeries_tui.operations.overview import Glance
from aeries_tui.settings.machine import STATUS_DIR


def told_districts(name: str | None, *, every: bool) -> list[Glance]:
    """How the machine's districts stand by what they told, for somebody who can't look at them.

    Args:
        name: which district; None for the only one.
        every: all districts.

    Raises:
        NotFound: there is none, or none of that name, or several and none was named.
        MasterError: a file can't be read.
    """
    told = read_statuses(STATUS_DIR)
    chosen = told if every or name is None else [status for status in told if status.district == name]
    if not chosen or (len(chosen) > 1 and not every):
        names = ", ".join(status.district for status in told) or "none yet"
        raise NotFound(
            f"The machine tells of these districts: {names}.",
            remedy="Name one with --district, or take --all.",
        )
    return [Glance(status.district, status=status) for status in chosen]
