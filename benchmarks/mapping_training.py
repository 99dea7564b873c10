"""Learns the weights of the school mapping from labelled pairs, in plain Python.

    python benchmarks/mapping_training.py pairs.csv [--write aeries_tui/mapping/weights.py]

Two logistic regressions. The first weighs the evidence of a pair by itself, over the best candidates of
each school; the second weighs how an assigned pair stands among its rivals. The weights of the grade spans
are learned last, with all others held fixed, so that names alone are judged the same with and without grades.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import get_args

from mapping_pairs import Problem, read_problems

from aeries_tui.mapping.evidence import MEASURES, District, Evidence
from aeries_tui.mapping.judge import CANDIDATES, RIVALRY, Field, alike
from aeries_tui.mapping.matcher import read_schools
from aeries_tui.mapping.relations import Kinds, Words
from aeries_tui.mapping.weights import Weights

# Of each school's candidates the first few teach what matters; the rest are far off.
TAUGHT = 3
# How strongly weights are held near nothing: of the evidence, and of the rivalry.
EVIDENCE_RIDGE, RIVALRY_RIDGE = 2.0, 5.0

_WORDS, _KINDS = get_args(Words), get_args(Kinds)
_GRADES = tuple(
    name for name in MEASURES if name in ("grades_overlap", "grades_apart", "kind_against_grades")
)
_CASES: list[tuple[str, ...]] = [("words", w) for w in _WORDS] + [("kinds", k) for k in _KINDS]
_CASES += [("both", w, k) for w in _WORDS for k in _KINDS]
_COLUMN = {
    case: index for index, case in enumerate([("base",), *_CASES, *(("measure", m) for m in MEASURES)])
}

Row = list[tuple[int, float]]


def learn(problems: Sequence[Problem]) -> Weights:
    """Weights from labelled problems (a problem is the two lists of one district)."""
    districts = [(p, District(read_schools(p.bare(p.left)), read_schools(p.bare(p.right)))) for p in problems]
    weights = _evidence_weights(districts)
    weights = _rivalry_weights(districts, weights)
    graded = [
        (p, District(read_schools(p.graded(p.left)), read_schools(p.graded(p.right)))) for p in problems
    ]
    return _grade_weights(graded, weights)


def _taught(districts: Iterable[tuple[Problem, District]]) -> Iterable[tuple[Evidence, bool]]:
    """The pairs to learn from, with their label.

    Left out: a pair of one name, alone on both sides, that the label calls two schools. There the
    lists have swapped or reassigned a code, and there is nothing in it to learn.
    """
    for problem, district in districts:
        for row in range(len(district.left)):
            for column in district.candidates(row, CANDIDATES)[:TAUGHT]:
                evidence = district.evidence(row, column)
                label = problem.truth.get(row) == column
                if label or not (evidence["same_key"] and evidence["only_one_each"]):
                    yield evidence, label


def _evidence_weights(districts: Sequence[tuple[Problem, District]]) -> Weights:
    rows, labels = [], []
    for evidence, label in _taught(districts):
        rows.append(_sparse(evidence))
        labels.append(label)
    found = fit(rows, labels, len(_COLUMN), EVIDENCE_RIDGE)
    return Weights(
        base=found[0],
        words={w: found[_COLUMN["words", w]] for w in _WORDS},
        kinds={k: found[_COLUMN["kinds", k]] for k in _KINDS},
        both={(w, k): found[_COLUMN["both", w, k]] for w in _WORDS for k in _KINDS},
        measures=tuple(found[_COLUMN["measure", m]] for m in MEASURES),
        sure_base=0.0,
        sure=(0.0,) * len(RIVALRY),
    )


def _sparse(evidence: Evidence) -> Row:
    cases = (
        ("base",),
        ("words", evidence.words),
        ("kinds", evidence.kinds),
        ("both", evidence.words, evidence.kinds),
    )
    row = [(_COLUMN[case], 1.0) for case in cases]
    return row + [
        (_COLUMN["measure", name], value)
        for name, value in zip(MEASURES, evidence.measures, strict=True)
        if value and name not in _GRADES
    ]


def _rivalry_weights(districts: Sequence[tuple[Problem, District]], weights: Weights) -> Weights:
    rows, labels = [], []
    for problem, district in districts:
        field = Field(district, weights)
        for row in range(len(district.left)):
            judged = field.judged(row)
            if judged is None:
                continue
            label = problem.truth.get(row) == judged.column
            if label or not (judged.evidence["same_key"] and judged.evidence["only_one_each"]):
                rows.append([(0, 1.0), *((i, v) for i, v in enumerate(judged.values, start=1) if v)])
                labels.append(label)
    found = fit(rows, labels, 1 + len(RIVALRY), RIVALRY_RIDGE)
    return replace(weights, sure_base=found[0], sure=tuple(found[1:]))


def _grade_weights(districts: Sequence[tuple[Problem, District]], weights: Weights) -> Weights:
    """The same weights, with those of the grade spans learned on top of the log-odds of the names."""
    at = [MEASURES.index(name) for name in _GRADES]
    rows, labels, offsets = [], [], []
    for evidence, label in _taught(districts):
        grades = [
            (place + 1, evidence.measures[index])
            for place, index in enumerate(at)
            if evidence.measures[index]
        ]
        if grades:
            rows.append(grades)
            labels.append(label)
            offsets.append(alike(evidence, weights))
    found = fit(rows, labels, 1 + len(at), EVIDENCE_RIDGE, offsets)
    measures = list(weights.measures)
    for place, index in enumerate(at, start=1):
        measures[index] = found[place]
    return replace(weights, measures=tuple(measures))


def fit(
    rows: Sequence[Row],
    labels: Sequence[bool],
    columns: int,
    ridge: float,
    offsets: Sequence[float] | None = None,
) -> list[float]:
    """Logistic regression by Newton's method, with a ridge on all weights but the first.

    Args:
        rows: examples, each as its (column, value) pairs other than 0.
        labels: what each example is.
        columns: the number of weights.
        ridge: the penalty on half the square of each weight.
        offsets: log-odds that each example has beforehand.
    """
    weights = [0.0] * columns
    for _ in range(30):
        slope = [0.0] + [ridge * weight for weight in weights[1:]]
        bend = [[0.0] * columns for _ in range(columns)]
        for index in range(columns):
            bend[index][index] = ridge if index else 1e-6
        for number, (row, label) in enumerate(zip(rows, labels, strict=True)):
            odds = sum(weights[index] * value for index, value in row) + (offsets[number] if offsets else 0.0)
            chance = 1 / (1 + exp(-max(-30.0, min(30.0, odds))))
            error, curve = chance - label, chance * (1 - chance)
            for index, value in row:
                slope[index] += error * value
                if curve > 1e-9:
                    line, scaled = bend[index], curve * value
                    for other, factor in row:
                        line[other] += scaled * factor
        step = solve(bend, slope)
        weights = [weight - change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-5:
            break
    return weights


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination; the matrix is used up."""
    size = len(right)
    values = list(right)
    for index in range(size):
        pivot = max(range(index, size), key=lambda line: abs(matrix[line][index]))
        matrix[index], matrix[pivot] = matrix[pivot], matrix[index]
        values[index], values[pivot] = values[pivot], values[index]
        top = matrix[index]
        for line in range(index + 1, size):
            factor = matrix[line][index] / top[index]
            if factor:
                matrix[line] = [a - factor * b for a, b in zip(matrix[line], top, strict=True)]
                values[line] -= factor * values[index]
    for index in reversed(range(size)):
        rest = sum(matrix[index][other] * values[other] for other in range(index + 1, size))
        values[index] = (values[index] - rest) / matrix[index][index]
    return values


