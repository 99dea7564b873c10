"""Is it the address, the certificate or a permission? The check of a connection (contract, section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.client import AeriesClient, portals_address
from aeries_tui.aeries.endpoints import ROSTER_LISTS, STAFF_SIDE, Area, Endpoint
from aeries_tui.aeries.errors import (
    AeriesError,
    CertificateRefused,
    NotThere,
    PermissionMissing,
    RequestRefused,
    SignInPage,
    WindowsAuthentication,
    WrongAddress,
)
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.records import School, SystemInfo
from aeries_tui.errors import SourceError
from aeries_tui.text import clean_text

CHECK_LIMITS = Limits(tries=2, request=120.0, turn=60.0)
"""For a person who waits: fewer tries than a pull makes, and not for long where others ask."""

PermissionState = Literal["granted", "missing", "unknown"]
CertificateState = Literal["accepted", "refused", "unknown"]


@dataclass(frozen=True)
class Permission:
    """One permission and what is known of it; the remedy is blank when it is granted.

    Attributes:
        area: the permission, as the API Security page of Aeries names it.
        state: what is known of it.
        remedy: what to tick, and where; blank where it is granted.
    """

    area: Area
    state: PermissionState
    remedy: str = ""


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        address: that was checked, as a person knows it.
        working_address: another root of the same host that is the API, when the one given is not.
        aeries_version: of the server; None when it is too old to tell, or was not reached.
        school_year: that the server gives, such as `2020-2021`.
        certificate: accepted, refused, or not known.
        permissions: all of them, in the order of the API Security page's groups.
        problem: the first thing to mend; None when all is well.
        system_info: what the server says of itself.
    """

    address: str
    working_address: Address | None = None
    aeries_version: str | None = None
    school_year: str | None = None
    certificate: CertificateState = "unknown"
    permissions: tuple[Permission, ...] = tuple(Permission(area, "unknown") for area in Area)
    problem: SourceError | None = None
    system_info: SystemInfo | None = None

    @property
    def ok(self) -> bool:
        """A pull can read everything."""
        return self.problem is None


async def check(client: AeriesClient) -> CheckReport:
    """Find out whether a pull could read everything, and if not, why.

    Asks for systeminfo (nothing needed), the list of schools (the certificate), and then one small
    request per permission. When the address is no API, the other known roots of the same host are tried.
    Never raises an error of the source: it is the report's problem.
    """
    report = await _check_here(client)
    problem = report.problem
    if not isinstance(problem, WrongAddress | SignInPage | WindowsAuthentication):
        return report
    for address in client.address.candidates()[1:]:
        async with client.at(address) as other:
            if not await _is_api(other):
                continue
            there = await _check_here(other)
        if isinstance(there.problem, WrongAddress):
            continue
        return replace(
            there,
            address=client.address.display,
            working_address=address,
            problem=type(problem)(
                problem.message, remedy=f"{address.display} works; enter it as the Instance URL."
            ),
        )
    return report


async def _is_api(client: AeriesClient) -> bool:
    """Something of Aeries answers there, whatever it thinks of the certificate."""
    try:
        await client.schools()
    except CertificateRefused:
        return True
    except AeriesError:
        return False
    return True


async def _check_here(client: AeriesClient) -> CheckReport:
    report = CheckReport(address=client.address.display)
    try:
        info = await client.system_info()
        if info is not None:
            report = replace(
                report,
                system_info=info,
                aeries_version=_text(info.aeries_version),
                school_year=_text(info.database_year),
            )
        schools = (await client.schools()).records
    except CertificateRefused as refused:
        return replace(report, certificate="refused", problem=refused)
    except AeriesError as error:
        return replace(report, problem=error)
    permissions, problem = await _check_permissions(client, schools)
    return replace(report, certificate="accepted", permissions=permissions, problem=problem)


def _text(value: object) -> str | None:
    return None if value is None else clean_text(str(value)).strip()


@dataclass(frozen=True)
class _Probe:
    """A request that tells whether an area may be read."""

    endpoint: Endpoint
    path: str
    params: Mapping[str, str] = field(default_factory=dict)


def _probes(school: int) -> dict[Area, list[_Probe]]:
    """For each area a request for one record, then for the list, should Aeries not take the first.

    Number 0 is nobody: the answer 404 costs the server nothing and comes after the permission was checked.
    """
    probes: dict[Area, list[_Probe]] = {area: [] for area in Area}
    for endpoint in ROSTER_LISTS:
        if endpoint.area is None:
            continue
        paths = [endpoint.nobody, endpoint.path] if endpoint.nobody else [endpoint.path]
        first = {"StartingRecord": "1", "EndingRecord": "1"} if endpoint.is_paged else {}
        probes[endpoint.area] += [_Probe(endpoint, path.format(school=school), first) for path in paths]
    return probes


async def _check_permissions(
    client: AeriesClient, schools: Sequence[School]
) -> tuple[tuple[Permission, ...], AeriesError | None]:
    """All of them, and the first thing to mend among them."""
    school = school_to_ask(schools)
    if school is None:
        nowhere = RequestRefused(
            "The list of schools holds no active school that could be asked.",
            remedy="Check in Aeries that the district's schools are active.",
        )
        return tuple(Permission(area, "unknown", nowhere.remedy) for area in Area), nowhere
    permissions: list[Permission] = []
    errors: list[AeriesError] = []
    absent: set[Endpoint] = set()
    for area, probes in _probes(school).items():
        error = await _try_area(client, probes)
        if error is None:
            permissions.append(Permission(area, "granted"))
            continue
        errors.append(error)
        if isinstance(error, NotThere) and not error.is_spoken:
            absent.add(probes[-1].endpoint)
        state: PermissionState = "missing" if isinstance(error, PermissionMissing) else "unknown"
        permissions.append(Permission(area, state, error.remedy if state == "missing" else error.message))
    missing = [permission.area.value for permission in permissions if permission.state == "missing"]
    if missing:
        return tuple(permissions), PermissionMissing(
            f"The certificate has no permission to read: {', '.join(missing)}.",
            area=missing[0],
            remedy="In Aeries, Security > API Security: tick Read for "
            f"{', '.join(missing)} on the certificate's record.",
        )
    if absent >= STAFF_SIDE:
        return tuple(permissions), portals_address(None)
    return tuple(permissions), errors[0] if errors else None


async def _try_area(client: AeriesClient, probes: Sequence[_Probe]) -> AeriesError | None:
    """None when the area may be read; otherwise why not, or why nobody knows."""
    failure: AeriesError | None = None
    for probe in probes:
        try:
            await client.probe(probe.endpoint, probe.path, probe.params)
        except NotThere as absent:
            if absent.is_spoken and probe is not probes[-1]:
                return None
            failure = absent
        except AeriesError as error:
            failure = error
            if error.fatal or isinstance(error, PermissionMissing):
                return error
        else:
            return None
    return failure


def school_to_ask(schools: Sequence[School]) -> int | None:
    """The school whose lists are asked for in a check: active, and a school as far as that shows."""
    active = [
        school
        for school in schools
        if school.school_code > 0 and not str(school.inactive_status_code or "").strip()
    ]
    best = min(active, key=_unlike_a_school, default=None)
    return None if best is None else best.school_code


def _unlike_a_school(school: School) -> tuple[bool, bool, bool, int]:
    """District, transfer and code-table rows come last (contract, section 7)."""
    code = school.school_code
    name = str(school.name or "").strip().upper()
    return bool(school.do_not_report), name.startswith("ZZZ") or code in {99, 999}, 900 <= code <= 902, code
