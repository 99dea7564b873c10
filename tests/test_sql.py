"""The Master's SQL stands in the Master's room: none above it writes a statement, a condition, or runs one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import aeries_tui

PACKAGE = Path(aeries_tui.__file__).parent
ROOMS = ("alarms", "cli", "exports", "operations", "schedule", "screens", "session", "widgets")

_STATEMENT = re.compile(
    r"\b(SELECT\s.*\bFROM|SELECT\s+\S|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA\s+\w"
    r"|(CREATE|DROP)\s+(TEMP\s+)?(TABLE|VIEW|INDEX)|ATTACH\s|BEGIN(\s+IMMEDIATE)?$|COMMIT$|ROLLBACK$)",
    re.DOTALL,
)
_CONDITION = re.compile(
    r"^\s*[a-z_.]+ (=|<>|<|>|<=|>=) ('|\(|\?|\d+\s*(AND|OR|$)|$)|^\s*[a-z_.]+ (IS|IN|NOT IN) (NULL|NOT|\(|\?|$)"
    r"|\b(WHERE|ORDER BY)\s"
)
_RUNS = {"execute", "executemany", "executescript"}


def sql_in(source: str) -> Iterator[str]:
    """What is SQL in a module, each with its line: text that reads as such, and calls that run some."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _RUNS:
            yield f"{node.lineno}: {ast.unparse(node.func)}()"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            text = node.value
            if _STATEMENT.search(text) or _CONDITION.search(text):
                yield f"{node.lineno}: {text.strip()[:60]!r}"


@pytest.mark.parametrize("room", ROOMS)
def test_no_sql_stands_above_the_master(room: str) -> None:
    found = [
        f"{module.relative_to(PACKAGE)}:{place}"
        for module in sorted((PACKAGE / room).rglob("*.py"))
        for place in sql_in(module.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "latest(db, \"kind = 'pull' AND applied = 1\")",
        'latest(db, "applied = 1")',
        "latest(db, f\"outcome = '{held}'\")",
        'latest(db, f"id < {number}")',
        'rows("SELECT value FROM meta WHERE name = ?")',
        'rows("""\n    SELECT 1\n""")',
        'rows("PRAGMA data_version")',
        "db.execute(text)",
        "plan.connection.executemany(insert, rows)",
    ],
)
def test_what_would_be_sql_there_is_seen(source: str) -> None:
    assert list(sql_in(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""UPDATE student SET what the docstring likes."""',
        'say("Select a school, then press Enter.")',
        'line("x = 3 students")',
        'KEYS = ("home-update", "select")',
    ],
)
def test_plain_words_are_no_sql(source: str) -> None:
    assert list(sql_in(source)) == []
