"""What README and the pages of help have people type."""

from __future__ import annotations

import re
from collections.abc import Iterator


def lines(page: str) -> list[str]:
    """Its indented lines, as a shell is given them; one that goes on in the next is one."""
    whole = re.sub(r"\\\n\s*", "", page)
    return [line.strip() for line in whole.splitlines() if line.startswith("    ")]


def quoted(page: str) -> Iterator[str]:
    """What stands in backquotes, in running text and in tables."""
    text = "\n".join(line for line in page.splitlines() if not line.startswith("    "))
    return (" ".join(found.split()) for found in re.findall(r"(?<!`)`([^`]+)`(?!`)", text))


def paragraph(page: str, title: str) -> str:
    """The paragraph that begins with a title in bold letters."""
    return next(part for part in page.split("\n\n") if part.startswith(f"**{title}**"))
