"""Customer: why somebody has or lacks access, and the right link to hand over."""

import streamlit as st

from dashboard import data, kept, navigation, session
from dashboard.language import tr
from dashboard.ui import (
    chrome,
    customer,
    dossier,
    finding,
    links,
    moment,
    notes,
    remarks,
    replying,
    tables,
)
from lib.billing import NoCustomer, Permission

staff = session.guard(Permission.CUSTOMERS)
finding.begin()
chrome.head(navigation.BY_SLUG["customer"])


def found(text: str) -> None:
    """What the search box found; the only one is shown at once."""
    only = finding.look_up(text)
    if only is not None:
        one(only)


def one(customer_id: str) -> None:
    """Everything about one customer, now with the link panel beside it, or at an earlier time."""
    at = moment.wanted()
    try:
        view = data.customer(customer_id, at)
    except NoCustomer as error:
        notes.trouble(error)
        if at is not None:
            moment.back()
        return
    if at is not None:
        moment.bar(view)
    customer.top(view)
    if at is not None:
        dossier.details([view], customer_id, at)
        return
    left, right = st.columns([5, 3], gap="small")
    with left:
        dossier.details([view], customer_id)
        if staff.may(Permission.NOTES):
            remarks.panel(view.customer.customer_id)
    with right:
        links.panel(view.customer.customer_id)
        replying.panel(view)
        if staff.may(Permission.LINKS):
            customer.past_links(view)


def body() -> None:
    search = finding.search_box()
    wanted = kept.params().get("customer", "")
    if search:
        found(search)
    elif wanted:
        tables.way_back()
        one(wanted)
    else:
        notes.empty(
            tr("Search for a customer to begin."),
            hint=tr("Or choose one under Winding down or Failed payments."),
            icon=":material/search:",
        )


body()
