"""A Debian package around aeries-tui.pyz: `python -m release.deb PYZ [FOLDER]`, with dpkg-deb.

It puts the program, the man page, completion and the documented settings where Debian has them. The program itself is
unpacked from the file when the package is installed, for the Python that is there then; and anew after an upgrade of
Debian that brings another Python. What the package makes it takes away; districts and their data stay.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from release.tools import need_module, need_program, run

ROOT = Path(__file__).resolve().parents[1]

_CONTROL = """\
Package: aeries-tui
Version: {version}
Architecture: all
Maintainer: The authors of aeries-tui <root@localhost>
Section: admin
Priority: optional
Installed-Size: {kilobytes}
Depends: python3 (>= 3.11), python3 (<< 3.15)
Recommends: systemd | cron
Description: pulls a school district's roster out of Aeries
 A terminal program and a set of commands that keep the students, staff, sections and who is in them current, every
 day, over the API of the student information system Aeries.
"""

_POSTINST = """\
#!/bin/sh
set -e
case "$1" in configure|triggered) ;; *) exit 0 ;; esac
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
rm -rf /usr/lib/aeries-tui/venv
PEX_TOOLS=1 PEX_ROOT="$place" python3 /usr/lib/aeries-tui/aeries-tui.pyz venv --pex-root "$place" \\
    --site-packages-copies --compile /usr/lib/aeries-tui/venv
if [ "$1" = configure ] && [ -z "$2" ]; then
    echo "aeries-tui is installed; how it becomes a service of this machine: aeries-tui help server"
fi
"""

_PRERM = """\
#!/bin/sh
set -e
if [ "$1" = remove ]; then rm -rf /usr/lib/aeries-tui/venv; fi
"""

_TRIGGERS = """\
interest-noawait /usr/bin/python3
"""


def make(pyz: Path, folder: Path) -> Path:
    """Write the package.

    Args:
        pyz: as `release.pyz` made it.
        folder: where the package goes.

    Returns:
        The package.

    Raises:
        SystemExit: the file does not run here, a tool is missing, or dpkg-deb ended with an error, in a sentence.
    """
    need_program("dpkg-deb", "dpkg")
    for module in ("shtab", "platformdirs"):
        need_module(module)
    version = _version_of(pyz)
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        _lay_out(tree, pyz)
        size = sum(path.stat().st_size for path in tree.rglob("*") if not path.is_symlink())
        _write(tree / "DEBIAN/control", _CONTROL.format(version=version, kilobytes=size // 1024))
        _write(tree / "DEBIAN/triggers", _TRIGGERS)
        _write(tree / "DEBIAN/postinst", _POSTINST, mode=0o755)
        _write(tree / "DEBIAN/prerm", _PRERM, mode=0o755)
        for directory in (tree, *(path for path in tree.rglob("*") if path.is_dir())):
            directory.chmod(0o755)
        package = folder / f"aeries-tui_{version}_all.deb"
        run("dpkg-deb", "--root-owner-group", "--build", str(tree), str(package))
    return package


def _version_of(pyz: Path) -> str:
    told = subprocess.run([sys.executable, pyz, "--version"], capture_output=True, text=True, check=False)
    if told.returncode or not told.stdout.startswith("aeries-tui "):
        sys.exit(
            f"{pyz} is no aeries-tui.pyz, or does not run here. Nothing was made.\nMake it: python -m release.pyz"
        )
    return told.stdout.split()[1]


def _lay_out(tree: Path, pyz: Path) -> None:
    """The files as they lie on the machine."""
    # what these need is looked for first, and missed in a sentence
    from aeries_tui.cli.completion import script
    from aeries_tui.cli.manual import manual
    from aeries_tui.settings.example import render_example

    program = tree / "usr/lib/aeries-tui/aeries-tui.pyz"
    program.parent.mkdir(parents=True)
    shutil.copyfile(pyz, program)
    program.chmod(0o755)
    command = tree / "usr/bin/aeries-tui"
    command.parent.mkdir()
    command.symlink_to("../lib/aeries-tui/venv/bin/aeries-tui")
    share = tree / "usr/share"
    _write(share / "man/man1/aeries-tui.1.gz", manual())
    _write(share / "bash-completion/completions/aeries-tui", script("bash"))
    _write(share / "zsh/vendor-completions/_aeries-tui", script("zsh"))
    _write(share / "fish/vendor_completions.d/aeries-tui.fish", script("fish"))
    documents = share / "doc/aeries-tui"
    _write(documents / "changelog.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    _write(documents / "copyright", (ROOT / "LICENSE").read_text("utf-8"))
    _write(documents / "licenses.md", (ROOT / "docs" / "licenses.md").read_text("utf-8"))
    _write(documents / "examples/config.toml", render_example())


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """A file of the package; one that ends in .gz compressed, the same bytes each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    path.chmod(mode)


def main(argv: Sequence[str] | None = None) -> None:
    """Make the package; ends with a sentence where it can't."""
    options = argparse.ArgumentParser(prog="python -m release.deb", description=(__doc__ or "").split(":")[0])
    options.add_argument("pyz", metavar="PYZ", type=Path)
    options.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", default=Path())
    told = options.parse_args(argv)
    if not told.folder.is_dir():
        sys.exit(f"{told.folder} is no folder. Nothing was made.")
    print(make(told.pyz.absolute(), told.folder.absolute()))


if __name__ == "__main__":
    main()
