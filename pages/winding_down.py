"""Winding down: which subscriptions end, when and why."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import charts, data, navigation, session
from dashboard import format as fmt
from dashboard.ui import chrome, download, filters, kpis, notes, tables
from lib.billing import BillingError, Filters, Listing, Permission, WindingDownItem

staff = session.guard(Permission.CUSTOMERS)
totals = staff.may(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["winding-down"])

WEEK = 7 * 86_400
ORDERS = {
    "Ends soonest": ("ends_at", False),
    "Largest MRR": ("mrr_minor", True),
    "Asked latest": ("requested_at", True),
    "Plan": ("plan", False),
    "Reason": ("reason", False),
    "Customer": ("customer", False),
}


def cards(everything: Listing[WindingDownItem], now: int) -> list[kpis.Card]:
    """Money only for those who may see the company's totals; the others see their work."""
    soon = sum(bar.count for bar in everything.bars if now - WEEK < (bar.at or 0) <= now)
    month = sum(bar.count for bar in everything.bars if now - WEEK < (bar.at or 0) < now + 4 * WEEK)
    counts: defaultdict[int, int] = defaultdict(int)
    for bar in everything.bars:
        if bar.at is not None and now - WEEK < bar.at < now + 12 * WEEK:
            counts[bar.at] += bar.count
    shown = [
        kpis.Card(
            "Winding down",
            f"{everything.total:,}",
            "Live subscriptions whose end is scheduled, by either of Stripe's two encodings. "
            "The bars are the coming weeks.",
            delta="can still be kept",
            good="neither",
            spark=tuple(counts[week] for week in sorted(counts)),
            spark_as="bar",
        ),
        kpis.Card("End this week", f"{soon:,}", "Scheduled ends from Monday to Sunday."),
        kpis.Card("End within four weeks", f"{month:,}", "This week and the three after it."),
    ]
    if totals and everything.sums:
        largest = max(everything.sums, key=lambda part: part.amount_minor)
        others = [part for part in everything.sums if part is not largest]
        shown.append(
            kpis.Card(
                "MRR that leaves",
                fmt.money_short(largest.amount_minor, largest.currency),
                "Their monthly value. It is counted in MRR until the end. Currencies never mix.",
                delta=fmt.joined(fmt.money(p.amount_minor, p.currency) for p in others) or None,
                compared_to="in other currencies" if others else None,
                good="neither",
            )
        )
    return shown


def weeks_of(
    everything: Listing[WindingDownItem], currency: str
) -> dict[str, tuple[int, int, int]]:
    """Monday → (its unix second, minor units, subscriptions), of one currency or of counts."""
    found: defaultdict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for bar in everything.bars:
        if bar.at is not None and (not totals or bar.currency == currency):
            _, amount, count = found[bar.key]
            found[bar.key] = (bar.at, amount + bar.amount_minor if totals else 0, count + bar.count)
    return dict(sorted(found.items()))


def week_chosen() -> None:
    """A click on a bar narrows the list to that week."""
    points = st.session_state["runway"]["selection"]["points"]
    mondays = st.session_state["weeks_drawn"]
    st.session_state["week"] = mondays[points[0]["point_index"]] if points else None
    filters.first_page()


def chart(everything: Listing[WindingDownItem], now: int) -> None:
    codes = [part.currency for part in sorted(everything.sums, key=lambda p: -p.amount_minor)]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("How much ends in each week?", anchor=False)
            code = filters.currency(codes, key="in") if totals else ""
        weeks = weeks_of(everything, code)
        st.session_state["weeks_drawn"] = list(weeks)
        today = fmt.moment(now, data.timezone()).date()
        rows = tuple(weeks.values())
        figure = data.figure(
            "weeks",
            lambda: charts.runway(rows, code or None, today, data.timezone()),
            rows,
            code,
            today,
        )
        st.plotly_chart(
            figure,
            key="runway",
            on_select=week_chosen,
            selection_mode="points",
            config={"displayModeBar": False},
            alt="Scheduled ends, week by week. Choose a week below to list its customers.",
        )


