"""`setup --system`: a machine made ready for districts of its own, and the same taken back."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aeries_tui.cli.completion import script
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.manual import manual
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.operations.setup import Setup
from aeries_tui.operations.setup_record import Ground
from aeries_tui.operations.setup_undo import Undoing
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.settings.places import places_of_user

_SHARE = Path("/usr/local/share")
_LINK = Path("/usr/local/bin/aeries-tui")
_COMPLETIONS = {
    "bash": _SHARE / "bash-completion" / "completions" / "aeries-tui",
    "zsh": _SHARE / "zsh" / "site-functions" / "_aeries-tui",
    "fish": _SHARE / "fish" / "vendor_completions.d" / "aeries-tui.fish",
}


class SetupSteps(Document, frozen=True):
    """What setting up a machine does, or taking that back.

    Attributes:
        steps: in words, in their order.
        done: they were done; else they were only told.
    """

    steps: Sequence[str]
    done: bool


def setup(options: argparse.Namespace) -> int:
    """Prepare the machine, or take that back; what will be done is shown first."""
    if os.geteuid() != 0:
        raise NotAllowedNow(
            "Only root can set up a machine.",
            meaning="Nothing was changed.",
            remedy="Type it with sudo in front.",
        )
    ground = Ground(places_of_user(os.environ))
    making = Setup(ground, dict(_texts()), _link())
    steps = Undoing(ground).plan() if options.undo else making.plan(move=options.move_districts)
    told = [step.words for step in steps]
    if not options.json:
        _show(told, undo=options.undo)
    is_wanted = bool(steps) and not options.plan
    if is_wanted:
        _ask(options)
        for step in steps:
            step.do()
            say(f"Done: {step.words}.")
    if options.json:
        print_document(SetupSteps(told, is_wanted))
    elif is_wanted and not options.undo:
        _tell_what_next()
    return 0


def _show(steps: Sequence[str], *, undo: bool) -> None:
    if not steps:
        line("Nothing is to be done: all is as it should be.")
        return
    line(f"What is done{' to take the setup back' if undo else ''}, in this order:")
    for words in steps:
        line(f"  {words}")


def _ask(options: argparse.Namespace) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise WrongUse(
            "There is nobody to ask.", meaning="Nothing was changed.", remedy="Add --yes to have it done."
        )
    sys.stderr.write("Do it? Type yes: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise WrongUse("It was not wanted.", meaning="Nothing was changed.")


def _texts() -> Iterator[tuple[Path, str]]:
    """The completion of each shell that is here, and the man page."""
    yield _SHARE / "man" / "man1" / "aeries-tui.1", manual() + "\n"
    for shell, path in _COMPLETIONS.items():
        if shutil.which(shell):
            yield path, script(shell) + "\n"


def _link() -> tuple[Path, Path] | None:
    """Where sudo finds the program, where it lies elsewhere and is a program of its own."""
    program = this_program()
    return (_LINK, Path(program[0])) if len(program) == 1 and Path(program[0]) != _LINK else None


def _tell_what_next() -> None:
    line("")
    line("The machine is ready. As root, or with sudo, aeries-tui now works on the machine's districts:")
    for words in (
        "credentials add NAME --url URL", "check", "schools update", "schools create-ali --from-aeries all",
        "pull --acknowledge", "credentials change NAME --daily-import HH:MM", "schedule install --system",
    ):  # fmt: skip
        line(f"  aeries-tui {words}")
