"""Every event of a seeded company is readable, and reads alike in the oldest shape."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.domain.trail import fold_object
from lib.billing.stripe.changes import before as put_back
from lib.billing.stripe.event_types import EVENT_TYPES
from lib.billing.stripe.parse import parse_event, parse_object
from lib.sandbox.core import Sandbox
from lib.sandbox.events import snapshot_diff
from tests.sandbox.worlds import every_event, small_world
from tests.stripe.shapes import Raw, aged

SHAPED = ("subscription", "invoice")


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    sandbox, _ = small_world()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def events(world: Sandbox) -> list[Raw]:
    return every_event(world)


def _can_age(obj: Raw) -> bool:
    """Whether the oldest shape can say it: one period, one discount, nothing on the items."""
    if obj["object"] != "subscription":
        return obj["object"] == "invoice"
    items = obj["items"]["data"]
    periods = {(i["current_period_start"], i["current_period_end"]) for i in items}
    plain = not any(item.get("discounts") for item in items)
    return len(periods) == 1 and len(obj["discounts"]) <= 1 and plain


def _aged(obj: Raw) -> Raw:
    old = copy.deepcopy(obj)
    old["discounts"] = [{"id": i, "object": "discount"} for i in old.get("discounts") or []]
    return aged(old)


def _aged_event(event: Raw) -> Raw | None:
    """The event as an endpoint pinned to 2020-08-27 would have got it."""
    obj, changes = event["data"]["object"], event["data"].get("previous_attributes")
    if obj.get("object") not in SHAPED or not _can_age(obj):
        return None
    data: dict[str, Any] = {"object": _aged(obj)}
    if changes is not None:
        former = put_back(obj, changes)
        if not _can_age(former):
            return None
        data["previous_attributes"] = snapshot_diff(_aged(former), data["object"])
    return event | {"api_version": "2020-08-27", "data": data}


def test_every_event_is_read(events: list[Raw]) -> None:
    read = [event for event in events if event["type"] in EVENT_TYPES]
    assert len(read) > 1_000
    for event in read:
        assert parse_event(event).observations


def test_every_event_reads_alike_in_the_oldest_shape(events: list[Raw]) -> None:
    edges = 0
    for event in events:
        old = _aged_event(event)
        if old is None:
            continue
        modern, former = parse_event(event).observations[0], parse_event(old).observations[0]
        assert former == modern, event["id"]
        edges += modern.kind == "edge"
    assert edges > 100


def test_an_object_that_is_read_is_the_state_of_its_event(events: list[Raw]) -> None:
    for event in events:
        obj = event["data"]["object"]
        if obj.get("object") in SHAPED and "deleted" not in event["type"]:
            (seen, *_) = parse_object(obj, second=event["created"], event_id=event["id"])
            assert seen.after == parse_event(event).observations[0].after


@pytest.mark.parametrize("kind", ["customer", "subscription", "invoice"])
def test_the_events_of_an_object_add_up_to_what_the_api_says_of_it(
    world: Sandbox, events: list[Raw], kind: str
) -> None:
    seen: dict[str, list[Observation]] = defaultdict(list)
    for event in events:
        for observation in parse_event(event).observations:
            if observation.object_type == kind:
                seen[observation.object_id].append(observation)
    assert len(seen) > 100
    for name, observations in seen.items():
        raw = world.peek(kind, name)
        if raw is not None:  # a deleted customer is gone
            (now, *_) = parse_object(raw, second=world.now(), event_id="read")
            assert fold_object(observations).state == now.after
