"""docs/licenses.md: under which licence each locked package is, told by the package itself.

`python -m tests.supply.licenses`, in an environment that holds what is locked, prints the page.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from .lock import LOCK, ROOT, read_lock

PAGE = ROOT / "docs" / "licenses.md"

ALLOWED = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"}
)  # fmt: skip
"""What may stand beside an Apache-2.0 program that is given away: permissive, or (MPL) kept to its own files."""

_BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

_HEAD = """# Licenses of what is installed with aeries-tui

The packages of `requirements.lock`; of these hatchling and what only it needs just build the program. Made by `python -m tests.supply.licenses`;
CI holds it against what is locked. aeries-tui itself is under Apache-2.0 ([LICENSE](../LICENSE)).

| package | license |
|---|---|
"""


class Unlicensed(ValueError):
    """A package whose licence is not told, or not one of `ALLOWED`."""


def license_of(metadata: Iterable[tuple[str, str]], name: str) -> str:
    """The licence as an SPDX expression: the package's own, or what its text field or classifiers say.

    Args:
        metadata: header fields and values of the package's METADATA.
        name: of the package, for the error.

    Raises:
        Unlicensed: none is told, or one that is not allowed.
    """
    fields = list(metadata)
    told = [value.strip() for key, value in fields if key == "License-Expression"]
    told += [value.strip() for key, value in fields if key == "License"]
    told += [
        _BY_CLASSIFIER.get(value.rpartition(" :: ")[2], value)
        for key, value in fields
        if key == "Classifier" and value.startswith("License :: ")
    ]
    for expression in told:
        if _parts(expression) <= ALLOWED:
            return expression
    raise Unlicensed(f"{name} tells {' / '.join(told) or 'no licence'}, which is not allowed here.")


def _parts(expression: str) -> set[str]:
    """The licences that an expression names; a text that is no expression is one part that nothing allows."""
    return set(re.split(r" (?:AND|OR) ", expression))


def page(licenses: Iterable[tuple[str, str]]) -> str:
    """The page for packages and their licences."""
    return _HEAD + "".join(f"| {name} | {license_} |\n" for name, license_ in licenses)


def locked_licenses() -> list[tuple[str, str]]:
    """Every locked package with its licence, as installed here."""
    found = []
    for name in sorted(read_lock(LOCK.read_text("utf-8"))):
        metadata = importlib.metadata.metadata(name)
        fields = [(key, str(value)) for key in set(metadata) for value in metadata.get_all(key) or ()]
        found.append((name, license_of(fields, name)))
    return found


def main() -> int:
    """Print the page."""
    sys.stdout.write(page(locked_licenses()))
    return 0


def is_current(path: Path = PAGE) -> bool:
    """Whether the page is what the command prints."""
    return path.read_text("utf-8") == page(locked_licenses())


if __name__ == "__main__":
    sys.exit(main())
