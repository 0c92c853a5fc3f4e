"""/v1/events: what happened in the last thirty days."""

from __future__ import annotations

import orjson

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import matches
from lib.sandbox.paging import DEFAULT_LIMIT, cursors, in_range, list_object, listing
from lib.sandbox.settings import DAY

WINDOW = 30 * DAY


@endpoint("GET", "/v1/events/{event}")
def retrieve(call: Call, event: str) -> Object:
    body = call.sandbox.storage.event(event)
    if body is None:
        raise SandboxError.missing_resource("event", event)
    found = _current(call.sandbox, body)
    if found["created"] < call.sandbox.now() - WINDOW:
        raise SandboxError.missing_resource("event", event)
    return found


@endpoint(
    "GET",
    "/v1/events",
    listing(
        created=p.created_range(),
        delivery_success=p.boolean(),
        type=p.text(),
        types=p.array(p.text(), limit=20),
    ),
)
def list_(call: Call) -> Object:
    """Newest first; ``type`` may end in ``*``."""
    sandbox, wanted = call.sandbox, call.params
    if "type" in wanted and "types" in wanted:
        raise SandboxError("You may only specify one of these parameters: type, types.")
    types = wanted.get("types") or ([wanted["type"]] if "type" in wanted else ["*"])
    success = wanted.get("delivery_success")
    after, before = cursors(wanted)
    rows = sandbox.storage.scan_events(
        sandbox.now() - WINDOW,
        before=_place(sandbox, after, "starting_after"),
        after=_place(sandbox, before, "ending_before"),
    )
    limit = wanted.get("limit", DEFAULT_LIMIT)
    chosen: list[int] = []
    for seq, id, type, created in rows:
        delivered = sandbox.deliverer.pending[id] <= 0
        if (
            matches(types, type)
            and in_range(created, wanted.get("created"))
            and success in (None, delivered)
        ):
            chosen.append(seq)
            if len(chosen) > limit:
                break
    bodies = sandbox.storage.event_bodies(chosen[:limit])
    data = [_current(sandbox, body) for body in bodies]
    if wanted.get("ending_before") is not None:
        data.reverse()
    return list_object(data, "/v1/events", has_more=len(chosen) > limit)


def _place(sandbox: Sandbox, cursor: str | None, param: str) -> tuple[int, int] | None:
    if cursor is None:
        return None
    place = sandbox.storage.event_place(cursor)
    if place is None or place[0] < sandbox.now() - WINDOW:
        raise SandboxError.missing_resource("event", cursor, param=param)
    return place


def _current(sandbox: Sandbox, body: bytes) -> Object:
    """The event with today's count of deliveries that have not succeeded."""
    event: Object = orjson.loads(body)
    event["pending_webhooks"] = max(0, sandbox.deliverer.pending[event["id"]])
    return event
