"""On how few customers MRR rests."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, keeping, mixed
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.ui import defined, kpis, listing, picture, tables
from lib.billing import Concentration, LargestShare


def cards(code: str) -> list[kpis.Card]:
    """The largest one, ten and hundred of one currency, and how many there are."""
    found = mixed.concentration(code)
    return [
        kpis.defined("paying_customers", fmt.number(found.customers), good="neither"),
        *(_card(part, code) for part in found.shares),
    ]


def draw(code: str) -> None:
    """Of one currency: what the largest pay together, and who the ten largest are."""
    found = mixed.concentration(code)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        _curve(found)
    with right.container(border=True, height="stretch"):
        _table(found)


def _card(part: LargestShare, code: str) -> kpis.Card:
    share = part.share
    told = share.reason and say(share.reason)
    return kpis.defined(
        "largest_share",
        fmt.share(share.value),
        told
        or tr(
            "{part} of {whole}.",
            part=fmt.money(part.minor, code),
            whole=fmt.money(int(share.denominator), code),
        ),
        label=tr("Largest customer")
        if part.count == 1
        else tr("{count} largest customers", count=part.count),
        delta=None if told else fmt.money_short(part.minor, code),
        compared_to=fmt.joined(
            (
                None if told else tr("of MRR"),
                tr("small sample") if share.small and not told else None,
            )
        )
        or None,
        good="neither",
    )


def _curve(found: Concentration) -> None:
    code = found.currency
    defined.title(tr("How much of MRR do the largest customers pay together?"), "largest_share")
    points = tuple(
        (
            count,
            minor / found.mrr_minor,
            fmt.joined(
                (
                    ntr("{count} customer", "{count} customers", count),
                    fmt.share(minor / found.mrr_minor),
                    fmt.money(minor, code),
                )
            ),
        )
        for count, minor in enumerate(found.together, 1)
    )
    marked = {
        part.count: f"{fmt.number(part.count)}: {fmt.share(part.share.value)}"
        for part in found.shares
        if part.share.value is not None
    }
    picture.chart(
        keeping.figure(
            "resting", lambda: charts.resting(points, marked), points, tuple(marked.items())
        ),
        key="resting_chart",
        alt=tr("Share of MRR by the number of largest customers taken together."),
    )


def _table(found: Concentration) -> None:
    defined.title(tr("Who pays most?"), "customer_mrr")
    st.caption(tr("Choose a row to open its customer."))
    ids = [held.customer_id for held in found.largest]
    tables.show(
        [
            {
                "customer": listing.who(held),
                "mrr": held.minor,
                "share": (held.share.value or 0) * 100,
                "currency": found.currency,
            }
            for held in found.largest
        ],
        {
            "customer": st.column_config.TextColumn(tr("Customer"), width=170),
            "share": defined.number("largest_share", tr("Share"), format="%.1f%%", width=65),
            "mrr": defined.number("customer_mrr", tr("MRR"), width=90),
        },
        key="largest_customers",
        ids=ids,
        money=("mrr",),
        alt=tr("The customers who pay most"),
        on_choose=tables.remember(ids),
    )
