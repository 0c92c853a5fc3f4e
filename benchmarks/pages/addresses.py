"""The addresses whose questions are measured: each page as it opens, then with each filter."""

from __future__ import annotations

from typing import Final, NamedTuple

OPENED: Final = "as it opens"


class Address(NamedTuple):
    """``query``: as the page's own filters spell it; {token} is somebody's."""

    slug: str
    what: str
    query: dict[str, str]


def _of(slug: str, **filtered: dict[str, str]) -> list[Address]:
    opened = [Address(slug, OPENED, {})]
    return opened + [Address(slug, w.replace("_", " "), q) for w, q in filtered.items()]


ADDRESSES: Final = (
    *_of("overview", in_euros={"currency": "EUR"}),
    *_of("upgrades", in_euros={"currency": "EUR"}, to_one_plan={"plans": "Business"}),
    Address("customer", "an e-mail searched", {"find": "liam.kowalsk"}),
    Address("customer", "a word of many searched", {"find": "gmbh"}),
    Address("customer", "one customer", {"customer": "cus_{token}"}),
    Address("customer", "one customer's invoices", {"customer": "cus_{token}", "tab": "Invoices"}),
    *_of(
        "winding-down",
        one_plan={"plans": "Pro"},
        one_reason={"reasons": "Too expensive"},
        one_currency={"currencies": "EUR"},
        a_later_page={"page": "20"},
        a_name={"q": "kowalski"},
        largest_MRR={"sort": "Largest MRR"},
    ),
    *_of(
        "failed-payments",
        one_plan={"plans": "Pro"},
        one_reason={"reasons": "Insufficient funds"},
        a_later_page={"page": "20"},
        a_name={"q": "kowalski"},
        largest_amount={"sort": "Largest amount"},
    ),
    *_of(
        "mrr",
        by_day={"by": "Day"},
        the_receipts={"view": "Receipts"},
        the_audit={"view": "Self-audit"},
        the_bridge={"view": "Policy bridge"},
    ),
    *_of(
        "plan-mix",
        in_euros={"currency": "EUR"},
        one_plan={"plans": "Pro"},
        a_later_page={"page": "200"},
        most_customers={"sort": "Most customers"},
    ),
    *_of(
        "churn",
        by_week={"by": "Week"},
        reasons={"view": "Reasons"},
        cohorts={"view": "Cohorts"},
    ),
    *_of(
        "invoices",
        only_paid={"statuses": "Paid"},
        only_open={"statuses": "Open"},
        one_currency={"currencies": "EUR"},
        one_plan={"plans": "Pro"},
        one_age={"buckets": "1–30 days"},
        a_later_page={"page": "200"},
        a_number={"q": "0APSW"},
        a_name={"q": "kowalski"},
        largest_total={"sort": "Largest total"},
        paid_latest={"sort": "Paid latest"},
    ),
    *_of("close"),
    *_of("plans", prices={"view": "Prices"}),
    *_of("portal"),
    *_of("sync", deliveries={"board": "Deliveries"}),
    *_of("audit"),
)
