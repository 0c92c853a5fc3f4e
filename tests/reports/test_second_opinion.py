"""Ageing and recovery computed a second time, in plain Python, over what Stripe's objects say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.billing.desk import Portside
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.domain.times import local_date
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.sandbox.core import Sandbox
from lib.sandbox.events import rendered
from tests.cut import examples
from tests.fresh import fresh_memory
from tests.reports.ledger import at, created, desk, invoice
from tests.sandbox.worlds import NOW, every_event, small_world

DAY = 86_400
CATALOG = parse_catalog(Path("catalog.toml").read_text())


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    sandbox, _ = small_world()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def portside(world: Sandbox) -> Iterator[Portside]:
    store = fresh_memory()
    ingest = Ingest(store, Rules(CATALOG), clock=lambda: NOW)
    ingest.apply(every_event(world))
    # As a backfill reads them: the seeded history told of few, and they lead to the invoices.
    payments = [rendered(each) for each in world.find("invoice_payment")]
    ingest.observe(payments, second=NOW, source="backfill")
    yield Portside(store=store, clock=lambda: NOW, setup=Setup(catalog=CATALOG))
    store.close()


def bucket(days: float) -> str:
    """Written anew, by days and not by seconds."""
    whole = math.ceil(days)
    if whole <= 0:
        return "not_due"
    if whole > 120:
        return ">120"
    low = (whole - 1) // 30 * 30 + 1
    return f"{low}-{low + 29}"


def test_ageing_of_the_seeded_world(world: Sandbox, portside: Portside) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    ended: Counter[str] = Counter()
    dead = {s["id"] for s in world.find("subscription") if s["status"] == "canceled"}
    for raw in world.find("invoice"):
        if raw["status"] != "open":
            continue
        since = raw["due_date"] or raw["status_transitions"]["finalized_at"]
        cell = raw["currency"], bucket((NOW - since) / DAY)
        counts[cell] += 1
        amounts[cell] += raw["amount_remaining"]
        if raw["_"]["link"] in dead:
            ended[raw["currency"]] += raw["amount_remaining"]
    rows = portside.report("aging").rows
    found = {(r["currency"], r["bucket"]): r["invoices"] for r in rows if r["invoices"]}
    assert len(counts) > 6
    assert found == counts
    assert +amounts == Counter({(r["currency"], r["bucket"]): r["amount_remaining_minor"]
                                for r in rows if r["invoices"]})  # fmt: skip
    totals = portside.report("aging").totals
    assert ended
    assert {c: t["ended_remaining_minor"] for c, t in totals.items()} == {
        c: ended[c] for c in totals
    }


def test_recovery_of_the_seeded_world(world: Sandbox, portside: Portside) -> None:
    """Each invoice's first failure from the events, what became of it from the objects."""
    first: dict[str, int] = {}
    for event in every_event(world):
        if event["type"] == "invoice.payment_failed":
            first.setdefault(event["data"]["object"]["id"], event["created"])
    subscriptions = {s["id"]: s for s in world.find("subscription")}
    invoices = {i["id"]: i for i in world.find("invoice")}
    expected: Counter[tuple[str, str, str]] = Counter()
    for name, when in first.items():
        raw = invoices[name]
        subscription = subscriptions.get(raw["_"]["link"] or "")
        if raw["collection_method"] != "charge_automatically" or not raw["amount_due"]:
            continue
        if _first_after_trial(raw, subscription, list(invoices.values())):
            continue
        day = local_date(when, "UTC")
        month = f"{day.year}-{day.month:02d}"
        paid = raw["amount_due"] if raw["status"] == "paid" else raw["amount_paid"]
        over = subscription is not None and subscription["status"] in ("canceled", "unpaid")
        lost = raw["status"] in ("void", "uncollectible") or (
            over and raw["next_payment_attempt"] is None
        )
        for part, minor in (
            ("failed_minor", raw["amount_due"]),
            ("recovered_minor", paid),
            ("lost_minor" if lost else "in_progress_minor", raw["amount_due"] - paid),
        ):
            expected[month, raw["currency"], part] += minor
    found: Counter[tuple[str, str, str]] = Counter()
    for row in portside.report("recovery").rows:
        parts = ("recovered_minor", "lost_minor", "in_progress_minor")
        assert row["failed_minor"] == sum(row[name] for name in parts)
        for name in ("failed_minor", *parts):
            found[row["period"], row["currency"], name] += row[name]
    assert {part for _, _, part in +expected} == {
        "failed_minor",
        "recovered_minor",
        "lost_minor",
        "in_progress_minor",
    }
    assert +found == +expected


