"""One person as text beside a list: the verdict and all that is known, and what the imports did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aeries_tui.listing import Cell, cell_text
from aeries_tui.master.accounts import Account, account_of
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.explain import explain
from aeries_tui.operations.people_acts import record_look
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.person_rows import HISTORY, person_rows
from aeries_tui.screens.text.counts import trimmed
from aeries_tui.session import Session
from aeries_tui.widgets.panes import Pane
from aeries_tui.widgets.status import content

LOOK_SECONDS = 0.3
"""Time for which the cursor rests on a person before they are shown: whoever is passed by is not looked at."""

_NOBODY: Cell = ("No person stands behind this row.", "muted")

Found = tuple[dict[str, Any], Account | None]


def read_person(
    session: Session, kind: PersonKind, number: int, *, live: bool = False, is_look: bool = True
) -> Found:
    """The explanation of a person (design, section 7), and the account where there is one; slow where it is live.

    Args:
        session: of the district.
        kind: student or staff.
        number: StudentID or StaffID.
        live: ask Aeries as well.
        is_look: write down that somebody looks; not where the same screen did so before.
    """
    credential = session.must_have_credential()
    if is_look:
        record_look(session.district, session.settings, kind, number, live=live)
    district = session.district.create()
    document = explain(district, credential, session.settings, kind, number, live=live)
    with session.reading() as db:
        return document, account_of(db, kind, number)


class PersonPanes:
    """The person under a list's cursor: what is known of them, and what the imports did with them.

    Args:
        screen: where the list stands.
        known: the pane for what is known.
        history: the pane for what the imports did; where there is none, that stands below what is known.
    """

    def __init__(self, screen: DistrictScreen, known: Pane, history: Pane | None = None) -> None:
        self._screen, self._known, self._history = screen, known, history
        self._looked: set[tuple[PersonKind, int]] = set()

    def follow(self, person: tuple[PersonKind, int] | None) -> None:
        """Show the person once the cursor rests on them; a look is written down once for each."""
        if person is None:
            self._screen.ask_latest(
                lambda: None, lambda _: self._show([_NOBODY], [], None), rests=LOOK_SECONDS
            )
            return
        session, is_look = self._screen.session, person not in self._looked

        def show(found: Found) -> None:
            self._looked.add(person)
            title = f"{person[1]}  {name_of(found[0])}".rstrip()
            self._show(known_text(found), history_text(found), person, title)

        self._screen.ask_latest(
            lambda: read_person(session, *person, is_look=is_look), show, rests=LOOK_SECONDS
        )

    def _show(self, known: list[Cell], history: list[Cell], of: object, title: str = "") -> None:
        app = self._screen.app
        if self._history is not None and self._history.display:
            self._history.show(content(app, *history), of=of, title="History" if history else "")
        elif history:
            known = [*known, "\n\n", ("History", "strong"), "\n", *history]
        self._known.show(content(app, *known), of=of, title=title)


def name_of(document: dict[str, Any]) -> str:
    """The name of the person, as far as it is known."""
    person = document["person"]
    return ", ".join(str(person[part]) for part in ("last_name", "first_name") if person.get(part))


def known_text(found: Found) -> list[Cell]:
    """The verdict, then all that is known but what the imports did."""
    rows = [cells for cells in _parts(found) if cells[0] != HISTORY]
    lines: list[Cell] = [f"{found[0]['verdict']}\n"]
    part = ""
    for group, what, value in rows:
        if group != part:
            part = group
            lines += ["\n", (part, "strong"), "\n"]
        lines += [(f"{what}  ", "muted"), value, "\n"]
    return trimmed(lines)


def history_text(found: Found) -> list[Cell]:
    """What the imports did with the person, the latest first."""
    lines: list[Cell] = []
    for group, what, value in _parts(found):
        if group == HISTORY:
            lines += [(f"{what}  ", "muted"), value, "\n"]
    return trimmed(lines) or [("No import did anything with this person.", "muted")]


def _parts(found: Found) -> Iterator[tuple[str, str, Cell]]:
    """Part, what and value of each row."""
    part = ""
    for row in person_rows(*found):
        group, what, value = row.cells[:3]
        part = cell_text(group) or part
        yield part, cell_text(what), value
