"""The mapping of one district's schools: by what a person decided, by code, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rapidfuzz import fuzz

from aeries_tui.mapping.codes import code_keys, codes_differ, pairs_by_code, shared_families
from aeries_tui.mapping.evidence import District
from aeries_tui.mapping.grades import Span, grade_span
from aeries_tui.mapping.judge import Field, confidence, sureness
from aeries_tui.mapping.names import Name, cut_length, read_name
from aeries_tui.mapping.reasons import reasons_for
from aeries_tui.mapping.school import Decision, Match, School, Suggestion
from aeries_tui.mapping.weights import THRESHOLD

SUGGESTIONS = 10

Codes = frozenset[tuple[str, str]]


def map_schools(
    aeries: Sequence[School],
    ali: Sequence[School],
    *,
    decided: Mapping[str, str | None] = MappingProxyType({}),
) -> list[Decision]:
    """Map a district's Aeries schools to the product's, as far as that is safe, and suggest for the rest.

    The result depends neither on the order of the lists nor on the ids (ids only break the tie between
    schools alike in everything else, of which none is ever mapped).

    Args:
        aeries, ali: both lists of the district; ids are unique within a list.
        decided: what a person decided before: Aeries id → ALI id, or None for a school left out on
            purpose. It is kept as it is, and those ALI schools are not given to another one.

    Returns:
        One decision for each Aeries school, in the order given.
    """
    given = {ali_id for ali_id in decided.values() if ali_id is not None}
    rows = sorted((school for school in aeries if school.id not in decided), key=_content)
    columns = sorted((school for school in ali if school.id not in given), key=_content)
    found = _Mapping(rows, columns).decisions() if rows else {}
    return [found.get(school.id) or _kept(school.id, decided[school.id]) for school in aeries]


def _kept(aeries_id: str, ali_id: str | None) -> Decision:
    reason = "decided by a person" if ali_id is not None else "left out by a person"
    return Decision(aeries_id, ali_id, None, 100.0 if ali_id is not None else 0.0, (reason,), ())


def _content(school: School) -> tuple[str, str, tuple[str, ...], str, str, str]:
    codes = tuple(sorted(school.codes))
    return school.name.casefold(), school.name, codes, school.low_grade, school.high_grade, school.id


class _Mapping:
    """One run over the schools that are still open."""

    def __init__(self, rows: Sequence[School], columns: Sequence[School]) -> None:
        self.rows, self.columns = rows, columns
        self.codes = [code_keys(school) for school in rows], [code_keys(school) for school in columns]
        self.by_code, self.conflicting = pairs_by_code(*self.codes)
        self.families = shared_families(*self.codes)
        taken = {column for column, _ in self.by_code.values()}
        self.open_rows = [row for row in range(len(rows)) if row not in self.by_code]
        self.open_columns = [column for column in range(len(columns)) if column not in taken]
        self.district = District(
            _read([rows[row] for row in self.open_rows]),
            _read([columns[column] for column in self.open_columns]),
        )
        self.field = Field(self.district)
        self.keys = tuple(
            Counter(side.name.key for side in sides) for sides in (self.district.left, self.district.right)
        )

    def decisions(self) -> dict[str, Decision]:
        """Aeries id → its decision."""
        found = {}
        for row, (column, code) in self.by_code.items():
            school = self.rows[row]
            reasons = (f"code {code} equal",)
            found[school.id] = Decision(school.id, self.columns[column].id, "code", 100.0, reasons, ())
        mapped = {place: self._mapped(place) for place in range(len(self.open_rows))}
        taken = {judged[0] for judged in mapped.values() if judged}
        for place, verdict in mapped.items():
            school = self.rows[self.open_rows[place]]
            suggestions = self._suggestions(place, taken - ({verdict[0]} if verdict else set()))
            if verdict:
                column, match, score, reasons = verdict
                ali_id = self.columns[self.open_columns[column]].id
                found[school.id] = Decision(school.id, ali_id, match, score, reasons, suggestions)
            else:
                best = suggestions[0] if suggestions else Suggestion("", 0.0, ())
                reasons = (
                    ("codes contradict each other",) if self.open_rows[place] in self.conflicting else ()
                )
                found[school.id] = Decision(
                    school.id, None, None, best.score, (*reasons, *best.reasons), suggestions
                )
        return found

    def _mapped(self, place: int) -> tuple[int, Match, float, tuple[str, ...]] | None:
        """The open column this open row is mapped to without asking, if any."""
        judged = self.field.judged(place)
        if judged is None or self._forbidden(place, judged.column):
            return None
        left, right = self.district.left[place], self.district.right[judged.column]
        odds = sureness(judged)
        same = left.name.key == right.name.key
        if odds < THRESHOLD or self.keys[0][left.name.key] > 1 or self.keys[1][right.name.key] > 1:
            return None
        score = 100.0 if same else min(99.0, round(confidence(odds), 1))
        return judged.column, "same" if same else "similar", score, reasons_for(left, right, judged.evidence)

    def _forbidden(self, place: int, column: int) -> bool:
        """Whether codes speak against a pair, so that a person has to look."""
        row, other = self.open_rows[place], self.open_columns[column]
        return row in self.conflicting or codes_differ(
            self.codes[0][row], self.codes[1][other], self.families
        )

    def _suggestions(self, place: int, taken: set[int]) -> tuple[Suggestion, ...]:
        """ALI schools for a row, best first: those not mapped to another one come first."""
        assigned = self.field.assigned[place]
        ranked = sorted(
            self.field.rows[place], key=lambda edge: (edge[0] in taken, edge[0] != assigned, -edge[1])
        )
        left = self.district.left[place]
        out = [
            Suggestion(
                self._ali_id(column),
                round(confidence(odds), 1),
                reasons_for(left, self.district.right[column], self.field.evidence[place, column]),
            )
            for column, odds in ranked
            if column not in taken
        ][:SUGGESTIONS]
        return tuple(out)

    def _ali_id(self, column: int) -> str:
        return self.columns[self.open_columns[column]].id


def _read(schools: Sequence[School]) -> list[tuple[Name, Span | None]]:
    cut_at = cut_length([school.name for school in schools])
    return [
        (read_name(school.name, cut_at=cut_at), grade_span(school.low_grade, school.high_grade))
        for school in schools
    ]
