"""A column added to a kind, together with the step that it needs: what the next version of the program will do."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from aeries_tui.master import schema
from aeries_tui.master.roster.kinds import BY_NAME, KINDS, Column
from aeries_tui.master.schema import STEPS, Step

STEP = """
ALTER TABLE {kind} ADD COLUMN pronouns TEXT;
ALTER TABLE past_{kind} ADD COLUMN pronouns TEXT;
UPDATE {kind} SET pronouns = 'as the step says';
UPDATE past_{kind} SET pronouns = 'as the step says';
"""


def add_pronouns(patch: pytest.MonkeyPatch, kind: str) -> None:
    """Let the program know one more field of a kind, and a step that adds it, for as long as the patch holds."""
    old = BY_NAME[kind]
    new = replace(old, fields=(*old.fields, Column("pronouns")))
    kinds = tuple(new if one is old else one for one in KINDS)
    for module in [module for name, module in sys.modules.items() if name.startswith("aeries_tui.")]:
        for name, value in list(vars(module).items()):
            if value is KINDS:
                patch.setattr(module, name, kinds)
            elif value is old:
                patch.setattr(module, name, new)
    patch.setitem(BY_NAME, kind, new)
    sql = STEP.format(kind=kind)
    patch.setattr(schema, "STEPS", (*STEPS, Step("pronouns", lambda connection: sql)))
