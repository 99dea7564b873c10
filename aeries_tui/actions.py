"""The one table of actions: footer, `?`, command palette, bindings and docs/keys.md come from it.

By default only letters, digits, a few signs, function keys and the keys of the arrow block are
used: they arrive through SSH, tmux, screen and PuTTY. Digits lead to the screens from everywhere,
letters act on the screen, and what every list, log and text answers to is the same everywhere: beside
the arrows j, k, g, G and ctrl with d, u, f, b, which nothing else may have. Beside a key with ctrl there
is always one without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.codes import Code

GLOBAL, TABLE, LOG, TEXT, DIALOG = "global", "table", "log", "text", "dialog"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does.

    Attributes:
        id: its name in `[keys]` of config.toml; never changes its meaning.
        key: the default key; further ones after a comma.
        label: two words at most, for the footer.
        help: one sentence, for `?`, the palette and docs/keys.md.
        group: the screen it belongs to, or `global`, `table`, `log`, `text`, `dialog`.
        action: what Textual runs, on the node that holds the binding or after `app.`.
        rank: its place in the footer, 1 is first; 0 keeps it out of the footer.
        fixed: it can't be given another key.
    """

    id: str
    key: str
    label: str
    help: str
    group: str
    action: str
    rank: int = 0
    fixed: bool = False


WIDGETS_OF: dict[str, tuple[str, ...]] = {
    "home": (TABLE,),
    "credentials": (TABLE,),
    "credential": (),
    "consumers": (TABLE,),
    "consumer": (),
    "schools": (TABLE,),
    "pull": (LOG,),
    "progress": (TABLE,),
    "plan": (TABLE,),
    "changes": (TABLE,),
    "record": (TABLE,),
    "results": (TABLE,),
    "import log": (LOG,),
    "files": (TABLE,),
    "descriptions": (TABLE,),
    "troubleshooting": (TABLE,),
    "checks": (TABLE,),
    "people": (TABLE,),
    "person": (TABLE,),
    "group": (TABLE,),
    "sign-on": (TABLE,),
    "compare": (TABLE,),
    "archive": (TABLE,),
    "end-of-year": (TABLE,),
    "archived": (TABLE,),
    "archived person": (TABLE,),
    "districts": (TABLE,),
}
"""Every screen, and the shared widgets whose keys are alive on it."""

MARKING = frozenset({"schools", "districts"})
"""The screens whose rows are marked for an action on several."""

MARKS = frozenset({"table-mark", "table-mark-all"})
"""The actions that mark rows."""

PLACE_OF: dict[str, str] = {
    **{place: place for place in ("home", "credentials", "schools", "pull", "results", "people", "archive")},
    **dict.fromkeys(("credential", "consumers", "consumer"), "credentials"),
    "progress": "pull",
    "plan": "pull",
    **dict.fromkeys(
        ("changes", "record", "import log", "files", "descriptions", "troubleshooting", "checks"), "results"
    ),
    **dict.fromkeys(("person", "group", "sign-on", "compare"), "people"),
    **dict.fromkeys(("end-of-year", "archived", "archived person"), "archive"),
    "districts": "districts",
}
"""The place that each screen belongs to: one reached by a digit, or the board of all districts."""

TITLES: dict[str, str] = {
    GLOBAL: "Everywhere",
    TABLE: "In every list",
    LOG: "In every log",
    TEXT: "In every text that scrolls",
    DIALOG: "In a question",
    **{screen: screen.capitalize() for screen in WIDGETS_OF},
}
"""A heading for each group."""

_DIGITS: tuple[tuple[str, str, str], ...] = (
    ("home", "Home", "Home: the checklist, then the district's status."),
    ("credentials", "Credentials", "Credentials: Instance URL, certificate, daily import, test."),
    ("schools", "Schools", "Schools: which Aeries school is which ALI school."),
    ("pull", "Pull", "Pull: start, watch, plan, approve."),
    ("results", "Results", "Import Results: descriptions, troubleshooting, files, undo."),
    ("people", "People", "People: search students and staff, explain one."),
    ("archive", "Archive", "Archive: end of year."),
)
"""Screen, label, sentence; the place in the table is the digit."""

