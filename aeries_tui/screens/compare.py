"""Compare: the Master against a list of people; who is in both, in one alone, and what differs."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.audit import Act
from aeries_tui.errors import AeriesTuiError
from aeries_tui.exports.comparison import write_comparison
from aeries_tui.field_names import field_label
from aeries_tui.listing import Cell, Interrupted
from aeries_tui.master.comparisons import SIGNS, Compared, Comparison, Kept, kept_in, row_at, rows_of
from aeries_tui.master.lists.comparisons import COLUMNS, STYLE_OF_SIGN, comparison_source
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.compare import compare_and_keep
from aeries_tui.operations.district import District
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.changes import shown_value
from aeries_tui.screens.person_text import PersonPanes
from aeries_tui.screens.times import shown_time
from aeries_tui.text import in_number
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.copy import save_folder_or_say
from aeries_tui.widgets.dialogs import AskText, wrong_with_path
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.pick import Choice, PickOne
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

_ORDER = "*+-!="
_USUAL = frozenset("*+-!")
"""The signs that are shown at first: those of what is not the same."""
_WORDS = {"*": "differ", "+": "only here", "-": "only there", "!": "unreadable", "=": "same"}
_NOUNS: dict[PersonKind, str] = {"student": "students", "staff": "staff"}


class CompareScreen(DistrictScreen):
    """A comparison, and those before it."""

    KEYS = "compare"
    PLACE = "people"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("compare")

    def __init__(self) -> None:
        super().__init__()
        self._kept: Kept | None = None
        self._place = 0
        self._row: Compared | None = None
        self._signs = set(_USUAL)
        self._ends: threading.Event | None = None
        self._source: SqlRowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="compared", name="compare")
        self._about, person = Pane(id="about"), Pane(id="person")
        self._panes = Panes(self._table, self._about, person)
        self._person = PersonPanes(self, person)

    def body(self) -> ComposeResult:
        """What was compared, the rows, and what is known of the one under the cursor."""
        yield self._head
        yield self._panes

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def on_unmount(self) -> None:
        """End a comparison that runs, and let go of the file."""
        if self._ends is not None:
            self._ends.set()
        if self._source is not None:
            self._source.interrupt()
            self._source.close()

    def reread(self) -> None:
        """Show the newest comparison where none is shown, or the one that is shown is gone."""
        if self._ends is None:
            folder = self._district().files.comparisons
            self.ask(lambda: kept_in(folder), self._know)

    def _know(self, kept: list[Kept]) -> None:
        if self._kept is None or self._kept.path not in {one.path for one in kept}:
            self._show(kept[0] if kept else None)

    def _district(self) -> District:
        session = self.session
        return District(session.places, session.settings, session.must_have_credential(), session.district)

    # What is shown

    def _show(self, kept: Kept | None) -> None:
        if kept is None or self._kept is None or kept.path != self._kept.path:
            self._signs = set(_USUAL)
        self._kept = kept
        self._open()

    def _open(self) -> None:
        kept, old = self._kept, self._source
        self._row, self._source = None, None
        self._tell_head()
        if kept is None:
            self._table.empty = (
                f"No list was compared yet. {self.key('compare-read')} compares one: a CSV with a header, a OneRoster "
                "bundle, a directory's export."
            )
            self._table.open(ListSource(COLUMNS, []))
        else:
            self._table.empty = self._nothing(kept.found)
            try:
                self._source = comparison_source(kept.path, self._signs)
            except AeriesTuiError as error:
                self.show_error(error, "The comparison can't be read")
                return
            self._table.open(self._source)
        if old is not None:
            self.ask(old.close, lambda _: None)
        self.refresh_bindings()

    def _nothing(self, found: Comparison) -> str:
        if found.is_same:
            return f"The list says what the District Master says, of all {found.counts['=']:,}."
        return "No row has a sign that is shown."

    def _tell_head(self) -> None:
        kept = self._kept
        if self._ends is not None:
            self._head.update(content(self.app, f"Comparing … {self.key('compare-cancel')} ends it."))
        elif kept is None:
            self._head.update(content(self.app, "The District Master against a list of people"))
        else:
            found = kept.found
            lines: list[Cell] = [
                (f"{_NOUNS[found.kind].capitalize()} of {Path(kept.list).name}", "strong"),
                f", compared by {found.columns[found.key]}",
                (f"  {shown_time(kept.made_at)}\n", "muted"),
            ]
            for sign in _ORDER:
                is_shown = sign in self._signs
                lines += [(f"{sign} {found.counts[sign]:,}", "strong" if is_shown else "muted")]
                lines += [(f" {_WORDS[sign]}  ", "" if is_shown else "muted")]
            self._head.update(content(self.app, *lines))

    @on(RowHighlighted)
    def _highlighted(self, event: RowHighlighted) -> None:
        kept, self._place = self._kept, int(event.key)
        if kept is None:
            return
        asked = kept.path, self._place

        def came(row: Compared | None) -> None:
            if self._kept is not None and asked == (self._kept.path, self._place):
                self._show_row(row)

        self.ask(lambda: row_at(*asked), came, lambda error: None)

    def _show_row(self, row: Compared | None) -> None:
        self._row = row
        self._about.display = row is not None
        if row is not None and self._kept is not None:
            self._about.show(content(self.app, *_in_words(row, self._kept.found)), of=row)
        self._follow()
        self.refresh_bindings()

    @on(PanesLaid)
    def _follow(self) -> None:
        if self._panes.three:
            self._person.follow(self._here)

    @property
    def _here(self) -> tuple[PersonKind, int] | None:
        """The person under the cursor: of the Master, or of the list where it has the id."""
        row, kept = self._row, self._kept
        if row is None or kept is None:
            return None
        number = row.id or (row.key if kept.found.key == "id" else "").lstrip("STst")
        return (kept.found.kind, int(number)) if number.isdecimal() and 0 < len(number) < 19 else None

    # Comparing

    def action_read(self) -> None:
        """Compare the Master with a list."""

        def given(text: str | None) -> None:
            if text:
                self._compare(Path(text).expanduser(), None, None)

        self.app.push_screen(
            AskText(
                "Path of the list:",
                title="Compare with a list",
                detail="A CSV with a header, or a OneRoster bundle. Whose it is, and by what people are told apart, is found out.",
                ok="Compare",
                check=wrong_with_path,
            ),
            given,
        )

    def action_column(self) -> None:
        """Compare again, by a column that one chooses."""
        kept = self._kept
        if kept is None:
            return
        titles = [*dict.fromkeys([*kept.found.columns.values(), *kept.found.ignored])]
        choices = {
            f"{kind} {title}": (kind, title)
            for title in titles
            for kind in (kept.found.kind, _other(kept.found.kind))
        }

        def chosen(key: int | str | None) -> None:
            if key is not None:
                self._compare(Path(kept.list), *choices[str(key)])

        self.app.push_screen(
            PickOne(
                f"People of {Path(kept.list).name} are told apart by",
                [Choice(key, title, _NOUNS[kind]) for key, (kind, title) in choices.items()],
                label="Column",
                note="Compared with",
            ),
            chosen,
        )

    def _compare(self, path: Path, kind: PersonKind | None, key: str | None) -> None:
        if self._ends is not None:
            self.tell("A comparison runs already.")
            return
        ends = self._ends = threading.Event()
        district = self._district()

        def going() -> None:
            if ends.is_set():
                raise Interrupted

        self._tell_head()
        self.refresh_bindings()
        self.ask(
            lambda: compare_and_keep(district, path, kind=kind, key=key, going=going),
            self._compared,
            self._failed,
        )

    def _compared(self, kept: Kept) -> None:
        self._ends = None
        self._show(kept)

    def _failed(self, error: BaseException) -> None:
        self._ends = None
        self._tell_head()
        self.refresh_bindings()
        if isinstance(error, Interrupted):
            self.tell("The comparison was ended; nothing is kept of it.")
        else:
            self.show_error(error, "The list can't be compared")

    def action_cancel(self) -> None:
        """End the comparison that runs."""
        if self._ends is not None:
            self._ends.set()

    def action_earlier(self) -> None:
        """Choose one of the comparisons that are kept."""
        folder = self._district().files.comparisons

        def choose(kept: list[Kept]) -> None:
            known = {str(one.path): one for one in kept}

            def chosen(key: int | str | None) -> None:
                if key is not None:
                    self._show(known[str(key)])

            choices = [
                Choice(key, f"{shown_time(one.made_at)}  {Path(one.list).name}", _in_short(one.found))
                for key, one in known.items()
            ]
            self.app.push_screen(
                PickOne("Comparisons that are kept", choices, label="List", note="Found"), chosen
            )

        self.ask(lambda: kept_in(folder), choose)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what there is nothing of are left out."""
        match action:
            case "cancel":
                return self._ends is not None
            case "column" | "export" | "earlier":
                return (self._kept is not None and self._ends is None) or None
            case "explain":
                return self._row is not None or None
            case "differ" | "here" | "there" | "unreadable" | "same":
                return self._kept is not None or None
            case _:
                return super().check_action(action, parameters)

    def _toggle(self, sign: str) -> None:
        if self._kept is not None:
            self._signs ^= {sign}
            self._open()

    def action_differ(self) -> None:
        """Show those that differ, or leave them out."""
        self._toggle("*")

    def action_here(self) -> None:
        """Show those that are only in the Master, or leave them out."""
        self._toggle("+")

    def action_there(self) -> None:
        """Show those that are only in the list, or leave them out."""
        self._toggle("-")

    def action_unreadable(self) -> None:
        """Show the rows that could not be read, or leave them out."""
        self._toggle("!")

    def action_same(self) -> None:
        """Show those that are the same, or leave them out."""
        self._toggle("=")

    @on(RowSelected)
    def _selected(self) -> None:
        self.run_worker(self.action_explain())

    async def action_explain(self) -> None:
        """Explain the person of the row; one without an id is looked for by name."""
        if self._here is not None:
            await self.district_app.go("people", (*self._here, "live"))
        elif self._row is not None:
            self.district_app.action_explain(self._row.name or self._row.key)

    def action_export(self) -> None:
        """Save the rows that are shown, with both values of what differs, as a CSV file."""
        folder, kept, source = save_folder_or_say(self.app), self._kept, self._source
        if folder is None or kept is None or source is None:
            return
        path = folder / f"compare-{time.strftime('%Y%m%d-%H%M%S')}.csv"
        signs, words, session = "".join(self._signs), self._table.filter_text, self.session
        about = {"what": "comparison", "to": str(path)}

        def write() -> int:
            with session.journal.recording(Act.EXPORTED, session.district.name, about):
                shown = _shown(source, words) if words else None
                rows = rows_of(kept.path, signs)
                return write_comparison(path, (row for place, row in rows if shown is None or place in shown))

        self.ask(
            write,
            lambda count: self.tell(f"Saved {in_number(count, 'row')} as {path}."),
            lambda error: self.show_error(error, "The file could not be written"),
        )


