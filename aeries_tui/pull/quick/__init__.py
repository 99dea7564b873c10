"""The quick pull: between two full ones, only what the change feeds name (contract, section 7).

It creates, updates and reactivates; it deactivates only what Aeries positively gives as gone,
never what is merely absent. Whatever casts doubt on what it could go on from makes it refuse;
too much change makes it a full pull.
"""

from __future__ import annotations

from aeries_tui.pull.quick.begin import note_of, read_quickly
from aeries_tui.pull.quick.staging import open_quick_staging
from aeries_tui.pull.quick.too_much import TooMuch

__all__ = ["TooMuch", "note_of", "open_quick_staging", "read_quickly"]
