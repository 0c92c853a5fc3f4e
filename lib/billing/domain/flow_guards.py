"""What stands against a flow: each refusal is a stable code and a sentence an agent can act on.

The limits are those that Stripe documents for its portal. Stripe's own answer stays the truth; the
guard exists so that an agent reads the reason instead of clicking into it.
"""

from __future__ import annotations

from typing import Final

from .catalog import Catalog
from .portal import PortalConfiguration
from .rows import InvoiceRow, SubscriptionRow

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


def portal_off(configuration: PortalConfiguration | None, feature: str) -> Refusal | None:
    """Refused when the configuration switches ``feature`` off; an unknown one refuses nothing."""
    on = {
        "payment_method_update": ("updating the payment method", "payment_method_update"),
        "subscription_update": ("changing the plan", "subscription_update"),
        "subscription_cancel": ("cancelling", "subscription_cancel"),
    }
    words, field = on[feature]
    if configuration is None or getattr(configuration, field):
        return None
    return (
        "feature_off",
        f"The portal configuration does not allow {words}. "
        "An administrator can switch it on in the catalogue's portal settings.",
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


def checkout(live: tuple[SubscriptionRow, ...], catalog: Catalog) -> Refusal | None:
    """Whether a Checkout would start a subscription rather than a second one."""
    if live:
        named = " and ".join(row.subscription_id for row in live[:2])
        return (
            "already_subscribed",
            f"{named} is live, and Checkout would start another subscription beside it. "
            "Send a link for changing the plan instead.",
        )
    if not any(price.lookup_key for plan in catalog.plans.values() for price in plan.prices):
        return (
            "plan_unknown",
            "The catalogue has no price with a lookup key. Add one to catalog.toml.",
        )
    return None


def login_page(configuration: PortalConfiguration | None, *, email: str | None) -> Refusal | None:
    """Whether the customer can be sent to the portal's login page."""
    if configuration is None:
        return (
            "no_configuration",
            "The portal configuration could not be read. Try again in a moment.",
        )
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
    return None


def _scheduled(verb: str) -> Refusal:
    return (
        "schedule_attached",
        f"A schedule is attached to it, and such a subscription cannot be {verb} in the portal. "
        "Release the schedule in the Stripe dashboard first.",
    )
