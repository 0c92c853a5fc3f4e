"""The list of invoices: each filter, each order, pages and sums, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.invoice_filters import InvoiceFilters
from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.reports.ledger import at, created, customer, desk, ended, invoice, paying

NOW = "2026-03-15T12:00"


def bill(name: str, day: int, cus: str = "cus_1", **over: Any) -> Observation:
    when = f"2026-02-{day:02d}"
    state = {"number": f"N-{name}", "created": at(when), "finalized_at": at(when)} | over
    return created("invoice", name, invoice(**state), when, cus)


def given_back(kind: str, name: str, **over: Any) -> Observation:
    state = {"invoice": "in_4", "number": None, "status": "issued", "amount": 500}
    state |= {"currency": "usd", "reason": None, "charge": None, "payment": None}
    return created(kind, name, state | over, NOW, "cus_2")


PAID = {"status": "paid", "amount_paid": 2900, "amount_remaining": 0, "paid_at": at("2026-02-20")}
TOLD = [
    created("customer", "cus_1", customer(name="Ann & Co", email="ann@x.example"), NOW, "cus_1"),
    created("customer", "cus_2", customer(name="Bob", org_id="org_b"), NOW, "cus_2"),
    created("subscription", "sub_1", paying(), "2026-01-05", "cus_1"),
    ended(
        "sub_2",
        paying("canceled", ended_at=at("2026-03-01"), canceled_at=at("2026-03-01")),
        "2026-03-01",
        "cus_2",
    ),
    created("subscription", "sub_3", paying(), "2026-01-05", "cus_2"),
    bill("in_1", 1, **PAID, tax=100),
    bill("in_2", 2, billing_reason="manual", subscription=None, total=5000),
    bill("in_3", 3, collection_method="send_invoice", due_date=at("2026-04-01")),
    bill("in_4", 4, "cus_2", subscription="sub_2", amount_remaining=2400),
    bill("in_5", 5, "cus_2", subscription="sub_2", status="void"),
    bill("in_6", 6, "cus_2", subscription="sub_3", currency="jpy", total=300, amount_remaining=300),
    given_back("credit_note", "cn_1"),
    given_back("dispute", "du_1", charge="ch_1", payment="pi_1", status="won"),
    created(
        "charge",
        "ch_1",
        {
            "payment": "pi_1", "invoice": "in_1", "amount": 2900, "amount_refunded": 700,
            "currency": "usd", "status": "succeeded", "code": None, "decline_code": None,
            "disputed": True,
        },
        NOW,
        "cus_1",
    ),
]  # fmt: skip

FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "6 5 4 3 2 1"),
    "a piece of the number": ({"text": "n-IN_3"}, "3"),
    "a name that is hostile to Markdown and SQL": ({"text": "ann & c"}, "3 2 1"),
    "an organization": ({"text": "org_b"}, "6 5 4"),
    "a percent sign is a percent sign": ({"text": "%"}, ""),
    "a status": ({"statuses": ("open",)}, "6 4 3 2"),
    "two statuses": ({"statuses": ("paid", "void")}, "5 1"),
    "a currency": ({"currencies": ("jpy",)}, "6"),
    "a plan": ({"plans": ("pro",)}, "6 5 4 3 1"),
    "a collection method": ({"methods": ("send_invoice",)}, "3"),
    "a billing reason": ({"reasons": ("manual",)}, "2"),
    "an age": ({"buckets": ("not_due",)}, "3"),
    "two ages": ({"buckets": ("not_due", "31-60")}, "6 4 3 2"),
    "an age that there is not": ({"buckets": ("1-2",)}, ""),
    "credited": ({"marks": ("credited",)}, "4"),
    "refunded, as only the charge tells": ({"marks": ("refunded",)}, "1"),
    "disputed or credited": ({"marks": ("disputed", "credited")}, "4"),
    "a mark that there is not": ({"marks": ("eaten",)}, ""),
    "open ones of ended subscriptions": ({"ended": True}, "4"),
    "days of creation, the last one excluded": (
        {"starts": at("2026-02-02"), "ends": at("2026-02-04")},
        "3 2",
    ),
    "several at once": ({"text": "bob", "statuses": ("open",), "currencies": ("usd",)}, "4"),
    "NUL and half characters": ({"text": "\x00", "statuses": ("\x00open",)}, "6 4 3 2"),
    "sorted by total": ({"sort": "total", "descending": True, "currencies": ("usd",)}, "2 1 3 4 5"),
    "sorted by what is left": (
        {"sort": "remaining", "descending": True, "statuses": ("open",)},
        "2 3 4 6",
    ),
    "sorted by when it was paid, unknown ones last": ({"sort": "paid_at"}, "1 2 3 4 5 6"),
    "sorted by due date, open ones first, all else the newest first": (
        {"sort": "due", "descending": True},
        "3 6 4 2 5 1",
    ),
    "sorted by customer": ({"sort": "customer", "limit": 4}, "1 2 3 4"),
    "the second page": ({"limit": 2, "offset": 2}, "4 3"),
}


@pytest.fixture
def portside(store: Store) -> Portside:
    return desk(store, TOLD, NOW)


def test_the_list_is_narrowed_and_sorted(portside: Portside) -> None:
    for says, (options, expected) in FILTERS.items():
        found = portside.invoices(InvoiceFilters(**options))
        assert [row.invoice_id[3:] for row in found.rows] == expected.split(), says


def test_sums_are_of_the_whole_filtered_list_by_currency(portside: Portside) -> None:
    found = portside.invoices(InvoiceFilters(limit=1))
    assert found.total == 6
    jpy, usd = found.sums
    assert (jpy.currency, jpy.count, jpy.amount_minor) == ("jpy", 1, 300)
    assert usd.count == 5
    told = {name: getattr(usd, name) for name in usd.__slots__}
    assert told == {
        "tax_minor": 100,
        "paid_minor": 2900,
        "open_minor": 2900 + 2900 + 2400,
        "credited_minor": 500,
        "refunded_minor": 700,
        "disputed_minor": 0,
    }


def test_the_file_holds_what_the_page_lists(portside: Portside) -> None:
    for says, (options, expected) in FILTERS.items():
        if "sort" in options or "limit" in options:
            continue
        rows = portside.export("invoices", InvoiceFilters(**options)).rows
        assert [row["invoice_id"][3:] for row in rows] == sorted(expected.split()), says


def test_a_row_says_its_age_and_whether_its_subscription_has_ended(portside: Portside) -> None:
    rows = {row.invoice_id: row for row in portside.invoices().rows}
    assert (rows["in_2"].bucket, rows["in_2"].age_days, rows["in_2"].ended) == ("31-60", 42, False)
    assert (rows["in_3"].bucket, rows["in_3"].age_days) == ("not_due", -16)
    assert (rows["in_4"].ended, rows["in_4"].credited_minor) == (True, 500)
    assert (rows["in_5"].bucket, rows["in_5"].age_days, rows["in_5"].ended) == (None, None, False)


def test_filters_offer_what_there_is(portside: Portside) -> None:
    choices = portside.invoices().choices
    assert choices["statuses"] == ("open", "paid", "void")
    assert choices["currencies"] == ("jpy", "usd")
    assert choices["methods"] == ("charge_automatically", "send_invoice")
    assert choices["reasons"] == ("manual", "subscription_cycle")


def test_an_empty_list(store: Store) -> None:
    empty = desk(store, [], NOW)
    assert empty.invoices().total == 0
    assert empty.owed() == []
    assert empty.recovery() == []
