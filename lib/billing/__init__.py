"""Billing operations: the only names that pages and the dashboard import.

Names are loaded when first used, so that asking for a permission does not load SQL or the SDK.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalog import Linted
    from .desk import Portside
    from .domain.acts import act_outcome, act_words
    from .domain.attempts import Attempt
    from .domain.audit_filters import AuditFilters
    from .domain.back_test import Amount, Outcome
    from .domain.bridge import Bridge, BridgeLine
    from .domain.catalog import Catalog, Feature, Plan, Price
    from .domain.catalog_findings import CatalogFinding
    from .domain.claims import from_claims
    from .domain.corrections import Correction
    from .domain.errors import (
        BillingError,
        CatalogInvalid,
        CloseRefused,
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
    from .domain.filters import REACH, Filters
    from .domain.findings import Acknowledgement, Finding, FindingFilters, Reconciliation
    from .domain.flow_values import LINK_REASONS
    from .domain.flows import Choice, LinkOptions
    from .domain.grants import Access
    from .domain.insight import Insight
    from .domain.invoice_filters import InvoiceFilters
    from .domain.lines import InvoiceLines, Line, TaxLine
    from .domain.lookbacks import Lookback
    from .domain.metrics import METRICS, Metric
    from .domain.money import minor_digits
    from .domain.permissions import Permission, Role, permissions_of, require
    from .domain.plan_moves import Held, Move, MoveFilters, PlanLine
    from .domain.plans import Policies, PricingTable
    from .domain.policy import Policy
    from .domain.policy_flags import policy_name
    from .domain.policy_words import grace_note
    from .domain.portal_plan import GroupPlan, PortalChange, PortalPlan, PortalWarning
    from .domain.pricing_cards import (
        Card,
        currencies_of,
        pricing_cards,
        term_of,
        terms_of_table,
    )
    from .domain.providers import Provider, provider_of
    from .domain.ratio import Ratio
    from .domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
    from .domain.said import Count, Day, Money, Said, Share
    from .domain.saved_views import LONGEST_NAME, SavedView
    from .domain.schedules import ScheduleAhead
    from .domain.sign_in import Identity, SignIn, TrustedHeaders
    from .domain.staff_notes import LONGEST_NOTE, StaffNote
    from .domain.trusted_headers import from_headers
    from .domain.upgrade_filters import CHANGES, UpgradeFilters
    from .domain.visits import Visit, visit_of, visiting
    from .files.form import Form
    from .files_desk import Narrowing
    from .following import Follower
    from .links import LinkProgress, LinkRequest, MintedLink
    from .logs import set_up_logs
    from .portal import PortalApplied
    from .printing_desk import Printed
    from .replies.reply import Reply
    from .replies.words import LANGUAGES
    from .reports import REPORTS, Report
    from .retention.values import ChurnPeriod, CohortMonth
    from .settings.sign_in import read_sign_in
    from .showing.audit_lines import AtFault, AuditLine, SelfAudit
    from .showing.audit_views import AuditEntry, ChainState
    from .showing.bridge import BridgeItem
    from .showing.change_views import Change, ChangeItem, Changes
    from .showing.close_lines import RollLine
    from .showing.close_views import (
        ClosedMonthView,
        CloseOverview,
        MonthItem,
        MonthMoney,
        OpenPoint,
        RestatementItem,
        SealState,
    )
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
    from .showing.ending_views import (
        BackTest,
        BackTestItem,
        EndingPart,
        Savable,
        SaveCell,
        SaveItem,
        save_rate,
    )
    from .showing.finding import SearchPage
    from .showing.followed import CatalogStanding
    from .showing.invoice_views import (
        Dso,
        InvoiceItem,
        InvoiceSum,
        InvoiceView,
        LinesView,
        Owed,
        Recovery,
    )
    from .showing.mix_views import (
        Concentration,
        FeatureHolders,
        LargestShare,
        MoveItem,
        PlanFeatures,
        PlanMonth,
        PlanMoves,
    )
    from .showing.money_views import (
        ReceiptBalance,
        ReceiptConversion,
        ReceiptMovement,
        Receipts,
        RollForward,
        RollForwardLine,
        Trend,
        TrendPoint,
    )
    from .showing.outgoing_views import DeadLetter, EndpointState
    from .showing.plan_views import (
        Candidate,
        HeldPrice,
        ImpactKind,
        ImpactRow,
        ImpactRun,
        LoosePrice,
        PlanPrices,
        PriceHolder,
        PriceLine,
    )
    from .showing.retention_views import ChurnedItem, ChurnPart
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
    from .showing.upgrade_views import (
        Holding,
        MonthStanding,
        Outlook,
        PlanPath,
        Runway,
        RunwayItem,
        RunwayWeek,
        TrialSpan,
        UpgradeItem,
        UpgradeMonth,
    )
    from .showing.views import (
        Bar,
        FailedPaymentItem,
        Freshness,
        Listing,
        Overview,
        OverviewCurrency,
        PlanCustomerItem,
        PlanMixItem,
        Point,
        SearchHit,
        Sum,
        WindingDownItem,
    )
    from .wiring import follow_portside, open_portside

_NAMES = {
    "catalog": "Linted",
    "desk": "Portside",
    "domain.acts": "act_outcome act_words",
    "domain.attempts": "Attempt",
    "domain.audit_filters": "AuditFilters",
    "domain.back_test": "Amount Outcome",
    "domain.bridge": "Bridge BridgeLine",
    "domain.catalog": "Catalog Feature Plan Price",
    "domain.catalog_findings": "CatalogFinding",
    "domain.claims": "from_claims",
    "domain.corrections": "Correction",
    "domain.errors": (
        "BillingError CatalogInvalid CloseRefused ConfigurationError DatabaseUnavailable "
        "LinkRefused NoCustomer NoSuchObject NotFound PermissionDenied PortalRefused RateLimited "
        "SignInRefused StripeRefused StripeUnavailable WrongUsage"
    ),
    "domain.filters": "REACH Filters",
    "domain.findings": "Acknowledgement Finding FindingFilters Reconciliation",
    "domain.flow_values": "LINK_REASONS",
    "domain.flows": "Choice LinkOptions",
    "domain.grants": "Access",
    "domain.insights": "Insight",
    "domain.invoice_filters": "InvoiceFilters",
    "domain.lines": "InvoiceLines Line TaxLine",
    "domain.lookbacks": "Lookback",
    "domain.metrics": "METRICS Metric",
    "domain.money": "minor_digits",
    "domain.permissions": "Permission Role permissions_of require",
    "domain.plan_moves": "Held Move MoveFilters PlanLine",
    "domain.plans": "Policies PricingTable",
    "domain.policy": "Policy",
    "domain.policy_flags": "policy_name",
    "domain.policy_words": "grace_note",
    "domain.portal_plan": "GroupPlan PortalChange PortalPlan PortalWarning",
    "domain.pricing_cards": "Card currencies_of pricing_cards term_of terms_of_table",
    "domain.providers": "Provider provider_of",
    "domain.ratio": "Ratio",
    "domain.rows": "CustomerRow InvoiceRow SubscriptionRow",
    "domain.said": "Count Day Money Said Share",
    "domain.saved_views": "LONGEST_NAME SavedView",
    "domain.schedules": "ScheduleAhead",
    "domain.sign_in": "Identity SignIn TrustedHeaders",
    "domain.staff_notes": "LONGEST_NOTE StaffNote",
    "domain.trusted_headers": "from_headers",
    "domain.upgrade_filters": "CHANGES UpgradeFilters",
    "domain.visits": "Visit visit_of visiting",
    "files.form": "Form",
    "files_desk": "Narrowing",
    "following": "Follower",
    "links": "LinkProgress LinkRequest MintedLink",
    "logs": "set_up_logs",
    "portal": "PortalApplied",
    "printing_desk": "Printed",
    "replies.reply": "Reply",
    "replies.words": "LANGUAGES",
    "reports": "REPORTS Report",
    "retention.values": "ChurnPeriod CohortMonth",
    "settings.sign_in": "read_sign_in",
    "showing.audit_lines": "AtFault AuditLine SelfAudit",
    "showing.audit_views": "AuditEntry ChainState",
    "showing.bridge": "BridgeItem",
    "showing.close_lines": "RollLine",
    "showing.change_views": "Change ChangeItem Changes",
    "showing.close_views": (
        "CloseOverview ClosedMonthView MonthItem MonthMoney OpenPoint RestatementItem SealState"
    ),
    "showing.customer_views": (
        "CustomerView Explanation FeatureUse LimitUse LinkSeen RawBody RawObject RawSighting "
        "Source TimelineEntry"
    ),
    "showing.ending_views": "BackTest BackTestItem EndingPart Savable SaveCell SaveItem save_rate",
    "showing.finding": "SearchPage",
    "showing.outgoing_views": "DeadLetter EndpointState",
    "showing.followed": "CatalogStanding",
    "showing.retention_views": "ChurnPart ChurnedItem",
    "showing.invoice_views": ("Dso InvoiceItem InvoiceSum InvoiceView LinesView Owed Recovery"),
    "showing.mix_views": (
        "Concentration FeatureHolders LargestShare MoveItem PlanFeatures PlanMonth PlanMoves"
    ),
    "showing.money_views": (
        "ReceiptBalance ReceiptConversion ReceiptMovement Receipts RollForward RollForwardLine "
        "Trend TrendPoint"
    ),
    "showing.plan_views": (
        "Candidate HeldPrice ImpactKind ImpactRow ImpactRun LoosePrice PlanPrices PriceHolder "
        "PriceLine"
    ),
    "showing.sync_views": (
        "Deliveries DeliveryDay FailedEvent FieldDifference FindingItem FindingView "
        "HappenedToFinding Lag StaffRequest SyncHealth"
    ),
    "showing.upgrade_views": (
        "Holding MonthStanding Outlook PlanPath Runway RunwayItem RunwayWeek TrialSpan UpgradeItem "
        "UpgradeMonth"
    ),
    "showing.views": (
        "Bar FailedPaymentItem Freshness Listing Overview OverviewCurrency "
        "PlanCustomerItem PlanMixItem Point SearchHit Sum WindingDownItem"
    ),
    "wiring": "follow_portside open_portside",
}
"""Module -> the names of the surface that live there."""

_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}


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
    "CHANGES",
    "LANGUAGES",
    "LINK_REASONS",
    "LONGEST_NAME",
    "LONGEST_NOTE",
    "METRICS",
    "REACH",
    "REPORTS",
    "Access",
    "Acknowledgement",
    "Amount",
    "AtFault",
    "Attempt",
    "AuditEntry",
    "AuditFilters",
    "AuditLine",
    "BackTest",
    "BackTestItem",
    "Bar",
    "BillingError",
    "Bridge",
    "BridgeItem",
    "BridgeLine",
    "Candidate",
    "Card",
    "Catalog",
    "CatalogFinding",
    "CatalogInvalid",
    "CatalogStanding",
    "ChainState",
    "Change",
    "ChangeItem",
    "Changes",
    "Choice",
    "ChurnPart",
    "ChurnPeriod",
    "ChurnedItem",
    "CloseOverview",
    "CloseRefused",
    "ClosedMonthView",
    "CohortMonth",
    "Concentration",
    "ConfigurationError",
    "Correction",
    "Count",
    "CustomerRow",
    "CustomerView",
    "DatabaseUnavailable",
    "Day",
    "DeadLetter",
    "Deliveries",
    "DeliveryDay",
    "Dso",
    "EndingPart",
    "EndpointState",
    "Explanation",
    "FailedEvent",
    "FailedPaymentItem",
    "Feature",
    "FeatureHolders",
    "FeatureUse",
    "FieldDifference",
    "Filters",
    "Finding",
    "FindingFilters",
    "FindingItem",
    "FindingView",
    "Follower",
    "Form",
    "Freshness",
    "GroupPlan",
    "HappenedToFinding",
    "Held",
    "HeldPrice",
    "Holding",
    "Identity",
    "ImpactKind",
    "ImpactRow",
    "ImpactRun",
    "Insight",
    "InvoiceFilters",
    "InvoiceItem",
    "InvoiceLines",
    "InvoiceRow",
    "InvoiceSum",
    "InvoiceView",
    "Lag",
    "LargestShare",
    "LimitUse",
    "Line",
    "LinesView",
    "LinkOptions",
    "LinkProgress",
    "LinkRefused",
    "LinkRequest",
    "LinkSeen",
    "Linted",
    "Listing",
    "Lookback",
    "LoosePrice",
    "Metric",
    "MintedLink",
    "Money",
    "MonthItem",
    "MonthMoney",
    "MonthStanding",
    "Move",
    "MoveFilters",
    "MoveItem",
    "Narrowing",
    "NoCustomer",
    "NoSuchObject",
    "NotFound",
    "OpenPoint",
    "Outcome",
    "Outlook",
    "Overview",
    "OverviewCurrency",
    "Owed",
    "Permission",
    "PermissionDenied",
    "Plan",
    "PlanCustomerItem",
    "PlanFeatures",
    "PlanLine",
    "PlanMixItem",
    "PlanMonth",
    "PlanMoves",
    "PlanPath",
    "PlanPrices",
    "Point",
    "Policies",
    "Policy",
    "PortalApplied",
    "PortalChange",
    "PortalPlan",
    "PortalRefused",
    "PortalWarning",
    "Portside",
    "Price",
    "PriceHolder",
    "PriceLine",
    "PricingTable",
    "Printed",
    "Provider",
    "RateLimited",
    "Ratio",
    "RawBody",
    "RawObject",
    "RawSighting",
    "ReceiptBalance",
    "ReceiptConversion",
    "ReceiptMovement",
    "Receipts",
    "Reconciliation",
    "Recovery",
    "Reply",
    "Report",
    "RestatementItem",
    "Role",
    "RollForward",
    "RollForwardLine",
    "RollLine",
    "Runway",
    "RunwayItem",
    "RunwayWeek",
    "Said",
    "Savable",
    "SaveCell",
    "SaveItem",
    "SavedView",
    "ScheduleAhead",
    "SealState",
    "SearchHit",
    "SearchPage",
    "SelfAudit",
    "Share",
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
    "TaxLine",
    "TimelineEntry",
    "Trend",
    "TrendPoint",
    "TrialSpan",
    "TrustedHeaders",
    "UpgradeFilters",
    "UpgradeItem",
    "UpgradeMonth",
    "Visit",
    "WindingDownItem",
    "WrongUsage",
    "act_outcome",
    "act_words",
    "currencies_of",
    "follow_portside",
    "from_claims",
    "from_headers",
    "grace_note",
    "minor_digits",
    "open_portside",
    "permissions_of",
    "policy_name",
    "pricing_cards",
    "provider_of",
    "read_sign_in",
    "require",
    "save_rate",
    "set_up_logs",
    "term_of",
    "terms_of_table",
    "visit_of",
    "visiting",
]
