"""What is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.master.imports.deliveries import SetFile


@dataclass(frozen=True)
class Load:
    """A set on its way.

    Attributes:
        folder: where its files lie.
        files: what is known of them.
        mark: the name of the file that is put there last; blank for none.
        tag: plain letters that tell this delivery from others to the same place, for temporary names.
        placing: called when all files are there, before the first gets its name.
    """

    folder: Path
    files: Sequence[SetFile]
    mark: str
    tag: str
    placing: Callable[[], None]

    @property
    def mark_text(self) -> str:
        """What stands in the mark: digest and name of each file, as sha256sum writes and checks it."""
        return "".join(f"{one.sha256}  {one.file}\n" for one in self.files)
