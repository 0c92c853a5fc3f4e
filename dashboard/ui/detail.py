"""One finding: why it differs, field by field, what a repair would do, and what happened to it."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import asking, board, notes, primary, tables, titles
from lib.billing import FindingItem, FindingView, NoSuchObject, Permission

DAYS: Final = {mark("1 day"): 1, mark("7 days"): 7, mark("30 days"): 30, mark("90 days"): 90}
ABSENT: Final = mark("not there")


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
        titles.draw(board.whose(item), key="finding_whose", width="content")
        if found.lost:
            st.badge(tr("Lost for good"), icon=":material/hourglass_disabled:", color="red")
        elif found.resolved_at is not None:
            words = tr("Repaired") if found.resolution == "repaired" else tr("Gone by itself")
            st.badge(words, icon=":material/check_circle:", color="green")
        elif found.acknowledged:
            known = found.acknowledged
            st.badge(
                tr("Acknowledged until {day}", day=fmt.day(known.expires_at, zone)),
                icon=":material/visibility:",
                color="gray",
                help=f"{fmt.md(known.staff)}: {fmt.md(known.reason)}",
            )
        else:
            age = fmt.span(found.age(now))
            st.badge(tr("Open for {age}", age=age), icon=":material/difference:", color="orange")
        if found.kind == "gap" and found.resolved_at is None:
            word = board.hurry(item, now)
            st.badge(tr(word), icon=":material/hourglass_bottom:", color=tables.colour(word))
    # Sentences of our own, with commands in code marks: nothing of Stripe's is in them.
    if found.resolved_at is None:
        st.markdown(f"**{say(item.means)}** {say(item.remedy)}")
    else:
        st.markdown(tr("What it was: {means}", means=say(item.means)))
    st.caption(
        fmt.joined(
            (
                fmt.joined((board.thing(item), fmt.md(found.object_id)))
                if found.object_id
                else board.thing(item),
                tr("event {event}", event=fmt.md(found.event_id))
                if found.event_id not in (None, found.object_id)
                else None,
                ntr("seen once", "seen {count} times", found.times),
                tr("first {time}", time=fmt.clock(found.first_seen_at, zone)),
                tr("Stripe forgets it on {day}", day=fmt.day(found.lost_after, zone))
                if found.lost_after and found.resolved_at is None
                else None,
            )
        )
    )


def _fields(item: FindingItem) -> None:
    """Both sides beside each other; what is empty is absent on that side."""
    if not item.differences:
        return
    ours = item.finding.object_type in board.ROWS
    tables.text(
        [tr("Field"), tr("Projected"), tr("From its history") if ours else tr("Stripe")],
        [
            [fmt.md(board.field(each.field)), _side(each.projected), _side(each.stripe)]
            for each in item.differences
        ],
        unbroken=(0,),
    )


def _side(value: str | None) -> str:
    """One side of a difference, whole: lists of ids break into lines where a grid cuts them."""
    return f":gray[{tr(ABSENT)}]" if value is None else fmt.md(value)


def _actions(item: FindingItem, staff: Staff) -> None:
    found = item.finding
    subject = found.customer_id or ""

    if not staff.may(Permission.REPAIR):
        st.caption(
            ":material/lock: "
            + tr(
                "Administrators may check, repair and acknowledge. What you see is what a repair "
                "would change."
            )
        )
        return
    if found.resolved_at is None:
        _buttons(item, subject)
    asking.trouble()
    if subject:  # what is asked of everyone is told above the list
        asking.follow(subject, asking.COMPARISONS, since=found.first_seen_at)


def _buttons(item: FindingItem, subject: str) -> None:
    st.caption(_promise(item, subject))
    busy = asking.waits(subject, asking.COMPARISONS)
    number = item.finding.finding_id
    with st.container(horizontal=True, vertical_alignment="center", key="finding_actions"):
        st.button(
            primary.label(tr("Repair")),
            key=f"repair_{number}",
            type="primary",
            icon=":material/build:",
            disabled=busy or not item.repairable,
            on_click=asking.press,
            args=(partial(_repair, subject, item.finding.field),),
        )
        st.button(
            tr("Check again"),
            key=f"check_{number}",
            icon=":material/fact_check:",
            disabled=busy,
            help=tr("Compares this customer with Stripe again. Changes nothing.")
            if subject
            else tr("Compares everyone with Stripe again. Changes nothing."),
            on_click=asking.press,
            args=(partial(_check, subject, item.finding.field),),
        )
        with st.popover(tr("Acknowledge"), icon=":material/visibility:", key=f"leave_{number}"):
            _acknowledge_form(item)
        if item.finding.customer_id and st.button(
            tr("Open the customer"),
            key=f"open_{number}",
            type="tertiary",
            icon=":material/person_search:",
        ):
            navigation.open_page("customer", customer=item.finding.customer_id)


def _promise(item: FindingItem, subject: str) -> str:
    """What the button beneath does."""
    if not item.repairable:
        return tr("A repair does not mend this: see what to do above, then check again.")
    if subject:
        return tr(
            "Repair reads this customer from Stripe again and applies it through the one writer: "
            "the left column becomes the right one. Until it is pressed nothing changes."
        )
    return tr(
        "Repair reads everyone from Stripe again and applies it through the one writer: the left "
        "column becomes the right one. Until it is pressed nothing changes."
    )


def _acknowledge_form(item: FindingItem) -> None:
    number = item.finding.finding_id
    with st.form(f"leave_form_{number}", border=False):
        st.text_input(
            tr("Why may it stay?"), key=f"leave_why_{number}", max_chars=300, width="stretch"
        )
        st.selectbox(
            tr("For how long?"),
            list(DAYS),
            index=1,
            format_func=tr,
            key=f"leave_days_{number}",
        )
        st.form_submit_button(
            primary.label(tr("Leave it for now")),
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
    label = tr("What happened to it ({count})", count=fmt.number(len(view.history)))
    with st.expander(label, icon=":material/history:"):
        for entry in view.history:
            st.markdown(f"{fmt.clock(entry.at, zone)} · {fmt.md(say(entry.sentence))}")
