"""One finding: why it differs, field by field, what a repair would do, and what happened to it."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import asking, board, notes, tables
from lib.billing import FindingItem, FindingView, NoSuchObject, Permission

DAYS: Final = {"1 day": 1, "7 days": 7, "30 days": 30, "90 days": 90}
ABSENT: Final = "not there"


def draw(number: int, kind: str, staff: Staff) -> None:
    """The finding's card beneath the board of its kind."""
    try:
        view = session.billing().finding(number)
    except NoSuchObject as error:
        notes.trouble(error)
        return
    if view.item.finding.kind != kind:
        return  # it was chosen on the other board
    with st.container(border=True, key="finding"):
        _head(view.item)
        _fields(view.item)
        _actions(view.item, staff)
        _history(view)


def _head(item: FindingItem) -> None:
    found, zone = item.finding, data.timezone()
    now = data.freshness().now
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(fmt.md(board.whose(item)), anchor=False, width="content")
        if found.lost:
            st.badge("Lost for good", icon=":material/hourglass_disabled:", color="red")
        elif found.resolved_at is not None:
            words = "Repaired" if found.resolution == "repaired" else "Gone by itself"
            st.badge(words, icon=":material/check_circle:", color="green")
        elif found.acknowledged:
            known = found.acknowledged
            st.badge(
                f"Acknowledged until {fmt.day(known.expires_at, zone)}",
                icon=":material/visibility:",
                color="gray",
                help=f"{fmt.md(known.staff)}: {fmt.md(known.reason)}",
            )
        else:
            age = fmt.span(found.age(now))
            st.badge(f"Open for {age}", icon=":material/difference:", color="orange")
        if found.kind == "gap" and found.resolved_at is None:
            word = board.hurry(item, now)
            st.badge(word, icon=":material/hourglass_bottom:", color=tables.BADGES[word])
    # Sentences of our own, with commands in code marks: nothing of Stripe's is in them.
    st.markdown(f"**{item.means}** {item.remedy}")
    st.caption(
        fmt.joined(
            (
                fmt.joined((board.thing(item), fmt.md(found.object_id)))
                if found.object_id
                else board.thing(item),
                f"event {fmt.md(found.event_id)}"
                if found.event_id not in (None, found.object_id)
                else None,
                f"seen {fmt.plural(found.times, 'time')}",
                f"first {fmt.clock(found.first_seen_at, zone)}",
                f"Stripe forgets it on {fmt.day(found.lost_after, zone)}"
                if found.lost_after
                else None,
            )
        )
    )


def _fields(item: FindingItem) -> None:
    """Both sides beside each other; what is empty is absent on that side."""
    if not item.differences:
        return
    column = st.column_config
    tables.show(
        [
            {
                "field": difference.field.replace("_", " "),
                "projected": ABSENT if difference.projected is None else difference.projected,
                "stripe": ABSENT if difference.stripe is None else difference.stripe,
            }
            for difference in item.differences
        ],
        {
            "field": column.TextColumn("Field"),
            "projected": column.TextColumn("Projected"),
            "stripe": column.TextColumn(
                "From its history" if item.finding.object_type in board.ROWS else "Stripe"
            ),
        },
        key="fields",
        ids=[str(item.finding.finding_id)],
        alt="Each field that differs: what the projection says, and what Stripe says",
        choose=False,
    )


def _actions(item: FindingItem, staff: Staff) -> None:
    found = item.finding
    subject = found.customer_id or ""
    whom = "this customer" if subject else "everyone"
    if not staff.may(Permission.REPAIR):
        st.caption(
            ":material/lock: Administrators may check, repair and acknowledge. What you see is "
            "what a repair would change."
        )
        return
    if found.resolved_at is None:
        _buttons(item, subject, whom)
    asking.trouble()
    if subject:  # what is asked of everyone is told above the list
        asking.follow(subject, asking.COMPARISONS, since=found.first_seen_at)


def _buttons(item: FindingItem, subject: str, whom: str) -> None:
    st.caption(
        f"Repair reads {whom} from Stripe again and applies it through the one writer: the left "
        "column becomes the right one. Until it is pressed nothing changes."
        if item.repairable
        else "A repair does not mend this: see what to do above, then check again."
    )
    busy = asking.waits(subject, asking.COMPARISONS)
    number = item.finding.finding_id
    with st.container(horizontal=True, vertical_alignment="center", key="finding_actions"):
        st.button(
            "Repair",
            key=f"repair_{number}",
            type="primary",
            icon=":material/build:",
            disabled=busy or not item.repairable,
            on_click=asking.press,
            args=(partial(_repair, subject, item.finding.field),),
        )
        st.button(
            "Check again",
            key=f"check_{number}",
            icon=":material/fact_check:",
            disabled=busy,
            help=f"Compares {whom} with Stripe again. Changes nothing.",
            on_click=asking.press,
            args=(partial(_check, subject, item.finding.field),),
        )
        with st.popover("Acknowledge", icon=":material/visibility:", key=f"leave_{number}"):
            _acknowledge_form(item)
        if item.finding.customer_id and st.button(
            "Open the customer",
            key=f"open_{number}",
            type="tertiary",
            icon=":material/person_search:",
        ):
            navigation.open_page("customer", customer=item.finding.customer_id)


def _acknowledge_form(item: FindingItem) -> None:
    number = item.finding.finding_id
    with st.form(f"leave_form_{number}", border=False):
        st.text_input("Why may it stay?", key=f"leave_why_{number}", max_chars=300, width="stretch")
        st.selectbox("For how long?", list(DAYS), index=1, key=f"leave_days_{number}")
        st.form_submit_button(
            "Leave it for now",
            key=f"leave_press_{number}",
            type="primary",
            on_click=asking.press,
            args=(partial(_acknowledge, item.finding.subject, number),),
        )


def _repair(subject: str, field: str, staff: Staff) -> None:
    session.billing().request_repair(
        subject, staff=staff.email, roles=staff.roles, reason=field[:300]
    )


def _check(subject: str, field: str, staff: Staff) -> None:
    session.billing().request_check(
        subject, staff=staff.email, roles=staff.roles, reason=field[:300]
    )


def _acknowledge(subject: str, number: int, staff: Staff) -> None:
    session.billing().acknowledge(
        subject,
        staff=staff.email,
        roles=staff.roles,
        reason=st.session_state.get(f"leave_why_{number}") or "",
        days=DAYS[st.session_state.get(f"leave_days_{number}") or "7 days"],
    )


def _history(view: FindingView) -> None:
    zone = data.timezone()
    with st.expander(f"What happened to it ({len(view.history)})", icon=":material/history:"):
        for entry in view.history:
            st.markdown(f"{fmt.clock(entry.at, zone)} · {fmt.md(entry.sentence)}")
