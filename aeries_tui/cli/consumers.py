"""`consumers`: the products that may read from the roster service."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.documents import Document
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service import (
    add_consumer,
    all_consumers,
    answering,
    last_moment,
    revoke_consumer,
    rotate_secret,
)


class ConsumerAdded(Document, frozen=True):
    """A product that may read; its secret is told this once.

    Attributes:
        client_id, client_secret: with which it asks for a token.
        expires_at: until when it may read, UTC; null for always.
    """

    client_id: str
    client_secret: str
    expires_at: str | None


class SecretRotated(Document, frozen=True):
    """A new secret of a product, told this once.

    Attributes:
        client_id, client_secret: with which it asks for a token.
        former_until: until when the old secret stays valid, UTC.
    """

    client_id: str
    client_secret: str
    former_until: str


class ConsumerRevoked(Document, frozen=True):
    """A product that can read no more, by its name.

    Attributes:
        revoked: the name.
    """

    revoked: str


class ListedConsumer(msgspec.Struct, frozen=True):
    """A product and what it has read.

    Attributes:
        name: its client id.
        scopes: what it may read.
        schools: of which schools, by code; empty for all.
        allowed: it may read now.
        made_at, expires_at, revoked_at, last_seen: when, UTC; null for never.
        requests, records: how many it made and read.
        state: of the roster that it read last.
        former_until: until when the old secret stays valid, UTC; null where it has only one.
    """

    name: str
    scopes: Sequence[str]
    schools: Sequence[str]
    allowed: bool
    made_at: str
    expires_at: str | None
    revoked_at: str | None
    last_seen: str | None
    requests: int
    records: int
    state: int | None
    former_until: str | None


class Consumers(Document, frozen=True):
    """The products that may read, or could.

    Attributes:
        consumers: by name.
    """

    consumers: Sequence[ListedConsumer]


def add(options: argparse.Namespace) -> int:
    """Let a product read."""
    expires = last_moment(options.expires) if options.expires else None
    district = chosen_district(options)
    secret = add_consumer(district, options.name, options.scopes, options.schools, expires).reveal()  # fmt: skip
    if options.json:
        print_document(ConsumerAdded(options.name, secret, expires))
    else:
        _tell_secret(options.name, secret)
        _tell_what_is_next(district)
    return 0


def _tell_what_is_next(district: District) -> None:
    """How the product gets there."""
    root = district.settings.serve.public_url.rstrip("/")
    if root:
        say(f"The product reads at {root}, with tokens from {root}/token.")
    else:
        say("For products on other machines set serve.public_url: see aeries-tui help serve.")
    if answering(district).state == "absent":
        say("Nothing answers yet: aeries-tui serve, or aeries-tui serve install.")


def rotate(options: argparse.Namespace) -> int:
    """Make a new secret."""
    secret, until = rotate_secret(chosen_district(options), options.name)
    if options.json:
        print_document(SecretRotated(options.name, secret.reveal(), until))
    else:
        _tell_secret(options.name, secret.reveal())
        say(f"The old secret stays valid until {until}.")
    return 0


def _tell_secret(name: str, secret: str) -> None:
    line(f"Client id:     {name}")
    line(f"Client secret: {secret}")
    say("The secret is shown only now; what is kept of it can't be turned back.")


def revoke(options: argparse.Namespace) -> int:
    """Let a product read no more."""
    revoke_consumer(chosen_district(options), options.name)
    if options.json:
        print_document(ConsumerRevoked(options.name))
    else:
        say(f"{options.name} can read no more.")
    return 0


def list_all(options: argparse.Namespace) -> int:
    """Who may read, and what each has read."""
    found = all_consumers(chosen_district(options))
    if not found.all and not options.json:
        say("Nobody may read yet. Add a product: aeries-tui consumers add NAME")
    elif options.json:
        print_document(Consumers([_listed(one, found.former.get(one.name)) for one in found.all]))
    else:
        table(
            ("Consumer", "May read", "Schools", "State", "Last seen", "Requests", "Records", "Old secret until"),
            [
                (
                    one.name, ", ".join(sorted(one.scopes)), ", ".join(sorted(one.schools, key=int)) or "all",
                    _look(one), one.last_seen or "never", f"{one.requests:,}", f"{one.records:,}",
                    found.former.get(one.name, "-"),
                )
                for one in found.all
            ],
        )  # fmt: skip
    return 0


def _look(one: Consumer) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if not one.is_allowed:
        return "expired"
    return f"until {one.expires_at[:10]}" if one.expires_at else "active"


def _listed(one: Consumer, former: str | None) -> ListedConsumer:
    return ListedConsumer(
        one.name, sorted(one.scopes), sorted(one.schools, key=int), one.is_allowed, one.made_at, one.expires_at,
        one.revoked_at, one.last_seen, one.requests, one.records, one.state, former,
    )  # fmt: skip
