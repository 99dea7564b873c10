"""`schema`."""

from __future__ import annotations

import argparse
import json
import sys

from aeries_tui.cli.output import line


def schema(options: argparse.Namespace) -> int:
    """The JSON Schema of what a command prints, or the list of them."""
    if options.name:
        from aeries_tui.cli.schemas import schema as schema_of

        sys.stdout.write(json.dumps(schema_of(" ".join(options.name)), indent=2, ensure_ascii=False) + "\n")
        return 0
    from aeries_tui.cli.parser import make_parser
    from aeries_tui.cli.schema_names import schema_names

    for name, sentence in schema_names(make_parser()).items():
        line(f"{name:<24} {sentence}")
    return 0
