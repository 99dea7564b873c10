"""The fetch stage: every list that a pull needs, staged on disk as it comes.

A list that fails is its own misfortune: it is closed as failed or denied and the others
go on. Only what no other request can survive (the certificate is refused, the server is
broken for good) ends the pull.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from aeries_tui.aeries import (
    AeriesClient,
    AeriesError,
    Answer,
    CertificateRefused,
    GaveUp,
    NotThere,
    PagingShifted,
    PermissionMissing,
    ResumePoint,
    Student,
    StudentPage,
    TooLarge,
)
from aeries_tui.codes import Code
from aeries_tui.errors import NotAllowedNow, SourceError
from aeries_tui.master.database import immediate
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS, STAGED, Staging
from aeries_tui.settings import Source
from aeries_tui.text import in_bytes, in_number

_ASKED_SINGLY = 10
"""Absent students of one school who are asked for one by one; a whole list costs about as much."""


@dataclass(frozen=True)
class ListToRead:
    """One list to be read."""

    endpoint: str
    school: int | None

    @property
    def where(self) -> str:
        """The list in words."""
        return self.endpoint if self.school is None else f"{self.endpoint} of school {self.school}"


@dataclass
class Fetch:
    """Reads the lists of one pull.

    Args:
        client: the client.
        pages: where answers are staged.
        log: the pull's log.
        page_size: students per request.
        at_a_time: lists in work at a time; the client's gate decides how many requests go out.
        expected: lists that held records at the last import; a 404 of one of those is a failure,
            not an empty list (contract, section 4).
        most_rows: the longest list taken; a server that never ends its pages is left there.
        students: who is active at each school: whoever a paged list does not hold is asked for.
    """

    client: AeriesClient
    pages: Staging
    log: PullLog
    page_size: int
    at_a_time: int
    expected: Collection[tuple[str, int | None]]
    most_rows: int
    students: Mapping[int, frozenset[int]]
    _done: int = 0
    _records: int = 0
    _seconds: defaultdict[int | None, float] = field(default_factory=lambda: defaultdict(float), repr=False)
    _fatal: SourceError | None = field(default=None, repr=False)

    async def run(self, wanted: Sequence[ListToRead]) -> None:
        """Read all lists.

        Raises:
            SourceError: nothing further could be read; what is staged stays for a resume.
        """
        with immediate(self.pages.connection):
            queue = [item for item in wanted if not self._reuse(item)]
        self._done = len(wanted) - len(queue)
        self.log.advance(self._done, len(wanted))
        if self._done:
            self.log.write(
                "info", f"{self._done:,} of {len(wanted):,} lists were read before and are used again."
            )
        pending = iter(queue)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.at_a_time, len(queue))):
                    group.create_task(self._worker(pending))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        if self._fatal is not None:
            raise self._fatal

    async def _worker(self, pending: Iterator[ListToRead]) -> None:
        for item in pending:
            if self._fatal is not None:
                return
            await self._read(item)
            self._done += 1
            self.log.advance(self._done)
            self.log.fact("records", self._records)
            self.log.fact("requests", self.client.traffic.requests)
            self.log.fact("bytes", self.client.traffic.bytes)

    def _reuse(self, item: ListToRead) -> bool:
        """Whether an earlier, stopped pull has read the list to its end already."""
        list_id = self.pages.open_list(item.endpoint, item.school)
        row = self.pages.connection.execute(
            "SELECT state, received FROM list WHERE id = ?", (list_id,)
        ).fetchone()
        if row["state"] != "complete":
            return False
        self.pages.connection.execute("UPDATE list SET reused = 1 WHERE id = ?", (list_id,))
        self.log.list_progress(item.endpoint, item.school, "complete", row["received"])
        return True

    async def _read(self, item: ListToRead) -> None:
        list_id = self.pages.open_list(item.endpoint, item.school)
        self.log.list_progress(item.endpoint, item.school, "reading", 0)
        try:
            if STAGED[item.endpoint].endpoint.is_paged:
                await self._read_students(list_id, item)
            else:
                await self._read_whole(list_id, item)
        except NotThere as error:
            self._not_there(list_id, item, error)
        except PermissionMissing as error:
            self._close(list_id, item, "denied", error)
        except AeriesError as error:
            if isinstance(error, CertificateRefused | GaveUp):
                self._fatal = self._fatal or error
                self.log.write("error", f"{error.code}: {error.message}")
                return
            self._close(list_id, item, "failed", error)
        else:
            self._complete(list_id, item)

    def _not_there(self, list_id: int, item: ListToRead, error: NotThere) -> None:
        if (item.endpoint, item.school) in self.expected or item.school is None:
            self._close(list_id, item, "failed", error)
        else:
            self.pages.restart(list_id, item.endpoint)
            self._add_traffic(list_id, error)
            self.log.write("info", f"Aeries has no {item.where} (status 404); taken as an empty list.")
            self.pages.close_list(list_id, "complete")
            self._complete(list_id, item)

    def _close(self, list_id: int, item: ListToRead, state: str, error: AeriesError) -> None:
        self.pages.close_list(list_id, state, code=error.code, message=error.message)
        self._add_traffic(list_id, error)
        self.log.list_progress(item.endpoint, item.school, state, 0)
        self.log.write("error" if state == "failed" else "warning", f"{error.code}: {error.message}")

    def _add_traffic(self, list_id: int, error: AeriesError) -> None:
        self.pages.record_traffic(list_id, 0, error.traffic)

    def _complete(self, list_id: int, item: ListToRead) -> None:
        row = self.pages.connection.execute(
            "SELECT received, requests, bytes, seconds FROM list WHERE id = ?", (list_id,)
        ).fetchone()
        self._records += row["received"]
        self._tell_seconds(item.school, row["seconds"])
        self.log.list_progress(item.endpoint, item.school, "complete", row["received"])
        self.log.write(
            "info",
            f"{item.where}: {in_number(row['received'], 'record')}, {in_number(row['requests'], 'request')}, "
            f"{in_bytes(row['bytes'])}, {row['seconds']:.1f} s.",
        )

    def _tell_seconds(self, school: int | None, seconds: float) -> None:
        """How long the lists of a school took that were read to their end, together."""
        self._seconds[school] += seconds
        self.log.fact(f"seconds {'district' if school is None else school}", f"{self._seconds[school]:.1f}")

    async def _read_whole(self, list_id: int, item: ListToRead) -> None:
        self.pages.restart(list_id, item.endpoint)
        answer = await self.client.read_list(STAGED[item.endpoint].endpoint, item.school)
        self.pages.add(list_id, item.endpoint, answer, is_whole=True)

    async def _read_students(self, list_id: int, item: ListToRead) -> None:
        assert item.school is not None
        resume = self._resume_point(list_id)
        attempt = resume.attempt if resume else 1
        if resume is None:
            self.pages.restart(list_id, item.endpoint)
        received = 0
        seen = self._staged_students(list_id) if resume else set()
        async for page in self._pages_of(item.school, resume):
            if page.attempt != attempt:
                self.log.write("info", f"{item.where}: rows moved while reading; it is read again.")
                self.pages.restart(list_id, item.endpoint, page.attempt)
                attempt, received, seen = page.attempt, 0, set()
            if page.resume_point.position > self.most_rows:
                raise TooLarge(
                    f"The list {item.where} holds more than {self.most_rows:,} rows.",
                    remedy="Find out why it is so long; if it is right, raise source.answer_rows in config.toml.",
                )
            self.pages.add(list_id, item.endpoint, page.answer, resume=page.resume_point)
            received += page.answer.received
            seen |= _students_in(page.answer)
            self.log.list_progress(item.endpoint, item.school, "reading", received)
        await self._look_for_the_absent(list_id, item, item.school, seen)
        self.pages.close_list(list_id, "complete")

    async def _look_for_the_absent(self, list_id: int, item: ListToRead, school: int, seen: Set[int]) -> None:
        """Make sure that who is not in a paged list is not in Aeries.

        A server that counts from 0, leaves the last row out or cuts its answers loses a student of each page in
        silence. So each of a few absent students is asked for; where one is there after all, or where many are
        absent, the list is read once more in one answer.

        Raises:
            PagingShifted: not even that answer holds somebody whom Aeries has at the school.
        """
        absent = self._absent(school, seen)
        if not absent:
            return
        if len(absent) <= _ASKED_SINGLY and not await self._is_any_there(absent, school):
            return
        self.log.write(
            "info",
            f"{item.where}: {in_number(len(absent), 'active student')} not in its pages; it is read in one answer.",
        )
        answer = await self.client.all_students(school)
        self.pages.restart(list_id, item.endpoint)
        self.pages.add(list_id, item.endpoint, answer)
        if await self._is_any_there(self._absent(school, _students_in(answer))[:_ASKED_SINGLY], school):
            raise PagingShifted(f"The list {item.where} leaves out students whom Aeries has.")

    def _absent(self, school: int, seen: Set[int]) -> list[int]:
        """Who is active at the school in the Master, and in no row of its list."""
        return sorted(self.students.get(school, frozenset()) - seen)

    def _staged_students(self, list_id: int) -> set[int]:
        """Who is in the pages that were staged before the pull was stopped; it reads the whole table."""
        return {
            row[0]
            for row in self.pages.connection.execute(
                """
                SELECT student_id FROM raw_student WHERE list_id = :list
                UNION
                SELECT student_id FROM rejected_record WHERE list_id = :list
                """,
                {"list": list_id},
            )
        }

    async def _is_any_there(self, students: Sequence[int], school: int) -> bool:
        """Whether Aeries has one of them, active, at the school; a record that can't be read may be."""
        for student in students:
            answer = await self.client.student_records(student, school)
            if answer.bad or any(
                one.school_code == school and not str(one.inactive_status_code or "").strip()
                for one in answer.records
            ):
                return True
        return False

    def _pages_of(self, school: int, resume: ResumePoint | None) -> AsyncIterator[StudentPage]:
        return self.client.students(school, page_size=self.page_size, resume=resume)

    def _resume_point(self, list_id: int) -> ResumePoint | None:
        row = self.pages.connection.execute(
            """
            SELECT attempt, position, last_mark, page
            FROM list
            WHERE id = ? AND state = 'open' AND page > 0
            """,
            (list_id,),
        ).fetchone()
        if row is None:
            return None
        self.log.write("info", f"Going on from row {row['position']:,} of a list that was begun before.")
        return ResumePoint(row["attempt"], row["position"], row["last_mark"], row["page"])


