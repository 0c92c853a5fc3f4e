"""The parts of the plan-mix page: its cards, its chart, its table."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import defined, filters, kpis, listing, picture, tables
from lib.billing import Filters, Listing, PlanCustomerItem, PlanMixItem, PriceHolder

ORDERS: Final = {
    mark("Largest MRR"): ("mrr_minor", True),
    mark("Most customers"): ("customers", True),
    mark("Most subscriptions"): ("subscriptions", True),
    mark("Plan"): ("plan", False),
}
ALL: Final = 500  # there are as many rows as the catalogue has prices


VIEWS: Final = {
    "now": mark("Now"),
    "trend": mark("Trend"),
    "moves": mark("Moves"),
    "largest": mark("Concentration"),
    "features": mark("Features"),
}
MEASURES: Final = {"mrr": mark("MRR"), "customers": mark("Customers")}
COUNTED: Final = ("now", "trend", "moves")
"""Views that can be had in MRR or in customers."""


def view() -> str:
    """Which part of the page is drawn beneath the numbers."""
    return filters.switch(tr("Show"), "view", VIEWS)


def measure(of: str) -> str:
    """``mrr`` or ``customers``, where the view has both."""
    if of not in COUNTED:
        return "mrr"
    return filters.switch(tr("Counted in"), "measure", MEASURES)


def cards(whole: Listing[PlanMixItem], code: str) -> list[kpis.Card]:
    """Of one currency."""
    mrr = sum(row.mrr_minor for row in whole.rows)
    # Not the sum of the bars: somebody who holds two plans stands in two of them.
    customers = next(
        (c.paying_customers for c in data.overview().currencies if c.currency == code), 0
    )
    yearly = sum(row.mrr_minor for row in whole.rows if row.interval == "year")
    top = max(whole.bars, key=lambda bar: bar.amount_minor)
    return [
        kpis.defined(
            "mrr",
            fmt.money_short(mrr, code),
            tr("Now {money}.", money=fmt.money(mrr, code)),
            delta=ntr(
                "{count} subscription",
                "{count} subscriptions",
                sum(row.subscriptions for row in whole.rows),
            ),
            good="neither",
        ),
        kpis.defined(
            "arpa",
            fmt.each(mrr, customers, code),
            delta=ntr("{count} customer", "{count} customers", customers),
            good="neither",
        ),
        kpis.defined(
            "largest_plan",
            listing.plan_name(session.billing().catalog, top.key),
            delta=fmt.share(top.amount_minor / mrr) if mrr else None,
            compared_to=tr("of MRR"),
            good="neither",
        ),
        kpis.defined(
            "billed_yearly",
            fmt.share(yearly / mrr) if mrr else fmt.UNKNOWN,
            delta=fmt.money_short(yearly, code),
            compared_to=tr("of MRR"),
            good="neither",
        ),
    ]


def left_out(code: str) -> None:
    """Says how many live subscriptions are in none of the numbers."""
    count = next((c.uncounted for c in data.overview().currencies if c.currency == code), 0)
    if count:
        st.caption(
            ":material/info: "
            + ntr(
                "Left out: {count} live subscription without a known price. The self-audit of the "
                "MRR page names it.",
                "Left out: {count} live subscriptions without a known price. The self-audit of "
                "the MRR page names them.",
                count,
            )
        )


def chart(whole: Listing[PlanMixItem], code: str, measure: str) -> None:
    """One bar a plan, split by interval; a click lists the customers behind it."""
    people, catalog = measure == "customers", session.billing().catalog
    cells = tuple(
        (
            row.plan or "",
            listing.plan_name(catalog, row.plan),
            fmt.every(row.interval, row.interval_count),
            row.mrr_minor,
            row.customers,
        )
        for row in whole.rows
    )
    with st.container(border=True):
        asked = (
            tr("Which plans have the customers?") if people else tr("Which plans carry the MRR?")
        )
        defined.title(asked, "mrr", "plan-mix.customers")
        picture.chart(
            keeping.figure(
                "plans", lambda: charts.plans(cells, code, people=people), cells, code, people
            ),
            key="plans_chart",
            on_select=_plan_chosen,
            chosen=picture.held("plans"),
            alt=tr("MRR by plan and billing interval. Choose a plan below to list its customers."),
        )


def _plan_chosen() -> None:
    picture.choose(plans=picture.clicked("plans_chart")[:1])


def narrowed(everything: Listing[PlanMixItem], code: str) -> Filters:
    """The filters beside the download button; their state is the address."""
    catalog = session.billing().catalog
    known = everything.choices.get("plans", ())
    unresolved = ("",) if any(not bar.key for bar in everything.bars) else ()
    plans = filters.several(
        tr("Plan"),
        "plans",
        (*known, *unresolved),
        lambda slug: listing.plan_name(catalog, slug),
    )
    intervals = filters.several(
        tr("Billed"), "intervals", everything.choices.get("intervals", ()), fmt.every_named
    )
    sort, descending = filters.order(ORDERS)
    return Filters(
        currencies=(code,),
        plans=plans,
        intervals=intervals,
        sort=sort,
        descending=descending,
        limit=ALL,
    )


def table(page: Listing[PlanMixItem]) -> None:
    catalog = session.billing().catalog
    rows = [
        {
            "plan": listing.plan_name(catalog, row.plan),
            "billed": fmt.every(row.interval, row.interval_count),
            "customers": row.customers,
            "subscriptions": row.subscriptions,
            "mrr": row.mrr_minor,
            "share": row.share * 100,
            "currency": row.currency,
        }
        for row in page.rows
    ]
    column = st.column_config
    columns = {
        "plan": column.TextColumn(tr("Plan")),
        "billed": column.TextColumn(tr("Billed")),
        "customers": defined.count("plan-mix.customers"),
        "subscriptions": defined.count("plan-mix.subscriptions"),
        "mrr": defined.number("plan-mix.mrr_minor", tr("MRR")),
        "share": defined.share("plan_share"),
    }
    tables.show(
        rows,
        columns,
        key="plan_mix",
        ids=[f"{row.plan}:{row.interval}:{row.interval_count}" for row in page.rows],
        money=("mrr",),
        alt=tr("Plans and intervals with customers and MRR"),
        choose=False,
    )


def customers(page: Listing[PlanCustomerItem] | Listing[PriceHolder]) -> int | None:
    """One page of the subscriptions behind the mix; answers the chosen row."""
    zone, catalog = data.timezone(), session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "plan": listing.plan_name(catalog, item.plan),
            "billed": fmt.every(item.interval, item.interval_count),
            "mrr": item.mrr_minor,
            "status": tables.one("winding_down" if item.winding_down else item.status),
            "since": fmt.moment(item.start_date, zone),
            "email": item.email,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=190),
        "plan": column.TextColumn(tr("Plan"), width=125),
        "billed": column.TextColumn(tr("Billed"), width=105),
        "mrr": defined.number("plan-customers.mrr_minor", tr("MRR"), width=85),
        "status": tables.badge(tr("Status"), width=120),
        "since": column.DateColumn(tr("Subscribed on"), width=115),
        "email": column.TextColumn(tr("E-mail"), width=260),
        "subscription": column.TextColumn(tr("Subscription"), width=150),
    }
    return tables.show(
        rows,
        columns,
        key="plan_customers",
        ids=[item.subscription_id for item in page.rows],
        money=("mrr",),
        alt=tr("Subscriptions that count in MRR"),
    )
