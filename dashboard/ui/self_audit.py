"""The self-audit: both sides of every claim about MRR, and the rows that break one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import defined, download, tables
from lib.billing import AuditLine, Filters, SelfAudit

_RESULTS = {True: "Holds", False: "Fails", None: "Cannot tell"}


def draw(currency: str | None, staff: Staff) -> None:
    """The verdict over all currencies, the rows at fault, and the lines of ``currency``."""
    with st.spinner("Adding everything up …"):
        found = data.self_audit()
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
                f"{fmt.plural(len(found.failed), 'line')} of {len(told)} "
                f"{'fails' if len(found.failed) == 1 else 'fail'}",
                icon=":material/error:",
                color="red",
            )
        else:
            st.badge(
                f"All {fmt.plural(len(told), 'line')} hold",
                icon=":material/verified:",
                color="green",
            )
        st.caption("Every way to a number, side by side, in every currency.", width="content")


def _lines(lines: Sequence[AuditLine]) -> None:
    rows = [
        {
            "result": [_RESULTS[line.ok]],
            "currency": line.currency.upper(),
            "claim": line.claim,
            "left": f"{line.left_name}: {_amount(line, line.left)}",
            "right": f"{line.right_name}: {_amount(line, line.right)}",
            "note": line.note or None,
        }
        for line in lines
    ]
    column = st.column_config
    tables.show(
        rows,
        {
            "result": tables.badge("Result", width=105),
            "currency": column.TextColumn("Currency", width=80),
            "claim": column.TextColumn("What should be so", width=400),
            "left": column.TextColumn("One side", width=225),
            "right": column.TextColumn("Other side", width=225),
            "note": column.TextColumn("Note", width=260),
        },
        key="audit_lines",
        ids=[f"{line.currency}:{line.slug}" for line in lines],
        alt="Every line of the self-audit with both of its sides",
        choose=False,
        sparse=True,
    )


def _faults(found: SelfAudit) -> None:
    """The rows that break a line; one that belongs to a customer opens it."""
    st.subheader("Which rows are at fault?", anchor=False)
    faults = [(line, fault) for line in found.failed for fault in line.rows]
    if not faults:
        st.caption("The totals differ, but no single row could be named. Run portside replay.")
        return
    rows = [
        {
            "line": line.claim,
            "kind": fmt.words(fault.kind),
            "row": fault.row,
            "words": fault.words,
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
            "kind": column.TextColumn("Row", width=105),
            "row": column.TextColumn("Id", width=250),
            "words": column.TextColumn("What is wrong", width=330),
            "stored": defined.number("self-audit.left", "It says", width=95),
            "right": defined.number("self-audit.right", "It should say", width=110),
            "line": column.TextColumn("Line that fails", width=330),
        },
        key="audit_faults",
        ids=[f"{line.slug}:{fault.kind}:{fault.row}" for line, fault in faults],
        money=("stored", "right"),
        alt="Rows that break a line of the self-audit",
    )
    st.caption("Choose a row to open its customer. `portside replay` makes rows what events tell.")
    if chosen is not None and (owner := faults[chosen][1].customer_id):
        tables.open_customer(owner)


def _amount(line: AuditLine, amount: int | None) -> str:
    if amount is None:
        return fmt.UNKNOWN
    return fmt.money(amount, line.currency) if line.unit == "money" else f"{amount:,}"
