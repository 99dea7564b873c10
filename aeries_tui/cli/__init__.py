"""The commands: parse, call, print. What they do is done by the packages below."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from aeries_tui.cli.output import explain_error
from aeries_tui.errors import AeriesTuiError, MasterError


def run(arguments: Sequence[str]) -> int:
    """Carry out one command.

    Args:
        arguments: the words after the program's name.

    Returns:
        The exit status (design, section 5); 1 is left to defects of the program.
    """
    _mend_streams()
    from aeries_tui.cli.parser import make_parser

    parser = make_parser()
    options = parser.parse_args(arguments)
    if getattr(options, "json", False) and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except AeriesTuiError as error:
        return explain_error(error, as_json=getattr(options, "json", False))
    except PermissionError as error:
        return explain_error(_not_permitted(error), as_json=getattr(options, "json", False))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read our output has gone (head, less): no reason to complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last fence before the user
        return _defect(error, options)
    return status


def _mend_streams() -> None:
    """A closed stream leads nowhere, and a letter the terminal lacks is no reason to end."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _not_permitted(error: PermissionError) -> MasterError:
    return MasterError(
        f"{error.filename or 'A file'} can't be used: {error.strerror}.",
        meaning="The District Master changes only in whole steps, so it is as it was before or after one.",
        remedy="Run it as the owner of the configuration and the data, or give them back: see aeries-tui doctor.",
    )


def _defect(error: Exception, options: argparse.Namespace) -> int:
    """A defect of the program: say so, keep the details where they can be sent from, show no traceback."""
    from aeries_tui.defects import keep_report

    path = keep_report(error, getattr(options, "run", None))
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
