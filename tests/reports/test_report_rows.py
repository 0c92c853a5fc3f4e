"""Observations in, literal report rows out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.domain.states import item, price
from tests.reports.ledger import (
    at,
    changed,
    created,
    customer,
    desk,
    ended,
    invoice,
    paying,
    payment,
)

ACTIVE = paying()
WANTS_OUT = paying(
    cancel_at=at("2026-04-05"),
    canceled_at=at("2026-03-10"),
    reason="cancellation_requested",
    feedback="too_expensive",
    comment="=HYPERLINK(1)",
)
FAILING = invoice(
    payment_failed=True,
    attempted=True,
    attempt_count=1,
    next_payment_attempt=at("2026-03-08"),
)
EUROS = paying(currency="eur") | {
    "items": [item(price("pro_monthly", "1900", currency="eur"), end=at("2026-04-05"))]
}
STARTER = paying() | {
    "items": [item(price("starter_monthly", "900"), end=at("2026-04-05"))],
}
YEARLY = paying() | {
    "items": [item(price("pro_yearly", "29000", "year"), end=at("2027-01-05"))],
}

ANN = [
    created(
        "customer",
        "cus_1",
        customer(email="ann@example.com", org_id="org_1"),
        "2026-01-01",
        "cus_1",
    ),
    created("subscription", "sub_1", ACTIVE, "2026-01-05", "cus_1"),
]
ANN_LEAVES = [*ANN, changed("subscription", "sub_1", ACTIVE, WANTS_OUT, "2026-03-10", "cus_1")]
BOB_FAILS = [
    created("customer", "cus_2", customer(email="bob@example.com"), "2026-01-01", "cus_2"),
    created("subscription", "sub_2", ACTIVE, "2026-01-05", "cus_2"),
    changed("subscription", "sub_2", ACTIVE, paying("past_due"), "2026-03-05T01:00", "cus_2"),
    created("invoice", "in_1", invoice(subscription="sub_2"), "2026-03-05", "cus_2"),
    changed(
        "invoice",
        "in_1",
        invoice(subscription="sub_2"),
        FAILING | {"subscription": "sub_2"},
        "2026-03-05T01:00",
        "cus_2",
    ),
    created(
        "payment",
        "pi_1",
        payment("in_1", "expired_card", "2026-03-05T01:00"),
        "2026-03-05T01:00",
        "cus_2",
    ),
]


def declined(code: str, **over: Any) -> list[Observation]:
    """Bob's story with another decline."""
    told = payment("in_1", code, "2026-03-05T01:00")
    return [*BOB_FAILS[:-1], created("payment", "pi_1", told, "2026-03-05T01:00", "cus_2")]


@dataclass(frozen=True)
class Case:
    says: str
    report: str
    observations: list[Observation]
    fields: str
    rows: list[tuple[Any, ...]]
    now: str = "2026-03-15T12:00"
    options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


ACCESS = "customer_id plan rule access access_until status"

