"""Whether the lock is whole and the licences are listed: `python -m tests.supply.check` in an install of the lock.

What a package needs and under which licence it is are told by the package that is installed; so this runs where exactly
what is locked is installed, as CI does. Prints what is wrong, a line each, and ends with status 1 where anything is.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from .licenses import Unlicensed, is_current
from .lock import LOCK, ROOT, all_requirements, direct_requirements, open_ends, read_lock


def problems() -> Iterator[str]:
    """In sentences: what is wrong with the lock or the list of licences."""
    pins = read_lock(LOCK.read_text("utf-8"))
    for pin in pins.values():
        try:
            installed = importlib.metadata.version(pin.name)
        except importlib.metadata.PackageNotFoundError:
            installed = "none"
        if installed != pin.version and not pin.marker:
            yield f"{pin.name} {pin.version} is locked, {installed} is installed here."
    needed = all_requirements(direct_requirements((ROOT / "pyproject.toml").read_text("utf-8")))
    yield from open_ends(pins, needed)
    for name in sorted(pins.keys() - {canonicalize_name(requirement.name) for requirement in needed}):
        yield f"{name} is locked, and nothing needs it."
    try:
        if not is_current():
            yield "docs/licenses.md is not what python -m tests.supply.licenses prints."
    except Unlicensed as error:
        yield str(error)


def main() -> int:
    """Print what is wrong."""
    found = list(problems())
    print("\n".join(found) or "The lock is whole, and every license is listed.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
