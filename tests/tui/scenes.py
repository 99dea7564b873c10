"""The states of a district that pictures show, each made once and copied for every picture of it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

import time_machine

from aeries_tui.alarms.status_file import StatusFile
from aeries_tui.codes import Code
from aeries_tui.outcome import GOOD, Outcome
from simulator.served import ServedDistrict
from tui.stage import LAST_YEAR, NOW, STUDENTS, Stage, a_root


class Scenes:
    """Every scene by its name, made when it is first asked for.

    Args:
        served: the simulated district of this school year.
        last_year: that of the school year before.
        travel: the clock that stands.
    """

    def __init__(
        self, served: ServedDistrict, last_year: ServedDistrict, travel: time_machine.Traveller
    ) -> None:
        self._served, self._last_year, self._travel = served, last_year, travel
        self._made: dict[str, Stage] = {}

    def copy(self, name: str) -> Stage:
        """A machine in the state of this name, at the moment of the pictures."""
        stage = self._scene(name).copied()
        self._travel.move_to(NOW.timestamp())
        return stage

    def _scene(self, name: str) -> Stage:
        if name not in self._made:
            make: Callable[[], Stage] = getattr(self, f"_{name}")
            self._made[name] = make()
        return self._made[name]

    def _nothing(self) -> Stage:
        """The program was never used."""
        return Stage(a_root(), self._served, self._travel)

    def _listed(self) -> Stage:
        """The credential is there and the list of schools was read."""
        stage = self._nothing()
        stage.add_credential(tested=True)
        stage.list_schools()
        return stage

    def _daily(self) -> Stage:
        """One school year is archived, the next one is pulled every night."""
        stage = self._listed()
        stage.map_all()
        stage.served = self._last_year
        stage.detour.port = self._last_year.port
        stage.pull(LAST_YEAR - dt.timedelta(hours=6))
        stage.archive(LAST_YEAR)
        stage.served = self._served
        stage.detour.port = self._served.port
        self._served.set_day(38, 1.0)
        stage.pull(_night(3), seconds=96)
        for nights, day, percent, seconds in ((2, 39, 1.0, 71), (1, 40, 2.0, 74), (0, 41, 1.5, 73)):
            self._served.set_day(day, percent)
            stage.pull(_night(nights), seconds=seconds)
        return stage

    def _held(self) -> Stage:
        """A pull found that a school has lost a grade."""
        stage = self._scene("daily").copied()
        code = max(stage.served.schools(), key=lambda school: school["students"])["code"]
        stage.served.edit({"endpoint": "students", "school": code, "match": {"Grade": 10}, "remove": True})
        try:
            stage.pull(NOW - dt.timedelta(minutes=9), trigger="ui", seconds=70)
        finally:
            stage.served.clear_edits()
        return stage

    def _serving(self) -> Stage:
        """Three products read the roster, one of them with a new secret; a fourth was revoked."""
        stage = self._scene("daily").copied()
        stage.serve_products()
        return stage

    def _compared(self) -> Stage:
        """The students were compared with the export of a directory."""
        stage = self._scene("daily").copied()
        stage.compare(NOW - dt.timedelta(minutes=4))
        return stage

    def _county(self) -> Stage:
        """The plan of the district waits, and six others stand each in their way."""
        stage = self._scene("held").copied()
        stage.add_districts(
            [
                (_standing("fairview", Outcome.COMPLETED, hours=9, students=2318, changed=41, usual=36), dt.time(3, 0)),
                (_standing("harbor", Outcome.ERROR, hours=8, students=640, changed=12, usual=9,
                           problem="Aeries refused the certificate."), dt.time(4, 30)),
                (_standing("mesa-verde", Outcome.COMPLETED_WITH_ERROR, hours=8, students=5204, changed=1932, usual=88,
                           stale=3, descriptions={Code.SRC_TIMEOUT: 3, Code.STUDENT_NO_EMAIL: 41}), dt.time(4, 30)),
                (_standing("oakdale", Outcome.COMPLETED, hours=71, students=1187, changed=0, usual=14), dt.time(2, 0)),
                (_standing("pine-ridge", Outcome.HELD, hours=9, students=904, changed=7, usual=8, held=212,
                           reasons=(f"{Code.RUN_HELD_LOSS} 131 of 904 students would be deactivated (14.5 %, limit 10 %).",)),
                 dt.time(3, 30)),
                (StatusFile("willow", "", None, None, None, None, None, 26.0, {}, {}), None),
            ]
        )  # fmt: skip
        return stage

    def _closed(self) -> Stage:
        """This school year is archived as well."""
        stage = self._scene("daily").copied()
        stage.archive(NOW - dt.timedelta(minutes=3))
        return stage


def _standing(
    name: str, outcome: Outcome, *, hours: int, students: int, problem: str = "", held: int | None = None,
    reasons: tuple[str, ...] = (), stale: int = 0, descriptions: dict[str, int] | None = None, **changes: int,
) -> StatusFile:  # fmt: skip
    """How a district stands whose newest import ended so many hours ago."""
    ended, good = NOW - dt.timedelta(hours=hours), outcome in GOOD
    last_good = ended if good else ended - dt.timedelta(days=1)
    return StatusFile(
        name, _text(NOW), 212, outcome, _text(ended), outcome if good else Outcome.COMPLETED, _text(last_good), 26.0,
        {"student": students}, descriptions or {}, _text(ended - dt.timedelta(seconds=students // 20)),
        students / 20, changes["changed"], changes["usual"], held, reasons, stale, problem, students * 5200,
    )  # fmt: skip


def _text(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _night(ago: int) -> dt.datetime:
    return NOW.replace(hour=10, minute=31) - dt.timedelta(days=ago)


@contextlib.contextmanager
def all_scenes(travel: time_machine.Traveller) -> Iterator[Scenes]:
    """All scenes, on a machine that stands still."""
    with (
        ServedDistrict.in_this_process(STUDENTS, roots=("/admin",)) as served,
        ServedDistrict.in_this_process(STUDENTS, roots=("/admin",), year=2025, day=200) as before,
    ):
        yield Scenes(served, before, travel)
