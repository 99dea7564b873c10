"""Pages of `aeries-tui help TOPIC`, as Markdown that reads well in a terminal."""

from __future__ import annotations

from aeries_tui.errors import NotFound

TOPICS = {
    "server": "installing on a server",
    "timers": "the daily import: timers, alarms, monitors",
    "districts": "many districts: side by side, one timer, the screen Districts",
    "proxy": "reaching Aeries through a proxy",
    "troubleshooting": "when something is wrong",
    "terminals": "tmux, PuTTY, colours, copying",
    "moving": "upgrading, moving to another machine, uninstalling",
    "privacy": "what is stored where, and for how long",
    "checks": "checks of your own: queries whose rows are problems",
    "feeds": "the files that others get: Clever, School Data Sync, OneRoster, your own",
    "deliveries": "sending those files after imports, to a folder or by SFTP",
    "serve": "the roster service: products read the roster over OneRoster REST",
    "json": "the documents of --json: their schemas, and what you can rely on",
    "sql": "reading the District Master with SQL",
}


def topic(name: str) -> str:
    """The text of a topic.

    Raises:
        NotFound: there is no such topic; the error names those there are.
    """
    if name not in TOPICS:
        raise NotFound(f"There is no help on {name!r}.", remedy=f"There is help on: {', '.join(TOPICS)}.")
    from importlib.resources import files

    return files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
