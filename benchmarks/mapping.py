"""Measures the school mapping on labelled pairs: what it maps by itself, how often wrongly, and what it suggests.

    python benchmarks/mapping.py pairs.csv [--mode names|grades|codes] [--folds 5] [--curve] [--speed]
        [--predictions FILE]

The file has the columns set, district, left_id, left_name, left_low_grade, left_high_grade, left_code, the same
for right, and relation (for reporting only); a row with both ids is a pair, one with one id a school of that list
only. Ids and the order of rows are not used. Where all rows are one-sided the answers are masked: then nothing
can be measured and only the decisions are written.

Without --folds the weights in use are measured, which is right for pairs they were not learned from. With
--folds N they are learned anew N times, each time without the districts they are then measured on.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mapping_pairs import HARD, Problem, fold_of, read_problems
from mapping_training import learn

from aeries_tui.mapping import Decision, School, map_schools
from aeries_tui.mapping.judge import THRESHOLD
from aeries_tui.mapping.learned import WEIGHTS
from aeries_tui.mapping.names import read_name
from aeries_tui.mapping.weights import Weights

MODES: dict[str, Callable[[Sequence[School]], list[School]]] = {
    "names": Problem.bare,
    "grades": Problem.graded,
    "codes": list,
}
TITLES = {"names": "names only", "grades": "names and grades", "codes": "names, grades and codes"}
CURVE = (5.0, 4.5, 4.2, 4.0, 3.9, 3.8, 3.7, 3.6, 3.4, 3.2, 3.0, 2.5, 2.0)


@dataclass
class Tally:
    """What came out for a number of pairs."""

    pairs: int = 0
    right: int = 0
    wrong: int = 0
    same_name_wrong: int = 0
    hard: int = 0
    hard_right: int = 0
    asked: int = 0
    first: int = 0
    among_five: int = 0
    listed: list[str] = field(default_factory=list)

    def add(self, problem: Problem, decisions: Sequence[Decision]) -> None:
        """Count one district."""
        for place, decision in enumerate(decisions):
            partner = problem.truth.get(place)
            wanted = problem.right[partner].id if partner is not None else None
            self.pairs += wanted is not None
            is_hard = problem.relations.get(place) in HARD
            self.hard += is_hard
            if decision.ali_id is None:
                if wanted is not None and problem.relations[place] != "disjoint":
                    ids = [suggestion.ali_id for suggestion in decision.suggestions[:5]]
                    self.asked += 1
                    self.first += wanted in ids[:1]
                    self.among_five += wanted in ids
            elif decision.ali_id == wanted:
                self.right += 1
                self.hard_right += is_hard
            else:
                self.wrong += 1
                self._list_wrong(problem, place, decision)

    def _list_wrong(self, problem: Problem, place: int, decision: Decision) -> None:
        names = {school.id: school.name for school in problem.right}
        left, right = problem.left[place].name, names[decision.ali_id or ""]
        partner = problem.truth.get(place)
        says = (
            f"the label says {problem.right[partner].name!r}"
            if partner is not None
            else "the label says none"
        )
        same = read_name(left).key == read_name(right).key
        self.same_name_wrong += same
        note = "; same name, so the label is doubtful" if same else ""
        self.listed.append(f"{problem.district}: {left!r} to {right!r}, {decision.score:.1f} ({says}{note})")

    def line(self, title: str) -> str:
        """One line of the table."""

        def share(part: int, whole: int) -> str:
            return f"{part / whole:.4f}" if whole else "     -"

        return (
            f"{title:8} {self.pairs:6} {share(self.right, self.right + self.wrong)} {share(self.right, self.pairs)}"
            f" {self.wrong:5} {self.same_name_wrong:9} {self.hard:6} {share(self.hard_right, self.hard)}"
            f" {self.asked:6} {share(self.first, self.asked)} {share(self.among_five, self.asked)}"
        )


HEADER = (
    "set       pairs  precis recall wrong same-name   hard recall  asked  top-1  top-5\n"
    "                                        wrong            hard"
)


def decide(
    problems: Iterable[Problem], mode: str, weights: Callable[[Problem], Weights], threshold: float
) -> list[list[Decision]]:
    """The decisions for each problem, in its order."""
    view = MODES[mode]
    return [
        map_schools(view(p.left), view(p.right), weights=weights(p), threshold=threshold) for p in problems
    ]


def report(problems: Sequence[Problem], decided: Sequence[Sequence[Decision]]) -> None:
    """Print one line per set, one for all, and every wrong mapping."""
    tallies: dict[str, Tally] = {}
    whole = Tally()
    for problem, decisions in zip(problems, decided, strict=True):
        tallies.setdefault(problem.set, Tally()).add(problem, decisions)
        whole.add(problem, decisions)
    print(HEADER)
    for title, tally in tallies.items():
        print(tally.line(title))
    print(whole.line("all"))
    for line in whole.listed:
        print(f"  wrong: {line}")


def print_curve(problems: Sequence[Problem], mode: str, weights: Callable[[Problem], Weights]) -> None:
    """Print what other thresholds would give."""
    print("threshold wrong same-name recall hard-recall")
    for threshold in CURVE:
        tally = Tally()
        for problem, decisions in zip(problems, decide(problems, mode, weights, threshold), strict=True):
            tally.add(problem, decisions)
        print(
            f"{threshold:9} {tally.wrong:5} {tally.same_name_wrong:9} {tally.right / tally.pairs:.4f}"
            f" {tally.hard_right / max(tally.hard, 1):.4f}"
        )


def write_predictions(path: Path, problems: Sequence[Problem], decided: Sequence[Sequence[Decision]]) -> None:
    """Write what was decided: one row for a school mapped, up to ten suggestions for one that was not."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("district", "left_id", "right_id", "kind", "rank"))
        for problem, decisions in zip(problems, decided, strict=True):
            for decision in decisions:
                if decision.ali_id is not None:
                    writer.writerow((problem.district, decision.aeries_id, decision.ali_id, "auto", 1))
                    continue
                for rank, suggestion in enumerate(decision.suggestions, start=1):
                    writer.writerow(
                        (problem.district, decision.aeries_id, suggestion.ali_id, "suggest", rank)
                    )


