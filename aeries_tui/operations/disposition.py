"""The certificate of disposition: what was erased, of how many, where, by whom; without anybody's id."""

from __future__ import annotations

import errno
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from aeries_tui import __version__
from aeries_tui.documents import Document
from aeries_tui.errors import MasterError
from aeries_tui.master.tombstones import Erased
from aeries_tui.os_errors import refusal_of
from aeries_tui.settings import private_dir, private_text_writer
from aeries_tui.who import SystemAccount, Who


class Certificate(Document, frozen=True):
    """A certificate of disposition: what was erased, of how many, where and by whom; nobody's id.

    Attributes:
        certificate: what this is, in words.
        program: and its version.
        district: whose data.
        what: `people`, `retention` or `district`.
        import_: the import that erased; null where the whole district went.
        at: when, UTC.
        by: the account that did it.
        reason: why, as it was typed.
        people: how many of each kind.
        places: what was erased where: a place and a number of rows, files or copies.
        not_reached: places out of the program's reach that may hold the same data.
        ids: HMAC-SHA256 over the lines `KIND ID` of all who were erased, sorted, each ended by a line feed.
    """

    certificate: str
    program: str
    district: str
    what: str
    import_: int | None = msgspec.field(name="import")
    at: str
    by: SystemAccount
    reason: str
    people: Mapping[str, int]
    places: Mapping[str, int]
    not_reached: Sequence[str]
    ids: str


@dataclass(frozen=True)
class Disposition:
    """What a certificate says.

    Attributes:
        district: whose data.
        what: `people`, `retention` or `district`.
        import_id: the import that erased; None where the whole district went.
        at: when, UTC.
        by: who.
        reason: why, as it was typed.
        people: how many of each kind.
        places: what was erased where: a place and a number of rows, files or copies.
        not_reached: places out of the program's reach that may hold the same data.
        digest: of the list of ids, with a salt that is told once and not kept: HMAC-SHA256 over the lines
            `KIND ID`, sorted, each ended by a line feed.
        salt: that salt; it is not in the certificate.
    """

    district: str
    what: str
    import_id: int | None
    at: str
    by: Who
    reason: str
    people: Mapping[str, int]
    places: Mapping[str, int]
    not_reached: tuple[str, ...]
    digest: str
    salt: str = field(repr=False)

    def certificate(self) -> Certificate:
        """The certificate as a document."""
        return Certificate(
            "disposition of student and staff data", f"aeries-tui {__version__}", self.district, self.what,
            self.import_id, self.at, self.by.account(), self.reason, self.people, self.places, self.not_reached,
            self.digest,
        )  # fmt: skip

    def lines(self) -> list[str]:
        """The certificate as text."""
        what = {
            "people": "Erased at request",
            "retention": "Erased by the district's retention rule",
            "district": "Erased: all data of the district",
        }[self.what]
        return [
            "CERTIFICATE OF DISPOSITION",
            "",
            f"District:   {self.district}",
            f"What:       {what}",
            f"When (UTC): {self.at}",
            f"By:         {self.by.name}, uid {self.by.uid}",
            f"Reason:     {self.reason}",
            *([f"Import:     {self.import_id}"] if self.import_id is not None else []),
            f"People:     {', '.join(f'{n:,} {_noun(kind, n)}' for kind, n in self.people.items()) or 'none'}",
            "",
            "Erased from:",
            *(f"  {place}: {n:,}" for place, n in self.places.items()),
            "",
            "Out of this program's reach, and to be dealt with by the district:",
            *(f"  {place}" for place in self.not_reached),
            "",
            f"List of ids (HMAC-SHA256 of the lines KIND ID): {self.digest}",
            f"Made by aeries-tui {__version__}.",
        ]


def _noun(kind: str, n: int) -> str:
    return {"student": "student" if n == 1 else "students", "staff": "staff"}[kind]


def digest_of_ids(people: Iterable[Erased]) -> tuple[str, str]:
    """The salted hash of a list of ids, and its salt."""
    salt = secrets.token_hex(16)
    text = "".join(f"{kind} {person}\n" for kind, person in sorted(people))
    return hmac.new(salt.encode(), text.encode(), sha256).hexdigest(), salt


def require_place(folder: Path) -> None:
    """Make the folder of certificates before anything is erased; MasterError where none could be written there."""
    private_dir(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        refusal = refusal_of(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
        raise MasterError(
            f"Certificates can't be written to {folder}: {refusal.what}.",
            meaning="Nothing was erased.",
            remedy=refusal.remedy,
        )


def write_certificate(folder: Path, made: Disposition) -> Path:
    """Write a certificate as JSON and as text beside it.

    Returns:
        The path of the JSON.

    Raises:
        MasterError: the disk; what it is about was erased all the same.
    """
    name = (
        f"{made.district}-import-{made.import_id}" if made.import_id is not None else f"{made.district}-all"
    )
    stem = f"{name}-{made.at.replace(':', '').replace('-', '')}"
    try:
        private_dir(folder)
        for ending, text in (
            ("json", msgspec.json.format(msgspec.json.encode(made.certificate()), indent=1).decode()),
            ("txt", "\n".join(made.lines())),
        ):
            with private_text_writer(folder / f"{stem}.{ending}") as file:
                file.write(text + "\n")
    except MasterError as error:
        raise MasterError(
            error.message,
            meaning="What was asked for is erased; only the certificate of it is missing.",
            remedy=error.remedy,
        ) from error
    return folder / f"{stem}.json"
