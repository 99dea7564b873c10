"""aeries-tui.pyz, the program and all it needs in one file: `python -m release.pyz [FILE]`.

For a server that reaches no package index: Python is all it needs there, no pip and no venv. The file holds the compiled
parts for each Python and each machine of `PYTHONS` and `MACHINES`. pip downloads exactly what is locked, by its digests;
pex packs it. Where the program is started it unpacks itself once, below ~/.cache/pex.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from release.tools import need_module, run

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")

_GLIBC = ("manylinux2014", "manylinux_2_17", "manylinux_2_28")
"""Of whose C library a compiled part may be; Debian 12 has 2.36, and every system with Python 3.11 or newer 2.28."""


def make(target: Path) -> None:
    """Write the file.

    Args:
        target: the file; its directory exists.

    Raises:
        SystemExit: a tool is missing or ended with an error, in a sentence.
    """
    for module in ("pip", "pex"):
        need_module(module)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder / "own"), str(ROOT))
        for python in PYTHONS:
            for machine in MACHINES:
                _download(folder / "locked", python, machine)
        (wheel,) = (folder / "own").glob("*.whl")
        _pack(wheel, folder / "locked", target)


def _download(folder: Path, python: str, machine: str) -> None:
    platforms = [f"--platform={libc}_{machine}" for libc in _GLIBC]
    _run(
        "pip", "download", "--quiet", "--require-hashes", "--no-deps", "--requirement", str(LOCK),
        "--only-binary=:all:", f"--python-version={python}", "--implementation=cp", *platforms, "--dest", str(folder),
    )  # fmt: skip


def _pack(wheel: Path, folder: Path, target: Path) -> None:
    tags = [(python, f"cp{python.replace('.', '')}") for python in PYTHONS]
    platforms = [
        f"manylinux_2_28_{machine}-cp-{python}.0-{tag}" for machine in MACHINES for python, tag in tags
    ]
    _run(
        # of what is locked pex takes what the program needs, not what builds it; it asks no index
        "pex", str(wheel), "--no-index", "--find-links", str(folder), "--no-build",
        *(f"--platform={platform}" for platform in platforms),
        "--console-script", "aeries-tui", "--venv", "--include-tools",
        "--python-shebang", "/usr/bin/env python3", "--output-file", str(target),
    )  # fmt: skip


def _run(module: str, *words: str) -> None:
    run(sys.executable, "-m", module, *words)


def main(argv: Sequence[str] | None = None) -> None:
    """Make the file that is named; ends with a sentence where it can't."""
    options = argparse.ArgumentParser(prog="python -m release.pyz", description=(__doc__ or "").split(":")[0])
    options.add_argument("file", nargs="?", default="aeries-tui.pyz")
    target = Path(options.parse_args(argv).file).absolute()
    if not target.parent.is_dir() or target.is_dir():
        sys.exit(f"{target} can't be made: there is no such folder, or it is one itself.")
    make(target)


if __name__ == "__main__":
    main()
