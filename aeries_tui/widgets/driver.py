"""The terminal, with its two worst moments survived: bytes that are no UTF-8, and a line that is gone."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class SteadyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, for lines that drop.

    After a reconnect some terminals send mouse reports in an old form that is no UTF-8; what cannot be
    read is dropped and reading goes on. When the terminal is gone, nothing is written any more (a write
    would wait for ever) and the app is told.
    """

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                continue
            except OSError:
                self._line_lost()
            return

    def _line_lost(self) -> None:
        lost = getattr(self._app, "line_lost", None)
        if callable(lost):
            self._app.call_later(lost)

    def write(self, data: str) -> None:
        """Write to the terminal while there is one."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)
