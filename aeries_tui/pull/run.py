"""One pull from start to end, stage by stage, under the district's lock."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.aeries import (
    AeriesClient,
    ClientOptions,
    Event,
    Limits,
    ReadAgain,
    RequestDone,
    Slowed,
    UnknownYear,
    Waiting,
    Widened,
    normalise_address,
)
from aeries_tui.errors import AeriesTuiError, MasterError, NotAllowedNow, SourceError
from aeries_tui.master import imports, schools
from aeries_tui.master.apply import apply_plan, attached, copy_books
from aeries_tui.master.database import clear_errors, connect, immediate
from aeries_tui.master.mark import Mark, mark_of
from aeries_tui.master.plan import Plan, new_plan
from aeries_tui.pull.check import Rules, run_checks
from aeries_tui.pull.fetch import Fetch, wanted_lists
from aeries_tui.pull.finish import finish_import
from aeries_tui.pull.guard import guard, write_reasons
from aeries_tui.pull.housekeeping import tidy
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import Line, PullLog, open_log
from aeries_tui.pull.marking import mark_plan
from aeries_tui.pull.order import PullOrder, ready_to_pull
from aeries_tui.pull.pages import Pages, open_pages
from aeries_tui.pull.quick import TooMuch, note_of, open_quick_pages, read_quickly
from aeries_tui.pull.recovery import adopt_pages, clear_old_pulls, recover
from aeries_tui.secret import Secret
from aeries_tui.words import Outcome

Echo = Callable[[Line], None]


@dataclass(frozen=True)
class Server:
    """What the server said of itself when the reading began.

    Attributes:
        school_year: None from an old one.
        day: its date, `YYYY-MM-DD`.
        clock: its date and time as it told them, or blank.
        zone: its zone as it names it, or blank.
    """

    school_year: str | None
    day: str
    clock: str = ""
    zone: str = ""


def pull(order: PullOrder, echo: Echo = lambda line: None) -> int:
    """Run one pull in the foreground; returns the number of its import, whatever became of it.

    Args:
        order: what is asked for.
        echo: gets each log line as it is written.

    Raises:
        Busy: another pull of the district is running.
        WrongUse: something must be put right first; nothing was read.
        MasterError: the Master or its disk can't be used.
    """
    secret = order.credential.resolve()
    address = normalise_address(order.credential.url)
    order.district.create()
    with (
        locked(order.district.lock, "pull"),
        clear_errors(order.district.master),
        contextlib.closing(connect(order.district.master)) as master,
    ):
        recover(order.district, master, order.settings.accounts)
        mapped = ready_to_pull(master, order)
        source = (
            adopt_pages(order.district, master, order.settings.pull.resume_max_age_hours)
            if order.resume
            else None
        )
        number = imports.begin(master, kind="pull", trigger=order.trigger, resumed_from=source)
        with _closed_on_failure(master, number):
            folder = clear_old_pulls(order.district, master, number, source)
            with clear_errors(folder), open_log(folder / "log.sqlite3", secret, echo) as log:
                if order.resume and source is None:
                    log.write("info", "There is no stopped pull to resume; everything is read anew.")
                run = _Run(order, master, number, folder, log, mapped, secret)
                run.to_its_end(lambda: AeriesClient(address, secret, run.client_options()))
        return number


@contextlib.contextmanager
def _closed_on_failure(master: sqlite3.Connection, number: int) -> Iterator[None]:
    """Where not even the log can be written, the book of imports still says why, if it can."""
    try:
        yield
    except MasterError as error:
        with contextlib.suppress(sqlite3.Error):
            if imports.get(master, number).outcome is Outcome.RUNNING:
                imports.close(master, number, Outcome.ERROR, error)
        raise


class _Run:
    """The stages of one pull."""

    def __init__(
        self, order: PullOrder, master: sqlite3.Connection, number: int, folder: Path, log: PullLog,
        mapped: frozenset[int], secret: Secret,
    ) -> None:  # fmt: skip
        self.order = order
        self.master = master
        self.number = number
        self.folder = folder
        self.log = log
        self.mapped = mapped
        self.secret = secret
        self._plan: Plan | None = None
        self._mark = mark_of(master)
        self._is_quick = False
        self._staged = folder / "pages.sqlite3"
        self._notes: list[str] = []

    def to_its_end(self, make_client: Callable[[], AeriesClient]) -> None:
        """Run all stages; whatever happens, the book of imports says how it ended."""
        try:
            with clear_errors(self.folder):
                asyncio.run(self._stages(make_client))
        except asyncio.CancelledError:
            resume = "" if self._is_quick else " It can be resumed."
            self._end_as(Outcome.CANCELLED, "The pull was cancelled; nothing was changed." + resume)
        except AeriesTuiError as error:
            self._end_as(Outcome.ERROR, f"{error.message} {error.meaning}", error)
        except BaseException:
            self._end_as(Outcome.ERROR, "The pull ended by a defect of the program; nothing was changed.")
            raise

    def _end_as(self, outcome: Outcome, message: str, error: AeriesTuiError | None = None) -> None:
        is_applied = imports.get(self.master, self.number).applied
        if is_applied and error is None:
            return
        with contextlib.suppress(sqlite3.Error):
            self.log.write("warning" if outcome is Outcome.CANCELLED else "error", message)
            self.log.end("failed")
        imports.close(
            self.master, self.number, Outcome.COMPLETED_WITH_ERROR if is_applied else outcome, error
        )

    async def _stages(self, make_client: Callable[[], AeriesClient]) -> None:
        with _signals(asyncio.current_task(), self._interrupt_check):
            deadline = self.order.settings.source.pull_deadline
            try:
                async with asyncio.timeout(deadline):
                    server = await self._read_source(make_client)
            except TimeoutError:
                raise SourceError(
                    f"The pull was not done after {deadline / 3600:g} hours.",
                    meaning="Nothing was changed.",
                    remedy="Run aeries-tui pull --resume, or raise source.pull_deadline.",
                    code="SRC-TIMEOUT",
                ) from None
            await self._in_thread(lambda: self._make_plan(server))
            # Not a single await from here on: a signal that comes now finds the import decided.
            self._decide()

    async def _in_thread(self, work: Callable[[], None]) -> None:
        """Run long SQL beside the loop, so that a signal is heard; ends only when the work has."""
        future = asyncio.get_running_loop().run_in_executor(None, work)
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            self._interrupt_check()
            with contextlib.suppress(AeriesTuiError, sqlite3.Error):
                await future
            raise

    def _interrupt_check(self) -> None:
        if self._plan is not None:
            self._plan.connection.interrupt()

    # --- connect, year, fetch ---

    async def _read_source(self, make_client: Callable[[], AeriesClient]) -> Server:
        async with make_client() as client:
            if self.order.quick:
                try:
                    return await self._read_quickly(client)
                except TooMuch as much:
                    self._notes.append(f"{much.sentence} A full pull was made instead.")
                    self._is_quick, self._staged = False, self.folder / "pages.sqlite3"
            with open_pages(self._staged) as pages:
                server = await self._connect(client, pages)
                await self._fetch(client, pages)
                await self._same_year(client, server)
        return server

    async def _read_quickly(self, client: AeriesClient) -> Server:
        assert self._mark is not None
        self._is_quick, self._staged = True, self.folder / "pages-quick.sqlite3"
        with open_quick_pages(self._staged, self.order.district.master) as pages:
            server = await self._connect(client, pages)
            self.log.begin("fetch", unit="records")
            ceiling = self.order.settings.source.requests_ceiling
            since = await read_quickly(
                client, pages, self.log, self._mark, self._mark_now(server), server.day, ceiling
            )
            self.log.end()
            await self._same_year(client, server)
        self._notes.append(note_of(since))
        return server

    def _mark_now(self, server: Server) -> Mark:
        settings = self.order.settings.pull
        return Mark(
            self.number, server.clock, server.zone, server.school_year, tuple(sorted(self.mapped)),
            settings.staff, settings.lead_days, None, 0, 0,
        )  # fmt: skip

    async def _connect(self, client: AeriesClient, pages: Pages) -> Server:
        self.log.begin("connect", total=2, unit="steps")
        info = await client.system_info()
        self.log.advance(1)
        if info is None:
            self.log.write("warning", "This Aeries is too old to tell its date; this machine's is used.")
        clock = str(info.current_date_time or "").strip() if info else ""
        zone = str(info.local_time_zone_name or "").strip() if info else ""
        day = _day_in(clock[:10]) or dt.date.today().isoformat()
        year = str(info.database_year or "").strip() if info else ""
        answer = await client.schools()
        pages.keep_schools(answer.records)
        self.log.write("info", f"Connected; {answer.received} rows in the school list; the day is {day}.")
        self.log.end()
        # Pages that are read before stay as old as they are: the reading began with them.
        if pages.about("clock") is None:
            pages.write_about(clock=clock, zone=zone)
        server = Server(year or None, day, pages.about("clock") or "", pages.about("zone") or "")
        self._check_year(server, pages)
        return server

    def _check_year(self, server: Server, pages: Pages) -> None:
        self.log.begin("year")
        known = schools.school_year(self.master)
        imports.set_source(self.master, self.number, server.school_year, server.day)
        staged = pages.about("school_year")
        if staged and server.school_year and staged != server.school_year:
            raise UnknownYear(
                f"The staged pages are of the school year {staged}, Aeries now gives {server.school_year}.",
                remedy="Pull without --resume.",
            )
        if server.school_year:
            pages.write_about(school_year=server.school_year)
        if known and server.school_year and known != server.school_year:
            self.log.write(
                "warning", f"Aeries gives the school year {server.school_year}, the Master holds {known}."
            )
        else:
            self.log.write("info", f"School year {server.school_year or 'not told'}.")
        self.log.end()

    async def _same_year(self, client: AeriesClient, server: Server) -> None:
        """A district that switches its default year while it is read would give half of each."""
        info = await client.system_info()
        now = str(info.database_year or "").strip() if info else ""
        if server.school_year and now and now != server.school_year:
            raise UnknownYear(
                f"The school year changed from {server.school_year} to {now} while it was read.",
                remedy="Pull again.",
            )

    async def _fetch(self, client: AeriesClient, pages: Pages) -> None:
        listed = {row["code"] for row in _staged_schools(pages)}
        there = sorted(self.mapped & listed)
        for code in sorted(self.mapped - listed):
            self.log.write("warning", f"MAP-GONE: school {code} is mapped but not in the list of Aeries.")
            for endpoint in ("students", "teachers", "sections", "classes"):
                pages.close_list(pages.open_list(endpoint, code), "skipped", code="MAP-GONE")
        wanted = wanted_lists(there)
        _drop_other_lists(
            pages, {(w.endpoint, w.school) for w in wanted} | {("", c) for c in self.mapped - listed}
        )
        self.log.begin("fetch", total=len(wanted), unit="lists")
        source = self.order.settings.source
        await Fetch(
            client, pages, self.log, source.page_size, source.requests_ceiling,
            schools.lists_with_records(self.master),
        ).run(wanted)  # fmt: skip
        _refuse_nothing(pages)
        self.log.end()

    def client_options(self) -> ClientOptions:
        """The client's options, out of the settings."""
        source = self.order.settings.source
        return ClientOptions(
            limits=client_limits(source),
            allow_plain_http=source.allow_plain_http,
            ca_file=Path(source.ca_file) if source.ca_file else None,
            on_event=self._note,
        )

    def _note(self, event: Event) -> None:
        match event:
            case RequestDone() as done:
                where = done.endpoint if done.school is None else f"{done.endpoint} of school {done.school}"
                outcome = done.code or f"{done.bytes:,} bytes"
                self.log.write(
                    "debug",
                    f"{where}: status {done.status or 'none'}, {outcome}, {done.seconds:.2f} s, try {done.tries}.",
                )
            case Waiting() as wait:
                whom = "all requests wait" if wait.everybody else "waiting"
                self.log.write("warning", f"{wait.reason} for {wait.endpoint}: {whom} {wait.seconds:.1f} s.")
            case Slowed() as slowed:
                self.log.write(
                    "warning", f"Slowing down to {slowed.limit} requests at a time ({slowed.reason})."
                )
            case Widened() as wider:
                self.log.write("info", f"The server keeps up: {wider.limit} requests at a time.")
            case ReadAgain() as again:
                self.log.write(
                    "info", f"Rows moved in {again.endpoint} of school {again.school}; it is read again."
                )

    # --- check, compare, guard ---

    def _make_plan(self, server: Server) -> None:
        settings = self.order.settings.pull
        day = dt.date.fromisoformat(server.day)
        rules = Rules(
            server.day, settings.lead_days, settings.staff == "school", self.mapped,
            settings.is_additions_only(day), self._is_quick,
        )  # fmt: skip
        self.log.begin("check", total=0, unit="parts")
        with new_plan(self.folder / "plan.sqlite3", self.order.district.master) as plan, self._at_work(plan):
            wrong = run_checks(
                plan,
                self._staged,
                rules,
                lambda name, done, total: self.log.advance(done, total),
            )
            wrong += _reused(plan)
            mark_plan(plan, rules, self._mark_now(server), self._mark)
            if rules.additions_only:
                wrong.append("Today is a day of additions only: nobody is deactivated.")
            self.log.end()
            self.log.begin("compare")
            for sentence in self._notes:
                plan.connection.execute("INSERT INTO note (text) VALUES (?)", (sentence,))
                self.log.write("info", sentence)
            for sentence in wrong:
                plan.connection.execute("INSERT INTO note (text) VALUES (?)", (sentence,))
                self.log.write("warning", sentence)
            self._log_counts(plan)
            self.log.end()
            self._guard(plan, server)

    @contextlib.contextmanager
    def _at_work(self, plan: Plan) -> Iterator[None]:
        """Let a signal interrupt the plan's SQL for as long as the block runs."""
        self._plan = plan
        try:
            yield
        finally:
            self._plan = None

    def _log_counts(self, plan: Plan) -> None:
        for row in plan.connection.execute("SELECT * FROM count").fetchall():
            parts = [
                f"{row[name]:,} {name.replace('_', ' ')}" for name in imports.OUTCOME_COLUMNS if row[name]
            ]
            self.log.write("info", f"{row['kind']}: {', '.join(parts) or 'none'}.")

    def _guard(self, plan: Plan, server: Server) -> None:
        self.log.begin("guard")
        reasons = guard(
            plan, self.order.settings.guard, self.mapped, (plan.school_year(), server.school_year)
        )  # fmt: skip
        write_reasons(plan, reasons)
        for reason in reasons:
            self.log.write("warning", f"{reason.code}: {reason.message}")
        plan.write_about("import_id", self.number)
        self.log.end()

    # --- apply, files ---

    def _decide(self) -> None:
        """Apply the plan, or let it wait. From here on a signal no longer cancels: it is too late to."""
        path = self.folder / "plan.sqlite3"
        with clear_errors(path), attached(self.master, path), immediate(self.master):
            copy_books(self.master, self.number)
        if self.order.plan_only or imports.holds(self.master, self.number):
            imports.close(self.master, self.number, Outcome.HELD)
            self.log.write(
                "warning", f"The plan of import {self.number} waits for a person; nothing was changed."
            )
            return
        self.log.begin("apply")
        outcome = outcome_of(self.master, self.number)
        apply_plan(self.master, path, self.number, outcome)
        self.log.end()
        self.log.begin("files")
        finish_import(self.order.district, self.master, self.number, self.order.settings.accounts)
        tidy(self.order.district, self.master, self.order.settings.retention, dt.datetime.now(dt.UTC))
        self.log.write("info", f"Import {self.number}: {outcome.look.label}.")
        self.log.end()


