"""The Master against any list of people: who is in both, in one alone, and what differs.

The columns are found by their names and by what is in them, and it is said how they were taken; a person can name the
key. Signs are rclone's: `=` same, `*` differs, `+` only in the Master, `-` only in the list, `!` could not be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from aeries_tui.errors import ConfigurationError, WrongUse
from aeries_tui.master.identity import PersonKind
from aeries_tui.master.roster.listed_people import columns_of, listed_people
from aeries_tui.operations.csv_text import SEPARATORS, NotCsv, csv_rows, csv_text
from aeries_tui.operations.district import District
from aeries_tui.text import clean_text, fold, in_number

SIGNS: Mapping[str, str] = {
    "=": "same", "*": "differs", "+": "only in the District Master", "-": "only in the list", "!": "could not be read",
}  # fmt: skip
"""What each sign says."""

KEYS = ("id", "state_id", "email", "user_name", "login_id")
"""By what people can be told apart, the surest first."""

_LARGEST = 500_000_000
_KEY_SHARE = 0.5
_MUCH_BETTER = 1.05
"""By how much more rows a less sure key must match: a few that stand twice in a list make it match more."""
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
_GRADES = {"kindergarten": "0", "kg": "0", "k": "0", "prekindergarten": "-1", "pk": "-1", "tk": "-1", "transitionalkindergarten": "-1"}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One person of a comparison.

    Attributes:
        sign: one of `SIGNS`.
        key: by which the person was matched; of a row that could not be read what stood there.
        id: in the Master; blank for none.
        name: last and first name, as the Master has them, else the list.
        differences: by field what the Master has and what the list has.
        line: of the list; 0 for none.
        problem: why the row could not be read.
    """

    sign: str
    key: str
    id: str
    name: str
    differences: Mapping[str, tuple[str, str]]
    line: int
    problem: str = ""


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        kind: student or staff.
        key: the field by which people were matched.
        columns: of the list, by the field that each was taken for.
        ignored: columns of the list that say nothing that the Master has.
        rows: by sign in the order of `SIGNS`, then by key.
    """

    kind: PersonKind
    key: str
    columns: Mapping[str, str]
    ignored: Sequence[str]
    rows: Sequence[Row]

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each sign."""
        found = Counter(row.sign for row in self.rows)
        return {sign: found[sign] for sign in SIGNS}

    @property
    def is_same(self) -> bool:
        """Whether the list says what the Master says, of everybody."""
        return all(row.sign == "=" for row in self.rows)


def compare(
    district: District, path: Path, *, kind: PersonKind | None = None, key: str | None = None
) -> Comparison:
    """Compare the active people of a district with a list.

    Args:
        district: which one.
        path: a CSV with a header, or a OneRoster bundle.
        kind: of the people; None to find out.
        key: a column of the list by which people are told apart; None to find out.

    Raises:
        ConfigurationError: the list can't be read, or not by that key.
        NotFound, MasterError: there is no Master, or it can't be read.
    """
    header, rows = _read(path)
    kinds: tuple[PersonKind, ...] = ("student", "staff") if kind is None else (kind,)
    with district.reading() as db:
        people = {one: list(listed_people(db, one)) for one in kinds}
    tried = [_Match(path, header, rows, one, people[one], key) for one in kinds]
    best = max(tried, key=lambda one: one.matched)
    if not best.key:
        raise ConfigurationError(
            f"{path}: no column tells who is who; at least half of its rows must name somebody of the Master.",
            meaning="Nothing was compared.",
            remedy="Name the column with --key, and students or staff with --kind.",
        )
    return best.compared()


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows of a list, with their lines."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _unreadable(path, f"is larger than {_LARGEST:,} bytes")
        data = path.read_bytes()
        if data.startswith(b"PK\x03\x04"):
            data = _users_of(path, data)
        text = csv_text(data)
        best: tuple[list[str], list[tuple[int, list[str]]]] = ([], [])
        for separator in (text.separator,) if text.separator else SEPARATORS:
            rows = [
                (line, [cell.strip() for cell in cells])
                for line, cells in csv_rows(text.text, separator, text.first_line)
                if any(cell.strip() for cell in cells)
            ]
            if rows and len(rows[0][1]) > len(best[0]):
                best = rows[0][1], rows[1:]
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror}") from error
    except NotCsv as error:
        raise _unreadable(path, str(error)) from error
    if not best[0]:
        raise _unreadable(path, "is empty")
    return best


def _users_of(path: Path, data: bytes) -> bytes:
    """users.csv of a OneRoster bundle."""
    try:
        with ZipFile(BytesIO(data)) as bundle:
            name = next((one for one in bundle.namelist() if one.rsplit("/", 1)[-1] == "users.csv"), None)
            if name is None:
                raise _unreadable(path, "is a ZIP without users.csv")
            if bundle.getinfo(name).file_size > _LARGEST:
                raise _unreadable(path, f"holds more than {_LARGEST:,} bytes")
            return bundle.read(name)
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, "is a ZIP that can't be opened") from error


