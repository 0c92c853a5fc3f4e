"""The control calls: clock, history, deliveries, scenarios, customers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import httpx
import pytest

from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.shop import NOW, open_shop


@pytest.fixture
def running() -> Iterator[RunningSandbox]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield running


def call(running: RunningSandbox, path: str, body: Any = None) -> httpx.Response:
    method = "GET" if body is None else "POST"
    return httpx.request(method, f"{running.url}/_sandbox/{path}", json=body)


def test_health_needs_no_key(running: RunningSandbox) -> None:
    assert call(running, "health").json() == {"ok": True}


@pytest.mark.parametrize(
    ("body", "unix"),
    [
        pytest.param({"advance": 3600}, NOW + 3600, id="by seconds"),
        pytest.param({"advance": 0}, NOW, id="by nothing"),
        pytest.param({"to": NOW + 60}, NOW + 60, id="to a second"),
        pytest.param({"to": "2026-10-01"}, 1_790_812_800, id="to a date"),
        pytest.param({"to": "2026-10-01T02:00:00+02:00"}, 1_790_812_800, id="to a local moment"),
        pytest.param({"to": "2026-10-01T00:00:00Z"}, 1_790_812_800, id="to a UTC moment"),
    ],
)
def test_the_clock_moves(running: RunningSandbox, body: dict[str, Any], unix: int) -> None:
    moved = call(running, "clock", body).json()
    assert moved["unix"] == unix
    assert call(running, "clock").json() == {"now": moved["now"], "unix": unix}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({}, 'Give either "to" or "advance".', id="nothing"),
        pytest.param({"to": 1, "advance": 1}, 'Give either "to" or "advance".', id="both"),
        pytest.param({"to": NOW - 1}, "only moves forward", id="backwards"),
        pytest.param({"to": "soon"}, "as unix seconds", id="not a time"),
        pytest.param({"to": True}, "as unix seconds", id="a boolean"),
        pytest.param({"advance": -1}, "as a number from 0", id="negative"),
        pytest.param({"advance": "1"}, "as a number from 0", id="a string"),
        pytest.param({"to": NOW * 2}, "at most five years", id="a slip of the pen"),
        pytest.param({"too": 1}, "unknown parameter", id="a typing error"),
    ],
)
def test_a_clock_call_that_makes_no_sense(
    running: RunningSandbox, body: dict[str, Any], words: str
) -> None:
    answer = call(running, "clock", body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]
    assert running.sandbox.clock.running() == NOW


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"'])
def test_a_body_that_is_not_an_object_is_refused(running: RunningSandbox, body: bytes) -> None:
    answer = httpx.post(f"{running.url}/_sandbox/clock", content=body)
    assert answer.status_code == 400


def test_moving_the_clock_counts_what_happened(running: RunningSandbox) -> None:
    shop = open_shop(running)
    shop.subscription(shop.customer())
    moved = call(running, "clock", {"advance": 32 * 86_400}).json()
    later = shop.stripe.v1.events.list({"created": {"gt": NOW}, "limit": 100}).data
    assert moved["events"] == len(later)
    assert moved["events"] > 0


def test_history_is_complete_and_grouped_by_customer(running: RunningSandbox) -> None:
    shop = open_shop(running)
    one, other = shop.customer(), shop.customer()
    for customer in (one, other, one):
        shop.subscription(customer)
        running.advance(30)
    lines = call(running, f"history?before={NOW + 60}").text.splitlines()
    events = [json.loads(line) for line in lines]

    assert all(event["created"] < NOW + 60 for event in events)
    owners = [
        event["data"]["object"]["id"]
        if event["data"]["object"]["object"] == "customer"
        else event["data"]["object"].get("customer")
        for event in events
    ]
    assert owners[0] is None
    groups = [owner for owner, _ in groupby(owner for owner in owners if owner)]
    assert len(groups) == len(set(groups)) == 2
    listed = shop.stripe.v1.events.list({"created": {"lt": NOW + 60}, "limit": 100}).data
    assert {event["id"] for event in events} == {event.id for event in listed}
    assert call(running, "history").status_code == 400


def test_disturbances_are_set_shown_and_checked(running: RunningSandbox) -> None:
    shown = call(running, "deliveries", {"duplicate": 0.5, "reorder": True, "delay": 3}).json()

    assert (shown["duplicate"], shown["reorder"], shown["delay"]) == (0.5, True, 3)
    assert running.sandbox.deliverer.disturbances.drop == 0.0
    for body in ({"drop": 1.5}, {"drop": "x"}, {"delay": -1}, {"reorder": 1}, {"lose": 1}):
        assert call(running, "deliveries", body).status_code == 400
    assert call(running, "deliveries", {"drop": 0.1, "endpoint": "we_none"}).status_code == 404
    assert set(call(running, "deliveries").json()) >= {"queued", "delivered", "failed"}


def test_one_endpoint_can_be_disturbed_alone(running: RunningSandbox) -> None:
    shop = open_shop(running)
    endpoint = shop.stripe.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/hook", "enabled_events": ["invoice.paid"]}
    ).id
    call(running, "deliveries", {"paused": True, "endpoint": endpoint})
    assert running.sandbox.deliverer.of(endpoint).paused is True
    assert running.sandbox.deliverer.disturbances.paused is False


def test_stored_events_can_be_delivered_again(running: RunningSandbox) -> None:
    shop = open_shop(running)
    shop.customer()
    queued = call(running, "deliver", {"since": NOW}).json()["queued"]
    assert queued == len(shop.events)
    assert call(running, "deliver", {"since": NOW, "order": "sideways"}).status_code == 400
    assert call(running, "deliver", {"order": "created"}).status_code == 400


def test_scenarios_are_listed_and_run(running: RunningSandbox) -> None:
    names = [scenario["name"] for scenario in call(running, "scenarios").json()]
    assert names

    result = call(running, f"scenarios/{names[0]}", {}).json()

    assert result["summary"]
    for customer in result["customers"].values():
        assert running.sandbox.get("customer", customer)
    assert call(running, "scenarios/none", {}).status_code == 404


def test_customers_are_found_by_name_mail_or_id(running: RunningSandbox) -> None:
    shop = open_shop(running)
    ada = shop.customer(name="Ada Example", email="ada@example.com")
    shop.customer(name="Grace Example", email="grace@example.org", card=None)
    shop.subscription(ada)

    for query in ("ADA", "ada@", ada):
        found = call(running, f"customers?query={query}").json()
        assert [row["id"] for row in found] == [ada]
    assert [s["status"] for s in found[0]["subscriptions"]] == ["active"]
    assert len(call(running, "customers?limit=1").json()) == 1
    assert call(running, "customers?limit=0").status_code == 400
