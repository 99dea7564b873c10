"""`check`: address, certificate and permissions."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from aeries_tui.aeries.permission_test import CertificateState, CheckReport, Permission
from aeries_tui.cli.output import line, page, say
from aeries_tui.cli.side_by_side import for_each
from aeries_tui.documents import Document
from aeries_tui.errors import Problem
from aeries_tui.operations.credentials import check_district
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
    return for_each(options, ["check"], lambda district: _check_one(options, district))


def _check_one(options: argparse.Namespace, district: District) -> tuple[int, Checked]:
    report, not_noted = asyncio.run(check_district(district))
    if not_noted:
        say(not_noted)
    if not options.json:
        _print_report(district, report)
    return _status(report), _checked(district, report)


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
