"""A column or a kind added, together with the step that it needs: what the next version of the program will do."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from aeries_tui.kinds import KIND_NAMES, KindName
from aeries_tui.master import schema
from aeries_tui.master.roster.kinds import BY_NAME, KINDS, Column, Kind
from aeries_tui.master.schema import STEPS, Step

STEP = """
ALTER TABLE {kind} ADD COLUMN pronouns TEXT;
ALTER TABLE past_{kind} ADD COLUMN pronouns TEXT;
UPDATE {kind} SET pronouns = 'as the step says';
UPDATE past_{kind} SET pronouns = 'as the step says';
"""


def add_pronouns(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Let the program know one more field of some kinds, and a step that adds it, for as long as the patch holds."""
    new = {name: replace(BY_NAME[name], fields=(*BY_NAME[name].fields, Column("pronouns"))) for name in names}
    kinds = tuple(new.get(kind.name, kind) for kind in KINDS)
    _everywhere(patch, KINDS, kinds)
    for name in names:
        _everywhere(patch, BY_NAME[name], new[name])
        patch.setitem(BY_NAME, name, new[name])
    _add_step(patch, "pronouns", "".join(STEP.format(kind=name) for name in names))


BADGE = Kind("badge", key=(Column("student_id", "INTEGER"),), fields=(Column("number"),))
BADGES = """
CREATE TABLE badge (
    student_id INTEGER PRIMARY KEY, number TEXT, active INTEGER NOT NULL, created_import INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE past_badge (
    import_id INTEGER NOT NULL, student_id INTEGER NOT NULL, number TEXT,
    active INTEGER NOT NULL, created_import INTEGER NOT NULL, absent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, student_id)
) WITHOUT ROWID;
CREATE INDEX past_badge_key ON past_badge (student_id, import_id);
"""


def add_badges(patch: pytest.MonkeyPatch) -> None:
    """Let the program know one more kind, and a step that adds it, for as long as the patch holds."""
    _everywhere(patch, KINDS, (*KINDS, BADGE))
    patch.setitem(BY_NAME, BADGE.name, BADGE)
    patch.setitem(KIND_NAMES, BADGE.name, KindName(BADGE.name, "badge", "badges", "Badges"))
    _add_step(patch, "badges", BADGES)


def _everywhere(patch: pytest.MonkeyPatch, old: object, new: object) -> None:
    for module in [module for name, module in sys.modules.items() if name.startswith("aeries_tui.")]:
        for name, value in list(vars(module).items()):
            if value is old:
                patch.setattr(module, name, new)


def _add_step(patch: pytest.MonkeyPatch, name: str, sql: str) -> None:
    patch.setattr(schema, "STEPS", (*STEPS, Step(name, lambda connection: sql)))
