"""A customer's payment methods, and paying with them."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import customers, invoices, paying, payments
from lib.sandbox.core import Sandbox
from lib.sandbox.hosted.cards import CardEntry

DECLINED = "Your card was declined."


def add_card(sandbox: Sandbox, customer: str, card: CardEntry) -> dict[str, Any]:
    """A new card on the customer; raises SandboxError (402, card_error) when it is declined."""
    method = payments.create_method(
        sandbox, card.number, exp_month=card.exp_month, exp_year=card.exp_year
    )
    return payments.attach(sandbox, method["id"], customer, verify=True)


def make_default(sandbox: Sandbox, customer: str, method: str) -> None:
    """What invoices are charged to from now on. Nothing is paid by this."""
    customers.set_default_payment_method(sandbox, customer, method)


def remove(sandbox: Sandbox, method: str) -> None:
    payments.detach(sandbox, method)


def pay_invoice(sandbox: Sandbox, invoice: str, method: str | None = None) -> str | None:
    """Pay now with ``method`` or the default; the sentence of the decline, None when paid."""
    params = {} if method is None else {"payment_method": method}
    paid = invoices.pay(sandbox, invoice, params)
    if paid["status"] == "paid":
        return None
    error = paying.decline_of(sandbox, paid)
    return DECLINED if error is None else str(error["message"])
