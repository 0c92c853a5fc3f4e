"""One customer over a real projection: what came back, what came late, and how it was before."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import NoCustomer
from lib.billing.showing.timeline import TOO_LATE
from lib.billing.store.engine import Store
from tests.domain.states import seen
from tests.reports.ledger import (
    at,
    changed,
    created,
    customer,
    desk,
    ended,
    invoice,
    paying,
)

ENDED = paying("canceled", ended_at=at("2026-03-20"), reason="payment_failed")
OPEN = invoice()
LATE = invoice("paid", amount_paid=2900, amount_remaining=0, paid_at=at("2026-03-25"))
STORY = [
    created("customer", "cus_1", customer(email="ann@example.com"), "2026-01-01", "cus_1"),
    created("subscription", "sub_1", paying(), "2026-01-05", "cus_1"),
    created("invoice", "in_1", OPEN, "2026-03-05", "cus_1"),
    ended("sub_1", ENDED, "2026-03-20", "cus_1"),
    changed("invoice", "in_1", OPEN, LATE, "2026-03-25", "cus_1"),
]
REFUND = seen(
    {
        "charge": None,
        "payment": "pi_1",
        "amount": 2900,
        "currency": "usd",
        "status": "succeeded",
        "reason": "requested_by_customer",
    },
    at("2026-03-26"),
    kind="created",
    object_type="refund",
    object_id="re_1",
)
JOIN = seen(
    {
        "payment": "pi_1",
        "invoice": "in_1",
        "status": "paid",
        "amount_paid": 2900,
        "currency": "usd",
    },
    at("2026-03-25"),
    object_type="invoice_payment",
    object_id="inpay_1",
)
NOW = "2026-04-01"


def test_a_late_payment_on_an_ended_subscription_is_told_and_grants_nothing(store: Store) -> None:
    portside = desk(store, STORY, NOW)
    view, story = portside.customer("cus_1"), portside.timeline("cus_1").rows
    assert not view.access.access
    assert view.access.rule == "canceled"
    told = [entry.sentence for entry in story]
    assert told.count(TOO_LATE) == 1
    late = next(entry for entry in story if entry.sentence == TOO_LATE)
    assert (late.at, late.subject) == (at("2026-03-25"), "in_1")


def test_a_payment_in_time_is_not_called_late(store: Store) -> None:
    in_time = LATE | {"paid_at": at("2026-03-10")}
    story = [*STORY[:4], changed("invoice", "in_1", OPEN, in_time, "2026-03-10", "cus_1")]
    told = [entry.sentence for entry in desk(store, story, NOW).timeline("cus_1").rows]
    assert "Invoice PORT-0001 paid: 29.00 USD." in told
    assert TOO_LATE not in told


def test_a_refund_stands_beside_its_invoice_and_changes_no_access(store: Store) -> None:
    living = [*STORY[:3], JOIN, REFUND]
    portside = desk(store, living, NOW)
    view = portside.customer("cus_1")
    assert [(c.kind, c.invoice_id, c.status) for c in view.corrections] == [
        ("refund", "in_1", "succeeded")
    ]
    assert view.access.rule == "active"
    assert "Refund of 29.00 USD: succeeded (requested by customer)." in [
        entry.sentence for entry in portside.timeline("cus_1").rows
    ]


def test_the_state_at_an_earlier_time_knows_nothing_of_what_came_later(store: Store) -> None:
    portside = desk(store, [*STORY, JOIN, REFUND], NOW)
    before = portside.customer("cus_1", at=at("2026-03-10"))
    assert before.access.access
    assert [row.status for row in before.subscriptions] == ["active"]
    assert [row.status for row in before.invoices] == ["open"]
    assert before.corrections == ()
    assert before.at == at("2026-03-10")
    assert before.known_since == portside.customer("cus_1").known_since == at("2026-01-01")
    with pytest.raises(NoCustomer, match="choose a later time"):
        portside.customer("cus_1", at=at("2025-12-31"))
