"""Installing the timer of the daily import, after what would be written was shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aeries_tui.operations.daily_import import preview
from aeries_tui.operations.district import District
from aeries_tui.schedule import Planned, shown_zone
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.session.command import run_command
from aeries_tui.settings import Credential
from aeries_tui.widgets.dialogs import Confirm


def ask_install(screen: DistrictScreen, credential: Credential, installed: Callable[[], None]) -> None:
    """Show what installing the daily import of a district would write, and write it once that is wanted.

    Args:
        screen: the question is shown in front of it.
        credential: of the district.
        installed: called when it is.
    """
    session = screen.session
    district = District(
        session.places, session.settings, credential, session.places.district(credential.name)
    )

    def shown(planned: Sequence[Planned]) -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                screen.ask(
                    lambda: run_command(session.places, credential.name, ["schedule", "install"]),
                    lambda _: done(),
                    lambda error: screen.show_error(error, "The daily import was not installed"),
                )

        screen.app.push_screen(
            Confirm(
                f"Install the daily import of {credential.name}, once a day from {begin}?",
                yes="Install",
                detail="\n\n".join(f"{one.place}:\n\n{one.text.strip()}" for one in planned),
                title="What is written",
            ),
            answered,
        )

    def done() -> None:
        screen.tell(
            f"The daily import of {credential.name} is installed; the first one runs from {begin} on."
        )
        installed()

    time = credential.daily_import
    begin = f"{time:%H:%M} {shown_zone(credential.timezone)}" if time is not None else ""
    screen.ask(
        lambda: preview(district),
        shown,
        lambda error: screen.show_error(error, "The daily import can't be installed"),
    )
