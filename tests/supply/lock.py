"""requirements.lock: what it pins, and what of what the program needs it leaves open."""

from __future__ import annotations

import importlib.metadata
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")

_PIN = re.compile(r"([a-z0-9.-]+)==([A-Za-z0-9.!+]+)(?: ; ([^\\]+?))?( \\)?")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})( \\)?")


@dataclass(frozen=True)
class Pinned:
    """One package of the lock: its version, and the digests of which a downloaded file must have one."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)


class NotALock(ValueError):
    """A line that has no place in a lock, with its number."""


def read_lock(text: str) -> dict[str, Pinned]:
    """What a lock pins, by name.

    Raises:
        NotALock: a line is neither a comment, nor a package with its exact version, nor a digest of it. So nothing in
            it can lead an install to another place.
    """
    pins: dict[str, Pinned] = {}
    last: Pinned | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            if re.search(r"https?:|file:|--(?:extra-)?index|--find-links", line):
                raise NotALock(f"line {number} names a place: {line}")
        elif last is not None and (found := _HASH.fullmatch(line)):
            last.hashes.append(found[1])
        elif found := _PIN.fullmatch(line):
            last = pins[found[1]] = Pinned(found[1], found[2], found[3] or "")
        else:
            raise NotALock(f"line {number} is no package with an exact version, and no digest: {line}")
    return pins


def direct_requirements(pyproject: str) -> list[Requirement]:
    """What the program needs by itself, and what it is built with."""
    document = tomllib.loads(pyproject)
    lines = [*document["project"]["dependencies"], *document["build-system"]["requires"]]
    return [Requirement(line) for line in lines]


def open_ends(pins: Mapping[str, Pinned], needed: list[Requirement]) -> Iterator[str]:
    """In sentences: what is needed and not pinned, pinned in a version that does not fit, or pinned without a digest."""
    for requirement in needed:
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None:
            yield f"{requirement.name} is needed and not locked."
        elif not requirement.specifier.contains(pin.version, prereleases=True):
            yield f"{requirement} is needed, {pin.version} is locked."
    for pin in pins.values():
        if not pin.hashes:
            yield f"{pin.name} is locked without a digest."


def environments() -> Iterator[dict[str, str]]:
    """What a marker is asked with on each Python and machine that the program is for."""
    for python, machine in itertools.product(PYTHONS, MACHINES):
        yield {
            **{name: str(value) for name, value in default_environment().items()},
            "python_version": python,
            "python_full_version": f"{python}.0",
            "platform_machine": machine,
        }


def all_requirements(direct: list[Requirement]) -> list[Requirement]:
    """What is needed, and what that needs in turn, as the packages that are installed here tell it."""
    found: dict[str, Requirement] = {}
    for environment in environments():
        queue = list(direct)
        done: set[tuple[str, str]] = set()
        while queue:
            requirement = queue.pop()
            name = canonicalize_name(requirement.name)
            found[str(requirement)] = requirement
            for extra in {"", *requirement.extras}:
                if (name, extra) in done:
                    continue
                done.add((name, extra))
                queue += _needs(name, {**environment, "extra": extra})
    return list(found.values())


def _needs(name: str, environment: dict[str, str]) -> Iterator[Requirement]:
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return  # of another Python than this one; `open_ends` tells whether it is locked
    for line in lines:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield requirement
