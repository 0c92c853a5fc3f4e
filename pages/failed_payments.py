"""Failed payments: whose payment failed, what happens next, what to ask for."""

from collections import defaultdict
from dataclasses import replace

import streamlit as st

from dashboard import charts, data, navigation, session
from dashboard import format as fmt
from dashboard.ui import chrome, download, filters, kpis, notes, tables
from lib.billing import BillingError, FailedPaymentItem, Filters, Listing, Permission

staff = session.guard(Permission.CUSTOMERS)
totals = staff.may(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["failed-payments"])

ORDERS = {
    "Most urgent": ("urgency", True),
    "Largest amount": ("amount", True),
    "Largest MRR": ("mrr_minor", True),
    "Failed latest": ("failed_at", True),
    "Failed longest ago": ("failed_at", False),
    "Next try": ("next_attempt_at", False),
    "Most attempts": ("attempts", True),
    "Customer": ("customer", False),
}


def cards(everything: Listing[FailedPaymentItem]) -> list[kpis.Card]:
    """The length of the queue for everyone; what it is worth only for those who see totals."""
    causes: defaultdict[str, int] = defaultdict(int)
    for bar in everything.bars:
        causes[bar.key] += bar.count
    shown = [
        kpis.Card(
            "Failing invoices",
            f"{everything.total:,}",
            "Open automatic invoices with a failed attempt and something left to pay.",
        ),
    ]
    if causes:
        cause, count = max(causes.items(), key=lambda pair: pair[1])
        shown.append(
            kpis.Card(
                "Most common cause",
                fmt.plural(count, "invoice"),
                "The decline code that most of the queue has in common.",
                delta=fmt.words(cause or None) if cause else "Not said",
                compared_to="decline code",
                good="neither",
            )
        )
    if totals:
        shown += [
            kpis.Card(
                f"Left to pay, {part.currency.upper()}",
                fmt.money_short(part.amount_minor, part.currency),
                "Amount remaining on the failing invoices. Currencies never mix.",
                delta=fmt.plural(part.count, "invoice"),
                good="neither",
            )
            for part in sorted(everything.sums, key=lambda p: -p.amount_minor)[:2]
        ]
    return shown


def cause_chosen() -> None:
    """A click on a bar narrows the queue to that decline code."""
    points = st.session_state["causes"]["selection"]["points"]
    drawn = st.session_state["causes_drawn"]
    key = drawn[points[0]["point_index"]] if points else ""
    st.session_state["reasons"] = [key] if key else []
    filters.first_page()


def chart(everything: Listing[FailedPaymentItem]) -> None:
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    codes = [part.currency for part in sorted(everything.sums, key=lambda p: -p.amount_minor)]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Why do payments fail?", anchor=False)
            code = filters.currency(codes, key="in") if totals else ""
        for bar in everything.bars:
            if not totals or bar.currency == code:
                found[bar.key][0] += bar.count
                found[bar.key][1] += bar.amount_minor if totals else 0
        ordered = sorted(found.items(), key=lambda pair: (-pair[1][1], -pair[1][0]))[:8]
        rows = tuple(
            (
                key,
                fmt.words(key) if key else "Not said",
                fmt.major(amount, code) if code else float(count),
                fmt.joined(
                    (fmt.money(amount, code) if code else None, fmt.plural(count, "invoice"))
                ),
            )
            for key, (count, amount) in ordered
        )
        st.session_state["causes_drawn"] = [row[0] for row in reversed(rows)]
        figure = data.figure(
            "causes", lambda: charts.ranked(rows, charts.FAILED, code or None), rows, code
        )
        st.plotly_chart(
            figure,
            key="causes",
            on_select=cause_chosen,
            selection_mode="points",
            config={"displayModeBar": False},
            alt="Failing invoices by decline code. Choose a code below to list its customers.",
        )


def plan_name(slug: str) -> str:
    return session.billing().catalog.plan(slug).name


