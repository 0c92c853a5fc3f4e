"""Billing operations: the only names that pages and the dashboard import.

Names are loaded when first used, so that asking for a permission does not load SQL or the SDK.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .desk import Portside
    from .domain.acts import act_outcome, act_words
    from .domain.attempts import Attempt
    from .domain.audit_filters import AuditFilters
    from .domain.catalog import Catalog, Feature, Plan, Price
    from .domain.claims import from_claims
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
        PortalRefused,
        RateLimited,
        SignInRefused,
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
    from .domain.portal_plan import GroupPlan, PortalChange, PortalPlan, PortalWarning
    from .domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
    from .domain.schedules import ScheduleAhead
    from .domain.sign_in import Identity, SignIn, TrustedHeaders
    from .domain.staff_notes import LONGEST_NOTE, StaffNote
    from .domain.trusted_headers import from_headers
    from .links import LinkProgress, LinkRequest, MintedLink
    from .portal import PortalApplied
    from .replies.reply import Reply
    from .replies.words import LANGUAGES
    from .reports import REPORTS, Report
    from .settings.sign_in import read_sign_in
    from .showing.audit_views import AuditEntry, ChainState
    from .showing.customer_views import (
        CustomerView,
        Explanation,
        FeatureUse,
        LimitUse,
        LinkSeen,
        RawBody,
        RawObject,
        RawSighting,
        Source,
        TimelineEntry,
    )
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
        FailedPaymentItem,
        Freshness,
        Listing,
        Overview,
        OverviewCurrency,
        PlanChange,
        PlanCustomerItem,
        PlanMixItem,
        Point,
        SearchHit,
        Sum,
        WindingDownItem,
    )
    from .wiring import open_portside

_HOMES = {
    "Access": "domain.grants",
    "Acknowledgement": "domain.findings",
    "Attempt": "domain.attempts",
    "AuditEntry": "showing.audit_views",
    "AuditFilters": "domain.audit_filters",
    "Bar": "showing.views",
    "BillingError": "domain.errors",
    "Catalog": "domain.catalog",
    "ChainState": "showing.audit_views",
    "Choice": "domain.flows",
    "ConfigurationError": "domain.errors",
    "Correction": "domain.corrections",
    "CustomerRow": "domain.rows",
    "CustomerView": "showing.customer_views",
    "DatabaseUnavailable": "domain.errors",
    "Deliveries": "showing.sync_views",
    "DeliveryDay": "showing.sync_views",
    "Explanation": "showing.customer_views",
    "FailedEvent": "showing.sync_views",
    "FailedPaymentItem": "showing.views",
    "Feature": "domain.catalog",
    "FeatureUse": "showing.customer_views",
    "FieldDifference": "showing.sync_views",
    "Filters": "domain.filters",
    "Finding": "domain.findings",
    "FindingFilters": "domain.findings",
    "FindingItem": "showing.sync_views",
    "FindingView": "showing.sync_views",
    "Freshness": "showing.views",
    "GroupPlan": "domain.portal_plan",
    "HappenedToFinding": "showing.sync_views",
    "Identity": "domain.sign_in",
    "InvoiceRow": "domain.rows",
    "LANGUAGES": "replies.words",
    "LINK_REASONS": "domain.flow_values",
    "LONGEST_NOTE": "domain.staff_notes",
    "Lag": "showing.sync_views",
    "LimitUse": "showing.customer_views",
    "LinkOptions": "domain.flows",
    "LinkProgress": "links",
    "LinkRefused": "domain.errors",
    "LinkRequest": "links",
    "LinkSeen": "showing.customer_views",
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
    "PortalApplied": "portal",
    "PortalChange": "domain.portal_plan",
    "PortalPlan": "domain.portal_plan",
    "PortalRefused": "domain.errors",
    "PortalWarning": "domain.portal_plan",
    "Portside": "desk",
    "Price": "domain.catalog",
    "REPORTS": "reports",
    "RateLimited": "domain.errors",
    "RawBody": "showing.customer_views",
    "RawObject": "showing.customer_views",
    "RawSighting": "showing.customer_views",
    "Reconciliation": "domain.findings",
    "Reply": "replies.reply",
    "Report": "reports",
    "Role": "domain.permissions",
    "ScheduleAhead": "domain.schedules",
    "SearchHit": "showing.views",
    "SearchPage": "showing.finding",
    "SignIn": "domain.sign_in",
    "SignInRefused": "domain.errors",
    "Source": "showing.customer_views",
    "StaffNote": "domain.staff_notes",
    "StaffRequest": "showing.sync_views",
    "StripeRefused": "domain.errors",
    "StripeUnavailable": "domain.errors",
    "SubscriptionRow": "domain.rows",
    "Sum": "showing.views",
    "SyncHealth": "showing.sync_views",
    "TimelineEntry": "showing.customer_views",
    "TrustedHeaders": "domain.sign_in",
    "WindingDownItem": "showing.views",
    "WrongUsage": "domain.errors",
    "act_outcome": "domain.acts",
    "act_words": "domain.acts",
    "from_claims": "domain.claims",
    "from_headers": "domain.trusted_headers",
    "minor_digits": "domain.money",
    "open_portside": "wiring",
    "permissions_of": "domain.permissions",
    "read_sign_in": "settings.sign_in",
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
    "LANGUAGES",
    "LINK_REASONS",
    "LONGEST_NOTE",
    "METRICS",
    "REPORTS",
    "Access",
    "Acknowledgement",
    "Attempt",
    "AuditEntry",
    "AuditFilters",
    "Bar",
    "BillingError",
    "Catalog",
    "ChainState",
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
    "FeatureUse",
    "FieldDifference",
    "Filters",
    "Finding",
    "FindingFilters",
    "FindingItem",
    "FindingView",
    "Freshness",
    "GroupPlan",
    "HappenedToFinding",
    "Identity",
    "InvoiceRow",
    "Lag",
    "LimitUse",
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
    "PortalApplied",
    "PortalChange",
    "PortalPlan",
    "PortalRefused",
    "PortalWarning",
    "Portside",
    "Price",
    "RateLimited",
    "RawBody",
    "RawObject",
    "RawSighting",
    "Reconciliation",
    "Reply",
    "Report",
    "Role",
    "ScheduleAhead",
    "SearchHit",
    "SearchPage",
    "SignIn",
    "SignInRefused",
    "Source",
    "StaffNote",
    "StaffRequest",
    "StripeRefused",
    "StripeUnavailable",
    "SubscriptionRow",
    "Sum",
    "SyncHealth",
    "TimelineEntry",
    "TrustedHeaders",
    "WindingDownItem",
    "WrongUsage",
    "act_outcome",
    "act_words",
    "from_claims",
    "from_headers",
    "minor_digits",
    "open_portside",
    "permissions_of",
    "read_sign_in",
    "require",
]
