"""The suite on every Python at hand: `.venv/bin/nox`."""

import os
import shutil
import subprocess

import nox

nox.needs_version = ">=2025.2"
nox.options.error_on_missing_interpreters = False

if shutil.which("pyenv"):  # its commands answer only for the versions that are switched on
    installed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True)
    os.environ["PYENV_VERSION"] = ":".join(reversed(installed.stdout.split()))


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], reuse_venv=True)
def tests(session: nox.Session) -> None:
    """All tests, or those named after `--`."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)
