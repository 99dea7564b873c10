"""The lines of home: the checklist of the journey, and the status board it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aeries_tui.aeries import Area
from aeries_tui.operations.board import Board
from aeries_tui.operations.roster_service import ServiceStanding
from aeries_tui.pull.request import PREREQUISITES
from aeries_tui.schedule import ScheduleStatus
from aeries_tui.screens.text.result import took
from aeries_tui.screens.times import shown_moment, shown_time
from aeries_tui.session.district_status import DistrictStatus
from aeries_tui.text import in_number
from aeries_tui.widgets.status import outcome_text

Key = Callable[[str], str]
"""The key of an action, as a person reads it."""


@dataclass(frozen=True)
class HomeLine:
    """One line of home.

    Attributes:
        id: tells it from the others.
        sign: done, next, waiting, warning or wrong.
        label: what it is about.
        state: how it stands.
        key: what to press for it, blank for Enter alone.
        explain: what it is and what to do, several sentences; paragraphs apart by a blank line.
        place: where Enter leads; blank for the action of the same id.
        what: what is done there.
    """

    id: str
    sign: str
    label: str
    state: str
    key: str
    explain: str
    place: str = ""
    what: object = None


SIGNS: dict[str, tuple[str, str]] = {
    "done": ("✔", "completed"),
    "next": ("▶", "running"),
    "waiting": ("·", "muted"),
    "warning": ("▲", "warning"),
    "wrong": ("✖", "error"),
    "held": ("‖", "held"),
}
"""Sign and style of each kind of line."""

CERTIFICATE_STEPS = (
    "In Aeries, as an administrator: Security > API Security > Add New Record. Product name STEMscopes, "
    "Type blank, Insert.\n"
    f"Then tick Read for each of: {', '.join(area.value for area in Area)}.\n"
    "Aeries shows the certificate, 32 letters and digits: copy it. Whoever has it can read these data, so "
    "send it to nobody."
)


def lines_for(
    standing: DistrictStatus,
    schedule: ScheduleStatus | None,
    key: Key,
    board: Board | None = None,
    service: ServiceStanding | None = None,
) -> list[HomeLine]:
    """The checklist until an import was applied, then the status board.

    Args:
        standing: how the district stands.
        schedule: what runs when; None while that is not known.
        key: the key of an action.
        board: what takes longer to count; None while it is not known.
        service: how the roster service stands; None while that is not known, and where nobody ever read.
    """
    if standing.applied is not None:
        return list(_board(standing, schedule, key, board, service))
    return _with_next(list(_checklist(standing, schedule, key)))


def _with_next(lines: list[HomeLine]) -> list[HomeLine]:
    """The first line that waits becomes the next one."""
    for place, line in enumerate(lines):
        if line.sign in {"waiting", "wrong"}:
            if line.sign == "waiting":
                lines[place] = replace(line, sign="next")
            break
    return lines


# The checklist


def _checklist(standing: DistrictStatus, schedule: ScheduleStatus | None, key: Key) -> Iterator[HomeLine]:
    there = standing.credential is not None
    yield HomeLine(
        "certificate", "done" if there else "waiting", "Certificate in Aeries",
        "made" if there else "make it in Aeries first", "",
        CERTIFICATE_STEPS + ("" if there else f"\nThen press {key('go-credentials')} to enter it here."),
        "credentials", None if there else "add",
    )  # fmt: skip
    yield HomeLine(
        "credential", "done" if there else "waiting", "Credential",
        standing.credential.url if standing.credential else "not added yet", key("go-credentials"),
        "The Instance URL (the address of Aeries up to /Login.aspx), the certificate, and whether a daily import "
        "is to be initiated, from when.",
        "credentials", None if there else "add",
    )  # fmt: skip
    yield _test_line(standing, key)
    yield _schools_line(standing, key)
    yield _prerequisites_line(standing, key)
    yield from _pull_lines(standing, key)
    yield _daily_line(standing, schedule, key)


def _test_line(standing: DistrictStatus, key: Key) -> HomeLine:
    test = standing.credential.last_test if standing.credential else None
    explain = (
        "Asks Aeries whether the address is right, the certificate is accepted, and which "
        "permissions are granted; says what to tick where one is missing."
    )
    if test is None:
        sign, state = "waiting", "not tested yet"
    else:
        sign = "done" if test.ok else "wrong"
        state = f"{test.summary} ({shown_moment(test.at)})"
    return HomeLine("test", sign, "Test", state, key("go-credentials"), explain, "credentials", "test")


def _schools_line(standing: DistrictStatus, key: Key) -> HomeLine:
    coverage = standing.coverage
    if not coverage.listed:
        sign, state = "waiting", "the list has not been read"
    else:
        sign = "waiting" if not coverage.mapped else "warning" if coverage.gone else "done"
        state = _coverage_words(standing)
    explain = (
        f"On Schools, {key('schools-update')} reads the list from Aeries. Schools of the same or a very similar name "
        f"are mapped by themselves; the rest by hand. {key('schools-import-csv')} reads ALI schools from a CSV, "
        f"{key('schools-create')} makes one from an Aeries school. Only mapped schools take part in a pull."
    )
    what = None if coverage.listed else "update"
    return HomeLine("schools", sign, "Schools", state, key("go-schools"), explain, "schools", what)


def _coverage_words(standing: DistrictStatus) -> str:
    coverage = standing.coverage
    parts = [f"{coverage.mapped:,} mapped"]
    if coverage.open:
        parts.append(f"{coverage.open:,} not mapped")
    if coverage.excluded:
        parts.append(f"{coverage.excluded:,} excluded")
    if coverage.gone:
        parts.append(f"{coverage.gone:,} gone from Aeries")
    return ", ".join(parts)


def _prerequisites_line(standing: DistrictStatus, key: Key) -> HomeLine:
    acknowledged = standing.acknowledged
    state = (
        f"acknowledged by {acknowledged.by}, {shown_time(acknowledged.at)}"
        if acknowledged
        else "not acknowledged yet"
    )
    return HomeLine(
        "acknowledge", "done" if acknowledged else "waiting", "Prerequisites", state, key("home-acknowledge"), PREREQUISITES
    )  # fmt: skip


def _pull_lines(standing: DistrictStatus, key: Key) -> Iterator[HomeLine]:
    explain = (
        "Reads staff, students, sections and classes of the mapped schools; minutes to hours. It goes on when you leave "
        "the program or lose the line, and you are told when it is done."
    )
    if standing.running is not None:
        yield _running_line(standing)
    elif standing.held is not None:
        yield _held_line(standing, key)
    else:
        newest = standing.newest
        state = "not yet"
        sign = "waiting"
        if newest is not None:
            sign = "wrong"
            state = f"import {newest.id}: {outcome_text(newest.outcome)}"
            if newest.problem:
                state += f" - {newest.problem.message}"
                explain = "\n".join(newest.problem.sentences)
        yield HomeLine("pull", sign, "First pull", state, key("home-pull"), explain)
    if standing.resumable is not None and standing.running is None:
        yield _resume_line(standing, key)
    yield HomeLine(
        "results", "waiting", "Results", "after the first pull", key("go-results"),
        "Completed is dark green, Completed with ERROR yellowish green, ERROR red. Descriptions name every record "
        "with an error, Troubleshooting says what to do.",
        "results",
    )  # fmt: skip


# The board


def _board(
    standing: DistrictStatus,
    schedule: ScheduleStatus | None,
    key: Key,
    board: Board | None,
    service: ServiceStanding | None,
) -> Iterator[HomeLine]:
    if standing.running is not None:
        yield _running_line(standing)
    if standing.held is not None:
        yield _held_line(standing, key)
    elif standing.is_closed and standing.running is None:
        yield _new_year_line(standing, key)
    yield _last_line(standing, key)
    if standing.resumable is not None and standing.running is None:
        yield _resume_line(standing, key)
    yield _stale_line(standing, key)
    yield _schools_line(standing, key)
    yield _roster_line(standing, key)
    yield _test_line(standing, key)
    yield _daily_line(standing, schedule, key)
    if standing.deliveries:
        yield _deliveries_line(standing)
    if service is not None and service.problem is not None:
        yield HomeLine(
            "service", "wrong", "Roster service", service.problem.message, key("go-credentials"),
            "\n".join(service.problem.lines()), "credentials", "consumers",
        )  # fmt: skip
    elif service is not None and service.consumers and (service.is_late or not service.answering.is_well):
        yield _service_line(service, key)
    yield _accounts_line(board, key)
    yield _archive_line(standing, key)


def _deliveries_line(standing: DistrictStatus) -> HomeLine:
    """How what is sent after imports stands; the worst first."""
    looks = {"failed": "wrong", "held": "held", "ok": "done"}
    ranked = sorted(standing.deliveries, key=lambda one: list(looks).index(one.look))
    words = []
    for one in ranked:
        when = (
            shown_time(one.found.ended_at or one.found.made_at)
            if one.found is not None
            else "nothing sent yet"
        )
        words.append(f"{one.name} {'' if one.look == 'ok' else f'{one.look}, '}{when}")
    told = [one.sentence for one in ranked if one.sentence] or ["All that was due was delivered, whole."]
    return HomeLine(
        "deliveries", looks[ranked[0].look], "Deliveries", "; ".join(words), "",
        "\n".join([*told, "aeries-tui deliveries shows each set, and what was in it."]),
    )  # fmt: skip


def _service_line(service: ServiceStanding, key: Key) -> HomeLine:
    """What keeps products from the newest roster."""
    who = in_number(len(service.consumers), "product")
    if service.is_late:
        sign, state = "wrong", f"can't give the newest roster; {who} read import {service.import_id}"
        explain = "The service runs and gives the last good state. It says why where it runs; with systemd, journalctl does."
    else:
        sign = "wrong" if service.answering.state == "stopped" else "warning"
        state = f"nothing answers; {who} may read"
        if service.answering.state == "differs":
            state = "installed otherwise than the settings say"
        explain = service.answering.sentence
    opens = f"Enter shows who may read; {key('consumers-install')} there has systemd listen for them."
    return HomeLine(
        "service", sign, "Roster service", state, key("go-credentials"), f"{explain}\n{opens}", "credentials", "consumers",
    )  # fmt: skip


def _accounts_line(board: Board | None, key: Key) -> HomeLine:
    explain = (
        "Accounts get random passwords; single sign-on by e-mail is recommended. Test on People that they can log in; "
        f"{key('people-sign-on')} there says who is not ready for single sign-on, and why."
    )
    sign, state = "waiting", "counting who is ready for single sign-on …"
    if board is not None and not board.people:
        state = "nobody is in the roster yet"
    elif board is not None:
        sign = "done"
        state = f"{board.people:,}, {board.ready:,} ready for single sign-on"
    return HomeLine("accounts", sign, "Accounts", state, key("go-people"), explain, "people")


def _archive_line(standing: DistrictStatus, key: Key) -> HomeLine:
    made = standing.archive
    told = f"{made.name} archived {shown_time(made.made_at)}" if made is not None else ""
    applied = standing.applied
    year = applied.school_year if applied is not None and not standing.is_closed else None
    due = f"{year} not archived yet" if year else ""
    state = "; ".join(filter(None, (told, due))) or "nothing archived yet"
    return HomeLine(
        "archive", "done" if standing.is_closed else "waiting", "End of year", state, key("go-archive"),
        "Before the first pull of a new school year: the archive keeps the District Master as it is, which then "
        "starts empty.",
        "archive",
    )  # fmt: skip


def _new_year_line(standing: DistrictStatus, key: Key) -> HomeLine:
    """What comes after the year's end."""
    year = standing.archive.name if standing.archive is not None else "the school year"
    return HomeLine(
        "new-year", "next", "New school year", f"roster empty since the archive of {year}: dry run next", key("go-archive"),
        "When Aeries has been rolled over: Enter leads to the year's end, where "
        f"{key('end-of-year-dry-run')} starts a dry run. That is a pull that ends with its plan: everything is read, and "
        "nothing is changed before you have approved it.",
        "archive", "end",
    )  # fmt: skip


