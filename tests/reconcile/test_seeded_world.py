"""A whole seeded company: nothing differs when all arrived, and nothing after a repair."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.reconcile import Reconcile
from lib.billing.stripe.gateway import Gateway
from lib.sandbox.testing import running_sandbox
from tests.sandbox.worlds import NOW, every_event, small_world

BEYOND = "starter_daily pro_monthly_jpy pro_monthly_kwd seats_monthly partner_deal_2024"
"""What the company sells and the shipped catalogue leaves out on purpose."""


def catalog():
    more = "".join(f'[[plans.beyond.prices]]\nlookup_key = "{key}"\n' for key in BEYOND.split())
    return parse_catalog(Path("catalog.toml").read_text() + "\n[plans.beyond]\n" + more)


@pytest.fixture(scope="module")
def stripe():
    sandbox, _ = small_world()
    with running_sandbox(sandbox=sandbox) as running:
        yield running


@pytest.fixture
def ingest(sqlite_store) -> Ingest:
    return Ingest(sqlite_store, Rules(catalog()), clock=lambda: NOW)


def reconcile(ingest: Ingest, stripe, *, apply: bool = False):
    gateway = Gateway("rk_test_x", stripe.url)
    return Reconcile(ingest.store, ingest, gateway, clock=lambda: NOW, sleep=lambda _: None).run(
        apply=apply
    )


def test_with_every_event_delivered_nothing_differs(ingest, stripe):
    ingest.apply(every_event(stripe.sandbox))
    summary = reconcile(ingest, stripe)
    assert (summary.found, summary.open, summary.left_out) == (0, [], {})
    assert summary.customers > 100


@pytest.mark.whole
def test_with_every_seventh_event_lost_at_random_one_repair_is_enough(ingest, stripe):
    choice = random.Random(5)
    events = [event for event in every_event(stripe.sandbox) if choice.randrange(7)]
    choice.shuffle(events)
    ingest.apply(events)
    repaired = reconcile(ingest, stripe, apply=True)
    assert repaired.found > 100
    assert (repaired.repaired, repaired.unanswered) == (repaired.found, 0)
    assert reconcile(ingest, stripe).found == 0
