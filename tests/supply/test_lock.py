"""What is installed is pinned by its digest; an unlocked dependency is found."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from supply.lock import (
    LOCK,
    MACHINES,
    PYTHONS,
    ROOT,
    NotALock,
    all_requirements,
    direct_requirements,
    environments,
    open_ends,
    read_lock,
)

DIGEST = "a" * 64
GOOD = f"one==1.2 \\\n    --hash=sha256:{DIGEST}\n    # via two\n"
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")


def test_everything_that_is_needed_is_locked_in_a_version_that_fits_with_its_digests() -> None:
    pins = read_lock(LOCK.read_text("utf-8"))
    assert list(open_ends(pins, direct_requirements(PYPROJECT))) == []
    assert len(pins) > len(direct_requirements(PYPROJECT))


def test_what_builds_the_program_is_what_the_lock_is_made_with() -> None:
    build = [line for line in PYPROJECT.splitlines() if line.startswith(("build = [", "requires = ["))]
    assert len({line.partition("=")[2].partition("#")[0].strip() for line in build}) == 1


@pytest.mark.parametrize(
    ("needed", "says"),
    [
        ("two>=1", "two is needed and not locked."),
        ("one>=2", "one>=2 is needed, 1.2 is locked."),
        ("ONE", "bare is locked without a digest."),
    ],
)
def test_an_open_end_is_found(needed: str, says: str) -> None:
    pins = read_lock(GOOD + ("bare==1\n" if needed == "ONE" else ""))
    assert list(open_ends(pins, [Requirement(needed)])) == [says]


@pytest.mark.parametrize(
    "line",
    [
        "two>=1",
        "two @ https://example.org/two.whl",
        "--index-url https://example.org/simple",
        "-e .",
        "# --find-links /somewhere",
        "# from https://example.org/simple",
        "    --hash=md5:00",
    ],
)
def test_a_line_that_is_no_exact_version_or_names_a_place_is_refused(line: str) -> None:
    with pytest.raises(NotALock, match="line 4"):
        read_lock(GOOD + line)


def test_what_is_needed_in_turn_is_followed_on_every_python_and_machine() -> None:
    found = {requirement.name for requirement in all_requirements([Requirement("httpx")])}
    assert {"httpx", "httpcore", "h11", "certifi", "idna"} <= found
    assert len(list(environments())) == len(PYTHONS) * len(MACHINES)
    assert all(f"Programming Language :: Python :: {python}" in PYPROJECT for python in PYTHONS)


def test_the_install_page_uses_the_lock() -> None:
    page = (ROOT / "aeries_tui" / "topics" / "server.md").read_text("utf-8")
    assert "pip install --require-hashes -r /path/to/aeries-tui/requirements.lock" in page
    assert "pip install --no-deps --no-build-isolation /path/to/aeries-tui" in page
