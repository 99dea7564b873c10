"""The Master against any list of people: who is in both, in one alone, and what differs.

The columns are found by their names and by what is in them, and it is said how they were taken; a person can name the
key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import ConfigurationError, WrongUse
from aeries_tui.master.comparisons import SIGNS, Compared, Comparison, Kept, keep
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.roster.listed_people import columns_of, listed_people
from aeries_tui.operations.district import District
from aeries_tui.operations.listed_file import ListedFile, ListedRow, read_list, title_key
from aeries_tui.operations.listed_values import is_same, same_key, shown_name
from aeries_tui.text import clean_text, in_number

KEYS = ("id", "state_id", "email", "user_name", "login_id")
"""By what people can be told apart, the surest first."""

_KEY_SHARE = 0.5
_MUCH_BETTER = 1.05
"""By how much more rows a less sure key must match: a few that stand twice in a list make it match more."""
_FEW = 2
"""By how many rows more besides, where the column's title says that it is the surer key."""
_TRIED = 2_000
"""Rows, of the whole list, by which it is found out which column is the key."""
_ORDER = "*+-!="
_NAMES: Mapping[str, frozenset[str]] = {
    "id": frozenset({
        "id", "studentid", "staffid", "teacherid", "personid", "permid", "permanentid", "userid", "employeeid", "identifier",
        "sisid", "sourcedid", "externalid", "person", "studentnumber", "teachernumber",
    }),
    "state_id": frozenset({"stateid", "statestudentid", "ssid", "stateteacherid", "stateeducatorid", "seid", "stateidentifier"}),
    "last_name": frozenset({"lastname", "surname", "familyname", "sn", "last"}),
    "first_name": frozenset({"firstname", "givenname", "first", "legalfirstname"}),
    "middle_name": frozenset({"middlename", "middle"}),
    "preferred_first_name": frozenset({"preferredfirstname", "preferredname", "nickname", "preferredgivenname"}),
    "grade": frozenset({"grade", "gradelevel", "grades"}),
    "email": frozenset({"email", "emailaddress", "mail", "studentemail", "teacheremail", "primaryemail", "studentemailaddress"}),
    "user_name": frozenset({"username", "login", "userprincipalname", "upn", "samaccountname"}),
    "login_id": frozenset({"loginid", "networkloginid", "networkid"}),
    "title": frozenset({"title", "jobtitle", "position"}),
    "school": frozenset({"school", "schoolid", "schoolcode", "primaryschool", "orgsourcedids", "primaryorgsourcedid", "sitecode"}),
}  # fmt: skip


def _go_on() -> None:
    """Nobody ends it."""


def compare(
    district: District,
    path: Path,
    *,
    kind: PersonKind | None = None,
    key: str | None = None,
    going: Callable[[], None] = _go_on,
) -> Comparison:
    """Compare the active people of a district with a list.

    Args:
        district: which one.
        path: a CSV with a header, or a OneRoster bundle.
        kind: of the people; None to find out.
        key: a column of the list by which people are told apart; None to find out.
        going: called now and then; it raises what ends the comparison.

    Raises:
        ConfigurationError: the list can't be read, or not by that key.
        NotFound, MasterError: there is no Master, or it can't be read.
    """
    listed = read_list(path, going)
    kinds: tuple[PersonKind, ...] = ("student", "staff") if kind is None else (kind,)
    with district.reading() as db:
        people = {one: list(listed_people(db, one)) for one in kinds}
    going()
    tried = [_Match(listed, one, people[one], key) for one in kinds]
    best = max(tried, key=lambda one: one.matched)
    if not best.key:
        raise ConfigurationError(
            f"{path}: no column tells who is who; at least half of its rows must name somebody of the Master.",
            meaning="Nothing was compared.",
            remedy="Name the column with --key, and students or staff with --kind.",
        )
    return best.compared(going)


def compare_and_keep(
    district: District,
    path: Path,
    *,
    kind: PersonKind | None = None,
    key: str | None = None,
    going: Callable[[], None] = _go_on,
) -> Kept:
    """The same, kept to be seen again, and put into the journal; raises as `compare` does."""
    with district.journal.recording(Act.LOOKED, district.name, {"what": "compare"}):
        found = compare(district, path, kind=kind, key=key, going=going)
        return keep(district.files.create().comparisons, str(path.absolute()), found)


@dataclass(frozen=True)
class _Key:
    """The column by which people are told apart.

    Attributes:
        field: that the Master has of it; blank where none was found.
        at: its place in the list.
        hits: how many of the rows that were tried name somebody.
        is_named: whether the title says that it is that field.
    """

    field: str = ""
    at: int = -1
    hits: int = 0
    is_named: bool = False

    def is_better_than(self, before: _Key) -> bool:
        """Whether it tells people apart better than a column, or a field, that was looked at before."""
        if self.hits == before.hits:
            return self.hits > 0 and self.field == before.field and self.is_named and not before.is_named
        return self.hits > before.hits * _MUCH_BETTER + (_FEW if before.is_named else 0)


