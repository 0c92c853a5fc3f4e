"""A second, independent count of churn and cohorts: plain Python over single movements.

Written from the definitions alone. It knows a customer's MRR as a list of changes and asks every
question of every customer in turn; nothing of `lib.billing.retention` or its SQL is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

THIRTY_DAYS = 30 * 24 * 3_600


@dataclass(frozen=True)
class Move:
    at: int
    customer: str
    currency: str
    kind: str
    delta: int
    cause: str | None = None  # Stripe's cancellation reason of the subscription that ended
    feedback: str | None = None


def six(numerator: int, denominator: int) -> float | None:
    """Six decimals, half away from zero."""
    if denominator == 0:
        return None
    millionths = Fraction(numerator * 1_000_000, denominator)
    sign = -1 if millionths < 0 else 1
    return sign * int(abs(millionths) + Fraction(1, 2)) / 1_000_000


def midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def day_of(second: int, zone: str) -> date:
    return datetime.fromtimestamp(second, ZoneInfo(zone)).date()


def first_day(day: date, by: str) -> date:
    if by == "week":
        return day - timedelta(days=day.isoweekday() - 1)
    if by == "month":
        return date(day.year, day.month, 1)
    if by == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return day


def following(day: date, by: str) -> date:
    later = day
    while first_day(later, by) == first_day(day, by):
        later += timedelta(days=1)
    return later


def name(day: date, by: str) -> str:
    if by == "week":
        return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
    if by == "month":
        return f"{day:%Y-%m}"
    if by == "quarter":
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    return str(day)


def periods(first: int, last: int, by: str, zone: str) -> list[tuple[str, int, int]]:
    day = first_day(day_of(first, zone), by)
    found = []
    while midnight(day, zone) <= last:
        after = following(day, by)
        starts, ends = max(midnight(day, zone), first), min(midnight(after, zone), last + 1)
        found.append((name(day, by), starts, ends))
        day = after
    return found


class Book:
    """All movements of one currency, by customer."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self.own: defaultdict[str, list[Move]] = defaultdict(list)
        for move in sorted(moves, key=lambda m: m.at):
            self.own[move.customer].append(move)

    def there(self, customer: str, second: int) -> bool:
        """Whether somebody is a customer when ``second`` begins: came, and did not leave since."""
        last = None
        for move in self.own[customer]:
            if move.at < second:
                last = move
        return last is not None and last.kind != "churn"

    def count(self, second: int) -> int:
        return sum(self.there(customer, second) for customer in self.own)

    def mrr(self, second: int) -> int:
        return sum(m.delta for own in self.own.values() for m in own if m.at < second)

    def within(self, customer: str, starts: int, ends: int) -> list[Move]:
        return [m for m in self.own[customer] if starts <= m.at < ends]


def churn(
    moves: Iterable[Move], variant: str, by: str, zone: str, now: int
) -> list[dict[str, Any]]:
    """The rows of the churn report. ``variant``: chartmogul, stripe or neither."""
    moves = list(moves)
    if not moves:
        return []
    first, last = min(m.at for m in moves), max(max(m.at for m in moves), now)
    rows = []
    for period, starts, ends in periods(first, last, by, zone):
        for currency in sorted({m.currency for m in moves}):
            book = Book(m for m in moves if m.currency == currency)
            rows.append(
                {"period": period, "currency": currency}
                | _row(book, variant, by, zone, starts, ends)
            )
    return rows


