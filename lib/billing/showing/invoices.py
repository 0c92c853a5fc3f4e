"""The Invoices page and what the Failed payments page shows beside its queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from ..domain.ageing import BUCKETS, OVERDUE, age_days
from ..domain.attempts import Attempt, attempts
from ..domain.corrections import corrections
from ..domain.errors import NoSuchObject
from ..domain.invoice_filters import InvoiceFilters
from ..domain.metrics.receivables import days_sales_outstanding
from ..domain.times import day_start, local_date
from ..settings.setup import Setup
from ..store.queries import cut_days, invoice_list, kept_invoices, kept_owed, named, owed
from ..store.queries.paging import of_named, too_many, total
from ..store.queries.reading import Reader
from . import known
from .invoice_lines import AsksLines, lines_of
from .invoice_views import Dso, InvoiceItem, InvoiceSum, InvoiceView, Owed
from .views import Bar, Listing, Sum

DSO_DAYS: Final = 90


def listing(reader: Reader, now: int, filters: InvoiceFilters) -> Listing[InvoiceItem]:
    """One page of invoices with what the filtered list adds up to. No bars: see `owed_now`."""
    with reader.open() as connection:
        found = named.wanted_by(connection, filters)
        page = invoice_list.page(connection, filters, now, found)
        if kept_invoices.tells(filters):
            sums, capped = kept_invoices.sums(connection, filters), False
        else:
            rows = of_named(
                lambda some: invoice_list.sums(connection, filters, now, some), found, filters
            )
            sums = [dict(row) for row in rows]
            capped = too_many(sums, filters, found)
        choices = kept_invoices.choices(connection)
    return Listing(
        rows=tuple(_item(row, now) for row in page.rows),
        total=total(sums, capped=capped),
        sums=() if capped else tuple(_sum(row) for row in sums if row["currency"] is not None),
        bars=(),
        choices={
            "statuses": _offered(choices, "status"),
            "currencies": _offered(choices, "currency"),
            "methods": _offered(choices, "collection_method"),
            "reasons": _offered(choices, "reason"),
        },
        capped=capped,
        last=page.last,
    )


def view(
    reader: Reader, setup: Setup, now: int, invoice_id: str, stripe: AsksLines | None
) -> InvoiceView:
    """One invoice with everything that belongs to it. Raises NoSuchObject."""
    with reader.open() as connection:
        row = invoice_list.one(connection, invoice_id, now)
        if row is None:
            raise NoSuchObject(f"No invoice {invoice_id} is stored: choose another.")
        seen = known.seen_of(connection, row["customer_id"])
        fold = known.fold_until(connection, setup, row["customer_id"], seen, None)
    return InvoiceView(
        item=_item(row, now),
        lines=lines_of(reader, invoice_id, row["event_id"], stripe),
        attempts=attempts(fold).get(invoice_id, ()),
        corrections=tuple(c for c in corrections(fold) if c.invoice_id == invoice_id),
    )


def attempts_of(
    reader: Reader, setup: Setup, customer_id: str, invoice_id: str
) -> tuple[Attempt, ...]:
    """Every known attempt to collect one invoice, oldest first. Raises NoCustomer."""
    with reader.open() as connection:
        seen = known.seen_of(connection, customer_id)
        fold = known.fold_until(connection, setup, customer_id, seen, None)
    return attempts(fold).get(invoice_id, ())


def owed_now(reader: Reader, setup: Setup, now: int) -> list[Owed]:
    """What is owed by currency, the largest count of open invoices first."""
    zone = setup.timezone
    since = local_date(now, zone) - timedelta(days=DSO_DAYS - 1)
    aged: Sequence[Mapping[Any, Any]]
    flows: Sequence[Mapping[Any, Any]]
    closing: Sequence[Mapping[Any, Any]]
    with reader.open() as connection:
        if cut_days.ready(connection, setup.policy, zone):
            aged = kept_owed.ageing(connection, zone, now)
            flows = kept_owed.flows(connection, since)
            closing = kept_owed.standing(connection)
        else:
            aged = owed.ageing(connection, now)
            flows = owed.flows(connection, since=day_start(since, zone))
            closing = owed.standing(connection)
    cells: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in aged:
        if row["currency"] is None:
            continue
        for place in (row["bucket"], "ended" if row["ended"] else None):
            if place is not None:
                cells[row["currency"]][place, "count"] += int(row["count"])
                cells[row["currency"]][place, "amount"] += int(row["amount_minor"])
    at_end = {(row["currency"], row["method"]): int(row["owed_minor"]) for row in closing}
    currencies = {*cells, *(row["currency"] for row in flows)}
    made = [_owed(code, cells[code], flows, at_end) for code in sorted(currencies)]
    return sorted(made, key=lambda o: (-o.open.count, o.currency))


def _owed(
    code: str,
    cells: Counter[tuple[str, str]],
    flows: Sequence[Mapping[Any, Any]],
    at_end: Mapping[tuple[str, str | None], int],
) -> Owed:
    def summed(places: Iterable[str]) -> Sum:
        named = list(places)
        count = sum(cells[place, "count"] for place in named)
        return Sum(code, count, sum(cells[place, "amount"] for place in named))

    return Owed(
        currency=code,
        open=summed(BUCKETS),
        overdue=summed(OVERDUE),
        ended=summed(["ended"]),
        buckets=tuple(
            Bar(place, code, cells[place, "count"], cells[place, "amount"]) for place in BUCKETS
        ),
        dso=_dso(code, flows, at_end, sent=False),
        dso_sent=_dso(code, flows, at_end, sent=True),
    )


def _dso(
    code: str,
    flows: Sequence[Mapping[Any, Any]],
    at_end: Mapping[tuple[str, str | None], int],
    *,
    sent: bool,
) -> Dso:
    mine = [
        row
        for row in flows
        if row["currency"] == code and (not sent or row["method"] == "send_invoice")
    ]
    closing = sum(
        amount
        for (currency, method), amount in at_end.items()
        if currency == code and (not sent or method == "send_invoice")
    )
    opening = closing - sum(int(row["owed_minor"]) for row in mine)
    sales = sum(int(row["issued_minor"]) for row in mine)
    ratio = days_sales_outstanding(opening, closing, sales, DSO_DAYS)
    return Dso(DSO_DAYS, opening, closing, sales, ratio)


def _item(row: Mapping[Any, Any], now: int) -> InvoiceItem:
    told = {name: row[name] for name in InvoiceItem.__slots__ if name in row}
    is_open = row["bucket"] is not None
    return InvoiceItem(
        **{
            **told,
            "age_days": age_days(row["due_since"], now) if is_open else None,
            "ended": bool(row["ended"]),
        }
    )


def _sum(row: Mapping[Any, Any]) -> InvoiceSum:
    return InvoiceSum(
        currency=row["currency"],
        count=int(row["count"]),
        amount_minor=int(row["total_minor"]),
        tax_minor=int(row["tax_minor"]),
        paid_minor=int(row["amount_paid_minor"]),
        open_minor=int(row["open_minor"]),
        credited_minor=int(row["credited_minor"]),
        refunded_minor=int(row["refunded_minor"]),
        disputed_minor=int(row["disputed_minor"]),
    )


def _offered(rows: Iterable[Mapping[Any, Any]], name: str) -> tuple[str, ...]:
    return tuple(sorted({row[name] for row in rows if row[name] is not None}))
