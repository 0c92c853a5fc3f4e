"""Invoices and their failed attempts, from whatever told of them."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project

from .states import CATALOG, seen


def invoice(**over: Any) -> dict[str, Any]:
    return {
        "number": "A-1", "subscription": "sub_1", "status": "open", "currency": "usd",
        "collection_method": "charge_automatically", "billing_reason": "subscription_cycle",
        "total": 2900, "tax": 0, "amount_due": 2900, "amount_paid": 0, "amount_remaining": 2900,
        "created": 100, "due_date": None, "finalized_at": 110, "paid_at": None, "voided_at": None,
        "uncollectible_at": None, "attempt_count": 0, "attempted": False, "payment_failed": False,
        "next_payment_attempt": 200, "auto_advance": True, "hosted_invoice_url": None,
        "invoice_pdf": None, "period_start": 0, "period_end": 100,
    } | over  # fmt: skip


FAILED = invoice(attempt_count=1, attempted=True, payment_failed=True)


def row(*observations):
    (found,) = project(fold_customer("cus_1", observations, Rules(CATALOG))).invoices
    return found


def of_invoice(after, second, **options):
    return seen(after, second, object_id="in_1", object_type="invoice", **options)


def payment(code: str, at: int | None, *, invoice: str | None = None, second: int = 300):
    state = {
        "invoice": invoice, "status": "requires_payment_method", "amount": 2900, "currency": "usd",
        "code": "card_declined", "decline_code": code, "message": None, "attempted_at": at,
    }  # fmt: skip
    return seen(state, second, object_id="pi_1", object_type="payment", event_id=f"pay{second}")


def link():
    state = {
        "invoice": "in_1", "payment": "pi_1", "status": "open", "amount_paid": None,
        "currency": "usd", "paid_at": None,
    }  # fmt: skip
    return seen(state, 310, object_id="inpay_1", object_type="invoice_payment")


def test_an_open_automatic_invoice_with_a_failed_attempt_is_failing_since_that_attempt():
    found = row(
        of_invoice(invoice(), 110, kind="created"), of_invoice(FAILED, 150, before=invoice())
    )
    assert (found.failing, found.failed_at, found.attempt_count) == (True, 150, 1)


def test_later_attempts_do_not_move_the_first_failure():
    again = FAILED | {"attempt_count": 2}
    found = row(
        of_invoice(FAILED, 150, before=invoice()),
        of_invoice(again, 900, before=FAILED, event_id="z"),
    )
    assert found.failed_at == 150


def test_one_that_was_paid_is_no_longer_failing_but_keeps_when_it_first_failed():
    paid = invoice(status="paid", amount_paid=2900, amount_remaining=0, attempt_count=2)
    found = row(of_invoice(FAILED, 150, before=invoice()), of_invoice(paid, 400, before=FAILED))
    assert (found.failing, found.failed_at) == (False, 150)


def test_an_invoice_that_is_sent_is_never_failing():
    assert not row(of_invoice(FAILED | {"collection_method": "send_invoice"}, 150)).failing


def test_a_re_read_shows_that_an_attempt_failed_but_not_when():
    assert row(of_invoice(FAILED, 150, event_id="read:in_1:150")).failed_at is None


def test_the_decline_code_comes_through_the_link_between_invoice_and_payment():
    found = row(of_invoice(FAILED, 150), payment("expired_card", 149), link())
    assert (found.decline_code, found.failed_at) == ("expired_card", 149)


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_decline_decides(order):
    first = payment("insufficient_funds", 150, invoice="in_1", second=150)
    second = payment("lost_card", 400, invoice="in_1", second=400)
    assert row(of_invoice(FAILED, 150), *[first, second][::order]).decline_code == "lost_card"


def test_a_deleted_draft_leaves_no_row():
    gone = of_invoice(invoice(status="deleted"), 200, kind="terminal")
    rows = project(fold_customer("cus_1", [of_invoice(invoice(), 100), gone], Rules(CATALOG)))
    assert rows.invoices == ()
