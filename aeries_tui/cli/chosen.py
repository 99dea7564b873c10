"""The district that a command is about, and the form in which it tells of it."""

from __future__ import annotations

import argparse

from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.operations.district import District, all_districts, find_district


def chosen_district(options: argparse.Namespace) -> District:
    """The district that `--district` names, or the only one; raises as `find_district`."""
    return find_district(getattr(options, "district", None))


def one_form(options: argparse.Namespace, other: str) -> None:
    """Raises WrongUse where --json is asked for together with another form of the output."""
    if options.json and getattr(options, other):
        raise WrongUse(f"--json and --{other} are two forms of the same.", remedy="Take one of them.")


def all_are_meant(options: argparse.Namespace) -> bool:
    """Whether `--all` stands there; raises WrongUse where one district is named as well."""
    if options.all and getattr(options, "district", None):
        raise WrongUse(
            "--all means every district, --district one.",
            meaning="Nothing was begun.",
            remedy="Take one of them. Some of all are named by --only, where there is that.",
        )
    return bool(options.all)


def chosen_districts(options: argparse.Namespace) -> list[District]:
    """The district that `--district` names, or the only one; every one with `--all`, or those of `--only`.

    Raises:
        WrongUse: `--only` stands without `--all`, or `--district` with it.
        NotFound: there is no district of that name, or none at all.
    """
    only = getattr(options, "only", None) or []
    if not all_are_meant(options):
        if only:
            raise WrongUse("--only goes with --all.")
        return [chosen_district(options)]
    found = all_districts()
    if not found:
        find_district(None)  # raises, as without --all
    unknown = sorted(set(only) - {one.name for one in found})
    if unknown:
        raise NotFound(f"There is no district {', '.join(unknown)}.", meaning="Nothing was begun.")
    return [one for one in found if not only or one.name in only]
