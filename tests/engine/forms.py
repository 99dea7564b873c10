"""The two forms of tests that try many examples: short in the suite, long when it is asked for."""

from __future__ import annotations

import os

LONG = os.environ.get("AERIES_TUI_TESTS") == "long"
"""Whether the long form was asked for, by `AERIES_TUI_TESTS=long`."""
