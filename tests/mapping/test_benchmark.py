from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "mapping.py"
HEADER = (
    "set,district,left_id,left_name,left_low_grade,left_high_grade,"
    "right_id,right_name,right_low_grade,right_high_grade,left_code,right_code,relation\n"
)
PAIRS = """\
S,S: A,L1,LINCOLN ELEM.,K,5,R1,Lincoln Elementary,K,5,6071351,6071351,abbrev
S,S: A,L2,OAK GROVE MIDDLE,6,8,R2,Valle Verde Middle,6,8,6071352,6071352,disjoint
S,S: A,L3,ADAMS HIGH,9,12,R3,Grant High,9,12,6071353,6071353,disjoint
S,S: A,,,,,R4,Adams High,9,12,,6071354,right_only
"""
MASKED = """\
S,S: A,L1,LINCOLN ELEM.,K,5,,,,,6071351,,
S,S: A,L3,TAFT HIGH,9,12,,,,,,,
S,S: A,,,,,R1,Lincoln Elementary,K,5,,6071351,
S,S: A,,,,,R3,Grant High,9,12,,,
"""


def run(folder: Path, rows: str, *options: str) -> subprocess.CompletedProcess[str]:
    pairs = folder / "pairs.csv"
    pairs.write_text(HEADER + rows, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(BENCHMARK), str(pairs), *options], capture_output=True, text=True, check=True
    )


def test_it_counts_right_wrong_and_doubtful_mappings_in_each_mode(tmp_path: Path) -> None:
    out = run(tmp_path, PAIRS).stdout
    names, grades, codes = out.split("\n\n") if out.startswith("\n\n") else out.strip().split("\n\n")
    assert "all           3 0.5000 0.3333     1         1" in names
    assert "'ADAMS HIGH' to 'Adams High'" in names
    assert "the label says 'Grant High'; same name, so the label is doubtful" in names
    assert "names and grades" in grades
    assert "all           3 1.0000 1.0000     0" in codes


@pytest.mark.parametrize("rows", [PAIRS, MASKED])
def test_it_writes_decisions_and_suggestions(tmp_path: Path, rows: str) -> None:
    target = tmp_path / "predictions.csv"
    run(tmp_path, rows, "--mode", "names", "--predictions", str(target))
    with target.open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert written[0] == {"district": "S: A", "left_id": "L3" if rows == PAIRS else "L1"} | {
        "right_id": "R4" if rows == PAIRS else "R1",
        "kind": "auto",
        "rank": "1",
    }
    suggested = [row for row in written if row["kind"] == "suggest"]
    assert suggested
    assert [row["rank"] for row in suggested] == [str(n) for n in range(1, len(suggested) + 1)]


def test_a_masked_file_is_not_measured(tmp_path: Path) -> None:
    done = run(tmp_path, MASKED, "--predictions", str(tmp_path / "out.csv"))
    assert done.stdout == ""
    assert "masked" in done.stderr
