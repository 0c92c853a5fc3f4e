"""Metrics of what is owed."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from ..ratio import Ratio
from .metric import Metric


def days_sales_outstanding(opening: int, closing: int, credit_sales: int, days: int) -> Ratio:
    """Average receivables ÷ credit sales × ``days``, from what was owed at both ends."""
    return dso(Fraction(opening + closing, 2), credit_sales, days)


def dso(average_receivables: int | Fraction, credit_sales: int, days: int) -> Ratio:
    """``average_receivables`` ÷ ``credit_sales`` × ``days``; absent without sales."""
    absent = None if credit_sales else "Nothing was invoiced in the period."
    return Ratio(average_receivables * days, credit_sales, absent_because=absent)


METRICS: Final = (
    Metric(
        "open_amount",
        "Open",
        "money",
        "down",
        "What remains to be paid on open invoices, credit notes already taken off.",
        "Stripe, amount_remaining",
    ),
    Metric(
        "overdue_amount",
        "Overdue",
        "money",
        "down",
        "What remains to be paid on open invoices past their due date, or past being finalised "
        "where there is none.",
        "Portside",
    ),
    Metric(
        "ageing",
        "Ageing",
        "money",
        "down",
        "What remains to be paid on open invoices by days past the due date, else past being "
        "finalised, with begun days counted as whole.",
        "Portside",
    ),
    Metric(
        "ended_open",
        "Of ended subscriptions",
        "money",
        "down",
        "What remains to be paid on open invoices whose subscription has ended, because "
        "cancelling leaves them open.",
        "Stripe, subscription lifecycle",
    ),
    Metric(
        "dso",
        "DSO",
        "days",
        "down",
        "Average of what was owed at the beginning and at the end of a period divided by what "
        "was invoiced in it, times its days; partial payments and credit notes count from the "
        "day the invoice was finalised.",
        "published formula: 18,000 ÷ 20,000 × 30 = 27",
        function=dso,
    ),
    Metric(
        "credited",
        "Credited",
        "money",
        "neither",
        "Credit notes that stand: issued and not void.",
        "Stripe, credit notes",
    ),
    Metric(
        "refunded",
        "Refunded",
        "money",
        "neither",
        "Refunds that succeeded.",
        "Stripe, refunds",
    ),
    Metric(
        "disputed",
        "Disputed",
        "money",
        "down",
        "Disputes that were neither won nor closed as a mere warning.",
        "Stripe, disputes",
    ),
    Metric(
        "listed_invoices",
        "Invoices",
        "count",
        "neither",
        "Invoices that the filters of the list leave, whatever their status.",
        "Portside",
    ),
    Metric(
        "invoiced",
        "Invoiced",
        "money",
        "neither",
        "Totals of invoices after discounts and with tax.",
        "Stripe, total",
    ),
    Metric("tax", "Tax", "money", "neither", "The tax in invoices' totals.", "Stripe, total_taxes"),
    Metric(
        "paid",
        "Paid",
        "money",
        "up",
        "What was paid of invoices, refunds not taken off.",
        "Stripe, amount_paid",
    ),
)
