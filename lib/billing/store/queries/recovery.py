"""What failed at the first attempt, and what became of it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from ..tables import invoices as i
from ..tables import subscriptions as s
from .columns import QUARTER_HOUR, by_bytes
from .owed import ENDED, JOINED

_EARLIER = i.alias("earlier")
# Spelled out where an index is of these alone.
_AUTOMATIC = i.c.collection_method == literal_column("'charge_automatically'")
TOLD = i.c.failed_at.is_not(None)
_SEEN = or_(
    TOLD,
    i.c.failing,
    # Stripe counts a second attempt only after a first that failed.
    i.c.attempt_count >= literal_column("2"),
    and_(
        or_(
            i.c.status == literal_column("'void'"),
            i.c.status == literal_column("'uncollectible'"),
        ),
        i.c.attempt_count >= literal_column("1"),
    ),
)
FAILED_AT = func.coalesce(i.c.failed_at, i.c.finalized_at, i.c.created_at)

_AFTER_TRIAL: Final = and_(
    s.c.trial_end.is_not(None),
    i.c.created_at >= s.c.trial_end,
    ~(
        select(_EARLIER.c.invoice_id)
        .where(
            _EARLIER.c.subscription_id == i.c.subscription_id,
            _EARLIER.c.customer_id == i.c.customer_id,
            _EARLIER.c.created_at >= s.c.trial_end,
            _EARLIER.c.total_minor > 0,
            or_(
                _EARLIER.c.created_at < i.c.created_at,
                and_(
                    _EARLIER.c.created_at == i.c.created_at,
                    by_bytes(_EARLIER.c.invoice_id) < by_bytes(i.c.invoice_id),
                ),
            ),
        )
        .correlate(i, s)
        .exists()
    ),
)
"""The first invoice with something to pay after its subscription's trial."""

ASKED = i.c.amount_due_minor
RECOVERED = case(
    (i.c.status == "paid", ASKED),
    (i.c.amount_paid_minor > ASKED, ASKED),
    else_=i.c.amount_paid_minor,
)
_ISLOST = or_(
    i.c.status.in_(("void", "uncollectible")),
    and_(i.c.next_attempt_at.is_(None), or_(ENDED, s.c.status == "unpaid")),
)
LOST = case((_ISLOST, ASKED - RECOVERED), else_=0)


def failed(*columns: Any) -> Select[Any]:
    """Of every payment that failed at its first attempt, with its subscription."""
    return (
        select(*columns)
        .select_from(JOINED)
        .where(_AUTOMATIC, _SEEN, i.c.currency.is_not(None), ASKED > literal_column("0"), ~_trial())
    )


def _trial() -> ColumnElement[bool]:
    """False, never unknown, where there is no subscription."""
    return func.coalesce(case((_AFTER_TRIAL, 1), else_=0), 0) == 1


def by_failure(connection: Connection, currency: str | None = None) -> list[RowMapping]:
    """``quarter_hour`` of the failure, currency, count, failed, recovered, lost and undated minor.

    ``undated_minor`` is of failures that nobody told the time of: they stand where the invoice was
    finalised. What is neither recovered nor lost is in progress.
    """
    quarter = (FAILED_AT // QUARTER_HOUR).label("quarter_hour")
    query = failed(
        quarter,
        i.c.currency,
        func.count().label("count"),
        func.sum(ASKED).label("failed_minor"),
        func.sum(RECOVERED).label("recovered_minor"),
        func.sum(LOST).label("lost_minor"),
        func.sum(case((TOLD, 0), else_=ASKED)).label("undated_minor"),
    ).where(FAILED_AT.is_not(None))
    return _summed(connection, query, quarter, currency)


def by_payment(connection: Connection, currency: str | None = None) -> list[RowMapping]:
    """``quarter_hour`` of the payment (None: paid in part, at a time that is not kept), currency,
    count and ``recovered_minor``."""
    quarter = (i.c.paid_at // QUARTER_HOUR).label("quarter_hour")
    query = failed(
        quarter,
        i.c.currency,
        func.count().label("count"),
        func.sum(RECOVERED).label("recovered_minor"),
    ).where(FAILED_AT.is_not(None), RECOVERED > 0)
    return _summed(connection, query, quarter, currency)


def _summed(
    connection: Connection, query: Select[Any], quarter: Any, currency: str | None
) -> list[RowMapping]:
    query = query.group_by(quarter, i.c.currency)
    if currency is not None:
        query = query.where(i.c.currency == currency)
    rows = list(connection.execute(query).mappings())
    return sorted(rows, key=lambda r: (r["quarter_hour"] is None, r["quarter_hour"], r["currency"]))
