"""The client of the Aeries API: every list and record a roster needs, read politely and completely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast
from urllib.parse import quote

from aeries_tui.aeries.address import Address
from aeries_tui.aeries.decoding import BadRecord, Decoded, decode_steps
from aeries_tui.aeries.endpoints import (
    COURSES,
    FEEDS,
    SCHOOLS,
    SINGLES,
    STAFF_SIDE,
    STUDENTS,
    SYSTEM_INFO,
    Endpoint,
    Feed,
    Single,
)
from aeries_tui.aeries.errors import (
    AeriesError,
    NotThere,
    PagingShifted,
    PermissionMissing,
    RequestRefused,
    UnknownYear,
    WrongAddress,
)
from aeries_tui.aeries.events import ReadAgain, Traffic
from aeries_tui.aeries.options import ClientOptions
from aeries_tui.aeries.paging import Pager, ResumePoint, Rows, Verdict, Window
from aeries_tui.aeries.records import (
    Course,
    Record,
    School,
    Section,
    StaffMember,
    Student,
    SystemInfo,
    Teacher,
)
from aeries_tui.aeries.requester import ListRequest, Requester, no_matter
from aeries_tui.aeries.transport import Reply
from aeries_tui.secret import Secret

T = TypeVar("T", bound=Record)
R = TypeVar("R")

_HASHED = 8 * 1024 * 1024


@dataclass
class Answer(Generic[T]):
    """A list that was read whole, or one page of it.

    Attributes:
        decoded: its records, good and bad.
        traffic: what reading it cost.
        digest: of the bytes of the answer, hexadecimal; blank where there were none.
    """

    decoded: Decoded[T]
    traffic: Traffic = field(default_factory=Traffic)
    digest: str = ""

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

    @property
    def is_suspicious(self) -> bool:
        """Some row may stand for several records: who is not among the good ones may have been there."""
        return self.decoded.is_suspicious


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


class AeriesClient:
    """Reads one Aeries application. Use it as an async context manager, once.

    Every method raises the errors of `aeries_tui.aeries.errors`, after as many tries as the limits allow.

    Args:
        address: where the API is.
        certificate: of the district.
        options: everything else.
    """

    def __init__(self, address: Address, certificate: Secret, options: ClientOptions | None = None) -> None:
        self.address = address
        self.options = options or ClientOptions()
        self._certificate = certificate
        self._asker = Requester(address, certificate, self.options)
        self._absent: set[Endpoint] = set()
        self._elsewhere: Address | None = None

    @property
    def traffic(self) -> Traffic:
        """What all requests so far have cost."""
        return self._asker.traffic

    @property
    def certificate_proven(self) -> bool:
        """Aeries has accepted the certificate."""
        return self._asker.certificate_proven

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._asker.aclose()

    def at(self, address: Address) -> AeriesClient:
        """A client with the same certificate and options for another root of the same host."""
        if address.origin != self.address.origin:
            raise WrongAddress("The certificate belongs to another host.")
        return AeriesClient(address, self._certificate, self.options)

    # --- the whole district ---

    async def system_info(self) -> SystemInfo | None:
        """Version, school year and clock; None from a server that is too old to tell.

        Every request after it names the school year that it told: what is not named is silently the district's
        default, which may become another one at any time (contract, section 2).

        Raises:
            UnknownYear: Aeries gave another year than was asked for.
            WrongAddress: what answers is no Aeries.
        """
        wanted = self._asker.year
        info = await self._single(ListRequest(SYSTEM_INFO, SYSTEM_INFO.path), SystemInfo)
        if info is None:
            return None
        if info.aeries_version is None and info.database_year is None:
            raise WrongAddress("What answers at the address is no Aeries API.")
        given = str(info.database_year or "").strip()[:4]
        if wanted is not None and given != str(wanted):
            raise UnknownYear(f"Aeries gave the school year {given or 'it did not name'}, not {wanted}.")
        if given.isascii() and given.isdecimal():
            self._asker.year = int(given)
        return info

    async def schools(self) -> Answer[School]:
        """All rows of the school list; not every row is a school.

        Raises:
            CertificateRefused: the only thing this list needs is the certificate.
            WrongAddress: there is no such list.
        """
        try:
            return await self._list(ListRequest(SCHOOLS, SCHOOLS.path), School)
        except NotThere:
            raise WrongAddress(
                "The address leads to no Aeries API (status 404 for the list of schools)."
            ) from None

    async def changes(self, feed: Feed, since: datetime) -> Answer[Any]:
        """The ids of what changed.

        Args:
            feed: which list of changes.
            since: in the server's local time, as systeminfo gives it (contract, section 7).
        """
        when = f"{since:%Y/%m/%d/%H/%M}"
        return await self._list(ListRequest(FEEDS[feed], f"{feed.value}/{when}"), FEEDS[feed].record)

    # --- lists ---

    async def read_list(self, endpoint: Endpoint, school: int | None = None) -> Answer[Any]:
        """A list in one answer: all staff, all courses, the teachers, sections or classes of a school.

        Args:
            endpoint: which list.
            school: the school's code, where each has its own.
        """
        ask = ListRequest(endpoint, endpoint.path.format(school=school), school)
        if endpoint.is_staff_side:
            return await self._list_of_staff_side(ask)
        return await self._list(ask, endpoint.record)

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

    async def all_students(self, school: int) -> Answer[Student]:
        """All student records of a school in one answer, without paging."""
        return await self._list(ListRequest(STUDENTS, f"schools/{school}/students", school), Student)

    async def _student_rows(self, school: int, pager: Pager) -> Answer[Student]:
        ask = ListRequest(STUDENTS, STUDENTS.path.format(school=school), school, _paging_params(pager.window))
        try:
            return await self._list(ask, Student)
        except NotThere:
            if pager.number == 0:
                raise
            return Answer(Decoded([]))
        except AeriesError as error:
            if not pager.is_unpaged or error.fatal or isinstance(error, PermissionMissing):
                raise
            moved = PagingShifted(
                f"The rows of {ask.where} moved each time they were read page by page, "
                f"and they could not be had in one answer: {error.message}"
            )
            moved.traffic = error.traffic
            raise moved from None

    # --- single records ---

    async def single(self, what: Single, key: int | str, school: int | None = None) -> Answer[Any]:
        """What Aeries has under one id.

        Args:
            what: the kind of records.
            key: the id.
            school: the school's code, where the path names one.

        Raises:
            NotThere: Aeries knows of nothing under that id.
        """
        return await self._list(_ask_single(what, key, school), SINGLES[what].record)

    async def student_records(self, student: int, school: int) -> Answer[Student]:
        """All records of one student in the district; none where Aeries does not know the student.

        Args:
            student: the StudentID.
            school: any school code; Aeries ignores it (contract, section 7).
        """
        return await self._single_or_none(Single.STUDENT, student, school)

    async def staff_member(self, staff: int) -> Answer[StaffMember]:
        """One member of staff; none where Aeries does not know them."""
        return await self._single_or_none(Single.STAFF, staff)

    async def staff_sections(self, staff: int) -> Answer[Section]:
        """The sections of one member of staff, at all schools; none where Aeries knows of none."""
        return await self._single_or_none(Single.STAFF_SECTIONS, staff)

    async def staff_teachers(self, staff: int) -> Answer[Teacher]:
        """The teacher records that name one member of staff, at all schools; none where Aeries knows of none."""
        return await self._single_or_none(Single.STAFF_TEACHERS, staff)

    async def course(self, course: str) -> Course | None:
        """One course."""
        return await self._single(_ask_single(Single.COURSE, course), Course)

    async def section(self, school: int, section: int) -> Section | None:
        """One section."""
        return await self._single(_ask_single(Single.SECTION, section, school), Section)

    async def school(self, school: int) -> School | None:
        """One school."""
        return await self._single(ListRequest(SCHOOLS, f"schools/{school}", school), School)

    async def probe(self, endpoint: Endpoint, path: str, params: Mapping[str, str] | None = None) -> None:
        """See whether Aeries answers a request with data; only the beginning of the answer is read.

        Raises:
            NotThere: status 404.
            PermissionMissing: refused, although the certificate is good.
        """
        await self._asker.ask(ListRequest(endpoint, path, params=params or {}), no_matter, head_only=True)

    async def _single_or_none(self, what: Single, key: int | str, school: int | None = None) -> Answer[Any]:
        return await self._list_or_none(_ask_single(what, key, school), SINGLES[what].record)

    async def _list_or_none(self, ask: ListRequest, type_: type[T]) -> Answer[T]:
        try:
            return await self._list(ask, type_)
        except NotThere:
            return Answer(Decoded([]))

    async def _single(self, ask: ListRequest, type_: type[T]) -> T | None:
        answer = await self._list_or_none(ask, type_)
        if answer.bad and not answer.records:
            raise RequestRefused(
                f"The record in {ask.where} can't be used: {answer.bad[0].field or 'unreadable'}."
            )
        return answer.records[0] if answer.records else None

    # --- asking ---

    async def _list_of_staff_side(self, ask: ListRequest) -> Answer[Any]:
        """A list that the portals of students and parents do not have (contract, section 1)."""
        try:
            return await self._list(ask, ask.endpoint.record)
        except NotThere as absent:
            if not absent.is_spoken:
                self._absent.add(ask.endpoint)
            if absent.is_spoken or self._absent != STAFF_SIDE:
                raise
            traffic = absent.traffic
        if self._elsewhere is None:
            self._elsewhere = await self._right_address()
        portal = portals_address(None if self._elsewhere == self.address else self._elsewhere)
        portal.traffic = traffic
        raise portal

    async def _right_address(self) -> Address:
        """Another root of the host that has what this one lacks; this one where there is none."""
        for address in self.address.candidates()[1:]:
            async with self.at(address) as other:
                try:
                    await other.probe(COURSES, COURSES.path)
                except AeriesError:
                    continue
                return address
        return self.address

    async def _list(self, ask: ListRequest, type_: type[T]) -> Answer[T]:
        async def read(reply: Reply) -> Answer[T]:
            digest = await _digest_of(reply.body)
            decoded = await _in_steps(decode_steps(reply.body, type_, ask.where, self.options.limits))
            return Answer(decoded, digest=digest)

        answer, traffic = await self._asker.ask(ask, read)
        return replace(answer, traffic=traffic)


async def _in_steps(steps: Generator[None, None, R]) -> R:
    """What a generator returns in the end; between its steps others have their turn, deadlines among them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(R, end.value)
        await asyncio.sleep(0)


async def _digest_of(body: bytearray) -> str:
    digest = sha256()
    for begin in range(0, len(body), _HASHED):
        if begin:
            await asyncio.sleep(0)
        digest.update(memoryview(body)[begin : begin + _HASHED])
    return digest.hexdigest()


def portals_address(right: Address | None) -> WrongAddress:
    """The error for an address that has no staff, no courses and no sections.

    Args:
        right: that has them, where one was found.
    """
    remedy = f"{right.display} has them; enter it as the Instance URL." if right else ""
    return WrongAddress(
        "The address has no staff, courses and sections (status 404): it is that of a portal.", remedy=remedy
    )


def _ask_single(what: Single, key: int | str, school: int | None = None) -> ListRequest:
    return ListRequest(SINGLES[what], what.format(school=school, key=quote(str(key), safe="")), school)


def _paging_params(window: Window | None) -> dict[str, str]:
    if window is None:
        return {}
    return {"StartingRecord": str(window.first), "EndingRecord": str(window.last)}
