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
    *_of(
        "upgrades",
        in_euros={"currency": "EUR"},
        to_one_plan={"plans": "Business"},
        what_changed={"changes": "Plan"},
        a_later_page={"page": "20"},
        an_e_mail={"q": "liam.kowalski46@"},
        a_name={"q": "kowalski"},
    ),
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
        a_common_name={"q": "gmbh"},
        largest_MRR={"sort": "Largest MRR"},
        asked_latest={"sort": "Asked latest"},
        by_plan={"sort": "Plan"},
        by_reason={"sort": "Reason"},
        by_customer={"sort": "Customer"},
        the_last_week_to_save={"savable": "true"},
        saved_or_lost={"view": "Saved or lost"},
        the_back_test={"view": "Back-test"},
    ),
    *_of(
        "failed-payments",
        one_plan={"plans": "Pro"},
        one_reason={"reasons": "Insufficient funds"},
        one_currency={"currencies": "EUR"},
        paid_in_the_period={"recovered": "By payment"},
        a_later_page={"page": "20"},
        a_name={"q": "kowalski"},
        largest_amount={"sort": "Largest amount"},
        largest_MRR={"sort": "Largest MRR"},
        failed_latest={"sort": "Failed latest"},
        next_try={"sort": "Next try"},
        most_attempts={"sort": "Most attempts"},
        by_customer={"sort": "Customer"},
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
        by_month={"view": "Trend"},
        moves={"view": "Moves"},
        moves_of_a_name={"view": "Moves", "q": "kowalski"},
        the_largest={"view": "Concentration"},
        features={"view": "Features"},
    ),
    *_of(
        "churn",
        by_week={"by": "Week"},
        reasons={"view": "Reasons"},
        reasons_by_week={"view": "Reasons", "by": "Week"},
        who_left_of_one_plan={"view": "Reasons", "plans": "Pro"},
        who_left_of_a_name={"view": "Reasons", "q": "kowalski"},
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
        a_page_far_behind={"after": '2000000:["created_at 1", 0, 1700000000, ""]'},
        only_void={"statuses": "Void"},
        sent={"methods": "Send invoice"},
        by_hand={"reasons": "By hand"},
        refunded={"marks": "Refunded"},
        of_ended_ones={"ended": "true"},
        one_month={"days": "2025-06-01,2025-06-30"},
        a_number={"q": "0APSW"},
        a_name={"q": "kowalski"},
        a_common_name={"q": "gmbh"},
        oldest={"sort": "Oldest"},
        overdue_longest={"sort": "Overdue longest"},
        largest_total={"sort": "Largest total"},
        most_left_to_pay={"sort": "Most left to pay"},
        paid_latest={"sort": "Paid latest"},
        by_number={"sort": "Number"},
        by_customer={"sort": "Customer"},
    ),
    *_of("close"),
    *_of("plans", prices={"view": "Prices"}),
    *_of("portal"),
    *_of("sync", deliveries={"board": "Deliveries"}),
    *_of("audit"),
)
