"""The founders' first page, and the badge of every page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from ..domain.times import day_start, local_date
from ..settings.setup import Setup
from ..store.meta import LAST_EVENT_AT, LAST_WEBHOOK_AT, WATERMARK
from ..store.queries import (
    failed_payments,
    kept_lists,
    kept_sums,
    movements,
    plan_mix,
    replica,
    runway,
    winding_down,
)
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.freshness import read_at_once
from ..store.queries.reading import Reader
from .views import Freshness, Overview, OverviewCurrency, Point, Sum

SPARKLINE_DAYS = 30


def freshness(reader: Reader, setup: Setup, now: int) -> Freshness:
    """How current the projection is. A projection that never saw a webhook is stale."""
    with reader.glance() as connection:
        kept, failed = read_at_once(connection)
        behind = replica.behind(connection) if reader.replicated else None
    last_webhook_at = _number(kept, LAST_WEBHOOK_AT)
    return Freshness(
        now=now,
        last_webhook_at=last_webhook_at,
        last_event_at=_number(kept, LAST_EVENT_AT),
        livemode=setup.livemode,
        watermark=_number(kept, WATERMARK) or 0,
        api_ready=setup.api_ready,
        stale=last_webhook_at is None or now - last_webhook_at > setup.stale_after,
        failed=failed,
        behind=behind,
    )


def _number(kept: Mapping[str, str], key: str) -> int | None:
    return int(kept[key]) if key in kept else None


def overview(reader: Reader, setup: Setup, now: int) -> Overview:
    """Money by currency, largest MRR first."""
    today = local_date(now, setup.timezone)
    month = day_start(today.replace(day=1), setup.timezone)
    since = min(month, day_start(today - timedelta(days=SPARKLINE_DAYS), setup.timezone))
    with reader.open() as connection:
        totals = kept_sums.currency_totals(connection)
        leaving = runway.leaving_mrr(connection)
        kept = kept_lists.ready(connection)
        leaves = kept_lists.winding_by_currency if kept else winding_down.by_currency
        winding = _sums(leaves(connection))
        overdue = kept and kept_lists.failing_overdue(connection)
        risk = _sums(failed_payments.at_risk_totals(connection, overdue=overdue))
        uncounted = plan_mix.uncounted(connection)
        following = today + timedelta(days=1)
        day, ends = day_start(today, setup.timezone), day_start(following, setup.timezone)
        earlier = kept_sums.moved_by_day(
            connection, setup.policy, local_date(since, setup.timezone), today
        )
        later = kept_sums.moved_by_day(connection, setup.policy, following, date.max)
        moved = movements.summed(connection, setup.policy, starts=day, ends=ends)
    counted = {row["currency"]: row for row in totals if row["currency"]}
    moves = [
        (day_start(row["day"], setup.timezone), row["currency"], row["delta_minor"])
        for row in (*earlier, *later)
    ]
    moves += [
        (int(row["quarter_hour"]) * QUARTER_HOUR, row["currency"], int(row["delta_minor"]))
        for row in moved
    ]
    currencies = set(counted) | set(winding) | {c for c in uncounted if c}
    cards = []
    for currency in sorted(currencies):
        row = counted.get(currency)
        mrr = int(row["mrr_minor"]) if row else 0
        own = [(at, delta) for at, moved_in, delta in moves if moved_in == currency]
        nothing = Sum(currency, 0, 0)
        cards.append(
            OverviewCurrency(
                currency=currency,
                mrr_minor=mrr,
                committed_minor=mrr - leaving.get(currency, 0),
                paying_customers=int(row["customers"]) if row else 0,
                winding_down=winding.get(currency, nothing),
                at_risk=risk.get(currency, nothing),
                uncounted=uncounted.get(currency, 0) + uncounted.get(None, 0),
                month_delta_minor=sum(delta for at, delta in own if month <= at <= now),
                sparkline=_sparkline(mrr, own, now, setup.timezone),
            )
        )
    cards.sort(key=lambda card: (-card.mrr_minor, card.currency))
    return Overview(tuple(cards))


def _sums(rows: Iterable[Mapping[Any, Any]]) -> dict[str, Sum]:
    return {
        row["currency"]: Sum(row["currency"], int(row["count"]), int(row["amount_minor"] or 0))
        for row in rows
        if row["currency"]
    }


def _sparkline(
    mrr: int, moves: Iterable[tuple[int, int]], now: int, timezone: str
) -> tuple[Point, ...]:
    """MRR at the end of each of the last days, walked back from now."""
    by_day: Counter[int] = Counter()
    today = local_date(now, timezone)
    for at, delta in moves:
        by_day[(today - local_date(min(at, now), timezone)).days] += delta
    points = [Point(now, mrr)]
    for back in range(SPARKLINE_DAYS):
        mrr -= by_day[back]
        end = day_start(today - timedelta(days=back), timezone)
        points.append(Point(end, mrr))
    return tuple(reversed(points))
