"""Tables of a list: paged in SQL, money per row's currency, a click leads to the customer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard import data, navigation
from dashboard import format as fmt
from lib.billing import BillingError, Filters

PAGE_SIZE: Final = 25

BADGES: Final[Mapping[str, str]] = {
    "Active": "green",
    "Trialing": "blue",
    "Winding down": "orange",
    "Past due": "orange",
    "Past due, in grace": "orange",
    "Past due, grace over": "red",
    "Unpaid": "red",
    "Canceled": "gray",
    "Paused": "gray",
    "Collection paused": "gray",
    "No subscription": "gray",
    "Incomplete": "gray",
    "Incomplete expired": "gray",
    "Plan unresolved": "violet",
    "Paid": "green",
    "Open": "orange",
    "Void": "gray",
    "Draft": "gray",
    "Uncollectible": "red",
    "Final attempt": "red",
    "New": "blue",
    "Expansion": "green",
    "Reactivation": "blue",
    "Contraction": "orange",
    "Churn": "red",
}
"""Word → colour: a badge never says by colour alone what its word does not say."""


@dataclass(frozen=True)
class Money:
    """A column of minor units, spelled in the currency that another column names."""

    currency: str = "currency"


def badge(label: str, *, width: Any = None, help: str | None = None) -> Any:
    """A column of one coloured word."""
    return st.column_config.MultiselectColumn(
        label, options=list(BADGES), color=list(BADGES.values()), width=width, help=help
    )


def one(slug: str | None) -> list[str]:
    """A badge cell."""
    return [fmt.words(slug)] if slug else []


def show(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    *,
    key: str,
    ids: Sequence[str],
    alt: str,
    money: Sequence[str] = (),
    height: Any = "auto",
    choose: bool = True,
) -> int | None:
    """Draw ``rows`` and answer the index of the chosen one.

    The key carries a hash of the ids: a selection is a position, and must not slide to another
    customer when the rows change.
    """
    frame = pd.DataFrame(list(rows))
    config = {name: columns.get(name) for name in frame.columns}
    currencies = frame["currency"] if "currency" in frame.columns else None
    drawn: Any = frame[[name for name in frame.columns if config[name] is not None]]
    if money and currencies is not None:
        drawn = _spelled(drawn, money, currencies)
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    shared = {
        "hide_index": True,
        "column_config": {name: c for name, c in config.items() if c is not None},
        "height": height,
        "key": f"{key}_{digest}",
        "alt": alt,
        "placeholder": fmt.UNKNOWN,
    }
    if not choose:
        st.dataframe(drawn, **shared)
        return None
    state = st.dataframe(drawn, on_select="rerun", selection_mode="single-row", **shared)
    chosen = state["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < len(rows) else None


def _spelled(frame: pd.DataFrame, money: Sequence[str], currencies: pd.Series) -> Any:
    """Whole minor units stay underneath, so that sorting sorts numbers; people read money."""
    frame = frame.astype({name: "Int64" for name in money})
    styler = frame.style
    for name in money:
        texts = {
            (value, code): fmt.money(None if pd.isna(value) else int(value), code)
            for value, code in zip(frame[name], currencies, strict=True)
        }
        for index, code in currencies.items():
            value = frame.at[index, name]
            text = texts[(value, code)] if not pd.isna(value) else fmt.UNKNOWN
            styler = styler.format(
                lambda _value, text=text: text, subset=pd.IndexSlice[[index], [name]]
            )
    return styler


def pager(total: int, *, key: str = "page") -> int:
    """The page switch beneath a table, when there is more than one page; answers the offset.

    ``key`` is also the name in the address.
    """
    pages = max(-(-total // PAGE_SIZE), 1)
    if pages == 1:
        return 0
    return (st.pagination(pages, key=key, bind="query-params") - 1) * PAGE_SIZE


def download(name: str, filters: Filters, *, allowed: bool) -> None:
    """The CSV of the whole filtered list. Made when it is asked for, safe for spreadsheets."""
    prepared = _export_button(name, filters, allowed)
    del prepared


def _export_button(name: str, filters: Filters, allowed: bool) -> bool:
    if not allowed:
        return st.button(
            "Download CSV",
            key=f"{name}_csv",
            icon=":material/download:",
            disabled=True,
            help="Finance, founders and administrators may take lists away.",
        )
    desk_export: Callable[[], bytes] = data.exporter(name, filters)
    return st.download_button(
        "Download CSV",
        desk_export,
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{name}_csv",
        icon=":material/download:",
        on_click="ignore",
    )


def open_customer(customer_id: str) -> None:
    """Go to the customer's page; its address can be pasted into a chat."""
    navigation.open_page("customer", customer=customer_id)


def trouble(error: BillingError) -> None:
    """Say what happened, in the error's own sentence."""
    st.error(fmt.md(str(error)), icon=":material/error:")


def empty(sentence: str, *, hint: str | None = None, icon: str = ":material/check_circle:") -> None:
    """Instead of an empty table: what would fill it, and the next step."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f"{icon} {sentence}", text_alignment="center")
        if hint:
            st.caption(hint, text_alignment="center")
