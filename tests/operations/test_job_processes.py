"""Jobs that are copies of the process that starts them: each is itself, and none is left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each gets a fresh interpreter")

_PROGRAM = """
import json, os, signal, sys, warnings
warnings.simplefilter("error")
from pathlib import Path
from aeries_tui.operations.side_by_side import run_side_by_side

here, usual = os.getpid(), signal.getsignal(signal.SIGTERM)

def work(words):
    name = words[words.index("--district") + 1]
    if name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "refused":
        sys.exit(2)
    if name == "broken":
        raise MemoryError
    if name == "speaks":
        sys.stderr.write("Before.\\nIt broke.\\nNothing was changed.\\nMend it.\\n")
        return 1
    if name == "waits":
        os.kill(here, signal.SIGTERM)
        signal.pause()
    sys.stderr.write("said beside it\\n")
    print(json.dumps({
        "words": words, "is_copy": os.getppid() == here, "own_session": os.getsid(0) == os.getpid(),
        "typed": sys.stdin.read(), "open": sorted(int(one) for one in os.listdir("/proc/self/fd")), "comm": Path("/proc/self/comm").read_text().strip(),
        "handlers": [signal.getsignal(one) == kind for one, kind in (
            (signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL), (signal.SIGCHLD, signal.SIG_DFL))],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    }))
    return 4

sys.stdout.write("begun, ")
done = run_side_by_side(sys.argv[1:], ["pull"], 2, lambda text: None, work)
handlers = signal.getsignal(signal.SIGTERM) == usual
print(json.dumps([handlers, [[one.district, one.status, one.document] for one in done]]))
"""


def done_of(*districts: str, typed: str = "") -> dict[str, tuple[int, dict[str, Any]]]:
    """What became of each district, in a process that has a single thread."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *districts],
        input=typed,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    begun, _, told = ran.stdout.partition("[")
    assert (begun, ran.stderr) == ("begun, ", "")  # once, and nothing of what the jobs said
    handlers_are_back, done = json.loads(f"[{told}")
    assert handlers_are_back
    return {name: (status, document) for name, status, document in done}


def test_each_is_a_process_of_its_own_and_what_it_prints_is_kept_apart() -> None:
    done = done_of("one", "two", "a-name-that-is-long", typed="for nobody")
    for name, (status, document) in done.items():
        # The streams, the one that they were made from, and the folder that is just listed: no file of another job's.
        assert len(document.pop("open")) == 5
        assert status == 4
        assert document == {
            "words": ["pull", "--district", name, "--json"], "is_copy": True, "own_session": True, "typed": "",
            "comm": name[:15], "handlers": [True, True, True], "blocked": [], "district": name,
        }  # fmt: skip


def test_one_that_is_refused_breaks_or_is_killed_does_not_touch_the_others() -> None:
    done = done_of("refused", "broken", "killed", "one")
    assert {name: status for name, (status, _) in done.items()} == {
        "refused": 2, "broken": 1, "killed": 5, "one": 4,
    }  # fmt: skip
    problem = done["killed"][1]["problem"]
    assert problem["message"] == "It was ended by SIGKILL, as where memory runs out."
    assert "whole steps" in problem["meaning"] and "status --district killed" in problem["remedy"]
    assert done["broken"][1]["problem"]["message"] == "It ended without a word."


def test_the_last_words_of_one_without_a_document_are_told_from_their_beginning() -> None:
    _, document = done_of("speaks")["speaks"]
    assert document["problem"] == {
        "code": "", "message": "It broke.", "meaning": "Nothing was changed.", "remedy": "Mend it.",
    }  # fmt: skip


def test_a_signal_reaches_those_that_run_and_the_others_do_not_begin() -> None:
    done = done_of("waits", "waits too", "one", "two")
    assert done["waits"][0] == 130
    assert done["waits"][1]["problem"]["message"] == "It was cancelled."
    assert done["two"][0] == 130
    assert done["two"][1]["problem"]["message"].startswith("It did not begin")


def test_one_that_can_not_be_started_is_told_and_the_others_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    from aeries_tui.operations import side_by_side

    usual, asked = side_by_side.tempfile.TemporaryFile, []

    def full_at_first() -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise OSError(28, "No space left on device")
        return usual()

    monkeypatch.setattr(side_by_side.tempfile, "TemporaryFile", full_at_first)
    # With a name that is none, so that nothing begins that takes long.
    done = side_by_side.run_side_by_side(["one", "two"], ["nonsense"], 1, lambda text: None, lambda words: 0)
    assert done[0].status == 5
    assert "could not be started" in done[0].document["problem"]["message"]
    assert done[1].document["problem"]["message"] != done[0].document["problem"]["message"]


def test_where_no_more_fit_at_a_time_the_next_waits_until_one_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from aeries_tui.operations import side_by_side

    heard: list[str] = []
    usual, refused = side_by_side.JobProcesses.start, []

    def full_at_the_second(processes: side_by_side.JobProcesses, name: str, *rest: Any) -> Any:
        if name == "two" and not refused:
            refused.append(name)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return usual(processes, name, *rest)

    monkeypatch.setattr(side_by_side.JobProcesses, "start", full_at_the_second)
    names = ["one", "two", "three"]
    # With a word that is none, so that nothing begins that takes long.
    done = side_by_side.run_side_by_side(names, ["nonsense"], 3, heard.append, lambda words: 0)
    assert heard == [
        "one begins",
        "From now on 1 district at a time: no more processes or threads can be started.",
        "two begins",
        "three begins",
    ]
    assert not any("could not be started" in one.document["problem"]["message"] for one in done)
