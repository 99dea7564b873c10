"""The service gives what the CSV bundle of the same moment holds: the same ids, people, days."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest

from aeries_tui.exports.oneroster import write_bundle
from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.operations.roster_service import service_standing
from roster_service.serving import V11, V12, Serving

_RENAMED = {"preferredGivenName": "preferredFirstName", "preferredFamilyName": "preferredLastName"}
_LISTS = {"grades", "periods", "termSourcedIds", "orgSourcedIds"}


def bundle(served: Serving, version: Version) -> dict[str, dict[str, dict[str, str]]]:
    with served.station.as_district().reading() as db:
        report = write_bundle(db, version, served.station.places.data_dir / version, demographics=True)
    with zipfile.ZipFile(report.path) as file:
        return {
            name.removesuffix(".csv"): {
                row["sourcedId"]: row for row in csv.DictReader(io.TextIOWrapper(file.open(name), "utf-8"))
            }
            for name in file.namelist()
            if name != "manifest.csv"
        }


def cells(record: dict[str, Any]) -> dict[str, Any]:
    """A record in the words of the bundle: references by their ids."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found[f"{name}SourcedId"] = value["sourcedId"]
        elif isinstance(value, list) and value and isinstance(value[0], dict) and "href" in value[0]:
            found[f"{name[:-1]}SourcedIds"] = [one["sourcedId"] for one in value]
        else:
            found[name] = value
    return found


@pytest.mark.parametrize(("version", "base"), [("1.1", V11), ("1.2", V12)])
async def test_a_full_read_is_the_bundle(served: Serving, version: Version, base: str) -> None:
    client = served.client()
    client.base = base
    read, written = await client.everything(), bundle(served, version)
    roles = written.pop("roles", {})
    assert set(read) == set(written)
    for file, rows in written.items():
        assert set(read[file]) == set(rows), file
        for name, row in rows.items():
            given = cells(read[file][name])
            for column, cell in row.items():
                if not cell or column in {"sourcedId", "status", "dateLastModified", "userIds"}:
                    continue
                wanted = cell.split(",") if column in _LISTS else cell
                assert given[_RENAMED.get(column, column)] == wanted, (file, name, column)
    told = {
        (user, one["org"]["sourcedId"], one["role"], one["roleType"])
        for user, record in read["users"].items()
        for one in record.get("roles", [])
    }
    assert told == {(r["userSourcedId"], r["orgSourcedId"], r["role"], r["roleType"]) for r in roles.values()}


async def test_text_is_text_and_no_cell(served: Serving) -> None:
    """A spreadsheet would run what begins with an equals sign; JSON is read by none."""
    row = served.station.aeries.lists["7/students"][0]
    row["FirstName"], row["MiddleName"] = "=Ana", '-Ø"\\'
    await served.pull()
    record = (await served.client().get(f"/users/{row['StudentID']}")).json()["user"]
    assert (record["givenName"], record["middleName"]) == ("=Ana", '-Ø"\\')


async def test_a_record_that_the_standard_does_not_allow_is_left_out_alone(served: Serving) -> None:
    served.station.aeries.lists["courses"].append({"ID": "C" * 120, "Title": "Too long"})
    served.station.aeries.lists["7/sections"][1]["CourseID"] = "C" * 120
    await served.pull()
    client = served.client()
    assert not [one for one in await client.ids("/courses") if len(one) > 100]
    assert "7_2" not in await client.ids("/classes") and "7_1" in await client.ids("/classes")
    told = service_standing(served.station.as_district())
    assert told is not None and len(told.left_out) == 2 and told.left_out[1] == "classes 7_2"
    assert "2 records left out" in told.sentence
