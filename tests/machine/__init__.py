"""Machines of the tests' own, with a process 1 of their own: what installing, timers and undoing really do."""
