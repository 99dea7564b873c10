"""Sending a set that is in the outbox, until it is there."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import AeriesTuiError
from aeries_tui.exports.deliveries import Load, send_by_sftp, send_to_folder
from aeries_tui.master.imports.deliveries import (
    DeliverySet,
    SetState,
    begin_placing,
    begin_try,
    end_set,
    files_of,
    get_set,
    note_problem,
)
from aeries_tui.operations.deliveries.known import Delivered
from aeries_tui.operations.district import District
from aeries_tui.settings.deliveries import Delivery, Folder


def send(district: District, db: sqlite3.Connection, wanted: Delivery, found: DeliverySet) -> Delivered:
    """Send a set that is in the outbox; what keeps it from its receiver is noted, and the set stays."""
    folder = district.files.outbox / str(found.id)
    files = files_of(db, found.id)
    about = {
        "what": f"delivery {wanted.name}", "to": found.target, "set": found.id, "import": found.import_id,
        "files": [one.file for one in files],
    }  # fmt: skip
    load = Load(
        folder, files, wanted.mark, tag(district, wanted), placing=lambda: begin_placing(db, found.id)
    )
    begin_try(db, found.id)
    try:
        with district.journal.recording(Act.DELIVERED, district.name, about):
            if isinstance(wanted.to, Folder):
                send_to_folder(load, Path(wanted.to.path))
            else:
                send_by_sftp(load, wanted.to)
            end_set(db, found.id)
    except AeriesTuiError as error:
        problem = f"{error.message} {error.remedy}".strip()
        if get_set(db, found.id).state is not SetState.DELIVERED:
            note_problem(db, found.id, problem)
        return Delivered(wanted.name, get_set(db, found.id), problem)
    return Delivered(wanted.name, get_set(db, found.id))


def tag(district: District, wanted: Delivery) -> str:
    """Plain letters that tell a delivery of a district from all others, for names of files on their way."""
    return "+".join(re.sub(r"[^A-Za-z0-9._-]", "_", name) for name in (district.name, wanted.name))
