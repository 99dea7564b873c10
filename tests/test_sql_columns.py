"""SQL names the columns it fills: an added one must not move another's values; and its values by name, not number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import aeries_tui

PACKAGE = Path(aeries_tui.__file__).parent
_NUMBERED = re.compile(r"[\s=(,]\?[0-9]")
_WITHOUT_COLUMNS = re.compile(
    r"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\w.?]+\s+(?:SELECT|VALUES|WITH)\b", re.IGNORECASE
)


def texts(source: str, hole: str = "?") -> Iterator[tuple[int, str]]:
    """Each string of a module with its line: pieces side by side are one; `hole` stands for those of an f-string."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else hole for part in node.values)
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


@pytest.mark.parametrize("folder", [PACKAGE, PACKAGE.parent / "tests", PACKAGE.parent / "benchmarks"])
def test_no_statement_numbers_its_values(folder: Path) -> None:
    """Python 3.12.0 to 3.12.3 warns of `?N` filled from a sequence; `:name` filled from a mapping is well everywhere."""
    scripts = [*folder.rglob("*.py"), *folder.rglob("*.sql")]
    assert scripts
    assert not [
        f"{path.relative_to(folder)}:{line}"
        for path in sorted(set(scripts) - {Path(__file__)})
        for line, text in numbered_lines(path)
        if _NUMBERED.search(text)
    ]


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Where SQL may stand in a file."""
    text = path.read_text("utf-8")
    return texts(text, hole="%") if path.suffix == ".py" else enumerate(text.splitlines(), start=1)


@pytest.mark.parametrize("text", ["SELECT a FROM t WHERE b = ?1", "VALUES (?1, ?)", "VALUES (?,?2)"])
def test_a_numbered_value_is_seen(text: str) -> None:
    assert _NUMBERED.search(text)
