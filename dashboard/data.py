"""The only caches. They are keyed by the projection's watermark and the clock's minute.

The watermark grows with every write, so nothing stale is ever shown; the minute is there because
grace and period ends pass without any write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import streamlit as st

from dashboard import session
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

COUNTED_EVERY: Final = 5
"""Minutes between two countings of how webhooks arrived."""


@dataclass(frozen=True)
class Stamp:
    """What the cached values belong to."""

    generation: int
    watermark: int
    minute: int


def freshness() -> Freshness:
    """How current the projection is; read each time."""
    return session.billing().freshness()


def stamp() -> Stamp:
    """The key of everything cached now."""
    fresh = freshness()
    return Stamp(session.generation(), fresh.watermark, fresh.now // 60)


def timezone() -> str:
    return session.billing().timezone


def overview() -> Overview:
    found: Overview = _cached("overview", stamp(), lambda: session.billing().overview())
    return found


def winding_down(filters: Filters) -> Listing[WindingDownItem]:
    found: Listing[WindingDownItem] = _cached(
        "winding_down", stamp(), lambda: session.billing().winding_down(filters), filters
    )
    return found


def failed_payments(filters: Filters) -> Listing[FailedPaymentItem]:
    found: Listing[FailedPaymentItem] = _cached(
        "failed", stamp(), lambda: session.billing().failed_payments(filters), filters
    )
    return found


def invoices(filters: InvoiceFilters) -> Listing[InvoiceItem]:
    found: Listing[InvoiceItem] = _cached(
        "invoices", stamp(), lambda: session.billing().invoices(filters), filters
    )
    return found


def invoice(invoice_id: str) -> InvoiceView:
    """Its lines may have to be asked of Stripe: once a minute at most."""
    found: InvoiceView = _cached(
        "invoice", stamp(), lambda: session.billing().invoice(invoice_id), invoice_id
    )
    return found


def owed() -> list[Owed]:
    found: list[Owed] = _cached("owed", stamp(), lambda: session.billing().owed())
    return found


def recovery(by: str, *, cash: bool) -> list[Recovery]:
    found: list[Recovery] = _cached(
        "recovery", stamp(), lambda: session.billing().recovery(by=by, cash=cash), (by, cash)
    )
    return found


def plan_mix(filters: Filters) -> Listing[PlanMixItem]:
    found: Listing[PlanMixItem] = _cached(
        "plan_mix", stamp(), lambda: session.billing().plan_mix(filters), filters
    )
    return found


def plan_customers(filters: Filters) -> Listing[PlanCustomerItem]:
    found: Listing[PlanCustomerItem] = _cached(
        "plan_customers", stamp(), lambda: session.billing().plan_customers(filters), filters
    )
    return found


def paid_currencies() -> tuple[str, ...]:
    found: tuple[str, ...] = _cached(
        "paid_currencies", stamp(), lambda: session.billing().paid_currencies()
    )
    return found


def churn_periods(by: str, currency: str) -> tuple[ChurnPeriod, ...]:
    found: tuple[ChurnPeriod, ...] = _cached(
        "churn_periods",
        stamp(),
        lambda: session.billing().churn_periods(by, currency),
        (by, currency),
    )
    return found


def churned(filters: Filters) -> Listing[ChurnedItem]:
    found: Listing[ChurnedItem] = _cached(
        "churned", stamp(), lambda: session.billing().churned(filters), filters
    )
    return found


def churn_parts(
    dimension: Literal["plan", "interval", "stay"], currency: str, starts: int, ends: int
) -> tuple[ChurnPart, ...]:
    found: tuple[ChurnPart, ...] = _cached(
        "churn_parts",
        stamp(),
        lambda: session.billing().churn_parts(dimension, currency, starts, ends),
        (dimension, currency, starts, ends),
    )
    return found


def cohorts(currency: str) -> tuple[CohortMonth, ...]:
    found: tuple[CohortMonth, ...] = _cached(
        "cohorts", stamp(), lambda: session.billing().cohorts(currency), currency
    )
    return found


def mrr_currencies() -> tuple[str, ...]:
    found: tuple[str, ...] = _cached(
        "mrr_currencies", stamp(), lambda: session.billing().mrr_currencies()
    )
    return found


def roll_forward(currency: str | None, by: str, back: int) -> RollForward:
    """``currency`` None: all of them in the reporting currency."""
    found: RollForward = _cached(
        "roll_forward",
        stamp(),
        lambda: session.billing().roll_forward(currency, by=by, back=back),
        (currency, by, back),
    )
    return found


def trend(currency: str | None, by: str, back: int) -> Trend:
    found: Trend = _cached(
        "trend",
        stamp(),
        lambda: session.billing().trend(currency, by=by, back=back),
        (currency, by, back),
    )
    return found


def receipts(
    part: str, currency: str | None, span: tuple[int, int], limit: int, offset: int = 0
) -> Receipts[Any]:
    """One page of the rows behind one number of the roll-forward."""
    found: Receipts[Any] = _cached(
        "receipts",
        stamp(),
        lambda: session.billing().receipts(
            part, currency, starts=span[0], ends=span[1], limit=limit, offset=offset
        ),
        (part, currency, span, limit, offset),
    )
    return found


def self_audit() -> SelfAudit:
    found: SelfAudit = _cached("self_audit", stamp(), lambda: session.billing().self_audit())
    return found


def bridge(policy: str) -> tuple[Bridge, ...]:
    found: tuple[Bridge, ...] = _cached(
        "bridge", stamp(), lambda: session.billing().bridge(policy), policy
    )
    return found


def bridge_customers(policy: str, line: str, filters: Filters) -> Listing[BridgeItem]:
    found: Listing[BridgeItem] = _cached(
        "bridge_customers",
        stamp(),
        lambda: session.billing().bridge_customers(policy, line, filters),
        (policy, line, filters),
    )
    return found


def search(text: str, limit: int, offset: int) -> SearchPage:
    found: SearchPage = _cached(
        "search",
        stamp(),
        lambda: session.billing().search(text, limit=limit, offset=offset),
        (text, limit, offset),
    )
    return found


def customer(customer_id: str, at: int | None = None) -> CustomerView:
    """Not cached: the page that an agent reads out while the customer is on the phone."""
    return session.billing().customer(customer_id, at=at)


def deliveries() -> Deliveries:
    """Counted every five minutes for everyone: the lags of a busy week take a second or two, and
    their watermark changes with every event."""
    now = stamp()
    key = replace(now, watermark=0, minute=now.minute - now.minute % COUNTED_EVERY)
    found: Deliveries = _cached("deliveries", key, lambda: session.billing().deliveries())
    return found


def closes() -> CloseOverview:
    found: CloseOverview = _cached("closes", stamp(), session.billing().closes)
    return found


def closed_month(month: str) -> ClosedMonthView:
    found: ClosedMonthView = _cached(
        "closed_month", stamp(), lambda: session.billing().closed_month(month), month
    )
    return found


def restatements(month: str, currency: str, limit: int, offset: int) -> Listing[RestatementItem]:
    found: Listing[RestatementItem] = _cached(
        "restatements",
        stamp(),
        lambda: session.billing().restatements(
            month, currency=currency, limit=limit, offset=offset
        ),
        (month, currency, limit, offset),
    )
    return found


def portal() -> tuple[PortalPlan, str | None]:
    """(the portal beside the catalogue, why Stripe itself could not be asked).

    Asked once a minute, or when somebody wants it anew; else what Stripe's events have told.
    """
    times = st.session_state.setdefault("portal_asked", 0)
    try:
        found: PortalPlan = _cached("portal", stamp(), session.billing().portal_plan, times)
    except (ConfigurationError, StripeRefused, StripeUnavailable) as error:
        return session.billing().portal_observed(), str(error)
    return found, None


def forget_portal() -> None:
    """Ask Stripe again the next time."""
    st.session_state["portal_asked"] = st.session_state.get("portal_asked", 0) + 1


def figure(name: str, build: Callable[[], Any], *key: Any) -> Any:
    """A chart, built once for the data it was made of: an unchanged figure keeps its selection."""
    return _figure(name, session.generation(), key, build)


@st.cache_data(max_entries=500, show_spinner=False)
def _cached(name: str, stamp: Stamp, _read: Callable[[], Any], key: Any = None) -> Any:
    return _read()  # a leading underscore keeps an argument out of the key


@st.cache_resource(max_entries=200, show_spinner=False)
def _figure(name: str, generation: int, key: Any, _build: Callable[[], Any]) -> Any:
    return _build()
