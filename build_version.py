"""The version of this build: that of the newest release, and for a build between releases when its source was made.

`pyproject.toml` has hatchling ask for it. A commit with the tag of the release (v0.2.0) is 0.2.0. Any other is
0.2.0.post20261128201500+g1a2b3c4: the moment of the commit in UTC, so that a later build is a higher version, and
the commit. It is a post-release and not a 0.2.1.dev, for installers leave out development versions unless told
otherwise. The moment, and not a count of commits, for a shallow clone can't count, and a clone may have no tags.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent

_ARCHIVED = "$Format:%ct %H %D$"
"""What `git archive` writes in here (.gitattributes): moment, commit, names."""


class Source(NamedTuple):
    """Where a build comes from.

    Attributes:
        seconds: the moment of the commit, since 1970.
        commit: its hash.
        tags: the tags it has.
        is_changed: whether files differ from the commit.
    """

    seconds: int
    commit: str
    tags: frozenset[str]
    is_changed: bool = False


def version(root: Path = ROOT, archived: str = _ARCHIVED) -> str:
    """The version of what lies in `root`, by the first that is there: PKG-INFO, git, `git archive`, the clock."""
    told = root / "PKG-INFO"
    if told.exists():  # an sdist
        return re.findall(r"^Version: (\S+)$", told.read_text("utf-8"), re.MULTILINE)[0]
    init = (root / "aeries_tui" / "__init__.py").read_text("utf-8")
    (release,) = re.findall(r'^RELEASE = "(\S+)"$', init, re.MULTILINE)
    source = _from_git(root) or _from_archive(archived)
    if source is None:
        return f"{release}.post{_stamp(int(os.environ.get('SOURCE_DATE_EPOCH') or time.time()))}+built"
    if f"v{release}" in source.tags and not source.is_changed:
        return str(release)
    changed = ".changed" if source.is_changed else ""
    return f"{release}.post{_stamp(source.seconds)}+g{source.commit[:7]}{changed}"


def _stamp(seconds: int) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))


def _from_git(root: Path) -> Source | None:
    """What git says, where it is installed and `root` is its own repository, not a folder of another."""
    try:
        if Path(_git(root, "rev-parse", "--show-toplevel").strip()).resolve() != root.resolve():
            return None
        seconds, commit = _git(root, "log", "-1", "--format=%ct %H").split()
        tags = frozenset(_git(root, "tag", "--points-at", "HEAD").split())
        is_changed = bool(_git(root, "status", "--porcelain", "--untracked-files=no").strip())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return Source(int(seconds), commit, tags, is_changed)


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout


def _from_archive(archived: str) -> Source | None:
    if archived.startswith("$"):
        return None
    seconds, commit, *names = archived.split(maxsplit=2)
    tags = re.findall(r"tag: ([^,]+)", names[0] if names else "")
    return Source(int(seconds), commit, frozenset(tags))
