"""The simulated district: a real HTTP server on the loopback that follows the Aeries contract.

It knows nothing of the pull, the mapping or the Master, so what `tests/simulator`, which steers it, says of its
records is an independent count.
"""