def narrowed(everything: Listing[WindingDownItem]) -> Filters:
    """The filter row; its state is the address."""
    choices = everything.choices
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text("Search", "Name, e-mail or id")
        plan = filters.several("Plan", "plans", choices.get("plans", ()), plan_name)
        reason = filters.several("Reason", "reasons", choices.get("reasons", ()), fmt.words)
        code = filters.several("Currency", "currencies", choices.get("currencies", ()), str.upper)
        mondays = sorted({bar.key for bar in everything.bars})
        week = filters.maybe("Any week", "week", mondays, week_name)
        sort, descending = filters.order(ORDERS)
    start = next((bar.at for bar in everything.bars if bar.key == week), None)
    return Filters(
        text=text,
        plans=plan,
        reasons=reason,
        currencies=code,
        starts=start,
        ends=None if start is None else start + WEEK,
        sort=sort,
        descending=descending,
        limit=tables.PAGE_SIZE,
    )


def plan_name(slug: str) -> str:
    return session.billing().catalog.plan(slug).name


def week_name(monday: str) -> str:
    day = date.fromisoformat(monday)
    return f"Week of {day.day} {day:%b %Y}"


def table(listing: Listing[WindingDownItem]) -> None:
    zone = data.timezone()
    rows = [
        {
            "customer": item.name or item.email or item.customer_id,
            "email": item.email,
            "plan": plan_name(item.plan) if item.plan else None,
            "billed": fmt.every(item.interval, item.interval_count),
            "mrr": item.mrr_minor,
            "ends": fmt.moment(item.ends_at, zone),
            "asked": fmt.moment(item.requested_at, zone),
            "status": ["Awaiting Stripe"] if item.overdue else tables.one(item.status),
            "reason": fmt.words(item.feedback or item.reason),
            "comment": item.comment,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in listing.rows
    ]
    chosen = tables.show(
        rows,
        {
            "customer": st.column_config.TextColumn("Customer", width=190),
            "plan": st.column_config.TextColumn("Plan", width=85),
            "mrr": st.column_config.NumberColumn("MRR", width=85),
            "ends": st.column_config.DateColumn("Ends on", format="D MMM YYYY", width=105),
            "reason": st.column_config.TextColumn("Reason", width=130),
            "comment": st.column_config.TextColumn("Comment", width=180),
            "status": tables.badge("Status", width=125),
            "billed": st.column_config.TextColumn("Billed", width=100),
            "asked": st.column_config.DateColumn("Asked on", format="D MMM YYYY", width=105),
            "email": st.column_config.TextColumn("E-mail", width=200),
            "subscription": st.column_config.TextColumn("Subscription", width=150),
        },
        key="winding_down",
        ids=[item.subscription_id for item in listing.rows],
        money=("mrr",),
        alt="Subscriptions that are winding down",
    )
    if chosen is not None:
        tables.open_customer(listing.rows[chosen].customer_id)


@st.fragment
def body() -> None:
    try:
        everything = data.winding_down(Filters(limit=1))
        if not everything.total:
            notes.empty(
                "Nothing is winding down.",
                hint="A subscription shows here as soon as its cancellation is scheduled in Stripe.",
            )
            return
        now = data.freshness().now
        kpis.row(cards(everything, now))
        chart(everything, now)
        wanted = narrowed(everything)
        counted = data.winding_down(replace(wanted, limit=1))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(found(counted), width="stretch")
            download.csv_button("winding-down", wanted, staff)
        if not counted.total:
            notes.empty("No subscription matches these filters.", icon=":material/filter_alt_off:")
            return
        place = st.container()
        offset = tables.pager(counted.total)
        with place:
            table(data.winding_down(replace(wanted, offset=offset)))
    except BillingError as error:
        notes.trouble(error)


def found(listing: Listing[WindingDownItem]) -> str:
    amounts = [fmt.money(p.amount_minor, p.currency) for p in listing.sums] if totals else []
    return fmt.joined((fmt.plural(listing.total, "subscription"), *amounts)) + (
        ". Choose a row to open its customer."
    )


body()