def _running_line(standing: DistrictStatus) -> HomeLine:
    running = standing.running
    assert running is not None
    number = f"import {running.number}, " if running.number else ""
    since = shown_time(running.since) if running.since else ""
    return HomeLine(
        "running", "next", "Running now", f"{running.what}: {number}since {since}".rstrip(), "",
        "Watch it live on Pull. It goes on when you leave the program.",
        "pull",
    )  # fmt: skip


def _held_line(standing: DistrictStatus, key: Key) -> HomeLine:
    assert standing.held is not None
    held, reasons, is_stale = standing.held
    why = (
        f"{reasons} reason{'s' if reasons != 1 else ''} to look" if reasons else "it was asked for as a plan"
    )
    what = "Nothing was changed; the plan waits for a person. Read what would change, then approve or discard it, with a reason."  # fmt: skip
    if is_stale:
        why = "stale, it can only be discarded"
        what = "The roster or the mapping has changed since this plan was made. Discard it and pull again."
    return HomeLine(
        "held", "held", "Plan waiting", f"import {held.id}: {why}", key("home-view-plan"), what, "pull", "plan",
    )  # fmt: skip


def _last_line(standing: DistrictStatus, key: Key) -> HomeLine:
    newest = standing.newest
    assert newest is not None
    sign = {"completed": "done", "held": "held", "error": "wrong"}.get(newest.outcome.value, "warning")
    state = f"{newest.id} {newest.outcome.look.label}"
    state += f", {shown_time(newest.started_at)}"
    long = took(newest)
    explain = f"{f'It took {long}. ' if long else ''}{key('home-open-result')} or Enter opens it: counts, Descriptions, Troubleshooting, files."
    if newest.problem:
        explain = "\n".join([*newest.problem.sentences, explain])
    return HomeLine(
        "last", sign, "Last import", state, key("home-open-result"), explain, "results", newest.id
    )


