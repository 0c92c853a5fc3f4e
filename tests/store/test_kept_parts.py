"""Who was there and who left, and what failed and was paid after all: sums tell what rows tell."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from lib.billing.domain.stays import BANDS
from lib.billing.domain.times import day_start, local_date, next_period, period_start
from lib.billing.settings.setup import Setup
from lib.billing.showing.recovering import recovered
from lib.billing.store import turnover
from lib.billing.store.engine import Store
from lib.billing.store.queries import churn_parts, kept_parts, kept_recovery, recovery
from lib.billing.store.queries.columns import QUARTER_HOUR
from lib.billing.store.queries.reading import Reader
from lib.billing.store.queries.spans import Span
from lib.billing.store.tables import invoices
from tests.cut import WHOLE
from tests.store.company import CATALOG, DAY, START, company, ingest_into
from tests.store.test_turnover import POLICY, ZONES, Lives

NUMBERS = ("customers", "minor", "lost", "lost_minor")


class Longer(Lives):
    """Lives some of which begin and go on exactly when days begin, in the business's time zone."""

    def __init__(self, seed: int, timezone: str) -> None:
        super().__init__(seed)
        lived: dict[str, list[dict[str, Any]]] = {}
        for move in self.moves:
            lived.setdefault(f"{move['customer_id']} {move['currency']}", []).append(move)
        for moves in list(lived.values())[::3]:
            first = moves[0]["occurred_at"]
            day = day_start(local_date(first, timezone), timezone)
            for move in moves:
                move["occurred_at"] += day - first
                move["movement_id"] += "*"


def spans(timezone: str, by: str) -> Iterator[Span]:
    """Periods while they live, and some in which they only grow older; whole and cut off."""
    day = period_start(local_date(START + (40 * DAY if by == "day" else 0), timezone), by)
    for n in range({"day": 9, "week": 7, "month": 34, "quarter": 9}[by]):
        following = next_period(day, by)
        starts, ends = day_start(day, timezone), day_start(following, timezone)
        yield Span(starts, ends)
        if n % 2 == 0:
            yield Span(starts, (starts + ends) // 2 + 4_321)
        day = following


def told(rows: Iterable[Mapping[Any, Any]]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    return {
        (row["plan"], row["interval"], row["stay"]): tuple(int(row[name]) for name in NUMBERS)
        for row in rows
    }


@pytest.mark.parametrize("timezone", ZONES)
def test_sums_tell_of_whom_a_period_began_with_what_rows_tell(store: Store, timezone: str) -> None:
    Longer(11, timezone).into(store, timezone)
    seen: set[str] = set()
    left = 0
    with store.reading() as connection:
        for by in ("day", "week", "month", "quarter"):
            for turn, span in enumerate(spans(timezone, by)):
                for currency in ("usd", "eur") if WHOLE or turn % 3 == 0 else ("usd",):
                    rows = told(churn_parts.parts(connection, POLICY, span, currency))
                    kept = kept_parts.parts(connection, POLICY, timezone, span, currency)
                    assert told(kept) == rows, (by, span)
                    seen |= {stay for _, _, stay in rows}
                    left += sum(numbers[2] for numbers in rows.values())
    assert seen == {name for name, _, _ in BANDS}
    assert left > 20


def test_a_period_that_begins_within_a_day_is_told_by_rows(store: Store) -> None:
    lives = Lives(5)
    lives.into(store, "UTC")
    middle = sorted(move["occurred_at"] for move in lives.moves)[60]
    starts = day_start(local_date(middle, "UTC"), "UTC") + 43_210
    span = Span(starts, starts + 40 * DAY)
    with store.reading() as connection:
        rows = told(churn_parts.parts(connection, POLICY, span, "usd"))
        assert told(kept_parts.parts(connection, POLICY, "UTC", span, "usd")) == rows
        assert rows


def _billed(seed: int, lives: Lives) -> None:
    """Invoices of every kind, some of them of nobody's subscription, before and after trials."""
    rng = random.Random(seed)
    for row in lives.sold:
        row["status"] = rng.choice(["active", "unpaid", "canceled", "past_due"])
    for n, of in enumerate(lives.sold * 4):
        at = rng.choice([None, of["trial_end"], START]) or START + rng.randrange(90 * DAY)
        asked = rng.choice([0, 900, 2_900])
        row: dict[str, Any] = {
            column.name: None if column.nullable else 0 for column in invoices.columns
        }
        lives.billed.append(
            row
            | {
                "invoice_id": f"in_{rng.choice('aZ_é')}{n}",
                "customer_id": of["customer_id"],
                "subscription_id": rng.choice([of["subscription_id"]] * 5 + ["sub_else", None]),
                "status": rng.choice(["paid", "open", "void", "uncollectible", "draft", None]),
                "currency": rng.choice(["usd", "usd", "eur", None]),
                "collection_method": rng.choice(["charge_automatically"] * 4 + ["send_invoice"]),
                "total_minor": rng.choice([asked, asked, 0]),
                "amount_due_minor": asked,
                "amount_paid_minor": rng.choice([0, 0, 300, 5_000]),
                "created_at": rng.choice([at, at, at, None]),
                "finalized_at": rng.choice([at + 60, None]),
                "paid_at": rng.choice([at + rng.randrange(20 * DAY), None]),
                "attempt_count": rng.randrange(4),
                "next_attempt_at": rng.choice([None, at + DAY]),
                "failed_at": rng.choice([None, at + rng.randrange(DAY)]),
                "failing": rng.random() < 0.2,
                "auto_advance": False,
                "event_id": "evt",
            }
        )


def by_day(rows: Iterable[Mapping[Any, Any]], timezone: str) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows:
        quarter = row["quarter_hour"]
        day: date | None = None
        if quarter is not None:
            day = local_date(int(quarter) * QUARTER_HOUR, timezone)
        numbers = {k: int(v) for k, v in row.items() if k not in ("quarter_hour", "currency")}
        found.setdefault((day, row["currency"]), Counter()).update(numbers)
    return found


@pytest.mark.parametrize("timezone", ZONES)
def test_sums_tell_of_failed_payments_what_rows_tell(store: Store, timezone: str) -> None:
    lives = Lives(3)
    _billed(8, lives)
    lives.into(store, timezone)
    with store.reading() as connection:
        failed = by_day(recovery.by_failure(connection), timezone)
        assert by_day(kept_recovery.by_failure(connection, timezone), timezone) == failed
        paid = by_day(recovery.by_payment(connection), timezone)
        assert by_day(kept_recovery.by_payment(connection, timezone), timezone) == paid
    total = sum(failed.values(), Counter())
    assert all(total[name] for name in ("failed_minor", "lost_minor", "undated_minor", "count"))
    assert (None, "usd") in paid


@pytest.mark.parametrize("cash", [False, True], ids=["by failure", "by payment"])
@pytest.mark.parametrize("by", ["day", "month", "quarter"])
def test_the_page_shows_of_sums_what_it_shows_of_rows(store: Store, by: str, cash: bool) -> None:
    ingest_into(store).apply(company(12, customers=8, turns=20), batch=50)
    asked = Reader(store), Setup(catalog=CATALOG), START + 400 * DAY, by
    kept = recovered(*asked, cash=cash)
    with store.writing() as connection:
        turnover.let_go(connection)
    assert kept == recovered(*asked, cash=cash)
    assert kept
