"""What pages read, each by its name and kept as `dashboard.keeping` has it."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import streamlit as st

from dashboard import session
from dashboard.keeping import asked_anew, counted, kept
from lib.billing import (
    Bridge,
    BridgeItem,
    ChurnedItem,
    ChurnPart,
    ChurnPeriod,
    ClosedMonthView,
    CloseOverview,
    CohortMonth,
    ConfigurationError,
    CustomerView,
    Deliveries,
    FailedPaymentItem,
    Filters,
    Freshness,
    InvoiceFilters,
    InvoiceItem,
    InvoiceView,
    Listing,
    Overview,
    Owed,
    PlanCustomerItem,
    PlanMixItem,
    PortalPlan,
    Receipts,
    Recovery,
    RestatementItem,
    RollForward,
    SearchPage,
    SelfAudit,
    StripeRefused,
    StripeUnavailable,
    Trend,
    WindingDownItem,
)

T = TypeVar("T")


def freshness() -> Freshness:
    """How current the projection is; read each time."""
    return session.billing().freshness()


def timezone() -> str:
    return session.billing().timezone


def overview() -> Overview:
    return kept("overview", lambda desk: desk.overview())


def winding_down(filters: Filters) -> Listing[WindingDownItem]:
    return kept("winding_down", lambda desk: desk.winding_down(filters), filters)


def failed_payments(filters: Filters) -> Listing[FailedPaymentItem]:
    return kept("failed", lambda desk: desk.failed_payments(filters), filters)


def invoices(filters: InvoiceFilters) -> Listing[InvoiceItem]:
    return kept("invoices", lambda desk: desk.invoices(filters), filters)


def invoice(invoice_id: str) -> InvoiceView:
    """Its lines may have to be asked of Stripe: once a minute at most."""
    return kept("invoice", lambda desk: desk.invoice(invoice_id), invoice_id)


def owed() -> list[Owed]:
    return kept("owed", lambda desk: desk.owed())


def recovery(by: str, *, cash: bool) -> list[Recovery]:
    return kept("recovery", lambda desk: desk.recovery(by=by, cash=cash), by, cash)


def plan_mix(filters: Filters) -> Listing[PlanMixItem]:
    return kept("plan_mix", lambda desk: desk.plan_mix(filters), filters)


def plan_customers(filters: Filters) -> Listing[PlanCustomerItem]:
    return kept("plan_customers", lambda desk: desk.plan_customers(filters), filters)


def paid_currencies() -> tuple[str, ...]:
    return kept("paid_currencies", lambda desk: desk.paid_currencies())


def churn_periods(by: str, currency: str) -> tuple[ChurnPeriod, ...]:
    return kept("churn_periods", lambda desk: desk.churn_periods(by, currency), by, currency)


def churned(filters: Filters) -> Listing[ChurnedItem]:
    return kept("churned", lambda desk: desk.churned(filters), filters)


def churn_parts(
    dimension: Literal["plan", "interval", "stay"], currency: str, starts: int, ends: int
) -> tuple[ChurnPart, ...]:
    return kept(
        "churn_parts",
        lambda desk: desk.churn_parts(dimension, currency, starts, ends),
        dimension,
        currency,
        starts,
        ends,
    )


def cohorts(currency: str) -> tuple[CohortMonth, ...]:
    return kept("cohorts", lambda desk: desk.cohorts(currency), currency)


def mrr_currencies() -> tuple[str, ...]:
    return kept("mrr_currencies", lambda desk: desk.mrr_currencies())


def roll_forward(currency: str | None, by: str, back: int) -> RollForward:
    """``currency`` None: all of them in the reporting currency."""
    return kept(
        "roll_forward",
        lambda desk: desk.roll_forward(currency, by=by, back=back),
        currency,
        by,
        back,
    )


def trend(currency: str | None, by: str, back: int) -> Trend:
    return kept("trend", lambda desk: desk.trend(currency, by=by, back=back), currency, by, back)


def receipts(
    part: str, currency: str | None, span: tuple[int, int], limit: int, offset: int = 0
) -> Receipts[Any]:
    """One page of the rows behind one number of the roll-forward."""
    return kept(
        "receipts",
        lambda desk: desk.receipts(
            part, currency, starts=span[0], ends=span[1], limit=limit, offset=offset
        ),
        part,
        currency,
        span,
        limit,
        offset,
    )


def self_audit() -> SelfAudit:
    return kept("self_audit", lambda desk: desk.self_audit())


def bridge(policy: str) -> tuple[Bridge, ...]:
    return kept("bridge", lambda desk: desk.bridge(policy), policy)


def bridge_customers(policy: str, line: str, filters: Filters) -> Listing[BridgeItem]:
    return kept(
        "bridge_customers",
        lambda desk: desk.bridge_customers(policy, line, filters),
        policy,
        line,
        filters,
    )


def search(text: str, limit: int, offset: int) -> SearchPage:
    return kept(
        "search", lambda desk: desk.search(text, limit=limit, offset=offset), text, limit, offset
    )


def customer(customer_id: str, at: int | None = None) -> CustomerView:
    """Not cached: the page that an agent reads out while the customer is on the phone."""
    return session.billing().customer(customer_id, at=at)


def deliveries() -> Deliveries:
    """Counted every five minutes for everyone: the lags of a busy week take a second or two, and
    their watermark changes with every event."""
    return counted("deliveries", lambda desk: desk.deliveries())


def closes() -> CloseOverview:
    """Compared every five minutes for everyone, and after each close: every closed month is."""
    return counted("closes", lambda desk: desk.closes(), session.billing().last_seal())


def closed_month(month: str) -> ClosedMonthView:
    return kept("closed_month", lambda desk: desk.closed_month(month), month)


def restatements(month: str, currency: str, limit: int, offset: int) -> Listing[RestatementItem]:
    return kept(
        "restatements",
        lambda desk: desk.restatements(month, currency=currency, limit=limit, offset=offset),
        month,
        currency,
        limit,
        offset,
    )


def portal() -> tuple[PortalPlan, str | None]:
    """(the portal beside the catalogue, why Stripe itself could not be asked).

    Asked once a minute, or when somebody wants it anew; else what Stripe's events have told.
    """
    times = st.session_state.setdefault("portal_asked", 0)
    try:
        found = kept("portal", lambda desk: desk.portal_plan(), times)
    except (ConfigurationError, StripeRefused, StripeUnavailable) as error:
        return session.billing().portal_observed(), str(error)
    return found, None


def forget_portal() -> None:
    """Ask Stripe again the next time."""
    st.session_state["portal_asked"] = asked_anew()
