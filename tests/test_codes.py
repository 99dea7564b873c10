"""The codes that the program uses are the codes that it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import aeries_tui
from aeries_tui.codes import CODES, Code

PACKAGE = Path(aeries_tui.__file__).parent


def used_members() -> set[str]:
    """Names of the members of `Code` that stand anywhere but where they are defined."""
    trees = (ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py") if path.name != "codes.py")
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }


def texts(path: Path) -> Iterator[str]:
    """Every string of a module but for its docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_each_code_is_used_somewhere() -> None:
    assert used_members() == set(Code.__members__)


def test_each_code_says_what_it_is() -> None:
    assert set(CODES) == {str(code) for code in Code}


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "codes.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_spells_a_code(path: Path) -> None:
    assert not [text for text in texts(path) if any(code in text for code in Code)]


SECTION_IDS = Path("master", "roster", "section_ids.py")


def test_the_id_of_a_homeroom_is_spelled_in_one_module() -> None:
    spelled = {path.relative_to(PACKAGE) for path in MODULES if any("_TN_" in text for text in texts(path))}
    assert spelled == {SECTION_IDS}
