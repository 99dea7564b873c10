"""How much of the machine a process may use, by its control groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from aeries_tui.operations.machine_room import Room, machine_room
from aeries_tui.operations.side_by_side import usual_jobs

GIGABYTE = 1_000_000_000


@pytest.fixture
def whole(tmp_path: Path) -> Room:
    return machine_room(tmp_path / "nothing", tmp_path)


def groups(folder: Path, own: str, **limits: str) -> tuple[Path, Path]:
    """A process in the group `own`; `limits` by group, with _ for /, memory and cpu beside each other."""
    (folder / "own").write_text(f"4:memory:/elsewhere\n0::{own}\n")
    for name, text in limits.items():
        group = folder / "groups" / name.replace("_", "/")
        group.mkdir(parents=True, exist_ok=True)
        memory, _, cpu = text.partition("; ")
        (group / "memory.max").write_text(f"{memory}\n")
        (group / "cpu.max").write_text(f"{cpu}\n")
    return folder / "own", folder / "groups"


def test_without_control_groups_all_of_the_machine_is_there(whole: Room) -> None:
    assert whole.cores >= 1
    assert whole.memory > 100_000_000


@pytest.mark.parametrize("own", ["/", "/system.slice/a.service"])
def test_a_group_without_limits_takes_nothing_away(tmp_path: Path, whole: Room, own: str) -> None:
    told = groups(tmp_path, own, system_slice="max; max 100000")
    assert machine_room(*told) == whole


def test_the_least_of_all_groups_around_a_process_holds(tmp_path: Path, whole: Room) -> None:
    told = groups(tmp_path, "/outer/inner", outer="300000000; max 100000", outer_inner="max; 50000 100000")
    assert machine_room(*told) == Room(1, min(300_000_000, whole.memory))


@pytest.mark.parametrize("text", ["", "nonsense; nonsense", "-; 1", "max; 100000 0x"])
def test_what_can_not_be_read_limits_nothing(tmp_path: Path, whole: Room, text: str) -> None:
    assert machine_room(*groups(tmp_path, "/outer", outer=text)) == whole


@pytest.mark.parametrize(
    ("room", "jobs"),
    [
        (Room(1, 16 * GIGABYTE), 2),
        (Room(2, 16 * GIGABYTE), 4),
        (Room(64, 256 * GIGABYTE), 16),
        (Room(8, GIGABYTE), 2),
        (Room(8, 300_000_000), 1),
    ],
)
def test_jobs_are_twice_the_cores_and_what_memory_holds(room: Room, jobs: int) -> None:
    assert usual_jobs(room) == jobs
