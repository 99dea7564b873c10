"""The source: addresses, the client, wire records, permissions, and what can go wrong.

Knows no database and no screen.
Importing this package imports neither httpx nor asyncio; making a client does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aeries_tui.aeries.address import Address, normalise_address
from aeries_tui.aeries.decoding import BadRecord, Decoded, decode_list
from aeries_tui.aeries.endpoints import Area, Endpoint, Feed, Single
from aeries_tui.aeries.errors import (
    AeriesError,
    CertificateRefused,
    ConnectionLost,
    GaveUp,
    Intercepted,
    NotThere,
    PagingShifted,
    PermissionMissing,
    RequestRefused,
    ServerBroken,
    ServerUnavailable,
    SignInPage,
    Throttled,
    TimedOut,
    TlsFailed,
    TooLarge,
    TooManyBadRows,
    Truncated,
    UnknownYear,
    Unreachable,
    WindowsAuthentication,
    WrongAddress,
    WronglyPacked,
)
from aeries_tui.aeries.events import (
    Event,
    Queued,
    ReadAgain,
    RequestDone,
    Slowed,
    Traffic,
    Unshared,
    Waiting,
    Widened,
)
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.paging import ResumePoint
from aeries_tui.aeries.records import (
    ChangedCourse,
    ChangedSection,
    ChangedStaff,
    ChangedStudent,
    ClassRow,
    Course,
    School,
    SchoolAccess,
    Section,
    SectionStaffMember,
    StaffMember,
    Student,
    SystemInfo,
    Teacher,
    Term,
    columns,
    row_of,
)

if TYPE_CHECKING:
    from aeries_tui.aeries.client import AeriesClient, Answer, StudentPage
    from aeries_tui.aeries.options import ClientOptions
    from aeries_tui.aeries.permission_test import CheckReport, Permission, check

_MADE_LATE = {
    "AeriesClient": "client",
    "Answer": "client",
    "ClientOptions": "options",
    "StudentPage": "client",
    "CheckReport": "permission_test",
    "Permission": "permission_test",
    "check": "permission_test",
}

__all__ = [
    "Address",
    "AeriesClient",
    "AeriesError",
    "Answer",
    "Area",
    "BadRecord",
    "CertificateRefused",
    "ChangedCourse",
    "ChangedSection",
    "ChangedStaff",
    "ChangedStudent",
    "CheckReport",
    "ClassRow",
    "ClientOptions",
    "ConnectionLost",
    "Course",
    "Decoded",
    "Endpoint",
    "Event",
    "Feed",
    "GaveUp",
    "Intercepted",
    "Limits",
    "NotThere",
    "PagingShifted",
    "Permission",
    "PermissionMissing",
    "Queued",
    "ReadAgain",
    "RequestDone",
    "RequestRefused",
    "ResumePoint",
    "School",
    "SchoolAccess",
    "Section",
    "SectionStaffMember",
    "ServerBroken",
    "ServerUnavailable",
    "SignInPage",
    "Single",
    "Slowed",
    "StaffMember",
    "Student",
    "StudentPage",
    "SystemInfo",
    "Teacher",
    "Term",
    "Throttled",
    "TimedOut",
    "TlsFailed",
    "TooLarge",
    "TooManyBadRows",
    "Traffic",
    "Truncated",
    "UnknownYear",
    "Unreachable",
    "Unshared",
    "Waiting",
    "Widened",
    "WindowsAuthentication",
    "WrongAddress",
    "WronglyPacked",
    "check",
    "columns",
    "decode_list",
    "normalise_address",
    "row_of",
]


def __getattr__(name: str) -> Any:
    if name not in _MADE_LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MADE_LATE[name]}"), name)
