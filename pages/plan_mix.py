"""Plan mix: what customers pay for, by plan and by interval."""

from dataclasses import replace

import streamlit as st

from dashboard import charts, data, navigation, session
from dashboard import format as fmt
from dashboard.ui import chrome, download, filters, kpis, notes, tables
from lib.billing import BillingError, Filters, Listing, Permission, PlanMixItem

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["plan-mix"])

ORDERS = {
    "Largest MRR": ("mrr_minor", True),
    "Most customers": ("customers", True),
    "Most subscriptions": ("subscriptions", True),
    "Plan": ("plan", False),
}


def cards(listing: Listing[PlanMixItem], code: str) -> list[kpis.Card]:
    rows = listing.rows
    whole = sum(row.mrr_minor for row in rows)
    customers = sum(bar.count for bar in listing.bars)
    yearly = sum(row.mrr_minor for row in rows if row.interval == "year")
    top = max(listing.bars, key=lambda bar: bar.amount_minor)
    held = sum(row.subscriptions for row in rows)
    return [
        kpis.Card(
            "MRR",
            fmt.money_short(whole, code),
            f"Monthly value of active and past due subscriptions in {code.upper()}: "
            f"{fmt.money(whole, code)}.",
            delta=fmt.plural(held, "subscription"),
            good="neither",
        ),
        kpis.Card(
            "ARPA",
            fmt.money(whole // customers, code) if customers else fmt.UNKNOWN,
            "MRR ÷ paying customers. A customer who holds two plans counts in each of them.",
            delta=fmt.plural(customers, "customer"),
            good="neither",
        ),
        kpis.Card(
            "Largest plan",
            plan_name(top.key),
            "The plan with the most MRR, and its share of this currency's MRR.",
            delta=fmt.share(top.amount_minor / whole) if whole else None,
            compared_to="of MRR",
            good="neither",
        ),
        kpis.Card(
            "Billed yearly",
            fmt.share(yearly / whole) if whole else fmt.UNKNOWN,
            "Share of MRR that is billed once a year.",
            delta=fmt.money_short(yearly, code),
            compared_to="of MRR",
            good="neither",
        ),
    ]


def plan_name(slug: str) -> str:
    return session.billing().catalog.plan(slug).name if slug else "Not in the catalogue"


def plan_chosen() -> None:
    """A click on a bar narrows the table to that plan."""
    points = st.session_state["plans_chart"]["selection"]["points"]
    st.session_state["plans"] = [points[0]["customdata"][0]] if points else []


def chart(listing: Listing[PlanMixItem], code: str) -> None:
    cells = tuple(
        (
            row.plan or "",
            row.plan_name,
            fmt.every(row.interval, row.interval_count),
            row.mrr_minor,
            row.customers,
        )
        for row in listing.rows
    )
    with st.container(border=True):
        st.subheader("Which plans carry the MRR?", anchor=False)
        figure = data.figure("plans", lambda: charts.plans(cells, code), cells, code)
        st.plotly_chart(
            figure,
            key="plans_chart",
            on_select=plan_chosen,
            selection_mode="points",
            config={"displayModeBar": False},
            alt="MRR by plan, split by billing interval",
        )


def table(listing: Listing[PlanMixItem]) -> None:
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
        for row in listing.rows
    ]
    tables.show(
        rows,
        {
            "plan": st.column_config.TextColumn("Plan"),
            "billed": st.column_config.TextColumn("Billed"),
            "customers": st.column_config.NumberColumn("Customers", format="localized"),
            "subscriptions": st.column_config.NumberColumn("Subscriptions", format="localized"),
            "mrr": st.column_config.NumberColumn("MRR"),
            "share": st.column_config.ProgressColumn(
                "Share of MRR", format="percent", min_value=0, max_value=1
            ),
        },
        key="plan_mix",
        ids=[f"{row.plan}:{row.interval}:{row.interval_count}" for row in listing.rows],
        money=("mrr",),
        alt="Plans and intervals with customers and MRR",
        choose=False,
    )


@st.fragment
def body() -> None:
    try:
        everything = data.plan_mix(Filters(limit=500))
        if not everything.total:
            notes.empty(
                "No paying subscription yet.",
                hint="Plans show here with the first active subscription.",
                icon=":material/inbox:",
            )
            return
        sums = sorted(everything.sums, key=lambda part: -part.amount_minor)
        code = filters.currency([part.currency for part in sums])
        whole = data.plan_mix(Filters(currencies=(code,), limit=500))
        kpis.row(cards(whole, code))
        chart(whole, code)
        with st.container(horizontal=True, vertical_alignment="center"):
            plans = filters.several("Plan", "plans", everything.choices.get("plans", ()), plan_name)
            intervals = filters.several(
                "Billed", "intervals", everything.choices.get("intervals", ()), fmt.every_named
            )
            sort, descending = filters.order(ORDERS)
            wanted = Filters(
                currencies=(code,),
                plans=plans,
                intervals=intervals,
                sort=sort,
                descending=descending,
                limit=500,
            )
            st.space("stretch")
            download.csv_button("plan-mix", wanted, staff)
        listing = data.plan_mix(replace(wanted))
        if not listing.total:
            notes.empty("No plan matches these filters.", icon=":material/filter_alt_off:")
            return
        table(listing)
    except BillingError as error:
        notes.trouble(error)


body()