_GLOBAL: tuple[Action, ...] = (
    Action("help", "?,f1", "Keys", "All keys of this screen.", GLOBAL, "app.show_keys"),
    Action(
        "explain",
        "i",
        "Explain",
        "Why a student or a member of staff is in or not: by name or number, also who was left out.",
        GLOBAL,
        "app.explain",
        85,
    ),
    Action(
        "district",
        "f2",
        "Districts",
        "All districts at a glance; choose another one.",
        GLOBAL,
        "app.choose_district",
    ),
    Action("refresh", "f5", "Refresh", "Read what is shown anew.", GLOBAL, "app.refresh_screen"),
    Action(
        "messages", "!", "Messages", "What was said last, up to fifty messages.", GLOBAL, "app.show_messages"
    ),
    Action(
        "message-away",
        "backspace",
        "Away",
        "Take away what is said above the keys.",
        GLOBAL,
        "app.take_message_away",
        fixed=True,
    ),
    Action("quit", "q", "Quit", "Leave the program; a pull that runs goes on.", GLOBAL, "app.leave", 90),
    Action("back", "escape", "Back", "Back to where you came from.", GLOBAL, "app.back", 80, fixed=True),
    Action(
        "palette",
        "ctrl+p,:",
        "Find",
        "Find anything: an action, a screen, a school, a person, a code.",
        GLOBAL,
        "app.command_palette",
        fixed=True,
    ),
    Action(
        "interrupt", "ctrl+c", "Quit", "Leave the program, also from a form.", GLOBAL, "app.leave", fixed=True
    ),
    Action(
        "suspend",
        "ctrl+z",
        "Suspend",
        "Stop the program for now; fg in the shell goes on with it.",
        GLOBAL,
        "app.suspend_process",
        fixed=True,
    ),
)

_MOVE_KEYS: dict[str, str] = {
    "up": "up,k",
    "down": "down,j",
    "pageup": "pageup,ctrl+b",
    "pagedown": "pagedown,ctrl+f",
    "half-up": "ctrl+u",
    "half-down": "ctrl+d",
    "home": "home,g",
    "end": "end,G",
    "left": "left",
    "right": "right",
}
"""How one moves, by the arrow block and as in vi; these stay as they are."""

_MOVES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    TABLE: (
        ("up", "Up", "One row up.", "cursor_up"),
        ("down", "Down", "One row down.", "cursor_down"),
        ("pageup", "Page up", "One page up.", "page_up"),
        ("pagedown", "Page down", "One page down.", "page_down"),
        ("half-up", "Half up", "Half a page up.", "half_page(-1)"),
        ("half-down", "Half down", "Half a page down.", "half_page(1)"),
        ("home", "First", "To the first row.", "first"),
        ("end", "Last", "To the last row.", "last"),
        ("left", "Left", "Scroll left.", "scroll_columns(-1)"),
        ("right", "Right", "Scroll right.", "scroll_columns(1)"),
    ),
    LOG: (
        ("up", "Up", "One line up; stops following.", "line_up"),
        ("down", "Down", "One line down.", "line_down"),
        ("pageup", "Page up", "One page up.", "page_up"),
        ("pagedown", "Page down", "One page down.", "page_down"),
        ("half-up", "Half up", "Half a page up.", "half_page(-1)"),
        ("half-down", "Half down", "Half a page down.", "half_page(1)"),
        ("home", "First", "To the first line.", "first"),
        ("end", "Last", "To the end, and follow.", "follow"),
        ("left", "Left", "Scroll left.", "scroll_columns(-1)"),
        ("right", "Right", "Scroll right.", "scroll_columns(1)"),
    ),
    TEXT: (
        ("up", "Up", "One line up.", "lines(-1)"),
        ("down", "Down", "One line down.", "lines(1)"),
        ("pageup", "Page up", "One page up.", "pages(-1.0)"),
        ("pagedown", "Page down", "One page down.", "pages(1.0)"),
        ("half-up", "Half up", "Half a page up.", "pages(-0.5)"),
        ("half-down", "Half down", "Half a page down.", "pages(0.5)"),
        ("home", "First", "To the beginning.", "edge(-1)"),
        ("end", "Last", "To the end.", "edge(1)"),
    ),
}
"""Name in `_MOVE_KEYS`, label, sentence, method of each move."""

