"""The client as the settings want it; that of a pull writes what it meets to the log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from aeries_tui.aeries import (
    AeriesClient,
    ClientOptions,
    Event,
    Limits,
    Queued,
    ReadAgain,
    RequestDone,
    Slowed,
    Unshared,
    Waiting,
    Widened,
    normalise_address,
)
from aeries_tui.errors import MasterError
from aeries_tui.pull.log import PullLog
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, Settings, Source, private_dir


def client_limits(source: Source) -> Limits:
    """The client's limits, out of the settings of [source]."""
    return Limits(
        at_a_time=min(source.requests_at_a_time, source.requests_ceiling),
        most_at_a_time=source.requests_ceiling,
        tries=source.tries,
        retry_budget=source.retry_budget,
        connect=source.connect_timeout,
        silence=source.silence_timeout,
        request=source.request_deadline,
        answer_bytes=source.answer_megabytes * 1024 * 1024,
        answer_rows=source.answer_rows,
        answer_bad_rows=source.answer_bad_rows,
    )


def new_client(
    credential: Credential,
    source: Source,
    limits: Limits,
    secret: Secret | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    year: str = "",
    *,
    host_slots: Path,
) -> AeriesClient:
    """A client for the Aeries of a credential.

    Args:
        credential: whose address is asked.
        source: [source] of the settings.
        limits: how long and how often it tries.
        secret: the certificate; None for the credential's own.
        on_event: hears what the client meets.
        year: the school year that is asked for, such as `2026-2027`; blank for the server's default.
        host_slots: where all that ask share what a server gets of them at a time.

    Raises:
        AeriesTuiError: there is no certificate, the address is none, or it is plain http.
    """
    with contextlib.suppress(MasterError):  # then nothing is shared, which the client says
        private_dir(host_slots)
    return AeriesClient(
        normalise_address(credential.url),
        secret or credential.resolve(),
        ClientOptions(
            limits=limits,
            year=int(year[:4]) if year else None,
            allow_plain_http=source.allow_plain_http,
            ca_file=Path(source.ca_file) if source.ca_file else None,
            on_event=on_event,
            host_slots=host_slots,
            host_requests=source.host_requests,
        ),
    )


def pulling_client(
    credential: Credential, settings: Settings, secret: Secret, log: PullLog, year: str, host_slots: Path
) -> AeriesClient:
    """The client of a pull; what it meets is written to the pull's log.

    Args:
        credential: whose address is asked.
        settings: config.toml.
        secret: the certificate.
        log: of the pull.
        year: the school year that is asked for, such as `2026-2027`; blank for the server's default.
        host_slots: see `new_client`.
    """
    limits = client_limits(settings.source)
    return new_client(credential, settings.source, limits, secret, _noting(log), year, host_slots=host_slots)


def _noting(log: PullLog) -> Callable[[Event], None]:
    def note(event: Event) -> None:
        match event:
            case RequestDone() as done:
                where = done.endpoint if done.school is None else f"{done.endpoint} of school {done.school}"
                outcome = done.code or f"{done.bytes:,} bytes"
                log.write(
                    "debug",
                    f"{where}: status {done.status or 'none'}, {outcome}, {done.seconds:.2f} s, try {done.tries}.",
                )
            case Waiting() as wait:
                whom = "all requests wait" if wait.everybody else "waiting"
                log.write("warning", f"{wait.reason} for {wait.endpoint}: {whom} {wait.seconds:.1f} s.")
            case Slowed() as slowed:
                log.write("warning", f"Slowing down to {slowed.limit} requests at a time ({slowed.reason}).")
            case Widened() as wider:
                log.write("info", f"The server keeps up: {wider.limit} requests at a time.")
            case Queued() as queued:
                log.write(
                    "info",
                    f"Waiting {queued.seconds:.0f} s for a turn at the server (source.host_requests): {queued.whom}.",
                )
            case Unshared() as unshared:
                log.write(
                    "warning",
                    f"What others ask of this server can't be counted ({unshared.reason}); "
                    "this pull keeps to its own limit alone.",
                )
            case ReadAgain() as again:
                log.write(
                    "info", f"Rows moved in {again.endpoint} of school {again.school}; it is read again."
                )

    return note
