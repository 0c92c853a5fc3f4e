"""Events that could not be applied: the error, another try, or leaving one alone for good."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.session import Staff
from dashboard.ui import asking, defined, download, notes, primary, tables, titles
from lib.billing import FailedEvent, Filters, Listing, Permission


def draw(staff: Staff) -> None:
    """One page of them, and the chosen one with what can be done."""
    desk = session.billing()
    total = desk.failed_events(limit=1).total
    if not total:
        notes.empty(
            tr("Every event that arrived was applied."),
            hint=tr("An event that cannot be applied shows here with its error and its next try."),
        )
        _settled(staff)
        return
    _all_at_once(total, staff)
    place = st.container()
    offset = tables.pager(total, key="event_page")
    page = desk.failed_events(limit=tables.PAGE_SIZE, offset=offset)
    with place:
        _table(page)
    wanted = kept.params().get("event")
    event = next((each for each in page.rows if each.event_id == wanted), None)
    if event is None:
        _settled(staff)
    else:
        _detail(event, staff)


def _settled(staff: Staff) -> None:
    """What came of the request about an event that left the list."""
    if (wanted := kept.params().get("event")) and staff.may(Permission.REPAIR):
        asking.follow(wanted, asking.RETRIES)


def _all_at_once(total: int, staff: Staff) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = ntr(
            "{count} event. Choose its row to see the whole error.",
            "{count} events. Choose a row to see its whole error.",
            total,
        )
        st.caption(told, width="stretch")
        download.menu("inbox", Filters(statuses=("failed",)), staff)
        if not staff.may(Permission.REPAIR):
            return
        st.button(
            tr("Retry all"),
            key="retry_all",
            icon=":material/replay:",
            disabled=asking.waits("", asking.RETRIES),
            help=tr("Tries every failed event again now. What fails again stays here."),
            on_click=asking.press,
            args=(partial(_retry, ""),),
        )
    asking.follow("", asking.RETRIES, since=data.freshness().now - 600)


def _table(page: Listing[FailedEvent]) -> None:
    zone, column = data.timezone(), st.column_config
    ids = [event.event_id for event in page.rows]
    wanted = kept.params().get("event")
    tables.show(
        [
            {
                "type": event.type,
                "error": event.error,
                "received": fmt.moment(event.received_at, zone),
                "attempts": event.attempts,
                "next": fmt.moment(event.next_attempt_at, zone),
                "created": fmt.moment(event.created_at, zone),
                "event": event.event_id,
            }
            for event in page.rows
        ],
        {
            "type": column.TextColumn(tr("Event"), width=210),
            "error": column.TextColumn(tr("Error"), width=316),
            "received": column.DatetimeColumn(tr("Received"), width=135),
            "attempts": defined.number("inbox.attempts", width=75),
            "next": column.DatetimeColumn(
                tr("Next try"),
                help=tr("Empty: it is not tried again by itself."),
                width=135,
            ),
            "created": column.DatetimeColumn(tr("Created"), width=135),
            "event": column.TextColumn(tr("Event id"), width=230),
        },
        key="failed_events",
        ids=ids,
        alt=tr("Events that could not be applied, the latest first"),
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=partial(_open, ids),
    )


def _open(ids: list[str], index: int | None) -> None:
    if index is None:
        kept.params().pop("event", None)
    else:
        kept.params()["event"] = ids[index]


def _detail(event: FailedEvent, staff: Staff) -> None:
    zone = data.timezone()
    with st.container(border=True, key="failed_event"):
        titles.draw(event.type, key="failed_event_type")
        st.text(event.error or tr("It says nothing about why."))
        following = (
            tr("next try {when}", when=fmt.clock(event.next_attempt_at, zone))
            if event.next_attempt_at
            else tr("not tried again by itself")
        )
        st.caption(
            fmt.joined(
                (
                    fmt.md(event.event_id),
                    tr("created {when}", when=fmt.clock(event.created_at, zone)),
                    tr(
                        "received {when} ({source})",
                        when=fmt.clock(event.received_at, zone),
                        source=fmt.md(event.source),
                    ),
                    ntr("{count} attempt", "{count} attempts", event.attempts),
                    following,
                )
            )
        )
        if not staff.may(Permission.REPAIR):
            whose = tr("Administrators may try it again or ignore it.")
            st.caption(f":material/lock: {whose}")
            return
        _buttons(event)
        asking.trouble()
        asking.follow(event.event_id, asking.RETRIES)


def _buttons(event: FailedEvent) -> None:
    busy, name = asking.waits(event.event_id, asking.RETRIES), event.event_id
    with st.container(horizontal=True, vertical_alignment="center", key="event_actions"):
        st.button(
            primary.label(tr("Retry now")),
            key=f"retry_{name}",
            type="primary",
            icon=":material/replay:",
            disabled=busy,
            on_click=asking.press,
            args=(partial(_retry, name),),
        )
        with (
            st.popover(tr("Ignore"), icon=":material/block:", key=f"ignore_{name}", disabled=busy),
            st.form(f"ignore_form_{name}", border=False),
        ):
            st.text_input(tr("Why may it be ignored?"), key=f"ignore_why_{name}", max_chars=300)
            st.caption(tr("It stays in the inbox, marked with your reason, and is never applied."))
            st.form_submit_button(
                primary.label(tr("Ignore this event")),
                key=f"ignore_press_{name}",
                type="primary",
                on_click=asking.press,
                args=(partial(_ignore, name),),
            )


def _retry(event_id: str, staff: Staff) -> None:
    session.billing().request_retry(event_id, staff=staff.email, roles=staff.roles)


def _ignore(event_id: str, staff: Staff) -> None:
    session.billing().request_ignore(
        event_id,
        staff=staff.email,
        roles=staff.roles,
        reason=st.session_state.get(f"ignore_why_{event_id}") or "",
    )