def _resume_line(standing: DistrictStatus, key: Key) -> HomeLine:
    return HomeLine(
        "resume", "warning", "Stopped pull", f"import {standing.resumable} can go on", key("go-pull"),
        f"What it read is kept for a while. On Pull, {key('pull-resume')} goes on from there.",
        "pull",
    )  # fmt: skip


def _stale_line(standing: DistrictStatus, key: Key) -> HomeLine:
    stale = standing.stale
    if standing.is_closed:
        return HomeLine(
            "stale", "waiting", "Lists", "none of the new school year was read yet", "",
            "The first pull of the new school year reads them.", "results",
        )  # fmt: skip
    if not stale:
        return HomeLine(
            "stale", "done", "Lists", "all were read by the last good import", "",
            "A list that can't be read well takes nobody away: its people stay, and it stands here until it was "
            "read again.",
            "results",
        )  # fmt: skip
    named = [
        f"{gap.where}: not since {shown_time(gap.last_good) if gap.last_good else 'ever'} ({gap.code})"
        for gap in stale
    ]
    more = f"\n… and {len(named) - 6} more" if len(named) > 6 else ""
    return HomeLine(
        "stale", "warning", "Lists", f"{len(stale):,} could not be read well; their people stay as they were", key("go-results"),
        "\n".join(named[:6]) + more,
        "results",
    )  # fmt: skip


