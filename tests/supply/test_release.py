"""What makes a release says in a sentence what it lacks, and leaves nothing behind."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from release import deb, pyz, tools


def said(call: pytest.ExceptionInfo[SystemExit]) -> str:
    assert isinstance(call.value.code, str)
    return call.value.code


@pytest.mark.parametrize("make", [pyz.main, deb.main])
def test_a_tool_of_python_that_is_missing_is_named_with_what_to_type(
    make: Callable[[list[str]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    with pytest.raises(SystemExit) as ended:
        make([str(tmp_path / "aeries-tui.pyz")])
    assert " is not installed for " in said(ended)
    assert "'.[dev,release]'" in said(ended)
    assert list(tmp_path.iterdir()) == []


def test_a_tool_of_the_system_that_is_missing_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        deb.main([str(tmp_path / "aeries-tui.pyz"), str(tmp_path)])
    assert "apt-get install dpkg" in said(ended)


def test_what_is_no_program_of_ours_makes_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name)
    (tmp_path / "x.pyz").write_text("raise SystemExit(1)")
    for name in ("x.pyz", "nothing.pyz"):
        with pytest.raises(SystemExit) as ended:
            deb.main([str(tmp_path / name), str(tmp_path)])
        assert "is no aeries-tui.pyz" in said(ended)
    assert [path.name for path in tmp_path.iterdir()] == ["x.pyz"]


@pytest.mark.parametrize("make", [pyz.main, deb.main])
def test_a_place_that_is_not_there_is_said_before_anything_is_made(
    make: Callable[[list[str]], None], tmp_path: Path
) -> None:
    nowhere = str(tmp_path / "nowhere" / "x")
    with pytest.raises(SystemExit) as ended:
        make([nowhere] if make is pyz.main else ["x.pyz", nowhere])
    assert "folder" in said(ended)


def test_a_tool_that_fails_is_told_in_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        tools.run("sh", "-c", "echo why >&2; exit 3")
    assert said(ended) == "sh ended with status 3; why, it said above. Nothing was made."
    assert "why" in capfd.readouterr().err
