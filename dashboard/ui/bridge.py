"""The policy bridge: what another policy would show, line by line, and who is behind a line."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import defined, download, listing, notes, tables
from lib.billing import METRICS, Bridge, BridgeItem, Filters, Listing, policy_name

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
            st.subheader(
                "What would another policy show?",
                anchor=False,
                help=METRICS["policy_bridge"].definition,
            )
            chosen = st.selectbox(
                "Compare with",
                others,
                key=POLICY,
                format_func=policy_name,
                label_visibility="collapsed",
                bind="query-params",
                width=170,
                icon=":material/compare_arrows:",
                on_change=_no_line,
            )
            download.csv_button("bridge", Filters(currencies=(currency,)), staff)
        found = next((b for b in data.bridge(chosen) if b.currency == currency), None)
        if found is None:
            st.caption(f"There is no MRR in {fmt.md(currency.upper())} under either policy.")
            return
        st.markdown(said(found, ours))
        _checked(found)
        _lines(found, ours)
        line = st.query_params.get(LINE)
        if line in {each.slug for each in found.lines}:
            _customers(found, line)


def said(bridge: Bridge, ours: str) -> str:
    """The answer in a sentence, as Markdown."""
    code, difference = bridge.currency, bridge.to_minor - bridge.from_minor
    theirs = fmt.md(policy_name(bridge.policy_to))
    shown = f"**{theirs} would show {fmt.md(fmt.money(bridge.to_minor, code))}**"
    if not difference:
        return f"{shown}, the same as {fmt.md(ours)}."
    moved = ", ".join(
        f"{fmt.md(line.label.lower())} {fmt.md(fmt.signed(line.minor, code))}"
        for line in bridge.lines
        if line.minor
    )
    way = "more" if difference > 0 else "less"
    by = fmt.md(fmt.money(abs(difference), code))
    from_ = fmt.md(fmt.money(bridge.from_minor, code))
    return f"{shown}, {by} {way} than the {from_} under {fmt.md(ours)}: {moved}."


def _checked(bridge: Bridge) -> None:
    theirs = fmt.md(policy_name(bridge.policy_to))
    if bridge.checked:
        agreed = all(line.slug != "unexplained" for line in bridge.lines)
        said = (
            f":material/check: Held against every movement under {theirs}: they come to the same."
            if agreed
            else f":material/error: Movements under {theirs} come to something else."
        )
    else:
        said = (
            f":material/info: Not held against movements under {theirs}: "
            f"`portside replay --policy {fmt.code(bridge.policy_to)}` keeps them."
        )
    if bridge.unvalued:
        count = fmt.plural(bridge.unvalued, "subscription")
        said += f" {count} cannot be valued and {'is' if bridge.unvalued == 1 else 'are'} left out."
    st.caption(said)


def _lines(bridge: Bridge, ours: str) -> None:
    """From our MRR to theirs; a chosen line is put into the address."""
    theirs, code = policy_name(bridge.policy_to), bridge.currency
    ends: dict[str, Any] = {"customers": None, "change": None, "currency": code, "why": None}
    rows = [
        ends | {"line": f"MRR, {ours}", "reached": bridge.from_minor},
        *(
            {
                "line": line.label,
                "why": line.sentence,
                "customers": line.customers,
                "change": line.minor,
                "reached": line.reached_minor,
                "currency": code,
            }
            for line in bridge.lines
        ),
        ends | {"line": f"MRR, {theirs}", "reached": bridge.to_minor},
    ]
    slugs = [None, *(line.slug for line in bridge.lines), None]
    wanted = st.query_params.get(LINE)
    column = st.column_config

    def choose(index: int | None) -> None:
        slug = None if index is None else slugs[index]
        _no_line()
        if slug is not None:
            st.query_params[LINE] = slug

    tables.show(
        rows,
        {
            "line": column.TextColumn("Line", width=175),
            "change": defined.number("bridge.delta_minor", "Change", width=95),
            "reached": defined.number("bridge.reached_minor", "MRR then", width=105),
            "customers": defined.count("bridge.customers", "Customers", width=90),
            "why": column.TextColumn("Why", width=510),
        },
        key="bridge",
        ids=[str(slug) for slug in slugs],
        money=("change", "reached"),
        alt=f"From MRR under {ours} to MRR under {theirs}",
        chosen=slugs.index(wanted) if wanted in slugs[1:-1] else None,
        on_choose=choose,
    )


def _no_line() -> None:
    st.query_params.pop(LINE, None)
    st.session_state.pop(PAGE, None)


def _customers(bridge: Bridge, slug: str) -> None:
    line = next(each for each in bridge.lines if each.slug == slug)
    st.markdown(f"**{fmt.md(line.label)}.** {fmt.md(line.sentence)}")
    if not line.customers:
        st.caption("Nobody is concerned now.")
        return
    wanted = Filters(currencies=(bridge.currency,))
    total = data.bridge_customers(bridge.policy_to, slug, wanted).total
    st.caption(
        f"{fmt.plural(line.customers, 'customer')}, {fmt.plural(total, 'row')}. "
        "Choose a row to open its customer."
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
            "customer": column.TextColumn("Customer", width=190),
            "before": defined.number("mrr", "Before the line", more="Of this customer.", width=115),
            "after": defined.number("mrr", "After it", more="Of this customer.", width=95),
            "change": defined.number("bridge.delta_minor", "Change", width=95),
            "plan": column.TextColumn("Plan", width=110),
            "status": tables.badge("Status", width=110),
            "subscription": column.TextColumn("Subscription", width=250),
        },
        key="bridge_customers",
        ids=[f"{item.customer_id}:{item.subscription_id}" for item in page.rows],
        money=("before", "after", "change"),
        alt=f"Who is behind this line towards {policy_name(bridge.policy_to)}",
        sparse=True,
    )
