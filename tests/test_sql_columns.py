"""SQL names the columns it fills: an added one must not move another's values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import aeries_tui

PACKAGE = Path(aeries_tui.__file__).parent
_WITHOUT_COLUMNS = re.compile(
    r"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\w.?]+\s+(?:SELECT|VALUES|WITH)\b", re.IGNORECASE
)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Each string of a module with its line: pieces side by side are one, a hole of an f-string is `?`."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "?" for part in node.values)
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def without_columns(source: str) -> list[tuple[int, str]]:
    return [
        (line, " ".join(match[0].split()))
        for line, text in texts(source)
        for match in _WITHOUT_COLUMNS.finditer(text)
    ]


def test_every_insert_names_its_columns() -> None:
    assert [
        f"{path.relative_to(PACKAGE)}:{line}: {statement}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, statement in without_columns(path.read_text(encoding="utf-8"))
    ] == []


def test_every_insert_of_a_migration_names_its_columns() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.sql")}
    assert scripts
    assert not [name for name, script in scripts.items() if _WITHOUT_COLUMNS.search(script)]


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("'INSERT INTO t SELECT 1'", True),
        ("f'INSERT OR IGNORE INTO m.{kind.name} ' 'SELECT 1'", True),
        ("'''\\nINSERT OR REPLACE INTO t\\nVALUES (?)'''", True),
        ("f'insert into new_{kind} ' f'{rows} values (1)'", False),
        ("f'INSERT INTO t ({names}) SELECT 1'", False),
        ("'INSERT INTO t DEFAULT VALUES'", False),
    ],
)
def test_an_insert_is_seen_however_it_is_put_together(source: str, is_found: bool) -> None:
    assert bool(without_columns(f"x = {source}")) is is_found
