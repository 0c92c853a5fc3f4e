"""A month's runway as of its start against what left in it, from everything that is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.back_test import Fell, Foreseen, Tested, back_test
from ..domain.fold import CustomerFold, Rules, fold_customer
from ..domain.observations import Observation
from ..domain.project import subscription_row
from ..domain.rows import RunwayRow, SubscriptionRow
from ..domain.runway import runway_rows
from ..store import history
from ..store.queries import leaving
from ..store.queries.reading import Connection
from ..store.queries.spans import Span
from .ends_kept import Ends

CUSTOMERS_AT_ONCE = 500


def tested(
    connection: Connection, rules: Rules, ends: Ends, span: Span
) -> tuple[tuple[Tested, ...], int]:
    """(what became of every prediction and what left besides, subscriptions that were scheduled to
    leave and whose MRR cannot be computed). Reads and folds those who were scheduled then."""
    found: list[Foreseen] = []
    unknown = 0
    waiting = _scheduled_at(connection, ends, span)
    for start in range(0, len(waiting), CUSTOMERS_AT_ONCE):
        seen = history.of_customers(connection, waiting[start : start + CUSTOMERS_AT_ONCE])
        for customer_id, told in seen.items():
            before = _standing(customer_id, told, rules, span.starts)
            after = _standing(customer_id, told, rules, span.ends)
            found += _foreseen(before, after, span)
            unknown += sum(_unknown(row, span) for row, _ in before.values())
    fell = [
        Fell(**row) for row in leaving.fallen(connection, rules.policy.slug, span.starts, span.ends)
    ]
    return back_test(found, fell), unknown


def _scheduled_at(connection: Connection, ends: Ends, span: Span) -> list[str]:
    """Customers of whom an end, or a schedule that may hold a downgrade, stood at the start."""
    ending = {
        customer_id
        for customer_id, schedules in ends.items()
        if any(
            end.scheduled_at < span.starts
            and (end.closed_at is None or end.closed_at >= span.starts)
            for end in schedules
        )
    }
    return sorted(ending | leaving.with_schedules(connection, span.starts))


Standing = dict[str, tuple[SubscriptionRow, tuple[RunwayRow, ...]]]


def _standing(customer_id: str, told: Sequence[Observation], rules: Rules, second: int) -> Standing:
    """Subscription → its row and its runway when ``second`` began."""
    fold = fold_customer(customer_id, [seen for seen in told if seen.effective < second], rules)
    return dict(_rows(fold))


def _rows(
    fold: CustomerFold,
) -> Iterator[tuple[str, tuple[SubscriptionRow, tuple[RunwayRow, ...]]]]:
    for subscription in fold.of("subscription").values():
        if subscription.state is not None:
            row, _ = subscription_row(fold, subscription)
            ahead, _ = runway_rows(fold, row, subscription.state)
            yield row.subscription_id, (row, ahead)


def _foreseen(before: Standing, after: Standing, span: Span) -> Iterator[Foreseen]:
    for subscription_id, (row, ahead) in before.items():
        mine = [r for r in ahead if r.at is not None and span.starts <= r.at < span.ends]
        if not mine:
            continue
        later = after.get(subscription_id)
        counts = 0 if later is None or later[0].currency != row.currency else later[0].mrr_minor
        yield Foreseen(
            customer_id=row.customer_id,
            currency=mine[0].currency,
            subscription_id=subscription_id,
            kind="end" if any(r.kind == "end" for r in mine) else "downgrade",
            plan=mine[-1].plan,
            at=max(r.at or 0 for r in mine),
            minor=sum(r.minor for r in mine),
            gone_minor=(row.mrr_minor or 0) - (counts or 0),
            stands=later is not None and bool(later[1]),
        )


def _unknown(row: SubscriptionRow, span: Span) -> bool:
    return (
        row.live
        and row.winding_down
        and row.mrr_minor is None
        and row.ends_at is not None
        and span.starts <= row.ends_at < span.ends
    )
