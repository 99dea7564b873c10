"""A reader of the output that goes away hears nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [["paths"], ["completion", "zsh"]])
def test_a_reader_that_has_gone_is_no_reason_to_complain(words: list[str]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "aeries_tui", *words], stdout=writes, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writes)
    assert (ended.returncode, ended.stderr) == (0, b"")
