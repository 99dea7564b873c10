"""The commands: parse, call, print. What they do is done by the packages below."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from aeries_tui.cli.output import about, explain_error, tell
from aeries_tui.cli.streams import let_readers_leave, open_streams, what_was_lost
from aeries_tui.errors import AeriesTuiError, MasterError
from aeries_tui.os_errors import Refusal, refusal_of, shortage_of


def run(arguments: Sequence[str]) -> int:
    """Carry out one command.

    Args:
        arguments: the words after the program's name.

    Returns:
        The exit status (design, section 5); 1 is left to defects of the program.
    """
    open_streams()
    from aeries_tui.cli.parser import make_parser

    parser = make_parser()
    options = parser.parse_args(arguments)
    if getattr(options, "json", False) and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    if options.has_own_status:
        let_readers_leave()
    with about(getattr(options, "district", None)):
        status = _carry_out(options)
    try:
        lost = what_was_lost()
    except BrokenPipeError:
        return 0
    if lost is None:
        return status
    tell(lost)
    return status if status or options.has_own_status else lost.exit_status


def _carry_out(options: argparse.Namespace) -> int:
    """Run the command; whatever it raises becomes words and an exit status."""
    as_json = getattr(options, "json", False)
    try:
        if os.geteuid() == 0:
            from aeries_tui.cli.account import step_down

            step_down(options)
        status: int = options.run(options)
    except AeriesTuiError as error:
        return explain_error(error, as_json=as_json)
    except BrokenPipeError:
        # whoever read our output has gone (head, less): no reason to complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return explain_error(_refused(error), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last fence before the user
        shortage = shortage_of(error)
        if shortage is None:
            return _defect(error, options)
        return explain_error(_short_of(shortage), as_json=as_json)
    return status


def _refused(error: OSError) -> MasterError:
    """What the system refused, wherever nobody closer could say it better."""
    refusal = refusal_of(error)
    return MasterError(
        f"{error.filename or 'A file'} can't be used: {refusal.what}.",
        meaning="The District Master changes only in whole steps, so it is as it was before or after one.",
        remedy=refusal.remedy,
    )


def _short_of(shortage: Refusal) -> MasterError:
    return MasterError(
        f"The command was ended: {shortage.what}.",
        meaning="The District Master changes only in whole steps, so it is as it was before or after one.",
        remedy=shortage.remedy,
    )


def _defect(error: Exception, options: argparse.Namespace) -> int:
    """A defect of the program: say so, keep the details where they can be sent from, show no traceback."""
    from aeries_tui.defects import keep_report

    path = keep_report(error, getattr(getattr(options, "run", None), "__name__", "unknown"))
    sys.stderr.write(
        f"A defect of aeries-tui ended this command: {type(error).__name__}.\n"
        "The District Master changes only in whole steps, so it is as it was before or after one.\n"
        + (
            f"Please report it with the file {path}, which holds no data and no certificate.\n"
            if path
            else ""
        )
    )
    return 1
