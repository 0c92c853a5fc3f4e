"""The form of one flow: why, for which ticket, with what; then the link, in this very run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from dashboard import format as fmt
from dashboard import session
from dashboard.language import mark, say, tr
from dashboard.ui import handed, notes, primary
from lib.billing import (
    LINK_REASONS,
    BillingError,
    Choice,
    LinkRequest,
    MintedLink,
    Permission,
)

NO_OFFER: Final = mark("No offer")


@dataclass(frozen=True)
class Made:
    """What was asked for and became a link: never its address."""

    request: LinkRequest
    link_id: str
    opens_until: float | None  # by the wall clock


@dataclass(frozen=True)
class _Extras:
    plan: str | None = None
    coupon: str | None = None
    trial_days: int | None = None


def ask(customer_id: str, choice: Choice, click_id: str) -> None:
    """Asks why, mints, and shows the link in this very run."""
    place = st.empty()
    with place.container(), st.form(f"link_form_{click_id}", border=True):
        label = fmt.md(say(choice.label))
        st.markdown(f"**{label}**")
        if choice.note:
            st.caption(f":material/info: {fmt.md(say(choice.note))}")
        extras = _extras(choice)
        reason = st.selectbox(
            tr("Reason"),
            LINK_REASONS,
            index=None,
            placeholder=tr("Why is it made?"),
            format_func=say,
        )
        detail = st.text_input(tr("In your own words"), max_chars=300, placeholder=tr("Optional"))
        ticket = st.text_input(tr("Ticket"), max_chars=80, placeholder=tr("Optional"))
        with st.container(horizontal=True):
            pressed = st.form_submit_button(
                primary.label(tr("Make the link: {flow}", flow=label)),
                type="primary",
                icon=":material/link:",
                key="link_mint",
                on_click=_press,
                args=(click_id,),
            )
            st.form_submit_button(tr("Cancel"), on_click=_put_back, key="link_put_back")
    if not pressed:
        return
    missing = _missing(choice, extras, reason, detail)
    if missing:
        st.warning(missing, icon=":material/edit_note:")
        return
    why = f"{reason}: {detail.strip()}" if detail.strip() else f"{reason}"
    request = LinkRequest(
        customer_id=customer_id,
        flow=choice.flow,
        staff="",
        roles=(),
        reason=why,
        ticket=ticket.strip() or None,
        subscription_id=choice.subscription_id,
        invoice_id=choice.invoice_id,
        plan=extras.plan,
        coupon=extras.coupon,
        trial_days=extras.trial_days,
        click_id=click_id,
    )
    try:
        link = mint(request)
    except BillingError as error:
        notes.trouble(error)
        return
    until = None if link.expires_at is None else time.time() + link.expires_at - link.minted_at
    # First what was made, then the choice: a click between the two must find one of them.
    st.session_state["link_made"] = Made(request, link.link_id, until)
    _put_back()
    place.empty()
    handed.show_once(link)


def mint(request: LinkRequest) -> MintedLink:
    """Mint one link for the person who is signed in. Raises BillingError.

    No Streamlit call stands between the minting and its audit row: a click elsewhere ends a run
    at the next one.
    """
    staff = session.check(Permission.LINKS)
    return session.billing().mint_link(replace(request, staff=staff.email, roles=staff.roles))


def _missing(choice: Choice, extras: _Extras, reason: str | None, detail: str) -> str | None:
    if choice.plans and extras.plan is None:
        return tr("Choose the plan that the link is for.")
    if reason is None or (reason == "Other" and not detail.strip()):
        return tr("Choose a reason first; for “Other”, say it in your own words.")
    return None


def _extras(choice: Choice) -> _Extras:
    """What goes into the link beside its flow, where this one takes it."""
    return _Extras(_plan(choice), _coupon(choice), _trial_days(choice))


def _plan(choice: Choice) -> str | None:
    """The lookup key of the plan that the link names, for the flows that name one."""
    if not choice.plans:
        return None
    offers = {offer.lookup_key: offer for offer in choice.plans}
    return st.selectbox(
        tr("Plan"),
        list(offers),
        index=None,
        placeholder=tr("Which plan?"),
        format_func=lambda key: fmt.joined(
            (offers[key].name, fmt.every(offers[key].interval, offers[key].interval_count), key)
        ),
    )


def _coupon(choice: Choice) -> str | None:
    """A configured coupon; before a cancellation the first one is offered unless taken back."""
    if not choice.coupons:
        return None
    if choice.flow == "subscription_cancel":
        options = [*choice.coupons, NO_OFFER]
        offered = st.selectbox(
            tr("Offered before they cancel"),
            options,
            format_func=lambda coupon: tr(NO_OFFER) if coupon == NO_OFFER else coupon,
            key="link_retention",
        )
        return None if offered == NO_OFFER else offered
    return st.selectbox(
        tr("Coupon"), choice.coupons, index=None, placeholder=tr("None"), key="link_coupon"
    )


def _trial_days(choice: Choice) -> int | None:
    if not choice.longest_trial_days:
        return None
    days = st.number_input(
        tr("Days of trial"),
        min_value=0,
        max_value=choice.longest_trial_days,
        value=0,
        step=1,
        key="link_trial",
        help=tr(
            "At most {count}. With 0 the first payment is due at once.",
            count=choice.longest_trial_days,
        ),
    )
    return int(days) or None


def _press(click_id: str) -> None:
    st.session_state["link_pressed"] = click_id


def _put_back() -> None:
    st.session_state.pop("link_choice", None)
