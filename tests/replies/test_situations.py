"""From what is known of a customer to what a reply has to say."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.replies.situation import situation_of
from lib.billing.store.engine import Store
from tests.domain.states import item, price
from tests.reports.ledger import (
    CATALOG,
    at,
    changed,
    created,
    desk,
    ended,
    invoice,
    paying,
    payment,
)

ACTIVE = paying()
NEXT = at("2026-03-08")
FAILED = invoice(attempt_count=1, payment_failed=True, next_payment_attempt=NEXT)
LATE = ACTIVE | {"status": "past_due"}
GONE = ACTIVE | {"status": "canceled", "ended_at": at("2026-03-10")}
ODD = ACTIVE | {"items": [item(price("unheard_of", "100"), end=at("2026-04-05"))]}


def begun(state: dict[str, Any]) -> list[Any]:
    return [created("subscription", "sub_1", state, "2026-01-05", "cus_1")]


def failing(code: str) -> list[Any]:
    return [
        *begun(ACTIVE),
        changed("subscription", "sub_1", ACTIVE, LATE, "2026-03-05", "cus_1"),
        created("invoice", "in_1", FAILED, "2026-03-05", "cus_1"),
        created("payment", "pi_1", payment("in_1", code, "2026-03-05"), "2026-03-05", "cus_1"),
    ]


CASES = {
    "active": (begun(ACTIVE), "2026-03-15", ("active", "Pro", at("2026-04-05"), None)),
    "on trial": (
        begun(ACTIVE | {"status": "trialing", "trial_end": at("2026-04-01")}),
        "2026-03-15",
        ("trialing", "Pro", at("2026-04-01"), None),
    ),
    "winding down": (
        begun(ACTIVE | {"cancel_at_period_end": True}),
        "2026-03-15",
        ("winding_down", "Pro", at("2026-04-05"), None),
    ),
    "past its end, the event awaited": (
        begun(ACTIVE | {"cancel_at_period_end": True}),
        "2026-04-06",
        ("ended", "Pro", at("2026-04-05"), None),
    ),
    "past due": (
        failing("expired_card"),
        "2026-03-15",
        ("past_due", "Pro", at("2026-03-19"), "expired"),
    ),
    "past due, the next attempt ahead": (
        failing("expired_card"),
        "2026-03-07",
        ("past_due", "Pro", at("2026-03-19"), "expired"),
    ),
    "past its renewal, the event awaited": (
        begun(ACTIVE),
        "2026-04-06",
        ("active", "Pro", None, None),
    ),
    "past its trial, the event awaited": (
        begun(ACTIVE | {"status": "trialing", "trial_end": at("2026-04-01")}),
        "2026-04-02",
        ("trialing", "Pro", None, None),
    ),
    "past due and the card stolen": (
        failing("stolen_card"),
        "2026-03-15",
        ("past_due", "Pro", at("2026-03-19"), "declined"),
    ),
    "past due beyond grace": (
        failing("insufficient_funds"),
        "2026-03-25",
        ("suspended", "Pro", None, "funds"),
    ),
    "unpaid": (
        begun(ACTIVE | {"status": "unpaid"}),
        "2026-03-15",
        ("suspended", "Pro", None, None),
    ),
    "paused": (begun(ACTIVE | {"status": "paused"}), "2026-03-15", ("paused", "Pro", None, None)),
    "collection paused": (
        begun(ACTIVE | {"pause": {"behavior": "void", "resumes_at": None}}),
        "2026-03-15",
        ("collection_paused", "Pro", None, None),
    ),
    "ended": (
        [*begun(ACTIVE), ended("sub_1", GONE, "2026-03-10", "cus_1")],
        "2026-03-15",
        ("ended", "Pro", at("2026-03-10"), None),
    ),
    "a first payment that never came": (
        begun(ACTIVE | {"status": "incomplete"}),
        "2026-03-15",
        ("incomplete", "Pro", None, None),
    ),
    "a price outside the catalogue": (
        begun(ODD),
        "2026-03-15",
        ("active", None, at("2026-04-05"), None),
    ),
    "a price outside the catalogue, winding down": (
        begun(ODD | {"cancel_at_period_end": True}),
        "2026-03-15",
        ("winding_down", None, at("2026-04-05"), None),
    ),
    "never subscribed": (
        [created("invoice", "in_1", invoice(subscription=None), "2026-03-05", "cus_1")],
        "2026-03-15",
        ("never", None, None, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "now", "expected"), CASES.values(), ids=CASES.keys())
def test_the_deciding_subscription_gives_the_situation(
    sqlite_store: Store, seen: list[Any], now: str, expected: tuple[Any, ...]
) -> None:
    portside: Portside = desk(sqlite_store, seen, now)
    view = portside.customer("cus_1")
    told = situation_of(
        view.access, view.subscriptions, view.invoices, view.balances, CATALOG, view.at
    )
    assert (told.kind, told.plan, told.day, told.reason) == expected
    if told.reason:
        assert told.next_attempt_at == (NEXT if view.at < NEXT else None)
        assert told.open_invoices == 1
        assert told.open_minor == {"usd": 2900}
