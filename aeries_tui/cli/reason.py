"""The reason of a decision."""

from __future__ import annotations

import argparse
import sys


def reason_of(options: argparse.Namespace) -> str:
    """What was given with `--reason`; from standard input it stands in no list of processes."""
    return sys.stdin.read() if options.reason_stdin else str(options.reason)