class _Match:
    """A list against the people of one kind.

    Args:
        listed: the list.
        kind: of the people.
        people: as `listed_people` gives them.
        wanted: the column that a person named as the key; None to find out.
    """

    def __init__(
        self, listed: ListedFile, kind: PersonKind, people: Sequence[tuple[str, ...]], wanted: str | None
    ) -> None:
        self._header, self._kind, self._people = listed.header, kind, people
        self._titles = [title_key(title) for title in listed.header]
        self._rows = [row for row in listed.rows if row.is_of(kind)]
        self._step = max(1, len(self._rows) // _TRIED)
        self._fields = columns_of(kind)
        if wanted is not None and title_key(wanted) not in self._titles:
            raise WrongUse(
                f"{listed.path} has no column {clean_text(wanted)}.", meaning="Nothing was compared.",
                remedy=f"It has {clean_text(', '.join(listed.header))}.",
            )  # fmt: skip
        self._key = self._find_key(None if wanted is None else title_key(wanted))

    @property
    def key(self) -> str:
        """The field of the key; blank where there is none."""
        return self._key.field

    @property
    def matched(self) -> int:
        """About how many of the rows name somebody."""
        return self._key.hits * self._step

    def _find_key(self, wanted: str | None) -> _Key:
        tried = self._rows[:: self._step]
        columns = [at for at, title in enumerate(self._titles) if wanted in (None, title)]
        best = _Key()
        for field in filter(self._fields.__contains__, KEYS):
            known = {key for key, times in self._keys(field).items() if times == 1}
            for at in columns:
                hits = sum(same_key(field, row.cells[at]) in known for row in tried)
                one = _Key(field, at, hits, is_named=self._titles[at] in _NAMES[field])
                if one.is_better_than(best):
                    best = one
        return best if wanted is not None or best.hits >= max(1, _KEY_SHARE * len(tried)) else _Key()

    def _keys(self, field: str) -> Counter[str]:
        """How often each value of a key field stands in the Master."""
        at = self._fields.index(field)
        keys = Counter(same_key(field, person[at]) for person in self._people)
        keys.pop("", None)
        return keys

    def _taken(self) -> dict[str, int]:
        """The column of each field that can be compared, besides the key's."""
        taken: dict[str, int] = {}
        for at, title in enumerate(self._titles):
            field = next((one for one in self._fields if title in _NAMES[one]), None)
            if (
                field is not None
                and field not in taken
                and field not in {"id", self.key}
                and at != self._key.at
            ):
                taken[field] = at
        return taken

    def compared(self, going: Callable[[], None]) -> Comparison:
        """The comparison by the key that was found."""
        taken = self._taken()
        rows = sorted(self._compared(taken, going), key=lambda row: (_ORDER.index(row.sign), row.line))
        used = {self.key: self._key.at, **taken}
        columns = {field: self._header[at] for field, at in used.items()}
        ignored = [title for at, title in enumerate(self._header) if at not in used.values()]
        counts = Counter(row.sign for row in rows)
        return Comparison(
            self._kind, self.key, columns, ignored, {sign: counts[sign] for sign in SIGNS}, rows
        )

    def _compared(self, taken: Mapping[str, int], going: Callable[[], None]) -> Iterator[Compared]:
        at, times = self._fields.index(self.key), self._keys(self.key)
        here = {same_key(self.key, person[at]): person for person in self._people}
        seen: dict[str, int] = {}
        for place, row in enumerate(self._rows):
            if place % _TRIED == 0:
                going()
            key = same_key(self.key, row.cells[self._key.at])
            problem = self._problem(row, key, seen, times)
            seen.setdefault(key, row.line)
            if problem:
                yield self._listed("!", row, taken, problem)
            elif key not in times:
                yield self._listed("-", row, taken)
            else:
                yield self._both(row, here[key], taken)
        for person in self._people:
            if same_key(self.key, person[at]) not in seen:
                known = dict(zip(self._fields, person, strict=True))
                yield Compared("+", person[at], known["id"], shown_name(known), {}, 0)

    def _problem(self, row: ListedRow, key: str, seen: Mapping[str, int], times: Mapping[str, int]) -> str:
        """Why a row can't be matched; blank where it can."""
        if row.problem:
            return row.problem
        if not key:
            return f"{self._header[self._key.at]} is blank."
        if key in seen:
            return f"Line {seen[key]:,} has the same {self._header[self._key.at]}."
        if times.get(key, 0) > 1:
            return f"{in_number(times[key], 'person').replace('persons', 'people')} of the Master have it."
        return ""

    def _both(self, row: ListedRow, person: tuple[str, ...], taken: Mapping[str, int]) -> Compared:
        known = dict(zip(self._fields, person, strict=True))
        differences = {
            field: (known[field], row.cells[at])
            for field, at in taken.items()
            if not is_same(field, known, row.cells[at])
        }
        sign = "*" if differences else "="
        return Compared(sign, row.cells[self._key.at], known["id"], shown_name(known), differences, row.line)

    def _listed(self, sign: str, row: ListedRow, taken: Mapping[str, int], problem: str = "") -> Compared:
        name = shown_name({field: row.cells[at] for field, at in taken.items()})
        return Compared(sign, row.cells[self._key.at], "", name, {}, row.line, problem)


def told(comparison: Comparison) -> Iterable[str]:
    """What was compared by what, as sentences."""
    taken = ", ".join(f"{title} as {field.replace('_', ' ')}" for field, title in comparison.columns.items())
    noun = "students" if comparison.kind == "student" else "staff"
    yield f"Compared {noun} by {comparison.columns[comparison.key]}; read {taken}."
    if comparison.ignored:
        yield f"Not compared: {', '.join(comparison.ignored)}."
    yield (
        "; ".join(f"{sign} {SIGNS[sign]}: {in_number(n, 'row')}" for sign, n in comparison.counts.items())
        + "."
    )
