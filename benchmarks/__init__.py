"""Measures: `python -m benchmarks.run` for the speed of a pull, `benchmarks/mapping.py` for the school mapping."""
