"""An alarm says what happened in counts and codes, in the form its receiver takes."""

import datetime as dt
import json

from aeries_tui.alarms.payload import body, text
from aeries_tui.outcome import Outcome
from documents import faults

from .conftest import ENDED, Report

COUNTS = {
    "student": {"received": 20000, "created": 12, "updated": 1034, "unchanged": 18000, "deactivated": 3},
    "staff": {"received": 900, "unchanged": 900},
}


def test_the_text_says_what_a_person_needs(report: Report) -> None:
    made = report(
        Outcome.COMPLETED_WITH_ERROR, counts=COUNTS, codes={"STAFF-NO-EMAIL": 7, "SRC-PERMISSION": 1204}
    )
    assert text(made, ("completed_with_error",), "sis1") == (
        "Lincoln: Completed with ERROR (import 41)\n"
        "Codes: SRC-PERMISSION 1,204, STAFF-NO-EMAIL 7\n"
        "student: 12 created, 1,034 updated, 3 deactivated\n"
        "On sis1: aeries-tui results 41 --district 'Lincoln'"
    )


def test_a_held_plan_says_that_nothing_was_changed(report: Report) -> None:
    made = report(Outcome.HELD, held=("RUN-HELD-LOSS",), last_good_at=ENDED - dt.timedelta(hours=30))
    said = text(made, ("held", "stale"), "sis1")
    assert "Held for: RUN-HELD-LOSS. Nothing was changed; a person decides." in said
    assert "The last good import is 30 hours old." in said


def test_a_recovery_and_a_pull_without_a_number_are_said(report: Report) -> None:
    assert text(report(Outcome.COMPLETED), ("recovered",), "h").startswith(
        "Lincoln: Completed, recovered (import 41)"
    )
    assert text(report(Outcome.ERROR, number=None), ("error",), "h") == (
        "Lincoln: ERROR\nOn h: aeries-tui status --district 'Lincoln'"
    )


def test_many_codes_are_cut(report: Report) -> None:
    codes = {f"SRC-{letter}": 1 for letter in "ABCDEFGHIJKLM"}
    assert "SRC-J 1, and 3 more codes" in text(report(Outcome.ERROR, codes=codes), ("error",), "h")


def test_the_document_holds_everything(report: Report) -> None:
    made = report(
        Outcome.HELD, Outcome.COMPLETED, counts=COUNTS, codes={"SRC-EMPTY": 2}, held=("RUN-HELD-LOSS",)
    )
    found = json.loads(body("json", made, ("held",), "sis1"))
    assert not faults("alarm", found)
    assert found["program"].startswith("aeries-tui ")
    assert {key: found[key] for key in ("events", "district", "import", "outcome", "status")} == {
        "events": ["held"],
        "district": "Lincoln",
        "import": 41,
        "outcome": "held",
        "status": "Held for review",
    }
    assert found["previous_outcome"] == "completed"
    assert found["counts"] == COUNTS
    assert found["codes"] == {"SRC-EMPTY": 2}
    assert found["held"] == ["RUN-HELD-LOSS"]
    assert found["seconds"] == 1200.0
    assert found["hours_since_good"] == 24.0
    assert found["ended_at"] == "2026-08-01T08:50:00+00:00"


def test_slack_gets_escaped_text(report: Report) -> None:
    found = json.loads(body("slack", report(Outcome.ERROR), ("error",), "<sis&1>"))
    assert set(found) == {"text"}
    assert found["text"].startswith("Lincoln: ERROR (import 41)\n")
    assert "&lt;sis&amp;1&gt;" in found["text"]


def test_teams_gets_a_card(report: Report) -> None:
    found = json.loads(body("teams", report(Outcome.ERROR), ("error",), "sis1"))
    (attachment,) = found["attachments"]
    assert found["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    blocks = attachment["content"]["body"]
    assert blocks[0]["text"] == "Lincoln: ERROR (import 41)"
    assert all(block["type"] == "TextBlock" and block["wrap"] for block in blocks)
