"""What the facade hands to the pages of invoices and failed payments, as `views` describes it."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.attempts import Attempt
from ..domain.corrections import Correction
from ..domain.lines import InvoiceLines
from ..domain.ratio import Ratio
from .views import Bar, Sum


@dataclass(frozen=True, slots=True)
class InvoiceItem:
    invoice_id: str
    number: str | None
    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    subscription_id: str | None
    plan: str | None
    status: str | None
    currency: str | None
    collection_method: str | None
    billing_reason: str | None
    total_minor: int
    tax_minor: int
    amount_due_minor: int
    amount_paid_minor: int
    amount_remaining_minor: int
    credited_minor: int
    refunded_minor: int
    disputed_minor: int
    dispute_status: str | None
    created_at: int | None
    due_at: int | None
    finalized_at: int | None
    paid_at: int | None
    bucket: str | None  # of `domain.ageing`; None where nothing is open
    age_days: int | None  # begun days past due; 0 or less: not due; None where nothing is open
    ended: bool  # open, and its subscription has ended
    hosted_invoice_url: str | None
    pdf: str | None
    event_id: str


@dataclass(frozen=True, slots=True)
class InvoiceSum(Sum):
    """What a list of invoices adds up to in one currency; ``amount_minor`` is the total."""

    tax_minor: int = 0
    paid_minor: int = 0
    open_minor: int = 0  # what remains to be paid on open ones
    credited_minor: int = 0
    refunded_minor: int = 0
    disputed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Dso:
    """How long sales of the last days wait to be paid. Amounts are exact, in minor units."""

    days: int
    opening_minor: int
    closing_minor: int
    sales_minor: int
    ratio: Ratio


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed in one currency."""

    currency: str
    open: Sum
    overdue: Sum
    ended: Sum  # of the open ones, those of ended subscriptions
    buckets: tuple[Bar, ...]  # every bucket, the youngest first
    dso: Dso
    dso_sent: Dso  # of invoices that are sent to be paid


@dataclass(frozen=True, slots=True)
class LinesView:
    """An invoice's lines and who told them; ``why_not`` says why there are none, or not all."""

    lines: InvoiceLines | None
    told_by: str | None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    item: InvoiceItem
    lines: LinesView
    attempts: tuple[Attempt, ...]  # oldest first
    corrections: tuple[Correction, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Recovery:
    """What failed in one period and currency: failed = recovered + lost + in progress.

    In the cash view ``failed_minor``, ``lost_minor`` and ``in_progress_minor`` are 0, and
    ``period`` None is of what was paid in part, at a time that is not kept.
    """

    period: str | None
    currency: str
    failed_minor: int
    recovered_minor: int
    lost_minor: int
    in_progress_minor: int
    invoices: int
    undated_minor: int
    rate: Ratio
