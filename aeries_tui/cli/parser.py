"""The words of the command line. Each command's own module says what it does."""

from __future__ import annotations

import argparse
import functools
from typing import NoReturn

from aeries_tui import __version__
from aeries_tui.cli.argument_types import (
    ali_id,
    day,
    entry,
    jobs,
    number,
    number_or_all,
    number_or_name,
    numbers,
    port,
    position,
    school_year,
    seconds,
    window,
    words_of,
)
from aeries_tui.cli.keeping_words import add_keeping
from aeries_tui.cli.words import Words, lazy, lazy_first
from aeries_tui.codes import Code
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.text import clean_text


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a call without what a terminal would obey in it."""

    def error(self, message: str) -> NoReturn:
        super().error(clean_text(message))


@functools.cache
def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser: argparse.ArgumentParser = _Parser(
        prog="aeries-tui",
        description="Pull a school district's roster out of Aeries, safely, every day. "
        "Without a command the terminal UI opens.",
        epilog="Exit status: 0 completed, 2 wrong use, 3 held for review, 4 completed with ERROR, 5 ERROR, "
        "75 another pull is running, 130 cancelled.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"aeries-tui {__version__}", help="print the version"
    )
    parser.add_argument("--district", metavar="NAME", help="the district the UI opens")
    parser.add_argument(
        "--mouse", action="store_true", default=None, help="use the mouse in the UI, over SSH as well"
    )
    parser.set_defaults(run=lazy("ui", "open_ui"), has_own_status=False)
    words = Words(parser.add_subparsers(metavar="COMMAND", dest="command"))
    for add in (
        _demo,
        _credentials,
        _schools,
        _pull,
        _results,
        _queries,
        _accounts,
        _archive,
        _export,
        _serve,
        _schedule,
        _audit,
        _retention,
        add_keeping,
    ):
        add(words)
    return parser


def _demo(words: Words) -> None:
    demo = words.command(
        "demo", "Try everything on a simulated district: no certificate, no network.", lazy("demo", "demo"),
        district=False,
    )  # fmt: skip
    demo.set_defaults(stays_root=True)
    demo.add_argument("--headless", action="store_true", help="go through the whole journey and print it")
    demo.add_argument(
        "--students", type=int, default=1200, metavar="N", help="students in the district (1200)"
    )
    demo.add_argument("--seed", type=int, default=1, help=argparse.SUPPRESS)
    demo.add_argument("--serve", action="store_true", help="only serve the simulated Aeries until Ctrl+C")
    demo.add_argument(
        "--port", type=int, default=0, metavar="P", help="the port to serve on; any free one if left out"
    )


def _credentials(words: Words) -> None:
    family = words.family("credentials", "Add, list, show and remove districts and their certificates.")
    for name, text in (
        ("add", "Add a district; aeries-tui check then tests it."),
        ("change", "Change a district; a new certificate is tested before it replaces the old one."),
    ):
        command = family.command(name, text, lazy("credentials", name), district=False)
        command.add_argument(
            "name", metavar="NAME" if name == "add" else "DISTRICT", help="the district's name here"
        )
        command.add_argument("--url", required=name == "add", help="the Aeries address up to /Login.aspx")
        source = command.add_mutually_exclusive_group()
        source.add_argument(
            "--certificate-stdin", action="store_true", help="read the certificate from standard input"
        )
        source.add_argument("--certificate-env", metavar="VAR", help="it stands in this environment variable")
        source.add_argument("--certificate-command", metavar="CMD", help="this command prints it")
        source.add_argument("--certificate-keyring", action="store_true",
                            help="keep it in the desktop's key store; read from standard input")  # fmt: skip
        source.add_argument("--certificate-systemd", metavar="NAME", help="systemd hands it to the service")
        command.add_argument(
            "--daily-import", metavar="HH:MM", help="initiate a daily import from this time; off: no"
        )
        command.add_argument("--timezone", metavar="ZONE", help="the zone of that time (America/Chicago)")
        if name == "change":
            command.add_argument("--no-test", action="store_true", help="save without testing it first")
    command = family.command("list", "List the districts.", lazy("credentials", "list_all"), district=False)
    command.add_argument("--names", action="store_true", help="only their names, one a line")
    for name, text in (("show", "Show a district; the certificate is masked."),
                       ("remove", "Remove a district's credential; its data stays, unless --data.")):  # fmt: skip
        command = family.command(name, text, lazy("credentials", name), district=False)
        command.add_argument("name", metavar="DISTRICT", nargs="?" if name == "show" else None)
        if name == "remove":
            command.set_defaults(root_first=lazy_first("remove_timer"))
            command.add_argument("--data", action="store_true", help="erase all data of the district as well")
            command.add_argument(
                "--reason", metavar="TEXT", default="", help="why, for the certificate of --data"
            )
            command.add_argument("--yes", action="store_true", help="don't ask before erasing")
    check = words.command("check", "Test address, certificate and permissions.", lazy("check", "check"))
    _add_all(check)


def _schools(words: Words) -> None:
    family = words.family("schools", "Read the school list and map Aeries schools to ALI schools.")
    command = family.command(
        "update", "Read the list from Aeries and map what can be mapped.", lazy("schools", "update")
    )
    _add_all(command)
    listing = family.command("list", "Show the mapping.", lazy("schools", "show"))
    listing.add_argument("--only-unmapped", action="store_true", help="only schools without an ALI school")
    command = family.command("map", "Map an Aeries school by hand.", lazy("schools", "map_one"))
    command.add_argument("code", type=number, metavar="AERIES_CODE")
    command.add_argument("ali_id", type=ali_id, metavar="ALI_ID")
    for name, text in (
        ("unmap", "Take a school's mapping away."),
        ("exclude", "Say that a school takes no part."),
    ):
        command = family.command(name, text, lazy("schools", name))
        command.add_argument("code", type=number, metavar="AERIES_CODE")
    command = family.command("import-ali", "Load ALI schools from a CSV: id,name[,code,low_grade,high_grade], "
                         "Clever's schools.csv or OneRoster's orgs.csv.",
                         lazy("schools", "import_ali"))  # fmt: skip
    command.add_argument("file", metavar="FILE.csv", help="- for standard input")
    command.add_argument("--encoding", metavar="NAME", help="of the file, such as cp1252; left out: UTF-8, UTF-16, or "
                     "cp1252 where it can be nothing else")  # fmt: skip
    command = family.command(
        "create-ali", "Make ALI schools from Aeries schools and map them.", lazy("schools", "create_ali")
    )
    command.add_argument("--from-aeries", required=True, type=number_or_all, metavar="all|AERIES_CODE")


def _pull(words: Words) -> None:
    pull = words.command("pull", "Pull the roster from Aeries.", lazy("pull", "pull"), has_own_status=True)
    pull.add_argument("--plan", action="store_true", help="stop at the plan and let it wait for a person")
    pull.add_argument(
        "--resume",
        action="store_true",
        help="go on from the staged pages of the last stopped pull; where there are none, everything is read anew",
    )
    pull.add_argument(
        "--quick",
        action="store_true",
        help="read only what Aeries names as changed since the last complete pull",
    )
    pull.add_argument(
        "--year",
        type=school_year,
        default="",
        metavar="YYYY-YYYY",
        help="the school year to pull; Aeries' default where left out",
    )
    pull.add_argument(
        "--acknowledge", action="store_true", help="acknowledge the prerequisites of the first pull"
    )
    _add_all(pull)
    pull.add_argument(
        "--quiet", action="store_true", help="say only what no import in the books tells; for cron"
    )
    pull.add_argument(
        "--window", type=window, metavar="TIME",
        help="with --all --jobs: the daily imports that are on, each begun at its own moment in so much time, such as 2h",
    )  # fmt: skip
    pull.add_argument("--trigger", default=None, help=argparse.SUPPRESS)
    for name, text in (("approve", "Apply a plan that waits."), ("discard", "Throw a plan that waits away.")):
        command = words.command(name, text, lazy("pull", name), has_own_status=True)
        command.add_argument("number", type=number, metavar="N")
        _add_reason(command)
    undo = words.command("undo", "Take an applied import back.", lazy("pull", "undo"), has_own_status=True)
    undo.add_argument("number", type=number, metavar="N")
    undo.add_argument("--plan", action="store_true", help="only make the plan, and let it wait")


def _add_all(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="every district, one after the other")
    parser.add_argument(
        "--jobs", type=jobs, nargs="?", const=0, metavar="N|auto",
        help="with --all: so many districts side by side, 1 to 64; auto, or without a number: twice the cores, if memory "
        "holds them; without --jobs: one after the other (help districts)",
    )  # fmt: skip
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="with --all: this district; may be given several times",
    )


def _add_reason(parser: argparse.ArgumentParser) -> None:
    reason = parser.add_mutually_exclusive_group(required=True)
    reason.add_argument("--reason", metavar="TEXT", help="why; others see it in the list of processes")
    reason.add_argument("--reason-stdin", action="store_true", help="read it from standard input")


def _results(words: Words) -> None:
    results = words.command("results", "Show the result of an import, the newest if none is named.",
                            lazy("results", "results"))  # fmt: skip
    results.add_argument("number", type=number, nargs="?", metavar="N")
    results.add_argument("--list", action="store_true", dest="every", help="list all imports")
    changes = words.command(
        "changes", "What an import changed, or would change; or who came, left and moved since.",
        lazy("changes", "changes"),
    )  # fmt: skip
    changes.add_argument("number", type=number, nargs="?", metavar="N")
    changes.add_argument("--since", type=position, metavar="CURSOR",
                         help="the events of all imports after this one, a line of JSON each; 0 for all")  # fmt: skip
    changes.add_argument("--reader", metavar="NAME", help="the same since what this reader acknowledged last")
    changes.add_argument(
        "--acknowledge", type=position, metavar="CURSOR", help="say that the reader has them"
    )
    changes.add_argument("--csv", action="store_true", help="events as CSV, a line for each field")
    changes.add_argument(
        "--kind",
        metavar="KIND",
        help=", ".join(KIND_NAMES),
    )
    descriptions = words.command("descriptions", "Every record with a problem, and its remedy.",
                                 lazy("descriptions", "descriptions"))  # fmt: skip
    descriptions.add_argument("number", type=number, metavar="N")
    descriptions.add_argument("--csv", metavar="FILE", help="write them to a CSV file")
    descriptions.add_argument("--school", type=number, metavar="AERIES_CODE", help="only those of one school")
    descriptions.add_argument("--code", metavar="CODE", help="only those with one code")
    trouble = words.command("troubleshooting", "The problems of an import grouped by code, with remedies.",
                            lazy("results", "troubleshooting"))  # fmt: skip
    trouble.add_argument("number", type=number, nargs="?", metavar="N")
    explain = words.command("explain", "Why somebody is in the roster or not.", lazy("people", "explain"))
    explain.add_argument("kind", choices=("student", "staff"))
    explain.add_argument(
        "who", type=number_or_name, metavar="ID|NAME", help="of a name all matches are listed"
    )
    explain.add_argument("--live", action="store_true", help="also ask Aeries for the record as it is now")
    people = words.family(
        "people",
        f"Who is behind an id, where a pull asks ({Code.REC_IDENTITY}, {Code.REC_RENUMBERED}); erase people.",
    )
    for name, what in (
        ("same", "It is the same person: take it as a correction, or carry the account over."),
        ("another", "It is another person: close the old one, or leave both accounts as they are."),
    ):
        command = people.command(name, what, lazy("people", name))
        command.add_argument("kind", choices=("student", "staff"))
        command.add_argument("id", type=number, metavar="ID")
        _add_reason(command)
    _erase(people)
    log = words.command("log", "The log of an import.", lazy("log", "log"))
    log.add_argument("number", type=number, metavar="N")
    log.add_argument("--follow", action="store_true", help="go on until the pull has ended")
    log.add_argument("--level", choices=("debug", "info", "warning", "error"), default="info")


def _queries(words: Words) -> None:
    plan = words.family("plan", "A plan that waits for a person.")
    command = plan.command(
        "show", "Why it waits, its counts, and with --json every change.", lazy("plan", "show")
    )
    command.add_argument("number", type=number, metavar="N")
    compare = words.command(
        "compare", "The District Master against any list of people: same (=), differs (*), only in the Master (+), only "
        "in the list (-), could not be read (!). Exit status: 0 all the same, 1 not.",
        lazy("compare", "compare_with"),
    )  # fmt: skip
    compare.add_argument("file", metavar="FILE", help="a CSV with a header, or a OneRoster bundle")
    compare.add_argument(
        "--kind", choices=("student", "staff"), help="of the people; found out where left out"
    )
    compare.add_argument(
        "--key", metavar="COLUMN", help="by which people are told apart; found out where left out"
    )
    compare.add_argument("--all", action="store_true", help="also print those that are the same")
    compare.add_argument("--save", metavar="DIR", help="write a CSV for each sign")
    feeds = words.family("feeds", "The files that others get: built in, or queries of your own (help feeds).")
    feeds.command("list", "The feeds.", lazy("feeds", "list_all"))
    command = feeds.command(
        "show", "The queries of a feed, to read or to copy.", lazy("feeds", "show"), json=False
    )
    command.add_argument("name", metavar="NAME")
    command = feeds.command(
        "check", "What a feed would write, and what its rules leave out.", lazy("feeds", "check")
    )
    command.add_argument("name", metavar="NAME")
    command = feeds.command("run", "Write the files of a feed.", lazy("feeds", "run"))
    command.add_argument("name", metavar="NAME")
    command.add_argument("--to", required=True, metavar="DIR", help="made if it is not there")
    _deliveries(words)
    report = words.command("report", "What an import did, as one HTML file to show or print.",
                           lazy("report", "report"), json=False)  # fmt: skip
    report.add_argument("number", type=number, metavar="N")
    report.add_argument("--html", required=True, metavar="FILE", help="with --school all a directory")
    report.add_argument("--school", type=number_or_all, default=0, metavar="AERIES_CODE|all",
                        help="only this school, or a file for each")  # fmt: skip
    report.add_argument("--names", action="store_true", help="name the people; left out: ids alone")
    sql = words.command(
        "sql", "A query over the views of the District Master, read-only; help sql lists them.",
        lazy("sql", "sql"),
    )  # fmt: skip
    sql.add_argument("query", metavar="QUERY|-", help="- reads it from standard input")
    sql.add_argument("--csv", action="store_true", help="print CSV")
    checks = words.family(
        "checks", "The district's own checks: queries whose rows are problems (help checks)."
    )
    checks.command("list", "The checks, and what they found last.", lazy("checks", "list_all"))
    command = checks.command("run", "Run them on the District Master as it is.", lazy("checks", "run"))
    command.add_argument("code", nargs="?", metavar="CODE", help="only the one with this code, with its rows")
    command = checks.command("test", "Try a file before it is put among the checks.", lazy("checks", "test"))
    command.add_argument("file", metavar="FILE.sql")
    command = checks.command(
        "example", "Print an example, or the list of them.", lazy("checks", "show_example"),
        json=False, district=False,
    )  # fmt: skip
    command.add_argument("name", nargs="?", metavar="NAME")


def _deliveries(words: Words) -> None:
    family = words.family(
        "deliveries", "Feeds that are sent after imports, whole or not at all (help deliveries)."
    )
    family.command("list", "The deliveries, and how each stands.", lazy("deliveries", "list_all"))
    for name, text in (
        ("show", "The newest sets of one: receipts, and why one is held."),
        ("test", "Whether it could go; nothing is sent. Exit status 3: it would be held."),
    ):
        family.command(name, text, lazy("deliveries", name)).add_argument("name", metavar="NAME")
    command = family.command(
        "run", "Make and send now; all of them if none is named. Exit status 3: held, 5: failed.",
        lazy("deliveries", "run"), has_own_status=True,
    )  # fmt: skip
    command.add_argument("name", nargs="?", metavar="NAME")
    _add_all(command)
    for name, text in (("approve", "Let a held set go."), ("discard", "Throw a held set away.")):
        command = family.command(name, text, lazy("deliveries", name), has_own_status=name == "approve")
        command.add_argument("number", type=number, metavar="N", help="of the set, as list names it")
        _add_reason(command)


def _erase(people: Words) -> None:
    command = people.command(
        "erase", "Erase people everywhere: history, files, archives, copies, lists. It can't be undone.",
        lazy("erase", "erase"),
    )  # fmt: skip
    command.add_argument("kind", choices=("student", "staff"))
    command.add_argument("ids", type=number, nargs="+", metavar="ID")
    _add_reason(command)
    command.add_argument("--plan", action="store_true", help="only say what would be erased")
    command.add_argument("--yes", action="store_true", help="don't ask")
    command = people.command(
        "lift",
        "Let somebody in again who was erased; the next pull takes what Aeries has.",
        lazy("erase", "lift"),
    )
    command.add_argument("kind", choices=("student", "staff"))
    command.add_argument("id", type=number, metavar="ID")


def _accounts(words: Words) -> None:
    family = words.family("accounts", "User names, passwords, and who is ready for single sign-on.")
    command = family.command(
        "find", "Find accounts by user name, name, e-mail or id.", lazy("accounts", "find")
    )
    command.add_argument("text", metavar="TEXT")
    command = family.command(
        "test", "Would this user name log in, and if not, why?", lazy("accounts", "test")
    )
    command.add_argument("user_name", metavar="USERNAME")
    command.add_argument(
        "--password-stdin", action="store_true", help="also test the password on standard input"
    )
    command = family.command("reset", "Make a new password; it is shown once.", lazy("accounts", "reset"))
    command.add_argument("user_name", metavar="USERNAME")
    command = family.command("sso", "Who is ready for single sign-on by e-mail.", lazy("accounts", "sso"))
    command.add_argument("--all", action="store_true", help="list everybody who is not ready")


def _archive(words: Words) -> None:
    family = words.family("archive", "The end of the school year: archive, then start empty.")
    command = family.command("create", "Archive the District Master, verify the copy, then empty the roster.",
                         lazy("archive", "create"))  # fmt: skip
    command.add_argument("--yes", action="store_true", help="don't ask")
    family.command("list", "List the archives.", lazy("archive", "list_all"))
    for name, text in (
        ("verify", "Read an archive whole and compare it with what it was."),
        ("look", "Where an archive's District Master lies."),
        ("restore", "Plan to bring an archive's roster back; the plan waits."),
    ):
        command = family.command(name, text, lazy("archive", name))
        command.add_argument("name", metavar="NAME")
    _encryption(family)


def _encryption(family: Words) -> None:
    command = family.command(
        "encrypt",
        "Encrypt an archive to a public key, and delete what can be read of it.",
        lazy("archive", "encrypt"),
    )
    command.add_argument("name", metavar="NAME")
    command.add_argument("--to", action="append", required=True, metavar="KEY",
                         help="age1..., or the line of an SSH key's .pub file; may be given several times")  # fmt: skip
    command = family.command(
        "decrypt", "Make an encrypted archive readable again.", lazy("archive", "decrypt")
    )
    command.add_argument("name", metavar="NAME")
    command.add_argument("--identity", required=True, metavar="FILE", help="the file of the private key")


def _export(words: Words) -> None:
    family = words.family("export", "Files for other systems.")
    command = family.command(
        "oneroster", "Write a OneRoster CSV bundle of the whole roster.", lazy("export", "oneroster")
    )
    command.add_argument("--version", required=True, metavar="1.1|1.2")
    command.add_argument("--to", required=True, metavar="DIR", help="a directory, or the path of a .zip")
    command.add_argument("--demographics", action="store_true", help="also send dates of birth and sex")


def _serve(words: Words) -> None:
    serve = words.command(
        "serve", "Give products the roster over OneRoster REST 1.1 and 1.2, read-only (help serve).",
        lazy("serve", "serve"), json=False,
    )  # fmt: skip
    serve.add_argument(
        "action", nargs="?", choices=("preview", "install", "show", "remove"),
        help="have systemd listen and start the service when a product asks",
    )  # fmt: skip
    serve.add_argument(
        "--system", action="store_const", const="for the machine", default=False, dest="stays_root",
        help="with an action: the machine's systemd, not this user's",
    )  # fmt: skip
    serve.add_argument("--port", type=port, metavar="P", help="in place of serve.port; 0 for any free one")
    serve.add_argument(
        "--idle-exit", type=seconds, metavar="SECONDS", help="end after so long without a request"
    )
    family = words.family("consumers", "The products that may read from the roster service.")
    command = family.command("add", "Let a product read; its secret is shown once.", lazy("consumers", "add"))
    command.add_argument("name", metavar="NAME", help="its client id")
    command.add_argument(
        "--scopes", type=words_of, default=("core", "roster"), metavar="SCOPES",
        help="of core,roster,demographics; left out: core,roster",
    )  # fmt: skip
    command.add_argument(
        "--schools",
        type=numbers,
        default=(),
        metavar="CODES",
        help="the only schools that it may see: 990,994",
    )
    command.add_argument("--expires", type=day, metavar="DATE", help="the last day, as 2027-06-30")
    family.command("list", "Who may read, and what each has read.", lazy("consumers", "list_all"))
    command = family.command(
        "rotate", "Make a new secret; the old one stays valid for a day.", lazy("consumers", "rotate")
    )
    command.add_argument("name", metavar="CONSUMER")
    command = family.command("revoke", "Let a product read no more, at once.", lazy("consumers", "revoke"))
    command.add_argument("name", metavar="CONSUMER")


_ALL_OF_SCHEDULE = {"show": "every district", "test": "every district",
                    "install": "one timer for all, in the place of one each (help timers)"}  # fmt: skip


def _schedule(words: Words) -> None:
    family = words.family("schedule", "The daily import by a systemd timer, or cron where there is none.")
    for name, text in (
        ("show", "The next runs, the last one, and whether timer and setting agree."),
        ("preview", "Print the files that installing would write."),
        ("test", "Look whether a daily import could work: read everything, and write for a try."),
        ("install", "Write and start the timer."),
        ("remove", "Take the timer away."),
    ):
        command = family.command(name, text, lazy("schedule", name))
        command.add_argument(
            "--all", action="store_true", help=_ALL_OF_SCHEDULE.get(name, "one timer for all")
        )
        if name == "show":
            command.set_defaults(root_first=lazy_first("try_services"))
        else:
            command.add_argument("--system", action="store_true", help="the machine's timer, not this user's")
        if name in {"install", "remove"}:
            command.set_defaults(stays_root="for the machine")
    status = words.command(
        "status",
        "How the district stands, for monitors. Exit status: 0 good, 4 completed with ERROR, 5 ERROR, "
        "3 held for review, 6 no good import since too long.",
        lazy("status", "status"),
    )
    status.add_argument("--max-age", metavar="AGE", help="how old the last good import may be, such as 26h")
    status.add_argument("--all", action="store_true", help="every district")


def _retention(words: Words) -> None:
    family = words.family(
        "retention", "Erase who is gone for longer than [retention] says, and old archives."
    )
    family.command("show", "What is kept longer than the settings say.", lazy("retention", "show"))
    command = family.command(
        "run", "Erase it now, and from now on after pulls with these limits.", lazy("retention", "carry_out")
    )
    command.add_argument("--yes", action="store_true", help="don't ask")


def _audit(words: Words) -> None:
    family = words.family("audit", "Who did what: the journal of all districts of this data directory.")
    command = family.command("list", "What was done, by whom and when.", lazy("audit", "list_all"))
    command.add_argument("--person", nargs=2, metavar=("KIND", "ID"), help="only what was done to one person")
    command.add_argument("--jsonl", action="store_true", help="the entries as they stand, one a line")
    command = family.command(
        "verify", "Read the journal whole: is every entry there, and none changed?", lazy("audit", "verify"),
        district=False,
    )  # fmt: skip
    command.add_argument("--known", action="append", default=[], type=entry, metavar="N:HASH",
                         help="an entry as syslog or a person noted it; it must be there")  # fmt: skip
