"""Dead letters: events that an endpoint of the product did not take, and sending them again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.session import Staff
from dashboard.ui import asking, defined, notes, primary, tables, titles
from lib.billing import DeadLetter, EndpointState, Listing, Permission


def draw(endpoints: Sequence[EndpointState], staff: Staff) -> None:
    """One page of them, and the chosen one with what can be done."""
    desk = session.billing()
    total = desk.dead_letters(limit=1).total
    if not total:
        notes.empty(
            tr("There is no dead letter."),
            hint=tr("What an endpoint did not take for three days shows here with its reason."),
        )
        _settled(staff)
        return
    _all_at_once(endpoints, total, staff)
    place = st.container()
    offset = tables.pager(total, key="letter_page")
    page = desk.dead_letters(limit=tables.PAGE_SIZE, offset=offset)
    with place:
        _table(page)
    wanted = kept.params().get("letter")
    letter = next((each for each in page.rows if each.subject == wanted), None)
    if letter is None:
        _settled(staff)
    else:
        _detail(letter, staff)


def _settled(staff: Staff) -> None:
    """What came of the request about a letter that left the list."""
    if (wanted := kept.params().get("letter")) and staff.may(Permission.REPAIR):
        asking.follow(wanted, asking.RESENDS)


def _all_at_once(endpoints: Sequence[EndpointState], total: int, staff: Staff) -> None:
    dead = [each.name for each in endpoints if each.dead and each.host is not None]
    with st.container(horizontal=True, vertical_alignment="center"):
        told = ntr(
            "{count} dead letter. Choose its row to see why.",
            "{count} dead letters. Choose a row to see why.",
            total,
        )
        st.caption(told, width="stretch")
        if not staff.may(Permission.REPAIR):
            return
        for name in dead:
            subject = f"@{name}"
            st.button(
                tr("Send all again")
                if len(dead) == 1
                else tr("Send all of {endpoint} again", endpoint=fmt.md(name)),
                key=f"resend_all_{name}",
                icon=":material/forward_to_inbox:",
                disabled=asking.waits(subject, asking.RESENDS),
                help=tr("Each keeps its id, so the product can tell a repeat."),
                on_click=asking.press,
                args=(partial(_resend, subject),),
            )
    for name in dead:
        asking.follow(f"@{name}", asking.RESENDS, since=data.freshness().now - 600)


def _table(page: Listing[DeadLetter]) -> None:
    zone, column = data.timezone(), st.column_config
    ids = [letter.subject for letter in page.rows]
    wanted = kept.params().get("letter")
    tables.show(
        [
            {
                "type": letter.type,
                "customer": letter.customer_id,
                "endpoint": letter.endpoint,
                "why": letter.reason,
                "attempts": letter.attempts,
                "dead": fmt.moment(letter.done_at, zone),
                "made": fmt.moment(letter.created_at, zone),
                "event": letter.event_id,
            }
            for letter in page.rows
        ],
        {
            "type": column.TextColumn(tr("Event"), width=205),
            "customer": column.TextColumn(tr("Customer"), width=210),
            "endpoint": column.TextColumn(tr("Endpoint"), width=80),
            "why": column.TextColumn(tr("Why it was given up"), width=255),
            "attempts": defined.number("outgoing.attempts", width=75),
            "dead": column.DatetimeColumn(tr("Given up"), width=135),
            "made": column.DatetimeColumn(tr("Made"), width=135),
            "event": column.TextColumn(tr("Event id"), width=290),
        },
        key="dead_letters",
        ids=ids,
        alt=tr("Events that an endpoint did not take, the latest given up first"),
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=partial(_open, ids),
    )


def _open(ids: list[str], index: int | None) -> None:
    if index is None:
        kept.params().pop("letter", None)
    else:
        kept.params()["letter"] = ids[index]


def _detail(letter: DeadLetter, staff: Staff) -> None:
    zone, subject = data.timezone(), letter.subject
    with st.container(border=True, key="dead_letter"):
        titles.draw(letter.type, key="dead_letter_type")
        st.markdown(fmt.md(letter.reason or tr("Nothing is known of why.")))
        st.caption(
            fmt.joined(
                (
                    fmt.md(letter.event_id),
                    tr("to {endpoint}", endpoint=fmt.md(letter.endpoint)),
                    tr("made {when}", when=fmt.clock(letter.created_at, zone)),
                    ntr("{count} attempt", "{count} attempts", letter.attempts),
                    tr("given up {when}", when=fmt.clock(letter.done_at, zone))
                    if letter.done_at
                    else None,
                )
            )
        )
        if not staff.may(Permission.REPAIR):
            whose = tr("Administrators may send it again.")
            st.caption(f":material/lock: {whose}")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                primary.label(tr("Send again")),
                key=f"resend_{subject}",
                type="primary",
                icon=":material/forward_to_inbox:",
                disabled=asking.waits(subject, asking.RESENDS),
                help=tr("Under the same id, on its own: later events do not wait for it."),
                on_click=asking.press,
                args=(partial(_resend, subject),),
            )
            if st.button(
                tr("Open the customer"),
                key=f"letter_customer_{subject}",
                icon=":material/person_search:",
                type="tertiary",
            ):
                tables.open_customer(letter.customer_id)
        asking.trouble()
        asking.follow(subject, asking.RESENDS)


def _resend(subject: str, staff: Staff) -> None:
    session.billing().request_resend(subject, staff=staff.email, roles=staff.roles)
