"""What lies behind a customer's access, a tab each: the address keeps which one is open."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import session
from dashboard.language import mark, tr
from dashboard.ui import billed, corrections, raw, subscriptions, timeline, usable
from lib.billing import CustomerView, Permission

NAMES: Final = (mark("Subscriptions"), mark("Invoices"), mark("May use"), mark("Timeline"))
RAW: Final = mark("Raw")


def details(view: CustomerView, at: int | None = None) -> None:
    """Views of the same customer, now or ``at`` an earlier time; engineers have one more."""
    engineer = at is None and session.guard(Permission.CUSTOMERS).may(Permission.RAW)
    names = [*NAMES, *[RAW] * engineer]
    tabs = st.tabs([tr(name) for name in names], key="tab", on_change="rerun", bind="query-params")
    # A tab that is not open costs nothing: only the open one is drawn.
    for name, tab in zip(names, tabs, strict=True):
        if tab.open:
            with tab:
                _draw(name, view, at)
            return


def _draw(name: str, view: CustomerView, at: int | None) -> None:
    customer_id = view.customer.customer_id
    if name == NAMES[0]:
        subscriptions.table(view.subscriptions)
        corrections.schedules(view.schedules)
    elif name == NAMES[1]:
        billed.table(view)
        billed.attempts(view)
        corrections.table(view)
    elif name == NAMES[2]:
        usable.table(view)
    elif name == NAMES[3]:
        timeline.draw(customer_id, at)
    else:
        raw.draw(customer_id)
