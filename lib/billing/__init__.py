"""Billing operations: the only names that pages and the dashboard import.

Names are loaded when first used, so that asking for a permission does not load SQL or the SDK.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .desk import Portside
    from .domain.catalog import Catalog, Feature, Plan, Price
    from .domain.corrections import Correction
    from .domain.errors import (
        BillingError,
        ConfigurationError,
        DatabaseUnavailable,
        LinkRefused,
        NoCustomer,
        NoSuchObject,
        NotFound,
        PermissionDenied,
        RateLimited,
        StripeRefused,
        StripeUnavailable,
        WrongUsage,
    )
    from .domain.filters import Filters
    from .domain.findings import Acknowledgement, Finding, FindingFilters, Reconciliation
    from .domain.flow_values import LINK_REASONS
    from .domain.flows import Choice, LinkOptions
    from .domain.grants import Access
    from .domain.metrics import METRICS, Metric
    from .domain.money import minor_digits
    from .domain.permissions import Permission, Role, permissions_of, require
    from .domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
    from .domain.schedules import ScheduleAhead
    from .links import LinkProgress, LinkRequest, MintedLink
    from .reports import REPORTS, Report
    from .showing.finding import SearchPage
    from .showing.sync_views import (
        Deliveries,
        DeliveryDay,
        FailedEvent,
        FieldDifference,
        FindingItem,
        FindingView,
        HappenedToFinding,
        Lag,
        StaffRequest,
        SyncHealth,
    )
    from .showing.views import (
        Bar,
        CustomerView,
        Explanation,
        FailedPaymentItem,
        Freshness,
        LinkSeen,
        Listing,
        Overview,
        OverviewCurrency,
        PlanChange,
        PlanCustomerItem,
        PlanMixItem,
        Point,
        SearchHit,
        Sum,
        TimelineEntry,
        WindingDownItem,
    )
    from .wiring import open_portside

_HOMES = {
    "Access": "domain.access",
    "Acknowledgement": "domain.findings",
    "Bar": "showing.views",
    "BillingError": "domain.errors",
    "Catalog": "domain.catalog",
    "Choice": "domain.flows",
    "ConfigurationError": "domain.errors",
    "Correction": "domain.corrections",
    "CustomerRow": "domain.rows",
    "CustomerView": "showing.views",
    "DatabaseUnavailable": "domain.errors",
    "Deliveries": "showing.sync_views",
    "DeliveryDay": "showing.sync_views",
    "Explanation": "showing.views",
    "FailedEvent": "showing.sync_views",
    "FailedPaymentItem": "showing.views",
    "Feature": "domain.catalog",
    "FieldDifference": "showing.sync_views",
    "Filters": "domain.filters",
    "Finding": "domain.findings",
    "FindingFilters": "domain.findings",
    "FindingItem": "showing.sync_views",
    "FindingView": "showing.sync_views",
    "Freshness": "showing.views",
    "HappenedToFinding": "showing.sync_views",
    "InvoiceRow": "domain.rows",
    "LINK_REASONS": "domain.flow_values",
    "Lag": "showing.sync_views",
    "LinkOptions": "domain.flows",
    "LinkProgress": "links",
    "LinkRefused": "domain.errors",
    "LinkRequest": "links",
    "LinkSeen": "showing.views",
    "Listing": "showing.views",
    "METRICS": "domain.metrics",
    "Metric": "domain.metrics",
    "MintedLink": "links",
    "NoCustomer": "domain.errors",
    "NoSuchObject": "domain.errors",
    "NotFound": "domain.errors",
    "Overview": "showing.views",
    "OverviewCurrency": "showing.views",
    "Permission": "domain.permissions",
    "PermissionDenied": "domain.errors",
    "Plan": "domain.catalog",
    "PlanChange": "showing.views",
    "PlanCustomerItem": "showing.views",
    "PlanMixItem": "showing.views",
    "Point": "showing.views",
    "Portside": "desk",
    "Price": "domain.catalog",
    "REPORTS": "reports",
    "RateLimited": "domain.errors",
    "Reconciliation": "domain.findings",
    "Report": "reports",
    "Role": "domain.permissions",
    "ScheduleAhead": "domain.schedules",
    "SearchHit": "showing.views",
    "SearchPage": "showing.finding",
    "StaffRequest": "showing.sync_views",
    "StripeRefused": "domain.errors",
    "StripeUnavailable": "domain.errors",
    "SubscriptionRow": "domain.rows",
    "Sum": "showing.views",
    "SyncHealth": "showing.sync_views",
    "TimelineEntry": "showing.views",
    "WindingDownItem": "showing.views",
    "WrongUsage": "domain.errors",
    "minor_digits": "domain.money",
    "open_portside": "wiring",
    "permissions_of": "domain.permissions",
    "require": "domain.permissions",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)


__all__ = [
    "LINK_REASONS",
    "METRICS",
    "REPORTS",
    "Access",
    "Acknowledgement",
    "Bar",
    "BillingError",
    "Catalog",
    "Choice",
    "ConfigurationError",
    "Correction",
    "CustomerRow",
    "CustomerView",
    "DatabaseUnavailable",
    "Deliveries",
    "DeliveryDay",
    "Explanation",
    "FailedEvent",
    "FailedPaymentItem",
    "Feature",
    "FieldDifference",
    "Filters",
    "Finding",
    "FindingFilters",
    "FindingItem",
    "FindingView",
    "Freshness",
    "HappenedToFinding",
    "InvoiceRow",
    "Lag",
    "LinkOptions",
    "LinkProgress",
    "LinkRefused",
    "LinkRequest",
    "LinkSeen",
    "Listing",
    "Metric",
    "MintedLink",
    "NoCustomer",
    "NoSuchObject",
    "NotFound",
    "Overview",
    "OverviewCurrency",
    "Permission",
    "PermissionDenied",
    "Plan",
    "PlanChange",
    "PlanCustomerItem",
    "PlanMixItem",
    "Point",
    "Portside",
    "Price",
    "RateLimited",
    "Reconciliation",
    "Report",
    "Role",
    "ScheduleAhead",
    "SearchHit",
    "SearchPage",
    "StaffRequest",
    "StripeRefused",
    "StripeUnavailable",
    "SubscriptionRow",
    "Sum",
    "SyncHealth",
    "TimelineEntry",
    "WindingDownItem",
    "WrongUsage",
    "minor_digits",
    "open_portside",
    "permissions_of",
    "require",
]