def _roster_line(standing: DistrictStatus, key: Key) -> HomeLine:
    roster = standing.roster or {}
    names = (
        ("student", "students"),
        ("staff", "staff"),
        ("section", "sections"),
        ("enrollment", "enrollments"),
    )
    state = ", ".join(f"{roster[kind]:,} {word}" for kind, word in names if kind in roster)
    if standing.is_closed:
        return HomeLine(
            "roster", "waiting", "Roster", "empty: nobody of the new school year is in yet", key("go-people"),
            "The first pull of the new school year fills it. Whoever comes back has the same account.", "people",
        )  # fmt: skip
    applied = standing.applied
    year = f" of {applied.school_year}" if applied and applied.school_year else ""
    return HomeLine(
        "roster", "done", "Roster", state, key("go-people"),
        f"The active records{year} in the District Master. People finds one of them, and explains why somebody "
        "is missing.",
        "people",
    )  # fmt: skip


def _daily_line(standing: DistrictStatus, schedule: ScheduleStatus | None, key: Key) -> HomeLine:
    explain = (
        "From the time in the credential on, Aeries is pulled once a day without anybody. "
        f"Time and zone stand in the credential ({key('go-credentials')}), where {key('credentials-install')} installs the "
        "timer."
    )
    if standing.credential is None or standing.credential.daily_import is None:
        return HomeLine(
            "daily", "waiting", "Daily import", "off", key("go-credentials"), explain, "credentials", "edit"
        )
    if schedule is None:
        return HomeLine(
            "daily", "waiting", "Daily import", "on; looking at the timer …", key("go-credentials"), explain,
            "credentials", "edit",
        )  # fmt: skip
    runs = [run for run in schedule.next_runs if not run.blackout]
    coming = f", next {shown_moment(runs[0].at)}" if runs else ""
    good = schedule.agreement == "agrees"
    return HomeLine(
        "daily", "done" if good else "warning", "Daily import",
        f"{schedule.begin}{coming if good else ', but no timer runs it'}", key("go-credentials"),
        "\n".join((schedule.sentence, *schedule.notes, "" if good else explain)).strip(),
        "credentials", "edit" if good else "install",
    )  # fmt: skip


def headline(standing: DistrictStatus) -> str:
    """The district and where its Aeries is."""
    credential = standing.credential
    if credential is None:
        own = "No district yet"
        return f"{own}; for those of this machine: sudo aeries-tui" if standing.on_machine else own
    return f"{credential.name} · {credential.url}"
