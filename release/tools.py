"""The tools that make a release: what is missing or fails is said in a sentence, and ends the command."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys

_INSTALL = ".venv/bin/pip install -e '.[dev,release]', and start it with .venv/bin/python."


def need_module(name: str) -> None:
    """End the command where a module is not installed for this Python."""
    if importlib.util.find_spec(name) is None:
        sys.exit(f"{name} is not installed for {sys.executable}. Nothing was made.\nType: {_INSTALL}")


def need_program(name: str, package: str) -> None:
    """End the command where a program is not there; `package` is the Debian package that has it."""
    if shutil.which(name) is None:
        sys.exit(f"There is no {name}. Nothing was made.\nOn Debian: apt-get install {package}")


def run(*words: str) -> None:
    """Run a tool whose output everybody sees; end the command where it fails."""
    print("+", *words, flush=True)
    status = subprocess.run(words, check=False).returncode
    if status:
        sys.exit(f"{words[0]} ended with status {status}; why, it said above. Nothing was made.")
