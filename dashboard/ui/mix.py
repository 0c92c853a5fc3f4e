"""The parts of the plan-mix page: its cards, its chart, its table."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import charts, data, session
from dashboard import format as fmt
from dashboard.ui import filters, kpis, listing, tables
from lib.billing import Filters, Listing, PlanMixItem

ORDERS: Final = {
    "Largest MRR": ("mrr_minor", True),
    "Most customers": ("customers", True),
    "Most subscriptions": ("subscriptions", True),
    "Plan": ("plan", False),
}
ALL: Final = 500  # there are as many rows as the catalogue has prices


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
        kpis.Card(
            "MRR",
            fmt.money_short(mrr, code),
            f"Monthly value of active and past due subscriptions in {code.upper()}: "
            f"{fmt.money(mrr, code)}.",
            delta=fmt.plural(sum(row.subscriptions for row in whole.rows), "subscription"),
            good="neither",
        ),
        kpis.Card(
            "ARPA",
            fmt.money(mrr // customers, code) if customers else fmt.UNKNOWN,
            "MRR ÷ paying customers.",
            delta=fmt.plural(customers, "customer"),
            good="neither",
        ),
        kpis.Card(
            "Largest plan",
            listing.plan_name(session.billing().catalog, top.key),
            "The plan with the most MRR, and its share of this currency's MRR.",
            delta=fmt.share(top.amount_minor / mrr) if mrr else None,
            compared_to="of MRR",
            good="neither",
        ),
        kpis.Card(
            "Billed yearly",
            fmt.share(yearly / mrr) if mrr else fmt.UNKNOWN,
            "Share of MRR that is billed once a year.",
            delta=fmt.money_short(yearly, code),
            compared_to="of MRR",
            good="neither",
        ),
    ]


def chart(whole: Listing[PlanMixItem], code: str) -> None:
    """One bar a plan, split by interval; a click narrows the table to that plan."""
    cells = tuple(
        (
            row.plan or "",
            row.plan_name,
            fmt.every(row.interval, row.interval_count),
            row.mrr_minor,
            row.customers,
        )
        for row in whole.rows
    )
    with st.container(border=True):
        st.subheader("Which plans carry the MRR?", anchor=False)
        st.plotly_chart(
            data.figure("plans", lambda: charts.plans(cells, code), cells, code),
            key="plans_chart",
            on_select=_plan_chosen,
            selection_mode="points",
            config=charts.CONFIG,
            alt="MRR by plan, split by billing interval",
        )


def _plan_chosen() -> None:
    points = st.session_state["plans_chart"]["selection"]["points"]
    st.session_state["plans"] = [points[0]["customdata"][0]] if points else []


def narrowed(everything: Listing[PlanMixItem], code: str) -> Filters:
    """The filters beside the download button; their state is the address."""
    catalog = session.billing().catalog
    plans = filters.several(
        "Plan",
        "plans",
        everything.choices.get("plans", ()),
        lambda slug: listing.plan_name(catalog, slug),
    )
    intervals = filters.several(
        "Billed", "intervals", everything.choices.get("intervals", ()), fmt.every_named
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
    rows = [
        {
            "plan": row.plan_name,
            "billed": fmt.every(row.interval, row.interval_count),
            "customers": row.customers,
            "subscriptions": row.subscriptions,
            "mrr": row.mrr_minor,
            "share": row.share,
            "currency": row.currency,
        }
        for row in page.rows
    ]
    column = st.column_config
    columns = {
        "plan": column.TextColumn("Plan"),
        "billed": column.TextColumn("Billed"),
        "customers": column.NumberColumn("Customers", format="localized"),
        "subscriptions": column.NumberColumn("Subscriptions", format="localized"),
        "mrr": column.NumberColumn("MRR"),
        "share": column.ProgressColumn(
            "Share of MRR", format="percent", min_value=0, max_value=1, color="blue"
        ),
    }
    tables.show(
        rows,
        columns,
        key="plan_mix",
        ids=[f"{row.plan}:{row.interval}:{row.interval_count}" for row in page.rows],
        money=("mrr",),
        alt="Plans and intervals with customers and MRR",
        choose=False,
    )
