"""Testing a credential from a screen: waits in a box, can be stopped, always ends."""

from __future__ import annotations

from collections.abc import Callable

from aeries_tui.aeries import CheckReport
from aeries_tui.operations.credentials import check_credential
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.secret import Secret
from aeries_tui.session.background_task import BackgroundTask
from aeries_tui.settings import Credential
from aeries_tui.widgets.waiting import Ended, Waiting

TEST_SECONDS = 180.0
"""A test asks some ten small questions; a server that takes longer than this won't do for a pull."""


def run_test(
    screen: DistrictScreen,
    credential: Credential,
    secret: Secret | None,
    tested: Callable[[CheckReport], None],
) -> None:
    """Ask Aeries whether address, certificate and permissions are right.

    Args:
        screen: where this was asked for; errors are shown in front of it.
        credential: what is tested.
        secret: its certificate where it is not saved yet.
        tested: gets what was found.
    """
    settings, slots = screen.session.settings, screen.session.places.host_slots
    task = BackgroundTask(
        lambda: check_credential(credential, settings, slots, secret), TEST_SECONDS, "The test"
    )

    def ended(result: Ended[CheckReport] | None) -> None:
        if result is None:
            screen.tell("The test was stopped.")
        elif result.error is not None:
            screen.show_error(result.error, "The test could not be made")
        elif result.value is not None:
            tested(result.value)

    waiting = Waiting(f"Testing {credential.name}", f"Asking {credential.url} …", task.run, task.stop)
    screen.app.push_screen(waiting, ended)
