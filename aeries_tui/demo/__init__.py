"""The simulated district: a real HTTP server on the loopback that follows the Aeries contract.

It knows nothing of the pull, the mapping or the Master, so what it says of itself
(`truth`) is an independent count.
"""
