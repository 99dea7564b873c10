"""One request with all its tries: when it may go, whether it is tried again, and why it was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.concurrency import AdaptiveLimiter
from aeries_tui.aeries.endpoints import SCHOOLS, SYSTEM_INFO, Endpoint
from aeries_tui.aeries.errors import (
    AeriesError,
    CertificateRefused,
    GaveUp,
    Intercepted,
    PermissionMissing,
    SignInPage,
    TimedOut,
    WindowsAuthentication,
    WrongAddress,
)
from aeries_tui.aeries.events import RequestDone, Traffic, Waiting
from aeries_tui.aeries.host_slots import HostSlots
from aeries_tui.aeries.http_errors import Denied, SilentlyDenied, error_of
from aeries_tui.aeries.options import ClientOptions
from aeries_tui.aeries.retry import RetryPolicy
from aeries_tui.aeries.transport import Reply, Transport
from aeries_tui.codes import CODES, Code
from aeries_tui.secret import Secret

R = TypeVar("R")

_SILENT = (
    " The refusal came without a word: if all is right in Aeries, a firewall or gateway may have sent it."
)


@dataclass(frozen=True)
class ListRequest:
    """One request: what for, and how."""

    endpoint: Endpoint
    path: str
    school: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The list as an error names it."""
        return self.endpoint.where(self.school)


async def no_matter(reply: Reply) -> None:
    """Reads nothing of an answer: it is enough that it came."""


