"""Undocumented payloads: a thing is found in any of its places, or what is missing is said."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import EventUnusable
from lib.billing.drain import Drain
from lib.billing.kinde.envelope import moment
from lib.billing.kinde.parse import NO_CUSTOMER, parse_event
from tests.kinde.events import START, event
from tests.kinde.scene import kinde
from tests.store.company import inbox_states


def heard(data, kind="plan_changed"):
    read = parse_event(event(0, kind) | {"data": data})
    return read.observations[0] if read.observations else read.ignored


SHAPES = {
    "flat": {"customer_id": "c", "plan_code": "pro", "agreement_id": "a", "org_code": "o"},
    "nested": {
        "customer": {"id": "c"},
        "plan": {"code": "pro"},
        "agreement": {"id": "a"},
        "organization": {"code": "o"},
    },
    "keys instead of codes": {
        "customer": {"customer_id": "c", "org_code": "o"},
        "plan": {"key": "pro"},
        "agreement": {"agreement_id": "a"},
    },
    "everything inside the agreement": {
        "agreement": {"id": "a", "customer_id": "c", "plan_code": "pro", "org_code": "o"},
    },
    "bare texts": {"customer": "c", "plan": "pro", "agreement": "a", "organization": "o"},
    "only a name": {
        "customer_id": "c",
        "plan": {"name": "pro"},
        "agreement_id": "a",
        "org_code": "o",
    },
    "with more than anybody asked for": {
        "customer_id": "c",
        "plan_key": "pro",
        "agreement_id": "a",
        "organization_code": "o",
        "plans": [1, {"x": None}],
        "user": 7.5,
    },
}


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES.keys())
def test_a_thing_is_found_where_it_is(data):
    seen = heard(data)
    assert seen.customer_id == "kinde:c"
    told = {key: seen.after[key] for key in ("plan", "agreement", "org_id")}
    assert told == {"plan": "pro", "agreement": "a", "org_id": "o"}


MISSING = {
    "a customer": ({"plan": "pro"}, "it names no customer (looked for data.customer.id"),
    "a plan": ({"customer_id": "c"}, "it names no plan (looked for data.plan.code"),
    "a customer that is no id": ({"customer_id": [], "plan": "pro"}, "it names no customer"),
    "everything": ({}, "it names no customer"),
    "the data": (None, "it names no customer"),
    "a readable end": (
        {"customer_id": "c", "plan": "pro", "expires_on": "soon"},
        "data.expires_on should be a time",
    ),
}


@pytest.mark.parametrize(("data", "said"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_said(data, said):
    with pytest.raises(EventUnusable) as unusable:
        heard(data)
    assert said in str(unusable.value)


def test_a_subscriber_without_a_customer_is_nobody_to_grant_anything_to():
    assert heard({"subscriber": {"id": "s"}}, "subscriber.created") == NO_CUSTOMER


def test_a_type_that_is_not_used_is_kept_and_ignored(sqlite_store):
    with kinde(sqlite_store) as scene:
        made = scene.tenant.publish("customer.meter_usage_updated", {"customer_id": "c"})
        answer = scene.tell(made)
    assert (answer.status_code, answer.json()["state"]) == (200, "ignored")
    assert inbox_states(sqlite_store) == {f"kinde:{made['event_id']}": "ignored"}


def test_what_cannot_be_read_is_kept_as_failed_and_can_be_tried_again(store):
    with kinde(store) as scene:
        answer = scene.tell(scene.tenant.publish("customer.plan_assigned", {"org_code": "o"}))
        assert (answer.status_code, answer.json()["state"]) == (200, "failed")
        drain = Drain(store, scene.ingest, clock=lambda: START)
        summary = drain.run()
    assert (summary.lines, summary.failed) == (1, 1)
    with store.reading() as connection:
        ((error, attempts),) = connection.exec_driver_sql(
            "SELECT error, attempts FROM inbox"
        ).fetchall()
    assert "it names no customer" in error
    assert attempts == 2


MOMENTS = {
    "seconds": (1_790_000_000, 1_790_000_000),
    "milliseconds": (1_790_000_000_123, 1_790_000_000),
    "seconds as a text": ("1790000000", 1_790_000_000),
    "a decimal number": (1_790_000_000.9, 1_790_000_000),
    "ISO 8601": ("2026-09-21T14:13:20Z", 1_790_000_000),
    "with a zone": ("2026-09-21T16:13:20.5+02:00", 1_790_000_000),
    "without a zone it is UTC": ("2026-09-21T14:13:20", 1_790_000_000),
    "words": ("soon", None),
    "nothing": (None, None),
    "a truth": (True, None),
    "before all time": (-1, None),
    "not a number": (float("nan"), None),
    "beyond all time": ("9" * 30, None),
}


@pytest.mark.parametrize(("value", "expected"), MOMENTS.values(), ids=MOMENTS.keys())
def test_a_time_in_any_spelling(value, expected):
    assert moment(value) == expected
