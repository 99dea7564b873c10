"""Secrets in the files of the repository: `python -m tests.supply.secrets` prints where, and never what.

A handful of forms that real keys have. What the tests invent is written so that it has none of them, or stands in
`INVENTED`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .lock import ROOT

FORMS: dict[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}"),
    "a key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40}|glpat-[\w-]{20})"),
    "a token of a package registry": re.compile(r"\b(?:pypi-AgE[\w-]{40}|npm_[A-Za-z0-9]{36})"),
    "a token of a chat": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20}|hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20}"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "an Aeries certificate": re.compile(r"(?<![0-9A-Za-z$])(?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{32}(?![0-9A-Za-z])", re.IGNORECASE),
    "something that is called a secret": re.compile(
        r"""(?i)(?:certificate|passwd|password|secret|token|api_?key)["']?\s*[:=]\s*["'](?=[^"']*\d)([A-Za-z0-9+/_-]{24,}={0,2})["']"""
    ),
}  # fmt: skip
"""What is looked for, by what it would be."""

INVENTED = (
    "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "0123456789abcdef0123456789abcdef",
    "Zq7Xk29vLm4Rt81Yc3Wb6Nh5Pd0Js8Gf",
    "Zk3vQ9xw77TlPqRs01MnBbCcDd5Ee6Ff",
)
"""The certificates of the tests, which open nothing. (The `$` before a salt tells a hash from a certificate.)"""


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and what stands there."""
    for invented in INVENTED:
        text = text.replace(invented, "")
    for what, form in FORMS.items():
        for found in form.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, what


def repository_files(root: Path = ROOT) -> list[Path]:
    """Every file that git follows, or would if it were added now; those of an unpacked source archive, without git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        return [path for path in root.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [path for name in listed.stdout.decode().split("\0") if name and (path := root / name).is_file()]


def secrets_in_files(root: Path = ROOT) -> list[str]:
    """Where a secret stands: file, line, and what it would be."""
    return [
        f"{path.relative_to(root)}:{line}: {what}"
        for path in repository_files(root)
        for line, what in secrets_in(path.read_text("utf-8", errors="replace"))
    ]


def main() -> int:
    """Print where."""
    found = secrets_in_files()
    print("\n".join(found) or "No secret is in the tree.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
