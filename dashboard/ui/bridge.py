"""The policy bridge: what another policy would show, line by line, and who is behind a line."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import current, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, listing, notes, tables
from lib.billing import Bridge, BridgeItem, Filters, Listing, policy_name

POLICY: Final = "bridge"
LINE: Final = "bridge_line"
PAGE: Final = "bridge_page"
"""Names in the address."""


@st.fragment
@notes.calmly
def draw(currency: str, staff: Staff) -> None:
    """The whole of it, for one currency."""
    desk = session.billing()
    ours = policy_name(desk.policy)
    others = [policy.slug for policy in desk.policies() if policy.slug != desk.policy]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(tr("What would another policy show?"), "policy_bridge")
            chosen = filters.pick(
                tr("Compare with"),
                POLICY,
                {slug: policy_name(slug) for slug in others},
                others[0],
                width=170,
                icon="compare_arrows",
                on_choose=_no_line,
            )
            download.csv_button("bridge", Filters(currencies=(currency,)), staff)
        found = next((b for b in data.bridge(chosen) if b.currency == currency), None)
        if found is None:
            st.caption(
                tr(
                    "There is no MRR in {currency} under either policy.",
                    currency=fmt.md(currency.upper()),
                )
            )
            return
        st.markdown(said(found, ours))
        _checked(found)
        _lines(found, ours)
        line = kept.params().get(LINE)
        if line in {each.slug for each in found.lines}:
            _customers(found, line)


def said(bridge: Bridge, ours: str) -> str:
    """The answer in a sentence, as Markdown."""
    code, difference = bridge.currency, bridge.to_minor - bridge.from_minor
    theirs = fmt.md(policy_name(bridge.policy_to))
    values = {
        "policy": theirs,
        "shown": fmt.md(fmt.money(bridge.to_minor, code)),
        "ours": fmt.md(ours),
    }
    if not difference:
        return tr("**{policy} would show {shown}**, the same as {ours}.", **values)
    moved = ", ".join(
        f"{fmt.md(_within(say(line.label)))} {fmt.md(fmt.signed(line.minor, code))}"
        for line in bridge.lines
        if line.minor
    )
    values |= {
        "by": fmt.md(fmt.money(abs(difference), code)),
        "before": fmt.md(fmt.money(bridge.from_minor, code)),
        "moved": moved,
    }
    if difference > 0:
        return tr(
            "**{policy} would show {shown}**, {by} more than the {before} under {ours}: {moved}.",
            **values,
        )
    return tr(
        "**{policy} would show {shown}**, {by} less than the {before} under {ours}: {moved}.",
        **values,
    )


def _within(label: str) -> str:
    """A label within a sentence; German keeps its capitals."""
    return label if current() == "de" else label.lower()


def _checked(bridge: Bridge) -> None:
    theirs = fmt.md(policy_name(bridge.policy_to))
    if bridge.checked:
        agreed = all(line.slug != "unexplained" for line in bridge.lines)
        told = (
            ":material/check: "
            + tr(
                "Held against every movement under {policy}: they come to the same.", policy=theirs
            )
            if agreed
            else ":material/error: "
            + tr("Movements under {policy} come to something else.", policy=theirs)
        )
    else:
        told = ":material/info: " + tr(
            "Not held against movements under {policy}: `portside replay --policy {slug}` keeps "
            "them.",
            policy=theirs,
            slug=fmt.code(bridge.policy_to),
        )
    if bridge.unvalued:
        left = ntr(
            "{count} subscription cannot be valued and is left out.",
            "{count} subscriptions cannot be valued and are left out.",
            bridge.unvalued,
        )
        told = f"{told} {left}"
    st.caption(told)


def _lines(bridge: Bridge, ours: str) -> None:
    """From our MRR to theirs; a chosen line is put into the address."""
    theirs, code = policy_name(bridge.policy_to), bridge.currency
    ends: dict[str, Any] = {"customers": None, "change": None, "currency": code, "why": None}
    rows = [
        ends | {"line": tr("MRR, {policy}", policy=ours), "reached": bridge.from_minor},
        *(
            {
                "line": say(line.label),
                "why": say(line.sentence),
                "customers": line.customers,
                "change": line.minor,
                "reached": line.reached_minor,
                "currency": code,
            }
            for line in bridge.lines
        ),
        ends | {"line": tr("MRR, {policy}", policy=theirs), "reached": bridge.to_minor},
    ]
    slugs = [None, *(line.slug for line in bridge.lines), None]
    wanted = kept.params().get(LINE)
    column = st.column_config

    def choose(index: int | None) -> None:
        slug = None if index is None else slugs[index]
        _no_line()
        if slug is not None:
            kept.params()[LINE] = slug

    tables.show(
        rows,
        {
            "line": column.TextColumn(tr("Line"), width=175),
            "change": defined.number("bridge.delta_minor", tr("Change"), width=95),
            "reached": defined.number("bridge.reached_minor", tr("MRR then"), width=105),
            "customers": defined.count("bridge.customers", tr("Customers"), width=90),
            "why": column.TextColumn(tr("Why"), width=510),
        },
        key="bridge",
        ids=[str(slug) for slug in slugs],
        money=("change", "reached"),
        alt=tr("From MRR under {ours} to MRR under {theirs}", ours=ours, theirs=theirs),
        chosen=slugs.index(wanted) if wanted in slugs[1:-1] else None,
        on_choose=choose,
    )


def _no_line() -> None:
    kept.params().pop(LINE, None)
    st.session_state.pop(PAGE, None)


def _customers(bridge: Bridge, slug: str) -> None:
    line = next(each for each in bridge.lines if each.slug == slug)
    st.markdown(f"**{fmt.md(say(line.label))}.** {fmt.md(say(line.sentence))}")
    if not line.customers:
        st.caption(tr("Nobody is concerned now."))
        return
    wanted = Filters(currencies=(bridge.currency,))
    total = data.bridge_customers(bridge.policy_to, slug, wanted).total
    st.caption(
        tr(
            "{customers}, {rows}. Choose a row to open its customer.",
            customers=ntr("{count} customer", "{count} customers", line.customers),
            rows=ntr("{count} row", "{count} rows", total),
        )
    )
    place = st.container()
    offset = tables.pager(total, key=PAGE)
    page = data.bridge_customers(
        bridge.policy_to,
        slug,
        Filters(currencies=(bridge.currency,), limit=tables.PAGE_SIZE, offset=offset),
    )
    with place:
        chosen = _table(page, bridge)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def _table(page: Listing[BridgeItem], bridge: Bridge) -> int | None:
    catalog = session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "plan": listing.plan_name(catalog, item.plan) if item.subscription_id else None,
            "status": tables.one(item.status),
            "before": item.before_minor,
            "after": item.after_minor,
            "change": item.delta_minor,
            "subscription": item.subscription_id,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    return tables.show(
        rows,
        {
            "customer": column.TextColumn(tr("Customer"), width=190),
            "before": defined.number(
                "mrr", tr("Before the line"), more=tr("Of this customer."), width=115
            ),
            "after": defined.number("mrr", tr("After it"), more=tr("Of this customer."), width=95),
            "change": defined.number("bridge.delta_minor", tr("Change"), width=95),
            "plan": column.TextColumn(tr("Plan"), width=110),
            "status": tables.badge(tr("Status"), width=110),
            "subscription": column.TextColumn(tr("Subscription"), width=250),
        },
        key="bridge_customers",
        ids=[f"{item.customer_id}:{item.subscription_id}" for item in page.rows],
        money=("before", "after", "change"),
        alt=tr("Who is behind this line towards {policy}", policy=policy_name(bridge.policy_to)),
        sparse=True,
    )
