"""The roster service of a district: who may read, how it stands, running it, and the socket that starts it."""

from aeries_tui.operations.roster_service.answering import Answering, answering
from aeries_tui.operations.roster_service.consumers import (
    SCOPES,
    Consumers,
    add_consumer,
    all_consumers,
    check_consumer_name,
    last_moment,
    revoke_consumer,
    rotate_secret,
)
from aeries_tui.operations.roster_service.running import Ready, serve
from aeries_tui.operations.roster_service.sockets import install_socket, socket_of, socket_of_machine
from aeries_tui.operations.roster_service.standing import ServiceStanding, service_standing

__all__ = [
    "SCOPES",
    "Answering",
    "Consumers",
    "Ready",
    "ServiceStanding",
    "add_consumer",
    "all_consumers",
    "answering",
    "check_consumer_name",
    "install_socket",
    "last_moment",
    "revoke_consumer",
    "rotate_secret",
    "serve",
    "service_standing",
    "socket_of",
    "socket_of_machine",
]
