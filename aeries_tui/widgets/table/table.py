"""A table for long lists: a million rows open, scroll, search, sort and filter as a hundred do."""

from __future__ import annotations

from collections.abc import Callable, Container

from textual.app import ComposeResult
from textual.containers import Vertical

from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import RowKey, RowSource, cell_text
from aeries_tui.text import words_of
from aeries_tui.widgets.bindings import key_of
from aeries_tui.widgets.copy import CopyText, TakenOut, notify_text, save_folder_or_say
from aeries_tui.widgets.prompt import FootLine
from aeries_tui.widgets.table.messages import MarksChanged
from aeries_tui.widgets.table.saving import harmless_cell, save_rows
from aeries_tui.widgets.table.store import RowQuery
from aeries_tui.widgets.table.view import TableView


class PagedTable(Vertical):
    """Rows of a `RowSource`, with a heading above and a line of notes below.

    Posts `RowHighlighted`, `RowSelected`, `MarksChanged` and `TableShown`
    (`aeries_tui.widgets.table.messages`).

    Args:
        source: what is shown; it may come later, by `open`.
        empty: what is written where there are no rows: what to do first.
        name: of the list in file names, such as `people`.
        markable: rows can be marked with the space bar.
        opens: Enter opens a row.
        found_nothing: says what else can be done where a search or a filter found nothing; gets its words.
        id: of the widget.
        classes: of the widget.
    """

    DEFAULT_CSS = """
    PagedTable { height: 1fr; }
    """

    def __init__(
        self,
        source: RowSource | None = None,
        *,
        empty: str = "Nothing here.",
        name: str = "list",
        markable: bool = False,
        opens: bool = True,
        found_nothing: Callable[[str], str] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, name=name, classes=classes)
        self.empty = empty
        self.opens = opens
        self._found_nothing = found_nothing
        self.search_text = ""
        self.searching = False
        self._note = ""
        self._search_turn = 0
        self._next_search: tuple[str, int, bool] | None = None
        self._counting = False
        self._words: tuple[str, ...] = ()
        self._view = TableView(self, markable=markable)
        self._foot = FootLine()
        if source is not None:
            self._view.open(source)

    def compose(self) -> ComposeResult:
        """Rows, and the line below."""
        yield self._view
        yield self._foot

    def focus(self, scroll_visible: bool = True) -> PagedTable:
        """Give the keys to the rows."""
        self._view.focus(scroll_visible)
        return self

    # What is shown

    @property
    def view(self) -> TableView:
        """The part that scrolls."""
        return self._view

    @property
    def foot(self) -> FootLine:
        """The line below."""
        return self._foot

    @property
    def natural_width(self) -> int:
        """The cells it asks for."""
        return self._view.natural_width

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return self._view.count

    @property
    def cursor(self) -> int:
        """The place of the cursor, 0 is the first row."""
        return self._view.cursor

    @property
    def cursor_key(self) -> RowKey | None:
        """The key of the row under the cursor."""
        return self._view.key

    @property
    def marked(self) -> tuple[RowKey, ...]:
        """The keys of the marked rows, in the order they were marked."""
        return tuple(self._view.marked)

    @property
    def filter_text(self) -> str:
        """The words the rows shown hold."""
        return self._wanted.text

    @property
    def busy(self) -> bool:
        """Whether rows are being read or searched."""
        return self.searching or self._view.store is None or self._view.store.busy

    @property
    def _wanted(self) -> RowQuery:
        return self._view.store.wanted if self._view.store is not None else RowQuery()

    @property
    def _asked(self) -> RowQuery:
        return self._view.store.asked if self._view.store is not None else RowQuery()

    def open(self, source: RowSource) -> None:
        """Show another source, from its first row."""
        self._note = ""
        self._view.marked.clear()
        self._view.cursor = 0
        self._view.open(source)

    def replace(self, source: RowSource) -> None:
        """Show another source of the same rows; filter, order and marks stay, and the cursor on its row."""
        self._view.replace(source)

    def refresh_source(self) -> None:
        """Read the source anew; filter and order stay, and the cursor stays on its row where that is still there."""
        self._view.reopen()

    def filter(self, text: str) -> None:
        """Show only rows that hold every word of the text; blank shows all."""
        self._reopen(text.strip())

    def _reopen(self, text: str, key: RowKey | None = None) -> None:
        self._note = ""
        asked = self._asked
        self._view.reopen(RowQuery(text, asked.column, asked.descending), key)

    def sort(self, column: str | None, descending: bool = False) -> None:
        """Sort by a column; None for the source's own order."""
        self._view.reopen(RowQuery(self._wanted.text, column, descending))

    def show_key(self, key: RowKey) -> None:
        """Show all rows, in the source's own order, with the cursor on the row of a key."""
        self._view.reopen(RowQuery(), key)

    def move_to(self, index: int) -> None:
        """Set the cursor on a row, 0 is the first."""
        self._view.move_to(index)

    def unmark(self) -> None:
        """Take all marks off."""
        self._view.marked.clear()
        self._view.refresh()
        self.post_message(MarksChanged(self))
        self.tell()

    def keep_marks(self, keys: Container[RowKey]) -> None:
        """Take off the marks of rows that are not among these."""
        for key in [key for key in self._view.marked if key not in keys]:
            del self._view.marked[key]

    # Searching

    @property
    def marked_words(self) -> tuple[str, ...]:
        """The folded words that are set off in the rows: of the search and of the filter."""
        return self._words

    def _mark_words(self) -> None:
        words = tuple(dict.fromkeys(words_of(f"{self.search_text} {self.filter_text}")))
        if words != self._words:
            self._words = words
            self._view.refresh()

    def search(self, text: str, backwards: bool = False, *, here: bool = False) -> None:
        """Set the cursor on the next row that holds every word of the text.

        Args:
            text: the words.
            backwards: towards the first row.
            here: the row under the cursor counts.
        """
        step = 0 if here else (-1 if backwards else 1)
        self._search(text, self.cursor + step, backwards)

    def _search(self, text: str, start: int, backwards: bool = False) -> None:
        store = self._view.store
        if store is None or not text.strip():
            return
        if self.searching:
            # One search at a time; the last one wanted follows it.
            self._next_search = (text, start, backwards)
            store.interrupt()
            return
        if self._counting:
            store.interrupt()  # of the search before; nobody reads its figures any more
        self.search_text = text.strip()
        self.searching, self._note = True, f"Searching for {self.search_text} …"
        self._search_turn += 1
        turn = self._search_turn
        store.find(
            self.search_text,
            start,
            backwards,
            lambda place: self._found(turn, place),
            lambda problem: self._not_searched(turn, problem),
        )
        self.tell()

    def _goes_on(self) -> bool:
        """Whether another search was wanted meanwhile; it begins."""
        wanted, self._next_search = self._next_search, None
        if wanted is not None:
            self._search(*wanted)
        return wanted is not None

    def _not_searched(self, turn: int, problem: BaseException) -> None:
        if turn == self._search_turn and self.searching:
            self.searching, self._note = False, _in_words(problem)
            if not self._goes_on():
                self.tell()

    def _found(self, turn: int, place: int | None) -> None:
        if turn != self._search_turn or not self.searching:
            return
        self.searching = False
        if self._goes_on():
            return
        nothing = f"Nothing has {self.search_text}."
        if self._found_nothing is not None:
            nothing += f" {self._found_nothing(self.search_text)}"
        self._note = nothing if place is None else f"Search: {self.search_text}"
        store = self._view.store
        if place is not None and store is not None:
            self._view.move_to(place)
            self._counting = True
            store.count_matches(
                self.search_text,
                place,
                lambda found: self._counted(turn, *found),
                lambda problem: self._counted(turn, 0, 0),
            )
        self.tell()

    def _counted(self, turn: int, place: int, total: int) -> None:
        if turn != self._search_turn:
            return
        self._counting = False
        if total and self.search_text and not self.searching:
            self._note = f"Search: {self.search_text}, {place:,} of {total:,}"
            self.tell()

    def _end_search(self, note: str = "") -> None:
        """Take the marks of the search away, and end one that runs."""
        if (self.searching or self._counting) and self._view.store is not None:
            self._view.store.interrupt()
        self._search_turn += 1
        self._counting = False
        self.searching, self.search_text, self._note, self._next_search = False, "", note, None
        self.tell()
        self.screen.refresh_bindings()

    def clear(self) -> None:
        """End a search; without one take the filter off."""
        if self.search_text:
            self._end_search("Search ended." if self.searching else "")
        else:
            self.filter("")

    def ask_search(self) -> None:
        """Open the search line; the cursor goes with what is typed, and Esc takes it back to where it was."""
        origin, before = self.cursor, self.search_text

        def changed(text: str) -> None:
            if text.strip():
                self._search(text, origin)
            else:
                self._end_search()
                self._view.move_to(origin)

        def left() -> None:
            self._end_search()
            self.search_text = before
            self._view.move_to(origin)
            self.tell()

        def answered(text: str) -> None:
            if text.strip() != self.search_text:
                self._search(text, origin)

        self._foot.ask("Search:", before, answered, changed=changed, left=left)

    def ask_filter(self) -> None:
        """Open the filter line; the rows go with what is typed, and Esc brings those back that were there."""
        before, key = self.filter_text, self.cursor_key

        def left() -> None:
            if self._asked.text != before:
                self._reopen(before, key)

        def answered(text: str) -> None:
            if text.strip() != self._asked.text:
                self.filter(text)

        self._foot.ask("Filter:", before, answered, changed=self.filter, left=left)

    def ask_row(self) -> None:
        """Open the line for a row's number."""
        self._foot.ask("Row number:", "", self._goto)

    def _goto(self, text: str) -> None:
        digits = text.replace(",", "").strip()
        if digits.isascii() and digits.isdigit():
            self._view.move_to(int(digits) - 1)
        elif digits:
            self._note = f"{text.strip()} is not a row number."
            self.tell()

    # Taking along

    def copy_row(self) -> None:
        """Copy the row under the cursor, its cells with tabs between; a spreadsheet it is pasted into runs nothing."""
        row = self._view.row
        if row is not None:
            self.post_message(
                CopyText("\t".join(harmless_cell(cell_text(cell)) for cell in row.cells), "the row")
            )

    def save(self) -> None:
        """Save the rows that are shown as a CSV file."""
        store = self._view.store
        if store is not None and store.base is not None and self.count:
            folder = save_folder_or_say(self.app)
            if folder is not None:
                self.post_message(TakenOut(self.name or "list", folder))
                save_rows(store, folder, self.name or "list", lambda text: notify_text(self.app, text))

    # The line below, and the words where there are no rows

    def notice(self) -> str:
        """What is written in place of rows."""
        store = self._view.store
        if self._view.problem is not None:
            return _in_words(self._view.problem)
        if store is None or store.busy or store.view is None:
            return "Reading …" if store is not None and store.busy else ""
        if store.wanted.text:
            other = f" {self._found_nothing(store.wanted.text)}" if self._found_nothing is not None else ""
            return (
                f"No row has {store.wanted.text}.{other} {key_of(self.app, 'table-filter')} changes the filter, "
                f"{key_of(self.app, 'table-clear')} takes it off."
            )
        return self.empty

    def tell(self) -> None:
        """Write the line below anew, and set off what is searched."""
        self._mark_words()
        wanted, parts = self._wanted, []
        if self._view.problem is not None and self.count:
            parts.append(_in_words(self._view.problem))
        if self._view.store is not None and self._view.store.busy:
            parts.append("Reading …")
        if self._note:
            parts.append(self._note)
        if wanted.text:
            parts.append(f"Filter: {wanted.text}")
        if wanted.column is not None:
            title = next((c.title for c in self._view.columns if c.key == wanted.column), wanted.column)
            parts.append(f"Sorted by {title}{', descending' if wanted.descending else ''}")
        if self._view.marked:
            parts.append(f"{len(self._view.marked):,} marked")
        place = f"row {self.cursor + 1:,} of {self.count:,}" if self.count else ""
        self._foot.show(" · ".join(parts), place)


def _in_words(problem: BaseException) -> str:
    if isinstance(problem, AeriesTuiError):
        return " ".join(problem.lines())
    return f"The list could not be read ({type(problem).__name__}). Press F5 to read it again."
