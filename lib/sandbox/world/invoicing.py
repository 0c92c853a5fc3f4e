"""Customers who pay by invoice, and what goes wrong afterwards: credit notes, refunds, disputes."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import credit_notes, disputes, invoices, refunds
from lib.sandbox.world.calendar import DAY, HOUR, add_months, anchor_for
from lib.sandbox.world.company import Company
from lib.sandbox.world.names import Identity

_YEARLY = ("pro_yearly", "business_yearly", "business_yearly_eur")
_MONTHLY = ("pro_monthly", "business_monthly")


def pays_by_invoice(company: Company, who: Identity) -> None:
    """Thirty days to pay, and each bill is paid sooner or later."""
    start = company.moment(company.start + 10 * DAY, company.now - 60 * DAY)
    price = company.random.choice((*_YEARLY, *_MONTHLY))

    def begin() -> None:
        customer = company.sign_up(who, card=None)
        company.subscribe(customer, price, collection_method="send_invoice", days_until_due=30)
        _pay_each_month(company, customer, start + company.random.randint(5, 24) * DAY)

    company.later(start, begin)


def _pay_each_month(company: Company, customer: str, when: int) -> None:
    company.later(when, pay_open, company, customer)
    if when < company.now:
        company.later(when, _pay_each_month, company, customer, add_months(when, 1))


def pay_open(company: Company, customer: str) -> None:
    """A bank transfer arrives: every open invoice of the customer is paid."""
    for invoice in company.sandbox.find("invoice", customer=customer, status="open"):
        invoices.pay(company.sandbox, invoice["id"], {"paid_out_of_band": True})


def owes(company: Company, who: Identity, days: int) -> None:
    """One yearly bill whose due date was `days` ago (negative: is still to come)."""
    start = company.now - days * DAY - 30 * DAY - company.random.randint(1, 20) * HOUR
    price = company.random.choice(_YEARLY)

    def begin() -> None:
        customer = company.sign_up(who, card=None)
        company.subscribe(customer, price, collection_method="send_invoice", days_until_due=30)

    company.later(start, begin)


def owes_after_end(company: Company, who: Identity) -> None:
    """Cancelled with a bill still open: nobody collects it any more."""
    start = company.now - company.random.randint(50, 110) * DAY

    def begin() -> None:
        customer = company.sign_up(who, card=None)
        subscription = company.subscribe(
            customer, "business_yearly", collection_method="send_invoice", days_until_due=30
        )
        company.later(start + 40 * DAY, company.cancel_now, subscription, feedback="unused")

    company.later(start, begin)


def written_off(company: Company, who: Identity, how: str) -> None:
    """A bill that was voided, or given up as uncollectible."""
    start = company.now - company.random.randint(60, 300) * DAY
    settle = invoices.void if how == "void" else invoices.mark_uncollectible

    def begin() -> None:
        customer = company.sign_up(who, card=None)
        company.subscribe(
            customer, "pro_yearly", collection_method="send_invoice", days_until_due=30
        )

        def close() -> None:
            for invoice in company.sandbox.find("invoice", customer=customer, status="open"):
                settle(company.sandbox, invoice["id"])

        company.later(start + 45 * DAY, close)

    company.later(start, begin)


def money_back(company: Company, who: Identity, how: str) -> None:
    """A paid month that is credited, refunded or disputed within the last weeks."""
    due = company.now - company.random.randint(4, 60) * DAY
    start = anchor_for(due, company.random.randint(2, 8))
    when = due + company.random.randint(1, 3) * DAY

    def begin() -> None:
        customer = company.sign_up(who)
        company.subscribe(customer, "pro_monthly")
        company.later(when, _give_back, company, customer, how)

    company.later(start, begin)


def _give_back(company: Company, customer: str, how: str) -> None:
    sandbox = company.sandbox
    paid = sandbox.find("invoice", customer=customer, status="paid", limit=1)
    charges = sandbox.find("charge", customer=customer, status="succeeded", limit=1)
    if how == "credit_note" and paid:
        params: dict[str, Any] = {"invoice": paid[0]["id"], "amount": 900, "credit_amount": 900}
        credit_notes.create(sandbox, {**params, "reason": "product_unsatisfactory"})
    elif how == "refund" and charges:
        refunds.create(sandbox, {"charge": charges[0]["id"], "amount": 1450})
    elif how == "dispute" and charges:
        disputes.open_dispute(sandbox, charges[0]["id"])
