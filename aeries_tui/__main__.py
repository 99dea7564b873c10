"""The program's way in: `aeries-tui` and `python -m aeries_tui`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    try:
        from aeries_tui.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # before any command was there to be cancelled
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