def print_speed(problems: Sequence[Problem]) -> None:
    """Print how long districts of 200 and 1,000 schools on each side take, made of the names in the file."""
    left = sorted({school.name for p in problems for school in p.left})
    right = sorted({school.name for p in problems for school in p.right})
    for size in (200, 1000):
        lists = [
            [
                School(str(place), name)
                for place, name in enumerate(names[:: max(1, len(names) // size)][:size])
            ]
            for names in (left, right)
        ]
        read_name.cache_clear()
        started = time.process_time()
        map_schools(*lists)
        seconds = time.process_time() - started
        print(f"{len(lists[0])} by {len(lists[1])} schools, names not read before: {1000 * seconds:.0f} ms")


def learned_without(problems: Sequence[Problem], folds: int) -> Callable[[Problem], Weights]:
    """For each problem weights that were learned without its fold."""
    by_fold = [learn([p for p in problems if fold_of(p, folds) != fold]) for fold in range(folds)]
    return lambda problem: by_fold[fold_of(problem, folds)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path, help="CSV of labelled pairs, or of masked ones")
    parser.add_argument("--mode", choices=MODES, help="what the mapping may see (default: each in turn)")
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N", help="cross-validate over N folds of districts"
    )
    parser.add_argument("--curve", action="store_true", help="print what other thresholds would give as well")
    parser.add_argument("--speed", action="store_true", help="print how long large districts take as well")
    parser.add_argument(
        "--predictions", type=Path, metavar="FILE", help="write the decisions (of names, or --mode)"
    )
    arguments = parser.parse_args()
    problems = read_problems(arguments.pairs)
    masked = not any(problem.truth for problem in problems)
    if arguments.folds and (masked or arguments.folds < 2):
        parser.error("--folds needs two folds or more, and pairs with their answers")
    weights = learned_without(problems, arguments.folds) if arguments.folds else lambda _: WEIGHTS
    how = f"cross-validated over {arguments.folds} folds" if arguments.folds else "with the weights in use"
    modes = [arguments.mode] if arguments.mode else ["names"] if masked else list(MODES)
    for mode in modes:
        started = time.perf_counter()
        decided = decide(problems, mode, weights, THRESHOLD)
        seconds = time.perf_counter() - started
        if arguments.predictions and mode == modes[0]:
            write_predictions(arguments.predictions, problems, decided)
        if masked:
            print("The answers are masked: decisions written, nothing measured.", file=sys.stderr)
            continue
        print(f"\n{TITLES[mode]}, {how}, {len(problems)} districts in {seconds:.1f} s")
        report(problems, decided)
        if arguments.curve:
            print_curve(problems, mode, weights)
    if arguments.speed:
        print_speed(problems)


if __name__ == "__main__":
    main()
