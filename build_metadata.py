"""Project addresses and the long description of a build, by where its source lives: the git remote `origin`.

`pyproject.toml` has hatchling call this. On a package index a relative link of the README leads nowhere, so each becomes
one to the very commit. A build whose origin is no web address (or that has none) names no address rather than a guessed
one, and its description has no pictures and no links but absolute ones.
"""

from __future__ import annotations

import email
import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?![a-z]+:|#)(?P<path>[^)]+)\)(?P<rest><br>)?")
_PAGES = {"Documentation": "README.md", "Changelog": "CHANGELOG.md", "Security": "SECURITY.md"}


class Metadata(MetadataHookInterface):
    """Fills the fields `readme` and `urls`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Called by hatchling with the fields of `[project]`."""
        root = Path(self.root)
        told = root / "PKG-INFO"
        if told.exists():  # an sdist, which was made where git was
            message = email.message_from_string(told.read_text("utf-8"))
            urls = dict(one.split(", ", 1) for one in message.get_all("Project-URL", []))
            text = str(message.get_payload())
        else:
            home, commit = address(_git(root, "remote", "get-url", "origin")), _git(root, "rev-parse", "HEAD")
            urls = project_urls(home)
            text = with_absolute_links((root / "README.md").read_text("utf-8"), home, commit)
        metadata["urls"] = urls
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def address(remote: str) -> str:
    """The web address of a git remote, without a login; blank where it has none, as a folder or a host alone."""
    found = re.fullmatch(
        r"(?:https?://(?:[^@/]*@)?|ssh://git@|git@)([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+(?=/))?[:/]([\w./~-]+?)(?:\.git)?/?",
        remote,
    )
    return f"https://{found[1]}/{found[2]}" if found else ""


def project_urls(home: str) -> dict[str, str]:
    """What an index shows beside the description; nothing where the source has no address."""
    if not home:
        return {}
    pages = {name: f"{home}/blob/HEAD/{page}" for name, page in _PAGES.items()}
    return {"Homepage": home, "Issues": f"{home}/issues", "Source": home, **pages}


def with_absolute_links(text: str, home: str, commit: str) -> str:
    """The README with each relative link led to the commit; where there is no address, with their texts alone."""

    def absolute(found: re.Match[str]) -> str:
        if home:
            kind = "raw" if found["picture"] else "blob"
            link = f"{found['picture']}[{found['text']}]({home}/{kind}/{commit}/{found['path']})"
            return link + (found["rest"] or "")
        return "" if found["picture"] else found["text"] + (found["rest"] or "")

    return _LINK.sub(absolute, text)


def _git(root: Path, *words: str) -> str:
    """What git says of `root` where that is its own repository; blank otherwise."""
    try:
        if Path(_said(root, "rev-parse", "--show-toplevel")).resolve() != root.resolve():
            return ""
        return _said(root, *words)
    except (OSError, subprocess.CalledProcessError):
        return ""


def _said(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
