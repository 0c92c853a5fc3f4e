"""Where MRR stands: the key numbers above the roll-forward."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.ui import kpis
from dashboard.ui.rolling import name
from lib.billing import RollForward, RollForwardLine


def cards(rolled: RollForward, by: str) -> list[kpis.Card]:
    """Where MRR stands, and what the running period did to it."""
    code, now = rolled.currency, rolled.lines[-1]
    so_far = _so_far(by, now)
    leaves = None
    if now.closing_minor is not None and now.committed_minor is not None:
        leaves = now.closing_minor - now.committed_minor
    people = rolled.paying_customers
    arpa = fmt.each(now.closing_minor or 0, people, code) if people else None
    return [
        kpis.defined(
            "mrr",
            fmt.money_short(now.closing_minor, code),
            tr("Now {money}.", money=fmt.money(now.closing_minor, code))
            + _uncounted(rolled.uncounted),
            delta=_signed(now.change_minor, code) if now.change_minor else now.change_minor,
            compared_to=so_far if now.change_minor is not None else None,
            spark=_spark([line.closing_minor for line in rolled.lines], code),
        ),
        kpis.defined(
            "committed_mrr",
            fmt.money_short(now.committed_minor, code),
            tr("Now {money}.", money=fmt.money(now.committed_minor, code)),
            delta=fmt.money_short(leaves, code) if leaves is not None else None,
            compared_to=tr("winding down") if leaves is not None else None,
            good="neither",
        ),
        kpis.defined(
            "paying_customers",
            fmt.number(people),
            delta=arpa if now.closing_minor is not None else None,
            compared_to=tr("ARPA") if arpa and now.closing_minor is not None else None,
            good="neither",
        ),
        kpis.defined(
            "net_new_mrr",
            _signed(now.moved_minor, code) or fmt.UNKNOWN,
            tr("Here {period}; the bars are the periods shown.", period=so_far),
            good="neither",
            **_beside(rolled),
            spark=_spark([line.moved_minor for line in rolled.lines], code),
            spark_as="bar",
        ),
    ]


def _beside(rolled: RollForward) -> dict[str, str | None]:
    """Of what moved: how much of it exchange rates did, else what moved in the period before."""
    code = rolled.currency
    if rolled.reporting:
        by_rates = rolled.lines[-1].fx_minor
        told = tr("by FX") if by_rates is not None else None
        return {"delta": _signed(by_rates, code), "compared_to": told}
    if len(rolled.lines) < 2 or (moved := rolled.lines[-2].moved_minor) is None:
        return {}
    before = tr("in {period}", period=name(rolled.lines[-2]))
    return {"delta": fmt.signed_short(moved, code), "compared_to": before}


def _signed(minor: int | None, code: str) -> str | None:
    return None if minor is None else fmt.signed(minor, code) if minor else fmt.money(0, code)


def _spark(amounts: Sequence[int | None], code: str) -> tuple[float, ...]:
    return tuple(fmt.major(minor, code) for minor in amounts if minor is not None)


def _uncounted(count: int) -> str:
    if not count:
        return ""
    told = ntr(
        "Left out: {count} subscription without a known price.",
        "Left out: {count} subscriptions without a known price.",
        count,
    )
    return f" {told}"


def _so_far(by: str, line: RollForwardLine) -> str:
    """What a change is of."""
    if not line.running:
        return tr("in {period}", period=name(line))
    match by:
        case "day":
            return tr("this day")
        case "week":
            return tr("this week")
        case "month":
            return tr("this month")
    return tr("this quarter")
