"""Pausing a subscription and going on with it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.hosted.portal_subscription import described
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route
from lib.sandbox.portal import actions, permissions

FLOWS = ("subscription_pause",)


def show(portal: PortalVisit) -> Response:
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    refusal = permissions.pause_refusal(sandbox, subscription, portal.configuration)
    if refusal is not None:
        return portal.visit.message("Nothing to pause", refusal, status=409)
    return portal.page(
        "portal_pause.html",
        title="Pause your subscription",
        sub=described(sandbox, subscription),
        durations=_durations(portal.feature("subscription_pause")),
    )


def pause(portal: PortalVisit) -> Response:
    given = portal.visit.form.get("duration", "0")
    choice = int(given) if given.isdecimal() else -1
    actions.pause(portal.visit.sandbox, portal.subscription(), portal.configuration, choice)
    return portal.finish("Your subscription is paused.")


def resume(portal: PortalVisit) -> Response:
    actions.resume(portal.visit.sandbox, portal.subscription())
    return portal.home(notice="Your subscription continues.")


def _durations(feature: dict[str, Any]) -> list[str]:
    """The choices as text; none when a pause has no set end."""
    return [
        f"{option['interval_count']} {option['interval']}"
        + ("s" if option["interval_count"] > 1 else "")
        for option in feature["duration"]["interval_options"]
    ]


_SUBSCRIPTION = "/subscriptions/{subscription}"
routes = [
    portal_route("GET", f"{_SUBSCRIPTION}/pause", show, flows=FLOWS),
    portal_route("POST", f"{_SUBSCRIPTION}/pause", pause, flows=FLOWS),
    portal_route("POST", f"{_SUBSCRIPTION}/resume", resume),
]
