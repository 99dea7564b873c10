"""Encrypting an archive to a public key (age), for when it leaves the machine; and bringing it back.

The side file stays as it is, so that the archive is still listed; what can be read is gone until it is decrypted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from aeries_tui.audit import Act
from aeries_tui.errors import MasterError, NotAllowedNow, WrongUse
from aeries_tui.master.archives import archives
from aeries_tui.master.archives.archives import Archive
from aeries_tui.master.archives.erasing import erase_from_archive
from aeries_tui.master.database import open_database
from aeries_tui.master.erasing import people_in, traces_of
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.tombstones import tombstones
from aeries_tui.operations.district import District
from aeries_tui.pull.lock import locked
from aeries_tui.settings import private_part

_EXTRA = "pip install 'aeries-tui[encrypt]'"


def encrypt_archive(district: District, name: str, recipients: Sequence[str]) -> Path:
    """Encrypt an archive to public keys, and delete what can be read of it; returns the encrypted file.

    Args:
        district: whose archive.
        name: of the archive.
        recipients: each a public key: `age1…`, or a line of `id_ed25519.pub`.

    Raises:
        NotFound: there is no archive of that name.
        NotAllowedNow: it is encrypted already, or not as it was made.
        WrongUse: a key is none, or pyrage is not installed.
        Busy: something is being done to the district.
    """
    age = _age()
    keys = [_recipient(age, text) for text in recipients]
    with _archive(district, name, "encrypted") as archive:
        if archive.is_encrypted:
            raise NotAllowedNow(f"The archive {name} is encrypted already.", meaning="Nothing was changed.")
        wrong = archives.verify(archive)
        if wrong:
            raise NotAllowedNow(
                f"The archive {name} is not as it was made: {wrong[0]}", meaning="Nothing was changed.",
                remedy="Bring its files back from your backup, then encrypt it.",
            )  # fmt: skip
        with clear_errors(archive.encrypted), private_part(archive.encrypted) as part:
            age.encrypt_file(str(archive.path), str(part), keys)
        with clear_errors(archive.path):
            archive.path.unlink()
    return archive.encrypted


def decrypt_archive(district: District, name: str, identity: Path) -> int:
    """Make an encrypted archive readable again; returns how many people were erased since, and from it now.

    Args:
        district: whose archive.
        name: of the archive.
        identity: the file of the private key: age's, or an SSH key without a passphrase.

    Raises:
        NotFound: there is no archive of that name.
        NotAllowedNow: it is not encrypted, or the key is not one that it was encrypted to.
        WrongUse: there is no key in the file, or pyrage is not installed.
        MasterError: what was decrypted is not the archive.
        Busy: something is being done to the district.
    """
    age = _age()
    keys = list(_identities(age, identity))
    with _archive(district, name, "decrypted") as archive:
        if not archive.is_encrypted:
            raise NotAllowedNow(f"The archive {name} is not encrypted.", meaning="Nothing was changed.")
        with clear_errors(archive.path), private_part(archive.path) as part:
            try:
                age.decrypt_file(str(archive.encrypted), str(part), keys)
            except age.DecryptError:
                raise NotAllowedNow(
                    f"The archive {name} can't be decrypted with this key.", meaning="Nothing was changed.",
                    remedy="Give the private key of a public key that it was encrypted to.",
                ) from None  # fmt: skip
            if archives.sha256_of(part) != archive.sha256:
                raise MasterError(
                    f"What the encrypted archive {name} holds is not what was archived.", meaning="Nothing was changed.",
                    remedy="Bring its files back from your backup.",
                )  # fmt: skip
        erased = _erase_since(district, archive)
        with clear_errors(archive.encrypted):
            archive.encrypted.unlink()
    return erased


def _erase_since(district: District, archive: Archive) -> int:
    """Take out whom a tombstone keeps out: an erasure could not reach into the encrypted archive."""
    with district.reading() as db:
        stones = tombstones(db)
    with closing(open_database(archive.path, read_only=True)) as copy:
        people = [one for one in people_in(copy) if stones.has(*one)]
        traces = traces_of(copy, people)
    if people:
        erase_from_archive(archive, traces)
    return len(people)


@contextmanager
def _archive(district: District, name: str, what: str) -> Iterator[Archive]:
    """An archive that nobody else touches, with an entry in the journal."""
    found = archives.get(district.files.archives, name)
    with (
        district.journal.recording(Act.ARCHIVED, district.name, {"archive": name, "what": what}),
        locked(district.files.lock, "archive"),
    ):
        yield found


def _age() -> Any:
    try:
        return import_module("pyrage")
    except ImportError:
        raise WrongUse(
            "Archives are encrypted with pyrage, which is not installed here.",
            meaning="Nothing was changed.",
            remedy=f"Install it into the program's environment: {_EXTRA}",
        ) from None


def _recipient(age: Any, text: str) -> Any:
    kind = age.ssh if text.strip().startswith("ssh-") else age.x25519
    try:
        return kind.Recipient.from_str(text.strip())
    except age.RecipientError:
        raise WrongUse(
            f"{text.strip()[:60]!r} is no public key.", meaning="Nothing was changed.",
            remedy="Give what age-keygen prints as public key (age1...), or the line of an SSH key's .pub file.",
        ) from None  # fmt: skip


def _identities(age: Any, path: Path) -> Iterator[Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongUse(f"{path} can't be read: {error.strerror}.", meaning="Nothing was changed.") from error
    found = False
    if content.startswith(b"-----BEGIN"):
        try:
            yield age.ssh.Identity.from_buffer(content)
            found = True
        except age.IdentityError:
            found = False
    else:
        for line in content.decode("utf-8", "replace").splitlines():
            if line.startswith("AGE-SECRET-KEY-"):
                yield age.x25519.Identity.from_str(line.strip())
                found = True
    if not found:
        raise WrongUse(
            f"{path} holds no private key that can be used.", meaning="Nothing was changed.",
            remedy="Give the file that age-keygen wrote, or an SSH key without a passphrase.",
        )  # fmt: skip
