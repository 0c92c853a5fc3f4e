"""What stands in the middle of sentences, each known by its stable id: statuses and reasons.

English has the id itself, or the id with spaces; another language has its own word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .filters import interval_name
from .said import Day, Money, Said, said, said_in_turn

_STATUSES: Final = {
    str(each): each
    for each in (
        said("active"),
        said("trialing"),
        said("past_due"),
        said("unpaid"),
        said("paused"),
        said("canceled"),
        said("incomplete"),
        said("incomplete_expired"),
        said("draft"),
        said("open"),
        said("paid"),
        said("void"),
        said("uncollectible"),
        said("completed"),
        said("released"),
    )
}
_PLAIN: Final = {
    str(each): each
    for each in (
        # statuses of payments, refunds, disputes, credit notes, Checkout
        *_STATUSES.values(),
        said("past due"),
        said("incomplete expired"),
        said("unknown"),
        said("pending"),
        said("requires action"),
        said("succeeded"),
        said("failed"),
        said("issued"),
        said("expired"),
        said("complete"),
        said("needs response"),
        said("under review"),
        said("won"),
        said("lost"),
        said("prevented"),
        said("warning needs response"),
        said("warning under review"),
        said("warning closed"),
        # why subscriptions end
        said("cancellation requested"),
        said("payment disputed"),
        said("payment failed"),
        said("customer service"),
        said("low quality"),
        said("missing features"),
        said("other"),
        said("switched service"),
        said("too complex"),
        said("too expensive"),
        said("unused"),
        # why money came back
        said("duplicate"),
        said("fraudulent"),
        said("requested by customer"),
        said("expired uncaptured charge"),
        said("order change"),
        said("product unsatisfactory"),
        said("bank cannot process"),
        said("credit not processed"),
        said("customer initiated"),
        said("debit not authorized"),
        said("general"),
        said("incorrect account details"),
        said("insufficient funds"),
        said("noncompliant"),
        said("product not received"),
        said("product unacceptable"),
        said("subscription canceled"),
        said("unrecognized"),
        # how links end, and their flows
        said("waiting"),
        said("acted"),
        said("refused"),
        said("home"),
        said("payment method update"),
        said("customer update"),
        said("subscription update"),
        said("subscription update confirm"),
        said("subscription pause"),
        said("subscription cancel"),
        said("renew"),
        said("pay invoice"),
        said("login page"),
        said("checkout"),
    )
}
_NO_CHANGE_SEEN: Final = said("no_change_seen")


def status(slug: str | None) -> str:
    """``past_due``, in English as it is."""
    return _STATUSES.get(str(slug), str(slug))


def outcome(slug: str) -> str:
    """How a link ended."""
    return _NO_CHANGE_SEEN if slug == _NO_CHANGE_SEEN else plain(slug)


def plain(slug: str) -> str:
    """``too_expensive`` as ``too expensive``."""
    words = slug.replace("_", " ")
    return _PLAIN.get(words, words)


def day(second: int | None, timezone: str) -> Day | str:
    """A business day; an unknown one says so."""
    return said("an unknown day") if second is None else Day(second, timezone)


def amount(minor: int | None, currency: str | None) -> Money | str:
    """An amount; an unknown one says so."""
    if minor is None or currency is None:
        return said("an unknown amount")
    return Money(minor, currency)


def days(seconds: Iterable[int], timezone: str) -> str:
    """Several business days, with a comma between them."""
    return said_in_turn((said("{day}", day=Day(second, timezone)) for second in seconds), ", ")


def offer(name: str, interval: str | None, count: int | None, quantity: int | None) -> str:
    """``Pro, every month``, ``Pro, every 3 months × 4``."""
    billed = _billed(name, interval, count)
    if (quantity or 1) == 1:
        return billed
    return said("{offer} × {count}", offer=billed, count=quantity)


def _billed(name: str, interval: str | None, count: int | None) -> str:
    once, many = _EVERY.get(interval or "", (None, None))
    if interval is None:
        return name
    if once is None or many is None:
        every = interval_name(interval, count) or interval
        return f"{name}, every {every}s" if " " in every else f"{name}, every {every}"
    if count in (None, 1):
        return Said(once, {"plan": name})
    return Said(many, {"plan": name, "count": count})


_EVERY: Final = {
    interval: (once.template, many.template)
    for interval, once, many in (
        (
            "day",
            said("{plan}, every day", plan=""),
            said("{plan}, every {count} days", plan="", count=""),
        ),
        (
            "week",
            said("{plan}, every week", plan=""),
            said("{plan}, every {count} weeks", plan="", count=""),
        ),
        (
            "month",
            said("{plan}, every month", plan=""),
            said("{plan}, every {count} months", plan="", count=""),
        ),
        (
            "year",
            said("{plan}, every year", plan=""),
            said("{plan}, every {count} years", plan="", count=""),
        ),
    )
}
"""Interval -> the templates of each, and of each so many."""
