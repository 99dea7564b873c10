"""What is done with one person, written down in the journal: somebody looked, a password was given."""

from __future__ import annotations

import contextlib
import sqlite3

from aeries_tui.audit import Act, journal_of
from aeries_tui.master import accounts
from aeries_tui.master.accounts import NewPassword
from aeries_tui.master.database import connect
from aeries_tui.master.sqlite_errors import database_errors
from aeries_tui.master.subjects import salt_of, subject
from aeries_tui.settings import DistrictPlaces, Settings


def record_look(
    files: DistrictPlaces, settings: Settings, kind: str, person: int, *, live: bool = False
) -> None:
    """Write down that somebody looks at a person; before they see anything.

    Args:
        files: the district's.
        settings: config.toml.
        kind, person: student or staff, and the id.
        live: Aeries is asked as well.

    Raises:
        MasterError: the Master or the journal can't be used; nothing is to be shown then.
    """
    path = files.master
    with database_errors(path), contextlib.closing(connect(path, read_only=True)) as db:
        about = {"kind": kind, "person": subject(salt_of(db), kind, person), "live": live or None}
    with journal_of(files, settings).recording(Act.LOOKED, files.name, about):
        pass


def reset_password(
    db: sqlite3.Connection, files: DistrictPlaces, settings: Settings, user_name: str
) -> NewPassword:
    """Give an account a new password, and write down whose.

    Args:
        db: the Master, open for a change.
        files: the district's.
        settings: config.toml.
        user_name: as it is typed.

    Raises:
        NotFound: there is no such account.
        MasterError: the journal can't be written; what the error means says whether anything was done.
    """
    with journal_of(files, settings).recording(Act.RESET, files.name) as about:
        made = accounts.reset(db, user_name)
        account = made.account
        about |= {"kind": account.kind, "person": subject(salt_of(db), account.kind, account.person)}
    return made