def _reused(plan: Plan) -> list[str]:
    """What a resumed pull used again, in a sentence; nothing for any other."""
    reused, total = plan.connection.execute("SELECT coalesce(sum(reused), 0), count(*) FROM scope").fetchone()
    if not reused:
        return []
    return [f"{reused:,} of {total:,} lists were read by the pull that was stopped, and are used again."]


def client_limits(source: object) -> Limits:
    """The client's limits, out of the settings of [source]."""
    from aeries_tui.settings import Source

    assert isinstance(source, Source)
    return Limits(
        at_a_time=min(source.requests_at_a_time, source.requests_ceiling),
        most_at_a_time=source.requests_ceiling,
        tries=source.tries,
        retry_budget=source.retry_budget,
        connect=source.connect_timeout,
        silence=source.silence_timeout,
        request=source.request_deadline,
    )


def outcome_of(master: sqlite3.Connection, number: int) -> Outcome:
    """Completed, or Completed with ERROR: any record left out for a problem, or any list not read."""
    bad = master.execute(
        "SELECT 1 FROM description WHERE import_id = ? AND severity <> 'W' UNION ALL "
        "SELECT 1 FROM scope WHERE import_id = ? AND state <> 'complete' LIMIT 1",
        (number, number),
    ).fetchone()
    return Outcome.COMPLETED if bad is None else Outcome.COMPLETED_WITH_ERROR


