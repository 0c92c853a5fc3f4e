"""A closed month as it was frozen, beside what it is today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.ui import defined, sealed, tables
from lib.billing import METRICS, ClosedMonthView

LINES: Final = (
    ("opening_minor", "Opening"),
    ("restated_minor", "Corrections of earlier months"),
    ("new_minor", "New"),
    ("reactivation_minor", "Reactivation"),
    ("expansion_minor", "Expansion"),
    ("contraction_minor", "Contraction"),
    ("churn_minor", "Churn"),
    ("closing_minor", "Closing"),
)
PARTS: Final = {
    "catalogue": "catalogue",
    "policy": "policy",
    "timezone": "time zone",
    "metrics": "words of the metrics",
    "manner": "way of folding",
}


def draw(view: ClosedMonthView, currency: str) -> None:
    """The roll-forward with today's beside it, and what else was frozen."""
    st.subheader(f"{sealed.name(view.item.month)}, as it was signed", anchor=False)
    st.caption(_signed(view))
    if view.item.changed:
        changed = ", ".join(PARTS[part] for part in view.item.changed)
        st.badge(
            f"Changed since: {changed}",
            icon=":material/edit_note:",
            color="orange",
            help="Definitions that were others when the month was closed.",
        )
    left, right = st.columns([5, 4], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _roll_forward(view, currency)
    with right, st.container(border=True, height="stretch"):
        _figures(view, currency)


def _signed(view: ClosedMonthView) -> str:
    item, zone = view.item, data.timezone()
    anyway = ""
    if view.open:
        left = ", ".join(f"{label.lower()}: {count:,}" for label, count in view.open)
        anyway = f" Open at the close: {left}."
    why = f" Reason: {fmt.md(item.reason)}." if item.reason else ""
    return (
        f"By {fmt.md(item.staff)}, {fmt.clock(item.closed_at, zone)}. Days in {view.timezone}, "
        f"definitions {view.definitions}, seal {(item.hash or '')[:16]}.{why}{anyway}"
    )


def _of(rows: list[dict[str, Any]], currency: str) -> Mapping[str, Any]:
    return next((row for row in rows if row["currency"] == currency), {})


def _roll_forward(view: ClosedMonthView, currency: str) -> None:
    st.markdown("**How did MRR get from its opening to its closing?**", help=_MRR)
    frozen = _of(view.reports["mrr"], currency)
    today = view.today.get(currency, {})
    rows = []
    for name, label in LINES:
        then = frozen.get(name, 0)
        now = None if name == "restated_minor" else today.get(name, 0)
        # Today's opening has the corrections in it, so they are no difference.
        known = then + frozen.get("restated_minor", 0) if name == "opening_minor" else then
        if name == "restated_minor" and not then:
            continue
        rows.append(
            [
                f"**{label}**" if name in ("opening_minor", "closing_minor") else label,
                _cell(then, currency),
                fmt.UNKNOWN if now is None else _cell(now, currency),
                _difference(known, now, currency),
            ]
        )
    tables.text(["", "Signed", "Today", "Difference"], rows, right=(1, 2, 3), unbroken=(0, 1, 2, 3))
    st.caption(
        "A difference in the opening comes from earlier months and is listed there, not here."
    )


_MRR: Final = METRICS["mrr"].definition


def _cell(minor: int, currency: str) -> str:
    return fmt.md(fmt.money(minor, currency))


def _difference(known: int, now: int | None, currency: str) -> str:
    return fmt.UNKNOWN if now in (None, known) else fmt.md(fmt.signed(now - known, currency))


def _figures(view: ClosedMonthView, currency: str) -> None:
    st.markdown("**What else was signed?**")
    people = _of(view.reports["customers"], currency)
    billed = _of(view.reports["billed"], currency)
    mrr = _of(view.reports["mrr"], currency)
    ending = _of(view.reports["winding-down"], currency)
    joined = people.get("new", 0) + people.get("reactivation", 0)
    rows = [
        ("Paying customers at its start", f"{people.get('customers_start', 0):,}"),
        ("Joined or came back", f"{joined:,}"),
        ("Churned", f"{people.get('churn', 0):,}"),
        ("Committed MRR at its end", _cell(mrr.get("committed_minor", 0), currency)),
        ("Winding down at its end", _cell(ending.get("mrr_minor", 0), currency)),
        ("Invoiced", _cell(billed.get("invoiced_minor", 0), currency)),
        ("of which tax", _cell(billed.get("tax_minor", 0), currency)),
        ("Paid", _cell(billed.get("paid_minor", 0), currency)),
        ("Refunded of its invoices", _cell(billed.get("refunded_minor", 0), currency)),
        ("Receivables at its end", _cell(billed.get("receivable_minor", 0), currency)),
    ]
    tables.text(["", "Signed"], rows, right=(1,), unbroken=(1,))
    st.caption(
        "How these are defined",
        help="\n\n".join(
            f"**{METRICS[slug].label}**: {METRICS[slug].definition}"
            for slug in (
                "paying_customers",
                "committed_mrr",
                "winding_down",
                "month_invoiced",
                "month_paid",
                "month_receivables",
            )
        ),
    )


def mix(view: ClosedMonthView, currency: str) -> None:
    """The plan mix at the month's end as it was signed, folded away."""
    rows = [row for row in view.reports["plan-mix"] if row["currency"] == currency]
    if not rows:
        return
    agreed = _of(view.reports["agreement"], currency).get("difference_minor", 0)
    column = st.column_config
    with st.expander(f"Plan mix at its end ({len(rows):,})", icon=":material/donut_small:"):
        tables.show(
            [
                {
                    "plan": row["plan"] or "Not in the catalogue",
                    "every": fmt.every(row["interval"], row["interval_count"]),
                    "currency": currency,
                    "subscriptions": row["subscriptions"],
                    "customers": row["customers"],
                    "mrr": row["mrr_minor"],
                    "share": row["share"],
                }
                for row in rows
            ],
            {
                "plan": column.TextColumn("Plan"),
                "every": column.TextColumn("Billed"),
                "subscriptions": defined.count("plan-mix.subscriptions", "Subscriptions"),
                "customers": defined.count("plan-mix.customers", "Customers"),
                "mrr": column.NumberColumn("MRR", help=_MRR),
                "share": column.NumberColumn(
                    "Share", format="percent", help=METRICS["plan_share"].definition
                ),
            },
            key="signed_mix",
            ids=[f"{view.item.month}:{row['plan']}:{row['interval']}" for row in rows],
            money=("mrr",),
            alt="The plan mix as it was signed",
            choose=False,
        )
        if agreed:
            st.caption(
                f"The movements come to {fmt.md(fmt.signed(agreed, currency))} beside it: of a "
                "subscription that was first seen after the month although it began before."
            )
