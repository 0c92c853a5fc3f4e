"""What a customer does to a subscription in the portal, in the words of the billing engine."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import subscriptions
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.portal import pauses, permissions


def cancel(
    sandbox: Sandbox,
    subscription: dict[str, Any],
    configuration: dict[str, Any],
    *,
    feedback: str | None = None,
    comment: str | None = None,
) -> dict[str, Any]:
    """Cancel as the configuration says; raises SandboxError (400) when it is refused.

    At period end a flexible subscription gets a fixed ``cancel_at``, a classic one the boolean.
    """
    _allow(permissions.cancel_refusal(sandbox, subscription, configuration))
    feature = configuration["features"]["subscription_cancel"]
    details = _details(feature, feedback, comment)
    if feature["mode"] == "immediately" or not _has_period_left(sandbox, subscription):
        prorates = feature["proration_behavior"] == "create_prorations"
        return subscriptions.cancel(
            sandbox,
            subscription["id"],
            {"prorate": prorates, "invoice_now": prorates, "cancellation_details": details},
        )
    end: dict[str, Any] = {"cancel_at_period_end": True}
    if subscription["billing_mode"]["type"] == "flexible":
        end = {"cancel_at": "max_period_end"}
    return subscriptions.update(
        sandbox, subscription["id"], {**end, "cancellation_details": details}
    )


def renew(sandbox: Sandbox, subscription: dict[str, Any]) -> dict[str, Any]:
    """Undo a cancellation that has not happened yet, in whichever encoding it was written."""
    _allow(permissions.renew_refusal(sandbox, subscription))
    undo: dict[str, Any] = {"cancel_at": None}
    if subscription["cancel_at_period_end"]:
        undo = {"cancel_at_period_end": False}
    return subscriptions.update(sandbox, subscription["id"], undo)


def accept_offer(sandbox: Sandbox, subscription: dict[str, Any], coupon: str) -> dict[str, Any]:
    """Put the retention coupon on the subscription, which goes on."""
    kept = [{"discount": id} for id in subscription["discounts"]]
    return subscriptions.update(
        sandbox, subscription["id"], {"discounts": [*kept, {"coupon": coupon}]}
    )


def pause(
    sandbox: Sandbox,
    subscription: dict[str, Any],
    configuration: dict[str, Any],
    choice: int = 0,
) -> None:
    """Stop the subscription for the chosen one of the configured durations, or until resumed.

    Raises SandboxError (400) when it is refused.
    """
    _allow(permissions.pause_refusal(sandbox, subscription, configuration))
    options = configuration["features"]["subscription_pause"]["duration"]["interval_options"]
    if options and not 0 <= choice < len(options):
        raise SandboxError("Choose one of the durations shown.", param="duration")
    pauses.begin(sandbox, subscription, options[choice] if options else None)


def resume(sandbox: Sandbox, subscription: dict[str, Any]) -> dict[str, Any]:
    if subscription["status"] != "paused":
        raise SandboxError("This subscription is not paused.")
    return subscriptions.resume(sandbox, subscription["id"], {})


def _details(feature: dict[str, Any], feedback: str | None, comment: str | None) -> dict[str, str]:
    """What the customer said, as far as the configuration asks for it."""
    reason = feature["cancellation_reason"]
    if not reason["enabled"]:
        return {}
    if feedback and feedback not in reason["options"]:
        raise SandboxError("Choose one of the reasons shown.", param="feedback")
    given = {"feedback": feedback, "comment": comment}
    return {name: text for name, text in given.items() if text}


def _has_period_left(sandbox: Sandbox, subscription: dict[str, Any]) -> bool:
    ends = (item["current_period_end"] for item in subscription["items"]["data"])
    return bool(max(ends) > sandbox.now())


def _allow(refusal: str | None) -> None:
    if refusal is not None:
        raise SandboxError(refusal)
