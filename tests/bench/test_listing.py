"""What listing costs is counted by pages and held to Stripe's limits."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from benchmarks.bulk.world import World
from benchmarks.listing import costs, recorded
from benchmarks.listing.backfilling import FREE, Line
from benchmarks.listing.backfilling import Run as Backfilled
from benchmarks.listing.costs import Cost, List
from benchmarks.listing.measuring import Run
from benchmarks.listing.told import backfill, listing
from benchmarks.listing.world import Recorder, counts

COUNTS = {
    "customers": 1_000,
    "subscriptions": 1_001,
    "live subscriptions": 900,
    "ended subscriptions": 0,
    "invoices": 5_000,
    "open invoices": 99,
}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ((List("subscriptions", "subscriptions"),), Cost(11, 11 / 25)),
        ((List("invoices", "open invoices"),), Cost(1, 1 / 25)),
        ((List("subscriptions", "ended subscriptions"),), Cost(1, 1 / 25)),
        ((List("customers", costs.ONE), List("events", costs.ONE)), Cost(2, 1 / 25)),
        ((costs.LIVE, costs.SUBSCRIPTIONS), Cost(20, 20 / 25)),
        (tuple(List(f"endpoint {n}", "customers") for n in range(5)), Cost(50, 0.5)),
    ],
    ids=[
        "the last page need not be full",
        "what fits a page is one request",
        "an empty list is asked for too",
        "of one customer each list is one page",
        "two lists of one endpoint share its limit",
        "many endpoints share the account's",
    ],
)
def test_a_page_costs_its_lists(lists, expected):
    assert costs.cost(lists, COUNTS) == expected


def test_a_larger_company_is_the_same_company():
    assert costs.scaled(COUNTS, 100_100) == {name: 100 * n for name, n in COUNTS.items()}


def test_lists_are_as_long_as_the_projection_says(sqlite_store):
    World(30, lives=12, seed=3).fill(sqlite_store)
    found = counts(sqlite_store)
    assert found["customers"] == 30
    assert 0 < found["live subscriptions"] < found["subscriptions"]
    assert found.keys() == COUNTS.keys()
    assert {one.of for need in costs.NEEDS for one in need.lists} <= {*found, costs.ONE}


async def _sandbox(scope, receive, send):
    headers = [(b"Date", b"Thu, 26 Nov 2026 18:00:00 GMT"), (b"x-other", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": scope["query_string"], "more_body": True})
    await send({"type": "http.response.body", "body": b" and more"})


async def _asked(app, *paths):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://stripe") as client:
        return [await client.get(path) for path in paths]


def test_what_was_recorded_is_answered_again(tmp_path):
    recorder = Recorder()
    paths = ["/v1/invoices?limit=100", "/v1/invoices?limit=100&starting_after=in_1"]
    first = asyncio.run(_asked(recorder.around(_sandbox), *paths))
    recorded.write(recorder.answers, tmp_path / "recorded")
    app = recorded.app(recorded.read(tmp_path / "recorded"))
    again = asyncio.run(_asked(app, *paths, "/v1/coupons?"))
    assert [a.content for a in again[:2]] == [a.content for a in first]
    assert [a.headers["date"] for a in again[:2]] == [a.headers["date"] for a in first]
    assert again[2].status_code == 404


def test_the_table_says_what_each_page_would_take():
    run = Run(COUNTS, 300, {"subscriptions": 301, "invoices": 99}, Cost(5, 0.2), 5, 0.5)
    section = listing(run)
    assert "| Ageing | 10 | 0.40 | 99 | 4 | 990 | 40 | – |" in section
    assert "| Customer | 5 | 0.05 | 5 | 0.05 | 5 | 0.05 |" in section
    assert "took 5 requests, as reckoned, and 0.5 seconds, 100 ms each" in section


def test_the_verdict_is_of_what_needs_no_pace():
    lines = (
        Line("recorded, into PostgreSQL", 9_000, 100, 5.0, 20.0),
        Line("recorded, into PostgreSQL, without a pace", 9_000, 100, 2.0, FREE),
        Line("recorded, into SQLite, without a pace", 9_000, 100, 8.0, FREE),
    )
    section = backfill(Backfilled(1_000, 0.2, lines))
    assert "| recorded, into PostgreSQL | 9,000 | 100 | 5.0 | 20.0 | 1,800 | 1.00 × |" in section
    assert "on PostgreSQL: met (50.0 requests" in section
    assert "on SQLite: missed (12.5 requests" in section
