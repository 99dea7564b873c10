"""A box in front of a screen, which a digit leaves as well."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from aeries_tui.actions import ACTIONS, GLOBAL
from aeries_tui.keys import keys_of
from aeries_tui.widgets.focus import QuietFocus

R = TypeVar("R")


def _places() -> list[BindingType]:
    """The digits, under the ids by which a person gives the screens other keys."""
    return [
        Binding(
            ",".join(keys_of(action)),
            action.action.replace("app.go", "leave_to"),
            action.label,
            show=False,
            id=action.id,
        )
        for action in ACTIONS
        if action.group == GLOBAL and action.id.startswith("go-")
    ]


class Box(QuietFocus, ModalScreen[R], Generic[R]):
    """A box that is left without an answer by the keys of the screens, which then lead there.

    Not for one in which digits are typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = _places()

    def action_leave_to(self, place: str) -> None:
        """Close it unanswered, and show a place."""
        app = self.app
        self.dismiss(None)
        app.call_later(app.run_action, f"app.go('{place}')")
