"""The simulated district as tests and benchmarks steer it: faults, edits, days, permissions, and the truth about it.

It serves `aeries_tui.demo` with control end points beside the API, for this machine only. The program itself
ships none of this.
"""
