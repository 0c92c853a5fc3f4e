"""Rows of the projection for the tests of flows: an ordinary one, and what is different."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lib.billing.domain.flows import Situation
from lib.billing.domain.portal import PortalConfiguration
from lib.billing.domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
from tests.domain.states import CATALOG

NOW = 1_790_000_000
CONFIGURATION = PortalConfiguration(
    "bpc_1",
    is_default=True,
    login_url="https://billing.example/p/login/1",
    subscription_pause=True,
)


def customer(**over: Any) -> CustomerRow:
    row = CustomerRow(
        customer_id="cus_1",
        org_id="org_1",
        email="ann@customer.example",
        name="Ann",
        currency="usd",
        locale=None,
        created_at=NOW - 100,
        deleted=False,
        delinquent=False,
        balance_minor=0,
        default_payment_method="pm_1",
        last_second=NOW,
        needs_reread=False,
        gaps=0,
        awaiting="",
    )
    return replace(row, **over)


def subscription(**over: Any) -> SubscriptionRow:
    row = SubscriptionRow(
        subscription_id="sub_1",
        customer_id="cus_1",
        status="active",
        live=True,
        plan="pro",
        plan_rank=20,
        plan_resolved=True,
        interval="month",
        interval_count=1,
        currency="usd",
        collection_method="charge_automatically",
        quantity=1,
        item_count=1,
        metered=False,
        items=[{"id": "si_1", "price": "price_pro", "lookup_key": "pro_monthly"}],
        mrr_minor=2900,
        value_minor=2900,
        gross_minor=2900,
        discounted_minor=2900,
        mrr_note=None,
        current_period_start=NOW,
        current_period_end=NOW + 86_400 * 30,
        cancel_at=None,
        cancel_at_period_end=False,
        winding_down=False,
        ends_at=None,
        requested_at=None,
        ended_at=None,
        reason=None,
        feedback=None,
        comment=None,
        trial_start=None,
        trial_end=None,
        pause_behavior=None,
        resumes_at=None,
        schedule=None,
        past_due_since=None,
        start_date=NOW - 100,
        created_at=NOW - 100,
        latest_invoice="in_1",
        default_payment_method=None,
        event_id="evt_1",
        last_second=NOW,
        certainty="proven",
    )
    return replace(row, **over)


def ended(**over: Any) -> SubscriptionRow:
    return subscription(status="canceled", live=False, ended_at=NOW - 50, **over)


def winding_down(**over: Any) -> SubscriptionRow:
    return subscription(winding_down=True, ends_at=NOW + 86_400, requested_at=NOW, **over)


def invoice(**over: Any) -> InvoiceRow:
    row = InvoiceRow(
        invoice_id="in_1",
        customer_id="cus_1",
        subscription_id="sub_1",
        number="A-0001",
        status="open",
        currency="usd",
        collection_method="charge_automatically",
        billing_reason="subscription_cycle",
        total_minor=2900,
        tax_minor=0,
        amount_due_minor=2900,
        amount_paid_minor=0,
        amount_remaining_minor=2900,
        created_at=NOW - 50,
        due_at=None,
        finalized_at=NOW - 50,
        paid_at=None,
        voided_at=None,
        uncollectible_at=None,
        attempt_count=1,
        next_attempt_at=NOW + 86_400,
        auto_advance=True,
        failed_at=NOW - 40,
        failing=True,
        failure_code="card_declined",
        decline_code="insufficient_funds",
        hosted_invoice_url="https://invoice.example/i/1",
        pdf=None,
        event_id="evt_1",
        credited_minor=0,
        refunded_minor=0,
        disputed_minor=0,
        dispute_status=None,
    )
    return replace(row, **over)


def situation(
    *subscriptions: SubscriptionRow,
    invoices: tuple[InvoiceRow, ...] = (),
    configuration: PortalConfiguration | None = CONFIGURATION,
    **over: Any,
) -> Situation:
    return Situation(customer(**over), subscriptions, invoices, CATALOG, configuration)
