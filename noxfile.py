"""The suite on every Python at hand: `.venv/bin/nox`."""

import nox

nox.needs_version = ">=2025.2"
nox.options.error_on_missing_interpreters = False


@nox.session(python=["3.11", "3.12", "3.13", "3.14"], reuse_venv=True)
def tests(session: nox.Session) -> None:
    """All tests, or those named after `--`."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)
