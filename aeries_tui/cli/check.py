"""`check`: address, certificate and permissions."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from aeries_tui.aeries.permission_test import CertificateState, CheckReport, Permission
from aeries_tui.cli.chosen import chosen_districts
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, page, say, tell
from aeries_tui.cli.side_by_side import Districts, is_side_by_side, side_by_side
from aeries_tui.documents import Document, refusal_of
from aeries_tui.errors import AeriesTuiError, Problem
from aeries_tui.operations.district import District
from aeries_tui.settings.certificate import where


class Checked(Document, frozen=True):
    """What a test of a district found.

    Attributes:
        district: its name.
        ok: a pull can read everything.
        address: that was tested.
        aeries_version: of the server; null where it is too old to tell, or was not reached.
        school_year: that the server gives, such as `2020-2021`.
        certificate: accepted, refused, or not known.
        permissions: each of them.
        problem: the first thing to mend; null where all is well.
    """

    district: str
    ok: bool
    address: str
    aeries_version: str | None
    school_year: str | None
    certificate: CertificateState
    permissions: Sequence[Permission]
    problem: Problem | None


def _checked(district: District, report: CheckReport) -> Checked:
    return Checked(
        district.name, report.ok, report.address, report.aeries_version, report.school_year, report.certificate,
        report.permissions, report.problem.problem if report.problem else None,
    )  # fmt: skip


def check(options: argparse.Namespace) -> int:
    """Test address, certificate and permissions; 0 all well, 4 a permission is missing, 5 anything else."""
    from aeries_tui.operations.credentials import check_district

    if is_side_by_side(options):
        return side_by_side(options, ["check"])
    worst = 0
    documents: list[Document] = []
    for district in chosen_districts(options):
        try:
            report, not_noted = asyncio.run(check_district(district))
        except AeriesTuiError as error:
            if not options.all:
                raise
            tell(error)
            worst = max(worst, error.exit_status)
            documents.append(refusal_of(error, district.name))
            continue
        if not_noted:
            say(not_noted)
        documents.append(_checked(district, report))
        if not options.json:
            _print_report(district, report)
        worst = max(worst, _status(report))
    if options.json:
        print_document(Districts(documents) if options.all else documents[0])
    return worst


def _status(report: CheckReport) -> int:
    if report.ok:
        return 0
    return 4 if report.certificate == "accepted" and report.problem and not report.problem.fatal else 5


def _print_report(district: District, report: CheckReport) -> None:
    line(f"district:     {district.name}")
    line(f"address:      {report.address}")
    line(f"Aeries:       {report.aeries_version or 'unknown'}")
    line(f"school year:  {report.school_year or 'unknown'}")
    line(f"certificate:  {report.certificate}, from {where(district.credential.source)}")
    signs = {"granted": "+", "missing": "x", "unknown": "?"}
    for permission in report.permissions:
        line(
            f"  {signs[permission.state]} {permission.area.value:<26}{permission.state}  {permission.remedy}".rstrip()
        )
    if report.problem is not None:
        page("\n".join(report.problem.lines()))
