"""Which schools a district of a given size has, how many students each, and who sends students to whom."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from aeries_tui.demo.calendar import DEFAULT_YEAR, first_day
from aeries_tui.demo.draw import draws
from aeries_tui.demo.names import school_name

PLAIN_BELOW = 12
"""A district of fewer students is one clean school with one section."""
DEFECTS_FROM = 100
"""A district of at least so many students has defects in its data."""


class Kind(StrEnum):
    """How a school keeps its classes; the value is what it gives as ScheduleType."""

    ELEMENTARY = "Elementary"
    UNSTATED = ""
    MIXED = "ElementaryAndMasterSchedule"
    TRADITIONAL = "MasterSchedule"
    FLEXIBLE = "Flexible"
    FLEX = "Flex"

    @property
    def has_homerooms(self) -> bool:
        """Students belong to a homeroom teacher."""
        return self in (Kind.ELEMENTARY, Kind.UNSTATED, Kind.MIXED)

    @property
    def has_sections(self) -> bool:
        """There is a master schedule."""
        return self not in (Kind.ELEMENTARY, Kind.UNSTATED)

    @property
    def is_flexible(self) -> bool:
        """Staff are named in the sections themselves."""
        return self in (Kind.FLEXIBLE, Kind.FLEX)


@dataclass(frozen=True, slots=True)
class School:
    """A real school of the district.

    Attributes:
        index: its place in the district's plan, from 0.
        students: how many students have it as their first school on day 0.
        partner: the school its students move to, and where some are enrolled as well.
        source: the school whose partner it is.
        next_school: where its oldest go on to.
        fed_by: the schools whose oldest come here.
    """

    index: int
    code: int
    name: str
    kind: Kind
    level: str
    students: int
    plain: bool = False
    partner: int | None = None
    source: int | None = None
    next_school: int | None = None
    fed_by: tuple[int, ...] = ()

    @property
    def grades(self) -> tuple[int, int]:
        """Lowest and highest grade."""
        return {"E": (-1, 6), "M": (7, 8), "H": (9, 12)}[self.level]


@dataclass(frozen=True)
class Setting:
    """All that a district's data depend on.

    Attributes:
        students: students on day 0, over all schools.
        percents: for each day that went by since day 0, how many percent of the students it changed.
        defects: whether the data have the defects that real ones have.
        today: the server's date.
    """

    students: int
    seed: int = 1
    year: int = DEFAULT_YEAR
    percents: tuple[float, ...] = ()
    defects: bool = True
    now: date | None = None
    schools: tuple[School, ...] = field(default=(), repr=False, compare=False)

    @property
    def day(self) -> int:
        """How many days went by since day 0."""
        return len(self.percents)

    @property
    def today(self) -> date:
        """The server's date: that of the day, or the one the server was told."""
        return self.now or self.date_of(self.day)

    def date_of(self, day: int) -> date:
        """The date of a day of the district's life."""
        return first_day(self.year) + timedelta(days=day)

    def at(self, day: int) -> Setting:
        """The same district as it was on an earlier day."""
        return replace(self, percents=self.percents[:day])


_FIRST: tuple[tuple[int, Kind, str, str], ...] = (
    (990, Kind.ELEMENTARY, "E", "Lincoln Elementary"),
    (994, Kind.TRADITIONAL, "H", "Mt. Whitney High"),
    (992, Kind.FLEXIBLE, "M", "O'Brien Middle"),
    (991, Kind.MIXED, "E", "José Martí Academy"),
    (884, Kind.FLEX, "H", "Martin Luther King Jr. Senior High"),
    (993, Kind.UNSTATED, "E", "Las Lomas Charter School (K-6)"),
)
_CYCLE: tuple[tuple[Kind, str], ...] = (
    (Kind.ELEMENTARY, "E"), (Kind.ELEMENTARY, "E"), (Kind.TRADITIONAL, "M"), (Kind.MIXED, "E"),
    (Kind.TRADITIONAL, "H"), (Kind.ELEMENTARY, "E"), (Kind.FLEXIBLE, "H"), (Kind.ELEMENTARY, "E"),
    (Kind.FLEXIBLE, "M"), (Kind.MIXED, "E"),
)  # fmt: skip
_WEIGHT = {"E": 400, "M": 620, "H": 780}
_TAKEN = {0, 99, 100, 200, 884, 900, 901, 902, 989, 990, 991, 992, 993, 994, 998, 999, 1000}


def number_of_schools(students: int) -> int:
    """One school below 12 students, two to five below 1,000, then about one for each 500, at least six."""
    if students < PLAIN_BELOW:
        return 1
    if students < 1000:
        return min(5, max(2, students // 100))
    return max(6, round(students / 500))


def _codes() -> list[int]:
    low = [code for code in (*range(301, 899), *range(1, 300)) if code not in _TAKEN]
    return [*low, *range(1001, 9999)]


def _sizes(students: int, schools: list[School], seed: int) -> list[int]:
    weights = [
        _WEIGHT[school.level] * (0.7 + 0.6 * draws(1, seed, "size", school.index)[0] / 65536)
        for school in schools
    ]
    total, so_far, taken, sizes = sum(weights), 0.0, 0, []
    for weight in weights:
        so_far += weight
        upto = round(students * so_far / total)
        sizes.append(upto - taken)
        taken = upto
    return sizes


def _kinds(count: int) -> list[School]:
    codes = iter(_codes())
    ranks = {"E": 10, "M": 10, "H": 10}
    schools: list[School] = []
    for index in range(count):
        if index < len(_FIRST):
            code, kind, level, name = _FIRST[index]
        else:
            code = next(codes)
            kind, level = _CYCLE[(index - len(_FIRST)) % len(_CYCLE)]
            name = school_name(level, ranks[level])
            ranks[level] += 1
        schools.append(School(index, code, name, kind, level, 0))
    return schools


def _with_neighbours(schools: list[School]) -> tuple[School, ...]:
    levels = {level: [s.index for s in schools if s.level == level] for level in "EMH"}
    above = {"E": levels["M"], "M": levels["H"], "H": []}
    linked = []
    for school in schools:
        peers = levels[school.level]
        rank = bisect_left(peers, school.index)
        alone = len(peers) < 2
        targets = above[school.level]
        linked.append(
            replace(
                school,
                partner=None if alone else peers[(rank + 1) % len(peers)],
                source=None if alone else peers[rank - 1],
                next_school=targets[rank % len(targets)] if targets else None,
            )
        )
    feeders: dict[int, list[int]] = {}
    for school in linked:
        if school.next_school is not None:
            feeders.setdefault(school.next_school, []).append(school.index)
    return tuple(replace(school, fed_by=tuple(feeders.get(school.index, ()))) for school in linked)


def plan(students: int, seed: int) -> tuple[School, ...]:
    """The district's real schools.

    Raises:
        ValueError: fewer than 1 or more than 2,000,000 students were asked for.
    """
    if not 1 <= students <= 2_000_000:
        raise ValueError("A simulated district has 1 to 2,000,000 students.")
    if students < PLAIN_BELOW:
        return (School(0, 994, "Mt. Whitney High", Kind.TRADITIONAL, "H", students, plain=True),)
    schools = _kinds(number_of_schools(students))
    sizes = _sizes(students, schools, seed)
    return _with_neighbours([replace(s, students=size) for s, size in zip(schools, sizes, strict=True)])


def per_group(students: int, size: int) -> int:
    """How many groups of at most `size` a number of students makes, at least one."""
    return max(1, math.ceil(students / size))