def _day_in(text: str) -> str | None:
    """The date as YYYY-MM-DD, however ISO 8601 spells it; None where it is none."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _staged_schools(pages: Pages) -> list[dict[str, object]]:
    import json

    rows: list[dict[str, object]] = json.loads(pages.about("schools") or "[]")
    return rows


def _drop_other_lists(pages: Pages, wanted: set[tuple[str, int | None]]) -> None:
    """Forget lists of schools that are not mapped any more; a resumed pull may have some."""
    gone = {school for endpoint, school in wanted if not endpoint}
    for row in pages.connection.execute("SELECT id, endpoint, school FROM list").fetchall():
        if (row["endpoint"], row["school"]) not in wanted and row["school"] not in gone:
            pages.close_list(row["id"], "skipped")
            pages.connection.execute("DELETE FROM list WHERE id = ?", (row["id"],))


def _refuse_nothing(pages: Pages) -> None:
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
            code="MAP-GONE",
        )
    raise SourceError(
        f"Not a single list could be read. The first: {first['message']}",
        meaning="Nothing was changed.",
        code=first["code"],
    )


@contextlib.contextmanager
def _signals(task: asyncio.Task[None] | None, before: Callable[[], None]) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP cancel the pull; a second one ends the process at once, which is safe."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def stop(number: int) -> None:
        if heard:
            os._exit(128 + number)
        heard.append(number)
        before()
        if task is not None:
            task.cancel()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        for number in numbers:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(number, stop, number)
    except (ValueError, RuntimeError):  # not in the main thread: a test, where nobody sends signals
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
