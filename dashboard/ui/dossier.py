"""What lies behind a customer's access, one view at a time: the address keeps which."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard.language import mark, tr
from dashboard.ui import (
    billed,
    corrections,
    filters,
    notes,
    raw,
    subscriptions,
    timeline,
    usable,
)
from lib.billing import CustomerView, Permission

NAMES: Final = (mark("Subscriptions"), mark("Invoices"), mark("May use"), mark("Timeline"))
RAW: Final = mark("Raw")


@st.fragment
@notes.calmly
def details(read: list[CustomerView], customer_id: str, at: int | None = None) -> None:
    """Views of the same customer, now or ``at`` an earlier time; engineers have one more.

    ``read``: with what the page has just read, which is taken out of it: what is chosen later is
    read anew. Another view draws nothing else of the page anew. They are a switch and no tabs: tabs
    of a fragment took back what keys had chosen quickly.
    """
    staff = session.check(Permission.CUSTOMERS)
    engineer = at is None and staff.may(Permission.RAW)
    chosen = filters.switch(tr("Show"), "tab", {name: name for name in (*NAMES, *[RAW] * engineer)})
    _draw(chosen, read.pop() if read else data.customer(customer_id, at), at)


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
