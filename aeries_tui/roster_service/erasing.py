"""Erasing people from what the roster service gives."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec

from aeries_tui.errors import MasterError
from aeries_tui.exports.oneroster import vocabulary
from aeries_tui.master.erasing import GONE_TEXT, Traces, wipe
from aeries_tui.master.served import states
from aeries_tui.master.served.erasing import change_bodies, erase_records
from aeries_tui.master.served.file import only_writer, served
from aeries_tui.roster_service.bodies import (
    DECODERS,
    Class,
    Collection,
    Course,
    emptied,
    encode,
)


def erase_served(path: Path, traces: Traces) -> int:
    """Leave of people their ids as gone, and nothing else; returns how many records it was.

    Args:
        path: the file of the service; it may not be there.
        traces: whom, and by what they are found in titles: a homeroom is called by its teacher.

    Raises:
        MasterError: the file can't be used, or is read by a program that does not let go.
    """
    if not path.exists():
        return 0
    ids = [
        str(person) if kind == "student" else vocabulary.staff_id(person) for kind, person in traces.people
    ]
    records = [
        (int(collection), one) for one in ids for collection in (Collection.USERS, Collection.DEMOGRAPHICS)
    ]
    with only_writer(path), served(path) as db:
        states.take_back(db)
        erased = erase_records(db, records, ids, _emptied)
        for collection in (Collection.COURSES, Collection.CLASSES):
            erased += change_bodies(db, collection, partial(_untitled, collection, traces))
        if not wipe(db):  # also where nothing was left: the last time may have ended before this
            raise MasterError(
                "Another program reads what the roster service gives, so what was erased may still stand in its log of writes.",
                remedy="End the program that reads it (aeries-tui serve).",
            )
    return erased


def _emptied(collection: int, name: str, text: str) -> str:
    return encode(emptied(DECODERS[Collection(collection)].decode(text), name, GONE_TEXT)).decode()


def _untitled(collection: Collection, traces: Traces, text: str) -> str | None:
    body = DECODERS[collection].decode(text)
    assert isinstance(body, Course | Class)
    if not traces.is_called(body.title):
        return None
    return encode(msgspec.structs.replace(body, title=GONE_TEXT)).decode()
