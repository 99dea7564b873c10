"""`sql`: one query over the views, as a table, CSV or JSON."""

from __future__ import annotations

from cli.conftest import Machine


def test_a_query_is_printed_as_a_table_as_csv_and_as_json(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    query = "SELECT kind, outcome, '=1+1' AS formula, NULL AS blank FROM v_import"
    kinds = machine("sql", query)
    assert kinds.status == 0
    assert [line.split()[0] for line in kinds.out.splitlines()] == ["kind", "pull"]
    assert machine("sql", query, "--csv").out.splitlines()[0] == "kind,outcome,formula,blank"
    assert "'=1+1," in machine("sql", query, "--csv").out
    assert machine("sql", "-", "--json", typed=query).json["rows"][0]["blank"] is None


def test_a_query_that_is_refused_says_what_it_may_read(machine: Machine) -> None:
    machine.map_all()
    said = machine("sql", "SELECT password_hash FROM account", "--json")
    assert said.status == 2
    assert "it reads account" in said.json["problem"]["message"]
    assert "v_student" in said.json["problem"]["remedy"]
    assert machine("sql", "SELECT 1 AS n, 2 AS n", "--json").status == 2
    assert machine("sql", "SELECT 1 AS n, 2 AS n").status == 0


def test_help_on_sql_lists_views_and_columns_from_the_schema(machine: Machine) -> None:
    page = machine("help", "sql").out
    assert "| `v_teaching` | member of staff in each section |" in page
    assert "{views}" not in page
