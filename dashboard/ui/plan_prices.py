"""Lookup keys and prices beside Stripe's, and the older prices that customers still hold."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard import selling
from dashboard.session import Staff
from dashboard.ui import defined, mix, notes, tables
from lib.billing import HeldPrice, Permission, PlanPrices, PriceLine

_STATES: Final = {
    "same": "As the file",
    "differs": "Amount differs",
    "archived": "Archived",
    "missing": "Not in Stripe",
    "draft": "Draft",
    "kept": "Kept only",
}
"""State of a price → the word of its badge."""

_VERDICT: Final[dict[str, tuple[str, str, Any, str]]] = {
    "differs": (
        "{} costs another amount in Stripe",
        ":material/difference:",
        "orange",
        "MRR goes by Stripe's amount. portside catalog apply makes a new version.",
    ),
    "missing": (
        "{} not in Stripe",
        ":material/add_circle:",
        "orange",
        "portside catalog apply makes it.",
    ),
    "archived": (
        "{} archived in Stripe",
        ":material/inventory_2:",
        "orange",
        "portside catalog apply activates it; or take it out of the file.",
    ),
}


def draw(staff: Staff) -> None:
    """Coverage, older prices, and prices in no plan. Counts are for those who see totals."""
    totals = staff.may(Permission.TOTALS)
    with st.spinner("Reading prices, and who holds them …"):
        found, trouble = selling.plan_prices(totals)
    if trouble:
        st.warning(fmt.md(trouble), icon=":material/cloud_off:")
    _verdict(found)
    if not found.lines and not found.loose:
        notes.empty(
            "No price yet.",
            hint="Give a plan of the catalogue file a price with a lookup key.",
            icon=":material/sell:",
        )
        return
    if found.lines:
        defined.title("Does Stripe sell what the file says?", *(["price_customers"] * totals))
        _coverage(found.lines, totals)
    _older(found.held, totals)
    _loose(found, totals)


def _verdict(found: PlanPrices) -> None:
    counts = Counter(line.state for line in found.lines)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="price_state"):
        good = counts["same"] + counts["kept"]
        if found.lines and good + counts["draft"] == len(found.lines):
            st.badge(
                f"All {fmt.plural(good, 'price')} as the file says",
                icon=":material/check_circle:",
                color="green",
            )
        for state, (text, icon, colour, meaning) in _VERDICT.items():
            if counts[state]:
                said = text.format(fmt.plural(counts[state], "price"))
                st.badge(said, icon=icon, color=colour, help=meaning)
        if found.loose:
            st.badge(
                f"{fmt.plural(len(found.loose), 'price')} in no plan",
                icon=":material/help:",
                color="violet",
            )
        asked = found.told_by == "Stripe"
        told = "Read from Stripe" if asked else "As far as Stripe's events have told"
        st.caption(
            told,
            width="content",
            help="Read again every five minutes, for everyone: it goes over every live "
            "subscription.",
        )
        st.button(
            "Read again",
            key="plans_again",
            type="tertiary",
            icon=":material/refresh:",
            on_click=selling.forget_plans,
        )


def _coverage(lines: tuple[PriceLine, ...], totals: bool) -> None:
    column = st.column_config
    columns = {
        "plan": column.TextColumn("Plan", width=90),
        "key": column.TextColumn("Lookup key, else ids", width=165),
        "terms": column.TextColumn("In the file", width=170),
        "live": column.TextColumn("In Stripe", width=170),
        "state": tables.badge("State", width=130),
        **({"customers": defined.count("price_customers", width=95)} if totals else {}),
        "id": column.TextColumn("Price in Stripe", width=220),
        "line": column.TextColumn("Line", width=60, help="Of the catalogue file."),
    }
    tables.show(
        [
            {
                "plan": line.plan_name,
                "key": line.name,
                "terms": line.terms,
                "live": line.live_terms,
                "state": [_STATES[line.state]],
                "id": line.price_id,
                "line": None if line.line is None else str(line.line),
                "customers": line.customers,
            }
            for line in lines
        ],
        columns,
        key="coverage",
        ids=[f"{line.name}:{line.price_id}:{line.state}" for line in lines],
        alt="Prices of the catalogue file beside Stripe's",
        choose=False,
    )


def _older(held: tuple[HeldPrice, ...], totals: bool) -> None:
    names = ("price_customers", "old_price_mrr") if totals else ()
    defined.title("Which older prices do customers still hold?", *names)
    if not held:
        st.caption("None: everybody is on a price that is sold now.")
        return
    st.caption(
        "Whoever holds one keeps it until they change their plan."
        + (" Choose a row to see who." if totals else "")
    )
    chosen = _held_table(held, totals)
    if chosen is not None and totals:
        _holders(held[chosen])


def _held_table(held: tuple[HeldPrice, ...], totals: bool) -> int | None:
    column = st.column_config
    counts = {
        "customers": defined.count("price_customers", width=95),
        "mrr": defined.number("old_price_mrr", "MRR", width=105),
    }
    columns: dict[str, Any] = {
        "plan": column.TextColumn("Plan", width=90),
        "key": column.TextColumn("Lookup key", width=150, help="That it has, or had once."),
        "terms": column.TextColumn("Terms", width=150),
        "why": column.TextColumn("Why", width=185),
        **(counts if totals else {}),
        "id": column.TextColumn("Price in Stripe", width=215),
        **({"note": column.TextColumn("Note", width=180)} if totals else {}),
    }
    return tables.show(
        [
            {
                "plan": each.plan_name,
                "key": each.lookup_key,
                "terms": each.terms,
                "why": "Not in the file" if each.keyed else "A newer version has its key",
                "id": each.price_id,
                "customers": each.customers,
                "mrr": each.mrr_minor,
                "note": f"{each.unvalued:,} of unknown value" if each.unvalued else None,
                "currency": each.currency,
            }
            for each in held
        ],
        columns,
        key="held_prices",
        ids=[f"{each.price_id}:{each.currency}" for each in held],
        alt="Older prices that customers still hold",
        money=("mrr",) if totals else (),
        choose=totals,
        sparse=True,
    )


def _holders(price: HeldPrice) -> None:
    whole = selling.price_holders(price.price_id, 1, 0)
    st.markdown(f"**Who holds {fmt.md(price.terms)}, {fmt.md(price.price_id)}**")
    st.caption(f"{fmt.plural(whole.total, 'subscription')}. Choose a row to open its customer.")
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
    defined.title("Which prices are in no plan?", *(["price_customers"] * totals))
    st.caption(
        "Whoever holds one alone has no known plan: add it to a plan, or archive it. An add-on, "
        "which stands beside the price of a plan, needs none."
    )
    column = st.column_config
    columns: dict[str, Any] = {
        "id": column.TextColumn("Price in Stripe", width=240),
        "key": column.TextColumn("Lookup key", width=200),
        "terms": column.TextColumn("Terms", width=230),
        "held": column.TextColumn("Held", width=80),
    }
    if totals:
        columns["customers"] = defined.count("price_customers", width=100)
    tables.show(
        [
            {
                "id": each.price_id,
                "key": each.lookup_key,
                "terms": each.terms,
                "held": "Yes" if each.held else "No",
                "customers": each.customers,
            }
            for each in found.loose
        ],
        columns,
        key="loose_prices",
        ids=[each.price_id for each in found.loose],
        alt="Prices that are in no plan",
        choose=False,
    )
