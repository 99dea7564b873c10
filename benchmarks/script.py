"""A script as a sysadmin would write it in an afternoon: one request after the other, everything in a dict.

    python -m benchmarks.script --url URL --certificate TEXT --schools 100,101 [--seconds 60] [--session]

Schools, staff and courses; of each school students, teachers and sections; then one call for the roster of each
section. Every call is a `requests.get` of its own, or with --session one on a connection that is kept. After --seconds it stops: a whole run takes most of an hour. Prints one JSON document: requests made
and wanted, records, seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

import requests


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("url", "certificate", "schools"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--session", action="store_true")
    told = parser.parse_args(arguments)
    begun = time.perf_counter()
    made = 0
    headers = {"AERIES-CERT": told.certificate}
    with requests.Session() as session:
        ask = session.get if told.session else requests.get

        def get(path: str) -> list[dict[str, object]]:
            nonlocal made
            made += 1
            rows: list[dict[str, object]] = ask(
                f"{told.url}/api/v5/{path}", headers=headers, timeout=600
            ).json()
            return rows

        data: dict[str, list[dict[str, object]]] = {
            name: get(name) for name in ("schools", "staff", "courses")
        }
        sections: list[tuple[str, object]] = []
        for school in told.schools.split(","):
            for name in ("students", "teachers", "sections"):
                data[f"{school}/{name}"] = get(f"schools/{school}/{name}")
            sections += [(school, row["SectionNumber"]) for row in data[f"{school}/sections"]]
        lists_done, lists = time.perf_counter() - begun, made
        for school, number in sections:
            if time.perf_counter() - begun > told.seconds and made > lists:
                break
            data[f"{school}/{number}/roster"] = get(f"schools/{school}/sections/{number}/students")
    seconds = time.perf_counter() - begun
    share = (made - lists) / max(1, len(sections))
    whole = lists_done + (seconds - lists_done) / share if share else seconds
    print(json.dumps({
        "requests": made, "wanted": lists + len(sections), "records": sum(map(len, data.values())),
        "measured_seconds": round(seconds, 2), "seconds": round(whole, 2),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