def narrowed(everything: Listing[FailedPaymentItem]) -> Filters:
    """The filter row; its state is the address."""
    choices = everything.choices
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text("Search", "Name, e-mail, id or invoice")
        plan = filters.several("Plan", "plans", choices.get("plans", ()), plan_name)
        reason = filters.several("Decline code", "reasons", choices.get("reasons", ()), fmt.words)
        code = filters.several("Currency", "currencies", choices.get("currencies", ()), str.upper)
        sort, descending = filters.order(ORDERS)
    return Filters(
        text=text,
        plans=plan,
        reasons=reason,
        currencies=code,
        sort=sort,
        descending=descending,
        limit=tables.PAGE_SIZE,
    )


def next_step(item: FailedPaymentItem) -> str:
    """What to ask the customer for, in words."""
    return f"{fmt.words(item.suggested_flow)} link"


def table(listing: Listing[FailedPaymentItem]) -> None:
    zone = data.timezone()
    rows = [
        {
            "customer": item.name or item.email or item.customer_id,
            "left": item.amount_remaining_minor,
            "mrr": item.mrr_minor,
            "days_left": item.days_left,
            "attempt": item.attempt_count,
            "flag": ["Final attempt"] if item.final_attempt else [],
            "next": fmt.moment(item.next_attempt_at, zone),
            "cause": item.decline_words + (" (do not tell the customer)" if item.sensitive else ""),
            "step": next_step(item),
            "failed": fmt.moment(item.failed_at, zone),
            "plan": plan_name(item.plan) if item.plan else None,
            "invoice": item.number or item.invoice_id,
            "email": item.email,
            "hosted": item.hosted_invoice_url,
            "currency": item.currency,
        }
        for item in listing.rows
    ]
    chosen = tables.show(
        rows,
        {
            "customer": st.column_config.TextColumn("Customer", width=180),
            "left": st.column_config.NumberColumn("Left to pay", width=95),
            "mrr": st.column_config.NumberColumn("MRR", width=85),
            "days_left": st.column_config.NumberColumn(
                "Days left", help="Whole days of access left.", width=80
            ),
            "attempt": st.column_config.NumberColumn("Attempt", width=75),
            "flag": tables.badge("Flag", help="Stripe will not try again by itself.", width=120),
            "next": st.column_config.DatetimeColumn("Next try", format="D MMM, HH:mm", width=105),
            "cause": st.column_config.TextColumn("Cause", width=250),
            "step": st.column_config.TextColumn("Suggested link", width=125),
            "hosted": st.column_config.LinkColumn("Invoice page", display_text="Open", width=95),
            "failed": st.column_config.DateColumn("Failed on", format="D MMM YYYY", width=105),
            "plan": st.column_config.TextColumn("Plan", width=85),
            "invoice": st.column_config.TextColumn("Invoice", width=110),
            "email": st.column_config.TextColumn("E-mail", width=200),
        },
        key="failed_payments",
        ids=[item.invoice_id for item in listing.rows],
        money=("left", "mrr"),
        alt="Invoices whose payment failed, most urgent first",
    )
    if chosen is not None:
        tables.open_customer(listing.rows[chosen].customer_id)


def found(listing: Listing[FailedPaymentItem]) -> str:
    amounts = [fmt.money(p.amount_minor, p.currency) for p in listing.sums] if totals else []
    return fmt.joined((fmt.plural(listing.total, "invoice"), *amounts)) + (
        ". Choose a row to open its customer."
    )


@st.fragment
def body() -> None:
    try:
        everything = data.failed_payments(Filters(limit=1))
        if not everything.total:
            notes.empty(
                "No payment is failing.",
                hint="An invoice shows here after its first failed attempt, until it is paid.",
            )
            return
        kpis.row(cards(everything))
        chart(everything)
        wanted = narrowed(everything)
        counted = data.failed_payments(replace(wanted, limit=1))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(found(counted), width="stretch")
            download.csv_button("failed-payments", wanted, staff)
        if not counted.total:
            notes.empty("No invoice matches these filters.", icon=":material/filter_alt_off:")
            return
        place = st.container()
        offset = tables.pager(counted.total)
        with place:
            table(data.failed_payments(replace(wanted, offset=offset)))
    except BillingError as error:
        notes.trouble(error)


body()
