"""The parts of the customer page: search hits, the access sentence, and what lies behind it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.ui import kpis, notes, tables
from lib.billing import CustomerView, InvoiceRow, SearchHit, SubscriptionRow


def search_box() -> str:
    """The search of the whole customer base; choosing a customer clears it."""
    return (
        st.text_input(
            "Find a customer",
            key="find",
            type="search",
            placeholder="E-mail, name, organization, cus_…, sub_… or invoice number",
            icon=":material/search:",
            bind="query-params",
        )
        or ""
    ).strip()


def open_one(customer_id: str) -> None:
    """Show this customer; the address says which."""
    st.session_state.pop("find", None)
    navigation.open_page("customer", customer=customer_id)


def hits(found: Sequence[SearchHit]) -> str | None:
    """The customers found; answers the chosen one."""
    catalog = session.billing().catalog
    st.caption(fmt.plural(len(found), "customer") + " found. Choose a row to open one.")
    chosen = tables.show(
        [
            {
                "name": hit.name,
                "email": hit.email,
                "organization": hit.org_id,
                "plan": catalog.plan(hit.plan).name if hit.plan else None,
                "access": tables.one(hit.rule),
                "matched": f"{hit.matched}: {hit.matched_text}",
                "customer": hit.customer_id,
            }
            for hit in found
        ],
        {
            "name": st.column_config.TextColumn("Name"),
            "email": st.column_config.TextColumn("E-mail"),
            "organization": st.column_config.TextColumn("Organization"),
            "plan": st.column_config.TextColumn("Plan"),
            "access": tables.badge("Access"),
            "matched": st.column_config.TextColumn("Matched"),
            "customer": st.column_config.TextColumn("Customer"),
        },
        key="hits",
        ids=[hit.customer_id for hit in found],
        alt="Customers that match the search",
    )
    return None if chosen is None else found[chosen].customer_id


def top(view: CustomerView) -> None:
    """Who it is, and the one sentence about access with its rule and event."""
    who = view.customer
    st.subheader(fmt.md(who.name or who.email or who.customer_id), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            fmt.joined(
                fmt.md(part)
                for part in (
                    who.email,
                    who.org_id and f"organization {who.org_id}",
                    who.customer_id,
                )
                if part
            ),
            width="content",
        )
        mode = "" if session.billing().livemode else "test/"
        st.link_button(
            "Open in Stripe",
            f"https://dashboard.stripe.com/{mode}customers/{quote(who.customer_id, safe='')}",
            icon=":material/open_in_new:",
            type="tertiary",
        )
        if who.deleted:
            st.badge("Deleted in Stripe", icon=":material/delete:", color="gray")
        if who.needs_reread:
            st.badge(
                "Order not proven",
                icon=":material/help:",
                color="orange",
                help="Two events of one second could not be put in order; it will be read again.",
            )
    with st.container(border=True, key="access", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if view.access.access:
                st.badge("Has access", icon=":material/check_circle:", color="green")
            else:
                st.badge("Default plan only", icon=":material/do_not_disturb_on:", color="gray")
            st.badge(
                fmt.words(view.access.rule),
                color=tables.BADGES.get(fmt.words(view.access.rule), "gray"),
            )
        st.markdown(f"**{fmt.md(view.access_sentence)}**")
        st.caption(f"What would change it: {fmt.md(view.access.what_would_change)}")
        st.caption(
            f"Rule `{view.access.rule}`"
            + (f" · event `{fmt.code(view.access.event_id)}`" if view.access.event_id else "")
        )
    kpis.row(_cards(view))


def _cards(view: CustomerView) -> list[kpis.Card]:
    zone = data.timezone()
    live = [row for row in view.subscriptions if row.live]
    by_currency: dict[str, int] = {}
    for row in live:
        if row.currency and row.mrr_minor:
            by_currency[row.currency] = by_currency.get(row.currency, 0) + row.mrr_minor
    ends = [row.ends_at for row in live if row.winding_down and row.ends_at]
    renews = [
        row.current_period_end for row in live if not row.winding_down and row.current_period_end
    ]
    when = min(ends, default=None) or min(renews, default=None)
    return [
        kpis.Card("Plan", view.plan_name, "The plan that decides what this customer may use."),
        kpis.Card(
            "MRR",
            fmt.joined(fmt.money(minor, code) for code, minor in by_currency.items()) or "None",
            "Monthly value of this customer's active and past due subscriptions.",
        ),
        kpis.Card(
            "Ends on" if ends else "Renews on",
            fmt.day(when, zone),
            "The scheduled end, whichever way Stripe says it; else the next renewal.",
        ),
        kpis.Card(
            "Open invoices",
            fmt.joined(fmt.money(minor, code) for code, minor in view.balances.items()) or "None",
            "What is still to be paid on open invoices.",
        ),
    ]


def details(view: CustomerView) -> None:
    """Four views of the same customer; the address keeps which one is open."""
    subscriptions, invoices, usable, timeline = st.tabs(
        ["Subscriptions", "Invoices", "May use", "Timeline"],
        key="tab",
        on_change="rerun",
        bind="query-params",
    )
    # A tab that is not open costs nothing: only the open one is drawn.
    if subscriptions.open:
        with subscriptions:
            _subscriptions(view.subscriptions)
    elif invoices.open:
        with invoices:
            _invoices(view.invoices)
    elif usable.open:
        with usable:
            _may_use(view)
    elif timeline.open:
        with timeline:
            _timeline(view)


def _subscriptions(rows: Sequence[SubscriptionRow]) -> None:
    if not rows:
        notes.empty("Never subscribed.", hint="Hand over a checkout link.", icon=":material/info:")
        return
    zone = data.timezone()
    catalog = session.billing().catalog
    tables.show(
        [
            {
                "plan": catalog.plan(row.plan).name if row.plan else "Not in the catalogue",
                "status": tables.one("winding_down" if row.winding_down else row.status),
                "billed": fmt.every(row.interval, row.interval_count),
                "quantity": row.quantity,
                "mrr": row.mrr_minor,
                "renews": None
                if row.winding_down or not row.live
                else fmt.moment(row.current_period_end, zone),
                "ends": fmt.moment(row.ended_at or row.ends_at, zone),
                "why": fmt.words(row.feedback or row.reason) if row.reason else None,
                "comment": row.comment,
                "id": row.subscription_id,
                "currency": row.currency,
            }
            for row in rows
        ],
        {
            "plan": st.column_config.TextColumn("Plan"),
            "status": tables.badge("Status"),
            "billed": st.column_config.TextColumn("Billed"),
            "quantity": st.column_config.NumberColumn("Quantity"),
            "mrr": st.column_config.NumberColumn("MRR"),
            "renews": st.column_config.DateColumn("Renews on", format="D MMM YYYY"),
            "ends": st.column_config.DateColumn("Ends on", format="D MMM YYYY"),
            "why": st.column_config.TextColumn("Reason"),
            "comment": st.column_config.TextColumn("Comment"),
            "id": st.column_config.TextColumn("Subscription"),
        },
        key="subscriptions",
        ids=[row.subscription_id for row in rows],
        money=("mrr",),
        alt="Subscriptions of this customer",
        choose=False,
    )


def _invoices(rows: Sequence[InvoiceRow]) -> None:
    if not rows:
        notes.empty("No invoice yet.", icon=":material/info:")
        return
    zone = data.timezone()
    tables.show(
        [
            {
                "number": row.number or row.invoice_id,
                "status": tables.one(row.status),
                "total": row.total_minor,
                "left": row.amount_remaining_minor,
                "created": fmt.moment(row.created_at, zone),
                "paid": fmt.moment(row.paid_at, zone),
                "attempts": row.attempt_count,
                "next": fmt.moment(row.next_attempt_at, zone),
                "declined": fmt.words(row.decline_code) if row.decline_code else None,
                "page": row.hosted_invoice_url,
                "pdf": row.pdf,
                "currency": row.currency,
            }
            for row in rows
        ],
        {
            "number": st.column_config.TextColumn("Number"),
            "status": tables.badge("Status"),
            "total": st.column_config.NumberColumn("Total"),
            "left": st.column_config.NumberColumn("Left to pay"),
            "created": st.column_config.DateColumn("Created", format="D MMM YYYY"),
            "paid": st.column_config.DateColumn("Paid on", format="D MMM YYYY"),
            "attempts": st.column_config.NumberColumn("Attempts"),
            "next": st.column_config.DatetimeColumn("Next try", format="D MMM, HH:mm"),
            "declined": st.column_config.TextColumn("Declined"),
            "page": st.column_config.LinkColumn("Page", display_text="Open"),
            "pdf": st.column_config.LinkColumn("PDF", display_text="Open"),
        },
        key="invoices",
        ids=[row.invoice_id for row in rows],
        money=("total", "left"),
        alt="Invoices of this customer, newest first",
        choose=False,
    )


def _may_use(view: CustomerView) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown("**Features**")
        for name in view.feature_names:
            st.markdown(f":material/check: {fmt.md(name)}")
        if not view.feature_names:
            st.caption("None beyond the default plan.")
    with right:
        st.markdown("**Limits**")
        for name, limit in view.access.limits.items():
            st.markdown(f":material/speed: {fmt.md(fmt.words(name))}: {limit:,}")
        if not view.access.limits:
            st.caption("None.")


def _timeline(view: CustomerView) -> None:
    if not view.timeline:
        notes.empty("Nothing has happened yet.", icon=":material/info:")
        return
    zone = data.timezone()
    tables.show(
        [
            {
                "at": fmt.moment(entry.at, zone),
                "kind": fmt.words(entry.kind),
                "what": entry.sentence,
                "before": entry.before_minor,
                "after": entry.after_minor,
                "event": entry.event_id,
                "currency": entry.currency,
            }
            for entry in view.timeline
        ],
        {
            "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
            "kind": st.column_config.TextColumn("About", width="small"),
            "what": st.column_config.TextColumn("What happened", width="large"),
            "before": st.column_config.NumberColumn("MRR before", width="small"),
            "after": st.column_config.NumberColumn("MRR after", width="small"),
            "event": st.column_config.TextColumn("Event"),
        },
        key="timeline",
        ids=[f"{entry.at}:{entry.event_id}:{entry.sentence}" for entry in view.timeline],
        money=("before", "after"),
        alt="What happened to this customer, newest first",
        choose=False,
    )


def past_links(view: CustomerView) -> None:
    """Links made before: who, which, why; never their address."""
    if not view.links:
        return
    zone = data.timezone()
    with st.expander(f"Links made before ({len(view.links)})", icon=":material/history:"):
        for link in view.links[:10]:
            st.markdown(
                f"{fmt.clock(link.minted_at, zone)} · {fmt.words(link.flow)} · "
                f"{fmt.words(link.outcome)}"
            )
            st.caption(
                fmt.joined(
                    (fmt.md(link.staff), fmt.md(link.reason), link.ticket and fmt.md(link.ticket))
                )
            )
