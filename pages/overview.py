"""Overview: where the subscription business stands today, and what leaves it soon."""

import streamlit as st

from dashboard import charts, data, navigation, session
from dashboard import format as fmt
from dashboard.ui import chrome, filters, kpis, notes, tables
from lib.billing import BillingError, Filters, Overview, OverviewCurrency, Permission

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["overview"])

DAY = 86_400


def cards(money: OverviewCurrency) -> list[kpis.Card]:
    code = money.currency
    spark = tuple(fmt.major(point.amount_minor, code) for point in money.sparkline)
    return [
        kpis.Card(
            "MRR",
            fmt.money_short(money.mrr_minor, code),
            f"Monthly value of active and past due subscriptions: "
            f"{fmt.money(money.mrr_minor, code)}. Without what winds down: "
            f"{fmt.money(money.committed_minor, code)} (committed MRR).",
            delta=fmt.signed(money.month_delta_minor, code) if money.month_delta_minor else 0,
            compared_to="this month",
            spark=spark,
        ),
        kpis.Card(
            "Paying customers",
            f"{money.paying_customers:,}",
            f"Customers whose MRR in {code.upper()} is above zero.",
            delta=fmt.money(money.mrr_minor // money.paying_customers, code)
            if money.paying_customers
            else None,
            compared_to="each a month (ARPA)",
            good="neither",
        ),
        kpis.Card(
            "Winding down",
            fmt.money_short(money.winding_down.amount_minor, code),
            "MRR of live subscriptions whose end is scheduled. It leaves at the end, not before.",
            delta=fmt.plural(money.winding_down.count, "subscription"),
            compared_to="can still be kept",
            good="neither",
        ),
        kpis.Card(
            "At risk",
            fmt.money_short(money.at_risk.amount_minor, code),
            "MRR of subscriptions that are past due or whose invoice is failing.",
            delta=fmt.plural(money.at_risk.count, "subscription"),
            compared_to="with a failed payment",
            good="neither",
        ),
    ]


def leaving(currency: str) -> None:
    """The next eight weeks of scheduled ends; a click lists the customers behind a bar."""
    fresh = data.freshness()
    listing = data.winding_down(Filters(currencies=(currency,), limit=1))
    horizon = fresh.now + 8 * 7 * DAY
    bars = sorted(
        (bar for bar in listing.bars if bar.at is not None and bar.at < horizon),
        key=lambda bar: bar.at or 0,
    )
    with st.container(border=True, height="stretch"):
        st.subheader("What leaves MRR in the next eight weeks?", anchor=False)
        if not bars:
            st.caption("Nothing is scheduled to end.")
            return
        weeks = tuple((bar.at or 0, bar.amount_minor, bar.count) for bar in bars)
        today = fmt.moment(fresh.now, data.timezone()).date()
        figure = data.figure(
            "runway",
            lambda: charts.runway(weeks, currency, today, data.timezone()),
            weeks,
            currency,
            today,
        )
        chosen = st.plotly_chart(
            figure,
            key="leaving",
            on_select="rerun",
            selection_mode="points",
            config={"displayModeBar": False},
            alt="MRR that leaves by scheduled ends, week by week",
        )["selection"]["points"]
        if chosen:
            monday = weeks[chosen[0]["point_index"]][0]
            day = fmt.moment(monday, data.timezone()).date().isoformat()
            navigation.open_page("winding-down", week=day, currencies=currency)


def moving(money: OverviewCurrency) -> None:
    points = tuple((point.at, point.amount_minor) for point in money.sparkline)
    with st.container(border=True, height="stretch"):
        st.subheader("How did MRR move in the last 30 days?", anchor=False)
        figure = data.figure(
            "trend",
            lambda: charts.trend(points, money.currency, data.timezone()),
            points,
            money.currency,
        )
        st.plotly_chart(
            figure, key="moving", config={"displayModeBar": False}, alt="MRR, day by day"
        )


def changes(view: Overview, currency: str) -> None:
    """The latest plan changes, from → to."""
    st.subheader("Who changed plan lately?", anchor=False)
    found = [change for change in view.changes if change.currency == currency]
    if not found:
        notes.empty("No plan change yet.", hint="Upgrades, downgrades and new customers show here.")
        return
    rows = [
        {
            "customer": change.name or change.email or change.customer_id,
            "kind": tables.one(change.kind),
            "plans": f"{plan_name(change.from_plan)} → {plan_name(change.to_plan)}",
            "change": change.delta_minor,
            "when": fmt.moment(change.occurred_at, data.timezone()),
            "currency": change.currency,
        }
        for change in found
    ]
    chosen = tables.show(
        rows,
        {
            "customer": st.column_config.TextColumn("Customer", width=155),
            "kind": tables.badge("Kind", width=115),
            "plans": st.column_config.TextColumn("From → to", width=140),
            "change": st.column_config.NumberColumn("MRR change", width=95),
            "when": st.column_config.DatetimeColumn("When", format="D MMM, HH:mm", width=110),
        },
        key="changes",
        ids=[f"{change.customer_id}:{change.occurred_at}" for change in found],
        money=("change",),
        alt="Latest plan changes",
        height=320,
    )
    if chosen is not None:
        tables.open_customer(found[chosen].customer_id)


def plan_name(slug: str | None) -> str:
    return session.billing().catalog.plan(slug).name if slug else fmt.UNKNOWN


def needs_you(currency: str) -> None:
    """The largest amounts that somebody can still save today."""
    now, zone = data.freshness().now, data.timezone()
    st.subheader("What needs you?", anchor=False)
    failing = data.failed_payments(Filters(currencies=(currency,), limit=5)).rows
    ending = data.winding_down(
        Filters(currencies=(currency,), sort="mrr_minor", descending=True, limit=5)
    ).rows
    rows = [
        {
            "customer": item.name or item.email or item.customer_id,
            "what": ["Past due"],
            "detail": item.decline_words,
            "mrr": item.mrr_minor,
            "currency": item.currency,
            "by": None if item.days_left is None else fmt.moment(now + item.days_left * DAY, zone),
        }
        for item in failing
    ] + [
        {
            "customer": item.name or item.email or item.customer_id,
            "what": ["Winding down"],
            "detail": fmt.words(item.feedback or item.reason),
            "mrr": item.mrr_minor,
            "currency": item.currency,
            "by": fmt.moment(item.ends_at, zone),
        }
        for item in ending
    ]
    owners = [item.customer_id for item in (*failing, *ending)]
    if not rows:
        notes.empty("Nothing fails and nothing is winding down.")
        return
    chosen = tables.show(
        rows,
        {
            "customer": st.column_config.TextColumn("Customer", width=155),
            "what": tables.badge("What", width=115),
            "mrr": st.column_config.NumberColumn("MRR", width=80),
            "by": st.column_config.DateColumn("Last day", format="D MMM YYYY", width=95),
            "detail": st.column_config.TextColumn("Why", width=220),
        },
        key="needs_you",
        ids=owners,
        money=("mrr",),
        alt="Largest failing and ending subscriptions",
        height=320,
    )
    if chosen is not None:
        tables.open_customer(owners[chosen])


def body() -> None:
    view = data.overview()
    if not view.currencies:
        notes.empty(
            "No subscription yet.",
            hint="Point a Stripe webhook endpoint at /webhooks/stripe, or run: portside backfill",
            icon=":material/inbox:",
        )
        return
    code = filters.currency([money.currency for money in view.currencies])
    money = next((m for m in view.currencies if m.currency == code), view.currencies[0])
    kpis.row(cards(money))
    left, right = st.columns(2)
    with left:
        leaving(money.currency)
    with right:
        moving(money)
    left, right = st.columns(2)
    with left:
        needs_you(money.currency)
    with right:
        changes(view, money.currency)


try:
    body()
except BillingError as error:
    notes.trouble(error)
