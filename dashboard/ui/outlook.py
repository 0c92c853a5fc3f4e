"""What stands out, and on whom MRR rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard import format as fmt
from dashboard import morning, navigation
from dashboard.language import ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import defined, ending, retention, tables, titles, upgrades, ways
from lib.billing import Insight, Outlook, Said

SPELLED: Final[dict[str, Callable[[str], str]]] = {
    "currency": str.upper,
    "currencies": str.upper,
    "plans": upgrades.plan,
    "reasons": fmt.words,
    "week": ending.week_name,
    "view": lambda view: tr(retention.VIEWS[view]),
}
"""How a page's filters spell their values in its address."""
SHOWN: Final = 4
HERE: Final = "overview"


def read(code: str) -> Outlook:
    """Whole months are read the first time: the rest of the page is there before."""
    if code in (known := st.session_state.setdefault("outlooks_seen", set())):
        return morning.outlook(code)
    with st.skeleton(height=160):
        found = morning.outlook(code)
    known.add(code)
    return found


def insights(found: Outlook, staff: Staff) -> None:
    """Each says what it saw and against what; a rule that sees too little says nothing."""
    with st.container(border=True, height="stretch"):
        told = tr(
            "Rules compare the last complete month with the months before it. They are silent "
            "below 20 customers, trials or subscriptions, and where chance alone would do: "
            "docs/founders.md lists them. Looked at every hour."
        )
        titles.draw(tr("What stands out?"), [("", told)])
        shown = [i for i in found.insights if staff.may(navigation.BY_SLUG[i.page].permission)]
        if not shown:
            st.caption(
                tr(
                    "Nothing. Rules stay silent below 20 customers, and where chance alone "
                    "would do."
                )
            )
            return
        ways.draw([_way(insight) for insight in shown[:SHOWN]], key="stands_out")


def _way(insight: Insight) -> ways.Way:
    here = insight.page == HERE
    title = tr(navigation.BY_SLUG[insight.page].title)
    return ways.Way(
        say(insight.sentence),
        fmt.joined(f"{say(name)}: {_seen(seen)}" for name, seen in insight.evidence),
        insight.page,
        tuple((name, SPELLED[name](value)) for name, value in insight.query),
        "trending_up" if insight.good else "priority_high",
        "green" if insight.good else "orange",
        leads=tr("List them above") if here else tr("Open {page}", page=title),
        chooses=insight.query if here else (),
    )


def _seen(seen: str) -> str:
    """A number is no text to be translated."""
    return say(seen) if isinstance(seen, Said) else seen


def largest(found: Outlook) -> None:
    """Who pays most, and what share of MRR that is."""
    code, share = found.currency, found.share
    with st.container(border=True, height="stretch"):
        defined.title(tr("How much rests on few customers?"), "concentration", "customer_mrr")
        if not found.largest:
            st.caption(tr("Nobody pays in this currency."))
            return
        told = ntr(
            "The largest pays {share} of MRR, of {customers}.",
            "The {count} largest pay {share} of MRR, of {customers}.",
            len(found.largest),
            share=fmt.share(share.value),
            customers=ntr("{count} customer", "{count} customers", int(share.sample or 0)),
        )
        small = tr("A small sample.")
        st.caption(f"{told} {small}" if share.small else told)
        column = st.column_config
        tables.show(
            [
                {
                    "customer": str(held.name or held.email or held.customer_id),
                    "mrr": held.minor,
                    "share": (held.share.value or 0) * 100,
                    "currency": code,
                }
                for held in found.largest
            ],
            {
                "customer": column.TextColumn(tr("Customer"), width=150),
                "share": defined.number("concentration", tr("Share"), format="%.1f%%", width=65),
                "mrr": defined.number("customer_mrr", width=85),
            },
            key="largest",
            ids=[held.customer_id for held in found.largest],
            money=("mrr",),
            alt=tr("The customers who pay most"),
            on_choose=tables.remember([held.customer_id for held in found.largest]),
        )
