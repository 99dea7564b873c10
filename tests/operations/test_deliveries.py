"""Deliveries: what the receiver has is always whole, and nothing goes that a person should see first."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.errors import ConfigurationError, MasterError, NotAllowedNow, WrongUse
from aeries_tui.master.imports.deliveries import SetState, files_of, sets_of
from aeries_tui.operations import decisions
from aeries_tui.operations.deliveries import (
    approve_set,
    deliver_due,
    discard_set,
    known_deliveries,
    run,
    run_delivery,
    sending,
    states_of,
    try_delivery,
)
from aeries_tui.operations.district import District
from aeries_tui.operations.erase import erase
from aeries_tui.operations.follow_up import report_of
from aeries_tui.outcome import GOOD
from aeries_tui.settings.deliveries import BrokenDelivery, Delivery, Folder
from engine import PaperAeries, Station

KIDS = {
    "name": "kids",
    "sql": "SELECT student_id AS id FROM v_student WHERE active ORDER BY 1",
    "file": "kids-{date}.csv",
}
ADULTS = {"name": "adults", "sql": "SELECT staff_id AS id FROM v_staff WHERE active ORDER BY 1"}


@pytest.fixture
def to(station: Station, tmp_path: Path) -> Path:
    """The folder of a receiver, and a district with forty students that delivers there."""
    folder = tmp_path / "receiver"
    folder.mkdir()
    station.aeries = PaperAeries.usual(students=40)
    station.begin(7, 8, 9)
    declare(station, to=str(folder))
    return folder


def declare(station: Station, **more: Any) -> None:
    table = {"name": "vendor", "feeds": ["kids", "adults"], "mark": "complete.txt", **more}
    feeds = station.settings.feeds or (KIDS, ADULTS)
    station.settings = replace(station.settings, feeds=feeds, deliveries=(table,))


def feed(station: Station, sql: str) -> None:
    """What the first feed gives from now on."""
    station.settings = replace(station.settings, feeds=({**KIDS, "sql": sql}, ADULTS))


def is_whole(folder: Path) -> bool:
    """What a reader goes by: the mark, and that each file is as the mark says."""
    lines = (folder / "complete.txt").read_text().splitlines()
    return all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for digest, name in (line.split("  ") for line in lines)
    )


def states(district: District) -> list[str]:
    """What became of each set, oldest first."""
    with district.reading() as db:
        return [str(one.state) for one in reversed(sets_of(db, "vendor"))]


def test_after_an_import_the_receiver_has_a_whole_set_and_a_receipt_tells_it(
    station: Station, to: Path
) -> None:
    district = station.as_district()
    (done,) = deliver_due(district)
    assert done.found is not None and (done.found.state, done.problem) == (SetState.DELIVERED, "")
    assert is_whole(to)
    with district.reading() as db:
        files = files_of(db, done.found.id)
    assert {one.label for one in files} == {"kids-{date}.csv", "adults.csv"}
    for one in files:
        there = (to / one.file).read_bytes()
        assert (one.bytes, one.sha256) == (len(there), hashlib.sha256(there).hexdigest())
        assert one.rows == len(there.splitlines()) - 1
    assert done.found.import_id == 1
    assert not list(district.files.outbox.iterdir())
    assert [path.name for path in to.iterdir() if path.name.startswith(".")] == []
    (entry,) = [one for one in district.journal.entries() if one.act == "delivered"]
    assert (entry.about["to"], entry.about["import"]) == (str(to), 1)


def test_nothing_unchanged_is_sent_twice_unless_it_is_wanted(station: Station, to: Path) -> None:
    district = station.as_district()
    deliver_due(district)
    (done,) = deliver_due(district)
    assert done.found is None  # the same import, nothing is due
    (to / "adults.csv").unlink()
    run_delivery(district, "vendor")
    assert states(district) == ["delivered", "unchanged"] and not (to / "adults.csv").exists()
    declare(station, to=str(to), always=True)
    run_delivery(station.as_district(), "vendor")
    assert is_whole(to) and states(district)[-1] == "delivered"


def test_no_two_deliveries_have_the_same_name_on_their_way(station: Station) -> None:
    there = Folder("/srv/out")
    pairs = [
        ("lincoln-high", "sds"),
        ("lincoln", "high-sds"),
        ("lincoln", "high sds"),
    ]
    tags = {
        sending.tag(replace(station.as_district(), files=station.places.district(district)),
                    Delivery(name, "", (), there))
        for district, name in pairs
    }  # fmt: skip
    assert len(tags) == len(pairs)


def test_two_zips_of_the_same_rows_are_the_same(station: Station, to: Path) -> None:
    station.settings = replace(station.settings, feeds=({**ADULTS, "zip": True, "name": "kids"}, ADULTS))
    district = station.as_district()
    run_delivery(district, "vendor")
    os.utime(station.district.outbox)
    run_delivery(district, "vendor")
    assert states(district) == ["delivered", "unchanged"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT student_id AS id FROM v_student WHERE active LIMIT 5", "would shrink"),
        ("SELECT student_id AS id FROM v_student WHERE 0", "would shrink"),
    ],
)
def test_a_file_that_shrinks_is_held_until_somebody_decides(
    station: Station, to: Path, sql: str, why: str
) -> None:
    run_delivery(station.as_district(), "vendor")
    before = {path.name: path.read_bytes() for path in to.iterdir()}
    feed(station, sql)
    district = station.as_district()
    held = run_delivery(district, "vendor")
    assert held.found is not None and held.is_held and why in held.sentence
    assert {path.name: path.read_bytes() for path in to.iterdir()} == before
    assert report_of(district, 1).deliveries == {}
    with pytest.raises(WrongUse):
        approve_set(district, held.found.id, " ")
    again = run_delivery(district, "vendor")
    assert again.found == held.found  # what somebody is looking at stays what it is
    sent = approve_set(district, held.found.id, "the grade moved away")
    assert sent.found is not None and (sent.found.state, sent.found.reason) == (
        "delivered",
        "the grade moved away",
    )
    assert is_whole(to) and {path.name: path.read_bytes() for path in to.iterdir()} != before
    with pytest.raises(NotAllowedNow):
        discard_set(district, held.found.id, "too late")


def test_a_discarded_set_never_goes_and_the_next_one_is_judged_by_what_was_delivered(
    station: Station, to: Path
) -> None:
    run_delivery(station.as_district(), "vendor")
    feed(station, "SELECT student_id AS id FROM v_student WHERE active LIMIT 5")
    held = run_delivery(station.as_district(), "vendor").found
    assert held is not None
    discard_set(station.as_district(), held.id, "the query was wrong")
    assert not list(station.district.outbox.iterdir())
    assert run_delivery(station.as_district(), "vendor").is_held
    feed(station, KIDS["sql"])
    run_delivery(station.as_district(), "vendor")
    assert states(station.as_district()) == ["delivered", "discarded", "superseded", "unchanged"]


def test_a_missing_file_and_rows_that_were_left_out_are_held(station: Station, to: Path) -> None:
    run_delivery(station.as_district(), "vendor")
    declare(station, to=str(to), feeds=["adults"])
    found = run_delivery(station.as_district(), "vendor").found
    assert found is not None and found.held_for == ("kids-{date}.csv was in the last set and is missing.",)
    declare(station, to=str(to))
    station.settings = replace(
        station.settings,
        feeds=(
            {
                **KIDS,
                "sql": "SELECT iif(student_id % 2, student_id, '') AS id FROM v_student",
                "required": "id",
            },
            ADULTS,
        ),
    )
    held = run_delivery(station.as_district(), "vendor").found
    assert held is not None and "The feed kids left out" in " ".join(held.held_for)


def test_a_small_loss_passes(station: Station, to: Path) -> None:
    run_delivery(station.as_district(), "vendor")
    feed(station, "SELECT student_id AS id FROM v_student WHERE active ORDER BY 1 LIMIT 9, 1000")
    run_delivery(station.as_district(), "vendor")
    assert states(station.as_district()) == ["delivered", "delivered"]


def test_what_follows_an_import_delivers_tells_and_raises_the_alarm_and_takes_nothing_back(
    station: Station, to: Path, tmp_path: Path
) -> None:
    alarm = tmp_path / "alarm"
    script = tmp_path / "tell"
    script.write_text(f"#!/bin/sh\ncat > '{alarm}'\n")
    script.chmod(0o755)
    to.rename(tmp_path / "gone")
    station.aeries.lists["7/students"].pop()
    station.pull(plan_only=True)
    station.set("alarms", command=(str(script),), on=("delivery",))
    imported = decisions.approve(station.as_district(), 2, "a test")
    (sentence,) = imported.failed
    assert f"There is no folder {to}" in sentence
    assert imported.ended.outcome in GOOD and station.document(2)["outcome"] == imported.ended.outcome
    told = json.loads(alarm.read_text())
    assert (told["events"], told["deliveries"]) == (["delivery"], {"vendor": "failed"})
    assert [one.look for one in states_of(station.as_district())] == ["failed"]
    (tmp_path / "gone").rename(to)
    assert [one.problem for one in deliver_due(station.as_district())] == [""]
    assert is_whole(to) and states(station.as_district()) == ["delivered"]


def test_only_the_outcomes_that_are_named_are_followed(station: Station, to: Path) -> None:
    declare(station, to=str(to), after=["completed_with_error"])
    assert [one.found for one in deliver_due(station.as_district())] == [None]
    declare(station, to=str(to), after=[])
    assert [one.found for one in deliver_due(station.as_district())] == [None]
    assert not list(to.iterdir())


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do something in a process of its own that is killed before its nth write; whether it was."""
    pid = os.fork()
    if pid:
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    try:
        left = [step]

        def counting(usual: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                return usual(*args, **named)

            return call

        for name in ("replace", "rename", "unlink", "mkdir", "rmdir"):
            setattr(Path, name, counting(getattr(Path, name)))
        os.fsync = counting(os.fsync)
        for module, names in ((sending, ("begin_try", "begin_placing", "end_set")), (run, ("add_set",))):
            for name in names:
                setattr(module, name, counting(getattr(module, name)))
        work()
    finally:
        os._exit(0)


def test_killed_before_any_step_a_reader_sees_whole_sets_only_and_the_next_run_brings_the_rest(
    station: Station, to: Path
) -> None:
    run_delivery(station.as_district(), "vendor")
    for step in range(1, 200):
        feed(station, f"SELECT student_id + {step} AS id FROM v_student WHERE active ORDER BY 1")
        district = station.as_district()
        killed = killed_at(step, lambda district=district: run_delivery(district, "vendor"))  # type: ignore[misc]
        assert not (to / "complete.txt").exists() or is_whole(to), step
        run_delivery(district, "vendor")
        assert is_whole(to), step
        (kids,) = to.glob("kids-*.csv")
        with district.reading() as db:
            least = min(row[0] for row in db.execute("SELECT student_id FROM student WHERE active"))
        assert kids.read_text().splitlines()[1] == str(least + step)
        assert not list(district.files.outbox.iterdir())
        assert [path.name for path in to.iterdir() if path.name.startswith(".")] == []
        if not killed:
            break
    assert step > 15 and not killed


def test_a_set_that_was_broken_off_goes_before_a_newer_one(
    station: Station, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_delivery(station.as_district(), "vendor")
    feed(station, "SELECT student_id + 1 AS id FROM v_student WHERE active")
    usual = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "adults.csv":
            raise OSError(28, "No space left on device")
        return usual(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda path, target: refuse(path, target) if path.parent.parent == to else usual(path, target))  # fmt: skip
        assert "the disk is full" in run_delivery(station.as_district(), "vendor").problem
    assert not (to / "complete.txt").exists()
    feed(station, "SELECT student_id AS id FROM v_student WHERE active LIMIT 3")
    assert run_delivery(station.as_district(), "vendor").is_held
    assert is_whole(to) and states(station.as_district()) == ["delivered", "delivered", "held"]


def test_whoever_is_erased_is_erased_from_the_outbox(station: Station, to: Path, tmp_path: Path) -> None:
    declare(station, to=str(tmp_path / "nowhere"))
    run_delivery(station.as_district(), "vendor")
    assert list(station.district.outbox.iterdir())
    student = min(station.active("student"))[0]
    erase(station.as_district(), [("student", student)], "a request")
    assert not list(station.district.outbox.iterdir())
    assert states(station.as_district()) == ["superseded"]


def test_a_link_in_the_receivers_folder_is_replaced(station: Station, to: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("precious")
    (to / "adults.csv").symlink_to(theirs / "file")
    (to / ".aeries-tui-demo+vendor").symlink_to(theirs)
    run_delivery(station.as_district(), "vendor")
    assert is_whole(to) and not (to / "adults.csv").is_symlink()
    assert [path.name for path in theirs.iterdir()] == ["file"]
    assert (theirs / "file").read_text() == "precious"


def test_a_set_is_tried_without_sending_it(station: Station, to: Path) -> None:
    made, why = try_delivery(station.as_district(), "vendor")
    assert ({one.label for one in made.files}, why) == ({"kids-{date}.csv", "adults.csv"}, [])
    assert not list(to.iterdir()) and states(station.as_district()) == []


def test_two_feeds_never_write_the_same_file_and_a_feed_that_can_not_be_made_is_told(
    station: Station, to: Path
) -> None:
    station.settings = replace(station.settings, feeds=(KIDS, {**ADULTS, "file": "kids-{date}.csv"}))
    assert "are called kids-" in run_delivery(station.as_district(), "vendor").problem
    feed(station, "SELECT nothing FROM v_student")
    done = run_delivery(station.as_district(), "vendor")
    assert done.found is not None and done.found.state is SetState.FAILED and done.look == "failed"
    assert not list(to.iterdir())


def test_a_journal_that_can_not_be_written_keeps_everything_here(
    station: Station, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise MasterError("The journal can't be written.")

    monkeypatch.setattr("aeries_tui.audit.journal.Journal._open", refuse)
    assert "journal" in run_delivery(station.as_district(), "vendor").problem
    assert not list(to.iterdir())


SFTP = {"host": "sftp.example.org", "user": "lincoln", "key": "key", "host_key": "ssh-ed25519 " + "A" * 68}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"feeds": []}, "feeds must be"), ({"to": {}}, "to.host"), ({"to": {**SFTP, "password": "x"}}, "no password"),
        ({"to": {**SFTP, "host_key": ""}}, "ssh-keyscan -p 22 sftp.example.org"), ({"after": ["held"]}, "after must"),
        ({"to": {**SFTP, "host": "-oProxyCommand=x"}}, "to.host"), ({"to": {**SFTP, "user": "-oX"}}, "to.user"),
        ({"shrink_percent": 101}, "shrink_percent"), ({"mark": "../x"}, "mark must"), ({"alway": True}, "alway is no"),
        ({"to": {**SFTP, "key": {"env": "X"}}}, "to.key must be"), ({"name": "A b"}, "name must"),
    ],
)  # fmt: skip
def test_a_delivery_that_is_declared_wrong_says_what_is_wrong(
    station: Station, to: Path, change: dict[str, Any], said: str
) -> None:
    declare(station, **{"to": str(to), **change})
    (broken,) = known_deliveries(station.as_district())
    assert isinstance(broken, BrokenDelivery) and said in broken.problem
    assert [one.look for one in deliver_due(station.as_district())] == ["failed"]


def test_two_districts_never_share_a_folder_unasked(station: Station, to: Path) -> None:
    district = station.as_district()
    district.store.add(replace(station.credential, name="second"))
    with pytest.raises(ConfigurationError, match="several districts"):
        run_delivery(district, "vendor")
    declare(station, to=str(to), district="second")
    assert known_deliveries(station.as_district()) == []
    (to / "demo").mkdir()
    declare(station, to=str(to / "{district}"))
    run_delivery(station.as_district(), "vendor")
    assert is_whole(to / "demo")
