"""The parts of the overview: where each currency stands, what leaves, who needs somebody."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, data, navigation, session
from dashboard import format as fmt
from dashboard.ui import defined, ending, failing, kpis, listing, notes, tables
from lib.billing import (
    FailedPaymentItem,
    Filters,
    Overview,
    OverviewCurrency,
    PlanChange,
    WindingDownItem,
)

DAY: Final = 86_400
AHEAD: Final = 8 * 7 * DAY
MOST_NEEDS: Final = 5


def cards(money: OverviewCurrency) -> list[kpis.Card]:
    """Of one currency."""
    code = money.currency
    people = money.paying_customers
    return [
        kpis.defined(
            "mrr",
            fmt.money_short(money.mrr_minor, code),
            f"Now {fmt.money(money.mrr_minor, code)}; without what winds down "
            f"{fmt.money(money.committed_minor, code)} (committed MRR)."
            + _uncounted(money.uncounted),
            delta=fmt.signed(money.month_delta_minor, code) if money.month_delta_minor else 0,
            compared_to="this month",
            spark=tuple(fmt.major(point.amount_minor, code) for point in money.sparkline),
        ),
        kpis.defined(
            "paying_customers",
            f"{people:,}",
            delta=fmt.each(money.mrr_minor, people, code) if people else None,
            compared_to="ARPA" if people else None,
            good="neither",
        ),
        kpis.defined(
            "winding_down",
            fmt.money_short(money.winding_down.amount_minor, code),
            "It leaves at the end, not before, and can still be kept.",
            delta=fmt.plural(money.winding_down.count, "subscription"),
            good="neither",
        ),
        kpis.defined(
            "at_risk",
            fmt.money_short(money.at_risk.amount_minor, code),
            delta=fmt.plural(money.at_risk.count, "subscription"),
            good="neither",
        ),
    ]


def _uncounted(count: int) -> str:
    return f" Left out: {fmt.plural(count, 'subscription')} without a known price." if count else ""


def leaving(currency: str) -> None:
    """The next eight weeks of scheduled ends; a click lists the customers behind a bar."""
    now, zone = data.freshness().now, data.timezone()
    bars = [
        bar
        for bar in data.winding_down(Filters(currencies=(currency,), limit=1)).bars
        if bar.at is not None and bar.at < now + AHEAD
    ]
    weeks = tuple((bar.at or 0, bar.amount_minor, bar.count) for bar in bars)
    with st.container(border=True, height="stretch"):
        defined.title("What leaves MRR in the next eight weeks?", "winding_down")
        if not weeks:
            st.caption("Nothing is scheduled to end.")
            return
        today = fmt.today(now, zone)
        state = st.plotly_chart(
            data.figure(
                "weeks",
                lambda: charts.runway(weeks, currency, today, zone),
                weeks,
                currency,
                today,
                zone,
            ),
            key="leaving",
            on_select="rerun",
            selection_mode="points",
            config=charts.CONFIG,
            alt="MRR that leaves by scheduled ends, week by week",
        )
    if points := state["selection"]["points"]:
        week = ending.week_name(bars[points[0]["point_index"]].key)
        navigation.open_page("winding-down", week=week, currencies=currency.upper())


def moving(money: OverviewCurrency) -> None:
    """MRR, day by day."""
    points = tuple((point.at, point.amount_minor) for point in money.sparkline)
    zone = data.timezone()
    with st.container(border=True, height="stretch"):
        defined.title("How did MRR move in the last 30 days?", "mrr")
        st.plotly_chart(
            data.figure(
                "trend",
                lambda: charts.trend(points, money.currency, zone),
                points,
                money.currency,
                zone,
            ),
            key="moving",
            config=charts.CONFIG,
            alt="MRR, day by day",
        )


def needs_you(currency: str) -> None:
    """The largest amounts that somebody can still save today."""
    st.subheader("What needs you?", anchor=False)
    now, zone = data.freshness().now, data.timezone()
    largest = Filters(currencies=(currency,), sort="mrr_minor", descending=True, limit=MOST_NEEDS)
    unpaid = data.failed_payments(largest).rows
    leaving = data.winding_down(largest).rows
    owners = [item.customer_id for item in unpaid] + [item.customer_id for item in leaving]
    if not owners:
        notes.empty("Nothing fails and nothing is winding down.")
        return
    column = st.column_config
    chosen = tables.show(
        [_failing(item, now, zone) for item in unpaid] + [_ending(item, zone) for item in leaving],
        {
            "customer": column.TextColumn("Customer", width="medium"),
            "what": tables.badge("What", width=130),
            "mrr": defined.number(
                "mrr", more="Of what is winding down the value that leaves at the end.", width=90
            ),
            "by": column.DateColumn(
                "Last day",
                format="D MMM YYYY",
                width=110,
                help="When access ends; empty when it has ended already.",
            ),
            "why": column.TextColumn("Why", width="large"),
        },
        key="needs_you",
        ids=owners,
        money=("mrr",),
        alt="Largest failing and ending subscriptions",
    )
    if chosen is not None:
        tables.open_customer(owners[chosen])


def _failing(item: FailedPaymentItem, now: int, zone: str) -> dict[str, object]:
    return {
        "customer": listing.who(item),
        "what": tables.one(item.status or "open"),
        "mrr": item.mrr_minor,
        "by": fmt.moment(now + item.days_left * DAY, zone) if item.days_left else None,
        "why": failing.cause(item),
        "currency": item.currency,
    }


def _ending(item: WindingDownItem, zone: str) -> dict[str, object]:
    return {
        "customer": listing.who(item),
        "what": ["Winding down"],
        "mrr": item.mrr_minor,
        "by": fmt.moment(item.ends_at, zone),
        "why": fmt.words(item.feedback or item.reason),
        "currency": item.currency,
    }


def changes(view: Overview, currency: str) -> None:
    """The latest plan changes, from → to."""
    st.subheader("Who changed plan lately?", anchor=False)
    found = [change for change in view.changes if change.currency == currency]
    if not found:
        notes.empty("No plan change yet.", hint="Upgrades, downgrades and new customers show here.")
        return
    zone, column = data.timezone(), st.column_config
    chosen = tables.show(
        [
            {
                "customer": listing.who(change),
                "kind": tables.one(change.kind),
                "plans": _path(change),
                "change": change.delta_minor,
                "when": fmt.moment(change.occurred_at, zone),
                "currency": change.currency,
            }
            for change in found
        ],
        {
            "customer": column.TextColumn("Customer", width="medium"),
            "kind": tables.badge("Kind", width=130),
            "plans": column.TextColumn("From → to", width="medium"),
            "change": defined.number("movements.delta_minor", "MRR change", width=95),
            "when": column.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=140),
        },
        key="changes",
        ids=[f"{change.customer_id}:{change.occurred_at}" for change in found],
        money=("change",),
        alt="Latest plan changes",
    )
    if chosen is not None:
        tables.open_customer(found[chosen].customer_id)


def _path(change: PlanChange) -> str:
    """From → to; the intervals too where the plan stays the same."""
    before, after = _plan(change.from_plan), _plan(change.to_plan)
    if before == after and change.from_interval != change.to_interval:
        before += f", {fmt.every(change.from_interval, 1).lower()}"
        after += f", {fmt.every(change.to_interval, 1).lower()}"
    return " → ".join(part for part in (before, after) if part)


def _plan(slug: str | None) -> str:
    return session.billing().catalog.plan(slug).name if slug else ""