def _shown(source: SqlRowSource, words: str) -> frozenset[int]:
    """The places of the rows that a filter leaves."""
    view = source.with_filter(words)
    try:
        return frozenset(int(row.key) for row in view.rows(0, view.count()))
    finally:
        view.close()


def _in_words(row: Compared, found: Comparison) -> list[Cell]:
    """A row: which sign, whom, where it stands, and each field that differs, the Master's value before the list's."""
    key = f"{found.columns[found.key]} {row.key}" if row.key else f"without {found.columns[found.key]}"
    parts: list[Cell] = [
        (f"{row.sign} {SIGNS[row.sign]}", STYLE_OF_SIGN[row.sign]),
        f"\n{row.name or '(no name)'}, {key}",
        f"\nLine {row.line:,} of the list" if row.line else "",
    ]
    if row.problem:
        parts.append((f"\n{row.problem}", "error"))
    for field, (ours, theirs) in row.differences.items():
        parts += [
            (f"\n\n{field_label(field)}\n", "muted"), ("here  ", "muted"), shown_value(ours or None),
            ("\nthere ", "muted"), shown_value(theirs or None),
        ]  # fmt: skip
    return parts


def _in_short(found: Comparison) -> str:
    return "  ".join(f"{sign} {found.counts[sign]:,}" for sign in _ORDER)


def _other(kind: PersonKind) -> PersonKind:
    return "staff" if kind == "student" else "student"
