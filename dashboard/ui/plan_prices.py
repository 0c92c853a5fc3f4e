"""Lookup keys and prices beside Stripe's, and the older prices that customers still hold."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard import selling
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, mix, notes, tables
from lib.billing import HeldPrice, Permission, PlanPrices, PriceLine

_STATES: Final = {
    "same": mark("As the file"),
    "differs": mark("Amount differs"),
    "archived": mark("Archived"),
    "missing": mark("Not in Stripe"),
    "draft": mark("Draft"),
    "kept": mark("Kept only"),
}
"""State of a price → the word of its badge."""

_VERDICT: Final[dict[str, tuple[str, Any, str]]] = {
    "differs": (
        ":material/difference:",
        "orange",
        mark("MRR goes by Stripe's amount. portside catalog apply makes a new version."),
    ),
    "missing": (
        ":material/add_circle:",
        "orange",
        mark("portside catalog apply makes it."),
    ),
    "archived": (
        ":material/inventory_2:",
        "orange",
        mark("portside catalog apply activates it; or take it out of the file."),
    ),
}


def draw(staff: Staff) -> None:
    """Coverage, older prices, and prices in no plan. Counts are for those who see totals."""
    totals = staff.may(Permission.TOTALS)
    with st.spinner(tr("Reading prices, and who holds them …")):
        found, trouble = selling.plan_prices(totals)
    if trouble:
        st.warning(fmt.md(trouble), icon=":material/cloud_off:")
    _verdict(found)
    if not found.lines and not found.loose:
        notes.empty(
            tr("No price yet."),
            hint=tr("Give a plan of the catalogue file a price with a lookup key."),
            icon=":material/sell:",
        )
        return
    if found.lines:
        question = tr("Does Stripe sell what the file says?")
        defined.title(question, *(["price_customers"] * totals))
        _coverage(found.lines, totals)
    _older(found.held, totals)
    _loose(found, totals)


def _verdict(found: PlanPrices) -> None:
    counts = Counter(line.state for line in found.lines)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="price_state"):
        good = counts["same"] + counts["kept"]
        if found.lines and good + counts["draft"] == len(found.lines):
            st.badge(
                ntr("The price is as the file says", "All {count} prices as the file says", good),
                icon=":material/check_circle:",
                color="green",
            )
        for state, (icon, colour, meaning) in _VERDICT.items():
            if counts[state]:
                st.badge(_counted(state, counts[state]), icon=icon, color=colour, help=tr(meaning))
        if found.loose:
            st.badge(
                ntr("{count} price in no plan", "{count} prices in no plan", len(found.loose)),
                icon=":material/help:",
                color="violet",
            )
        asked = found.told_by == "Stripe"
        told = tr("Read from Stripe") if asked else tr("As far as Stripe's events have told")
        st.caption(
            told,
            width="content",
            help=tr(
                "Read again every five minutes, for everyone: it goes over every live subscription."
            ),
        )
        st.button(
            tr("Read again"),
            key="plans_again",
            type="tertiary",
            icon=":material/refresh:",
            on_click=selling.forget_plans,
        )


def _counted(state: str, count: int) -> str:
    match state:
        case "differs":
            return ntr(
                "{count} price costs another amount in Stripe",
                "{count} prices cost another amount in Stripe",
                count,
            )
        case "missing":
            return ntr("{count} price not in Stripe", "{count} prices not in Stripe", count)
    return ntr("{count} price archived in Stripe", "{count} prices archived in Stripe", count)


def _coverage(lines: tuple[PriceLine, ...], totals: bool) -> None:
    column = st.column_config
    columns = {
        "plan": column.TextColumn(tr("Plan"), width=90),
        "key": column.TextColumn(tr("Lookup key, else ids"), width=165),
        "terms": column.TextColumn(tr("In the file"), width=165),
        "live": column.TextColumn(tr("In Stripe"), width=165),
        "state": tables.badge(tr("State"), width=140),
        **({"customers": defined.count("price_customers", width=95)} if totals else {}),
        "id": column.TextColumn(tr("Price in Stripe"), width=235),
        "line": column.TextColumn(tr("File line"), width=70, help=tr("Of the catalogue file.")),
    }
    tables.show(
        [
            {
                "plan": line.plan_name,
                "key": line.name,
                "terms": line.terms,
                "live": line.live_terms,
                "state": [tr(_STATES[line.state])],
                "id": line.price_id,
                "line": None if line.line is None else str(line.line),
                "customers": line.customers,
            }
            for line in lines
        ],
        columns,
        key="coverage",
        ids=[f"{line.name}:{line.price_id}:{line.state}" for line in lines],
        alt=tr("Prices of the catalogue file beside Stripe's"),
        choose=False,
    )


def _older(held: tuple[HeldPrice, ...], totals: bool) -> None:
    names = ("price_customers", "old_price_mrr") if totals else ()
    defined.title(tr("Which older prices do customers still hold?"), *names)
    if not held:
        st.caption(tr("None: everybody is on a price that is sold now."))
        return
    st.caption(
        tr("Whoever holds one keeps it until they change their plan. Choose a row to see who.")
        if totals
        else tr("Whoever holds one keeps it until they change their plan.")
    )
    chosen = _held_table(held, totals)
    if chosen is not None and totals:
        _holders(held[chosen])


def _held_table(held: tuple[HeldPrice, ...], totals: bool) -> int | None:
    column = st.column_config
    counts = {
        "customers": defined.count("price_customers", width=95),
        "mrr": defined.number("old_price_mrr", tr("MRR"), width=105),
    }
    columns: dict[str, Any] = {
        "plan": column.TextColumn(tr("Plan"), width=90),
        "key": column.TextColumn(tr("Lookup key"), width=150, help=tr("That it has, or had once.")),
        "terms": column.TextColumn(tr("Terms"), width=150),
        "why": column.TextColumn(tr("Why"), width=195),
        **(counts if totals else {}),
        "id": column.TextColumn(tr("Price in Stripe"), width=235),
        **({"note": column.TextColumn(tr("Note"), width=180)} if totals else {}),
    }
    return tables.show(
        [
            {
                "plan": each.plan_name,
                "key": each.lookup_key,
                "terms": each.terms,
                "why": tr("Not in the file") if each.keyed else tr("A newer version has its key"),
                "id": each.price_id,
                "customers": each.customers,
                "mrr": each.mrr_minor,
                "note": ntr("{count} of unknown value", "{count} of unknown value", each.unvalued)
                if each.unvalued
                else None,
                "currency": each.currency,
            }
            for each in held
        ],
        columns,
        key="held_prices",
        ids=[f"{each.price_id}:{each.currency}" for each in held],
        alt=tr("Older prices that customers still hold"),
        money=("mrr",) if totals else (),
        choose=totals,
        sparse=True,
    )


def _holders(price: HeldPrice) -> None:
    whole = selling.price_holders(price.price_id, 1, 0)
    who = tr("Who holds {terms}, {price}?", terms=fmt.md(price.terms), price=fmt.md(price.price_id))
    st.markdown(f"**{who}**")
    st.caption(
        ntr(
            "{count} subscription. Choose its row to open its customer.",
            "{count} subscriptions. Choose a row to open its customer.",
            whole.total,
        )
    )
    place = st.container()
    offset = tables.pager(whole.total)
    page = selling.price_holders(price.price_id, tables.PAGE_SIZE, offset)
    with place:
        chosen = mix.customers(page)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def _loose(found: PlanPrices, totals: bool) -> None:
    if not found.loose:
        return
    defined.title(tr("Which prices are in no plan?"), *(["price_customers"] * totals))
    st.caption(
        tr(
            "Whoever holds one alone has no known plan: add it to a plan, or archive it. "
            "An add-on, which stands beside the price of a plan, needs none."
        )
    )
    column = st.column_config
    columns: dict[str, Any] = {
        "id": column.TextColumn(tr("Price in Stripe"), width=240),
        "key": column.TextColumn(tr("Lookup key"), width=200),
        "terms": column.TextColumn(tr("Terms"), width=230),
        "held": column.TextColumn(tr("Held"), width=80),
    }
    if totals:
        columns["customers"] = defined.count("price_customers", width=100)
    tables.show(
        [
            {
                "id": each.price_id,
                "key": each.lookup_key,
                "terms": each.terms,
                "held": tr("Yes") if each.held else tr("No"),
                "customers": each.customers,
            }
            for each in found.loose
        ],
        columns,
        key="loose_prices",
        ids=[each.price_id for each in found.loose],
        alt=tr("Prices that are in no plan"),
        choose=False,
    )
