"""A person decides who is behind an id: the same person as before, or another one."""

from __future__ import annotations

import contextlib
import sqlite3

from aeries_tui.audit import Act
from aeries_tui.codes import Code
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.master.database import connect, immediate
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.identity.questions import Question, Said, decide, new_decided, question_of, ring_of
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.subjects import salt_of, subject
from aeries_tui.operations.district import District
from aeries_tui.pull.lock import locked
from aeries_tui.pull.recovery import recover
from aeries_tui.who import user_name


def decide_identity(
    district: District, kind: PersonKind, number: int, verdict: Said, reason: str
) -> list[str]:
    """Say, in this user's name, whether the person behind an id is the same as before.

    Returns:
        What comes of it, a sentence each.

    Raises:
        NotAllowedNow: nothing is asked about this id.
        WrongUse: no reason was given.
        Busy: a pull is running.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise WrongUse("A reason is needed.", meaning="Nothing was changed.", remedy="Give it with --reason.")
    path = district.files.master
    with (
        district.journal.recording(Act.DECIDED, district.name, {"kind": kind, "verdict": verdict}) as about,
        locked(district.files.lock, "decide"),
        clear_errors(path),
        contextlib.closing(connect(path)) as master,
    ):
        recover(district.files, master, district.settings.accounts)
        question = asked(master, kind, number)
        about |= {"person": subject(salt_of(master), kind, number), "code": question.code}
        told = what_comes_of(master, question, verdict)
        with immediate(master):
            decide(master, question, new_decided(verdict, user_name(), reason))
            # A plan that waits was made without knowing this.
            next_generation(master)
    return told


def asked(db: sqlite3.Connection, kind: PersonKind, number: int) -> Question:
    """What is asked about an id; raises NotAllowedNow where nothing is."""
    found = question_of(db, kind, number)
    if found is None:
        noun = "student" if kind == "student" else "member of staff"
        raise NotAllowedNow(
            f"Nothing is asked about the {noun} {number}.",
            meaning="Nothing was changed.",
            remedy=f"Only where a pull told {Code.REC_IDENTITY} or {Code.REC_RENUMBERED} there is something to decide.",
        )
    return found


def what_comes_of(db: sqlite3.Connection, question: Question, verdict: Said) -> list[str]:
    """What a decision will do, a sentence each, for the person who makes it."""
    noun = "student" if question.kind == "student" else "member of staff"
    if question.code == Code.REC_RENUMBERED:
        if verdict == "another":
            return [f"The {noun} {question.person} keeps the account of their own; this is not told again."]
        return [
            f"The account of {noun} {question.former} is that of {question.person} now, with its user name and password.",
            f"The account that {question.person} had is closed; its user name stays taken.",
        ]
    ids = [one.person for one in ring_of(db, question)]
    listed = " and ".join(str(one) for one in ids)
    if verdict == "same":
        return [
            f"The next pull takes the record of {noun} {listed} as a correction; account and history stay."
        ]
    if len(ids) > 1:
        return [
            f"The next pull takes it that the ids {listed} were exchanged: each account goes with its person.",
            "Undoing that import brings them back.",
        ]
    return [
        f"The next pull closes who had the id {listed} before: record and history are kept, the user name stays taken, "
        "nobody logs in with it.",
        "The new person gets an account of their own. Undoing that import brings the old one back.",
    ]
