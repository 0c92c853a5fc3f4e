"""The parts of the winding-down page: its cards, its chart, its filters, its table."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Final

import streamlit as st

from dashboard import charts, data, session
from dashboard import format as fmt
from dashboard.ui import defined, filters, kpis, listing, tables
from lib.billing import Filters, Listing, Provider, WindingDownItem, provider_of

WEEK: Final = 7 * 86_400
ORDERS: Final = {
    "Ends soonest": ("ends_at", False),
    "Largest MRR": ("mrr_minor", True),
    "Asked latest": ("requested_at", True),
    "Plan": ("plan", False),
    "Reason": ("reason", False),
    "Customer": ("customer", False),
}


def cards(everything: Listing[WindingDownItem], now: int, *, totals: bool) -> list[kpis.Card]:
    """Money only for those who may see the company's totals; the others see their work."""
    weeks: defaultdict[int, int] = defaultdict(int)
    for bar in everything.bars:
        if bar.at is not None and now - WEEK < bar.at:
            weeks[bar.at] += bar.count
    shown = [
        kpis.defined("ending", f"{everything.total:,}", "Each can still be kept."),
        kpis.defined("ending_this_week", f"{sum(n for at, n in weeks.items() if at <= now):,}"),
        kpis.defined(
            "ending_in_four_weeks",
            f"{sum(n for at, n in weeks.items() if at <= now + 3 * WEEK):,}",
        ),
    ]
    known = [part for part in everything.sums if part.currency]
    if totals and known:
        first, *others = sorted(known, key=lambda part: (-part.count, part.currency))
        unpriced = listing.unpriced(everything)
        left_out = f" Left out: {unpriced:,} without a known price." if unpriced else ""
        shown.append(
            kpis.defined(
                "winding_down",
                fmt.money_short(first.amount_minor, first.currency),
                f"What counts in MRR leaves it at the end. Currencies never mix.{left_out}",
                label="MRR that leaves",
                delta=fmt.joined(fmt.money(p.amount_minor, p.currency) for p in others) or None,
                compared_to="besides" if others else None,
                good="neither",
            )
        )
    return shown


def chart(everything: Listing[WindingDownItem], now: int, *, totals: bool) -> None:
    """One bar a week; a click narrows the list to it. Counts for those who see no totals."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title("How much ends in each week?", "winding_down", "ending")
            code = filters.currency(listing.currencies(everything), key="in") if totals else None
        weeks = _weeks(everything, code)
        st.session_state["weeks_drawn"] = list(weeks)
        zone = data.timezone()
        today = fmt.today(now, zone)
        rows = tuple(weeks.values())
        st.plotly_chart(
            data.figure(
                "weeks", lambda: charts.runway(rows, code, today, zone), rows, code, today, zone
            ),
            key="runway",
            on_select=_week_chosen,
            selection_mode="points",
            config=charts.CONFIG,
            alt="Scheduled ends, week by week. Choose a week below to list its customers.",
        )


def _weeks(
    everything: Listing[WindingDownItem], code: str | None
) -> dict[str, tuple[int, int, int]]:
    """Monday → (its unix second, minor units, subscriptions), of one currency or only counted."""
    found: dict[str, tuple[int, int, int]] = {}
    for bar in everything.bars:
        if bar.at is not None and code in (None, bar.currency):
            _, amount, count = found.get(bar.key, (0, 0, 0))
            found[bar.key] = (bar.at, amount + bar.amount_minor if code else 0, count + bar.count)
    return dict(sorted(found.items()))


def _week_chosen() -> None:
    points = st.session_state["runway"]["selection"]["points"]
    mondays = st.session_state["weeks_drawn"]
    st.session_state["week"] = mondays[points[0]["point_index"]] if points else None
    filters.first_page()


def narrowed(everything: Listing[WindingDownItem]) -> Filters:
    """The filter row; its state is the address."""
    choices = everything.choices
    catalog = session.billing().catalog
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text("Search", "Name, e-mail or id")
        plans = filters.several(
            "Plan", "plans", choices.get("plans", ()), lambda slug: listing.plan_name(catalog, slug)
        )
        reasons = filters.several("Reason", "reasons", choices.get("reasons", ()), fmt.words)
        codes = filters.several("Currency", "currencies", choices.get("currencies", ()), str.upper)
        weeks = {bar.key: (bar.at, bar.until) for bar in everything.bars}
        week = filters.maybe("Any week", "week", sorted(weeks), week_name)
        sort, descending = filters.order(ORDERS)
    starts, ends = weeks.get(week or "", (None, None))
    return Filters(
        text=text,
        plans=plans,
        reasons=reasons,
        currencies=codes,
        starts=starts,
        ends=ends,
        sort=sort,
        descending=descending,
    )


def week_name(monday: str) -> str:
    """How the week that begins on ``monday`` is called in the filter and in the address."""
    day = date.fromisoformat(monday)
    return f"{day.day} {day:%b %Y}"


def status(item: WindingDownItem) -> list[str]:
    """The badge. Only Stripe tells of an end when it has come."""
    if not item.overdue:
        return tables.one(item.status)
    stripes = provider_of(item.subscription_id) is Provider.STRIPE
    return ["Awaiting Stripe" if stripes else "Ended"]


def table(page: Listing[WindingDownItem]) -> int | None:
    """One page of the list; answers the chosen row."""
    zone, catalog = data.timezone(), session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "plan": listing.plan_name(catalog, item.plan),
            "mrr": item.mrr_minor,
            "ends": fmt.moment(item.ends_at, zone),
            "reason": fmt.words(item.feedback or item.reason),
            "comment": item.comment,
            "status": status(item),
            "billed": fmt.every(item.interval, item.interval_count),
            "asked": fmt.moment(item.requested_at, zone),
            "email": item.email,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns = {
        "customer": column.TextColumn("Customer", width=190),
        "plan": column.TextColumn("Plan", width=85),
        "mrr": defined.number("winding-down.mrr_minor", "MRR", width=85),
        "ends": column.DateColumn("Ends on", format="D MMM YYYY", width=105),
        "reason": column.TextColumn("Reason", width=130),
        "comment": column.TextColumn("Comment", width=180),
        "status": tables.badge("Status", width=125),
        "billed": column.TextColumn("Billed", width=100),
        "asked": column.DateColumn("Asked on", format="D MMM YYYY", width=105),
        "email": column.TextColumn("E-mail", width=200),
        "subscription": column.TextColumn("Subscription", width=150),
    }
    return tables.show(
        rows,
        columns,
        key="winding_down",
        ids=[item.subscription_id for item in page.rows],
        money=("mrr",),
        alt="Subscriptions that are winding down",
    )