def _row(book: Book, variant: str, by: str, zone: str, starts: int, ends: int) -> dict[str, Any]:
    new, churned, away = set(), {}, set()
    for customer in book.own:
        seen = book.within(customer, starts, ends)
        if variant == "neither":
            seen = [m for m in seen if not _brief(book, m, zone)]
        kinds = [m.kind for m in seen]
        if "new" in kinds:
            new.add(customer)
        if "churn" in kinds:
            churned[customer] = [m for m in seen if m.kind == "churn"][-1]
            if "new" not in kinds and "reactivation" not in kinds:
                away.add(customer)
    start = book.count(starts)
    above, below = len(away), start
    if variant == "stripe":
        above, below = len(churned), start + len(new)
        if by == "month":
            since = ends - THIRTY_DAYS
            inside = {c: [m.kind for m in book.within(c, since, ends)] for c in book.own}
            above = sum("churn" in kinds for kinds in inside.values())
            below = book.count(since) + sum("new" in kinds for kinds in inside.values())
    opening = book.mrr(starts)
    sums: Counter[str] = Counter()
    for customer in book.own:
        for move in book.within(customer, starts, ends):
            sums[move.kind] += move.delta
    lost = -sums["churn"] - sums["contraction"]
    causes = Counter(_cause(move) for move in churned.values())
    reasons = Counter(move.feedback or move.cause or "unknown" for move in churned.values())
    return {
        "customers_start": start,
        "customers_new": len(new),
        "customers_churned": len(churned),
        "customer_churn": six(above, below),
        "gross_mrr_churn": six(lost, opening),
        "net_mrr_churn": six(lost - sums["expansion"] - sums["reactivation"], opening),
        "grr": six(opening - lost, opening),
        "nrr": six(opening - lost + sums["expansion"], opening),
        "voluntary": causes["voluntary"],
        "involuntary": causes["involuntary"],
        "unknown": causes["unknown"],
        "reasons": dict(sorted(reasons.items())),
        "closing_minor": book.mrr(ends),
        "customers_end": book.count(ends),
        "quick_ratio": six(sums["new"] + sums["expansion"], lost),
    }


def _brief(book: Book, move: Move, zone: str) -> bool:
    """Whether this coming or leaving is of somebody who was new and churned in its month."""
    if move.kind not in ("new", "churn"):
        return False
    day = first_day(day_of(move.at, zone), "month")
    month = book.within(move.customer, midnight(day, zone), midnight(following(day, "month"), zone))
    return {"new", "churn"} <= {m.kind for m in month}


def _cause(move: Move) -> str:
    if move.cause == "cancellation_requested":
        return "voluntary"
    return "involuntary" if move.cause in ("payment_failed", "payment_disputed") else "unknown"


def cohorts(moves: Iterable[Move], zone: str, now: int) -> list[dict[str, Any]]:
    """The rows of the cohort report, by cohort, currency and month."""
    moves = sorted(moves, key=lambda m: m.at)
    if not moves:
        return []
    last = max(now, moves[-1].at)
    began: dict[tuple[str, str], int] = {}
    for move in moves:
        began.setdefault((move.currency, move.customer), move.at)
    rows = []
    months = periods(
        midnight(first_day(day_of(moves[0].at, zone), "month"), zone), last, "month", zone
    )
    for index, (cohort, starts, ends) in enumerate(months):
        for currency in sorted({m.currency for m in moves}):
            book = Book(m for m in moves if m.currency == currency)
            members = [
                c for (code, c), at in began.items() if code == currency and starts <= at < ends
            ]
            if not members:
                continue
            whole = sum(_worth(book, c, ends) for c in members)
            for later, (_, _, until) in enumerate(months[index:]):
                left = sum(book.there(c, until) for c in members)
                minor = sum(_worth(book, c, until) for c in members)
                rows.append(
                    {
                        "cohort": cohort,
                        "currency": currency,
                        "month_index": later,
                        "customers": len(members),
                        "customers_retained": left,
                        "mrr_minor": whole,
                        "mrr_retained_minor": minor,
                        "customer_retention": six(left, len(members)),
                        "mrr_retention": six(minor, whole),
                    }
                )
    return rows


def _worth(book: Book, customer: str, second: int) -> int:
    return sum(m.delta for m in book.own[customer] if m.at < second)


def only(
    rows: Iterable[Mapping[str, Any]], like: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """``rows`` with the fields that the second count knows."""
    fields = list(next(iter(like), {}))
    return [{field: row[field] for field in fields} for row in rows]
