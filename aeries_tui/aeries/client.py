"""The client of the Aeries API: every list and record a roster needs, read politely and completely."""

from __future__ import annotations

import asyncio
import random as random_module
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar
from urllib.parse import quote

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.answers import Denied, error_of
from aeries_tui.aeries.decoding import BadRecord, Decoded, decode_list
from aeries_tui.aeries.endpoints import (
    CLASSES,
    COURSES,
    FEEDS,
    SCHOOLS,
    SECTIONS,
    STAFF,
    STUDENTS,
    SYSTEM_INFO,
    TEACHERS,
    Endpoint,
    Feed,
)
from aeries_tui.aeries.errors import (
    AeriesError,
    CertificateRefused,
    GaveUp,
    NotThere,
    PagingShifted,
    PermissionMissing,
    RequestRefused,
    UnknownYear,
    WindowsAuthentication,
    WrongAddress,
)
from aeries_tui.aeries.events import Event, ReadAgain, RequestDone, Traffic, Waiting
from aeries_tui.aeries.gate import Gate
from aeries_tui.aeries.limits import Limits
from aeries_tui.aeries.paging import Pager, ResumePoint, Rows, Verdict, Window
from aeries_tui.aeries.records import (
    ChangedCourse,
    ChangedSection,
    ChangedStaff,
    ChangedStudent,
    ClassRow,
    Course,
    Record,
    School,
    Section,
    StaffMember,
    Student,
    SystemInfo,
    Teacher,
)
from aeries_tui.aeries.retry import RetryPolicy
from aeries_tui.aeries.transport import Reply, Transport
from aeries_tui.secret import Secret

if TYPE_CHECKING:
    import httpx

T = TypeVar("T", bound=Record)
R = TypeVar("R")

_CHANGED: dict[Feed, type[Record]] = {
    Feed.STUDENTS: ChangedStudent,
    Feed.SECTIONS: ChangedSection,
    Feed.ROSTERS: ChangedSection,
    Feed.COURSES: ChangedCourse,
    Feed.STAFF: ChangedStaff,
}


@dataclass
class Answer(Generic[T]):
    """A list that was read whole, or one page of it.

    Attributes:
        decoded: its records, good and bad.
        traffic: what reading it cost.
    """

    decoded: Decoded[T]
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def records(self) -> list[T]:
        """The good records."""
        return self.decoded.records

    @property
    def bad(self) -> list[BadRecord]:
        """The records that can't be used."""
        return self.decoded.bad

    @property
    def bad_parts(self) -> list[BadRecord]:
        """What was left out of good records."""
        return self.decoded.bad_parts

    @property
    def received(self) -> int:
        """Rows received: good and bad records."""
        return self.decoded.received


@dataclass
class StudentPage:
    """A page of a school's students. With a higher `attempt` all pages of lower ones are void.

    Attributes:
        attempt: of reading the list, from 1.
        number: of the page in this attempt, from 1.
        answer: its rows; none that the page before had as well, unless Aeries lists them twice.
        resume_point: where to go on once this page is safe.
        is_last: the list has been read with this page; otherwise the end shows with the next request.
    """

    attempt: int
    number: int
    answer: Answer[Student]
    resume_point: ResumePoint
    is_last: bool = False


@dataclass(frozen=True)
class ClientOptions:
    """How to reach and ask Aeries.

    Attributes:
        limits: figures.
        year: the school year to ask for, by the year it starts in; None for the district's own.
        allow_plain_http: send the certificate without TLS, to other machines as well.
        ca_file: further authorities to trust, PEM.
        on_event: is told what happens.
        transport: takes the requests in place of the network; for tests.
        clock: seconds, monotonic.
        sleep: waits for seconds.
        random: numbers from 0 to 1.
    """

    limits: Limits = field(default_factory=Limits)
    year: int | None = None
    allow_plain_http: bool = False
    ca_file: Path | None = None
    on_event: Callable[[Event], None] = field(default=lambda event: None, repr=False)
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], Awaitable[Any]] = field(default=asyncio.sleep, repr=False)
    random: Callable[[], float] = field(default=random_module.random, repr=False)