def _students_in(answer: Answer[Student]) -> set[int]:
    """Whom an answer names, in good records and in bad ones."""
    named = {record.student_id for record in answer.records}
    for bad in (*answer.bad, *answer.bad_parts):
        student = bad.key.get("student_id")
        if isinstance(student, int):
            named.add(student)
    return named


def wanted_lists(schools: Sequence[int]) -> list[ListToRead]:
    """The lists of a full pull, the largest kinds spread between the small ones."""
    lists = [ListToRead(endpoint, None) for endpoint in DISTRICT_LISTS]
    for school in schools:
        lists += [ListToRead(endpoint, school) for endpoint in SCHOOL_LISTS]
    return lists


async def fetch_all(
    client: AeriesClient,
    pages: Staging,
    log: PullLog,
    *,
    mapped: frozenset[int],
    source: Source,
    expected: Collection[tuple[str, int | None]],
    students: Mapping[int, frozenset[int]],
) -> None:
    """The stage fetch: every list of the mapped schools that Aeries still has.

    Args:
        client: the client.
        pages: where answers are staged; it holds the list of schools.
        log: the pull's log.
        mapped: codes of the mapped schools.
        source: [source] of the settings.
        expected, students: see `Fetch`.

    Raises:
        SourceError: nothing further could be read, or not a single list.
        NotAllowedNow: Aeries has none of the mapped schools.
    """
    listed = {row["code"] for row in _staged_schools(pages)}
    there = sorted(mapped & listed)
    for code in sorted(mapped - listed):
        log.write("warning", f"{Code.MAP_GONE}: school {code} is mapped but not in the list of Aeries.")
        for endpoint in SCHOOL_LISTS:
            pages.close_list(pages.open_list(endpoint, code), "skipped", code=Code.MAP_GONE)
    wanted = wanted_lists(there)
    _drop_other_lists(pages, {(w.endpoint, w.school) for w in wanted} | {("", c) for c in mapped - listed})
    log.begin("fetch", total=len(wanted), unit="lists")
    await Fetch(
        client, pages, log, source.page_size, source.requests_ceiling,
        expected, source.answer_rows, students,
    ).run(wanted)  # fmt: skip
    _refuse_nothing(pages)
    log.end()


