"""Known vulnerabilities of what is locked: `python -m tests.supply.audit`, where pip-audit is installed.

Asks the databases that pip-audit knows, one after the other, until one answers for every package. Ends with status 1
where one of the packages has a known vulnerability; where no database could be reached it says so and ends with 0, for
nothing is known then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .lock import LOCK, read_lock

DATABASES = ("pypi", "osv")


def findings(output: str, expected: int) -> list[str] | None:
    """What pip-audit's JSON names, a sentence each; None where it does not tell of every package.

    Args:
        output: its standard output.
        expected: how many packages are locked.
    """
    try:
        audited = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    if len(audited) < expected or any("skip_reason" in one for one in audited):
        return None
    return [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}."
        for one in audited
        for found in one["vulns"]
    ]


def audit(database: str) -> list[str] | None:
    """What one database knows of the locked packages; None where it could not be asked."""
    arguments = ["--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
    arguments += ["--progress-spinner", "off", "--timeout", "10", "--vulnerability-service", database]
    command = [str(Path(sys.executable).parent / "pip-audit"), *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = sum(not pin.marker for pin in read_lock(LOCK.read_text("utf-8")).values())
    return findings(found.stdout, expected)


def main() -> int:
    """Print what is known."""
    for database in DATABASES:
        found = audit(database)
        if found is not None:
            print("\n".join(found) or f"No locked package has a vulnerability that {database} knows of.")
            return 1 if found else 0
        print(f"The database {database} could not be asked for every package.")
    print(
        "NOT AUDITED: no database of vulnerabilities could be reached; whether one is known was not looked at."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
