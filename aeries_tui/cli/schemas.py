"""Which documents each command prints, and their JSON Schemas, made from the types that are written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from aeries_tui.alarms.payload import Alarm
from aeries_tui.alarms.status_file import StatusFile
from aeries_tui.alarms.verdict import Standing
from aeries_tui.audit import Entry
from aeries_tui.cli import (
    accounts,
    archive,
    audit,
    changes,
    check,
    checks,
    compare,
    consumers,
    credentials,
    deliveries,
    descriptions,
    erase,
    export,
    feeds,
    log,
    maintenance,
    people,
    plan,
    pull,
    results,
    retention,
    schedule,
    schools,
    serve,
    setup,
    sql,
)
from aeries_tui.cli.side_by_side import Districts
from aeries_tui.demo.served import Ready
from aeries_tui.documents import Document, Refusal
from aeries_tui.errors import NotFound
from aeries_tui.master.imports.told import ImportResult
from aeries_tui.master.roster.events import Event
from aeries_tui.operations.disposition import Certificate
from aeries_tui.operations.overview import StandingAtAGlance
from aeries_tui.operations.service_facts import AllFacts, Facts
from aeries_tui.operations.update_schools import SchoolList
from aeries_tui.schedule.status import Schedule

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Printed:
    """What a command prints with `--json`, or something else writes.

    Attributes:
        documents: one of these, or lines of them.
        of_all: with --all, one of these for each district; empty where there is no --all.
        is_command: a refusal may stand in its place.
    """

    documents: tuple[type[Document], ...]
    of_all: tuple[type[Document], ...] = ()
    is_command: bool = True


def _one(*documents: type[Document]) -> Printed:
    return Printed(documents)


def _of_all(*documents: type[Document]) -> Printed:
    return Printed(documents, documents)


def _written(*documents: type[Document]) -> Printed:
    return Printed(documents, is_command=False)


_DECIDED = _one(ImportResult, pull.UnreadImport)

SCHEMAS: Mapping[str, Printed] = {
    "demo": _one(Ready),
    "credentials add": _one(credentials.ShownCredential),
    "credentials change": _one(credentials.ShownCredential),
    "credentials list": _one(credentials.Credentials),
    "credentials show": _one(credentials.ShownCredential),
    "credentials remove": _one(credentials.Removed, erase.CertificateMade),
    "check": _of_all(check.Checked),
    "schools update": _of_all(SchoolList),
    "schools list": _one(SchoolList),
    "schools map": _one(schools.MappedByHand),
    "schools unmap": _one(schools.MappedByHand),
    "schools exclude": _one(schools.MappedByHand),
    "schools import-ali": _one(schools.AliSchoolsLoaded),
    "schools create-ali": _one(schools.AliSchoolsCreated),
    "pull": _of_all(ImportResult, pull.UnreadImport, pull.Skipped),
    "approve": _DECIDED,
    "discard": _DECIDED,
    "undo": _DECIDED,
    "results": _one(ImportResult, results.Imports),
    "changes": _one(changes.Changes, changes.Events, Event, changes.Cursor, changes.Acknowledged),
    "descriptions": _one(descriptions.Descriptions, descriptions.DescriptionsSaved),
    "troubleshooting": _one(results.Troubles),
    "explain": _one(people.Explanation, people.People),
    "people same": _one(people.IdentityDecided),
    "people another": _one(people.IdentityDecided),
    "people erase": _one(erase.PlannedErasure, erase.CertificateMade),
    "people lift": _one(erase.Lifted),
    "log": _one(log.Log),
    "plan show": _one(plan.Plan),
    "compare": _one(compare.ComparedList),
    "feeds list": _one(feeds.Feeds),
    "feeds check": _one(feeds.FeedWritten),
    "feeds run": _one(feeds.FeedWritten),
    "deliveries list": _one(deliveries.Deliveries),
    "deliveries show": _one(deliveries.ShownDelivery),
    "deliveries test": _one(deliveries.TriedDelivery),
    "deliveries run": _of_all(deliveries.DeliveryDone, deliveries.DeliveriesDone),
    "deliveries approve": _one(deliveries.DeliveryDone),
    "deliveries discard": _one(deliveries.SetDiscarded),
    "consumers add": _one(consumers.ConsumerAdded),
    "consumers list": _one(consumers.Consumers),
    "consumers rotate": _one(consumers.SecretRotated),
    "consumers revoke": _one(consumers.ConsumerRevoked),
    "sql": _one(sql.Rows),
    "checks list": _one(checks.Checks),
    "checks run": _one(checks.TriedChecks),
    "checks test": _one(checks.TriedChecks),
    "accounts find": _one(accounts.Accounts),
    "accounts test": _one(accounts.Login),
    "accounts reset": _one(accounts.Password),
    "accounts sso": _one(accounts.SingleSignOn),
    "archive create": _one(archive.ArchiveMade),
    "archive list": _one(archive.Archives),
    "archive verify": _one(archive.ArchiveVerified),
    "archive look": _one(archive.ArchivePlace),
    "archive restore": _one(ImportResult),
    "archive encrypt": _one(archive.ArchiveEncrypted),
    "archive decrypt": _one(archive.ArchiveDecrypted),
    "export oneroster": _one(export.Bundle),
    "schedule show": _of_all(Schedule),
    "schedule preview": _one(schedule.PlannedFiles),
    "schedule test": _one(Facts, AllFacts),
    "schedule install": _one(Schedule, schedule.OneTimer),
    "schedule remove": _one(schedule.TimerRemoved),
    "status": Printed((Standing,), of_all=(StandingAtAGlance,)),
    "audit list": _one(audit.Entries, Entry),
    "audit verify": _one(audit.JournalVerified),
    "retention show": _one(retention.Due),
    "retention run": _one(erase.CertificateMade),
    "doctor": _one(maintenance.Findings),
    "paths": _one(maintenance.Paths),
    "config check": _one(maintenance.ConfigChecked),
    "setup": _one(setup.SetupSteps),
    "alarm": _written(Alarm),
    "status file": _written(StatusFile),
    "service ready": _written(serve.ServiceReady),
    "certificate": _written(Certificate),
    "error": _written(Refusal),
}
"""By the words of the command, or as in `schema_names.WRITTEN`."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what a command prints.

    Args:
        name: one of `SCHEMAS`.

    Raises:
        NotFound: there is none of that name.
    """
    printed = SCHEMAS.get(name)
    if printed is None:
        raise NotFound(f"There is no schema {name!r}.", remedy="aeries-tui schema names those there are.")
    own = (*printed.documents, *((Refusal,) if printed.is_command else ()))
    several = (*printed.of_all, Refusal, Districts) if printed.of_all else ()
    types = tuple(dict.fromkeys((*own, *several)))
    found, components = msgspec.json.schema_components(
        types, ref_template="#/$defs/{name}", schema_hook=_hook
    )
    _describe(types, components)
    form = dict(zip(types, found, strict=True))
    alternatives = [form[one] for one in own]
    if several:
        alternatives.append(form[Districts])
        members = components["Districts"]["properties"]
        members["districts"]["items"] = {"anyOf": [form[one] for one in several[:-1]]}
    return {
        "$schema": DIALECT,
        "title": f"aeries-tui {name} --json" if printed.is_command else f"aeries-tui: {name}",
        **(alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}),
        "$defs": components,
    }


def _hook(kind: type) -> dict[str, Any]:
    raise NotImplementedError(f"{kind} is no type of a document")


def _describe(types: tuple[type, ...], components: dict[str, Any]) -> None:
    """Put the sentences of each class and its attributes where they belong; what is always written is required."""
    for made in components.values():
        made["description"] = " ".join(made.get("description", "").split())
    for kind, attributes in _classes(msgspec.inspect.multi_type_info(types)):
        made = components[kind.__name__]
        made["description"], _ = parted(kind)
        told = {name: text for one in reversed(kind.__mro__) for name, text in parted(one)[1].items()}
        for attribute in attributes:
            value = made["properties"][attribute.encode_name]
            value.pop("default", None)
            # msgspec names the keys of a mapping from 0.23 on; a schema does not hang on which one is installed.
            value.pop("propertyNames", None)
            if attribute.name in told:
                value["description"] = told[attribute.name]
        optional = {each.encode_name for each in attributes if _may_be_missing(each)}
        made["required"] = [name for name in made["properties"] if name not in optional]


def _may_be_missing(attribute: msgspec.inspect.Field) -> bool:
    """Whether it may be left out; what has a default is written all the same."""
    has_default = (attribute.default, attribute.default_factory) != (msgspec.NODEFAULT, msgspec.NODEFAULT)
    return not attribute.required and not has_default


def _classes(found: object) -> Iterator[tuple[type, Sequence[msgspec.inspect.Field]]]:
    """Every class that a description of types by msgspec names, with its attributes."""
    pending, seen = [found], set[type]()
    while pending:
        one = pending.pop()
        if isinstance(one, list | tuple):
            pending += one
        elif isinstance(one, msgspec.inspect.Type | msgspec.inspect.Field):
            pending += [getattr(one, name) for name in one.__struct_fields__]
            kind = getattr(one, "cls", None)
            if isinstance(kind, type) and kind not in seen and hasattr(one, "fields"):
                seen.add(kind)
                yield kind, one.fields


def parted(kind: type) -> tuple[str, dict[str, str]]:
    """The sentences of a class and, by name, those of its attributes."""
    text, _, rest = (inspect.cleandoc(kind.__doc__ or "")).partition("\nAttributes:\n")
    told: dict[str, str] = {}
    for one in re.split(r"\n(?!\s{8})", rest):
        names, found, sentence = one.strip().partition(":")
        if found:
            told |= {name.strip(): " ".join(sentence.split()) for name in names.split(",")}
    return " ".join(text.split()), told
