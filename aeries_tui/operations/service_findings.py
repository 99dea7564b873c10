"""What the doctor says of the account that pulls: what root found when it tried the service, and what lies in the way here."""

from __future__ import annotations

import os

from aeries_tui.errors import Problem
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import tried_before
from aeries_tui.schedule import by_timer
from aeries_tui.settings import FromSystemd
from aeries_tui.settings.machine import MACHINE

ONLY_ROOT_TRIES = "Type it with sudo to have the service tried as it would run."


def service_problem(district: District) -> tuple[bool, Problem | None]:
    """Whether the district's installed service was just tried, and what it would end with."""
    return tried_before(district.name) if district.places == MACHINE else (False, None)


def service_sentence(district: District) -> str:
    """The same for `schedule show`; blank where nothing was tried."""
    was_tried, problem = service_problem(district)
    if not was_tried:
        return ""
    if problem is None:
        return "The service was tried just now and could do its work."
    return f"The service was tried just now and can't do its work. {' '.join(problem.lines())}"


def is_for_the_service_alone(district: District) -> bool:
    """Whether the certificate comes from systemd, and this process is no service that it is given to."""
    in_service = by_timer() or bool(os.environ.get("CREDENTIALS_DIRECTORY"))
    return isinstance(district.credential.source, FromSystemd) and not in_service
