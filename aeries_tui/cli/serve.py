"""`serve`: the roster service, until it is asked to end."""

from __future__ import annotations

import argparse
import json
import sys

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import say
from aeries_tui.operations.roster_service import Ready, all_consumers
from aeries_tui.operations.roster_service import serve as run


def serve(options: argparse.Namespace) -> int:
    """Answer products; prints one line of JSON once it does."""
    district = chosen_district(options)
    if not any(one.is_allowed for one in all_consumers(district)):
        say("Nobody may read yet: aeries-tui consumers add NAME.")
    run(district, options.port, options.idle_exit, say, lambda ready: _tell(district.name, ready))
    return 0


def _tell(district: str, ready: Ready) -> None:
    document = {
        "district": district, "url": ready.url, "token_url": ready.token_url, "listening": ready.listening,
    }  # fmt: skip
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
