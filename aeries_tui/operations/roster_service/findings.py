"""What the doctor says of the roster service of a district; nothing where nobody may read."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from aeries_tui.operations.district import District
from aeries_tui.operations.finding import Finding
from aeries_tui.operations.roster_service.standing import service_standing
from aeries_tui.settings.machine import MACHINE
from aeries_tui.text import in_number

_WHAT = "roster service"


def service_findings(district: District) -> Iterator[Finding]:
    """Whether products are answered, with what, and by which address."""
    standing = service_standing(district)
    if standing is not None and standing.problem is not None:
        yield Finding(_WHAT, "bad", standing.problem.message, standing.problem.remedy)
        return
    if standing is None or not standing.consumers:
        return
    answers, serve = standing.answering, district.settings.serve
    flags = f" --system --district {district.name}" if district.places == MACHINE else ""
    install = f"{'sudo ' if flags else ''}aeries-tui serve install{flags}"
    if standing.is_late:
        yield Finding(
            _WHAT, "bad", f"It can't give the newest roster; {in_number(len(standing.consumers), 'product')} read import "
            f"{standing.import_id}.", "It says why where it runs; with systemd, journalctl does.",
        )  # fmt: skip
    elif answers.is_well:
        yield Finding(_WHAT, "good", answers.sentence)
    elif answers.state == "absent":
        yield Finding(_WHAT, "notice", answers.sentence, f"aeries-tui serve, or {install}")
    else:
        yield Finding(_WHAT, "bad", answers.sentence, install)
    if not serve.public_url:
        yield Finding(
            "public_url", "notice", "serve.public_url is not set: products on other machines can't follow the addresses in "
            "answers.", "See aeries-tui help serve.",
        )  # fmt: skip
    if not ipaddress.ip_address(serve.address).is_loopback:
        yield Finding(
            "serve.address", "notice", f"The roster service listens on {serve.address} without TLS: whoever is on the way "
            "can read secrets and students.", "Take serve.address out and let a reverse proxy speak TLS: aeries-tui help serve.",
        )  # fmt: skip
    if standing.left_out:
        yield Finding(
            "left out", "notice", f"{in_number(len(standing.left_out), 'record')} can't be given by the standard, such as "
            f"{standing.left_out[0]}.", "aeries-tui status --json names all; aeries-tui descriptions says what is wrong.",
        )  # fmt: skip
