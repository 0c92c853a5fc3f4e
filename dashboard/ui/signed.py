"""A closed month as it was frozen, beside what it is today."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import current, mark, say, tr
from dashboard.ui import defined, printed, sealed, tables, titles
from lib.billing import ClosedMonthView, Permission, Printed, RollLine

LINES: Final = {
    "opening": mark("Opening"),
    "restated": mark("Corrections of earlier months"),
    "new": mark("New"),
    "reactivation": mark("Reactivation"),
    "expansion": mark("Expansion"),
    "contraction": mark("Contraction"),
    "churn": mark("Churn"),
    "closing": mark("Closing"),
}
FIGURES: Final = {
    "customers_start": mark("Paying customers at its start"),
    "joined": mark("Joined or came back"),
    "churned": mark("Churned"),
    "committed": mark("Committed MRR at its end"),
    "winding_down": mark("Winding down at its end"),
    "invoiced": mark("Invoiced"),
    "tax": mark("of which tax"),
    "paid": mark("Paid"),
    "refunded": mark("Refunded of its invoices"),
    "receivable": mark("Receivables at its end"),
}
DEFINED: Final = (
    "paying_customers",
    "committed_mrr",
    "winding_down",
    "month_invoiced",
    "month_paid",
    "month_receivables",
)
PARTS: Final = {
    "catalogue": mark("catalogue"),
    "policy": mark("policy"),
    "timezone": mark("time zone"),
    "metrics": mark("words of the metrics"),
    "manner": mark("way of folding"),
}


def draw(view: ClosedMonthView, currency: str) -> None:
    """The roll-forward with today's beside it, and what else was frozen."""
    month = view.item.month
    with st.container(horizontal=True, vertical_alignment="center"):
        titles.draw(tr("{month}, as it was signed", month=sealed.name(month)))
        with st.container(width="content"):
            printed.button(
                partial(_document, month),
                Permission.MONEY,
                Permission.EXPORT,
                key="print_close",
                help=tr("The month for your files: figures, seal, checks and a line to sign."),
            )
    st.markdown(_signed(view))
    if view.item.changed:
        st.badge(
            tr("Changed since: {parts}", parts=", ".join(tr(PARTS[p]) for p in view.item.changed)),
            icon=":material/edit_note:",
            color="orange",
            help=tr("Definitions that were others when the month was closed."),
        )
    with st.grid(2, min_column_width=400, gap="small"):
        with st.container(border=True, height="stretch"):
            _roll_forward(view, currency)
        with st.container(border=True, height="stretch"):
            _figures(view, currency)


def _document(month: str) -> Printed:
    person = session.check(Permission.EXPORT)
    return session.billing().print_close(
        month, staff=person.email, roles=person.roles, language=current()
    )


def _signed(view: ClosedMonthView) -> str:
    item = view.item
    told = [
        tr(
            "By {staff}, {time}. Days in {timezone}, definitions {definitions}, seal {seal}.",
            staff=fmt.md(item.staff),
            time=fmt.clock(item.closed_at, data.timezone()),
            timezone=view.timezone,
            definitions=view.definitions,
            seal=(item.hash or "")[:16],
        )
    ]
    if item.reason:
        told.append(tr("Reason: {reason}.", reason=fmt.md(item.reason.rstrip(". "))))
    if view.open:
        left = ", ".join(f"{say(label)}: {fmt.number(count)}" for label, count in view.open)
        told.append(tr("Open at the close: {points}.", points=left))
    return " ".join(told)


def _roll_forward(view: ClosedMonthView, currency: str) -> None:
    st.markdown(
        tr("**How did MRR get from its opening to its closing?**"),
        help=defined.meaning("mrr"),
    )
    tables.text(
        ["", tr("Signed"), tr("Today"), tr("Difference")],
        [_line(line, currency) for line in view.lines(currency)],
        right=(1, 2, 3),
        unbroken=(1, 2, 3),
    )
    st.caption(
        tr("A difference in the opening comes from earlier months and is listed there, not here.")
    )


def _line(line: RollLine, currency: str) -> list[str]:
    label, difference = tr(LINES[line.name]), line.difference_minor
    return [
        f"**{label}**" if line.name in ("opening", "closing") else label,
        _cell(line.signed_minor, currency),
        _cell(line.today_minor, currency),
        fmt.md(fmt.signed(difference, currency)) if difference else fmt.UNKNOWN,
    ]


def _cell(minor: int | None, currency: str) -> str:
    return fmt.md(fmt.money(minor, currency))


def _figures(view: ClosedMonthView, currency: str) -> None:
    st.markdown(
        tr("**What else was signed?**"),
        help="\n\n".join(f"**{defined.label(m)}**: {defined.meaning(m)}" for m in DEFINED),
    )
    tables.text(
        ["", tr("Signed")],
        [
            (
                tr(FIGURES[each.name]),
                _cell(each.value, currency) if each.is_money else fmt.number(each.value),
            )
            for each in view.figures(currency)
        ],
        right=(1,),
        unbroken=(1,),
    )


def _of(rows: list[dict[str, Any]], currency: str) -> Mapping[str, Any]:
    return next((row for row in rows if row["currency"] == currency), {})


def mix(view: ClosedMonthView, currency: str) -> None:
    """The plan mix at the month's end as it was signed, folded away."""
    rows = [row for row in view.reports["plan-mix"] if row["currency"] == currency]
    if not rows:
        return
    agreed = _of(view.reports["agreement"], currency).get("difference_minor", 0)
    column = st.column_config
    label = tr("Plan mix at its end ({count})", count=fmt.number(len(rows)))
    with st.expander(label, icon=":material/donut_small:"):
        tables.show(
            [
                {
                    "plan": row["plan"] or tr("Not in the catalogue"),
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
                "plan": column.TextColumn(tr("Plan")),
                "every": column.TextColumn(tr("Billed")),
                "subscriptions": defined.count("plan-mix.subscriptions", tr("Subscriptions")),
                "customers": defined.count("plan-mix.customers", tr("Customers")),
                "mrr": defined.number("mrr", tr("MRR")),
                "share": defined.number("plan_share", tr("Share"), format="percent"),
            },
            key="signed_mix",
            ids=[f"{view.item.month}:{row['plan']}:{row['interval']}" for row in rows],
            money=("mrr",),
            alt=tr("The plan mix as it was signed"),
            choose=False,
        )
        if agreed:
            st.caption(
                tr(
                    "The movements come to {amount} beside it: of a subscription that was first "
                    "seen after the month although it began before.",
                    amount=fmt.md(fmt.signed(agreed, currency)),
                )
            )
