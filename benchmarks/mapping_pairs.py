"""Labelled pairs of school names, as the benchmark and the training of the mapping read them."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aeries_tui.mapping import School

# Relations of a pair that are more than case, punctuation or a stock abbreviation.
HARD = frozenset(("reorder", "type_word", "type_word_reorder", "truncated", "partial", "disjoint"))


@dataclass(frozen=True)
class Problem:
    """The two lists of one district.

    Args:
        set, district: what the file calls it.
        left, right: schools with all that the file has of them, sorted by name.
        truth: place of a left school → place of its right one; empty in a file with masked answers.
        relations: place of a left school that has a partner → how the names differ.
    """

    set: str
    district: str
    left: list[School]
    right: list[School]
    truth: dict[int, int]
    relations: dict[int, str]

    @staticmethod
    def bare(schools: Sequence[School]) -> list[School]:
        """Schools with their names only."""
        return [School(school.id, school.name) for school in schools]

    @staticmethod
    def graded(schools: Sequence[School]) -> list[School]:
        """Schools with names and grades."""
        return [replace(school, codes=()) for school in schools]


def read_problems(path: Path) -> list[Problem]:
    """The matching problems of a file, each list sorted by name, whatever the order of its rows."""
    districts: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            districts[row["district"]].append(row)
    return [_problem(district, rows) for district, rows in districts.items()]


def _problem(district: str, rows: Sequence[dict[str, str]]) -> Problem:
    left, right = (
        sorted((_school(row, side) for row in rows if row[f"{side}_id"]), key=lambda s: (s.name, s.id))
        for side in ("left", "right")
    )
    places = [{school.id: place for place, school in enumerate(side)} for side in (left, right)]
    pairs = [row for row in rows if row["left_id"] and row["right_id"]]
    truth = {places[0][row["left_id"]]: places[1][row["right_id"]] for row in pairs}
    relations = {places[0][row["left_id"]]: row.get("relation", "") for row in pairs}
    return Problem(rows[0]["set"], district, left, right, truth, relations)


def _school(row: dict[str, str], side: str) -> School:
    code = row.get(f"{side}_code") or ""
    return School(
        id=row[f"{side}_id"],
        name=row[f"{side}_name"],
        codes=(code,) if code else (),
        low_grade=row.get(f"{side}_low_grade") or "",
        high_grade=row.get(f"{side}_high_grade") or "",
    )


def fold_of(problem: Problem, folds: int) -> int:
    """The fold of a district; the same district in two sets falls into the same fold."""
    name = problem.district.split(": ", 1)[-1].lower()
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % folds
