"""The link panel: from a customer's situation to the right link, shown once, and what followed.

A portal session's address is a bearer credential. It lives in the one run that minted it: it goes
to the browser of the person who asked and is held nowhere, so the next click here removes it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.ui import flows, handed, link_form, notes, titles
from lib.billing import Choice, Permission, Provider, provider_of

MOST_INVOICES: Final = 3
"""Buttons for paying; the most urgent invoices come first."""

ICONS: Final = {
    "home": "storefront",
    "payment_method_update": "credit_card",
    "customer_update": "badge",
    "subscription_update": "swap_horiz",
    "subscription_update_confirm": "task_alt",
    "subscription_pause": "pause_circle",
    "subscription_cancel": "cancel",
    "renew": "favorite",
    "pay_invoice": "receipt_long",
    "checkout": "shopping_cart",
    "login_page": "login",
}


def panel(customer_id: str) -> None:
    """The whole panel, in a card of its own."""
    with st.container(border=True, key="link_panel"):
        titles.draw(tr("Hand over a link"))
        if session.guard(Permission.CUSTOMERS).may(Permission.LINKS):
            _steps(customer_id)
        else:
            st.caption(tr("Support agents and administrators may make links for customers."))


@st.fragment
@notes.calmly
def _steps(customer_id: str) -> None:
    session.check(Permission.LINKS)
    options = session.billing().link_options(customer_id)
    st.markdown(fmt.md(say(options.sentence)))
    at_stripe = provider_of(customer_id) is Provider.STRIPE
    if at_stripe and not data.freshness().api_ready:
        st.caption(
            ":material/key_off: "
            + tr(
                "No Stripe API key is configured, so only pages that exist already can be handed "
                "over. An administrator sets STRIPE_API_KEY."
            )
        )
    _allowed(customer_id, [choice for choice in options.choices if choice.allowed])
    _asked_for(customer_id, options.choices)
    _refused([choice for choice in options.choices if not choice.allowed])


def _asked_for(customer_id: str, choices: Sequence[Choice]) -> None:
    """The form of the flow that was picked, else what followed the link that was made."""
    pressed = st.session_state.pop("link_pressed", None)
    owner, slot, click_id = st.session_state.get("link_choice", (None, None, None))
    picked = next((c for c in choices if c.allowed and _slot(c) == slot), None)
    if owner == customer_id and picked is not None:
        link_form.ask(customer_id, picked, click_id)
        return
    made: link_form.Made | None = st.session_state.get("link_made")
    if made is None or made.request.customer_id != customer_id:
        return
    if pressed == made.request.click_id:
        # The other half of a double click: without this the link would be gone unread.
        handed.show_once(link_form.mint(made.request))
        return
    handed.progress(made.link_id)
    if made.opens_until is not None and time.time() > made.opens_until:
        st.caption(
            tr("The link can no longer be opened. If the customer was too late, make a new one.")
        )


def _allowed(customer_id: str, choices: Sequence[Choice]) -> None:
    """The recommended flow as the main button, the others beside it."""
    paying = [choice for choice in choices if choice.flow == "pay_invoice"]
    left_out = {_slot(choice) for choice in paying[MOST_INVOICES:]}
    shown = [choice for choice in choices if _slot(choice) not in left_out]
    if shown:
        flows.offered(
            [
                _flow(
                    choice, help=tr("Recommended for this situation.") if choice.recommended else ""
                )
                for choice in sorted(shown, key=lambda choice: not choice.recommended)
            ],
            partial(_pick, customer_id),
            key="flows_offered",
        )
    if left_out:
        st.caption(
            ntr(
                "{count} more open invoice: it has its own page under Invoices.",
                "{count} more open invoices: each has its own page under Invoices.",
                len(left_out),
            )
        )


def _refused(choices: Sequence[Choice]) -> None:
    """What cannot be handed over now, greyed, each with its reason."""
    if not choices:
        return
    reasons = {choice.reason for choice in choices}
    if len(choices) > 1 and len(reasons) == 1:
        st.caption(fmt.md(say(reasons.pop())))  # nothing is possible, for one reason: say it once
        return
    flows.refused(
        tr("Not possible now ({count})", count=len(choices)),
        [_flow(choice, why_not=say(choice.reason)) for choice in choices],
        key="flows_refused",
    )


def _flow(choice: Choice, **more: str) -> flows.Flow:
    return flows.Flow(_slot(choice), say(choice.label), ICONS.get(choice.flow, ""), **more)


def _slot(choice: Choice) -> str:
    """Tells two choices of one flow apart: two subscriptions, two invoices."""
    return ":".join(
        part for part in (choice.flow, choice.subscription_id, choice.invoice_id) if part
    )


def _pick(customer_id: str, slot: str) -> None:
    # The id makes a double click one link: Stripe answers a repeated id with the same session.
    st.session_state["link_choice"] = (customer_id, slot, uuid.uuid4().hex)
    st.session_state.pop("link_made", None)
