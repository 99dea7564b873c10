"""Why a quick pull becomes a full one."""

from __future__ import annotations


class TooMuch(Exception):
    """A quick pull would take more than a full one, or miss what no feed names.

    Args:
        sentence: why, for the log and the result.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
