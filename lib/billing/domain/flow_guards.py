"""What stands against a flow: each refusal is a stable code and a sentence an agent can act on.

The limits are those that Stripe documents for its portal. Stripe's own answer stays the truth; the
guard exists so that an agent reads the reason instead of clicking into it.
"""

from __future__ import annotations

from typing import Final

from .called import plain
from .flow_situation import Situation
from .portal import PortalConfiguration
from .rows import InvoiceRow, SubscriptionRow
from .said import Day, said

Refusal = tuple[str, str]
"""(code, sentence)."""

NEVER_SUBSCRIBED: Final[Refusal] = (
    "never_subscribed",
    said(
        "This customer has never subscribed, so the portal is empty. Send a Checkout link instead."
    ),
)
CUSTOMER_DELETED: Final[Refusal] = (
    "customer_deleted",
    said("This customer was deleted in Stripe. Create a new customer there first."),
)
NO_LIVE: Final[Refusal] = (
    "no_live_subscription",
    said("There is no live subscription. Send a Checkout link to start one."),
)
FIRST_PAYMENT: Final[Refusal] = (
    "first_payment_missing",
    said(
        "The first payment was never completed. Send the link to the invoice, or a Checkout link."
    ),
)
NO_CONFIGURATION: Final[Refusal] = (
    "no_configuration",
    said("The portal configuration could not be read. Try again in a moment."),
)
_FEATURES: Final = {
    "payment_method_update": said("updating the payment method"),
    "customer_update": said("updating billing details"),
    "subscription_update": said("changing the plan"),
    "subscription_pause": said("pausing"),
    "subscription_cancel": said("cancelling"),
}
_CHANGED_BY_SCHEDULE: Final[Refusal] = (
    "schedule_attached",
    said(
        "A schedule is attached to it, and such a subscription cannot be changed in the portal. "
        "Release the schedule in the Stripe dashboard first."
    ),
)
_CANCELED_BY_SCHEDULE: Final[Refusal] = (
    "schedule_attached",
    said(
        "A schedule is attached to it, and such a subscription cannot be canceled in the portal. "
        "Release the schedule in the Stripe dashboard first."
    ),
)
_PAUSED_BY_SCHEDULE: Final[Refusal] = (
    "schedule_attached",
    said(
        "A schedule is attached to it, and such a subscription cannot be paused in the portal. "
        "Release the schedule in the Stripe dashboard first."
    ),
)
_RENEWED_BY_SCHEDULE: Final[Refusal] = (
    "schedule_attached",
    said(
        "A schedule is attached to it, and such a subscription cannot be renewed in the portal. "
        "Release the schedule in the Stripe dashboard first."
    ),
)
_PAUSABLE: Final = frozenset({"active", "trialing", "past_due"})


def portal_off(configuration: PortalConfiguration | None, feature: str) -> Refusal | None:
    """Refused when the configuration switches ``feature`` off; an unknown one refuses nothing."""
    if configuration is None or getattr(configuration, feature):
        return None
    return (
        "feature_off",
        said(
            "The portal configuration does not allow {what}. "
            "An administrator can switch it on in the portal's settings.",
            what=_FEATURES[feature],
        ),
    )