@dataclass(frozen=True)
class _Ask:
    """One request: what for, and how."""

    endpoint: Endpoint
    path: str
    school: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return self.endpoint.where(self.school)


class AeriesClient:
    """Reads one Aeries application. Use it as an async context manager, once.

    Every method raises the errors of `aeries_tui.aeries.errors`, after as many tries as the limits allow.

    Args:
        address: where the API is.
        certificate: of the district.
        options: everything else.

    Attributes:
        traffic: of all requests so far.
        certificate_proven: Aeries has accepted the certificate.
    """

    def __init__(self, address: Address, certificate: Secret, options: ClientOptions | None = None) -> None:
        self.address = address
        self.options = options or ClientOptions()
        self.traffic = Traffic()
        self.certificate_proven = False
        self._certificate = certificate
        self._limits = self.options.limits
        self._denied: set[Endpoint] = set()
        self._retries = RetryPolicy(self._limits, self.options.random)
        self._gate = Gate(
            self._limits.at_a_time,
            self._limits.most_at_a_time,
            clock=self.options.clock,
            sleep=self.options.sleep,
            on_event=self.options.on_event,
        )
        self._transport = Transport(
            address,
            certificate,
            limits=self._limits,
            allow_plain_http=self.options.allow_plain_http,
            ca_file=self.options.ca_file,
            handler=self.options.transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    def at(self, address: Address) -> AeriesClient:
        """A client with the same certificate and options for another root of the same host."""
        if address.origin != self.address.origin:
            raise WrongAddress("The certificate belongs to another host.")
        return AeriesClient(address, self._certificate, self.options)

    # --- the whole district ---

    async def system_info(self, year: int | None = None) -> SystemInfo | None:
        """Version, school year and clock; None from a server that is too old to tell.

        Args:
            year: ask for that school year; the client's own where left out.

        Raises:
            UnknownYear: Aeries gave another year than was asked for.
            WrongAddress: what answers is no Aeries.
        """
        wanted = year if year is not None else self.options.year
        params = {} if year is None else {"DatabaseYear": str(year)}
        info = await self._single(_Ask(SYSTEM_INFO, "systeminfo", params=params), SystemInfo)
        if info is None:
            return None
        if info.aeries_version is None and info.database_year is None:
            raise WrongAddress("What answers at the address is no Aeries API.")
        given = str(info.database_year or "").strip()[:4]
        if wanted is not None and given != str(wanted):
            raise UnknownYear(f"Aeries gave the school year {given or 'it did not name'}, not {wanted}.")
        return info

    async def schools(self) -> Answer[School]:
        """All rows of the school list; not every row is a school.

        Raises:
            CertificateRefused: the only thing this list needs is the certificate.
            WrongAddress: there is no such list.
        """
        try:
            return await self._list(_Ask(SCHOOLS, "schools"), School)
        except NotThere:
            raise WrongAddress(
                "The address leads to no Aeries API (status 404 for the list of schools)."
            ) from None

    async def staff(self) -> Answer[StaffMember]:
        """All staff."""
        return await self._list(_Ask(STAFF, "staff"), StaffMember)

    async def courses(self) -> Answer[Course]:
        """All courses."""
        return await self._list(_Ask(COURSES, "courses"), Course)

    async def changes(self, feed: Feed, since: datetime) -> Answer[Any]:
        """The ids of what changed.

        Args:
            feed: which list of changes.
            since: in the server's local time, as systeminfo gives it (contract, section 7).
        """
        when = f"{since:%Y/%m/%d/%H/%M}"
        return await self._list(_Ask(FEEDS[feed], f"{feed.value}/{when}"), _CHANGED[feed])

    # --- one school ---

    async def teachers(self, school: int) -> Answer[Teacher]:
        """All teacher records of a school."""
        return await self._list(_Ask(TEACHERS, f"schools/{school}/teachers", school), Teacher)

    async def sections(self, school: int) -> Answer[Section]:
        """The master schedule of a school."""
        return await self._list(_Ask(SECTIONS, f"schools/{school}/sections", school), Section)

    async def classes(self, school: int) -> Answer[ClassRow]:
        """Every class of every student of a school, the year's history included."""
        return await self._list(_Ask(CLASSES, f"schools/{school}/classes", school), ClassRow)

    async def students(
        self, school: int, *, page_size: int = 500, resume: ResumePoint | None = None
    ) -> AsyncIterator[StudentPage]:
        """All student records of a school, page by page; complete when the iterator ends.

        Args:
            school: its code.
            page_size: new rows per page.
            resume: where to go on; the pages up to there are not read again unless rows have moved.

        Raises:
            PagingShifted: rows moved each time, and the list could not be had in one answer.
        """
        pager = Pager(page_size, resume)
        while not pager.is_done:
            answer = await self._student_rows(school, pager)
            decoded = answer.decoded
            verdict = pager.take(Rows(decoded.received, decoded.first_mark, decoded.last_mark))
            if verdict is Verdict.MOVED:
                self.options.on_event(ReadAgain(STUDENTS.name, school, pager.attempt))
            if verdict is Verdict.TAKE_REST:
                decoded.drop_first()
            if verdict in {Verdict.TAKE_ALL, Verdict.TAKE_REST}:
                yield StudentPage(pager.attempt, pager.number, answer, pager.resume_point, pager.is_done)

    async def _student_rows(self, school: int, pager: Pager) -> Answer[Student]:
        ask = _Ask(STUDENTS, f"schools/{school}/students", school, _paging_params(pager.window))
        try:
            return await self._list(ask, Student)
        except NotThere:
            if pager.number == 0:
                raise
            return Answer(Decoded([]))
        except AeriesError as error:
            if not pager.is_unpaged or error.fatal or isinstance(error, PermissionMissing):
                raise
            raise PagingShifted(
                f"The rows of {ask.where} moved each time they were read page by page, "
                f"and they could not be had in one answer: {error.message}"
            ) from None

    # --- single records ---

    async def student_records(self, student: int, school: int) -> Answer[Student]:
        """All records of one student in the district; none where Aeries does not know the student.

        Args:
            student: the StudentID.
            school: any school code; Aeries ignores it (contract, section 7).
        """
        return await self._list_or_none(
            _Ask(STUDENTS, f"schools/{school}/students/{student}", school), Student
        )

    async def student_classes(self, student: int, school: int) -> Answer[ClassRow]:
        """One student's classes at one school."""
        return await self._list_or_none(
            _Ask(CLASSES, f"schools/{school}/classes/{student}", school), ClassRow
        )

    async def section_roster(self, school: int, section: int) -> Answer[ClassRow]:
        """The roster of one section, the year's history included."""
        path = f"schools/{school}/sections/{section}/students"
        return await self._list_or_none(_Ask(CLASSES, path, school), ClassRow)

    async def staff_member(self, staff: int) -> StaffMember | None:
        """One member of staff."""
        return await self._single(_Ask(STAFF, f"staff/{staff}"), StaffMember)

    async def course(self, course: str) -> Course | None:
        """One course."""
        return await self._single(_Ask(COURSES, f"courses/{quote(course, safe='')}"), Course)

    async def section(self, school: int, section: int) -> Section | None:
        """One section."""
        return await self._single(_Ask(SECTIONS, f"schools/{school}/sections/{section}", school), Section)

    async def school(self, school: int) -> School | None:
        """One school."""
        return await self._single(_Ask(SCHOOLS, f"schools/{school}", school), School)

    async def probe(self, endpoint: Endpoint, path: str, params: Mapping[str, str] | None = None) -> None:
        """See whether Aeries answers a request with data; only the beginning of the answer is read.

        Raises:
            NotThere: status 404.
            PermissionMissing: refused, although the certificate is good.
        """
        await self._ask(_Ask(endpoint, path, params=params or {}), lambda reply: None, head_only=True)

    async def _list_or_none(self, ask: _Ask, type_: type[T]) -> Answer[T]:
        try:
            return await self._list(ask, type_)
        except NotThere:
            return Answer(Decoded([]))

    async def _single(self, ask: _Ask, type_: type[T]) -> T | None:
        found = await self._list_or_none(ask, type_)
        if found.bad and not found.records:
            raise RequestRefused(
                f"The record in {ask.where} can't be used: {found.bad[0].field or 'unreadable'}."
            )
        return found.records[0] if found.records else None

    # --- asking ---

    async def _list(self, ask: _Ask, type_: type[T]) -> Answer[T]:
        def read(reply: Reply) -> Decoded[T]:
            return decode_list(reply.body, type_, ask.where)

        decoded, traffic = await self._ask(ask, read)
        return Answer(decoded, traffic)

    async def _ask(
        self, ask: _Ask, read: Callable[[Reply], R], *, head_only: bool = False
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
        raise await self._why_denied(ask, reason)

    async def _why_denied(self, ask: _Ask, denied: AeriesError) -> AeriesError:
        """The certificate or a permission? The list of schools needs the one and not the other."""
        if isinstance(denied, WindowsAuthentication) and not self.certificate_proven:
            return denied
        if ask.endpoint.area is None:
            return CertificateRefused(f"Aeries refused the API certificate when asked for {ask.where}.")
        if ask.endpoint not in self._denied:
            try:
                await self.schools()
            except AeriesError as error:
                return error
            self._denied.add(ask.endpoint)
        area = ask.endpoint.area
        return PermissionMissing(
            f"The certificate has no permission to read {ask.where} ({area.value}).",
            area=area.value,
            remedy=area.remedy,
        )

    async def _with_tries(self, ask: _Ask, read: Callable[[Reply], R], head_only: bool) -> tuple[R, Traffic]:
        traffic, begun = Traffic(), self.options.clock()
        while True:
            traffic.requests += 1
            async with self._gate.through():
                outcome, error = await self._try(ask, read, head_only, traffic)
            if error is None:
                assert outcome is not None
                traffic.seconds = self.options.clock() - begun
                self.traffic.add(traffic)
                return outcome[0], traffic
            wait = self._retries.wait_before_next(error, traffic.requests)
            if wait is None:
                traffic.seconds = self.options.clock() - begun
                self.traffic.add(traffic)
                if error.retry and self._retries.is_hopeless:
                    error = GaveUp(error, self._retries.failures_in_a_row)
                raise error
            traffic.retries += 1
            await self._wait(ask, error, wait)

    async def _wait(self, ask: _Ask, error: AeriesError, seconds: float) -> None:
        everybody = error.retry_after is not None
        self.options.on_event(Waiting(ask.endpoint.name, ask.school, error.code, seconds, everybody))
        if everybody:
            self._gate.pause(seconds)
        else:
            await self.options.sleep(seconds)

    async def _try(
        self, ask: _Ask, read: Callable[[Reply], R], head_only: bool, traffic: Traffic
    ) -> tuple[tuple[R] | None, AeriesError | None]:
        """One try: the outcome, or what was wrong."""
        started = self.options.clock()
        status: int | None = None
        size = 0
        result: tuple[R] | None = None
        error: AeriesError | None = None
        try:
            reply = await self._transport.get(ask.path, self._params(ask), ask.where, head_only=head_only)
            status, size = reply.status, len(reply.body)
            error = error_of(status, reply.headers, reply.body, ask.where)
            if error is None:
                result = (read(reply),)
        except AeriesError as known:
            error = known
        seconds = self.options.clock() - started
        traffic.bytes += size
        if error is None or not error.retry:
            self._retries.succeeded()
            if status is not None:
                self._gate.answered(ask.endpoint.name, seconds)
        elif error.overload:
            self._gate.overloaded(error.code)
        self.options.on_event(
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

    def _params(self, ask: _Ask) -> dict[str, str]:
        year = {} if self.options.year is None else {"DatabaseYear": str(self.options.year)}
        return {**year, **ask.params}


def _paging_params(window: Window | None) -> dict[str, str]:
    if window is None:
        return {}
    return {"StartingRecord": str(window.first), "EndingRecord": str(window.last)}
