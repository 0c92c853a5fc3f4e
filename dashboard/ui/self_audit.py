"""The self-audit: both sides of every claim about MRR, and the rows that break one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, tables, titles
from lib.billing import AuditLine, Filters, SelfAudit

_RESULTS = {True: mark("Holds"), False: mark("Fails"), None: mark("Cannot tell")}
_ROWS = {
    "customer": mark("Customer"),
    "subscription": mark("Subscription"),
    "movement": mark("Movement"),
    "runway": mark("Runway"),
    "kept sum": mark("Kept sum"),
    "period": mark("Period"),
}


def draw(currency: str | None, staff: Staff) -> None:
    """The verdict over all currencies, the rows at fault, and the lines of ``currency``."""
    with st.spinner(tr("Adding everything up …")):
        found = data.self_audit()
    if found.waits:
        st.info(
            tr("There is too much to add up while you wait: `portside serve` does, and keeps it."),
            icon=":material/hourglass_empty:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            _verdict(found)
        download.menu("self-audit", Filters(currencies=(currency,) if currency else ()), staff)
    if found.failed:
        _faults(found)
    _lines([line for line in found.lines if currency in (None, line.currency)])


def _verdict(found: SelfAudit) -> None:
    told = [line for line in found.lines if line.ok is not None]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if found.failed:
            st.badge(
                ntr(
                    "{count} line of {whole} fails",
                    "{count} lines of {whole} fail",
                    len(found.failed),
                    whole=fmt.number(len(told)),
                ),
                icon=":material/error:",
                color="red",
            )
        else:
            st.badge(
                ntr("The only line holds", "All {count} lines hold", len(told)),
                icon=":material/verified:",
                color="green",
            )
        st.caption(tr("Every way to a number, side by side, in every currency."), width="content")
        if found.checked_at is not None:
            told = tr("Checked: {time}.", time=fmt.clock(found.checked_at, data.timezone()))
            st.caption(told, width="content")


def _lines(lines: Sequence[AuditLine]) -> None:
    rows = [
        {
            "result": [tr(_RESULTS[line.ok])],
            "currency": line.currency.upper(),
            "claim": say(line.claim),
            "left": f"{say(line.left_name)}: {_amount(line, line.left)}",
            "right": f"{say(line.right_name)}: {_amount(line, line.right)}",
            "note": say(line.note) or None,
        }
        for line in lines
    ]
    column = st.column_config
    tables.show(
        rows,
        {
            "result": tables.badge(tr("Result"), width=105),
            "currency": column.TextColumn(tr("Currency"), width=70),
            "claim": column.TextColumn(tr("What should be so"), width=365),
            "left": column.TextColumn(tr("One side"), width=200),
            "right": column.TextColumn(tr("Other side"), width=200),
            "note": column.TextColumn(tr("Note"), width=260),
        },
        key="audit_lines",
        ids=[f"{line.currency}:{line.slug}" for line in lines],
        alt=tr("Every line of the self-audit with both of its sides"),
        choose=False,
        sparse=True,
    )


def _faults(found: SelfAudit) -> None:
    """The rows that break a line; one that belongs to a customer opens it."""
    titles.draw(tr("Which rows are at fault?"))
    faults = [(line, fault) for line in found.failed for fault in line.rows]
    if not faults:
        st.caption(tr("The totals differ, but no single row could be named. Run portside replay."))
        return
    rows = [
        {
            "line": say(line.claim),
            "kind": tr(_ROWS[fault.kind]),
            "row": fault.row,
            "words": say(fault.words),
            "stored": fault.stored,
            "right": fault.right,
            "currency": line.currency,
        }
        for line, fault in faults
    ]
    column = st.column_config
    chosen = tables.show(
        rows,
        {
            "kind": column.TextColumn(tr("Row"), width=105),
            "row": column.TextColumn(tr("Id"), width=250),
            "words": column.TextColumn(tr("What is wrong"), width=330),
            "stored": defined.number("self-audit.left", tr("It says"), width=95),
            "right": defined.number("self-audit.right", tr("It should say"), width=110),
            "line": column.TextColumn(tr("Line that fails"), width=330),
        },
        key="audit_faults",
        ids=[f"{line.slug}:{fault.kind}:{fault.row}" for line, fault in faults],
        money=("stored", "right"),
        alt=tr("Rows that break a line of the self-audit"),
    )
    st.caption(
        tr("Choose a row to open its customer. `portside replay` makes rows what events tell.")
    )
    if chosen is not None and (owner := faults[chosen][1].customer_id):
        tables.open_customer(owner)


def _amount(line: AuditLine, amount: int | None) -> str:
    if amount is None:
        return fmt.UNKNOWN
    return fmt.money(amount, line.currency) if line.unit == "money" else fmt.number(amount)