def update(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may change the plan of ``row``, which is live."""
    if row.schedule is not None:
        return _CHANGED_BY_SCHEDULE
    if row.winding_down:
        return (
            "winding_down",
            said("It is winding down. Renew it first; then the plan can be changed."),
        )
    if row.item_count != 1:
        return (
            "several_items",
            said(
                "It has {count} items, and the portal changes only subscriptions with one. "
                "Change it in the Stripe dashboard.",
                count=row.item_count,
            ),
        )
    if row.metered:
        return (
            "metered",
            said(
                "It is billed by usage, which the portal cannot change. "
                "Change it in the Stripe dashboard."
            ),
        )
    if row.collection_method == "send_invoice":
        return (
            "send_invoice",
            said(
                "It is paid by invoice, and the portal changes only subscriptions that are charged "
                "automatically. Change it in the Stripe dashboard."
            ),
        )
    return portal_off(configuration, "subscription_update")


def cancel(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may cancel ``row``, which is live."""
    if row.winding_down:
        return (
            "already_winding_down",
            said("It is already set to end. To keep it, send the link for renewing instead."),
        )
    if row.schedule is not None:
        return _CANCELED_BY_SCHEDULE
    return portal_off(configuration, "subscription_cancel")


def pause(row: SubscriptionRow, configuration: PortalConfiguration | None) -> Refusal | None:
    """Whether the customer may pause ``row``, which is live.

    Pausing is off unless it was switched on, so a configuration that is not known refuses it.
    """
    if row.status not in _PAUSABLE:
        return (
            "not_pausable",
            said("It is paused already, and only what is being billed can be paused.")
            if row.status == "paused"
            else said(
                "It is {status}, and only what is being billed can be paused.",
                status=plain(row.status),
            ),
        )
    if row.schedule is not None:
        return _PAUSED_BY_SCHEDULE
    if row.winding_down:
        return ("winding_down", said("It is winding down. Renew it first; then it can be paused."))
    return (
        NO_CONFIGURATION
        if configuration is None
        else portal_off(configuration, "subscription_pause")
    )


def renew(row: SubscriptionRow) -> Refusal | None:
    """Whether the customer may take back the cancellation of ``row``, which is live."""
    if not row.winding_down:
        return ("not_winding_down", said("It is not set to end, so there is nothing to renew."))
    if row.schedule is not None:
        return _RENEWED_BY_SCHEDULE
    return None


def pay(row: InvoiceRow) -> Refusal | None:
    """Whether ``row``, which is open, can be paid on its hosted page."""
    if row.amount_remaining_minor <= 0:
        return (
            "nothing_to_pay",
            said("Invoice {number} has nothing left to pay.", number=row.number or row.invoice_id),
        )
    if row.hosted_invoice_url is None:
        return (
            "no_invoice_page",
            said(
                "Invoice {number} has no page to pay on yet. Finalize it in the Stripe dashboard.",
                number=row.number or row.invoice_id,
            ),
        )
    return None


def checkout(situation: Situation) -> Refusal | None:
    """Whether a Checkout would start a subscription rather than a second one."""
    live = situation.live
    if live:
        return ("already_subscribed", _subscribed(*(row.subscription_id for row in live[:2])))
    for other in situation.neighbours:
        if other.same_org and other.live:
            return (
                "org_subscribed",
                said(
                    "{customer} belongs to the same organization and is subscribed, and Checkout "
                    "would start another subscription beside it. Open that customer instead.",
                    customer=other.customer_id,
                ),
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
            said("The portal's login page is off. An administrator can switch it on in Stripe."),
        )
    if email is None:
        return (
            "no_email",
            said(
                "The customer has no e-mail address, which the login page asks for. "
                "Add one in the Stripe dashboard."
            ),
        )
    rank = (bool(situation.live), situation.customer.created_at or 0)
    for other in situation.neighbours:
        if other.same_email and (other.live, other.created_at or 0) >= rank:
            return (
                "email_shared",
                said(
                    "{customer} has the same e-mail address, and the login page may open "
                    "that customer. Send a link into the portal instead.",
                    customer=other.customer_id,
                ),
            )
    return None


def checkout_note(situation: Situation) -> str | None:
    """What to know before a Checkout link is made."""
    if situation.open_checkout is None:
        return None
    return said(
        "A Checkout link made on {day} may still be open: a new one closes it.",
        day=Day(situation.open_checkout, situation.timezone),
    )


def _subscribed(one: str, other: str | None = None) -> str:
    if other is None:
        return said(
            "{subscription} is live, and Checkout would start another subscription beside it. "
            "Send a link for changing the plan instead.",
            subscription=one,
        )
    return said(
        "{subscription} and {other} are live, and Checkout would start another subscription beside "
        "it. Send a link for changing the plan instead.",
        subscription=one,
        other=other,
    )
