"""What lies behind a customer's access, a tab each: the address keeps which one is open."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.ui import billed, corrections, raw, subscriptions, timeline, usable
from lib.billing import CustomerView, Permission


def details(view: CustomerView, at: int | None = None) -> None:
    """Views of the same customer, now or ``at`` an earlier time; engineers have one more."""
    engineer = at is None and session.guard(Permission.CUSTOMERS).may(Permission.RAW)
    names = ["Subscriptions", "Invoices", "May use", "Timeline"] + ["Raw"] * engineer
    tabs = st.tabs(names, key="tab", on_change="rerun", bind="query-params")
    # A tab that is not open costs nothing: only the open one is drawn.
    for name, tab in zip(names, tabs, strict=True):
        if tab.open:
            with tab:
                _draw(name, view, at)
            return


def _draw(name: str, view: CustomerView, at: int | None) -> None:
    customer_id = view.customer.customer_id
    if name == "Subscriptions":
        subscriptions.table(view.subscriptions)
        corrections.schedules(view.schedules)
    elif name == "Invoices":
        billed.table(view)
        billed.attempts(view)
        corrections.table(view)
    elif name == "May use":
        usable.table(view)
    elif name == "Timeline":
        timeline.draw(customer_id, at)
    else:
        raw.draw(customer_id)
