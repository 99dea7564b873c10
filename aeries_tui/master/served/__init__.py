"""What the roster service gives to products: states of the roster, who may read them, and tokens; a file beside the Master.

The Master holds the roster as it is. This file holds it as it was given, record by record with the moment of each
change, so that a product that asks for what changed since is told all of it: also what an undo, another mapping or
a Master brought back from a copy did, for a state is made by comparing the whole roster with what was given last.
"""
