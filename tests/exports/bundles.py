"""Bundles taken apart and put together again, as the tests break them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

Rows = list[list[str]]
Files = dict[str, Rows]


def read(path: Path) -> Files:
    """The rows of each file, header first."""
    with zipfile.ZipFile(path) as bundle:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(bundle.read(name).decode(), newline="")))
            for name in bundle.namelist()
        }


def write(path: Path, files: Files) -> Path:
    """A bundle of these files."""
    with zipfile.ZipFile(path, "w") as bundle:
        for name, rows in files.items():
            text = io.StringIO(newline="")
            csv.writer(text).writerows(rows)
            bundle.writestr(f"{name}.csv", text.getvalue())
    return path


def records(files: Files, name: str) -> list[dict[str, str]]:
    """The records of a file by column."""
    header, *rows = files[name]
    return [dict(zip(header, row, strict=True)) for row in rows]


def put(file: str, column: str, value: str, line: int = 1) -> Callable[[Files], None]:
    """Writes a value into a cell."""

    def change(files: Files) -> None:
        files[file][line][files[file][0].index(column)] = value

    return change


def say(name: str, value: str) -> Callable[[Files], None]:
    """Writes a property of the manifest, or takes it away with a blank value."""

    def change(files: Files) -> None:
        files["manifest"] = [row for row in files["manifest"] if row[0] != name]
        if value:
            files["manifest"].append([name, value])

    return change
