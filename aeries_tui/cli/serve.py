"""`serve`: the roster service, until it is asked to end."""

from __future__ import annotations

import argparse
import sys

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_line
from aeries_tui.cli.output import line, page, say
from aeries_tui.documents import Document
from aeries_tui.errors import WrongUse
from aeries_tui.operations.roster_service import (
    Ready,
    all_consumers,
    answering,
    install_socket,
    socket_of,
    socket_of_machine,
)
from aeries_tui.operations.roster_service import serve as run
from aeries_tui.settings import find_places


class ServiceReady(Document, frozen=True):
    """The roster service of a district answers.

    Attributes:
        district: its name.
        url: the root, as products see it.
        token_url: where they get tokens.
        listening: the address and port on this machine.
    """

    district: str
    url: str
    token_url: str
    listening: str


def serve(options: argparse.Namespace) -> int:
    """Answer products, which prints one line of JSON once it does; or what systemd is to do of it."""
    if options.action is not None:
        return _socket(options)
    if options.stays_root:
        raise WrongUse("--system goes with install, show, preview or remove.", meaning="Nothing was changed.")
    district = chosen_district(options)
    if not any(one.is_allowed for one in all_consumers(district).all):
        say("Nobody may read yet: aeries-tui consumers add NAME.")
    run(district, options.port, options.idle_exit, say, lambda ready: _tell(district.name, ready))
    return 0


def _tell(district: str, ready: Ready) -> None:
    print_line(ServiceReady(district, ready.url, ready.token_url, ready.listening))
    sys.stdout.flush()


def _socket(options: argparse.Namespace) -> int:
    if options.stays_root:
        unit, wanted = socket_of_machine(find_places(), getattr(options, "district", None), options.port)
    else:
        unit, wanted = socket_of(chosen_district(options))
        if options.port is not None:
            raise WrongUse("The port of an installed service is serve.port.", meaning="Nothing was changed.")
    if options.action == "preview":
        for planned in unit.preview(wanted):
            line(f"# {planned.place}")
            page(planned.text)
    elif options.action == "show":
        line(f"{wanted.district}: {unit.state(wanted)} ({wanted.address}, port {wanted.port})")
        found = None if options.stays_root else answering(chosen_district(options))
        if found is not None and found.state == "runs":
            line(found.sentence)
    elif options.action == "install":
        if options.stays_root:
            unit.install(wanted)
        else:
            install_socket(chosen_district(options))
        say(
            f"systemd listens on {wanted.address}, port {wanted.port}, and starts the service when somebody asks."
        )
        if not options.stays_root:
            say("It does so while you are logged in, or for ever after: loginctl enable-linger")
    else:
        removed = unit.remove(wanted.district)
        say("Removed." if removed else "There was nothing to remove.")
    return 0
