"""Portal configurations and deep links, between Stripe's spelling and ours."""

from __future__ import annotations

from typing import Any

from ..domain.flow_values import Flow
from ..domain.portal import Deeplink, PortalConfiguration
from ..domain.portal_terms import MANAGER
from .fields import Fields, Raw


def read_configuration(raw: Raw) -> PortalConfiguration:
    """A ``billing_portal.configuration`` as a value.

    Raises:
        EventUnusable: it cannot be read.
    """
    fields = Fields(raw, "portal configuration")
    features = fields.inside("features")
    update, cancel = features.inside("subscription_update"), features.inside("subscription_cancel")
    login = fields.inside("login_page")
    return PortalConfiguration(
        id=fields.own_id(),
        is_default=fields.flag("is_default"),
        active=fields.flag("active"),
        payment_method_update=features.inside("payment_method_update").flag("enabled"),
        subscription_update=update.flag("enabled"),
        subscription_cancel=cancel.flag("enabled"),
        cancel_mode=cancel.word("mode"),
        cancel_proration=cancel.word("proration_behavior"),
        proration=update.word("proration_behavior"),
        downgrade_conditions=_later(update),
        invoice_history=features.inside("invoice_history").flag("enabled"),
        prices=_offered(update),
        login_url=login.text("url") if login.flag("enabled") else None,
        default_return_url=fields.text("default_return_url"),
        plan_group=_plan_group(fields.inside("metadata")),
        created=fields.moment("created") or 0,
        customer_update=features.inside("customer_update").flag("enabled"),
        subscription_pause=features.inside("subscription_pause").flag("enabled"),
    )


def _later(update: Fields) -> frozenset[str] | None:
    """Which changes wait for the period's end. Absent is not "none": older versions lack it."""
    if update.raw.get("schedule_at_period_end") is None:
        return None
    waits = update.inside("schedule_at_period_end").children("conditions")
    return frozenset(condition.word("type") or "" for condition in waits)


def _plan_group(metadata: Fields) -> str | None:
    return metadata.text("plan_group") if metadata.text("managed_by") == MANAGER else None


def _offered(update: Fields) -> frozenset[str] | None:
    """Ids of the prices that customers may switch to. Absent is not "none": older answers leave
    the list out unless asked for it."""
    if update.raw.get("products") is None:
        return None
    return frozenset(
        str(price)
        for product in update.children("products")
        for price in product.elements("prices")
    )


_OF_THE_CUSTOMER = frozenset({Flow.PAYMENT_METHOD_UPDATE, Flow.CUSTOMER_UPDATE})


def flow_data(link: Deeplink, return_url: str) -> dict[str, Any] | None:
    """The ``flow_data`` parameter that makes a session begin at ``link``; None begins at home."""
    begins = {Flow.HOME, Flow.RENEW}
    if link.flow in begins:
        return None
    data: dict[str, Any] = {
        "type": link.flow,
        # Back to the product once it is done: the customer need not look around in the portal.
        "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
    }
    target: dict[str, Any] = {"subscription": link.subscription_id}
    if link.flow == Flow.SUBSCRIPTION_UPDATE_CONFIRM:
        target["items"] = [{"id": link.item_id, "price": link.price_id}]
    if link.flow == Flow.SUBSCRIPTION_CANCEL and link.retention_coupon:
        offer = {"coupon": link.retention_coupon}
        target["retention"] = {"type": "coupon_offer", "coupon_offer": offer}
    if link.flow not in _OF_THE_CUSTOMER:
        data[link.flow] = target
    return data