def _staged_schools(pages: Staging) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(pages.about("schools") or "[]")
    return rows


def _drop_other_lists(pages: Staging, wanted: set[tuple[str, int | None]]) -> None:
    """Forget lists of schools that are not mapped any more; a resumed pull may have some."""
    gone = {school for endpoint, school in wanted if not endpoint}
    for row in pages.connection.execute("SELECT id, endpoint, school FROM list").fetchall():
        if (row["endpoint"], row["school"]) not in wanted and row["school"] not in gone:
            pages.close_list(row["id"], "skipped")
            pages.connection.execute("DELETE FROM list WHERE id = ?", (row["id"],))


def _refuse_nothing(pages: Staging) -> None:
    """When not a single list could be read there is nothing to compare: the import is an ERROR."""
    rows = pages.connection.execute("SELECT state, code, message FROM list").fetchall()
    if any(row["state"] == "complete" for row in rows):
        return
    first = next((row for row in rows if row["message"]), None)
    if first is None:
        raise NotAllowedNow(
            "None of the mapped schools is in the list of Aeries.",
            meaning="Nothing was changed.",
            remedy="Run aeries-tui schools update and map the schools anew.",
            code=Code.MAP_GONE,
        )
    raise SourceError(
        f"Not a single list could be read. The first: {first['message']}",
        meaning="Nothing was changed.",
        code=first["code"],
    )
