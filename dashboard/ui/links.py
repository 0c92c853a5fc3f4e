"""The link panel: from a customer's situation to the right link, shown once, and what followed.

A portal session's address is a bearer credential. It lives in the one run that minted it: it goes
to the browser of the person who asked and is held nowhere, so the next click here removes it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import handed, notes
from lib.billing import (
    BillingError,
    Choice,
    LinkRequest,
    MintedLink,
    Permission,
)

REASONS: Final = (
    "Customer asked by e-mail",
    "Customer asked by phone or chat",
    "Payment failed",
    "Customer wants to leave",
    "Customer wants another plan",
    "Other",
)
ICONS: Final = {
    "home": ":material/storefront:",
    "payment_method_update": ":material/credit_card:",
    "subscription_update": ":material/swap_horiz:",
    "subscription_update_confirm": ":material/task_alt:",
    "subscription_cancel": ":material/cancel:",
    "renew": ":material/favorite:",
    "pay_invoice": ":material/receipt_long:",
    "checkout": ":material/shopping_cart:",
    "login_page": ":material/login:",
}


def panel(customer_id: str) -> None:
    """The whole panel, in a card of its own."""
    with st.container(border=True, key="link_panel"):
        st.subheader("Hand over a link", anchor=False)
        if session.guard(Permission.CUSTOMERS).may(Permission.LINKS):
            _steps(customer_id)
        else:
            st.caption("Support agents and administrators may make links for customers.")


@st.fragment
@notes.calmly
def _steps(customer_id: str) -> None:
    session.check(Permission.LINKS)
    options = session.billing().link_options(customer_id)
    st.markdown(fmt.md(options.sentence))
    if not data.freshness().api_ready:
        st.caption(
            ":material/key_off: No Stripe API key is configured, so only pages that exist already "
            "can be handed over. An administrator sets STRIPE_API_KEY."
        )
    _allowed(customer_id, [choice for choice in options.choices if choice.allowed])
    _asked_for(customer_id, options.choices)
    _refused([choice for choice in options.choices if not choice.allowed])


@dataclass(frozen=True)
class _Made:
    """What was asked for and became a link: never its address."""

    customer_id: str
    choice: Choice
    reason: str
    ticket: str | None
    plan: str | None
    click_id: str
    link_id: str
    opens_until: float | None  # by the wall clock


def _asked_for(customer_id: str, choices: Sequence[Choice]) -> None:
    """The form of the flow that was picked, else what followed the link that was made."""
    pressed = st.session_state.pop("link_pressed", None)
    owner, slot, click_id = st.session_state.get("link_choice", (None, None, None))
    picked = next((c for c in choices if c.allowed and _slot(c) == slot), None)
    if owner == customer_id and picked is not None:
        _request(customer_id, picked, click_id)
        return
    made = st.session_state.get("link_made")
    if made is None or made.customer_id != customer_id:
        return
    if pressed == made.click_id:
        # The other half of a double click: without this the link would be gone unread.
        handed.show_once(
            mint_link(
                made.customer_id, made.choice, made.reason, made.ticket, made.click_id, made.plan
            )
        )
        return
    handed.progress(made.link_id)
    if made.opens_until is not None and time.time() > made.opens_until:
        st.caption(
            "The link can no longer be opened. If the customer was too late, make a new one."
        )


def _allowed(customer_id: str, choices: Sequence[Choice]) -> None:
    """The recommended flow as the main button, the others beside it."""
    with st.container(horizontal=True):
        for choice in sorted(choices, key=lambda c: not c.recommended):
            st.button(
                fmt.md(choice.label),
                key=f"link_{_slot(choice)}",
                type="primary" if choice.recommended else "secondary",
                icon=ICONS.get(choice.flow),
                on_click=_pick,
                args=(customer_id, _slot(choice)),
                help="Recommended for this situation." if choice.recommended else None,
            )


def _refused(choices: Sequence[Choice]) -> None:
    """What cannot be handed over now, greyed, each with its reason."""
    if not choices:
        return
    reasons = {choice.reason for choice in choices}
    if len(choices) > 1 and len(reasons) == 1:
        st.caption(fmt.md(reasons.pop()))  # nothing is possible, for one reason: say it once
        return
    with st.expander(f"Not possible now ({len(choices)})", icon=":material/block:"):
        for choice in choices:
            with st.container(gap="xxsmall"):
                st.button(
                    fmt.md(choice.label),
                    key=f"link_{_slot(choice)}",
                    icon=ICONS.get(choice.flow),
                    disabled=True,
                )
                st.caption(fmt.md(choice.reason or ""))


def _slot(choice: Choice) -> str:
    """Tells two choices of one flow apart: two subscriptions, two invoices."""
    return ":".join(
        part for part in (choice.flow, choice.subscription_id, choice.invoice_id) if part
    )


def _pick(customer_id: str, slot: str) -> None:
    # The id makes a double click one link: Stripe answers a repeated id with the same session.
    st.session_state["link_choice"] = (customer_id, slot, uuid.uuid4().hex)
    st.session_state.pop("link_made", None)


def _press(click_id: str) -> None:
    st.session_state["link_pressed"] = click_id


def _put_back() -> None:
    st.session_state.pop("link_choice", None)


def _request(customer_id: str, choice: Choice, click_id: str) -> None:
    """Asks why, mints, and shows the link in this very run."""
    place = st.empty()
    with place.container(), st.form(f"link_form_{click_id}", border=True):
        st.markdown(f"**{fmt.md(choice.label)}**")
        plan = _plan(choice)
        reason = st.selectbox("Reason", REASONS, index=None, placeholder="Why is it made?")
        detail = st.text_input("In your own words", max_chars=300, placeholder="Optional")
        ticket = st.text_input("Ticket", max_chars=80, placeholder="Optional")
        with st.container(horizontal=True):
            mint = st.form_submit_button(
                f"Make the link: {fmt.md(choice.label)}",
                type="primary",
                icon=":material/link:",
                key="link_mint",
                on_click=_press,
                args=(click_id,),
            )
            st.form_submit_button("Cancel", on_click=_put_back, key="link_put_back")
    if not mint:
        return
    if choice.plans and plan is None:
        st.warning("Choose the plan that the link is for.", icon=":material/edit_note:")
        return
    if reason is None or (reason == "Other" and not detail.strip()):
        st.warning(
            "Choose a reason first; for “Other”, say it in your own words.",
            icon=":material/edit_note:",
        )
        return
    why = f"{reason}: {detail.strip()}" if detail.strip() else reason
    number = ticket.strip() or None
    try:
        link = mint_link(customer_id, choice, why, number, click_id, plan)
    except BillingError as error:
        notes.trouble(error)
        return
    until = None if link.expires_at is None else time.time() + link.expires_at - link.minted_at
    # First what was made, then the choice: a click between the two must find one of them.
    st.session_state["link_made"] = _Made(
        customer_id, choice, why, number, plan, click_id, link.link_id, until
    )
    _put_back()
    place.empty()
    handed.show_once(link)


def _plan(choice: Choice) -> str | None:
    """The lookup key of the plan that the link names, for the flows that name one."""
    if not choice.plans:
        return None
    offers = {offer.lookup_key: offer for offer in choice.plans}
    return st.selectbox(
        "Plan",
        list(offers),
        index=None,
        placeholder="Which plan?",
        format_func=lambda key: fmt.joined(
            (offers[key].name, fmt.every(offers[key].interval, offers[key].interval_count), key)
        ),
    )


def mint_link(
    customer_id: str,
    choice: Choice,
    reason: str,
    ticket: str | None,
    click_id: str,
    plan: str | None = None,
) -> MintedLink:
    """Mint one link for the person who is signed in. Raises BillingError.

    No Streamlit call stands between the minting and its audit row: a click elsewhere ends a run
    at the next one.
    """
    staff = session.check(Permission.LINKS)
    return session.billing().mint_link(
        LinkRequest(
            customer_id=customer_id,
            flow=choice.flow,
            staff=staff.email,
            roles=staff.roles,
            reason=reason,
            ticket=ticket,
            subscription_id=choice.subscription_id,
            invoice_id=choice.invoice_id,
            plan=plan,
            click_id=click_id,
        )
    )
