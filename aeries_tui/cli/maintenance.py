"""`doctor`, `paths`, `config`, and what the program prints of itself: `help`, `completion`, `manual`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, page, say, tell
from aeries_tui.documents import Document
from aeries_tui.errors import AeriesTuiError, ConfigurationError, Problem
from aeries_tui.operations.finding import Finding
from aeries_tui.settings import CredentialStore, Places, Settings, find_places, load_settings
from aeries_tui.settings.machine import hint_of_machine

_SIGNS = {"good": "+", "notice": "!", "bad": "x"}


class Findings(Document, frozen=True):
    """What the doctor found: each thing that was looked at.

    Attributes:
        findings: each of them.
    """

    findings: Sequence[Finding]


class Paths(Document, frozen=True):
    """Where configuration and data live.

    Attributes:
        config, credentials: the files.
        data: the directory.
        districts: by name, the directory of each district's data.
        problem: why the districts can't be read; null where they can.
    """

    config: str
    credentials: str
    data: str
    districts: Mapping[str, str]
    problem: Problem | None


class ConfigChecked(Document, frozen=True):
    """The configuration, which is well.

    Attributes:
        ok: true; what is not well is an error.
        file: config.toml.
        exists: whether it is there; without it all defaults are used.
    """

    ok: bool
    file: str
    exists: bool


def doctor(options: argparse.Namespace) -> int:
    """Look for anything that is not as it should be; 0 when nothing is bad, else 5."""
    from aeries_tui.operations.doctor import examine

    findings = examine(chosen_district(options), online=not options.offline)
    if options.json:
        print_document(Findings(findings))
    else:
        for finding in findings:
            line(f"{_SIGNS[finding.state]} {finding.what}: {finding.message}")
            if finding.remedy:
                line(f"    {finding.remedy}")
    return 5 if any(finding.state == "bad" for finding in findings) else 0


def paths(options: argparse.Namespace) -> int:
    """Where configuration and data live; said also where what lies there can't be read."""
    places = find_places()
    files = {
        "config": str(places.config_file),
        "credentials": str(places.credentials_file),
        "data": str(places.data_dir),
    }
    try:
        credentials, problem = CredentialStore(places.credentials_file).all(), None
    except AeriesTuiError as error:
        credentials, problem = (), error
        tell(error)
    districts = {one.name: str(places.district(one.name).root) for one in credentials}
    if options.json:
        print_document(Paths(**files, districts=districts, problem=problem.problem if problem else None))
        return 0
    for name, path in files.items():
        line(f"{name:<12} {path}")
    for name, root in districts.items():
        line(f"{'district':<12} {root}  ({name})")
    hint = hint_of_machine(places)
    if not districts and hint:
        say(hint)
    return 0


def config_check(options: argparse.Namespace) -> int:
    """Read config.toml strictly and say whether all is well."""
    from aeries_tui.actions import ACTIONS

    places = find_places()
    settings = load_settings(places.config_file)
    settings.check_keys({action.id for action in ACTIONS})
    broken = tuple(dict.fromkeys(_broken(places, settings)))
    if broken:
        raise ConfigurationError(
            " ".join(broken),
            meaning="All else in it is used.",
            remedy="aeries-tui help feeds, help deliveries and help checks say what each may hold.",
        )
    there = places.config_file.exists()
    message = (
        f"{places.config_file} is well."
        if there
        else f"There is no {places.config_file}; all defaults are used."
    )
    if options.json:
        print_document(ConfigChecked(ok=True, file=str(places.config_file), exists=there))
    else:
        line(message)
    return 0


def _broken(places: Places, settings: Settings) -> Iterator[str]:
    """The feeds, checks and deliveries that can't be used, each in a sentence; a pull goes on without them."""
    from aeries_tui.settings.deliveries import BrokenDelivery, deliveries
    from aeries_tui.settings.district_checks import BrokenCheck, district_checks
    from aeries_tui.settings.feeds import BrokenFeed, feeds

    file = places.config_file
    for one in (*feeds(file, settings.feeds), *district_checks(file, settings.checks)):
        if isinstance(one, BrokenFeed | BrokenCheck):
            yield one.problem
    if settings.deliveries:
        districts = [known.name for known in CredentialStore(places.credentials_file).all()] or [""]
        for district in districts:
            for delivery in deliveries(file, settings.deliveries, district, alone=len(districts) == 1):
                if isinstance(delivery, BrokenDelivery):
                    yield delivery.problem


def config_example(options: argparse.Namespace) -> int:
    """Print every setting with its default, as config.example.toml of the source."""
    from aeries_tui.settings.example import render_example

    page(render_example().rstrip("\n"))
    return 0


def help_on(options: argparse.Namespace) -> int:
    """Print a page of help, or the list of them."""
    from aeries_tui.topics import TOPICS, topic

    if options.topic:
        from aeries_tui.master.views import table_of_views

        views = "\n".join(table_of_views()) if options.topic == "sql" else ""
        page(topic(options.topic).rstrip().replace("{views}", views))
    else:
        for name, what in TOPICS.items():
            line(f"aeries-tui help {name:<16} {what}")
    return 0


def completion(options: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    from aeries_tui.cli.completion import script

    page(script(options.shell))
    return 0


def manual(options: argparse.Namespace) -> int:
    """Print the man page."""
    from aeries_tui.cli.manual import manual as man_page

    page(man_page().rstrip("\n"))
    return 0
