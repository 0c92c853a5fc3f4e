"""The attempts of an invoice, joined from the invoice's count, payments, charges and reads."""

from __future__ import annotations

import pytest

from lib.billing.domain.attempts import attempts
from lib.billing.domain.fold import Rules, fold_customer

from .states import CATALOG, seen
from .test_invoices import invoice, link, of_invoice, payment

DAY = 86_400


def failed(count: int, following: int | None, **over):
    return (
        invoice(
            attempt_count=count, attempted=True, payment_failed=True, next_payment_attempt=following
        )
        | over
    )


ONE, TWO, LAST = failed(1, DAY), failed(2, 3 * DAY), failed(3, None)
BORN = of_invoice(invoice(), 110, kind="created")
FIRST = of_invoice(ONE, 150, before=invoice())
SECOND = of_invoice(TWO, DAY + 5, before=ONE)
THIRD = of_invoice(LAST, 3 * DAY + 5, before=TWO)
PAID = invoice(status="paid", attempt_count=2, attempted=True, paid_at=DAY + 5)


def charge(code: str, second: int):
    state = {
        "payment": "pi_1", "invoice": None, "amount": 2900, "amount_refunded": 0,
        "currency": "usd", "status": "failed", "code": "card_declined", "decline_code": code,
        "disputed": False,
    }  # fmt: skip
    return seen(state, second, object_id=f"ch_{second}", object_type="charge", kind="created")


def told(*observations) -> list[tuple]:
    found = attempts(fold_customer("cus_1", observations, Rules(CATALOG))).get("in_1", ())
    return [
        (a.number, a.at, "paid" if a.succeeded else a.code, a.next_attempt_at, a.final)
        for a in found
    ]


CASES = {
    "none was made": ([BORN], []),
    "one failed and nobody says why": ([BORN, FIRST], [(1, 150, None, DAY, False)]),
    "one failed, its payment says why": (
        [BORN, FIRST, link(), payment("expired_card", 149, second=149)],
        [(1, 150, "expired_card", DAY, False)],
    ),
    "the payment and its charge are one attempt": (
        [
            BORN, FIRST, link(), payment("expired_card", 149, second=149),
            charge("expired_card", 148),
        ],
        [(1, 150, "expired_card", DAY, False)],
    ),
    "three failed, the last is final": (
        [
            BORN, FIRST, SECOND, THIRD, link(), payment("insufficient_funds", 150, second=150),
            charge("do_not_honor", DAY + 4), charge("expired_card", 3 * DAY + 4),
        ],
        [
            (1, 150, "insufficient_funds", DAY, False),
            (2, DAY + 5, "do_not_honor", 3 * DAY, False),
            (3, 3 * DAY + 5, "expired_card", None, True),
        ],
    ),
    "a code that Stripe never retries is final although a next try stands": (
        [BORN, FIRST, link(), payment("stolen_card", 150, second=150)],
        [(1, 150, "stolen_card", DAY, True)],
    ),
    "the second one was paid": (
        [BORN, FIRST, of_invoice(PAID, DAY + 6, before=ONE)],
        [(1, 150, None, DAY, False), (2, DAY + 5, "paid", None, False)],
    ),
    "a read tells of the latest, not when": (
        [BORN, FIRST, SECOND, link(), seen(
            payment("expired_card", None).after, 2 * DAY, object_id="pi_1",
            object_type="payment", event_id="read:payment:pi_1:1",
        )],
        [(1, 150, None, DAY, False), (2, DAY + 5, "expired_card", 3 * DAY, False)],
    ),
    "only the payment is known": (
        [BORN, payment("expired_card", 149, invoice="in_1", second=149)],
        [(None, 149, "expired_card", 200, False)],
    ),
    "a next try that was planned later belongs to its attempt": (
        [BORN, FIRST, of_invoice(failed(1, 2 * DAY), 160, before=ONE)],
        [(1, 150, None, 2 * DAY, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("observations", "expected"), CASES.values(), ids=CASES.keys())
def test_attempts_are_told_oldest_first_with_their_reason(observations, expected):
    assert told(*observations) == expected
    assert told(*reversed(observations)) == expected