CASES = [
    Case(
        "a renewing subscription grants its plan without an end",
        "entitlements",
        ANN,
        "customer_id org_id plan rule access access_until status features limits",
        [
            (
                "cus_1",
                "org_1",
                "pro",
                "active",
                True,
                None,
                "active",
                ["analytics", "api"],
                {"projects": 5, "seats": 10},
            )
        ],
    ),
    Case(
        "a customer without a subscription has the default plan's features and limits",
        "entitlements",
        ANN[:1],
        f"{ACCESS} features limits event_id",
        [("cus_1", "free", "no_subscription", False, None, None, [], {"seats": 1}, None)],
    ),
    Case(
        "winding down grants until the end",
        "entitlements",
        ANN_LEAVES,
        ACCESS,
        [("cus_1", "pro", "winding_down", True, "2026-04-05T00:00:00Z", "active")],
    ),
    Case(
        "past the end without Stripe's event access is gone",
        "entitlements",
        ANN_LEAVES,
        f"{ACCESS} features limits",
        [
            (
                "cus_1",
                "free",
                "winding_down",
                False,
                "2026-04-05T00:00:00Z",
                "active",
                [],
                {"seats": 1},
            )
        ],
        now="2026-04-05",
    ),
    Case(
        "past due within the days of grace keeps access",
        "entitlements",
        BOB_FAILS,
        ACCESS,
        [("cus_2", "pro", "past_due_in_grace", True, "2026-03-19T01:00:00Z", "past_due")],
    ),
    Case(
        "past due beyond grace loses access without any event",
        "entitlements",
        BOB_FAILS,
        ACCESS,
        [("cus_2", "free", "past_due_expired", False, "2026-03-19T01:00:00Z", "past_due")],
        now="2026-03-19T01:00",
    ),
    Case(
        "an earlier day is judged at its last second",
        "entitlements",
        ANN_LEAVES,
        ACCESS,
        [("cus_1", "pro", "active", True, None, "active")],
        options={"as_of": "2026-03-09"},
    ),
    Case(
        "an ISO time takes in what happened at that very second",
        "entitlements",
        ANN_LEAVES,
        ACCESS,
        [("cus_1", "pro", "winding_down", True, "2026-04-05T00:00:00Z", "active")],
        options={"as_of": "2026-03-10T00:00:00Z"},
    ),
    Case(
        "a day ends in the business time zone",
        "entitlements",
        ANN_LEAVES,
        ACCESS,
        [("cus_1", "pro", "winding_down", True, "2026-04-05T00:00:00Z", "active")],
        options={"as_of": "2026-03-09"},
        settings={"timezone": "America/New_York"},
    ),
    Case(
        "winding down lists date, reason, feedback and the customer's own words",
        "winding-down",
        ANN_LEAVES,
        "customer_id org_id email subscription_id plan interval status mrr_minor currency ends_at "
        "requested_at reason feedback comment",
        [
            (
                "cus_1",
                "org_1",
                "ann@example.com",
                "sub_1",
                "pro",
                "month",
                "active",
                2900,
                "usd",
                "2026-04-05T00:00:00Z",
                "2026-03-10T00:00:00Z",
                "cancellation_requested",
                "too_expensive",
                "=HYPERLINK(1)",
            )
        ],
    ),
    Case(
        "the boolean encoding ends at the earliest item's period end",
        "winding-down",
        [
            created(
                "subscription",
                "sub_1",
                paying(
                    cancel_at_period_end=True,
                    items=[
                        item(price("pro_monthly"), id="si_1", end=at("2026-04-05")),
                        item(price("starter_monthly", "900"), id="si_2", end=at("2026-03-20")),
                    ],
                ),
                "2026-01-05",
                "cus_1",
            )
        ],
        "subscription_id mrr_minor ends_at requested_at reason",
        [("sub_1", 3800, "2026-03-20T00:00:00Z", None, None)],
    ),
    Case(
        "a canceled subscription is not winding down although its flag stays true",
        "winding-down",
        [
            *ANN,
            ended(
                "sub_1",
                paying("canceled", cancel_at_period_end=True, ended_at=at("2026-03-05")),
                "2026-03-05",
                "cus_1",
            ),
        ],
        "subscription_id",
        [],
    ),
    Case(
        "a trial that winds down is listed with the value it would have",
        "winding-down",
        [
            created(
                "subscription",
                "sub_1",
                paying("trialing", cancel_at=at("2026-03-20"), trial_end=at("2026-03-20")),
                "2026-03-06",
                "cus_1",
            )
        ],
        "subscription_id status mrr_minor",
        [("sub_1", "trialing", 2900)],
    ),
    Case(
        "under a policy where MRR leaves when scheduled the list still shows the value",
        "winding-down",
        ANN_LEAVES,
        "subscription_id mrr_minor",
        [("sub_1", 2900)],
        options={"policy": "stripe"},
    ),
    Case(
        "the list is ordered by end and then id, byte by byte",
        "winding-down",
        [
            created("subscription", name, WANTS_OUT, "2026-01-05", f"cus_{name}")
            for name in ("sub_b", "sub_B", "sub_a")
        ]
        + [
            created(
                "subscription",
                "sub_z",
                WANTS_OUT | {"cancel_at": at("2026-04-01")},
                "2026-01-05",
                "cus_z",
            )
        ],
        "subscription_id",
        [("sub_z",), ("sub_B",), ("sub_a",), ("sub_b",)],
    ),
    Case(
        "days bound the end of what winds down, both inclusive",
        "winding-down",
        ANN_LEAVES,
        "subscription_id",
        [("sub_1",)],
        options={"start": "2026-04-05", "end": "2026-04-05"},
    ),
    Case(
        "a failing payment is listed with its decline, its age and the link that helps",
        "failed-payments",
        BOB_FAILS,
        "customer_id email subscription_id invoice_id number amount_remaining_minor currency "
        "attempt_count next_attempt_at final_attempt decline_code failed_at age_days mrr_minor "
        "suggested_flow",
        [
            (
                "cus_2",
                "bob@example.com",
                "sub_2",
                "in_1",
                "PORT-0001",
                2900,
                "usd",
                1,
                "2026-03-08T00:00:00Z",
                False,
                "expired_card",
                "2026-03-05T01:00:00Z",
                10,
                2900,
                "payment_method_update",
            )
        ],
    ),
    Case(
        "a decline that is never retried is the final attempt whatever is scheduled",
        "failed-payments",
        declined("stolen_card"),
        "next_attempt_at final_attempt suggested_flow",
        [("2026-03-08T00:00:00Z", True, "payment_method_update")],
    ),
    Case(
        "a bank that wants confirmation is answered by paying the invoice",
        "failed-payments",
        declined("authentication_required"),
        "final_attempt suggested_flow",
        [(True, "pay_invoice")],
    ),
    Case(
        "an empty account is answered by paying the invoice",
        "failed-payments",
        declined("insufficient_funds"),
        "final_attempt suggested_flow",
        [(False, "pay_invoice")],
    ),
    Case(
        "no scheduled attempt is the final attempt",
        "failed-payments",
        [
            *BOB_FAILS[:4],
            changed(
                "invoice",
                "in_1",
                invoice(subscription="sub_2"),
                FAILING | {"subscription": "sub_2", "next_payment_attempt": None},
                "2026-03-05T01:00",
                "cus_2",
            ),
        ],
        "next_attempt_at final_attempt decline_code suggested_flow",
        [(None, True, None, "payment_method_update")],
    ),
    Case(
        "an error code without a decline code suggests the link and is no decline code",
        "failed-payments",
        [
            *BOB_FAILS[:-1],
            created(
                "payment",
                "pi_1",
                payment("in_1", "", "2026-03-05T01:00")
                | {"decline_code": None, "code": "payment_intent_authentication_failure"},
                "2026-03-05T01:00",
                "cus_2",
            ),
        ],
        "decline_code failure_code suggested_flow",
        [(None, "payment_intent_authentication_failure", "pay_invoice")],
    ),
    Case(
        "an invoice of no subscription is in the queue without MRR",
        "failed-payments",
        [created("invoice", "in_9", FAILING | {"subscription": None}, "2026-03-05", "cus_9")],
        "invoice_id subscription_id mrr_minor",
        [("in_9", None, None)],
    ),
    Case(
        "an invoice whose subscription was never seen is in the queue: nothing says that it ended",
        "failed-payments",
        [created("invoice", "in_9", FAILING | {"subscription": "sub_9"}, "2026-03-05", "cus_9")],
        "invoice_id subscription_id mrr_minor",
        [("in_9", "sub_9", None)],
    ),
    Case(
        "an invoice of an ended subscription is not in the queue",
        "failed-payments",
        [
            *BOB_FAILS,
            ended("sub_2", paying("canceled", ended_at=at("2026-03-12")), "2026-03-12", "cus_2"),
        ],
        "invoice_id",
        [],
    ),
    Case(
        "before it failed there was nothing in the queue",
        "failed-payments",
        BOB_FAILS,
        "invoice_id",
        [],
        options={"as_of": "2026-03-05T00:59:59Z"},
    ),
    Case(
        "plan mix counts what counts in MRR and gives each currency's shares",
        "plan-mix",
        [
            *ANN,
            created("subscription", "sub_3", STARTER, "2026-01-06", "cus_1"),
            created("subscription", "sub_4", YEARLY, "2026-01-06", "cus_4"),
            created("subscription", "sub_5", EUROS, "2026-01-06", "cus_5"),
            created("subscription", "sub_6", paying("trialing"), "2026-01-06", "cus_6"),
        ],
        "plan interval interval_count currency subscriptions customers mrr_minor share",
        [
            ("pro", "month", 1, "eur", 1, 1, 1900, 1.0),
            ("pro", "month", 1, "usd", 1, 1, 2900, 0.466463),
            ("pro", "year", 1, "usd", 1, 1, 2417, 0.388773),
            ("starter", "month", 1, "usd", 1, 1, 900, 0.144764),
        ],
    ),
    Case(
        "a currency filters the mix and converts nothing",
        "plan-mix",
        [*ANN, created("subscription", "sub_5", EUROS, "2026-01-06", "cus_5")],
        "currency mrr_minor share",
        [("eur", 1900, 1.0)],
        options={"currency": "EUR"},
    ),
    Case(
        "a price outside the catalogue is a row of its own, last",
        "plan-mix",
        [
            *ANN,
            created(
                "subscription",
                "sub_7",
                paying() | {"items": [item(price("mystery", "100"), end=at("2026-04-05"))]},
                "2026-01-06",
                "cus_7",
            ),
        ],
        "plan mrr_minor",
        [("pro", 2900), (None, 100)],
    ),
    Case(
        "what cannot be valued is a row without a value, never a smaller number",
        "plan-mix",
        [
            *ANN,
            created("subscription", "sub_8", paying(discounts=["di_new"]), "2026-01-06", "cus_8"),
        ],
        "plan interval currency subscriptions customers mrr_minor share",
        [("pro", "month", "usd", 1, 1, 2900, 1.0), ("pro", "month", "usd", 1, 1, None, None)],
    ),
    Case(
        "an invoice comes out with every amount and its addresses",
        "invoices",
        BOB_FAILS,
        "invoice_id number customer_id subscription_id status currency total_minor tax_minor "
        "amount_due_minor amount_paid_minor amount_remaining_minor created_at due_at paid_at "
        "attempt_count hosted_invoice_url pdf",
        [
            (
                "in_1",
                "PORT-0001",
                "cus_2",
                "sub_2",
                "open",
                "usd",
                2900,
                0,
                2900,
                0,
                2900,
                "2026-03-05T00:00:00Z",
                None,
                None,
                1,
                "https://invoice.example/1",
                "https://invoice.example/1.pdf",
            )
        ],
    ),
    Case(
        "movements name kind, plans and event, by time and then customer",
        "movements",
        [
            *ANN,
            created("subscription", "sub_2", STARTER, "2026-01-05", "cus_0"),
            changed("subscription", "sub_2", STARTER, ACTIVE, "2026-02-01", "cus_0"),
            ended("sub_1", paying("canceled", ended_at=at("2026-03-05")), "2026-03-05", "cus_1"),
        ],
        "occurred_at customer_id kind delta_minor currency from_plan to_plan subscription_id",
        [
            ("2026-01-05T00:00:00Z", "cus_0", "new", 900, "usd", None, "starter", "sub_2"),
            ("2026-01-05T00:00:00Z", "cus_1", "new", 2900, "usd", None, "pro", "sub_1"),
            ("2026-02-01T00:00:00Z", "cus_0", "expansion", 2000, "usd", "starter", "pro", "sub_2"),
            ("2026-03-05T00:00:00Z", "cus_1", "churn", -2900, "usd", "pro", None, "sub_1"),
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_report_says(case: Case, store: Store) -> None:
    portside = desk(store, case.observations, case.now, **case.settings)
    report = portside.report(case.report, **case.options)
    names = case.fields.split()
    assert [tuple(row[name] for name in names) for row in report.rows] == case.rows
