"""What is printed with --json has a schema, the schema only grows, and a document is JSON whatever happens."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aeries_tui.cli.documents import json_text, stream_document
from aeries_tui.cli.output import explain_error
from aeries_tui.cli.parser import make_parser
from aeries_tui.cli.schema_names import schema_names
from aeries_tui.cli.schema_page import schema_page
from aeries_tui.cli.schemas import SCHEMAS, schema
from aeries_tui.cli.sql import Rows
from aeries_tui.errors import MasterError
from cli.conftest import Desk, Machine
from documents import faults, plain, stored_path, taken_away
from test_docs import ROOT


def test_every_command_with_json_has_a_schema_and_every_schema_something_that_writes_it() -> None:
    assert set(schema_names(make_parser())) == set(SCHEMAS)


def test_every_document_has_the_version_of_its_format_and_each_name_is_of_one_type() -> None:
    made: dict[str, Any] = {}
    for name in SCHEMAS:
        components = schema(name)["$defs"]
        for component in components.keys() - {"Districts"}:
            assert made.setdefault(component, components[component]) == components[component], component
        for one in SCHEMAS[name].documents:
            assert "format_version" in components[one.__name__]["required"], (name, one)
    for name, component in made.items():
        assert component["description"], name
        for each, value in component.get("properties", {}).items():
            assert each == "format_version" or value.get("description"), (name, each)


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_was_once_in_a_document_is_in_it_still_and_what_was_added_is_stored_as_well(name: str) -> None:
    stored = json.loads(stored_path(name).read_text("utf-8"))
    assert not list(taken_away(stored, schema(name)))
    assert stored == plain(schema(name)), "python -m tests.documents stores it"


def test_a_schema_that_is_stored_is_of_something_that_there_is() -> None:
    assert {path.name for path in stored_path("pull").parent.iterdir()} == {
        stored_path(one).name for one in SCHEMAS
    }


def member(made: Any, component: str, name: str) -> Any:
    return made["$defs"][component]["properties"][name]


def without(name: str) -> Callable[[Any], object]:
    return lambda made: made["$defs"]["Standing"]["properties"].pop(name)


LESS: dict[str, Callable[[Any], object]] = {
    "a member": without("sentence"),
    "its being there": lambda made: made["$defs"]["Standing"]["required"].remove("sentence"),
    "its type": lambda made: member(made, "Standing", "exit_status").update(type="string"),
    "its never being null": lambda made: made["$defs"]["Standing"]["properties"].update(
        sentence={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "a form that it may have": lambda made: member(made, "Standing", "hours_since_good")["anyOf"].pop(),
    "a further form": lambda made: member(made, "Standing", "hours_since_good")["anyOf"].append(
        {"type": "string"}
    ),
    "a word of a list": lambda made: made["$defs"]["State"]["enum"].pop(),
    "the type of what is in an object": lambda made: member(made, "Standing", "deliveries").update(
        additionalProperties={"type": "integer"}
    ),
    "what is in a list": lambda made: member(made, "Districts", "districts")["items"]["anyOf"].pop(0),
    "a document": lambda made: made["anyOf"].pop(0),
    "the version": lambda made: member(made, "Standing", "format_version").update(enum=[2]),
}
MORE: dict[str, Callable[[Any], object]] = {
    "a member": lambda made: made["$defs"]["Standing"]["properties"].update(more={"type": "string"}),
    "a member that is always there": lambda made: made["$defs"]["Standing"]["required"].append("more"),
    "a word of a list": lambda made: made["$defs"]["State"]["enum"].append("resting"),
    "a document": lambda made: made["anyOf"].append({"$ref": "#/$defs/State"}),
}


@pytest.mark.parametrize("less", LESS)
def test_whatever_is_taken_out_of_a_schema_is_named(less: str) -> None:
    made = copy.deepcopy(schema("status"))
    LESS[less](made)
    assert list(taken_away(schema("status"), made))


@pytest.mark.parametrize("more", MORE)
def test_what_is_added_to_a_schema_takes_nothing_away(more: str) -> None:
    made = copy.deepcopy(schema("status"))
    MORE[more](made)
    assert not list(taken_away(schema("status"), made))


def test_a_document_that_is_not_as_its_schema_says_is_found() -> None:
    document: dict[str, Any] = {"format_version": 1, "kind": "student", "id": 7, "kept_out": False}
    assert not faults("people lift", document)
    assert not faults(
        "people lift", {"format_version": 1, "problem": document_of_problem(), "error": "NotFound"}
    )
    for wrong in (document | {"more": 1}, document | {"id": "7"}, {**document, "format_version": 2}, [], {}):
        assert faults("people lift", wrong)
    del document["kept_out"]
    assert faults("people lift", document)


def document_of_problem() -> dict[str, str]:
    return {"code": "", "message": "There is nobody.", "meaning": "", "remedy": ""}


def test_schema_names_all_of_them_and_prints_each_of_one_or_two_words(machine: Machine) -> None:
    listed = machine("schema").out.splitlines()
    assert [line.split("  ")[0] for line in listed] == list(schema_names(make_parser()))
    assert machine("schema", "plan", "show").json == schema("plan show")
    assert machine("schema", "plan show").json == schema("plan show")
    assert machine("schema", "alarm").json == schema("alarm")
    said = machine("schema", "nothing\x1b")
    assert (said.status, said.out) == (2, "")
    assert "There is no schema" in said.err


def test_a_list_that_breaks_off_is_json_all_the_same_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    error = MasterError("The disk is gone.", remedy="Bring it back.")

    def rows() -> Iterator[dict[str, Any]]:
        yield {"rows": []}
        yield {"a": float("inf")}
        raise error

    with pytest.raises(MasterError):
        stream_document(Rows([]), "rows", rows())
    assert explain_error(error, as_json=True) == error.exit_status
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == [{"rows": []}, {"a": None}]
    assert told["broken_off"]["message"] == "The disk is gone."
    assert explain_error(error, as_json=True) == error.exit_status
    assert json.loads(capsys.readouterr().out)["error"] == "MasterError"


def test_events_up_to_one_that_nobody_can_tell_are_told_and_that_they_are_not_all(desk: Desk) -> None:
    desk.change()
    assert desk("pull").status in {0, 4}
    with desk.station.master() as db:
        db.execute("UPDATE import SET undo_kept = 0 WHERE id = 2")
    said = desk("changes", "--since", "0", "--json")
    assert said.status == 2
    assert said.json["events"]
    assert "older than what is kept" in said.json["broken_off"]["message"]
    assert "cursor" not in desk("changes", "--since", "0").out


@pytest.mark.parametrize("words", ["sql SELECT(1) --csv", "changes --since 0 --csv", "audit list --jsonl"])
def test_one_command_has_one_form(desk: Desk, words: str) -> None:
    said = desk(*words.split(" "), "--json")
    assert (said.status, said.json["error"]) == (2, "WrongUse")


def test_what_fails_before_the_first_item_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        raise MasterError("The disk is gone.")
        yield {}

    with pytest.raises(MasterError):
        stream_document(Rows([]), "rows", rows())
    assert capsys.readouterr().out == ""


def test_an_empty_list_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    stream_document(Rows([]), "rows", [])
    assert json.loads(capsys.readouterr().out) == {"format_version": 1, "rows": []}


def test_the_name_of_a_file_that_is_no_utf_8_comes_back() -> None:
    assert json.loads(json_text({"path": "Schüler-\udcff"})) == {"path": "Schüler-\udcff"}


def test_the_page_of_documents_is_today_s() -> None:
    assert (ROOT / "docs" / "json.md").read_text("utf-8") == schema_page(), (
        "python -m aeries_tui.cli.schema_page"
    )
