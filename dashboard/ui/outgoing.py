"""What the product is told, and how its endpoints take it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, letters, notes, tables
from lib.billing import EndpointState, Filters


def draw(staff: Staff) -> None:
    """The endpoints, then what they did not take."""
    endpoints = session.billing().endpoints()
    if not endpoints:
        notes.empty(
            tr("The product is told nothing by itself."),
            hint=tr(
                "[[outgoing]] in portside.toml names an endpoint; how it takes events shows here."
            ),
            icon=":material/outgoing_mail:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            tr("Signed events of each customer, in order, offered until they are taken."),
            width="stretch",
        )
        download.menu("outgoing", Filters(), staff)
    _endpoints(endpoints)
    letters.draw(endpoints, staff)


def _endpoints(endpoints: Sequence[EndpointState]) -> None:
    zone, column = data.timezone(), st.column_config
    tables.show(
        [
            {
                "name": each.name,
                "state": [tr(_state(each))],
                "waiting": each.waiting,
                "delivered": each.delivered,
                "dead": each.dead,
                "oldest": fmt.moment(each.oldest_at, zone),
                "next": fmt.moment(each.next_attempt_at, zone),
                "why": each.reason,
                "host": each.host or tr("Not in portside.toml any more"),
            }
            for each in endpoints
        ],
        {
            "name": column.TextColumn(tr("Endpoint"), width=110),
            "state": tables.badge(tr("State"), width=115),
            "waiting": defined.count("outgoing_waiting", width=75),
            "delivered": defined.count("outgoing_delivered", width=110),
            "dead": defined.count("outgoing_dead", width=95),
            "oldest": column.DatetimeColumn(tr("Oldest waiting"), width=135),
            "next": column.DatetimeColumn(tr("Next try"), width=135),
            "why": column.TextColumn(tr("Why it waits"), width=220),
            "host": column.TextColumn(tr("Host"), width=190),
        },
        key="endpoints",
        ids=[each.name for each in endpoints],
        alt=tr("Endpoints of the product and how they take events"),
        choose=False,
        sparse=True,
    )


def _state(each: EndpointState) -> str:
    if each.host is None:
        return mark("Removed")
    if each.failing:
        return mark("Not taking")
    if each.dead:
        return mark("Gave up some")
    return mark("Waiting") if each.waiting else mark("Up to date")