def _first_after_trial(raw: Any, subscription: Any, invoices: list[Any]) -> bool:
    if subscription is None or subscription["trial_end"] is None:
        return False
    since = subscription["trial_end"]
    billed = [
        i
        for i in invoices
        if i["_"]["link"] == subscription["id"] and i["created"] >= since and i["total"] > 0
    ]
    return bool(billed) and min(billed, key=lambda i: (i["created"], i["id"]))["id"] == raw["id"]


def test_what_was_given_back_in_the_seeded_world(world: Sandbox, portside: Portside) -> None:
    back: Counter[tuple[str, str]] = Counter()
    for note in world.find("credit_note"):
        if note["status"] != "void":
            back[note["invoice"], "credited"] += note["amount"]
    of = {p["payment"].get("payment_intent"): p["invoice"] for p in world.find("invoice_payment")}
    for refund in world.find("refund"):
        if refund["status"] == "succeeded" and refund["payment_intent"] in of:
            back[of[refund["payment_intent"]], "refunded"] += refund["amount"]
    for dispute in world.find("dispute"):
        if dispute["status"] != "won" and dispute["payment_intent"] in of:
            back[of[dispute["payment_intent"]], "disputed"] += dispute["amount"]
    found: Counter[tuple[str, str]] = Counter()
    for row in portside.report("invoices").rows:
        for name in ("credited", "refunded", "disputed"):
            found[row["invoice_id"], name] += row[f"{name}_minor"]
    assert {name for _, name in back} == {"credited", "refunded", "disputed"}
    assert +found == back


def test_every_invoice_s_lines_add_up(world: Sandbox, portside: Portside) -> None:
    for n, raw in enumerate(world.find("invoice")):
        if n % 9:
            continue  # a sample: each is a read of its customer
        lines = portside.invoice(raw["id"]).lines.lines
        assert lines is not None
        assert lines.complete
        assert (lines.off_by_minor, lines.total_minor) == (0, raw["total"]), raw["id"]


MOMENTS = st.integers(at("2025-06-01"), at("2026-03-15"))
INVOICES = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["open", "open", "open", "paid", "void", "uncollectible"]),
            "currency": st.sampled_from(["usd", "jpy", "kwd"]),
            "due_date": st.none() | MOMENTS,
            "finalized_at": MOMENTS,
            "amount_remaining": st.integers(0, 10_000),
        }
    ),
    max_size=25,
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(INVOICES)
def test_ageing_of_made_up_invoices(made: list[dict[str, Any]]) -> None:
    store = fresh_memory()
    now = at("2026-03-15T12:00")
    told = [
        created("invoice", f"in_{n}", invoice(number=f"in_{n}", **over), "2026-03-01", "cus_1")
        for n, over in enumerate(made)
    ]
    expected: Counter[tuple[str, str]] = Counter()
    for over in made:
        if over["status"] == "open":
            since = over["due_date"] or over["finalized_at"]
            expected[over["currency"], bucket((now - since) / DAY)] += 1
    try:
        rows = desk(store, told, "2026-03-15T12:00").report("aging").rows
    finally:
        store.close()
    assert {(r["currency"], r["bucket"]): r["invoices"] for r in rows if r["invoices"]} == expected
    assert sum(r["amount_remaining_minor"] for r in rows) == sum(
        over["amount_remaining"] for over in made if over["status"] == "open"
    )
