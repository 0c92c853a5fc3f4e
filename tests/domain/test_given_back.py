"""What was given back of an invoice: credit notes, refunds and disputes in, sums out."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project

from .states import CATALOG, seen
from .test_invoices import invoice

PAID = invoice(status="paid", amount_paid=2900, amount_remaining=0)


def of(kind: str, name: str, second: int = 500, **state: Any):
    return seen(state, second, object_id=name, object_type=kind)


def note(name: str = "cn_1", amount: int = 500, status: str = "issued", **over: Any):
    state = {"invoice": "in_1", "number": "C", "status": status, "amount": amount}
    return of("credit_note", name, **(state | {"currency": "usd", "reason": None} | over))


def refund(name: str = "re_1", amount: int = 700, status: str | None = "succeeded", **over: Any):
    state = {"charge": "ch_1", "payment": "pi_1", "amount": amount, "currency": "usd"}
    return of("refund", name, **(state | {"status": status, "reason": None} | over))


def dispute(name: str = "du_1", amount: int = 900, status: str = "lost", second: int = 500, **o):
    state = {"charge": "ch_1", "payment": "pi_1", "amount": amount, "currency": "usd"}
    return of("dispute", name, second, **(state | {"status": status, "reason": None} | o))


def charge(name: str = "ch_1", refunded: int = 0, **over: Any):
    state = {
        "payment": "pi_1", "invoice": None, "amount": 2900, "amount_refunded": refunded,
        "currency": "usd", "status": "succeeded", "code": None, "decline_code": None,
        "disputed": False,
    }  # fmt: skip
    return of("charge", name, 400, **(state | over))


def link(payment: str = "pi_1"):
    state = {"invoice": "in_1", "payment": payment, "status": "paid", "amount_paid": 2900}
    return of("invoice_payment", "inpay_1", **(state | {"currency": "usd", "paid_at": 400}))


BILL = seen(PAID, 300, object_id="in_1", object_type="invoice")

LEDGER = {
    "nothing came back": ([charge(), link()], (0, 0, 0, None)),
    "two credit notes, one of them void": (
        [note(), note("cn_2", 300), note("cn_3", 100, "void")],
        (800, 0, 0, None),
    ),
    "a refund through charge, payment and invoice payment": (
        [refund(), charge(), link()],
        (0, 700, 0, None),
    ),
    "a refund whose charge names the invoice, as up to 2025": (
        [refund(payment=None), charge(payment=None, invoice="in_1")],
        (0, 700, 0, None),
    ),
    "a refund that is pending, one that failed and one that was taken back": (
        [refund(status="pending"), refund("re_2", status="failed"),
         refund("re_3", status="canceled"), link()],
        (0, 0, 0, None),
    ),
    "a refund from when refunds had no status": ([refund(status=None), link()], (0, 700, 0, None)),
    "only the charge says what was refunded": ([charge(refunded=400), link()], (0, 400, 0, None)),
    "the charge says more than the refunds that were seen": (
        [refund(), charge(refunded=1000), link()],
        (0, 1000, 0, None),
    ),
    "the charge counts a refund that is still pending": (
        [refund(status="pending"), charge(refunded=700), link()],
        (0, 0, 0, None),
    ),
    "a dispute that was lost": ([dispute(), link()], (0, 0, 900, "lost")),
    "a dispute that was won": ([dispute(status="won"), link()], (0, 0, 0, "won")),
    "the newest dispute gives the status, all that stand the sum": (
        [dispute(status="needs_response"), dispute("du_0", 100, "under_review", 800), link()],
        (0, 0, 1000, "under_review"),
    ),
    "what is in another currency is in no sum": (
        [note(currency="eur"), refund(currency="eur"), dispute(currency="eur"), link()],
        (0, 0, 0, "lost"),
    ),
    "a refund of a payment without an invoice": ([refund(), charge()], (0, 0, 0, None)),
}  # fmt: skip


def columns(*observations):
    (row,) = project(fold_customer("cus_1", observations, Rules(CATALOG))).invoices
    return row.credited_minor, row.refunded_minor, row.disputed_minor, row.dispute_status


@pytest.mark.parametrize(("told", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_what_stands_of_it_is_summed(told, expected):
    assert columns(BILL, *told) == expected


def test_the_order_of_arrival_changes_nothing():
    told = (refund(), charge(refunded=700), link(), dispute(), note())
    found = {columns(*order) for order in permutations((BILL, *told))}
    assert found == {(500, 700, 900, "lost")}
