"""The page docs/json.md: `python -m aeries_tui.cli.schema_page > docs/json.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aeries_tui.cli.parser import make_parser
from aeries_tui.cli.schema_names import WRITTEN, schema_names
from aeries_tui.cli.schemas import SCHEMAS, schema
from aeries_tui.topics import topic


def schema_page() -> str:
    """The topic `json`, which documents each command prints, and the members of each."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "<!-- Made by python -m aeries_tui.cli.schema_page -->"
    yield topic("json").rstrip()
    yield ""
    yield "## Documents"
    yield ""
    yield "| schema | documents | what |"
    yield "|---|---|---|"
    components: dict[str, Any] = {}
    for name, sentence in schema_names(make_parser()).items():
        made = schema(name)["$defs"]
        components |= made
        printed = [one.__name__ for one in SCHEMAS[name].documents]
        of_all = [one.__name__ for one in SCHEMAS[name].of_all]
        shown = _links(printed) + (
            f"; with `--all` [Districts](#districts) of {_links(of_all)}" if of_all else ""
        )
        what = "" if name in WRITTEN else " --json"
        yield f"| `{name}{what}` | {shown} | {_cell(sentence)} |"
    components["Districts"]["properties"]["districts"]["items"] = {}  # of each command another one
    yield ""
    yield "## Their members"
    for name in sorted(components):
        yield from _table(name, components[name])


def _links(names: Iterable[str]) -> str:
    return ", ".join(f"[{one}](#{one.lower()})" for one in names)


def _table(name: str, made: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### {name}"
    yield ""
    yield made.get("description", "")
    if "enum" in made:
        yield ""
        yield f"One of {', '.join(f'`{one}`' for one in made['enum'])}."
        return
    yield ""
    yield "| member | type | what |"
    yield "|---|---|---|"
    for member, value in made["properties"].items():
        optional = "" if member in made["required"] else ", may be missing"
        yield f"| `{member}` | {_cell(_type(value))}{optional} | {_cell(value.get('description', ''))} |"


def _type(value: dict[str, Any]) -> str:
    """A type in words."""
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in value:
        return " or ".join(map(_type, value["anyOf"]))
    if "enum" in value:
        return " or ".join(f"`{one}`" for one in value["enum"])
    if "prefixItems" in value:
        return f"list of {', '.join(map(_type, value['prefixItems']))}"
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}" if value.get("items") else "list"
    if value.get("type") == "object":
        inner = value.get("additionalProperties")
        return f"object of {_type(inner)}" if isinstance(inner, dict) and inner else "object"
    return str(value.get("type", "anything"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(schema_page(), end="")
