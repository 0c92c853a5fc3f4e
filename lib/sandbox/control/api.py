"""The control calls: clock, history, deliveries, scenarios, customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from starlette.responses import StreamingResponse
from starlette.routing import Route

from lib.sandbox.billing import webhook_endpoints
from lib.sandbox.control import clock, people
from lib.sandbox.control.jsonapi import Asked, check_keys, control, number
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

ORDERS = ("created", "reversed", "shuffled")
SHARES = ("duplicate", "drop", "mis_sign")
HISTORY_BATCH = 500
LONGEST_SECOND = 12
"""Digits of the furthest unix second that is taken."""


def health(asked: Asked) -> dict[str, bool]:
    return {"ok": True}


def read_clock(asked: Asked) -> dict[str, Any]:
    return clock.shown(asked.sandbox)


def move_clock(asked: Asked) -> dict[str, Any]:
    check_keys(asked.body, "to", "advance")
    if len(asked.body) != 1:
        raise SandboxError('Give either "to" or "advance".')
    if "to" in asked.body:
        to = clock.parse_time(asked.body["to"])
    else:
        seconds = number(asked.body["advance"], "advance", low=0, high=clock.MAX_STEP)
        to = asked.sandbox.clock.running() + int(seconds)
    events = clock.move(asked.sandbox, to)
    return {**clock.shown(asked.sandbox), "events": events}


def history(asked: Asked) -> StreamingResponse:
    """NDJSON of the events before a second, by customer, in the order in which they happened."""
    before = asked.query.get("before", "")
    if not before.isdecimal() or len(before) > LONGEST_SECOND:
        raise SandboxError("Give before as unix seconds.", param="before")
    with asked.sandbox.lock:
        rows = asked.sandbox.storage.event_rows(
            "created < ?", (int(before),), "customer, created, seq"
        )
    places = [int(row[0]) for row in rows]
    return StreamingResponse(_bodies(asked.sandbox, places), media_type="application/x-ndjson")


def _bodies(sandbox: Sandbox, places: list[int]) -> Iterator[bytes]:
    for start in range(0, len(places), HISTORY_BATCH):
        with sandbox.lock:
            bodies = sandbox.storage.event_bodies(places[start : start + HISTORY_BATCH])
        yield b"\n".join(bodies) + b"\n"


def deliver(asked: Asked) -> dict[str, int]:
    """Queue stored events to every enabled endpoint again."""
    check_keys(asked.body, "since", "until", "order")
    order = asked.body.get("order", "created")
    if order not in ORDERS:
        raise SandboxError(f"Give order as one of {', '.join(ORDERS)}.", param="order")
    if "since" not in asked.body:
        raise SandboxError.missing_parameter("since")
    since = clock.parse_time(asked.body["since"])
    until = asked.body.get("until")
    end = None if until is None else clock.parse_time(until)
    return {"queued": asked.sandbox.deliverer.redeliver(since, end, order)}


def read_deliveries(asked: Asked) -> dict[str, int]:
    return asked.sandbox.deliverer.counts.shown()


def disturb(asked: Asked) -> dict[str, Any]:
    """Set what goes wrong, for all endpoints or for the one named by ``endpoint``."""
    wanted = dict(asked.body)
    endpoint = wanted.pop("endpoint", None)
    set_disturbances(asked.sandbox, wanted, endpoint)
    deliverer = asked.sandbox.deliverer
    found = deliverer.disturbances if endpoint is None else deliverer.of(endpoint)
    return {**asdict(found), **deliverer.counts.shown()}


def set_disturbances(sandbox: Sandbox, wanted: dict[str, Any], endpoint: str | None) -> None:
    """Change what is given; raises SandboxError (400, 404)."""
    check_keys(wanted, *SHARES, "delay", "reorder", "paused")
    for name in SHARES:
        if name in wanted:
            number(wanted[name], name, low=0, high=1)
    if "delay" in wanted:
        number(wanted["delay"], "delay", low=0, high=3600)
    for name in ("reorder", "paused"):
        if name in wanted and not isinstance(wanted[name], bool):
            raise SandboxError(f"Give {name} as true or false.", param=name)
    deliverer = sandbox.deliverer
    if endpoint is None:
        for name, value in wanted.items():
            setattr(deliverer.disturbances, name, value)
        return
    sandbox.get("webhook_endpoint", endpoint)
    deliverer.by_endpoint[endpoint] = replace(deliverer.of(endpoint), **wanted)


def roll_secret(asked: Asked) -> dict[str, str]:
    """A new signing secret; until ``expires_in`` seconds are over the old one signs along."""
    check_keys(asked.body, "expires_in")
    seconds = number(asked.body.get("expires_in", 86_400), "expires_in", low=0, high=86_400)
    with asked.sandbox.transaction():
        secret = webhook_endpoints.roll_secret(
            asked.sandbox, asked.path["endpoint"], expires_in=seconds
        )
    return {"secret": secret}


def list_scenarios(asked: Asked) -> list[dict[str, Any]]:
    from lib.sandbox.world.scenarios import SCENARIOS

    return [
        {"name": name, "title": scenario.title, "trap": scenario.trap}
        for name, scenario in SCENARIOS.items()
    ]


def run_scenario(asked: Asked) -> dict[str, Any]:
    return play(asked.sandbox, asked.path["name"])


def play(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """Run a scenario; raises SandboxError (404) for an unknown one."""
    from lib.sandbox.world.scenarios import SCENARIOS

    if name not in SCENARIOS:
        raise SandboxError(f"There is no scenario '{name}'.", status=404, param="name")
    result = SCENARIOS[name].run(sandbox)
    return {"customers": result.customers, "summary": result.summary}


def list_customers(asked: Asked) -> list[dict[str, Any]]:
    limit = asked.query.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise SandboxError("Give limit as a number from 1 to 100.", param="limit")
    return people.search(asked.sandbox, asked.query.get("query", ""), int(limit))


routes: list[Route] = [
    control("GET", "/_sandbox/health", health),
    control("GET", "/_sandbox/clock", read_clock),
    control("POST", "/_sandbox/clock", move_clock),
    control("GET", "/_sandbox/history", history),
    control("POST", "/_sandbox/deliver", deliver),
    control("GET", "/_sandbox/deliveries", read_deliveries),
    control("POST", "/_sandbox/deliveries", disturb),
    control("POST", "/_sandbox/webhook_endpoints/{endpoint}/roll_secret", roll_secret),
    control("GET", "/_sandbox/scenarios", list_scenarios),
    control("POST", "/_sandbox/scenarios/{name}", run_scenario),
    control("GET", "/_sandbox/customers", list_customers),
]
