"""An input of one line that takes from what is pasted the line that somebody meant."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from aeries_tui.widgets.copy import notify_text


class LineInput(Input):
    """Textual's input, for pastes out of mails and web pages: blank lines before the text don't count."""

    def whole_of(self, lines: list[str]) -> str | None:
        """What several lines are together; None where only the first counts."""
        return None

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()  # Textual's own takes the first line, be it blank
        event.stop()
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if not lines:
            return
        whole = self.whole_of(lines)
        text = lines[0] if whole is None else whole
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)
        if len(lines) > 1 and whole is None:
            notify_text(self.app, f"Only the first of {len(lines)} lines was taken.")
