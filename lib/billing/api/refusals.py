"""How faults of links become answers."""

from __future__ import annotations

from typing import Final

from ..domain.errors import (
    BillingError,
    ConfigurationError,
    DatabaseUnavailable,
    LinkRefused,
    NotFound,
    PermissionDenied,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    WrongUsage,
)
from .answers import Refused

_INPUT: Final = frozenset(
    {
        "plan_required",
        "plan_unknown",
        "subscription_required",
        "unknown_flow",
        "invoice_not_open",
        "not_live",
        "link_refused",
    }
)
"""Refusals that another request would not have met: 422. Those of the customer's state are 409."""


def refused(error: BillingError) -> Refused:
    status, headers = _status(error), {}
    if status == 429:
        headers["Retry-After"] = "60"
    if isinstance(error, StripeUnavailable):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    if isinstance(error, DatabaseUnavailable):
        return Refused(
            503,
            error.code,
            "The database is away. Ask again in a moment.",
            headers={"Retry-After": "1"},
        )
    return Refused(status, error.code, str(error), headers=headers)


def _status(error: BillingError) -> int:
    match error:
        case NotFound():
            return 404
        case PermissionDenied():
            return 403
        case LinkRefused():
            return 422 if error.code in _INPUT else 409
        case RateLimited():
            return 429
        case WrongUsage():
            return 422
        case StripeRefused():
            return 502
        case StripeUnavailable() | ConfigurationError():
            return 503
    return 500
