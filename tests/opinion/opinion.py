"""A second opinion: MRR and movements, computed from the written definitions alone.

Nothing here knows how the product folds, values or sums. What comes in are lives of subscriptions,
told in words of this module; what comes out is compared with the product to the cent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

PAYING = {"active", "past_due"}
TABLE = {
    # statuses, collection paused counts, discounts off, when scheduled, 100 % off is a customer
    "portside": (PAYING, False, {"forever"}, False, False),
    "stripe": (PAYING, True, {"forever"}, True, False),
    "chartmogul": (PAYING | {"paused"}, True, {"forever", "repeating", "once"}, False, True),
    "profitwell": (PAYING, False, {"forever", "repeating", "once"}, False, False),
}
"""The table of the definitions, typed anew."""

A_YEAR_HAS = {"year": 1, "month": 12, "week": 52, "day": 365}
BEGUN = {"active", "past_due", "trialing", "unpaid", "paused"}


@dataclass(frozen=True)
class Off:
    percent: Fraction | None
    amount: int | None
    duration: str


@dataclass(frozen=True)
class Line:
    """An item: what one period of it costs before discounts, and how long a period is."""

    amount: Fraction
    interval: str
    count: int
    metered: bool = False
    off: tuple[Off, ...] = ()


@dataclass(frozen=True)
class Look:
    """How a subscription looked."""

    status: str
    currency: str
    lines: tuple[Line, ...]
    off: tuple[Off, ...] = ()
    paused: bool = False
    ending: bool = False
    started: int | None = None  # trial end, else start
    asked: int | None = None
    ended: int | None = None


@dataclass
class Life:
    """``looks``: (from when, how), in time. ``born``: its creation was seen. ``before``: how it
    looked before the first of them, where that is known."""

    subscription: str
    customer: str
    born: bool
    looks: list[tuple[int, Look]] = field(default_factory=list)
    before: Look | None = None


@dataclass(frozen=True, order=True)
class Move:
    at: int
    customer: str
    currency: str
    kind: str
    before: int
    after: int
    rebuilt: bool


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))  # of what is not negative


def worth(look: Look, taken: set[str]) -> int:
    """What it is worth a month, whatever its status."""
    yearly: list[Fraction] = []
    for line in look.lines:
        amount = Fraction(0) if line.metered else line.amount
        offs = [off for off in (*line.off, *look.off) if off.duration in taken]
        for off in offs:
            if off.percent is not None:
                amount -= amount * off.percent / 100
        for off in line.off:
            if off.duration in taken and off.amount:
                amount = max(amount - off.amount, Fraction(0))
        yearly.append(amount * A_YEAR_HAS[line.interval] / line.count)
    whole = sum(yearly)
    less = sum(off.amount or 0 for off in look.off if off.duration in taken)
    result = 0
    for line, value in zip(look.lines, yearly, strict=True):
        if whole and less:
            share = less * value / whole  # of one invoice
            value = max(value - share * A_YEAR_HAS[line.interval] / line.count, Fraction(0))
        result += half_up(value / 12)
    return result


def counts(look: Look, preset: str) -> bool:
    statuses, though_paused, _, when_scheduled, _ = TABLE[preset]
    if look.status not in statuses:
        return False
    if look.paused and not though_paused:
        return False
    return not (when_scheduled and look.ending and look.status in BEGUN)


def mrr(look: Look, preset: str) -> int:
    return worth(look, TABLE[preset][2]) if counts(look, preset) else 0


@dataclass(frozen=True)
class _Level:
    minor: int
    kept: bool  # nothing, and a customer all the same
    rebuilt: bool


def levels(life: Life, preset: str) -> list[tuple[int, str, _Level]]:
    """(from when, currency, what it counts), the reconstructed beginning included."""
    found = []
    if not life.born:
        found += _before_it_was_seen(life, preset)
    for number, (at, look) in enumerate(life.looks):
        minor = mrr(look, preset)
        kept = TABLE[preset][4] and counts(look, preset) and not minor and worth(look, set()) > 0
        rebuilt = not life.born and number == 0 and look.status == "canceled"
        found.append((at, look.currency, _Level(minor, kept, rebuilt)))
    return found


def _before_it_was_seen(life: Life, preset: str) -> list[tuple[int, str, _Level]]:
    first_at, first = life.looks[0]
    look = life.before or first
    statuses, though_paused, taken, when_scheduled, _ = TABLE[preset]
    paid = look.status == "canceled" or (
        look.status in statuses and (though_paused or not look.paused)
    )
    if look.started is None or look.started >= first_at or not paid:
        return []
    begun = [(look.started, look.currency, _Level(worth(look, taken), False, True))]
    scheduled = look.ending and look.status in BEGUN
    over = look.status == "canceled" and look.asked != look.ended
    if when_scheduled and look.asked is not None and (scheduled or over):
        if look.started < look.asked < first_at:
            begun.append((look.asked, look.currency, _Level(0, False, True)))
    return begun


def movements(lives: list[Life], preset: str, timezone: str = "UTC") -> list[Move]:
    """Every movement of everybody."""
    accounts: dict[tuple[str, str], dict[str, list[tuple[int, _Level]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for life in lives:
        for at, currency, level in levels(life, preset):
            accounts[life.customer, currency][life.subscription].append((at, level))
    found: list[Move] = []
    for (customer, currency), held in accounts.items():
        found += _account(customer, currency, held, timezone)
    return sorted(found)


def _account(
    customer: str, currency: str, held: dict[str, list[tuple[int, _Level]]], timezone: str
) -> list[Move]:
    def at_time(second: int) -> list[_Level]:
        now = []
        for told in held.values():
            index = bisect_right([at for at, _ in told], second)
            if index:
                now.append(told[index - 1][1])
        return now

    def total(second: int) -> int:
        return sum(level.minor for level in at_time(second))

    seconds = sorted({at for told in held.values() for at, _ in told})
    changes = [s for s in seconds if total(s) != total(s - 1)]
    groups: list[list[int]] = []
    for second in changes:
        if (
            groups
            and second < groups[-1][0] + 3_600
            and _day(second, timezone) == _day(groups[-1][0], timezone)
        ):
            groups[-1].append(second)
        else:
            groups.append([second])
    found: list[Move] = []
    for group in groups:
        before, after = total(group[0] - 1), total(group[-1])
        if before == after:
            continue
        kept_before = any(level.kept for level in at_time(group[0] - 1))
        kept_after = any(level.kept for level in at_time(group[-1]))
        if not found:
            kind = "new"
        elif before == 0 and not kept_before:
            kind = "reactivation"
        elif after == 0 and not kept_after:
            kind = "churn"
        else:
            kind = "expansion" if after > before else "contraction"
        rebuilt = any(_biggest(held, second).rebuilt for second in group)
        found.append(Move(group[-1], customer, currency, kind, before, after, rebuilt))
    return found


def _biggest(held: dict[str, list[tuple[int, _Level]]], second: int) -> _Level:
    """The change of that second which moved most; of equals the smallest id."""
    moved = []
    for name, told in held.items():
        seconds = [at for at, _ in told]
        now, was = bisect_right(seconds, second), bisect_right(seconds, second - 1)
        if now:
            before = told[was - 1][1].minor if was else 0
            moved.append((-abs(told[now - 1][1].minor - before), name, told[now - 1][1]))
    return min(moved, key=lambda each: each[:2])[2]


def _day(second: int, timezone: str) -> str:
    return datetime.fromtimestamp(second, ZoneInfo(timezone)).strftime("%Y-%m-%d")


def now(lives: list[Life], preset: str) -> dict[str, int]:
    """MRR of now by currency."""
    found: dict[str, int] = defaultdict(int)
    for life in lives:
        look = life.looks[-1][1]
        found[look.currency] += mrr(look, preset)
    return {currency: minor for currency, minor in found.items() if minor}