_WIDGETS: tuple[Action, ...] = (
    Action("table-open", "enter", "Open", "Open the row.", TABLE, "select", 5, fixed=True),
    Action(
        "table-pane",
        "tab",
        "Other pane",
        "To the text beside the list; Tab again leads back.",
        TABLE,
        "pane",
        70,
        fixed=True,
    ),
    Action("table-search", "/", "Search", "Search the list.", TABLE, "search", 40),
    Action("table-next", "n", "Next", "Next match of the search.", TABLE, "find_next"),
    Action("table-previous", "N", "Previous", "Previous match of the search.", TABLE, "find_previous"),
    Action(
        "table-filter",
        "f",
        "Filter",
        "Show only rows with these words; blank shows all.",
        TABLE,
        "filter",
        45,
    ),
    Action(
        "table-clear",
        "escape",
        "Clear",
        "End a search that runs, take the filter off.",
        TABLE,
        "clear",
        fixed=True,
    ),
    Action("table-goto", "#", "Go to row", "Go to a row by its number.", TABLE, "goto"),
    Action("table-column-left", "<", "Column left", "Mark the column to the left.", TABLE, "column(-1)"),
    Action("table-column-right", ">", "Column right", "Mark the column to the right.", TABLE, "column(1)"),
    Action(
        "table-sort",
        "s",
        "Sort",
        "Sort by the marked column; again turns it round, once more ends it.",
        TABLE,
        "sort",
        60,
    ),
    Action("table-wider", "+", "Wider", "Make the marked column wider.", TABLE, "widen(2)"),
    Action("table-narrower", "-", "Narrower", "Make the marked column narrower.", TABLE, "widen(-2)"),
    Action("table-mark", "space", "Mark", "Mark the row for an action on several.", TABLE, "mark"),
    Action(
        "table-mark-all",
        "*",
        "Mark all",
        "Mark all rows that are listed, with a filter those that it shows; again takes the marks off.",
        TABLE,
        "mark_all",
    ),
    Action(
        "table-copy", "y", "Copy", "Send the row to the terminal's clipboard, and to a file.", TABLE, "copy"
    ),
    Action("table-save", "w", "Save", "Save the list as a CSV file.", TABLE, "save"),
    Action(
        "log-pause",
        "f,space",
        "Follow",
        "Follow the end of the log, or hold it still.",
        LOG,
        "toggle_follow",
        20,
    ),
    Action(
        "log-level", "l", "Level", "Which levels are shown: all, info, warnings, errors.", LOG, "level", 30
    ),
    Action("log-search", "/", "Search", "Search the log.", LOG, "search", 40),
    Action("log-next", "n", "Next", "Next match of the search.", LOG, "find_next"),
    Action("log-previous", "N", "Previous", "Previous match of the search.", LOG, "find_previous"),
    Action("log-clear", "escape", "Clear", "End a search that runs.", LOG, "clear", fixed=True),
    Action("log-error", "e", "Next error", "Go to the next error.", LOG, "next_error", 35),
    Action("log-copy", "y", "Copy", "Send the line to the terminal's clipboard, and to a file.", LOG, "copy"),
    Action("log-save", "w", "Save", "Save the log as a file.", LOG, "save"),
    Action("dialog-yes", "y", "Yes", "Do it.", DIALOG, "yes", 1),
    Action("dialog-no", "n", "No", "Leave it.", DIALOG, "no", 2),
    Action("dialog-close", "escape", "Close", "Leave it as it is.", DIALOG, "cancel", 3, fixed=True),
)

