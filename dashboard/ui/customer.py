"""The head of the customer page: who it is, the access sentence, the key facts, earlier links."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final
from urllib.parse import quote

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import current, say, tr
from dashboard.ui import kpis, lines, moment, printed, subscriptions, tables, titles
from lib.billing import (
    CustomerView,
    Permission,
    Printed,
    Provider,
    SubscriptionRow,
    provider_of,
)

MOST_SIBLINGS: Final = 5


def top(view: CustomerView) -> None:
    """Who it is, and the one sentence about access with its rule and event."""
    who = view.customer
    titles.draw(who.name or who.email or who.customer_id, key="customer_name")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            fmt.joined(
                fmt.md(part)
                for part in (
                    who.email,
                    who.org_id and tr("organization {name}", name=who.org_id),
                    who.customer_id,
                )
                if part
            ),
            width="content",
        )
        _at_provider(who.customer_id)
        moment.button(view)
        if moment.wanted() is None:
            printed.button(
                partial(_brief, who.customer_id),
                Permission.CUSTOMERS,
                key="print_customer",
                help=tr(
                    "One sheet or two of this customer as they are now, with what your role sees."
                ),
            )
        if who.deleted:
            st.badge(
                tr("Deleted in Stripe"),
                icon=":material/delete:",
                color="gray",
                help=tr(
                    "Its subscriptions ended with it. Stripe keeps its invoices; no link opens."
                ),
            )
        if who.needs_reread:
            st.badge(
                tr("Order not proven"),
                icon=":material/help:",
                color="orange",
                help=tr(
                    "Two events of one second could not be put in order; it will be read again."
                ),
            )
    _same_org(view)
    with st.container(key="access"):
        lines.draw(_access(view), key="access_told", framed=True)
    kpis.row(_cards(view))


def _access(view: CustomerView) -> list[list[lines.Bit]]:
    """The one sentence about access, what would change it, and its rule and event."""
    access, rule = view.access, fmt.words(view.access.rule)
    told = tr("Rule {rule}", rule=access.rule)
    if access.event_id:
        told = fmt.joined((told, tr("event {event}", event=access.event_id)))
    return [
        [
            lines.badge(tr("Has access"), "green", icon="check_circle")
            if access.access
            else lines.badge(tr("Default plan only"), "gray", icon="do_not_disturb_on"),
            lines.badge(rule, tables.colour(rule)),
        ],
        [lines.Bit(say(view.access_sentence), "strong")],
        [lines.Bit(tr("What would change it: {what}", what=say(access.what_would_change)), "dim")],
        [lines.Bit(told, "dim")],
    ]


def _brief(customer_id: str) -> Printed:
    staff = session.check(Permission.CUSTOMERS)
    return session.billing().print_customer(
        customer_id, staff=staff.email, roles=staff.roles, language=current(), say=say
    )


def _at_provider(customer_id: str) -> None:
    """Stripe's own page of the customer, or who else bills them."""
    provider = provider_of(customer_id)
    if provider is not Provider.STRIPE:
        st.badge(
            tr("Billed by {provider}", provider=provider.label),
            icon=":material/account_balance:",
            color="violet",
            help=tr(
                "What is known of this customer was told by {provider}, event by event. "
                "{provider} does not tell what a plan costs, so its MRR is unknown.",
                provider=provider.label,
            ),
        )
        return
    mode = "" if session.billing().livemode else "test/"
    st.link_button(
        tr("Open in Stripe"),
        f"https://dashboard.stripe.com/{mode}customers/{quote(customer_id, safe='')}",
        icon=":material/open_in_new:",
        type="tertiary",
    )


def _same_org(view: CustomerView) -> None:
    """The organization's other customers, one click away."""
    others = view.same_org[:MOST_SIBLINGS]
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(tr("Same organization:"), width="content")
        for customer_id in others:
            if st.button(fmt.md(customer_id), key=f"open_{customer_id}", type="tertiary"):
                tables.open_customer(customer_id)
        if len(view.same_org) > len(others):
            more = len(view.same_org) - len(others)
            st.caption(tr("and {count} more", count=more), width="content")


def _cards(view: CustomerView) -> list[kpis.Card]:
    live = [row for row in view.subscriptions if row.live]
    by_currency: dict[str, int] = {}
    for row in live:
        if row.currency and row.mrr_minor is not None:
            by_currency[row.currency] = by_currency.get(row.currency, 0) + row.mrr_minor
    unknown = next((row.mrr_note for row in live if row.mrr_minor is None and row.mrr_note), None)
    mrr = fmt.joined(fmt.money(minor, code) for code, minor in by_currency.items())
    return [
        kpis.defined("entitlements.plan", view.plan_name),
        kpis.defined(
            "customer_mrr",
            mrr or (tr("None") if unknown is None else fmt.UNKNOWN),
            "" if unknown is None else tr("It cannot be computed: {why}.", why=say(unknown)),
        ),
        _next_date(view.subscriptions),
        kpis.defined(
            "open_balance",
            fmt.joined(fmt.money(minor, code) for code, minor in view.balances.items())
            or tr("None"),
        ),
    ]


def _next_date(rows: Sequence[SubscriptionRow]) -> kpis.Card:
    """The date that matters most: an end before a trial's end before a renewal."""
    zone = data.timezone()
    live = [row for row in rows if row.live]
    ends = [row.ends_at for row in live if row.winding_down and row.ends_at]
    if ends:
        return kpis.defined("winding-down.ends_at", fmt.day(min(ends), zone), label=tr("Ends on"))
    trials = [row.trial_end for row in live if row.status == "trialing" and row.trial_end]
    if trials:
        return kpis.defined(
            "entitlements.current_period_end",
            fmt.day(min(trials), zone),
            tr("Here the trial ends with it, and the first payment follows."),
            label=tr("Trial ends on"),
        )
    renewals = [at for row in live if (at := subscriptions.renews_at(row))]
    ended = [row.ended_at for row in rows if row.ended_at]
    if not live and ended:
        return kpis.defined(
            "entitlements.access_until", fmt.day(max(ended), zone), label=tr("Ended on")
        )
    return kpis.defined(
        "entitlements.current_period_end",
        fmt.day(min(renewals, default=None), zone),
        tr("It renews then, if it renews."),
        label=tr("Renews on"),
    )


def past_links(view: CustomerView) -> None:
    """Links made before: who, which, why; never their address."""
    if not view.links:
        return
    zone = data.timezone()
    title = tr("Links made before ({count})", count=len(view.links))
    with st.expander(title, icon=":material/history:"):
        for link in view.links[:10]:
            st.markdown(
                f"{fmt.clock(link.minted_at, zone)} · {fmt.words(link.flow)} · "
                f"{fmt.words(link.outcome)}"
            )
            st.caption(
                fmt.joined(
                    (
                        fmt.md(link.staff),
                        fmt.md(say(link.reason)),
                        link.ticket and fmt.md(link.ticket),
                    )
                )
            )
