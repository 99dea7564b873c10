"""Every build has a version of its own; a later one is higher, wherever the source came from."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

import aeries_tui

ROOT = Path(__file__).parents[1]


def load() -> Any:
    spec = importlib.util.spec_from_file_location("build_version", ROOT / "build_version.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERSION_OF: Callable[..., str] = load().version
RELEASE = aeries_tui.RELEASE


def git(folder: Path, *words: str, at: int = 1_700_000_000) -> str:
    own = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        own |= {
            f"GIT_{who}_NAME": "me",
            f"GIT_{who}_EMAIL": "me@zebra.example",
            f"GIT_{who}_DATE": f"{at} +0200",
        }
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=own).stdout.strip()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source tree without git."""
    root = tmp_path / "source"
    (root / "aeries_tui").mkdir(parents=True)
    shutil.copy(ROOT / "aeries_tui" / "__init__.py", root / "aeries_tui")
    shutil.copy(ROOT / "build_version.py", root)
    shutil.copy(ROOT / ".gitattributes", root)
    return root


@pytest.fixture
def clone(source: Path) -> Path:
    """The same with git, one commit old, without tags."""
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "one")
    return source


def test_the_commit_with_the_tag_of_the_release_is_the_release(clone: Path) -> None:
    git(clone, "tag", f"v{RELEASE}")
    assert VERSION_OF(clone) == RELEASE


def test_without_tags_the_version_names_moment_and_commit(clone: Path) -> None:
    commit = git(clone, "rev-parse", "HEAD")[:7]
    assert VERSION_OF(clone) == f"{RELEASE}.post20231114221320+g{commit}"


def test_a_later_build_is_higher_than_an_earlier_one_and_no_pre_release(clone: Path) -> None:
    git(clone, "tag", f"v{RELEASE}")
    builds = [Version(VERSION_OF(clone))]
    for at in (1_700_000_100, 1_700_086_500):
        git(clone, "commit", "-qm", "more", "--allow-empty", at=at)
        builds.append(Version(VERSION_OF(clone)))
    (clone / "aeries_tui" / "__init__.py").write_text(f'RELEASE = "{RELEASE}"\n# changed\n')
    builds.append(Version(VERSION_OF(clone)))
    assert builds == sorted(set(builds))
    assert not any(build.is_prerelease for build in builds)
    major, minor, patch = Version(RELEASE).release
    assert builds[-1] < Version(f"{major}.{minor}.{patch + 1}")
    assert str(builds[-1]).endswith(".changed")


def test_a_shallow_clone_says_the_same_as_a_whole_one(clone: Path, tmp_path: Path) -> None:
    git(clone, "commit", "-qm", "two", "--allow-empty", at=1_700_000_100)
    git(tmp_path, "clone", "-q", "--depth", "1", clone.as_uri(), "shallow")
    assert VERSION_OF(tmp_path / "shallow") == VERSION_OF(clone)


def test_an_archive_made_by_git_says_the_same_as_the_clone(clone: Path, tmp_path: Path) -> None:
    def archived() -> str:
        files = tmp_path / "archived"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        git(clone, "archive", "-o", str(tmp_path / "a.tar"), "HEAD")
        shutil.unpack_archive(
            tmp_path / "a.tar", files, **({"filter": "data"} if sys.version_info >= (3, 12) else {})
        )
        code = "import build_version; print(build_version.version())"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=files, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert archived() == VERSION_OF(clone)
    git(clone, "tag", f"v{RELEASE}")
    assert archived() == RELEASE


def test_a_copy_without_git_goes_by_the_clock(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert VERSION_OF(source) == f"{RELEASE}.post20231114221320+built"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert Version(VERSION_OF(source)) > Version(f"{RELEASE}.post20231114221320")


def test_a_folder_of_another_repository_is_not_taken_for_it(source: Path) -> None:
    git(source.parent, "init", "-q")
    git(source.parent, "commit", "-qm", "of something else", "--allow-empty")
    assert VERSION_OF(source).endswith("+built")


def test_an_sdist_keeps_the_version_it_was_given(source: Path) -> None:
    (source / "PKG-INFO").write_text(
        "Metadata-Version: 2.4\nName: aeries-tui\nVersion: 0.2.0.post7+gabc\n\nVersion: none\n"
    )
    assert VERSION_OF(source) == "0.2.0.post7+gabc"


def test_the_program_says_the_version_it_was_built_as() -> None:
    built = Path(aeries_tui.__file__).with_name("VERSION").read_text().strip()
    assert aeries_tui.__version__ == built
    assert built.startswith(RELEASE)


def test_the_changelog_has_the_release() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert text.index("## [Unreleased]") < text.index(f"## [{RELEASE}] - ")
