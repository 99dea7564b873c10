"""The mapping of one district's schools: by what a person decided, by code, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import Indel

from aeries_tui.mapping.codes import code_keys, codes_differ, pairs_by_code, shared_families
from aeries_tui.mapping.evidence import District
from aeries_tui.mapping.grades import Span, grade_span
from aeries_tui.mapping.judge import LEAD, THRESHOLD, Field, confidence, sure
from aeries_tui.mapping.learned import WEIGHTS
from aeries_tui.mapping.names import Name, cut_length, read_name
from aeries_tui.mapping.reasons import reasons_for
from aeries_tui.mapping.school import Decision, School, Suggestion
from aeries_tui.mapping.weights import Weights

SUGGESTIONS = 10


def map_schools(
    aeries: Sequence[School],
    ali: Sequence[School],
    *,
    decided: Mapping[str, str | None] = MappingProxyType({}),
    weights: Weights = WEIGHTS,
    threshold: float = THRESHOLD,
) -> list[Decision]:
    """Map a district's Aeries schools to the product's, as far as that is safe, and suggest for the rest.

    The result depends neither on the order of the lists nor on the ids. (Ids only order suggestions that
    are alike in everything else; such schools are never mapped by name.)

    Args:
        aeries, ali: both lists of the district; ids are unique within a list.
        decided: what a person decided before: Aeries id → ALI id, or None for a school left out on
            purpose. It is kept as it is, and those ALI schools are not given to another one.
        weights, threshold: what the evidence counts for, and the log-odds from which a pair is mapped;
            others than those in use only to measure them.

    Returns:
        One decision for each Aeries school, in the order given.
    """
    given = {ali_id for ali_id in decided.values() if ali_id is not None}
    rows = sorted((school for school in aeries if school.id not in decided), key=_content)
    columns = sorted((school for school in ali if school.id not in given), key=_content)
    found = _Mapping(rows, columns, weights, threshold).decisions()
    return [found.get(school.id) or _kept(school.id, decided[school.id]) for school in aeries]


def read_schools(schools: Sequence[School]) -> list[tuple[Name, Span | None]]:
    """The names of one list read, with the grade spans."""
    cut_at = cut_length([school.name for school in schools])
    return [(read_name(s.name, cut_at=cut_at), grade_span(s.low_grade, s.high_grade)) for s in schools]


def _kept(aeries_id: str, ali_id: str | None) -> Decision:
    if ali_id is None:
        return Decision(aeries_id, None, None, 0.0, ("left out by a person",), ())
    return Decision(aeries_id, ali_id, None, 100.0, ("decided by a person",), ())


def _content(school: School) -> tuple[str, ...]:
    codes = " ".join(sorted(school.codes))
    return school.name.casefold(), school.name, codes, school.low_grade, school.high_grade, school.id


class _Mapping:
    """One run over the schools that no person has decided on; rows are Aeries schools, columns ALI ones."""

    def __init__(
        self, rows: Sequence[School], columns: Sequence[School], weights: Weights, threshold: float
    ) -> None:
        self._weights, self._threshold = weights, threshold
        codes = [code_keys(school) for school in rows], [code_keys(school) for school in columns]
        self._by_code, conflicting = pairs_by_code(*codes)
        self._families = shared_families(*codes)
        taken = {column for column, _ in self._by_code.values()}
        self._all = rows, columns
        open_rows = [row for row in range(len(rows)) if row not in self._by_code]
        open_columns = [column for column in range(len(columns)) if column not in taken]
        self._rows = [rows[row] for row in open_rows]
        self._columns = [columns[column] for column in open_columns]
        self._codes = [codes[0][row] for row in open_rows], [codes[1][column] for column in open_columns]
        self._conflicting = {place for place, row in enumerate(open_rows) if row in conflicting}
        self._district = District(read_schools(self._rows), read_schools(self._columns))
        self._field = Field(self._district, weights)
        self._keys = [
            Counter(s.name.key for s in side) for side in (self._district.left, self._district.right)
        ]

    def decisions(self) -> dict[str, Decision]:
        """Aeries id → its decision."""
        rows, columns = self._all
        found = {}
        for row, (column, code) in self._by_code.items():
            reasons = (f"code {code} equal",)
            found[rows[row].id] = Decision(rows[row].id, columns[column].id, "code", 100.0, reasons, ())
        mapped = {}
        for row in range(len(self._rows)):
            odds = self._sure_enough(row)
            if odds is not None:
                mapped[row] = odds
        taken = {self._field.assigned[row] for row in mapped}
        free = {c: side.letters for c, side in enumerate(self._district.right) if c not in taken}
        for row, school in enumerate(self._rows):
            found[school.id] = self._mapped(row, mapped[row]) if row in mapped else self._open(row, free)
        return found

    def _sure_enough(self, row: int) -> float | None:
        """The log-odds of the assigned pair of a row, if it may be mapped without asking."""
        judged = self._field.judged(row)
        if judged is None or judged.lead < LEAD or row in self._conflicting:
            return None
        column = judged.column
        keys = self._district.left[row].name.key, self._district.right[column].name.key
        if any(count[key] > 1 for count, key in zip(self._keys, keys, strict=True)):
            return None
        if codes_differ(self._codes[0][row], self._codes[1][column], self._families):
            return None
        odds = sure(judged, self._weights)
        return odds if odds >= self._threshold else None

    def _mapped(self, row: int, odds: float) -> Decision:
        column = self._field.assigned[row]
        assert column is not None
        same = self._field.evidence[row, column]["same_key"] > 0
        score = 100.0 if same else min(99.9, round(confidence(odds), 1))
        ids = self._rows[row].id, self._columns[column].id
        return Decision(*ids, "same" if same else "similar", score, self._reasons(row, column), ())

    def _open(self, row: int, free: Mapping[int, str]) -> Decision:
        """A school left to a person, with suggestions among the free columns (given with their letters)."""
        suggestions = self._suggestions(row, free)
        reasons = suggestions[0].reasons if suggestions else ("no school is like it",)
        if row in self._conflicting:
            reasons = ("its codes point to different schools", *reasons)
        score = suggestions[0].score if suggestions else 0.0
        return Decision(self._rows[row].id, None, None, score, reasons, tuple(suggestions))

    def _suggestions(self, row: int, free: Mapping[int, str]) -> list[Suggestion]:
        """ALI schools not mapped to another one: the assigned one, then by likeness, then by their letters."""
        assigned = self._field.assigned[row]
        edges = [edge for edge in self._field.rows[row] if edge[0] in free]
        edges.sort(key=lambda edge: (edge[0] != assigned, -edge[1]))
        out = [
            Suggestion(self._columns[column].id, round(confidence(odds), 1), self._reasons(row, column))
            for column, odds in edges
        ]
        seen = {column for column, _ in edges}
        letters = self._district.left[row].letters
        rest = process.extract(letters, free, scorer=Indel.normalized_similarity, limit=SUGGESTIONS)
        out += [
            Suggestion(self._columns[c].id, 0.0, ("not mapped yet",)) for _, _, c in rest if c not in seen
        ]
        return out[:SUGGESTIONS]

    def _reasons(self, row: int, column: int) -> tuple[str, ...]:
        sides = self._district.left[row], self._district.right[column]
        evidence = self._field.evidence.get((row, column)) or self._district.evidence(row, column)
        return reasons_for(*sides, evidence)
