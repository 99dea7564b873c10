"""The district that a command is about."""

from __future__ import annotations

import argparse

from aeries_tui.operations.district import District, all_districts, find_district


def chosen_district(options: argparse.Namespace) -> District:
    """The district that `--district` names, or the only one; raises as `find_district`."""
    return find_district(getattr(options, "district", None))


def chosen_districts(options: argparse.Namespace) -> list[District]:
    """The district that `--district` names, or the only one; every one with `--all`."""
    return all_districts() if options.all else [chosen_district(options)]