class Requester:
    """Asks one Aeries application, politely and with patience.

    Args:
        address: where the API is.
        certificate: of the district.
        options: everything else.

    Attributes:
        traffic: of all requests so far.
        certificate_proven: Aeries has accepted the certificate.
        year: the school year that every request names, by the year it starts in; None for the district's own.
    """

    def __init__(self, address: Address, certificate: Secret, options: ClientOptions) -> None:
        self.traffic = Traffic()
        self.certificate_proven = False
        self._address_proven = False
        self.year = options.year
        self._options = options
        self._denied: set[Endpoint] = set()
        self._retries = RetryPolicy(options.limits, options.random)
        self._gate = AdaptiveLimiter(
            options.limits.at_a_time,
            options.limits.most_at_a_time,
            clock=options.clock,
            sleep=options.sleep,
            on_event=options.on_event,
        )
        self._slots = HostSlots(
            options.host_slots,
            address.site,
            options.host_requests,
            options.sleep,
            options.random,
            options.on_event,
            patience=options.limits.turn,
        )
        self._transport = Transport(
            address,
            certificate,
            limits=options.limits,
            allow_plain_http=options.allow_plain_http,
            ca_file=options.ca_file,
            handler=options.transport,
        )

    @property
    def running(self) -> int:
        """Requests under way."""
        return self._gate.running

    async def aclose(self) -> None:
        """Close the connections."""
        self._slots.close()
        await self._transport.aclose()

    async def ask(
        self, ask: ListRequest, read: Callable[[Reply], Awaitable[R]], *, head_only: bool = False
    ) -> tuple[R, Traffic]:
        """The answer, after as many tries as it takes; refusals explained."""
        try:
            result = await self._with_tries(ask, read, head_only)
        except (Denied, WindowsAuthentication) as denied:
            reason: AeriesError = denied
        else:
            self._denied.discard(ask.endpoint)
            self.certificate_proven = self.certificate_proven or ask.endpoint is not SYSTEM_INFO
            return result
        why = await self._why_denied(ask, reason)
        why.traffic = reason.traffic
        raise why

    async def _why_denied(self, ask: ListRequest, denied: AeriesError) -> AeriesError:
        """The certificate or a permission? The list of schools needs the one and not the other."""
        if isinstance(denied, WindowsAuthentication) and not self.certificate_proven:
            return denied
        silent = _SILENT if isinstance(denied, SilentlyDenied) else ""
        if ask.endpoint.area is None:
            return CertificateRefused(
                f"Aeries refused the API certificate when asked for {ask.where}.",
                remedy=f"{CODES[Code.SRC_CERTIFICATE].remedy}{silent}" if silent else "",
            )
        if ask.endpoint not in self._denied:
            try:
                await self.ask(ListRequest(SCHOOLS, "schools"), no_matter, head_only=True)
            except AeriesError as error:
                return error
            self._denied.add(ask.endpoint)
        area = ask.endpoint.area
        return PermissionMissing(
            f"The certificate has no permission to read {ask.where} ({area.value}).",
            area=area.value,
            remedy=area.remedy + silent,
        )

    async def _with_tries(
        self, ask: ListRequest, read: Callable[[Reply], Awaitable[R]], head_only: bool
    ) -> tuple[R, Traffic]:
        traffic, begun = Traffic(), self._options.clock()
        while True:
            traffic.requests += 1
            async with self._gate.through(), self._slots.held():
                outcome, error = await self._try(ask, read, head_only, traffic)
            if error is None:
                assert outcome is not None
                traffic.seconds = self._options.clock() - begun
                self.traffic.add(traffic)
                return outcome[0], traffic
            wait = self._retries.wait_before_next(error, traffic.requests)
            if wait is None:
                traffic.seconds = self._options.clock() - begun
                self.traffic.add(traffic)
                if error.retry and self._retries.is_hopeless:
                    error = GaveUp(error, self._retries.failures_in_a_row)
                error.traffic = traffic
                raise error
            traffic.retries += 1
            await self._wait(ask, error, wait)

    async def _wait(self, ask: ListRequest, error: AeriesError, seconds: float) -> None:
        everybody = error.retry_after is not None
        self._options.on_event(Waiting(ask.endpoint.name, ask.school, error.code, seconds, everybody))
        if everybody:
            self._gate.pause(seconds)
            self._slots.pause(seconds)
        else:
            await self._options.sleep(seconds)

    async def _try(
        self, ask: ListRequest, read: Callable[[Reply], Awaitable[R]], head_only: bool, traffic: Traffic
    ) -> tuple[tuple[R] | None, AeriesError | None]:
        """One try: the outcome, or what was wrong."""
        started = self._options.clock()
        status: int | None = None
        size = 0
        result: tuple[R] | None = None
        error: AeriesError | None = None
        try:
            async with asyncio.timeout(self._options.limits.request), AsyncExitStack() as room:
                reply = await self._transport.get(
                    ask.path, self._params(ask), ask.where, room=room, head_only=head_only
                )
                status, size = reply.status, len(reply.body)
                error = error_of(status, reply.headers, reply.body, ask.where)
                if error is None:
                    result = (await read(reply),)
        except AeriesError as known:
            # Without the frames, which hold the answer and would keep it in memory.
            error = known.with_traceback(None)
            error.__context__ = error.__cause__ = None
        except TimeoutError:
            error = TimedOut(
                f"Aeries took longer than {self._options.limits.request:.0f} s over {ask.where}."
            )
        if error is not None:
            error = self._as_what_it_is(ask, error)
        else:
            self._address_proven = True
        seconds = self._options.clock() - started
        traffic.bytes += size
        if error is None or not error.retry:
            self._retries.succeeded()
            if status is not None:
                self._gate.answered(ask.endpoint.name, seconds)
        elif error.overload:
            self._gate.overloaded(error.code)
            self._slots.overloaded()
        self._options.on_event(
            RequestDone(
                ask.endpoint.name,
                ask.school,
                status,
                size,
                seconds,
                traffic.requests,
                error.code if error else "",
            )
        )
        return result, error

    def _as_what_it_is(self, ask: ListRequest, error: AeriesError) -> AeriesError:
        """A failure seen in the light of what has worked before, and of what the list needs."""
        if isinstance(error, Denied) and ask.endpoint is SYSTEM_INFO:
            return Intercepted(f"{error.message[:-1]}, which needs neither certificate nor permission.")
        if self._address_proven and isinstance(error, SignInPage | WrongAddress):
            return Intercepted(error.message)
        return error

    def _params(self, ask: ListRequest) -> dict[str, str]:
        year = {} if self.year is None else {"DatabaseYear": str(self.year)}
        return {**year, **ask.params}
