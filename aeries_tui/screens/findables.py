"""What the palette of the program finds: actions of every screen, districts, schools, people, codes, help, themes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from aeries_tui.actions import DIALOG, GLOBAL, LOG, TABLE, TEXT, TITLES, WIDGETS_OF
from aeries_tui.codes import CODES
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.lists.few_people import few_people
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.master.schools import schools_table
from aeries_tui.screens.base import DistrictApp
from aeries_tui.screens.people import read_number
from aeries_tui.screens.routes import ROUTES, perform
from aeries_tui.session import Session
from aeries_tui.topics import TOPICS, topic
from aeries_tui.widgets.alive import findable, is_dull
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.findable import Findable
from aeries_tui.widgets.help import HelpScreen

PEOPLE_SHOWN = 20
"""People of each kind that are shown."""

_NOUNS: dict[PersonKind, str] = {"student": "Student", "staff": "Staff"}
_THEMES = {
    "dark": ("Theme: dark", "Light letters on a dark ground."),
    "light": ("Theme: light", "Dark letters on a light ground."),
    "auto": ("Theme: automatic", "Dark or light, as the terminal's own ground is."),
}


def fixed_entries(app: DistrictApp) -> list[Findable]:
    """What is the same on every screen: the actions of all, themes, codes, the keys of each."""
    return [*_actions(app), *_themes(app), *_codes(app), *_helps(app)]


def _actions(app: DistrictApp) -> Iterator[Findable]:
    elsewhere = {GLOBAL, TABLE, LOG, TEXT, DIALOG}
    labels: set[str] = set()
    # What a list does with its row comes before what one thing of it does by the same name.
    for action in sorted(
        app.keymap.actions, key=lambda action: bool(action.group in ROUTES and ROUTES[action.group].first)
    ):
        if (
            action.group in elsewhere
            or is_dull(action)
            or (ROUTES[action.group].first and action.label in labels)
        ):
            continue
        labels.add(action.label)
        yield findable(action, partial(perform, app, action))


def _themes(app: DistrictApp) -> Iterator[Findable]:
    for name, (label, does) in _THEMES.items():
        yield Findable(f"theme {name}", label, "Look", does, "", _action(app, f"app.theme('{name}')"))


def _codes(app: DistrictApp) -> Iterator[Findable]:
    for code, text in CODES.items():
        yield Findable(
            f"code {code}", code, "Code", text.sentence, "", _going(app, "results", ("code", code))
        )


def _helps(app: DistrictApp) -> Iterator[Findable]:
    for group in WIDGETS_OF:

        async def show(group: str = group) -> None:
            app.push_screen(HelpScreen(group, app.keymap))

        does = f"All keys of {TITLES[group]}, and of the lists and logs on it."
        yield Findable(f"help {group}", f"Keys of {TITLES[group]}", "Help", does, "", show)
    for name, about in TOPICS.items():

        async def tell(name: str = name, about: str = about) -> None:
            app.push_screen(Notice(about.capitalize(), topic(name)))

        yield Findable(f"topic {name}", f"Help {name}: {about}", "Help", "A page to read.", "", tell)


def _action(app: DistrictApp, action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await app.run_action(action)

    return run


def _going(app: DistrictApp, place: str, what: object) -> Callable[[], Awaitable[None]]:
    async def go() -> None:
        await app.go(place, what)

    return go


def read_entries(app: DistrictApp) -> list[Findable]:
    """What is in files: the districts, and the schools of the one that is shown."""
    session, entries = app.session, []
    try:
        for credential in session.districts():
            show = partial(app.show_district, credential.name)
            entries.append(
                Findable(f"district {credential.name}", credential.name, "District", credential.url, "", show)
            )
        if session.has_master:
            with session.reading() as db:
                found = schools_table.aeries_schools(db)
            for school in found:
                go = _going(app, "schools", ("school", school.code))
                does = f"School {school.code} in Aeries, and the ALI school it is mapped to."
                entries.append(
                    Findable(f"school {school.code}", school.name, f"School {school.code}", does, "", go)
                )
    except AeriesTuiError:
        return entries  # what can't be read is told where it is shown
    return entries


class PeopleFinder:
    """Finds people of the session's district, also those whom the last pull left out.

    Args:
        app: leads to them.
        session: the district.
        live: Aeries is asked about whoever is chosen.
    """

    def __init__(self, app: DistrictApp, session: Session, *, live: bool = False) -> None:
        self._app, self._session, self._live = app, session, live
        self._db: sqlite3.Connection | None = None

    def find(self, text: str) -> list[Findable]:
        """At most a few students and staff whom the text fits; a number may always be asked of Aeries."""
        found = self._known(text) if self._session.has_master else []
        return [*found, *self._by_number(text, {entry.key for entry in found})]

    def _known(self, text: str) -> list[Findable]:
        with self._session.reading() as db:
            self._db = db
            try:
                matches = [one for kind in _NOUNS for one in few_people(db, kind, text, PEOPLE_SHOWN)]
            finally:
                self._db = None
        return [self._person(one.kind, one.id, one.name, one.state) for one in matches]

    def _person(self, kind: PersonKind, number: int, name: str, state: str) -> Findable:
        does = f"{_NOUNS[kind]} {number}, {state}: why, and all that is known."
        go = _going(self._app, "people", (kind, number, "live") if self._live else (kind, number))
        return Findable(f"{kind} {number}", name, f"{_NOUNS[kind]} {number} · {state}", does, "", go)

    def _by_number(self, text: str, known: set[str]) -> Iterator[Findable]:
        person = read_number(text)
        if person is None or f"{person[0]} {person[1]}" in known:
            return
        kind, number = person
        label = f"Explain {'student' if kind == 'student' else 'member of staff'} {number}"
        does = "Nobody here has this number: Aeries is asked for the record as it is now."
        go = _going(self._app, "people", (kind, number, "live"))
        yield Findable(f"ask {kind} {number}", label, "asked of Aeries", does, "", go)

    def interrupt(self) -> None:
        """End a search that runs."""
        db = self._db
        if db is not None:
            with contextlib.suppress(sqlite3.ProgrammingError):  # it has just ended
                db.interrupt()
