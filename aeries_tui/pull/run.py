"""One pull from start to end, stage by stage, under the district's lock."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from aeries_tui.aeries import AeriesClient
from aeries_tui.codes import Code
from aeries_tui.errors import AeriesTuiError, SourceError
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.database import immediate
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.check_cache_key import cached_import
from aeries_tui.master.imports.superseded import PARTIAL
from aeries_tui.master.imports.watermark import Watermark, read_watermark, watermark_trouble
from aeries_tui.master.roster.apply import attached, copy_books
from aeries_tui.master.roster.omitted import OMIT, told_of_omitted
from aeries_tui.master.roster.plan import Plan, new_plan
from aeries_tui.master.schema import newest
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.tombstones import tombstones
from aeries_tui.outcome import COUNT_COLUMNS, Outcome
from aeries_tui.pull.after_apply import Ended, closed_on_failure, ended_after
from aeries_tui.pull.beginning import Found, begin_import, find
from aeries_tui.pull.client import pulling_client
from aeries_tui.pull.district_checks import DistrictChecks, HeldByChecks, apply_checked, look_ahead
from aeries_tui.pull.folder import check_cache_file
from aeries_tui.pull.housekeeping import tidy
from aeries_tui.pull.log import Line, PullLog, open_log
from aeries_tui.pull.quick import TooMuch, note_of, open_quick_staging, read_quickly
from aeries_tui.pull.recovery import adopt_staging, clear_old_pulls, why_not_resumable
from aeries_tui.pull.request import PullRequest
from aeries_tui.pull.set_watermark import set_watermark
from aeries_tui.pull.signals import interrupted_by_signals, signals_held_back, stop_signals
from aeries_tui.pull.stages.check import Rules, run_checks, save_check
from aeries_tui.pull.stages.connect import Server, check_year, same_year
from aeries_tui.pull.stages.connect import connect as connect_to
from aeries_tui.pull.stages.fetch import fetch_all
from aeries_tui.pull.stages.files import finish_import
from aeries_tui.pull.stages.guard import describe_what_is_missing, guard, write_reasons
from aeries_tui.pull.staging import Staging, open_staging
from aeries_tui.text import in_number

Echo = Callable[[Line], None]


def pull(request: PullRequest, echo: Echo = lambda line: None) -> Ended:
    """Run one pull in the foreground; returns how its import ended, whatever became of it.

    Args:
        request: what is asked for.
        echo: gets each log line as it is written.

    Raises:
        Busy: another pull of the district is running.
        WrongUse: something must be put right first; nothing was read.
        MasterError: the Master or its disk can't be used; nothing was applied.

    What must be put right first is, where nobody looks, an import that ended in ERROR: so it is told.
    """
    with contextlib.ExitStack() as opened:
        with interrupted_by_signals():
            found = find(request, opened)
        return found if isinstance(found, Ended) else _begun(found, echo)


def _begun(found: Found, echo: Echo) -> Ended:
    """Begin the import, with what was staged by the stopped pull where it is to go on, and run it to its end."""
    request, master, stopped = found.request, found.master, found.stopped
    hours = request.settings.pull.resume_max_age_hours
    with interrupted_by_signals():
        source = adopt_staging(request.district, master, hours, found.address) if request.resume else None
        is_anew = request.resume and source is None
        unusable = why_not_resumable(request.district, master, hours) if is_anew else ""
    # Whoever stops it from its line in the book on finds it cancelled there.
    with signals_held_back():
        number = begin_import(master, request, source)
        with closed_on_failure(master, request.district.master, number):
            folder, more = clear_old_pulls(request.district, master, number, source)
            with clear_errors(folder), open_log(folder / "log.sqlite3", found.secret, echo) as log:
                if is_anew:
                    log.write(
                        "info",
                        "There is no stopped pull to resume from this address; everything is read anew.",
                    )
                run = _Run(request, master, number, folder, log, found.mapped, found.address)
                for sentence in filter(None, (*found.aside, *more, unusable, watermark_trouble(master))):
                    run.note(sentence)
                if stopped is not None and stopped.plan_only:
                    run.note(
                        f"Import {stopped.id}, which was stopped, was to end with its plan; so does this one."
                    )
                return run.to_its_end(
                    lambda: pulling_client(
                        request.credential,
                        request.settings,
                        found.secret,
                        log,
                        request.year,
                        request.district.host_slots,
                    )
                )


class _Run:
    """The stages of one pull."""

    def __init__(
        self, request: PullRequest, master: sqlite3.Connection, number: int, folder: Path, log: PullLog,
        mapped: frozenset[int], address: str,
    ) -> None:  # fmt: skip
        self.request = request
        self.master = master
        self.number = number
        self.folder = folder
        self.log = log
        self.mapped = mapped
        self._address = address
        self._plan: Plan | None = None
        self._mark = read_watermark(master)
        known = cached_import(master) if self._mark is not None else None
        self._known = None if known is None else check_cache_file(request.district, known)
        self._erased = tombstones(master)
        self._is_quick = False
        self._staged = folder / "pages.sqlite3"
        self._notes: list[str] = []
        self._ended: Ended | None = None

    def note(self, sentence: str) -> None:
        """Say something in the result of the pull, and in its log when the plan is made."""
        self._notes.append(sentence)

    def to_its_end(self, make_client: Callable[[], AeriesClient]) -> Ended:
        """Run all stages; whatever happens, the book of imports says how it ended.

        Raises:
            MasterError: it ended before anything was applied, and not even the book could be written.
        """
        try:
            with clear_errors(self.folder):
                asyncio.run(self._stages(make_client))
        except (asyncio.CancelledError, KeyboardInterrupt):
            resume = "" if self._is_quick else " It can be resumed."
            self._end_as(Outcome.CANCELLED, "The pull was cancelled; nothing was changed." + resume)
        except AeriesTuiError as error:
            self._end_as(Outcome.ERROR, f"{error.message} {error.meaning}", error)
        except BaseException:
            self._end_as(Outcome.ERROR, "The pull ended by a defect of the program; nothing was changed.")
            raise
        assert self._ended is not None
        return self._ended

    def _end_as(self, outcome: Outcome, message: str, error: AeriesTuiError | None = None) -> None:
        if self._ended is not None or imports.get(self.master, self.number).applied:
            return
        with contextlib.suppress(sqlite3.Error):
            self.log.write("warning" if outcome is Outcome.CANCELLED else "error", message)
            self.log.end("failed")
        imports.close(self.master, self.number, outcome, error)
        self._ended = Ended(self.number, outcome)

    async def _stages(self, make_client: Callable[[], AeriesClient]) -> None:
        with stop_signals(asyncio.current_task(), self._interrupt_check):
            deadline = self.request.settings.source.pull_deadline
            try:
                async with asyncio.timeout(deadline):
                    server = await self._read_source(make_client)
            except TimeoutError:
                raise SourceError(
                    f"The pull was not done after {deadline / 3600:g} hours.",
                    meaning="Nothing was changed.",
                    remedy="Run aeries-tui pull --resume, or raise source.pull_deadline.",
                    code=Code.SRC_TIMEOUT,
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
            if self.request.quick:
                try:
                    return await self._read_quickly(client)
                except TooMuch as much:
                    self._notes.append(f"{much.sentence} A full pull was made instead.")
                    self._is_quick, self._staged = False, self.folder / "pages.sqlite3"
            with open_staging(self._staged, self._least_free, self._erased) as pages:
                server = await self._connect(client, pages)
                await fetch_all(
                    client, pages, self.log, mapped=self.mapped, source=self.request.settings.source,
                    expected=schools.lists_with_records(self.master),
                    students=schools.active_students(self.master),
                )  # fmt: skip
                await same_year(client, server)
                self._note_erased(pages)
        return server

    def _note_erased(self, pages: Staging) -> None:
        if pages.left_unread:
            self._notes.append(
                f"{in_number(pages.left_unread, 'record')} of people who were erased {'was' if pages.left_unread == 1 else 'were'} not taken in."
            )

    @property
    def _least_free(self) -> int:
        return self.request.settings.pull.least_free_megabytes * 1_000_000

    async def _connect(self, client: AeriesClient, pages: Staging) -> Server:
        known = schools_table.known_rows(self.master)
        server = await connect_to(client, pages, self.log, self._address, known)
        self._notes += [one for one in server.notes if one not in self._notes]
        imports.set_source(self.master, self.number, server.school_year, server.day)
        check_year(server, pages, self.log, schools.school_year(self.master))
        return server

    async def _read_quickly(self, client: AeriesClient) -> Server:
        assert self._mark is not None
        self._is_quick, self._staged = True, self.folder / "pages-quick.sqlite3"
        with open_quick_staging(
            self._staged, self.request.district.master, self._least_free, self._erased
        ) as pages:
            server = await self._connect(client, pages)
            self.log.begin("fetch", unit="records")
            ceiling = self.request.settings.source.requests_ceiling
            since = await read_quickly(
                client, pages, self.log, self._mark, self._mark_now(server), server.day, ceiling
            )
            self.log.end()
            await same_year(client, server)
            self._note_erased(pages)
        self._notes.append(note_of(since))
        return server

    def _mark_now(self, server: Server) -> Watermark:
        settings = self.request.settings.pull
        return Watermark(
            self.number, server.address, server.clock, server.zone, server.school_year, tuple(sorted(self.mapped)),
            settings.staff, settings.lead_days, None, (), False, 0, 0, newest(), self.request.settings.omitted,
        )  # fmt: skip

    # --- check, compare, guard ---

    def _make_plan(self, server: Server) -> None:
        settings = self.request.settings.pull
        day = dt.date.fromisoformat(server.day)
        rules = Rules(
            server.day, settings.lead_days, settings.staff == "school", self.mapped,
            settings.is_additions_only(day), self._is_quick,
            self._is_quick and self._mark is not None and self._mark.unread_teachers,
            settings.foreign_percent, self.request.settings.omitted,
        )  # fmt: skip
        self.log.begin("check", total=0, unit="parts")
        with (
            new_plan(self.folder / "plan.sqlite3", self.request.district.master) as plan,
            self._at_work(plan),
        ):
            wrong = run_checks(
                plan,
                self._staged,
                rules,
                lambda name, done, total: self.log.advance(done, total),
                self._known,
            )
            plan.write_about("import_id", self.number)
            plan.write_about(OMIT, json.dumps(rules.omit))
            self._notes += told_of_omitted(plan.connection, rules.omit)
            if rules.partial or rules.additions_only:
                plan.write_about(PARTIAL, 1)
            if set_watermark(plan, rules, self._mark_now(server), self._mark):
                save_check(plan, rules, check_cache_file(self.request.district, self.number), self.number)
            wrong += _reused(plan)
            self._notes += _again(plan)
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
            parts = [f"{row[name]:,} {name.replace('_', ' ')}" for name in COUNT_COLUMNS if row[name]]
            records = KIND_NAMES[row["kind"]].plural.capitalize()
            self.log.write("info", f"{records}: {', '.join(parts) or 'none'}.")

    def _guard(self, plan: Plan, server: Server) -> None:
        self.log.begin("guard")
        years = (plan.school_year(), server.school_year)
        reasons = guard(plan, self.request.settings.guard, self.mapped, years, server.doubt)
        describe_what_is_missing(plan)
        write_reasons(plan, reasons)
        for reason in reasons:
            self.log.write("warning", f"{reason.code}: {reason.message}")
        self.log.end()

    # --- apply, files ---

    def _decide(self) -> None:
        """Apply the plan, or let it wait. From here on a signal no longer cancels: it is too late to."""
        path = self.folder / "plan.sqlite3"
        with attached(self.master, path), immediate(self.master):
            copy_books(self.master, self.number)
        checks = DistrictChecks(self.request.settings, self.number)
        if self.request.plan_only or result.holds(self.master, self.number):
            if checks:
                look_ahead(self.master, path, checks)
            self._wait(checks)
            return
        self.log.begin("apply")
        try:
            outcome = apply_checked(self.master, path, checks)
        except HeldByChecks:
            self._wait(checks)
            return
        self._ended = ended_after(
            self.master, self.folder, self.number, outcome, lambda: self._finish(outcome, checks)
        )
        if self._ended.outcome is not outcome:
            with contextlib.suppress(sqlite3.Error):
                self.log.write("error", f"Import {self.number}: {self._ended.outcome.look.label}.")
                self.log.end("failed")

    def _finish(self, outcome: Outcome, checks: DistrictChecks) -> None:
        self._tell(checks)
        self.log.end()
        self.log.begin("files")
        finish_import(self.request.district, self.master, self.number, self.request.settings.accounts)
        tidy(self.request.district, self.master, self.request.settings.retention, dt.datetime.now(dt.UTC))
        self.log.write("info", f"Import {self.number}: {outcome.look.label}.")
        self.log.end()

    def _wait(self, checks: DistrictChecks) -> None:
        """Let the plan wait for a person."""
        with clear_errors(self.request.district.master), immediate(self.master):
            checks.write_holds(self.master)
        imports.close(self.master, self.number, Outcome.HELD)
        self._ended = Ended(self.number, Outcome.HELD)
        with contextlib.suppress(sqlite3.Error):
            self._tell(checks)
            self.log.write(
                "warning", f"The plan of import {self.number} waits for a person; nothing was changed."
            )

    def _tell(self, checks: DistrictChecks) -> None:
        for sentence in checks.told:
            self.log.write("warning", sentence)


def _again(plan: Plan) -> list[str]:
    """That nothing came which had not come before, or why nobody could tell; nothing for any other pull."""
    if plan.about("other_cache") is not None:
        return [
            "What the last check found was kept by another version of aeries-tui, in another layout; it was made anew."
        ]
    damaged = plan.about("damaged_cache")
    if damaged is not None:
        return [
            f"What the check of import {damaged} found can't be read: its file is damaged. It was made anew."
        ]
    number = plan.about("again")
    if number is None:
        return []
    return [f"Aeries gave exactly what import {number} was made of, so its check was not made anew."]


def _reused(plan: Plan) -> list[str]:
    """What a resumed pull used again, in a sentence; nothing for any other."""
    reused, total = plan.connection.execute("SELECT coalesce(sum(reused), 0), count(*) FROM scope").fetchone()
    if not reused:
        return []
    return [f"{reused:,} of {total:,} lists were read by the pull that was stopped, and are used again."]