_SCREENS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "home": (
        ("a", "acknowledge", "Acknowledge", "Acknowledge the prerequisites."),
        ("p", "pull", "Pull", "Start a pull and watch it."),
        ("v", "view_plan", "Plan", "View the plan that waits for approval."),
        ("o", "open_result", "Last result", "Open the result of the last import."),
    ),
    "credentials": (
        ("a", "add", "Add", "Add a credential."),
        ("e", "edit", "Edit", "Edit the credential."),
        ("t", "test", "Test", "Test address, certificate and permissions."),
        ("c", "details", "Certificate", "Display Certificate Details."),
        ("m", "install", "Timer", "Install the timer of the daily import; what is written is shown first."),
        (
            "r",
            "consumers",
            "Consumers",
            "Which products may read the roster over OneRoster REST, and what they read.",
        ),
        ("d", "remove", "Remove", "Remove the credential; its District Master stays."),
    ),
    "credential": (
        ("f3", "test", "Test", "Test address, certificate and permissions."),
        ("f4", "save", "Save", "Create and Exit: test what is new, save, and go back."),
    ),
    "consumers": (
        ("a", "add", "Add", "Let a product read; its secret is shown once."),
        ("r", "rotate", "New secret", "Make a new secret; the old one stays valid for a day."),
        ("d", "revoke", "Revoke", "Let the product read no more, at once; asks first."),
        (
            "m",
            "install",
            "Service",
            "Have systemd listen and start the service; where it does, take that away. What is written is shown first.",
        ),
    ),
    "consumer": (("f4", "save", "Add", "Add the consumer, and show its secret."),),
    "schools": (
        ("u", "update", "Update list", "Read the list of schools from Aeries."),
        ("a", "accept", "Accept", "Accept the suggested ALI school."),
        ("m", "unmapped", "Unmapped", "Show only schools that are not mapped, or all."),
        ("c", "create", "Create", "Create the ALI school from the Aeries school."),
        ("C", "create_all", "Create all", "Create ALI schools from all Aeries schools that have none."),
        ("x", "exclude", "Exclude", "Leave the school out for good, or take it in again."),
        ("d", "unmap", "Unmap", "Take the mapping away."),
        ("z", "undo", "Undo", "Undo the last change of the mapping."),
        ("r", "import_csv", "Import CSV", "Read the ALI schools from a CSV file."),
    ),
    "pull": (
        ("p", "start", "Pull", "Start a pull."),
        ("o", "plan_only", "Plan only", "Start a pull that ends with its plan."),
        ("r", "resume", "Resume", "Go on with the interrupted pull from what was read."),
        (
            "u",
            "quick",
            "Quick",
            "Start a quick pull: only what Aeries says has changed; nobody is deactivated by absence.",
        ),
        ("v", "view_plan", "View plan", "View the plan that waits for approval."),
        ("c", "cancel", "Cancel", "Cancel the pull that runs; nothing is changed."),
        ("s", "schools", "By school", "How far each school is, list by list."),
        ("t", "toggle_log", "Log", "Give the log the whole screen, or half of it."),
    ),
    "plan": (
        ("a", "approve", "Approve", "Approve the plan, with a reason."),
        ("d", "discard", "Discard", "Discard the plan, with a reason."),
        ("c", "changes", "All records", "Every record that would be changed."),
    ),
    "changes": (("v", "kind", "Kind", "Show one kind of record, the next, all."),),
    "record": (),
    "results": (
        ("d", "descriptions", "Descriptions", "Every record with an error or a warning."),
        ("t", "troubleshooting", "Troubleshooting", "The problems by code, with their remedy."),
        ("c", "changes", "Changes", "What the import changed, field by field."),
        ("o", "files", "Files", "The staff and the student file."),
        ("l", "log", "Log", "The log of the import."),
        ("h", "checks", "Checks", "The district's own checks, and what they found."),
        ("u", "undo", "Undo", "Undo the import; shown as a plan first."),
    ),
    "import log": (),
    "files": (
        ("c", "copy_path", "Copy path", "Send the path of the file to the terminal's clipboard."),
        ("x", "export", "Save a copy", "Save a copy of the file where the program saves things."),
    ),
    "descriptions": (
        ("t", "troubleshooting", "Troubleshooting", "The problems by code, with their remedy."),
        ("m", "group", "Group", "All who share the address, or the user name, of the row."),
        ("e", "explain", "Explain", "Explain the person the row is about."),
        ("o", "code", "Only code", "Show only the code of the row, or all."),
        ("c", "school", "School", "Show only the school of the row, or all."),
        ("x", "export", "CSV", "Save the descriptions that are shown, whole, as a CSV file."),
    ),
    "troubleshooting": (("d", "descriptions", "Records", "The records with this problem."),),
    "checks": (
        ("d", "descriptions", "Records", "What the check found in the newest import."),
        ("r", "run", "Run", "Run all checks on the roster as it is now; nothing is changed."),
    ),
    "people": (
        ("e", "explain", "Explain", "Why the person is in or not, asked of Aeries now."),
        ("v", "kind", "Students/staff", "Show students, staff, both, or whom the last pull left out."),
        ("a", "active", "Active", "Show only active people, or all."),
        ("t", "test_login", "Test login", "Test that the account can log in."),
        ("r", "reset_password", "Reset password", "Give a new password, shown once."),
        (
            "o",
            "sign_on",
            "SSO",
            "How many are ready for single sign-on by e-mail, and the rest by reason.",
        ),
        ("c", "compare", "Compare", "The District Master against a list: who is in one alone, what differs."),
    ),
    "person": (
        ("e", "explain", "Explain", "Why the person is in or not, asked of Aeries now."),
        ("h", "history", "History", "What each import did with the person."),
        (
            "m",
            "same",
            "Same person",
            f"Say that the id still stands for the same person ({Code.REC_IDENTITY}).",
        ),
        ("a", "another", "Another", f"Say that the id stands for another person now ({Code.REC_IDENTITY})."),
        ("t", "test_login", "Test login", "Test that the account can log in."),
        ("r", "reset_password", "Reset password", "Give a new password, shown once."),
        ("x", "erase", "Erase", "Erase the person everywhere, with a certificate; asks first."),
    ),
    "group": (("e", "ask_aeries", "Explain", "Why the person is in or not, asked of Aeries now."),),
    "sign-on": (),
    "compare": (
        ("r", "read", "Read a list", "Compare the District Master with a list: a CSV, a OneRoster bundle."),
        ("c", "cancel", "Cancel", "End the comparison that runs; nothing is kept of it."),
        ("e", "explain", "Explain", "Why the person of the row is in or not, asked of Aeries now."),
        ("d", "differ", "* differ", "Show those that differ (*), or leave them out."),
        ("h", "here", "+ here", "Show those that are only in the District Master (+), or leave them out."),
        ("t", "there", "- there", "Show those that are only in the list (-), or leave them out."),
        ("u", "unreadable", "! unread", "Show the rows that could not be read (!), or leave them out."),
        ("m", "same", "= same", "Show those that are the same (=), or leave them out."),
        ("o", "earlier", "Earlier", "Show one of the comparisons that are kept."),
        ("b", "column", "By column", "Compare again, by a column that you choose."),
        (
            "x",
            "export",
            "CSV",
            "Save the rows that are shown, with both values of what differs, as a CSV file.",
        ),
    ),
    "archive": (
        ("a", "create", "Archive", "The end of the school year, step by step."),
        ("v", "verify", "Verify", "Read the archive whole and compare it with what it was."),
        ("o", "look", "Look into", "See the people in the archive."),
        ("r", "restore", "Restore", "Plan to bring the archive back; the plan waits."),
    ),
    "end-of-year": (
        ("a", "begin", "Archive", "Copy the roster, verify the copy, then empty the roster."),
        ("p", "dry_run", "Dry run", "Start a pull of the new year that ends with its plan."),
    ),
    "archived": (
        ("v", "kind", "Students/staff", "Show students, staff, or both."),
        ("a", "active", "Active", "Show only active people, or all."),
    ),
    "archived person": (),
    "districts": (
        ("p", "pull", "Pull", "Start the pulls of the marked districts."),
        ("a", "approve", "Approve", "Approve the plans that wait in the marked districts, with a reason."),
        ("d", "discard", "Discard", "Discard the plans that wait in the marked districts, with a reason."),
    ),
}
"""Key, method, label, sentence of each screen's own actions, the most important first."""


def _actions() -> Iterator[Action]:
    for digit, (screen, label, sentence) in enumerate(_DIGITS, start=1):
        yield Action(f"go-{screen}", str(digit), label, sentence, GLOBAL, f"app.go('{screen}')")
    yield from _GLOBAL
    for group, moves in _MOVES.items():
        for name, label, sentence, method in moves:
            keys = _MOVE_KEYS[name]
            yield Action(f"{group}-move-{name}", keys, label, sentence, group, method, fixed=True)
    yield from _WIDGETS
    for screen, own in _SCREENS.items():
        for rank, (key, method, label, sentence) in enumerate(own, start=10):
            yield Action(f"{screen}-{method.replace('_', '-')}", key, label, sentence, screen, method, rank)


ACTIONS: tuple[Action, ...] = tuple(_actions())
"""All actions there are."""
