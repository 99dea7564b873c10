"""`consumers`: the products that may read from the roster service."""

from __future__ import annotations

import argparse
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say, table
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.operations.roster_service import add_consumer, all_consumers, revoke_consumer, rotate_secret


def add(options: argparse.Namespace) -> int:
    """Let a product read."""
    # The last day belongs to it.
    expires = f"{options.expires.isoformat()}T23:59:59Z" if options.expires else None
    secret = add_consumer(
        chosen_district(options), options.name, options.scopes, options.schools, expires
    ).reveal()  # fmt: skip
    if options.json:
        print_json({"client_id": options.name, "client_secret": secret, "expires_at": expires})
    else:
        _tell_secret(options.name, secret)
    return 0


def rotate(options: argparse.Namespace) -> int:
    """Make a new secret."""
    secret, until = rotate_secret(chosen_district(options), options.name)
    if options.json:
        print_json({"client_id": options.name, "client_secret": secret.reveal(), "former_until": until})
    else:
        _tell_secret(options.name, secret.reveal())
        say(f"The secret of before goes on until {until}.")
    return 0


def _tell_secret(name: str, secret: str) -> None:
    line(f"Client id:     {name}")
    line(f"Client secret: {secret}")
    say("The secret is shown only now; what is kept of it can't be turned back.")


def revoke(options: argparse.Namespace) -> int:
    """Let a product read no more."""
    revoke_consumer(chosen_district(options), options.name)
    if options.json:
        print_json({"revoked": options.name})
    else:
        say(f"{options.name} can read no more.")
    return 0


def list_all(options: argparse.Namespace) -> int:
    """Who may read, and what each has read."""
    found = all_consumers(chosen_district(options))
    if options.json:
        print_json({"consumers": [_document(one) for one in found]})
    else:
        table(
            ("Consumer", "May read", "Schools", "State", "Last seen", "Requests", "Records"),
            [
                (
                    one.name, ", ".join(sorted(one.scopes)), ", ".join(sorted(one.schools, key=int)) or "all",
                    _look(one), one.last_seen or "never", f"{one.requests:,}", f"{one.records:,}",
                )
                for one in found
            ],
        )  # fmt: skip
    return 0


def _look(one: Consumer) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if not one.is_allowed:
        return "expired"
    return f"until {one.expires_at[:10]}" if one.expires_at else "active"


def _document(one: Consumer) -> dict[str, Any]:
    return {
        "name": one.name, "scopes": sorted(one.scopes), "schools": sorted(one.schools, key=int),
        "allowed": one.is_allowed, "made_at": one.made_at, "expires_at": one.expires_at,
        "revoked_at": one.revoked_at, "last_seen": one.last_seen, "requests": one.requests,
        "records": one.records, "state": one.state,
    }  # fmt: skip
