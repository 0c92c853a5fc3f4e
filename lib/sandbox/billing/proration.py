"""What a change in the middle of a period costs: credits for unused and charges for left time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from lib.sandbox.billing import calendar, discounts, lines, prices
from lib.sandbox.billing.invoice_items import unit_share
from lib.sandbox.billing.items import interval_of, is_metered
from lib.sandbox.core import Sandbox

Object = dict[str, Any]


class Proration(NamedTuple):
    """One prorated amount of one item, before it becomes an invoice item or a line."""

    item: Object
    amount: int
    start: int
    end: int
    description: str


def of_change(
    sandbox: Sandbox, subscription: Object, new_items: list[Object], at: int
) -> list[Proration]:
    """Credits and charges for going from the subscription's items to ``new_items`` at ``at``.

    Items that begin a new period at ``at`` (``current_period_end`` 0) are billed in full by
    the caller, so they have only their credit here. A trial prorates to nothing.
    """
    if subscription["status"] == "trialing":
        return []
    old = {item["id"]: item for item in subscription["items"]["data"]}
    new = {item["id"]: item for item in new_items}
    found: list[Proration] = []
    for id, before in old.items():
        after = new.get(id)
        if after is not None and _same(before, after):
            continue
        found += _part(sandbox, subscription, before, before, at, credit=True)
        if after is not None and after["current_period_end"]:
            found += _part(sandbox, subscription, after, before, at, credit=False)
    for id, after in new.items():
        if id not in old and after["current_period_end"]:
            found += _part(sandbox, subscription, after, after, at, credit=False)
    return found


def of_end(sandbox: Sandbox, subscription: Object, at: int) -> list[Proration]:
    """Credits for what is left of the periods when the subscription ends at ``at``."""
    if subscription["status"] == "trialing":
        return []
    return [
        part
        for item in subscription["items"]["data"]
        for part in _part(sandbox, subscription, item, item, at, credit=True)
    ]


def _same(before: Object, after: Object) -> bool:
    return bool(
        before["price"]["id"] == after["price"]["id"]
        and before.get("quantity") == after.get("quantity")
        and after["current_period_end"]
    )


def _part(
    sandbox: Sandbox, subscription: Object, item: Object, period: Object, at: int, *, credit: bool
) -> list[Proration]:
    start, end = period["current_period_start"], period["current_period_end"]
    left = end - max(at, start)
    if is_metered(item) or left <= 0:
        return []
    cost = prices.cost(sandbox, item["price"], item.get("quantity") or 0)
    cost *= _kept_share(sandbox, [*item["discounts"], *subscription["discounts"]])
    amount = unit_share(-cost if credit else cost, left, _whole(subscription, item, period))
    name = lines.product_name(sandbox, item["price"])
    quantity = item.get("quantity") or 0
    counted = f"{quantity} × {name}" if quantity != 1 else name
    date = datetime.fromtimestamp(at, UTC)
    word = "Unused" if credit else "Remaining"
    described = f"{word} time on {counted} after {date.day} {date:%b %Y}"
    return [Proration(item, amount, at, end, described)]


def _whole(subscription: Object, item: Object, period: Object) -> int:
    """Seconds that the price pays for: a first period cut short by its anchor is only a part."""
    start, end = period["current_period_start"], period["current_period_end"]
    interval, count = interval_of(item)
    nominal = calendar.period_start(subscription["billing_cycle_anchor"], interval, count, end)
    return int(end - min(start, nominal))


def _kept_share(sandbox: Sandbox, ids: list[str]) -> Decimal:
    """What percentage discounts leave of a price; fixed amounts do not prorate."""
    share = Decimal(1)
    for id in ids:
        percent = discounts.coupon_of(sandbox, id)["percent_off"]
        if percent is not None:
            share *= 1 - Decimal(str(percent)) / 100
    return share
