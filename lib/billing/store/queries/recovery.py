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
from .columns import QUARTER_HOUR
from .owed import ENDED, JOINED

_EARLIER = i.alias("earlier")
# Spelled out where an index is of these alone.
_AUTOMATIC = i.c.collection_method == literal_column("'charge_automatically'")
_TOLD = i.c.failed_at.is_not(None)
_SEEN = or_(
    _TOLD,
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
_FAILED_AT = func.coalesce(i.c.failed_at, i.c.finalized_at, i.c.created_at)

_AFTER_TRIAL: Final = and_(
    s.c.trial_end.is_not(None),
    i.c.created_at >= s.c.trial_end,
    ~(
        select(_EARLIER.c.invoice_id)
        .where(
            _EARLIER.c.subscription_id == i.c.subscription_id,
            _EARLIER.c.created_at >= s.c.trial_end,
            _EARLIER.c.total_minor > 0,
            or_(
                _EARLIER.c.created_at < i.c.created_at,
                and_(
                    _EARLIER.c.created_at == i.c.created_at,
                    _EARLIER.c.invoice_id < i.c.invoice_id,
                ),
            ),
        )
        .correlate(i, s)
        .exists()
    ),
)
"""The first invoice with something to pay after its subscription's trial."""

_ASKED = i.c.amount_due_minor
_RECOVERED = case(
    (i.c.status == "paid", _ASKED),
    (i.c.amount_paid_minor > _ASKED, _ASKED),
    else_=i.c.amount_paid_minor,
)
_IS_LOST = or_(
    i.c.status.in_(("void", "uncollectible")),
    and_(i.c.next_attempt_at.is_(None), or_(ENDED, s.c.status == "unpaid")),
)
_LOST = case((_IS_LOST, _ASKED - _RECOVERED), else_=0)


def _failed(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(JOINED)
        .where(
            _AUTOMATIC, _SEEN, i.c.currency.is_not(None), _ASKED > literal_column("0"), ~_trial()
        )
    )


def _trial() -> ColumnElement[bool]:
    """False, never unknown, where there is no subscription."""
    return func.coalesce(case((_AFTER_TRIAL, 1), else_=0), 0) == 1


def by_failure(connection: Connection, currency: str | None = None) -> list[RowMapping]:
    """``quarter_hour`` of the failure, currency, count, failed, recovered, lost and undated minor.

    ``undated_minor`` is of failures that nobody told the time of: they stand where the invoice was
    finalised. What is neither recovered nor lost is in progress.
    """
    quarter = (_FAILED_AT // QUARTER_HOUR).label("quarter_hour")
    query = _failed(
        quarter,
        i.c.currency,
        func.count().label("count"),
        func.sum(_ASKED).label("failed_minor"),
        func.sum(_RECOVERED).label("recovered_minor"),
        func.sum(_LOST).label("lost_minor"),
        func.sum(case((_TOLD, 0), else_=_ASKED)).label("undated_minor"),
    ).where(_FAILED_AT.is_not(None))
    return _summed(connection, query, quarter, currency)


def by_payment(connection: Connection, currency: str | None = None) -> list[RowMapping]:
    """``quarter_hour`` of the payment (None: paid in part, at a time that is not kept), currency,
    count and ``recovered_minor``."""
    quarter = (i.c.paid_at // QUARTER_HOUR).label("quarter_hour")
    query = _failed(
        quarter,
        i.c.currency,
        func.count().label("count"),
        func.sum(_RECOVERED).label("recovered_minor"),
    ).where(_FAILED_AT.is_not(None), _RECOVERED > 0)
    return _summed(connection, query, quarter, currency)


def _summed(
    connection: Connection, query: Select[Any], quarter: Any, currency: str | None
) -> list[RowMapping]:
    query = query.group_by(quarter, i.c.currency)
    if currency is not None:
        query = query.where(i.c.currency == currency)
    rows = list(connection.execute(query).mappings())
    return sorted(rows, key=lambda r: (r["quarter_hour"] is None, r["quarter_hour"], r["currency"]))
