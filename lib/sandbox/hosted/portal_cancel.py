"""Canceling, the offer to stay, and taking a cancellation back."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.portal_subscription import described, period_end
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route
from lib.sandbox.portal import actions, permissions

FLOWS = ("subscription_cancel",)
COMMENT_LIMIT = 500


def show(portal: PortalVisit) -> Response:
    return _form(portal)


def _form(portal: PortalVisit, *, error: str | None = None) -> Response:
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    refusal = permissions.cancel_refusal(sandbox, subscription, portal.configuration)
    if refusal is not None:
        return _refused(portal, refusal)
    reason = portal.feature("subscription_cancel")["cancellation_reason"]
    return portal.page(
        "portal_cancel.html",
        title="Cancel your subscription",
        sub=described(sandbox, subscription),
        consequence=_consequence(portal, subscription),
        offer=_offer(portal),
        ask_reason=reason["enabled"],
        reasons=[{"value": name, "text": wording.REASONS[name]} for name in reason["options"]],
        form=portal.visit.form,
        error=error,
    )


def cancel(portal: PortalVisit) -> Response:
    sandbox, form = portal.visit.sandbox, portal.visit.form
    subscription = portal.subscription()
    refusal = permissions.cancel_refusal(sandbox, subscription, portal.configuration)
    if refusal is not None:
        return _refused(portal, refusal)
    comment = form.get("comment", "").strip()
    if len(comment) > COMMENT_LIMIT:
        return _form(portal, error=f"Keep your feedback under {COMMENT_LIMIT} characters.")
    after = actions.cancel(
        sandbox,
        subscription,
        portal.configuration,
        feedback=form.get("feedback") or None,
        comment=comment or None,
    )
    if after["status"] == "canceled":
        return portal.finish("Your subscription has been canceled.")
    end = wording.date(after["cancel_at"] or period_end(after))
    return portal.finish(f"Your subscription will be canceled on {end}.")


def accept_offer(portal: PortalVisit) -> Response:
    coupon = _offered_coupon(portal)
    if coupon is None:
        raise SandboxError("There is no offer for this subscription.", status=404)
    actions.accept_offer(portal.visit.sandbox, portal.subscription(), coupon["id"])
    return portal.finish("Your discount was applied and your subscription continues.")


def renew(portal: PortalVisit) -> Response:
    subscription = portal.subscription()
    refusal = permissions.renew_refusal(portal.visit.sandbox, subscription)
    if refusal is not None:
        return portal.home(error=refusal)
    after = actions.renew(portal.visit.sandbox, subscription)
    end = wording.date(period_end(after))
    return portal.home(notice=f"Your subscription will not be canceled. It renews on {end}.")


def _refused(portal: PortalVisit, refusal: str) -> Response:
    """Things changed since the link was made: say so, and leave the flow."""
    if portal.flow is None:
        return portal.home(error=refusal)
    return portal.visit.message(
        "Nothing to cancel",
        refusal,
        status=409,
        link={"url": portal.session["return_url"], "text": "Go back"},
    )


def _consequence(portal: PortalVisit, subscription: dict[str, Any]) -> str:
    if portal.feature("subscription_cancel")["mode"] == "immediately":
        return "If you confirm, your subscription ends immediately."
    end = wording.date(period_end(subscription))
    return (
        f"If you confirm, your subscription stays available until the end of your billing period "
        f"on {end}."
    )


def _offered_coupon(portal: PortalVisit) -> dict[str, Any] | None:
    flow = portal.flow
    retention = (flow or {}).get("subscription_cancel", None)
    offer = None if retention is None else retention["retention"]
    if offer is None:
        return None
    coupon = portal.visit.sandbox.peek("coupon", offer["coupon_offer"]["coupon"])
    return coupon if coupon is not None and coupon["valid"] else None


def _offer(portal: PortalVisit) -> dict[str, str] | None:
    coupon = _offered_coupon(portal)
    if coupon is None:
        return None
    return {"sentence": f"Keep your subscription and get {wording.coupon(coupon)}."}


_SUBSCRIPTION = "/subscriptions/{subscription}"
routes = [
    portal_route("GET", f"{_SUBSCRIPTION}/cancel", show, flows=FLOWS),
    portal_route("POST", f"{_SUBSCRIPTION}/cancel", cancel, flows=FLOWS),
    portal_route("POST", f"{_SUBSCRIPTION}/accept-offer", accept_offer, flows=FLOWS),
    portal_route("POST", f"{_SUBSCRIPTION}/renew", renew),
]
