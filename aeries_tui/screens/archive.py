"""Archive: the ends of the school years; make one, verify it, look into it, bring it back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.archives.archives import Archive
from aeries_tui.operations.archive_year import verify_archive
from aeries_tui.screens.archived_people import ArchivedPeople
from aeries_tui.screens.base import DistrictScreen, lines_of
from aeries_tui.screens.end_of_year import EndOfYearScreen
from aeries_tui.screens.times import now, shown_moment, shown_time
from aeries_tui.session.command import run_command
from aeries_tui.session.year_end import Looking, read_archives
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Confirm, Notice
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("name", "Archive", min_width=9, max_width=24),
    Column("made", "Made", min_width=11, max_width=24),
    Column("by", "By", min_width=4, max_width=16),
    Column("people", "People", align="right", min_width=7),
    Column("size", "Size", align="right", min_width=7),
    Column("verified", "Verified", flex=1, min_width=13, max_width=30),
)

_WORDS = {"student": "students", "staff": "staff", "section": "sections", "enrollment": "class memberships"}


class ArchiveScreen(DistrictScreen):
    """All archives of the district."""

    KEYS = "archive"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("archive")

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Archive] = {}
        self._verified: dict[str, Cell] = {}
        self._busy = ""
        self._slow = Background(self, "archives")
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="archives", name="archives")
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """The list, and more about the one under the cursor."""
        yield self._head
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def on_unmount(self) -> None:
        """Take no more answers."""
        self._slow.close()

    def reread(self) -> None:
        """Read the list anew."""
        session = self.session
        self.ask(lambda: read_archives(session), self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        self.show_error(error, "The archives can't be read")

    def _show(self, archives: tuple[Archive, ...]) -> None:
        self._found = {archive.name: archive for archive in archives}
        self._table.empty = self._nothing()
        source = ListSource(COLUMNS, [self._row(archive) for archive in archives])
        if self._table.count:
            self._table.replace(source)
        else:
            self._table.open(source)
        self._about.display = bool(archives)
        self._tell_head()
        self._tell_about()
        self.refresh_bindings()

    def _nothing(self) -> str:
        if self.session.name is None:
            return f"There is no district yet. Add its credential first: {self.key('go-credentials')}."
        return (
            "No archive yet. At the end of a school year the District Master is copied as it is, and the roster starts "
            "empty for the new year; so the first pull of the new year overwrites nothing. "
            f"{self.key('archive-create')} leads through it: checklist, copy, verification, empty, dry run."
        )

    def _row(self, archive: Archive) -> Row:
        verified = self._verified.get(archive.name, ("when made", "muted"))
        people = f"{archive.active['student'] + archive.active['staff']:,}"
        cells = (archive.name, shown_time(archive.made_at), archive.made_by, people)
        return Row(archive.name, (*cells, shown_size(archive.bytes), verified))

    def _tell_head(self) -> None:
        count = len(self._found)
        told = f"{count:,} archive{'s' if count != 1 else ''} of {self.session.name}" if count else ""
        self._head.update(Content(self._busy or told))

    @property
    def _here(self) -> Archive | None:
        key = self._table.cursor_key
        return self._found.get(str(key)) if key is not None else next(iter(self._found.values()), None)

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        archive = self._here
        if archive is not None:
            self._about.show(lines_of(self.app, *about(archive)), of=archive.name, title=archive.name)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what is not there are faint; one thing is done at a time."""
        match action:
            case "create":
                return self.session.has_master or None
            case "look":
                return bool(self._found) or None
            case "verify" | "restore":
                return (bool(self._found) and not self._busy) or None
            case _:
                return super().check_action(action, parameters)

    def arrive(self, what: object) -> None:
        """`end`: show the year's end."""
        if what == "end":
            self.app.push_screen(EndOfYearScreen())

    def action_create(self) -> None:
        """Run the end-of-year archive."""
        self.app.push_screen(EndOfYearScreen())

    @on(RowSelected)
    def _open(self) -> None:
        self.action_look()

    def action_look(self) -> None:
        """Look into the archive under the cursor."""
        archive = self._here
        if archive is not None:
            self.app.push_screen(ArchivedPeople(Looking(self.session, archive)))

    def action_verify(self) -> None:
        """Verify the archive under the cursor."""
        archive = self._here
        if archive is None:
            return
        district = self.session.district
        self._begin(f"Reading all {shown_size(archive.bytes)} of {archive.name} …")
        self._slow.ask(
            lambda: verify_archive(district, archive.name),
            lambda wrong: self._told_of(archive, wrong),
            lambda error: self._failed(error, "The archive could not be verified"),
        )

    def _told_of(self, archive: Archive, wrong: list[str]) -> None:
        at = shown_moment(now())
        self._verified[archive.name] = (f"✖ {at}", "error") if wrong else (f"✔ {at}", "completed")
        self._begin("")
        self.reread()
        if not wrong:
            self.tell(f"{archive.name} is as it was made: size, SHA-256, structure and every count.")
            return
        advice = f"It can't be restored. Bring {archive.path} and {archive.side_file.name} back from your backup. The District Master is as it is."
        self.app.push_screen(Notice(f"{archive.name} is not as it was made", "\n".join([*wrong, "", advice])))

    def _begin(self, what: str) -> None:
        self._busy = what
        self._tell_head()
        self.refresh_bindings()

    def _failed(self, error: BaseException, title: str) -> None:
        self._begin("")
        self.show_error(error, title)

    def action_restore(self) -> None:
        """Plan to bring the archive under the cursor back; the plan waits."""
        archive, session = self._here, self.session
        if archive is None:
            return

        def answered(answer: bool | None) -> None:
            if not answer:
                return
            self._begin(f"Comparing {archive.name} with the District Master …")
            self._slow.ask(
                lambda: run_command(
                    session.places, session.district.name, ["archive", "restore", archive.name]
                ),
                lambda _: self._planned(),
                lambda error: self._failed(error, "The restore could not be planned"),
            )

        question = (
            f"Plan to make the roster of {session.name} what {archive.name} holds: {people_of(archive)}?"
        )
        detail = (
            "Nothing changes yet. The plan waits on Pull, where you see record by record what would be different and "
            "approve or discard it. Whoever is in the roster and not in the archive would be taken out. Mapping, "
            "credentials and accounts stay."
        )
        self.app.push_screen(Confirm(question, yes="Make the plan", detail=detail, title="Restore"), answered)

    def _planned(self) -> None:
        self._begin("")
        if self.is_current:
            self.app.call_later(self.district_app.go, "pull", "plan")


def shown_size(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def people_of(archive: Archive) -> str:
    """`936 students, 47 staff`."""
    return f"{archive.active['student']:,} students, {archive.active['staff']:,} staff"


def about(archive: Archive) -> list[str]:
    """All that is known of an archive."""
    active = ", ".join(f"{archive.active[name]:,} {word}" for name, word in _WORDS.items())
    return [
        f"Made     {shown_time(archive.made_at)} by {archive.made_by}, of the school year {archive.school_year or 'unknown'}",
        f"Active   {active}",
        f"File     {archive.path}",
        f"SHA-256  {archive.sha256}",
        "Never changed by the program. To keep it elsewhere as well, copy both files of this name.",
    ]
