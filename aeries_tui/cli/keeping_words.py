"""The words of what keeps the program well, and of what it tells of itself."""

from __future__ import annotations

from aeries_tui.cli.words import Words, lazy, lazy_first
from aeries_tui.topics import TOPICS


def add_keeping(words: Words) -> None:
    """Add them."""
    doctor = words.command(
        "doctor", "Look for anything that is not as it should be.", lazy("maintenance", "doctor")
    )
    doctor.set_defaults(root_first=lazy_first("try_services"))
    doctor.add_argument("--offline", action="store_true", help="leave out what asks the Aeries server")
    words.command("paths", "Where configuration and data live.", lazy("maintenance", "paths"), district=False)
    config = words.family("config", "config.toml.")
    config.command("check", "Read config.toml strictly and say whether all is well.", lazy("maintenance", "config_check"),
                   district=False)  # fmt: skip
    config.command("example", "Print every setting with its default and what it means.",
                   lazy("maintenance", "config_example"), json=False, district=False)  # fmt: skip
    helper = words.command("help", f"Pages of help: {', '.join(TOPICS)}.",
                           lazy("maintenance", "help_on"), json=False, district=False)  # fmt: skip
    helper.set_defaults(stays_root=True)
    helper.add_argument("topic", nargs="?", metavar="TOPIC")
    schema = words.command(
        "schema", "The JSON Schema of what a command prints with --json; without a name those there are.",
        lazy("schema", "schema"), json=False, district=False,
    )  # fmt: skip
    schema.set_defaults(stays_root=True)
    schema.add_argument("name", nargs="*", metavar="SCHEMA", help="the words of the command: plan show")
    setup = words.command(
        "setup",
        "Prepare this machine for districts of its own: account, directories, completion, manual page.",
        lazy("setup", "setup"),
        district=False,
    )
    setup.set_defaults(stays_root=True)
    setup.add_argument("--system", action="store_true", required=True, help="for the whole machine")
    setup.add_argument("--undo", action="store_true", help="take back exactly what setup made")
    setup.add_argument("--move-districts", action="store_true", help="also move root's own districts there")
    setup.add_argument("--plan", action="store_true", help="only show what would be done")
    setup.add_argument("--yes", action="store_true", help="don't ask")
    completion = words.command(
        "completion",
        "Print the completion script of a shell, for a file among its completions or, in .bashrc and .zshrc, "
        'for eval "$(aeries-tui completion bash)".',
        lazy("maintenance", "completion"),
        json=False,
        district=False,
    )
    completion.set_defaults(stays_root=True)
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    words.command("manual", "Print the man page, for a file such as ~/.local/share/man/man1/aeries-tui.1.",
                  lazy("maintenance", "manual"), json=False, district=False).set_defaults(stays_root=True)  # fmt: skip
