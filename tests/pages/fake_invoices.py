"""The small company's invoices: every status, two currencies, lines that add up and that do not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from lib.billing import (
    Attempt,
    Bar,
    Correction,
    Dso,
    InvoiceFilters,
    InvoiceItem,
    InvoiceLines,
    InvoiceSum,
    InvoiceView,
    Line,
    LinesView,
    Listing,
    NoSuchObject,
    Owed,
    Ratio,
    Recovery,
    Sum,
    TaxLine,
)
from lib.billing.domain.ageing import BUCKETS

NOW = 1_795_316_400
DAY = 86_400
SINCE = NOW - 30 * DAY
HOSTILE = "![pixel](http://evil.test/name.png)"
STATUSES = ("open", "paid", "void", "uncollectible", "draft")
EVERY = InvoiceFilters()
LINES = InvoiceLines(
    lines=(
        Line("il_1", HOSTILE, 3000, "usd", "3", "1000", "price_1", "prod_1", "month", SINCE,
             NOW, False, 300, 270),
        Line("il_2", "=HYPERLINK(1)", -1000, "usd", "1", "0.125", None, None, None, None, None,
             True, 0, 0),
    ),
    taxes=(TaxLine(270, False, "txr_1", "10", 2700, "standard_rated"),),
    currency="usd",
    discount_minor=300,
    credit_minor=0,
    shipping_minor=0,
    total_minor=1970,
    complete=True,
)  # fmt: skip
ATTEMPTS = (
    Attempt(1, NOW - 4 * DAY, False, "insufficient_funds", NOW - 2 * DAY),
    Attempt(2, NOW - 2 * DAY, False, "lost_card", None, final=True),
)


@dataclass
class FakeInvoices:
    """Answers like `lib.billing.invoice_desk` over sixty invoices."""

    empty: ClassVar[bool]

    lines: LinesView = field(default_factory=lambda: LinesView(LINES, "event evt_1"))
    refused_codes: str | None = None
    came_back_of_one: tuple[Correction, ...] = ()

    def _all(self) -> list[InvoiceItem]:
        return [_invoice(n) for n in range(0 if self.empty else 60)]

    def invoices(self, filters: InvoiceFilters = EVERY) -> Listing[InvoiceItem]:
        everything = self._all()
        found = [item for item in everything if _fits(item, filters)]
        sums: dict[str, InvoiceSum] = {}
        for item in found:
            code = item.currency or ""
            part = sums.get(code, InvoiceSum(code, 0, 0))
            sums[code] = replace(
                part,
                count=part.count + 1,
                amount_minor=part.amount_minor + item.total_minor,
                open_minor=part.open_minor + (item.amount_remaining_minor if item.bucket else 0),
            )
        page = tuple(found[filters.offset : filters.offset + filters.limit])
        return Listing(
            page,
            len(found),
            tuple(sums[code] for code in sorted(sums)),
            (),
            {
                "statuses": STATUSES,
                "currencies": ("eur", "usd"),
                "methods": ("charge_automatically", "send_invoice"),
                "reasons": ("manual", "subscription_cycle"),
            },
        )

    def invoice(self, invoice_id: str) -> InvoiceView:
        found = next((each for each in self._all() if each.invoice_id == invoice_id), None)
        if found is None:
            raise NoSuchObject(f"No invoice {invoice_id} is stored: choose another.")
        return InvoiceView(found, self.lines, ATTEMPTS, self.came_back_of_one)

    def attempts(self, customer_id: str, invoice_id: str) -> tuple[Attempt, ...]:
        return ATTEMPTS

    def declines_refused(self) -> str | None:
        return self.refused_codes

    def owed(self) -> list[Owed]:
        if self.empty:
            return []
        return [_owed("usd", 1_234_500, 20), _owed("eur", 98_700, 7)]

    def recovery(self, *, by: str = "month", cash: bool = False) -> list[Recovery]:
        if self.empty:
            return []
        return [
            Recovery(
                period=f"2026-{month:02d}",
                currency=code,
                failed_minor=0 if cash else 100_000 * month,
                recovered_minor=40_000 * month,
                lost_minor=0 if cash else 10_000 * month,
                in_progress_minor=0 if cash else 50_000 * month,
                invoices=10 * month,
                undated_minor=0,
                rate=Ratio(40_000 * month, 0 if cash else 100_000 * month),
            )
            for month in (7, 9, 10)
            for code in ("usd", "eur")
        ]


def _owed(code: str, amount: int, count: int) -> Owed:
    bars = tuple(Bar(name, code, count, amount // 6) for name in BUCKETS)
    dso = Dso(90, amount, amount, amount * 2, Ratio(amount * 90, amount * 2))
    none = Dso(90, 0, 0, 0, Ratio(0, 0, absent_because="Nothing was invoiced in the period."))
    return Owed(
        code, Sum(code, count, amount), Sum(code, count, amount // 2), Sum(code, 2, 1_200),
        bars, dso, none,
    )  # fmt: skip


def _invoice(n: int) -> InvoiceItem:
    status = STATUSES[n % 5]
    total = 2900 * (n % 7 + 1)
    return InvoiceItem(
        invoice_id=f"in_{n:04d}",
        number=None if status == "draft" else f"PORT-{n:04d}",
        customer_id=f"cus_{n:04d}",
        name=HOSTILE if n % 4 == 3 else f"Customer {n}",
        email=f"billing{n}@customer{n}.invalid",
        org_id=None,
        subscription_id=f"sub_{n:04d}",
        plan="pro",
        status=status,
        currency="eur" if n % 4 == 0 else "usd",
        collection_method="send_invoice" if n % 6 == 0 else "charge_automatically",
        billing_reason="subscription_cycle",
        total_minor=total,
        tax_minor=100 if n % 3 else 0,
        amount_due_minor=total,
        amount_paid_minor=total if status == "paid" else 0,
        amount_remaining_minor=0 if status == "paid" else total,
        credited_minor=500 if n == 10 else 0,
        refunded_minor=700 if n == 11 else 0,
        disputed_minor=900 if n == 6 else 0,
        dispute_status="needs_response" if n == 6 else None,
        created_at=NOW - n * DAY,
        due_at=None,
        finalized_at=NOW - n * DAY,
        paid_at=NOW - n * DAY if status == "paid" else None,
        bucket="1-30" if status == "open" else None,
        age_days=n if status == "open" else None,
        ended=n % 10 == 5,
        hosted_invoice_url="javascript:alert(1)" if n == 1 else f"https://invoice.example.invalid/{n}",
        pdf=f"https://invoice.example.invalid/{n}.pdf",
        event_id=f"evt_{n}",
    )  # fmt: skip


def _fits(item: InvoiceItem, filters: InvoiceFilters) -> bool:
    return (
        (not filters.text or filters.text.lower() in f"{item.name} {item.number}".lower())
        and (not filters.statuses or item.status in filters.statuses)
        and (not filters.currencies or item.currency in filters.currencies)
        and (not filters.buckets or item.bucket in filters.buckets)
        and (not filters.methods or item.collection_method in filters.methods)
        and (not filters.ended or item.ended)
    )
