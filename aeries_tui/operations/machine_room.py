"""What this process may use of the machine: all of it, or what its containers and services leave it (Linux, cgroup v2)."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_OWN = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Room:
    """Cores, and bytes of memory; a part of a core counts as one."""

    cores: int
    memory: int


def machine_room(own: Path = _OWN, groups: Path = _GROUPS) -> Room:
    """The room for this process.

    Args:
        own: where it stands in which control group the process is.
        groups: where the control groups are.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for folder in _own_groups(own, groups):
        # Where there is no file, or "max" in it, the group sets no limit.
        with contextlib.suppress(OSError, ValueError):
            memory = min(memory, int((folder / "memory.max").read_text()))
        with contextlib.suppress(OSError, ValueError):
            quota, period = map(int, (folder / "cpu.max").read_text().split())
            cores = min(cores, math.ceil(quota / period))
    return Room(max(1, cores), memory)


def _own_groups(own: Path, groups: Path) -> Iterator[Path]:
    """The control group of the process and those around it: the limits of all of them hold."""
    with contextlib.suppress(OSError, ValueError):
        for line in own.read_text().splitlines():
            number, _, name = line.split(":", 2)
            if number == "0":
                inner = groups / name.lstrip("/")
                yield from (one for one in (inner, *inner.parents) if one.is_relative_to(groups))
