"""What stands against a flow: each refusal is a stable code and a sentence an agent can act on.

The limits are those that Stripe documents for its portal. Stripe's own answer stays the truth; the
guard exists so that an agent reads the reason instead of clicking into it.
"""

from __future__ import annotations

from typing import Final

from .flow_situation import Situation
from .portal import PortalConfiguration
from .rows import InvoiceRow, SubscriptionRow
from .times import spoken_day

Refusal = tuple[str, str]
"""(code, sentence)."""

NEVER_SUBSCRIBED: Final[Refusal] = (
    "never_subscribed",
    "This customer has never subscribed, so the portal is empty. Send a Checkout link instead.",
)
CUSTOMER_DELETED: Final[Refusal] = (
    "customer_deleted",
    "This customer was deleted in Stripe. Create a new customer there first.",
)
NO_LIVE: Final[Refusal] = (
    "no_live_subscription",
    "There is no live subscription. Send a Checkout link to start one.",
)
FIRST_PAYMENT: Final[Refusal] = (
    "first_payment_missing",
    "The first payment was never completed. Send the link to the invoice, or a Checkout link.",
)
NO_CONFIGURATION: Final[Refusal] = (
    "no_configuration",
    "The portal configuration could not be read. Try again in a moment.",
)
_FEATURES: Final = {
    "payment_method_update": "updating the payment method",
    "customer_update": "updating billing details",
    "subscription_update": "changing the plan",
    "subscription_pause": "pausing",
    "subscription_cancel": "cancelling",
}
_PAUSABLE: Final = frozenset({"active", "trialing", "past_due"})


def portal_off(configuration: PortalConfiguration | None, feature: str) -> Refusal | None:
    """Refused when the configuration switches ``feature`` off; an unknown one refuses nothing."""
    if configuration is None or getattr(configuration, feature):
        return None
    return (
        "feature_off",
        f"The portal configuration does not allow {_FEATURES[feature]}. "
        "An administrator can switch it on in the portal's settings.",
    )


def update(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may change the plan of ``row``, which is live."""
    if row.schedule is not None:
        return _scheduled("changed")
    if row.winding_down:
        return (
            "winding_down",
            "It is winding down. Renew it first; then the plan can be changed.",
        )
    if row.item_count != 1:
        return (
            "several_items",
            f"It has {row.item_count} items, and the portal changes only subscriptions with one. "
            "Change it in the Stripe dashboard.",
        )
    if row.metered:
        return (
            "metered",
            "It is billed by usage, which the portal cannot change. "
            "Change it in the Stripe dashboard.",
        )
    if row.collection_method == "send_invoice":
        return (
            "send_invoice",
            "It is paid by invoice, and the portal changes only subscriptions that are charged "
            "automatically. Change it in the Stripe dashboard.",
        )
    return portal_off(configuration, "subscription_update")


def cancel(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may cancel ``row``, which is live."""
    if row.winding_down:
        return (
            "already_winding_down",
            "It is already set to end. To keep it, send the link for renewing instead.",
        )
    if row.schedule is not None:
        return _scheduled("canceled")
    return portal_off(configuration, "subscription_cancel")


def pause(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may pause ``row``, which is live.

    Pausing is off unless it was switched on, so a configuration that is not known refuses it.
    """
    if row.status not in _PAUSABLE:
        status = "paused already" if row.status == "paused" else row.status.replace("_", " ")
        return ("not_pausable", f"It is {status}, and only what is being billed can be paused.")
    if row.schedule is not None:
        return _scheduled("paused")
    if row.winding_down:
        return ("winding_down", "It is winding down. Renew it first; then it can be paused.")
    return (
        NO_CONFIGURATION
        if configuration is None
        else portal_off(configuration, "subscription_pause")
    )


def renew(row: SubscriptionRow) -> Refusal | None:
    """Whether the customer may take back the cancellation of ``row``, which is live."""
    if not row.winding_down:
        return ("not_winding_down", "It is not set to end, so there is nothing to renew.")
    if row.schedule is not None:
        return _scheduled("renewed")
    return None


def pay(row: InvoiceRow) -> Refusal | None:
    """Whether ``row``, which is open, can be paid on its hosted page."""
    if row.amount_remaining_minor <= 0:
        return (
            "nothing_to_pay",
            f"Invoice {row.number or row.invoice_id} has nothing left to pay.",
        )
    if row.hosted_invoice_url is None:
        return (
            "no_invoice_page",
            f"Invoice {row.number or row.invoice_id} has no page to pay on yet. "
            "Finalize it in the Stripe dashboard.",
        )
    return None


def checkout(situation: Situation) -> Refusal | None:
    """Whether a Checkout would start a subscription rather than a second one."""
    live = situation.live
    if live:
        named = " and ".join(row.subscription_id for row in live[:2])
        verb = "is" if len(live) == 1 else "are"
        return (
            "already_subscribed",
            f"{named} {verb} live, and Checkout would start another subscription beside it. "
            "Send a link for changing the plan instead.",
        )
    for other in situation.neighbours:
        if other.same_org and other.live:
            return (
                "org_subscribed",
                f"{other.customer_id} belongs to the same organization and is subscribed, and "
                "Checkout would start another subscription beside it. Open that customer instead.",
            )
    return None


def login_page(situation: Situation) -> Refusal | None:
    """Whether the customer can be sent to the portal's login page."""
    configuration, email = situation.configuration, situation.customer.email
    if configuration is None:
        return NO_CONFIGURATION
    if configuration.login_url is None:
        return (
            "login_page_off",
            "The portal's login page is off. An administrator can switch it on in Stripe.",
        )
    if email is None:
        return (
            "no_email",
            "The customer has no e-mail address, which the login page asks for. "
            "Add one in the Stripe dashboard.",
        )
    rank = (bool(situation.live), situation.customer.created_at or 0)
    for other in situation.neighbours:
        if other.same_email and (other.live, other.created_at or 0) >= rank:
            return (
                "email_shared",
                f"{other.customer_id} has the same e-mail address, and the login page may open "
                "that customer. Send a link into the portal instead.",
            )
    return None


def checkout_note(situation: Situation) -> str | None:
    """What to know before a Checkout link is made."""
    if situation.open_checkout is None:
        return None
    day = spoken_day(situation.open_checkout, situation.timezone)
    return f"A Checkout link made on {day} may still be open: a new one closes it."


def _scheduled(verb: str) -> Refusal:
    return (
        "schedule_attached",
        f"A schedule is attached to it, and such a subscription cannot be {verb} in the portal. "
        "Release the schedule in the Stripe dashboard first.",
    )
