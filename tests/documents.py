"""Every JSON document that a command prints in these tests is held against its published schema, by jsonschema.

`python -m tests.documents` stores today's schemas under tests/data/schemas, for what comes later to be held against.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

STORED = Path(__file__).parent / "data" / "schemas"


@functools.cache
def validator(name: str) -> Validator:
    """What holds a document against a schema in which nothing more may stand than it names."""
    from jsonschema import Draft202012Validator

    from aeries_tui.cli.schemas import schema

    closed = json.loads(json.dumps(schema(name)))
    Draft202012Validator.check_schema(closed)
    for made in closed["$defs"].values():
        if "properties" in made:
            made.setdefault("additionalProperties", False)
    return Draft202012Validator(closed)


def faults(name: str, document: object) -> list[str]:
    """What is wrong with a document, in sentences of the validator's."""
    return [f"{one.json_path}: {one.message}"[:2_000] for one in validator(name).iter_errors(document)]


def name_of(options: argparse.Namespace) -> str:
    """The schema of a command that was parsed."""
    words = [options.command, getattr(options, f"{options.command}_command", None)]
    return " ".join(filter(None, words))


def held_to_schemas(usual: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """What carries out a command, and fails where a document that it printed is not as the schema says.

    Args:
        usual: what carries it out.
    """

    def held(options: argparse.Namespace) -> int:
        is_json = getattr(options, "json", False)
        is_lines = not is_json and (getattr(options, "jsonl", False) or _tells_events(options))
        if not is_lines and not is_json:
            return usual(options)
        heard = Heard(sys.stdout)
        sys.stdout = heard  # type: ignore[assignment]
        try:
            status = usual(options)
        finally:
            sys.stdout = heard.stream
        name = name_of(options)
        # A defect and Ctrl+C break off; with status 1 compare says that something differs.
        if heard.is_whole and (status not in {1, 130} or name == "compare"):
            for document in heard.documents(lines=is_lines):
                assert not faults(name, document), f"{name} --json: {faults(name, document)}"
        return status

    return held


def _tells_events(options: argparse.Namespace) -> bool:
    return options.command == "changes" and not (options.number or options.csv)


class Heard:
    """Standard output, and what was written to it.

    Attributes:
        stream: standard output.
        is_whole: nobody stopped reading.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.is_whole = True
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        self._parts.append(text)
        try:
            written: int = self.stream.write(text)
        except OSError:
            self.is_whole = False
            raise
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def documents(self, *, lines: bool) -> Iterator[object]:
        """Each document; ValueError where one is no JSON."""
        text = "".join(self._parts)
        yield from map(json.loads, text.splitlines() if lines else filter(None, [text]))


def taken_away(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """What somebody who reads by an older schema would miss in documents of a newer one, in sentences."""
    yield from _narrowed(old, new, old.get("$defs", {}), new.get("$defs", {}), where, set[str]())


def _narrowed(old: Any, new: Any, olds: Any, news: Any, where: str, met: set[str]) -> Iterator[str]:
    if old.get("$ref", "") in met:
        return
    met = met | {old["$ref"]} if "$ref" in old else met
    old, new = _resolved(old, olds), _resolved(new, news)
    if old.get("type") != new.get("type"):
        yield f"{where}: was {old.get('type')}, is {new.get('type')}"
        return
    gone = [one for one in old.get("enum", ()) if one not in new.get("enum", ())]
    yield from (f"{where}: {one} is no value any more" for one in gone)
    missing = [name for name in old.get("required", ()) if name not in new.get("required", ())]
    yield from (f"{where}/{name}: may be missing" for name in missing)
    for name, one, other in _parts(old, new):
        if other is None:
            yield f"{where}/{name}: is gone"
        else:
            yield from _narrowed(one, other, olds, news, f"{where}/{name}", met)
    before, now = old.get("anyOf", ()), new.get("anyOf", ())
    for one in before:
        if all(any(_narrowed(one, other, olds, news, where, met)) for other in now):
            yield f"{where}: {one} is no form any more"
    # A command may print further documents; a value of one may not take further forms.
    if where and len(now) > len(before):
        yield f"{where}: has more forms"


def _parts(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each part of the older one with its like in the newer one, None for none."""
    for name, one in old.get("properties", {}).items():
        yield name, one, new.get("properties", {}).get(name)
    for name in ("items", "additionalProperties"):
        if isinstance(old.get(name), dict):
            yield name, old[name], new[name] if isinstance(new.get(name), dict) else None
    for place, one in enumerate(old.get("prefixItems", ())):
        others = new.get("prefixItems", ())
        yield str(place), one, others[place] if place < len(others) else None


def _resolved(node: Any, components: Any) -> Any:
    return components[node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node


def plain(node: Any) -> Any:
    """A schema without its sentences, as it is stored."""
    if isinstance(node, dict):
        return {
            name: {key: plain(one) for key, one in value.items()}
            if name in {"properties", "$defs"}
            else plain(value)
            for name, value in node.items()
            if name != "description" or not isinstance(value, str)
        }
    return [plain(one) for one in node] if isinstance(node, list) else node


def stored_path(name: str) -> Path:
    """Where a schema is stored."""
    return STORED / f"{name.replace(' ', '-')}.json"


def main() -> int:
    """Store today's schemas; none that takes away what an older one has."""
    from aeries_tui.cli.schemas import SCHEMAS, schema

    STORED.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        path, today = stored_path(name), plain(schema(name))
        if path.exists():
            missed = list(taken_away(json.loads(path.read_text("utf-8")), today))
            if missed:
                print(f"{name}: {'; '.join(missed)}", file=sys.stderr)
                return 1
        path.write_text(json.dumps(today, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
