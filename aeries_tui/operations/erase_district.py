"""Erasing all data of a district: at the end of a contract, with a certificate."""

from __future__ import annotations

import shlex
import shutil
from contextlib import closing
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import Busy, WrongUse
from aeries_tui.master.archives.archives import archives
from aeries_tui.master.database import connect, now_text
from aeries_tui.master.roster.gone import everybody
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.tombstones import Erased
from aeries_tui.operations.credentials import remove_credential
from aeries_tui.operations.disposition import Disposition, digest_of_ids, require_place, write_certificate
from aeries_tui.operations.district import District, all_districts
from aeries_tui.operations.erase import Done, not_reached
from aeries_tui.operations.roster_service import answering
from aeries_tui.pull.lock import locked
from aeries_tui.settings import DistrictPlaces
from aeries_tui.settings.machine import MACHINE
from aeries_tui.who import who


def erase_district(district: District, reason: str) -> Done:
    """Remove a district's credential, timer and metrics, and erase everything that is kept of it.

    The journal and the certificates stay: no person stands in them, and with the District Master the salt goes
    by which its digests could be tried. Lists that were saved on the screens go where there is no other district.

    Raises:
        WrongUse: no reason was given.
        Busy: something is being done to the district, or its roster service runs and does not end by itself.
        MasterError: the disk; a part may be erased already, do it again.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise WrongUse("A reason is needed.", meaning="Nothing was erased.", remedy="Give it with --reason.")
    files, saved = district.files, district.places.data_dir / "saved"
    require_place(district.places.dispositions)
    is_alone = len(all_districts()) == 1
    outside = not_reached(district)
    _refuse_beside_service(district)
    with district.journal.recording(Act.ERASED, district.name, {"what": "district"}) as about:
        files.create()
        with locked(files.lock, "erase"):
            people, places = _inventory(files)
            remove_credential(district.places, district.settings, district.name)
            with clear_errors(files.root):
                shutil.rmtree(files.root)
                if is_alone and saved.is_dir():
                    places["saved lists"] = sum(1 for path in saved.rglob("*") if path.is_file())
                    shutil.rmtree(saved)
        if not is_alone:
            outside = (f"lists that were saved on the screens, for all districts, in {saved}", *outside)
        about["count"] = len(people)
        digest, salt = digest_of_ids(people)
        counted = {kind: n for kind in ("staff", "student") if (n := sum(one == kind for one, _ in people))}
        made = Disposition(
            district.name, "district", None, now_text(), who(), reason, counted, places, outside, digest, salt
        )
        return Done(made, write_certificate(district.places.dispositions, made))


def _refuse_beside_service(district: District) -> None:
    """A service that was started by hand, or by root, would give on what is in its open files."""
    found = answering(district)
    if found.state != "runs" or (found.is_installed and district.places != MACHINE):
        return
    flags = f"--system --district {shlex.quote(district.name)}"
    raise Busy(
        f"The roster service of {district.name} runs ({found.where}).",
        meaning="Nothing was erased.",
        remedy=f"Type: sudo aeries-tui serve remove {flags}"
        if found.is_installed
        else "End it: Ctrl+C where it was started.",
    )


def _inventory(files: DistrictPlaces) -> tuple[list[Erased], dict[str, int]]:
    """Of whom something is kept, and how many files there are."""
    people: list[Erased] = []
    if files.master.exists():
        with clear_errors(files.master), closing(connect(files.master)) as db:
            people = everybody(db)
    counted = {
        "District Master": int(files.master.exists()),
        "archives": len(archives(files.archives)),
        "files of imports": _count(files.imports),
        "files of pulls": _count(files.pulls),
        "all files": _count(files.root),
    }
    return people, {place: n for place, n in counted.items() if n}


def _count(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())
