"""The control end points, by which tests and demonstrations steer the simulated district."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.edits import Edit
from simulator.faults import Fault
from simulator.state import SteeredState
from simulator.truth import truth_of

T = TypeVar("T")
Handler = Callable[[SteeredState, Request], Awaitable[dict[str, Any]]]


async def _told(request: Request) -> Any:
    body = await request.body()
    return msgspec.json.decode(body) if body else {}


def _listed(told: Any) -> list[dict[str, Any]]:
    items = told if isinstance(told, list) else [told]
    if not all(isinstance(item, dict) for item in items):
        raise ValueError("An object, or a list of objects, is wanted.")
    return items


async def _worked(state: SteeredState, work: Callable[[], T]) -> T:
    """Do what touches the district where all of it is done, in the one worker."""
    return await asyncio.get_running_loop().run_in_executor(state.worker, work)


async def _add_faults(state: SteeredState, request: Request) -> dict[str, Any]:
    for fault in [Fault.read(item) for item in _listed(await _told(request))]:
        state.faults.add(fault)
    return {"faults": state.faults.described()}


async def _clear_faults(state: SteeredState, request: Request) -> dict[str, Any]:
    state.faults.clear()
    return {"faults": []}


async def _show_faults(state: SteeredState, request: Request) -> dict[str, Any]:
    return {"faults": state.faults.described()}


async def _show_requests(state: SteeredState, request: Request) -> dict[str, Any]:
    log = state.log
    counts: dict[str, int] = {}
    for entry in log.entries:
        name = entry["endpoint"] or "other"
        counts[name] = counts.get(name, 0) + 1
    return {
        "count": log.count,
        "at_once": log.most,
        "by_endpoint": counts,
        "bytes": sum(entry["bytes"] for entry in log.entries),
        "requests": list(log.entries) if request.query_params.get("entries", "1") == "1" else [],
    }


async def _clear_requests(state: SteeredState, request: Request) -> dict[str, Any]:
    state.log.clear()
    return {"count": 0}


async def _set_day(state: SteeredState, request: Request) -> dict[str, Any]:
    told = await _told(request)
    day = int(told["day"]) if "day" in told else state.district.setting.day + 1
    percent = float(told["percent"]) if "percent" in told else None
    if day < 0 or (percent is not None and not 0 <= percent <= 100):
        raise ValueError("day is 0 or more, percent 0 to 100.")
    await _worked(state, partial(state.set_day, day, percent))
    return {"day": day, "date": state.district.today.isoformat()}


async def _set_permissions(state: SteeredState, request: Request) -> dict[str, Any]:
    state.grant(await _told(request))
    return {"permissions": state.grants}


async def _set_certificate(state: SteeredState, request: Request) -> dict[str, Any]:
    certificate = (await _told(request)).get("certificate", "")
    if not isinstance(certificate, str) or not certificate:
        raise ValueError("certificate is the new one.")
    state.certificate = certificate
    return {"certificate": certificate}


async def _set_manners(state: SteeredState, request: Request) -> dict[str, Any]:
    told = await _told(request)
    for name in ("latency_ms", "capacity", "shed_above", "gzip", "bytes_per_second"):
        if name in told:
            setattr(state.manners, name, told.pop(name))
    year, now = told.pop("default_year", None), told.pop("now", None)
    if told:
        raise ValueError(f"Unknown: {sorted(told)}.")
    today = date.fromisoformat(now) if now else None
    if year is not None or today is not None:
        await _worked(state, partial(state.set_clock, year=year, today=today))
    return {"default_year": state.years[0], "date": state.district.today.isoformat()}


async def _edit(state: SteeredState, request: Request) -> dict[str, Any]:
    clock = state.district.clock
    edits = [Edit.read(item, clock) for item in _listed(await _told(request))]

    def work() -> int:
        state.district.edits.extend(edits)
        state.district.touched()
        return len(state.district.edits)

    return {"edits": await _worked(state, work)}


async def _clear_edits(state: SteeredState, request: Request) -> dict[str, Any]:
    def work() -> None:
        state.district.edits.clear()
        state.district.touched()

    await _worked(state, work)
    return {"edits": 0}


async def _reset(state: SteeredState, request: Request) -> dict[str, Any]:
    await _worked(state, state.reset)
    return {"date": state.district.today.isoformat()}


async def _truth(state: SteeredState, request: Request) -> dict[str, Any]:
    asked = request.query_params.get("schools")
    codes = [int(code) for code in asked.split(",") if code] if asked is not None else None
    with_ids = request.query_params.get("ids", "0") == "1"
    truth = await _worked(state, lambda: truth_of(state.district, codes, ids=with_ids))
    document: dict[str, Any] = {"date": state.district.today.isoformat(), "counts": truth.counts}
    if truth.ids is not None:
        document["ids"] = {kind: sorted(ids) for kind, ids in truth.ids.items()}
    return document


async def _schools(state: SteeredState, request: Request) -> dict[str, Any]:
    schools = state.district.real_schools
    return {
        "schools": [
            {"code": s.code, "name": s.name, "schedule": s.kind.value, "students": s.students}
            for s in schools
        ]
    }


_HANDLERS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/faults", _show_faults),
    ("POST", "/faults", _add_faults),
    ("DELETE", "/faults", _clear_faults),
    ("GET", "/requests", _show_requests),
    ("DELETE", "/requests", _clear_requests),
    ("POST", "/day", _set_day),
    ("POST", "/permissions", _set_permissions),
    ("POST", "/certificate", _set_certificate),
    ("POST", "/server", _set_manners),
    ("POST", "/edit", _edit),
    ("DELETE", "/edit", _clear_edits),
    ("POST", "/reset", _reset),
    ("GET", "/truth", _truth),
    ("GET", "/schools", _schools),
)


def _route(state: SteeredState, method: str, path: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        told = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(told.encode(), state.token.encode()):
            return JSONResponse({"error": "Only with the token."}, 401)
        try:
            document = await handler(state, request)
        except (ValueError, TypeError, KeyError, msgspec.DecodeError) as wrong:
            return JSONResponse({"error": str(wrong)}, 400)
        return Response(msgspec.json.encode(document), media_type="application/json")

    return Route(path, endpoint, methods=[method])


def control_routes(state: SteeredState) -> list[BaseRoute]:
    """The routes under /control. They ask for the token that stands in the ready line, not for the certificate."""
    return [_route(state, method, path, handler) for method, path, handler in _HANDLERS]