def _unreadable(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(
        clean_text(f"{path} {what}."),
        meaning="Nothing was compared.",
        remedy="Give a CSV with a header, or a OneRoster bundle.",
    )


def _name(text: str) -> str:
    """A column's name as it is compared: letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


class _Match:
    """A list against the people of one kind.

    Args:
        path, header, rows: the list.
        kind: of the people.
        people: as `listed_people` gives them.
        wanted: the column that a person named as the key; None to find out.
    """

    def __init__(
        self, path: Path, header: Sequence[str], rows: Sequence[tuple[int, list[str]]], kind: PersonKind,
        people: Sequence[tuple[str, ...]], wanted: str | None,
    ) -> None:  # fmt: skip
        self._header, self._kind, self._people = header, kind, people
        self._rows = self._of_kind(rows)
        self._fields = columns_of(kind)
        self.key, self._key_at, self.matched = "", -1, 0
        names = [_name(one) for one in header]
        if wanted is not None and _name(wanted) not in names:
            raise WrongUse(
                f"{path} has no column {clean_text(wanted)}.", meaning="Nothing was compared.",
                remedy=f"It has {clean_text(', '.join(header))}.",
            )  # fmt: skip
        for field in KEYS:
            known = self._values(field)
            for at, name in enumerate(names):
                if wanted is not None and name != _name(wanted):
                    continue
                hits = sum(self._same_key(field, self._cell(row, at)) in known for _, row in self._rows)
                is_better = hits > self.matched * _MUCH_BETTER
                if is_better or (
                    hits == self.matched and hits and self.key == field and name in _NAMES[field]
                ):
                    self.key, self._key_at, self.matched = field, at, hits
        if wanted is None and (not self._rows or self.matched < _KEY_SHARE * len(self._rows)):
            self.key, self.matched = "", 0

    def _of_kind(self, rows: Sequence[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
        """The rows of the kind, where a column `role` tells it, as in a OneRoster bundle."""
        at = next((place for place, one in enumerate(self._header) if _name(one) in {"role", "kind"}), None)
        if at is None:
            return list(rows)
        return [
            row for row in rows if (_name(self._cell(row[1], at)) == "student") == (self._kind == "student")
        ]

    @staticmethod
    def _cell(row: Sequence[str], at: int) -> str:
        return row[at] if at < len(row) else ""

    def _same_key(self, field: str, value: str) -> str:
        """A key as it is compared; an id may have a letter before it, as OneRoster's and School Data Sync's have."""
        if field == "id":
            digits = re.fullmatch(r"(?:[A-Za-z]{1,8}[-_]?)?0*(\d+)", value)
            return digits[1] if digits else value
        return fold(value)

    def _values(self, field: str) -> dict[str, int]:
        """Each value of a key field that stands once, and who has it."""
        if field not in self._fields:
            return {}
        at = self._fields.index(field)
        keys = [self._same_key(field, person[at]) for person in self._people]
        times = Counter(keys)
        return {key: place for place, key in enumerate(keys) if key and times[key] == 1}

    def _taken(self) -> dict[str, int]:
        """The column of each field that can be compared, besides the key's."""
        taken: dict[str, int] = {}
        for at, title in enumerate(self._header):
            name = _name(title)
            field = next(
                (one for one, names in _NAMES.items() if name in names and one in self._fields), None
            )
            if (
                field is not None
                and at != self._key_at
                and field not in taken
                and field not in {"id", self.key}
            ):
                taken[field] = at
        return taken

    def compared(self) -> Comparison:
        """The comparison by the key that was found."""
        taken = self._taken()
        known = self._values(self.key)
        found: dict[int, int] = {}
        rows: list[Row] = []
        seen: dict[str, int] = {}
        for line, cells in self._rows:
            text = self._cell(cells, self._key_at)
            key = self._same_key(self.key, text)
            if not key or key in seen:
                problem = (
                    f"{self._header[self._key_at]} is blank."
                    if not key
                    else f"Line {seen[key]} has the same."
                )
                rows.append(Row("!", text, "", self._listed_name(cells, taken), {}, line, problem))
                continue
            seen[key] = line
            place = known.get(key)
            if place is None:
                rows.append(Row("-", text, "", self._listed_name(cells, taken), {}, line))
                continue
            found[place] = line
            person = dict(zip(self._fields, self._people[place], strict=True))
            differences = {
                field: (person[field], self._cell(cells, at))
                for field, at in taken.items()
                if not _is_same(field, person[field], self._cell(cells, at))
            }
            rows.append(
                Row("*" if differences else "=", text, person["id"], _shown(person), differences, line)
            )
        key_at = self._fields.index(self.key)
        for place, values in enumerate(self._people):
            if place not in found:
                person = dict(zip(self._fields, values, strict=True))
                rows.append(Row("+", values[key_at], person["id"], _shown(person), {}, 0))
        order = {sign: at for at, sign in enumerate("*+-!=")}
        rows.sort(key=lambda row: (order[row.sign], row.line, row.id))
        used = {
            self.key: self._header[self._key_at],
            **{field: self._header[at] for field, at in taken.items()},
        }
        return Comparison(
            self._kind, self.key, used, [one for one in self._header if one not in used.values()], rows
        )

    def _listed_name(self, cells: Sequence[str], taken: Mapping[str, int]) -> str:
        return _shown({field: self._cell(cells, at) for field, at in taken.items()})


def _shown(person: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (person.get("last_name", ""), person.get("first_name", ""))))


def _is_same(field: str, ours: str, theirs: str) -> bool:
    if field == "grade":
        return _grade(ours) == _grade(theirs)
    if field == "school":
        return (
            ours.lstrip("0") in {part.strip().lstrip("0") for part in re.split(r"[,; ]", theirs)}
            if theirs
            else not ours
        )
    if field in {"email", "user_name", "login_id"}:
        return ours.casefold() == theirs.casefold()
    return " ".join(ours.split()) == " ".join(theirs.split())


def _grade(text: str) -> str:
    name = _name(text) if not text.lstrip("-").isdigit() else text
    name = _GRADES.get(name, name)
    return str(int(name)) if name.lstrip("-").isdigit() else name


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