def write(weights: Weights, path: Path) -> None:
    """Write the weights as the module `aeries_tui.mapping.learned`."""

    def table(name: str, entries: Iterable[tuple[str, float]]) -> str:
        lines = "".join(f"        {key}: {value:.3f},\n" for key, value in entries)
        return f"    {name}={{\n{lines}    }},\n"

    def row(name: str, names: Sequence[str], values: Sequence[float]) -> str:
        lines = "".join(f"        {v:.3f},  # {n}\n" for n, v in zip(names, values, strict=True))
        return f"    {name}=(\n{lines}    ),\n"

    quoted: Callable[[str], str] = '"{}"'.format
    path.write_text(
        '"""The weights in use, in log-odds. Written by benchmarks/mapping_training.py; not edited by hand."""\n\n'
        "from aeries_tui.mapping.weights import Weights\n\n"
        "WEIGHTS = Weights(\n"
        f"    base={weights.base:.3f},\n"
        + table("words", ((quoted(w), v) for w, v in weights.words.items()))
        + table("kinds", ((quoted(k), v) for k, v in weights.kinds.items()))
        + table(
            "both",
            ((f"({quoted(w)}, {quoted(k)})", v) for (w, k), v in weights.both.items() if abs(v) >= 0.0005),
        )
        + row("measures", MEASURES, weights.measures)
        + f"    sure_base={weights.sure_base:.3f},\n"
        + row("sure", RIVALRY, weights.sure)
        + ")\n",
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Learn the weights of the school mapping.")
    parser.add_argument("pairs", type=Path, help="CSV of labelled pairs")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", required=True, help="the module to write them to"
    )
    arguments = parser.parse_args()
    write(learn(read_problems(arguments.pairs)), arguments.write)


if __name__ == "__main__":
    main()
