"""A whole company's events, ingested: every report agrees with every other, now and back then."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.times import iso
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.cut import first
from tests.fresh import fresh_store
from tests.store.company import CATALOG, DAY, Raw, company, ingest_into

STATES = ("entitlements", "winding-down", "failed-payments", "plan-mix", "invoices", "movements")


def told(store: Store, events: list[Raw]) -> Portside:
    """A Portside that took ``events`` in and looks back on them from a month later."""
    ingest_into(store).apply(events)
    now = max(event["created"] for event in events) + 30 * DAY
    return Portside(store=store, clock=lambda: now, setup=Setup(catalog=CATALOG))


def fresh(folder: Path, name: str) -> Store:
    return fresh_store(folder / f"{name}.db")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mix_movements_and_roll_forward_are_one_sum(seed: int, store: Store) -> None:
    portside = told(store, company(seed))
    mix = {c: t["mrr_minor"] for c, t in portside.report("plan-mix").totals.items()}
    moved: Counter[str] = Counter()
    for row in portside.report("movements").rows:
        moved[row["currency"]] += row["delta_minor"]
    closing = {c: t["closing_minor"] for c, t in portside.report("mrr").totals.items()}
    cards = {card.currency: card.mrr_minor for card in portside.overview().currencies}
    assert mix, "a company without MRR proves nothing"
    assert {c: m for c, m in moved.items() if m} == mix
    assert {c: m for c, m in closing.items() if m} == mix
    assert {c: m for c, m in cards.items() if m} == mix


@pytest.mark.parametrize("seed", [3, 4])
def test_pages_hold_what_the_reports_hold(seed: int, store: Store) -> None:
    portside = told(store, company(seed))
    leaving, failing = portside.winding_down(Filters(limit=500)), portside.failed_payments()
    assert [row.subscription_id for row in leaving.rows] == [
        row["subscription_id"] for row in portside.report("winding-down").rows
    ]
    assert {row.invoice_id for row in failing.rows} == {
        row["invoice_id"] for row in portside.report("failed-payments").rows
    }
    assert leaving.total + failing.total > 0
    for row in portside.report("entitlements").rows:
        view = portside.customer(row["customer_id"])
        assert (view.access.plan, view.access.rule, view.access_sentence) == (
            row["plan"],
            row["rule"],
            row["sentence"],
        )


@pytest.mark.parametrize("seed", first(2, range(6, 12)))
def test_an_earlier_as_of_is_what_a_projection_of_that_day_said(seed: int, tmp_path: Path) -> None:
    events = company(seed)
    portside = told(fresh(tmp_path, "all"), events)
    moment = sorted(event["created"] for event in events)[len(events) // 2]
    early = [event for event in events if event["created"] <= moment]
    references = [e for e in events if e["type"].startswith(("coupon.", "price."))]
    store = fresh(tmp_path, "then")
    told(store, [*early, *(event for event in references if event not in early)])
    then = Portside(store=store, clock=lambda: moment, setup=Setup(catalog=CATALOG))
    assert 0 < len(early) < len(events)
    for name in STATES:
        assert portside.report(name, as_of=iso(moment)).rows == then.report(name).rows, name


def test_the_inbox_accounts_for_every_event(store: Store) -> None:
    events = company(12)
    portside = told(store, [*events, *events[:10]])
    rows = portside.report("inbox").rows
    assert sorted(row["event_id"] for row in rows) == sorted(event["id"] for event in events)
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
    half = iso(sorted(event["created"] for event in events)[len(events) // 2])
    assert [r for r in rows if r["created_at"] <= half] == portside.report("inbox", as_of=half).rows
