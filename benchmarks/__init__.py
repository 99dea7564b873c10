"""Measures: `python -m benchmarks.run` for the speed of a pull, `benchmarks/mapping.py` for the school mapping."""

import sys
from pathlib import Path

# The server that the measures need is that of the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
